/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_STRING_TABLE_H
#define MNTPROP_STRING_TABLE_H

#include <linux/sizes.h>
#include <linux/types.h>

struct dentry;
struct mntprop_snapshot;
struct super_block;

/* Offsets of strings that each snapshot has. */
#define STRING_EMPTY 0
#define STRING_SLASH 1

/* Behind the last string; eight bytes can be read from any byte of any string on. */
#define STRING_PADDING 8

/*
 * A string of up to this length is always copied. Longer ones, up to PATH_MAX, are
 * copied for attached mounts, and share STRINGS_LONG bytes: anybody can make 100,000
 * mounts at the end of paths of 4 KiB.
 */
#define STRING_SHORT 512
#define STRINGS_LONG SZ_8M
/* Offsets have 32 bits. A million mounts with nothing but short strings reach this. */
#define STRINGS_MAX SZ_1G

/* What mntprop_strings_filesystem() tells besides. */
#define FILESYSTEM_CUT 1 /* the source is longer than what was copied of it */
#define FILESYSTEM_NO_SOURCE 2 /* what is called the source cannot be read */
#define FILESYSTEM_NO_TYPE 4 /* likewise */

void mntprop_strings_begin(struct mntprop_snapshot *s);
void mntprop_strings_forget_superblocks(struct mntprop_snapshot *s);
u32 mntprop_strings_path(struct mntprop_snapshot *s,
			 const struct dentry *dentry, const struct dentry *root,
			 unsigned int *state);
u32 mntprop_strings_filesystem(struct mntprop_snapshot *s,
			       const struct super_block *sb, const char *source,
			       u32 *type, unsigned int *state);

#endif
