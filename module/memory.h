/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory for snapshots: as much as a machine's mounts need, if it is to spare. */
#ifndef MNTPROP_MEMORY_H
#define MNTPROP_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * Charged to the reader's memory cgroup. A failure is an error of open(2), and no
 * reason to end a process or to warn: with __GFP_RETRY_MAYFAIL neither the OOM killer
 * of the machine nor that of a cgroup is called.
 */
#define MNTPROP_GFP (GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

bool mntprop_memory_is_to_spare(size_t bytes);
void *mntprop_memory_get(size_t n, size_t size, gfp_t flags);

#endif
