/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_WALK_H
#define MNTPROP_WALK_H

struct mntprop_snapshot;

int mntprop_walk(struct mntprop_snapshot *s);

#endif
