/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_STRING_TABLE_H
#define MNTPROP_STRING_TABLE_H

#include <linux/types.h>

struct dentry;
struct mntprop_snapshot;
struct super_block;

u32 mntprop_strings_path(struct mntprop_snapshot *s,
			 const struct dentry *dentry, const struct dentry *root,
			 unsigned int *state);
u32 mntprop_strings_type(struct mntprop_snapshot *s,
			 const struct super_block *sb);
u32 mntprop_strings_source(struct mntprop_snapshot *s,
			   const struct super_block *sb, const char *source);

#endif
