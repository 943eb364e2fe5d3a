/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_WALK_H
#define MNTPROP_WALK_H

#include <linux/types.h>

struct mntprop_snapshot;
struct mount;

/*
 * Units of work (see struct mntprop_snapshot) between two chances for others to run:
 * some hundred microseconds, if each is a cache line that comes from memory.
 */
#define REST_WORK 4096

int mntprop_walk(struct mntprop_snapshot *s);
bool mntprop_walk_rest(struct mntprop_snapshot *s);
void mntprop_walk_unattached(struct mntprop_snapshot *s, struct mount *m,
			     u32 ns);

#endif
