/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_NAMESPACES_H
#define MNTPROP_NAMESPACES_H

#include <linux/types.h>

#include <linux/types.h>

struct mnt_namespace;
struct mntprop_snapshot;

void mntprop_namespaces_add(struct mntprop_snapshot *s,
			    struct mnt_namespace *ns);
bool mntprop_namespaces_exists(struct mntprop_snapshot *s,
			       const struct mnt_namespace *ns, u32 *nr);
void mntprop_namespaces_add_tasks(struct mntprop_snapshot *s);
void mntprop_namespaces_describe(struct mntprop_snapshot *s, u32 nr);

#endif
