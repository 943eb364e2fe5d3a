/* SPDX-License-Identifier: GPL-2.0-only */
/* What path lookups see of a world. */
#ifndef MNTPROP_VIEW_H
#define MNTPROP_VIEW_H

#include "world.h"

struct view;

/**
 * view_new() - look at a world as it is now
 * @w:	not to be changed as long as the view is used, but for its memory
 *
 * Return: the view, or NULL without memory.
 */
struct view *view_new(struct world *w);
void view_free(struct view *v);

/**
 * view_hidden() - whether no path leads to a mount
 * @v:	the view
 * @m:	a mount in a namespace
 * @by:	set to what covers it or something on the way; NULL if nothing does,
 *	but a mountpoint on the way is unlinked or out of reach
 *
 * Looks for mounts at each component of the path, so that it does not matter
 * how many there are.  Answers for ancestors are kept.
 */
bool view_hidden(struct view *v, struct world_mount *m,
		 struct world_mount **by);

/*
 * Path of a mount from the root of its namespace, only the end of one of more
 * than 8 KiB.  free() it; NULL without memory.
 */
char *view_path(const struct world_mount *m);

#endif
