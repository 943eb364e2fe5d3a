/* SPDX-License-Identifier: GPL-2.0-only */
/* An operation, as it is asked for on the command line. */
#ifndef MNTPROP_PLAN_H
#define MNTPROP_PLAN_H

#include "acting.h"
#include "world.h"

struct plan {
	struct acting acting;
	struct location source, target; /* without a mount if there is none */
	char *absent; /* one of the paths that is not there, or NULL */
	struct operation op;
};

/**
 * plan_make() - what is to be done, and by whom
 * @p:	set to that
 * @s:	the snapshot
 * @o:	arguments: the operation and its paths
 *
 * Does not return if that is not clear.
 */
void plan_make(struct plan *p, const struct snapshot *s,
	       const struct options *o);

/* Whether it puts a mount somewhere: mount, bind, move, beneath. */
bool plan_attaches(const struct plan *p);

/* Whether it leaves all mounts where they are: make, set-group, setattr, remount. */
bool plan_changes_mounts(const struct plan *p);

/* Whether its paths are names, which are removed or renamed themselves. */
bool plan_takes_names(const struct plan *p);

/* Puts the plan into terms of a world of the same snapshot. */
void plan_place(struct plan *p, struct world *w);
void plan_free(struct plan *p);

/* "operation NAME WORD..." for each, see completion.h. */
void plan_print_operations(void);

#endif
