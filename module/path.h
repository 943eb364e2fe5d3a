/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_PATH_H
#define MNTPROP_PATH_H

#include <linux/types.h>

struct dentry;

/* How a path is to be read. */
#define PATH_OUTSIDE \
	1 /* it does not lead through the root that was asked for */
#define PATH_TOODEEP 2 /* its beginning is missing */
#define PATH_BROKEN 4 /* likewise: no dentry is there, or no name */

/**
 * struct mntprop_path - a path to copy
 * @dentry:	the lower end
 * @root:	the upper end; NULL for the root of the filesystem
 * @longest:	how many bytes of it are wanted at most, from its lower end on
 * @state:	set to PATH_* flags
 * @steps:	set to the number of dentries that were visited
 */
struct mntprop_path {
	const struct dentry *dentry;
	const struct dentry *root;
	size_t longest;
	unsigned int state;
	unsigned int steps;
};

size_t mntprop_path_copy(char *end, size_t size, struct mntprop_path *path);

#endif
