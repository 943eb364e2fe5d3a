/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot in memory: what the module said, linked up.
 *
 * parse.c makes the records, model.c links them and builds the indexes.
 * Everything lives until snapshot_free(); nothing is changed after
 * snapshot_load() except by the code that owns it.
 */
#ifndef MNTPROP_SNAPSHOT_H
#define MNTPROP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "compiler.h"

/*
 * Why something could not be done: one line, without a newline.  Two paths of
 * PATH_MAX and a reason fit.
 */
struct error {
	char text[12288];
};

/**
 * error_set() - say why something could not be done
 * @err:	where to say it
 * @fmt:	as for printf
 *
 * Names come from files that anybody may have written, so what would not fit
 * on a line or could steer a terminal is escaped: escape_message().
 *
 * Return: -1, so that callers can return it.
 */
int error_set(struct error *err, const char *fmt, ...) __printf(2, 3);

struct mount;
struct mnt_namespace;

/* clang-format off */

/* All mounts with one peer group id, in ring order from the lowest id. */
struct peer_group {
	int id;
	struct mount **members;
	size_t nr_members;
	struct mount *master;		/* of every member, NULL if none */
	struct peer_group *master_group;	/* never in a circle */
	struct peer_group **slave_groups;	/* groups whose master is a member */
	size_t nr_slave_groups;
	struct mount **slaves;		/* members' slaves that are in no group */
	size_t nr_slaves;
};

struct mount {
	size_t line;			/* in the file, for messages */
	int id;
	int parent_id;
	uint64_t unique;		/* 0: kernel has none */
	struct mnt_namespace *ns;	/* NULL: in none, see state */
	/* why it is in no namespace: "internal", "unmounted", "detached", or
	 * what a newer module says; NULL if it is in one
	 */
	char *state;
	/* NULL for a root (own parent), or if it is not in the snapshot, in
	 * another namespace (or in one, and this is not) or in a circle
	 */
	struct mount *parent;
	char *mountpoint;		/* within the parent, unescaped */
	char *mp_dentry;		/* NULL: not known to /proc, as the next */
	uint64_t mp_ino;
	char *mp_state;			/* words by comma, or NULL */
	char *root;
	char *root_dentry;
	uint64_t root_ino;
	char *root_state;
	unsigned int major, minor;
	char *type;
	char *source;			/* NULL if the kernel had none */
	char *flags;			/* words by comma, or NULL */
	char *sb_flags;
	int group_id;			/* 0: none */
	int peer_id;			/* own id when alone */
	int peer_back_id;		/* of the one before that, as it should be its own */
	int master_id;			/* 0: none, or not known to /proc */
	int master_group;		/* of the master then; 0: none */
	int overmount_id;		/* 0: none */
	int *slave_ids;			/* list order */
	size_t nr_slaves;
	long count;			/* references, -1: not known */
	char *foreign;			/* words: its pointers that lead nowhere, or NULL */

	bool shared, unbindable, locked;	/* from flags */

	/* by model.c */
	/* a path lookup from the ns root cannot reach it; not told of mounts
	 * that are in no namespace
	 */
	bool hidden;
	/* full, from the root of the namespace, or without one from that of the
	 * topmost mount that it is still connected to; of a path too long to
	 * handle the last part, after "..."
	 */
	char *path;
	struct mount *peer;		/* next in the ring */
	struct mount *master;		/* never in a circle */
	struct mount **slaves;		/* as slave_ids; NULL if not in the snapshot */
	struct mount *overmount;
	struct peer_group *group;	/* NULL if not shared */
	struct mount *first_child;	/* in order of the mount ids */
	struct mount *next_sibling;
	/* the mount that covers it or an ancestor; NULL if a mountpoint on the
	 * way was unlinked or moved out of reach
	 */
	struct mount *hidden_by;
};

struct mnt_namespace {
	unsigned int nr;
	unsigned int inum;		/* 0: anonymous */
	uint64_t id;			/* 0: none */
	unsigned int user_ns;
	bool anon;
	int root_id;
	uint64_t nr_mounts_counted;	/* the kernel's counter */
	uint64_t found;
	uint64_t event;
	long refs;			/* -1: not known; 0: it is about to go */
	uint64_t tasks;
	pid_t pid;			/* 0: no task */
	char *comm;
	char *cgroup;			/* path, or NULL */
	char *foreign;			/* as of a mount; "ns": it is none itself */

	/* by model.c */
	bool initial;			/* it is the machine's first */
	struct mount *root;
	struct mount **mounts;		/* in snapshot order */
	size_t nr_mounts;
	char *container;		/* container id in the cgroup path, or NULL */
};

struct snapshot {
	char *name;			/* file name, for messages */
	unsigned int version;
	char *release;
	char *boot_id;			/* NULL: not known */
	char *source;			/* "proc"; NULL: the module */
	uint64_t unseen;		/* namespaces that could not be entered */
	uint64_t denied;		/* processes that did not tell theirs */
	bool no_init;			/* the first may not be the initial one */
	uint64_t mono, wall, hold;	/* ns */
	uint64_t retries;
	bool complete;
	char *stopped;
	/* what `rule` records say of the kernel, a bit a rule, see rules.h */
	uint64_t rules_known, rules_hold;
	uint64_t rules_probed, rules_idle, rules_odd;

	struct mnt_namespace *namespaces;
	size_t nr_namespaces;
	struct mount *mounts;
	size_t nr_mounts;
	struct mount **unattached;	/* those in no namespace, in snapshot order */
	size_t nr_unattached;
	struct peer_group *groups;	/* by id */
	size_t nr_groups;
	/* One of two on one mountpoint, of which either may hide the other; or NULL. */
	const struct mount *twin;
	/* private to the library */
	struct mount **by_id;		/* sorted by id */
	struct by_filesystem *by_filesystem;
	void *arena;
};

/* clang-format on */

/**
 * snapshot_load() - read and link a snapshot
 * @path:	file, "-" for stdin, NULL for the module's debugfs file
 * @err:	what went wrong, with file, line and field
 *
 * Return: the snapshot, or NULL with @err set.
 */
struct snapshot *snapshot_load(const char *path, struct error *err);

/**
 * snapshot_read() - only the text of a snapshot
 * @path:	as for snapshot_load()
 * @text:	set to what is in it; the caller frees it
 * @len:	set to its length
 * @err:	what went wrong
 *
 * Return: 0, or -1 with @err set.
 */
int snapshot_read(const char *path, char **text, size_t *len,
		  struct error *err);

/**
 * snapshot_parse() - snapshot_load() from memory
 * @text:	need not end in NUL
 * @len:	its length
 * @name:	what to call it in messages
 * @err:	what went wrong, with @name, line and field
 *
 * Return: the snapshot, or NULL with @err set.
 */
struct snapshot *snapshot_parse(const char *text, size_t len, const char *name,
				struct error *err);

/* The same, but frees @text, of a large one what has been read at once. */
struct snapshot *snapshot_consume(char *text, size_t len, const char *name,
				  struct error *err);
void snapshot_free(struct snapshot *s);

/* The one with this number, or NULL. */
struct mount *snapshot_mount(const struct snapshot *s, int id);
struct mnt_namespace *snapshot_ns(const struct snapshot *s, unsigned int inum);
struct peer_group *snapshot_group(const struct snapshot *s, int id);

/**
 * snapshot_filesystem() - find the mounts of a filesystem in a namespace
 * @s:		the snapshot
 * @ns:		the namespace
 * @like:	a mount of the filesystem, in any namespace
 * @mounts:	set to those of @ns, in snapshot order
 * @nr:		set to their number
 *
 * The first call makes an index, which lives as long as @s.
 *
 * Return: 0, or -1 without memory.
 */
int snapshot_filesystem(const struct snapshot *s,
			const struct mnt_namespace *ns,
			const struct mount *like, struct mount *const **mounts,
			size_t *nr);

/*
 * Whether all lists of the kernel that were followed had an end; what is not
 * complete all the same left other things out.
 */
bool snapshot_lists_ended(const struct snapshot *s);

/* The mount after @m in the tree below @top, parents first; NULL at the end. */
struct mount *next_mnt(const struct mount *m, const struct mount *top);

/* Whether it has a master, in the snapshot or not. */
bool mount_is_slave(const struct mount *m);

/* As strcmp(), but a path comes directly before all that is below it. */
int path_compare(const char *a, const char *b);

/* "shared:5 master:3", "private", "unbindable", … into @buf; returns @buf. */
const char *mount_propagation(const struct mount *m, char *buf, size_t size);

/* Whether @word stands in the comma separated @words (which may be NULL). */
bool has_word(const char *words, const char *word);

#endif
