/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounts as /proc shows them: the second best view, where the module is not. */
#ifndef MNTPROP_PROC_H
#define MNTPROP_PROC_H

#include <libmount/libmount.h>

#include "snapshot.h"

/* clang-format off */

/* A mount namespace to which a process or a file of nsfs, open or bound, leads. */
struct proc_ns {
	unsigned int inum;
	uint64_t id;			/* 0: not known (before 6.11) */
	unsigned int user_ns;		/* 0: not known */
	pid_t pid;			/* lowest of its threads; 0: none */
	char comm[64];
	uint64_t tasks;			/* threads */
	pid_t holder;			/* without a thread: who has it open, */
	int holder_fd;			/* and as what */
	int fd;				/* its bound file, open until it is visited */
	struct libmnt_table *table;	/* its mountinfo; NULL: not visible */
};

struct proc_view {
	struct proc_ns *ns;		/* in order of the processes in them */
	size_t nr, room;
	bool initial;			/* the first is that of the machine's pid 1 */
	uint64_t unseen;		/* namespaces that could not be entered */
	uint64_t denied;		/* processes that did not tell theirs */
};

/* clang-format on */

/**
 * proc_read() - make a snapshot of what /proc tells
 * @text:	set to the text of it, which the caller frees
 * @len:	set to its length
 * @err:	what went wrong
 *
 * A process of our own enters each namespace, if it may: its mountinfo then has
 * all that a path leads to, wherever the root of other processes is.  Otherwise
 * the thread with the lowest id that is in the namespace is asked.  The text is
 * that of debugfs/ABI, with source=proc.
 *
 * Return: 0, or -1 with @err set (no /proc, no memory).
 */
int proc_read(char **text, size_t *len, struct error *err);

/**
 * proc_write() - make a snapshot of mount tables
 * @view:	the namespaces, in the order that they are to have
 * @f:		where to write it
 *
 * Peers and masters are joined by the numbers of their groups.  In a ring, and
 * on the list of its master, which is the first of its group here, mounts are in
 * order of their ids, as the kernel's order is not to be seen.  If an id comes
 * twice, as it was given to another mount in the meantime, the last one counts.
 *
 * Return: 0, or -1 without memory.
 */
int proc_write(const struct proc_view *view, FILE *f);

#endif
