/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A script as a shell script that needs no mntprop: mount, umount, unshare and nsenter of
 * util-linux, and for system calls that these do not make a small program in C, which it
 * carries and builds with cc.  It does the steps and compares how they end with what was
 * expected: 0 if it is that, 1 if not.
 *
 * Each actor is a process that sleeps in a mount namespace of its own; its working
 * directory is what the script calls /, and paths are relative to it.  So mounts on / are
 * gone down to, or not, as by the actors of actors.h, and programs are found.  Those who are in
 * a namespace that has nothing of the system do all by the small program, which goes there.
 */
#ifndef MNTPROP_REPRODUCER_H
#define MNTPROP_REPRODUCER_H

#include <stdio.h>

#include "actors.h"
#include "ending.h"

/* One thing that an actor did: a step of a script, or of umount -R a single umount. */
struct deed {
	int actor;
	struct request r;
	bool covered; /* something was mounted on the actor's root */
	int error; /* that came of it: an errno, or 0 */
};

/* clang-format off */

struct reproducer {
	const struct deed *deeds;
	size_t nr;
	size_t last;		/* what the last step did begins with this one */
	size_t mount_max;	/* WORLD_MOUNT_MAX: that of the system */
	size_t base_mounts;	/* that the first actor's namespace had in the beginning */
	const char *release;	/* of the kernel on which it was found */
	const struct ending *expected;
	const struct ending *seen;	/* NULL: only what is expected is known */
};

/* clang-format on */

/* The program for system calls that nothing else does: sys.c. */
extern const char reproducer_sys[];

/**
 * reproducer_print() - write the shell script
 * @r:		what was done, and what was to come of it
 * @f:		gets it
 *
 * What differs has to show in the endings, or the script says nothing of it.
 */
void reproducer_print(const struct reproducer *r, FILE *f);

#endif
