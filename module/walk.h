/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_WALK_H
#define MNTPROP_WALK_H

struct mntprop_snapshot;
struct rw_semaphore;

int mntprop_walk(struct mntprop_snapshot *s,
		 struct rw_semaphore *namespace_sem);

#endif
