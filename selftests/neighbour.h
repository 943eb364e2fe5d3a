/* SPDX-License-Identifier: GPL-2.0-only */
/* An unprivileged user who makes mounts as unpleasant for a reader as is known. */
#ifndef MNTPROP_TEST_NEIGHBOUR_H
#define MNTPROP_TEST_NEIGHBOUR_H

#include <stdbool.h>
#include <sys/types.h>

/* What the neighbour makes, as uid 1000 in a user namespace of its own. */
struct neighbour_plan {
	/* The length of the longest paths, in directories with names of one character. */
	unsigned int depth;
	/* Mounts at that depth, each at another mountpoint. */
	unsigned int mounts;
	/* All of them slaves of one mount. */
	bool slaves;
	/* At least as many unattached mounts, copies of the first, held by open files. */
	unsigned int unattached;
	/* Processes with a user and a mount namespace each, with all of these mounts. */
	unsigned int namespaces;
	/* Processes that mount and unmount as fast as they can. */
	unsigned int loops;
};

struct neighbour {
	pid_t pid;
	/* Of the processes with namespaces of their own. */
	pid_t *pids;
	/* How many files hold the unattached mounts. */
	unsigned int files;
};

/**
 * neighbour_start() - start the neighbour, and wait until its mounts are there
 * @n:		set
 * @plan:	what to make; it is read by the neighbour only
 *
 * Dies if the kernel refuses something that an unprivileged user can do.
 */
void neighbour_start(struct neighbour *n, const struct neighbour_plan *plan);

/** neighbour_stop() - end all of its processes, if it was started */
void neighbour_stop(struct neighbour *n);

#endif
