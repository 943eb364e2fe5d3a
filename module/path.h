/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_PATH_H
#define MNTPROP_PATH_H

#include <linux/types.h>

struct dentry;

/* How a path is to be read. */
#define PATH_OUTSIDE \
	1 /* it does not lead through the root that was asked for */
#define PATH_TOODEEP 2 /* its beginning is missing */

size_t mntprop_path_copy(char *end, size_t size, const struct dentry *dentry,
			 const struct dentry *root, unsigned int *state);

#endif
