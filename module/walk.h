/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_WALK_H
#define MNTPROP_WALK_H

struct mntprop_snapshot;
struct mount;

int mntprop_walk(struct mntprop_snapshot *s);
void mntprop_walk_unattached(struct mntprop_snapshot *s, struct mount *m);

#endif
