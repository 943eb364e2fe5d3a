/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes use which mounts, as /proc tells.  It is read after the
 * snapshot was taken: who has ended since is missing, who has come is there.
 */
#ifndef MNTPROP_PINS_H
#define MNTPROP_PINS_H

#include "snapshot.h"

/* clang-format off */

enum pin_kind {
	PIN_CWD,
	PIN_ROOT,
	PIN_EXE,
	PIN_MAP,
	PIN_FD,
	PIN_NS_FD,		/* of a mount namespace */
	PIN_SOCKET,		/* bound to a path */
	PIN_LOOP,		/* a file that is a block device */
	PIN_SWAP,
};

/*
 * A process, or a thread that does not share what it uses with the first; or the
 * kernel itself: a loop device, as comm names it, or swap.
 */
struct task {
	pid_t pid, tid;		/* 0: the kernel */
	char *comm;
	char *container;	/* id, or NULL */
	unsigned int ns;	/* inode number of its mount namespace, 0: not known */
};

struct pin {
	const struct task *task;
	const struct mount *mount;
	const struct mnt_namespace *ns;	/* PIN_NS_FD: the one it stands for */
	enum pin_kind kind;
	int fd;			/* PIN_FD, PIN_NS_FD and PIN_SOCKET */
	char *path;		/* as its owner sees it, or NULL */
	size_t nr;		/* in order of discovery */
};

struct pins {
	struct pin *all;	/* by mount, those of a task one after another */
	size_t nr;
	struct pin *of_ns;	/* those of PIN_NS_FD, which may have any mount */
	size_t nr_of_ns;
	size_t nr_tasks;	/* that have any of these, the kernel aside */
	size_t unplaced;	/* loop devices on one of several mounts */
	size_t denied;		/* processes that could not be looked into */
	bool partial;		/* there are processes that /proc does not show */
	bool no_kcmp;		/* what a thread has of its own was not looked for */
	const struct snapshot *s;
	void *arena;
};

/* clang-format on */

/**
 * pins_read() - look for those who use some mounts
 * @p:		set to what is found, for pins_free()
 * @s:		a snapshot of this machine, to live as long as @p
 * @wanted:	for each mount of it, in its order, whether it is of interest
 * @err:	what went wrong
 *
 * A thread is listed by itself if it has its own root and working directory
 * (CLONE_FS), files or memory; without kcmp(2) none is taken to have.  Kernel
 * threads, which share theirs, are listed once.  Of the files of this process
 * only standard input, output and error count: others it may have opened itself,
 * and those that it was given are not told from them.  A loop device, which may
 * be of another namespace, is taken for a user of the mount that its path leads
 * to, if that is its file, and or else of the only mount of the filesystem.  A
 * socket (AF_UNIX) is taken for a user of the mount that its name leads whoever
 * has it to, as long as there is a socket: one that was renamed or unlinked is
 * not found.
 *
 * Return: 0, or -1 with @err set (no /proc, no memory).
 */
int pins_read(struct pins *p, const struct snapshot *s, const bool *wanted,
	      struct error *err);
void pins_free(struct pins *p);

/* Those of a mount: the first, and how many in @nr. */
const struct pin *pins_of(const struct pins *p, const struct mount *m,
			  size_t *nr);

#endif
