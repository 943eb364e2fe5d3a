/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_TEXT_H
#define MNTPROP_TEXT_H

struct mntprop_mount;
struct seq_file;

void mntprop_text_escape(struct seq_file *m, const char *string);
bool mntprop_text_is_shared(const struct mntprop_mount *r);
bool mntprop_text_is_unbindable(const struct mntprop_mount *r);

#endif
