/* SPDX-License-Identifier: GPL-2.0-only */
/* What has changed from one snapshot to the next of the same boot. */
#ifndef MNTPROP_CHANGES_H
#define MNTPROP_CHANGES_H

#include "snapshot.h"

enum change_kind {
	NAMESPACE_CAME, /* with the mounts that it has: these are not told */
	NAMESPACE_WENT, /* with all that was in it */
	MOUNT_CREATED, /* and in no namespace yet, or in an anonymous one */
	MOUNT_MOUNTED,
	MOUNT_MOVED, /* to another path; what is mounted below it comes along */
	MOUNT_REPARENTED, /* the path is the same: something slid below it */
	MOUNT_RENAMED, /* a directory on the way to it was */
	MOUNT_BECAME, /* of another type: shared, slave, private, unbindable */
	MOUNT_REGROUPED, /* of the same type, in other groups */
	MOUNT_REMOUNTED, /* with other options of the mount */
	MOUNT_UNMOUNTED, /* @is: it is still in use */
	MOUNT_FREED, /* which was in none, or in an anonymous one */
};

struct change {
	enum change_kind kind;
	const struct mnt_namespace *ns; /* as it is, or was; NULL: none */
	const struct mount *was, *is; /* NULL: not there then */
};

/*
 * What the snapshots of a boot have counted up to, to see what has come and
 * gone between two of them.  All zero: nothing is known yet.
 */
struct counted {
	uint64_t event; /* changes, see changes_find() */
	uint64_t unique; /* mounts ever made (6.8) */
	uint64_t ns_id; /* mount namespaces ever made (up to 6.7) */
};

/* What was counted and is not among the changes; each number is at least that. */
struct gap {
	uint64_t changes, mounts, namespaces;
	/* These were changed, and nothing is to be seen of it. */
	const struct mnt_namespace **in;
	size_t nr_in;
};

/**
 * changes_find() - compare two snapshots
 * @before:	the first
 * @after:	a later one, both complete
 * @counted:	of all that were compared before, all zero at the first time
 * @report:	called for each change, with @arg; for what went first, and for
 *		namespaces that went last
 * @arg:	for @report
 * @gap:	set to what is known to be missing; gap_free() it
 *
 * A mount is the same one if its unique id is.  Kernels before 6.8 have none,
 * and there it is the same one if id, namespace and root are, which a mount that
 * was unmounted and made again between the snapshots may fulfil.
 *
 * The kernel counts changes for all namespaces together (the static variable
 * event of fs/namespace.c), and a namespace has the number of its last one:
 *  - each tree that is attached, be it by propagation: one
 *  - a move, pivot_root(2), a change of options: one
 *  - an umount, with all that it propagates to: one, also if it fails with EBUSY
 *  - a change of the type: one; by mount(2) none before 7.3, which is not to be
 *    told from the other, so that it may hide one change
 *  - a namespace that is copied or goes: none
 * So @gap has only what all the changes that are seen could not have been counted
 * for: a tree that came or went at once may hide others.  Mounts take a unique
 * id each (6.8) when they are made, and namespaces an id of their own (up to 6.7;
 * it is used where there are no unique ids): how many of them are gone again is
 * known up to the youngest that is seen.  What nothing counts is not known: a
 * type that was changed and changed back (before 7.3), a namespace that came and
 * went when none was made after it.
 *
 * Return: 0, or -1 without memory.
 */
int changes_find(const struct snapshot *before, const struct snapshot *after,
		 struct counted *counted,
		 void (*report)(const struct change *c, void *arg), void *arg,
		 struct gap *gap);
void gap_free(struct gap *gap);

/**
 * changes_same_ns() - whether two records are of the same namespace
 * @a:	in one snapshot
 * @b:	in another of the same boot
 *
 * Inode numbers are used again; the ids are not.
 */
bool changes_same_ns(const struct mnt_namespace *a,
		     const struct mnt_namespace *b);

/* Options of a mount that mount(2) can change, ro first. */
#define NR_MOUNT_OPTIONS 8
extern const char *const mount_options[NR_MOUNT_OPTIONS];

#endif
