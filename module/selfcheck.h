/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_SELFCHECK_H
#define MNTPROP_SELFCHECK_H

struct rw_semaphore;

int mntprop_selfcheck(struct rw_semaphore *namespace_sem, const char **why);

#endif
