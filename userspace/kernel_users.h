/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that the kernel itself has open: no process has them in its table. */
#ifndef MNTPROP_KERNEL_USERS_H
#define MNTPROP_KERNEL_USERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* clang-format off */

struct kernel_user {
	const char *name;	/* of the loop device; NULL: it is swap */
	const char *path;	/* of the file, as the kernel has printed it for us */
	bool known;		/* which file it is, for sure: */
	dev_t dev;
	uint64_t ino;
};

/* clang-format on */

/* Told of one; ends the search with what it returns, if that is not 0. */
typedef int (*kernel_user_func)(const struct kernel_user *user, void *arg);

/**
 * kernel_users_each() - look for loop devices and swap
 * @block:	/sys/block, or what is like it
 * @dev:	/dev, or what is like it
 * @swaps:	/proc/swaps, or what is like it
 * @func:	is told of each
 * @arg:	for it
 *
 * The kernel prints paths as d_path() has them: that of a file which was opened in
 * another mount namespace may lead elsewhere here, or nowhere.
 *
 * Return: 0, also where there are none; or what @func returned.
 */
int kernel_users_each(const char *block, const char *dev, const char *swaps,
		      kernel_user_func func, void *arg);

#endif
