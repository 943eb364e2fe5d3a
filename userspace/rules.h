/* SPDX-License-Identifier: GPL-2.0-only */
/* Where kernels differ in what a mount operation does; see rules.c. */
#ifndef MNTPROP_RULES_H
#define MNTPROP_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;

/* clang-format off */
/* Where it is known from whether a rule holds, as a word in files. */
#define RULE_PROBED	"probed"	/* an experiment */
#define RULE_IDLE	"idle"		/* nothing depends on it on this kernel */
#define RULE_ODD	"odd"		/* assumed: an experiment ended as by no rules */
#define RULE_ASSUMED	"assumed"	/* the release of the kernel */
#define RULE_PARTLY	"partly"	/* of all together: some are assumed */
/* clang-format on */

/* Each is named for what holds when it is true. */
struct rules {
	bool beneath;
	bool beneath_locked;
	bool beneath_root;
	bool set_group;
	bool set_group_behind;
	bool set_group_unbindable;
	bool set_attributes;
	bool anonymous_use;
	bool move_source_first;
	bool master_same_root;
	bool slaves_go_last;
	bool make_private_in_bulk;
	bool umount_leaves_first;
	bool umount_reworked;
	bool umount_busy_chain;
	bool children_are_counted;
	bool cover_on_top;
	bool cover_takes_lock;
	bool covered_keeps_lock;
	bool roots_are_locked;
	bool clone_keeps_unbindable;
	bool namespace_files_checked;
	bool locked_files_stay;
	bool unmounted_not_found;
	bool open_tree_attributes;
	bool tree_namespaces;
	bool tree_namespaces_whole;
	bool fs_namespaces;
};

/* A bit for each member of struct rules. */
typedef uint64_t rules_mask;

/* One line of the table, for who wants to show it. */
struct rule {
	const char *name;
	size_t member; /* offset in struct rules */
	int since, until; /* 6.12 is 6012; until is excluded */
	int also; /* one series more that has it by a backport; 0: none */
	const char *what; /* holds, in words */
	const char *source; /* of the fact: release or commit */
};

extern const struct rule rule_table[];
extern const size_t nr_rules;

/**
 * rules_for() - the rules of a kernel
 * @release:	uname -r; one that is not understood is taken for the newest
 * @r:		set to them
 */
void rules_for(const char *release, struct rules *r);

/**
 * rules_of() - the rules that hold for a snapshot
 * @s:		a snapshot
 * @r:		set to those that were found out on its kernel, and for the others to what
 *		rules_for() says of its release
 */
void rules_of(const struct snapshot *s, struct rules *r);

/**
 * rules_are_newest() - whether no later kernel is in the table
 * @release:	uname -r
 *
 * Release candidates of the newest series may lack what it came to have, and are not.
 */
bool rules_are_newest(const char *release);

/* The first line of the table with this name, NULL if there is none. */
const struct rule *rule_named(const char *name);

bool rules_get(const struct rules *r, const struct rule *rule);
void rules_set(struct rules *r, const struct rule *rule, bool value);

/* A rule may have several lines in the table, one after the other: not the first. */
bool rule_is_again(size_t line);

rules_mask rules_all(void);

/*
 * The rules that an experiment can decide.  The others show only in what the module
 * reports of a mount: its count, whether it is locked.
 */
rules_mask rules_decidable(void);

/*
 * Whether the rules of the snapshot's kernel were found out: RULE_PROBED, for some of them
 * RULE_PARTLY, for none RULE_ASSUMED.
 */
const char *rules_origin(const struct snapshot *s);

static inline rules_mask rule_mask(const struct rule *rule)
{
	return 1ULL << rule->member;
}

#endif
