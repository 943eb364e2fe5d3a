/* SPDX-License-Identifier: GPL-2.0-only */
/* What holds for the mounts of a kernel at any time, if nothing is broken. */
#ifndef MNTPROP_INVARIANTS_H
#define MNTPROP_INVARIANTS_H

#include "snapshot.h"

struct invariant {
	const char *name; /* letters and hyphens, to stay */
	const char *what; /* holds, in words */
	const char *source; /* of the rule */
};

extern const struct invariant invariants[];
extern const size_t nr_invariants;

struct violation {
	const struct invariant *invariant;
	/* NULL: it is about the namespace, or without that the snapshot */
	const struct mount *mount;
	const struct mount *other; /* the other mount of a pair, or NULL */
	const struct mnt_namespace *ns; /* NULL: of none */
	int missing; /* id of a mount that is referred to and not there, or 0 */
	const char *foreign; /* words: which pointers lead nowhere, or NULL */
};

/**
 * invariants_check() - look for what does not hold
 * @s:		the snapshot; of one that is not complete only that is told
 * @earlier:	one of the same kernel, some time before it, or NULL
 * @report:	called for each violation, with @arg
 * @arg:	for @report
 *
 * Linear in the mounts and slaves.
 *
 * Return: how many violations there are, -1 without memory.
 */
long invariants_check(const struct snapshot *s, const struct snapshot *earlier,
		      void (*report)(const struct violation *v, void *arg),
		      void *arg);

/**
 * invariant_skipped() - whether a rule is looked at in a snapshot
 * @inv:	one of invariants[]
 * @s:		the snapshot
 * @earlier:	as for invariants_check()
 *
 * Return: why it is not: the kernel is too old for it, it takes two looks, /proc
 * does not tell, or nothing can be said of a snapshot that is not complete.  NULL
 * if it is.
 */
const char *invariant_skipped(const struct invariant *inv,
			      const struct snapshot *s,
			      const struct snapshot *earlier);

#endif
