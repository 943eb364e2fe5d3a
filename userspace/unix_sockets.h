/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets that are bound to a path: each holds the mount that it was bound on. */
#ifndef MNTPROP_UNIX_SOCKETS_H
#define MNTPROP_UNIX_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */

struct unix_socket {
	unsigned long ino;	/* of the socket, as links of descriptors have it */
	char *path;		/* as it was given to bind(2) */
};

struct unix_sockets {
	struct unix_socket *all;	/* by ino, after unix_sockets_sort() */
	size_t nr, room;
};

/* clang-format on */

/**
 * unix_sockets_read() - add the sockets of a network namespace
 * @list:	zeroed at first; for unix_sockets_free()
 * @dir:	/proc/PID of a task in it
 *
 * Those that are not bound, or to an abstract name, are left out.  A path with a
 * newline is cut off there: /proc/net/unix has it as it is.  Where the kernel
 * has no such sockets there are none.
 *
 * Return: 0, or -1 without memory.
 */
int unix_sockets_read(struct unix_sockets *list, int dir);
void unix_sockets_sort(struct unix_sockets *list);
void unix_sockets_free(struct unix_sockets *list);

/* The one that a link of a descriptor, "socket:[INO]", stands for, or NULL. */
const struct unix_socket *unix_socket_of_link(const struct unix_sockets *list,
					      const char *link);

#endif
