/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that stand for a namespace, in /proc/PID/ns/ or bound from there. */
#ifndef MNTPROP_NSFS_H
#define MNTPROP_NSFS_H

#include <stdbool.h>

/**
 * nsfs_inode() - which namespace a file stands for
 * @path:	of the file
 *
 * Return: its inode number, or 0 with errno: EINVAL if it is another file.
 */
unsigned int nsfs_inode(const char *path);

/**
 * nsfs_task() - which mount namespace a thread lives in
 * @tid:	the thread
 * @denied:	set to whether there is one that may not be known
 *
 * Linux 5.10 does not refuse the link of such a thread, but leads to the link itself
 * (seen on 5.10.262).
 *
 * Return: its inode number, or 0.
 */
unsigned int nsfs_task(int tid, bool *denied);

#endif
