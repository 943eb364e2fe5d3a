/* SPDX-License-Identifier: GPL-2.0-only */
/* Which container a namespace belongs to, told by the cgroup of a task in it. */
#ifndef MNTPROP_CGROUP_H
#define MNTPROP_CGROUP_H

#include "arena.h"
#include "snapshot.h"

/*
 * Sets @container to the id or name of the innermost container in a cgroup's
 * path, NULL if there is none.  Knows docker, containerd, cri-o, podman, lxc
 * and systemd-nspawn.  Returns -1 without memory.
 */
int cgroup_container(struct arena *a, const char *path, char **container);

/*
 * Sets @path to the cgroup of a task of this machine, and @container as above;
 * both NULL if it is not there any more.  Returns -1 without memory.
 */
int cgroup_task(struct arena *a, pid_t pid, char **path, char **container);

/*
 * Fills in cgroup and container of the namespaces of a snapshot of this
 * machine, as far as their tasks are still there.  Returns -1 with @err set.
 */
int cgroup_read(struct snapshot *s, struct error *err);

#endif
