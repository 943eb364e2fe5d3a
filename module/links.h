/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_LINKS_H
#define MNTPROP_LINKS_H

struct mntprop_snapshot;

int mntprop_links_resolve(struct mntprop_snapshot *s);

#endif
