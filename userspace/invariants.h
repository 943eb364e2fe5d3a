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
	const struct mount *mount; /* NULL: it is about the namespace */
	const struct mount *other; /* the other mount of a pair, or NULL */
	const struct mnt_namespace *ns; /* NULL: of none */
};

/**
 * invariants_check() - look for what does not hold
 * @s:		the snapshot; one that is not complete violates what it likes
 * @report:	called for each violation, with @arg
 * @arg:	for @report
 *
 * Linear in the mounts and slaves.
 *
 * Return: how many violations there are, -1 without memory.
 */
long invariants_check(const struct snapshot *s,
		      void (*report)(const struct violation *v, void *arg),
		      void *arg);

#endif
