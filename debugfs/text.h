/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_TEXT_H
#define MNTPROP_TEXT_H

#include "../module/snapshot.h"

struct seq_file;

int mntprop_text_make_key(void);
void mntprop_text_escape(struct seq_file *m, const char *string);
const char *mntprop_text_unattached(enum mntprop_unattached kind);
bool mntprop_text_is_shared(const struct mntprop_mount *r);
bool mntprop_text_is_unbindable(const struct mntprop_mount *r);

#endif
