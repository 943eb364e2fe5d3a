/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_SUPERBLOCKS_H
#define MNTPROP_SUPERBLOCKS_H

struct mntprop_snapshot;

void mntprop_superblocks_find_namespaces(struct mntprop_snapshot *s);
void mntprop_superblocks_copy(struct mntprop_snapshot *s);

#endif
