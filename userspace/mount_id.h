/* SPDX-License-Identifier: GPL-2.0-only */
/* Which mount something is on, as only the kernel's own memory is asked. */
#ifndef MNTPROP_MOUNT_ID_H
#define MNTPROP_MOUNT_ID_H

/*
 * Id of the mount that an open file is on, -1 with errno set if it cannot be
 * told.  Unlike statx(2), this asks no filesystem for attributes: a server
 * may be dead.  mount_id_told() is of the file whose fdinfo is at @name below
 * @dir, as openat(2) has it.
 */
int mount_id(int fd);
int mount_id_told(int dir, const char *name);

#endif
