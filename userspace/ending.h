/* SPDX-License-Identifier: GPL-2.0-only */
/* How a script ends, as far as system calls and /proc/PID/mountinfo show it. */
#ifndef MNTPROP_ENDING_H
#define MNTPROP_ENDING_H

#include "actors.h"
#include "world.h"

/* The mounts below the first actor's root are on other filesystems: no more than so many. */
#define MAX_BASE 4

/* Whose mounts are shown, and of which filesystems they are not. */
struct audience {
	unsigned int nr;
	const struct world_ns *ns[MAX_ACTORS];
	size_t nr_base;
	struct {
		unsigned int major, minor;
	} base[MAX_BASE];
};

struct ending {
	int error; /* of the last step: an errno, or 0 */
	/*
	 * One line a mount, sorted: the actor, where it is ("/a/." is on top of what is
	 * on /a), its root, its group and its master.  Filesystems and groups have numbers in
	 * the order in which they come.
	 */
	char *mounts;
	char *made; /* what the last step made, in the order of ids, a line each */
	size_t nr_made;
};

/**
 * ending_hide_base() - leave out what an actor's root is mounted on
 * @to:		gets the filesystems that are not shown
 * @root:	the root of the first actor, in the beginning
 */
void ending_hide_base(struct audience *to, const struct world_mount *root);

/**
 * ending_look() - what there is to be seen in a world
 * @e:		set to it, but for @e->error
 * @w:		the world after the last step
 * @before:	the mounts that it has were there before the step, see world_state.  It may
 *		be @w if the model did the step: before it is what it calls so
 * @to:		who looks; namespaces of @w
 *
 * Return: 0, for ending_free(); -1 without memory.
 */
int ending_look(struct ending *e, const struct world *w,
		const struct world *before, const struct audience *to);
void ending_free(struct ending *e);

#endif
