/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/PID/mountinfo, read by libmount: the kernel's other account of the same
 * mounts, which shares no code with this module or its parser.
 */
#ifndef MNTPROP_TEST_MOUNTINFO_H
#define MNTPROP_TEST_MOUNTINFO_H

#include <libmount/libmount.h>
#include <stdbool.h>
#include <sys/types.h>

#include "snapshot.h"

/* mnt_unref_table() gives it back. */
struct libmnt_table *mountinfo_of(pid_t pid);

/*
 * Compares what a snapshot says of the namespace of @pid with the mountinfo of
 * @pid: each mount that is in one must be in the other, but those out of reach
 * of the process's root, which mountinfo leaves out.
 *
 * @in_root: where the root of the process is in its mount: "" for the mount's
 * root, "/jail" after a chroot to such a directory.
 *
 * Returns the number of differences, after printing each.
 */
int mountinfo_differences(const struct snapshot *s, pid_t pid,
			  const char *in_root);

#endif
