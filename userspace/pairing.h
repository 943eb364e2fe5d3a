/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two snapshots side by side: which mount of one is which of the other.  Told by
 * place, not by number, so that snapshots of two boots can be compared: by
 * namespace, path, and what it is stacked on.
 */
#ifndef MNTPROP_PAIRING_H
#define MNTPROP_PAIRING_H

#include "arena.h"
#include "snapshot.h"

/* clang-format off */

struct placed_ns;

/* A mount of one snapshot.  Numbers are common to both, from 1 in order of place. */
struct placed {
	struct mount *m;
	struct placed_ns *ns;
	struct placed *pair;		/* NULL: in this snapshot only */
	bool moved;			/* its pair is at another place */
	unsigned int fs;		/* number of the superblock */
	unsigned int group;		/* of its peer group; 0: none */
	unsigned int master;		/* of the group of its master; 0: none */
};

struct placed_ns {
	const struct mnt_namespace *ns;	/* NULL: for the mounts in none */
	struct placed_ns *pair;
	struct placed *mounts;		/* by path, what is stacked from below */
	size_t nr_mounts;
	size_t nr;			/* common to both, from 0 */
};

struct side {
	const struct snapshot *s;
	struct placed_ns *namespaces;	/* in snapshot order, then the one for none */
	size_t nr_namespaces;
	struct placed *mounts;		/* of them all */
	struct placed **of;		/* by the mount's index in the snapshot */
};

/*
 * A line of what both have, in order of place: a namespace, or a mount in it.
 * NULL for what one of the two does not have there.
 */
struct step {
	struct placed_ns *ns[2];
	struct placed *mount[2];
};

struct pairing {
	struct side side[2];
	bool same_boot;
	struct step *steps;
	size_t nr_steps;
	struct arena *arena;
	struct arena *scratch;		/* for one step of pairing_make() */
};

/* clang-format on */

/* How the two of a pair differ, beside their place. */
enum {
	DIFFER_TYPE = 1, /* of propagation */
	DIFFER_GROUPS =
		2, /* of the same type, with other peers or another master */
	DIFFER_FLAGS =
		4, /* of mount or superblock, or it is another superblock */
};

/**
 * side_lay_out() - sort the mounts of a snapshot by place
 * @side:	set, all but what is common to both
 * @s:		the snapshot
 * @arena:	for memory
 * @scratch:	for what is not needed afterwards
 *
 * Return: 0, or -1 without memory.
 */
int side_lay_out(struct side *side, const struct snapshot *s,
		 struct arena *arena, struct arena *scratch);

/**
 * pairing_number() - give groups and superblocks numbers common to both
 * @p:		with all mounts paired, and the steps
 *
 * Those of two sides that have most mounts in common are the same one.
 *
 * Return: 0, or -1 without memory.
 */
int pairing_number(struct pairing *p);

/**
 * pairing_make() - pair the namespaces and mounts of two snapshots
 * @p:		the result; pairing_free() it
 * @a, @b:	the snapshots, to be kept as long as @p is
 *
 * Namespaces: the initial ones are each other's; then those with the same id, if
 * it is one boot; then those that are alike, in the order of the snapshots: in
 * all their mounts and the name of their first task, in all their mounts, in
 * name and root, in the root alone.  In two of a pair, mounts are paired that
 * show the same directory of a filesystem (by type and source) at the same path,
 * in the order in which they are stacked.  Of the rest, those with the same id
 * have moved, if it is one boot (where mounts have no unique id, those that show
 * the same, too); otherwise those that have moved with their parent, and those
 * that show the same elsewhere in the namespace.
 *
 * Groups and superblocks are those of the other snapshot with which they have
 * most mounts in common.
 *
 * Return: 0, or -1 without memory.
 */
int pairing_make(struct pairing *p, const struct snapshot *a,
		 const struct snapshot *b);
void pairing_free(struct pairing *p);

/* Flags DIFFER_… of a mount and its pair. */
unsigned int pairing_differ(const struct placed *a);

/* Of one that has moved: whether it only went with its parent. */
bool pairing_carried(const struct pairing *p, const struct placed *a);

/*
 * Takes the next flag off @words (by comma, may be NULL), but "shared" and
 * "unbindable", which are the type.  Returns it, which does not end after @len
 * bytes, or NULL at the end.
 */
const char *pairing_next_flag(const char **words, size_t *len);

/* The mount of a side that a mount of its snapshot is. */
static inline struct placed *side_mount(const struct side *side,
					const struct mount *m)
{
	return side->of[m - side->s->mounts];
}

#endif
