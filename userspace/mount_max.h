/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_MOUNT_MAX_H
#define MNTPROP_MOUNT_MAX_H

#include <stddef.h>

#include "options.h"

/*
 * fs.mount-max, how many mounts a namespace can have: what --mount-max says,
 * that of the running kernel, or of a saved snapshot, which does not say, the
 * kernel's default.  Does not return from an option that is no number.
 */
size_t mount_max(const struct options *o);

#endif
