/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that each live in a mount namespace of their own and do what they
 * are told, so that an operation can be tried anywhere.  What cannot be set up ends the
 * process, with one line on stderr.
 *
 * The namespace of the first has nothing but a tmpfs; the others come by
 * what makes_namespace() from one that is there.  Each filesystem has the same few
 * directories, see ACTOR_DEPTH, and a file.
 */
#ifndef MNTPROP_ACTORS_H
#define MNTPROP_ACTORS_H

#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "world.h"

#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

#define MAX_ACTORS 6
#define ACTOR_PATH 128

/* Directories in a filesystem: each of "a", "b", "c" in each, so deep. */
#define ACTOR_DEPTH 2
#define ACTOR_NAMES "abc"

/* The file, in the root of each. */
#define ACTOR_FILE "f"

/* Files that one actor can hold open. */
#define ACTOR_HOLDS 4

enum request_type {
	DO_OPERATION,
	DO_NOTHING,
	DO_HOLD, /* keep a file on target open */
	DO_RELEASE, /* close all of those */
	DO_CLOSE_TREE, /* which is attached already */
	DO_CHROOT, /* to target, the root of a mount */
	DO_SETNS, /* to target, the file of a mount namespace */
};

/* What an operand of a step is; all but the first are of an actor, and opened in /proc. */
enum request_operand {
	FROM_PATH,
	FROM_TREE, /* the root of the tree of its last OP_OPEN_TREE */
	FROM_NS_FILE, /* the file of its mount namespace */
	FROM_HELD, /* the root of a mount, if that is what it held last */
};

struct request {
	enum request_type what;
	enum operation_type type;
	bool recursive, lazy, new_user_ns;
	bool expire; /* OP_UMOUNT: MNT_EXPIRE */
	bool by_fd; /* OP_MOUNT by fsmount(2): the path may lead elsewhere then */
	enum request_operand from, to; /* the source, the target */
	int of, to_of; /* their actors */
	enum propagation propagation;
	unsigned int attr_set, attr_clr; /* MOUNT_ATTR_… */
	char source[ACTOR_PATH], target[ACTOR_PATH];
	int new_actor; /* set by actors_do() */
};

/* Of two pipes, one each way; what is said fits into PIPE_BUF. */
struct ends {
	int in, out;
};

struct actor {
	struct ends talk;
	pid_t pid; /* 0: not there yet */
	int pidfd;
	int root_id; /* of the mount that is its root */
	int tree_id; /* of the root of its detached tree, 0: none */
	int tree_fd;
	int held_id; /* of the mount whose root it held last, 0: it is no root, or none */
	int held_fd;
	unsigned int user_ns, mnt_ns; /* inode numbers */
	int holds;
};

struct actors {
	struct actor all[MAX_ACTORS];
	int nr;
	int proc; /* an open /proc */
};

/**
 * unshare_mounts() - enter a new mount namespace
 * @proc:	an open /proc
 * @new_user_ns: of a new user namespace, in which the caller is root
 *
 * Return: 0 or the errno of unshare(2).
 */
int unshare_mounts(int proc, bool new_user_ns);

/**
 * actors_enter_empty_root() - make a new tmpfs the only mount of the namespace
 * @over:	a directory, which the tmpfs is mounted on first
 *
 * Context: In a mount namespace that nobody else is in.
 */
void actors_enter_empty_root(const char *over);

/**
 * actors_start() - begin with one actor
 * @a:		set to it
 * @proc:	an open /proc, which stays the caller's
 *
 * Context: Where /mnt is a directory, or can be made.
 */
void actors_start(struct actors *a, int proc);

/* All of them end, and their namespaces with them. */
void actors_stop(struct actors *a);

/* Whether attributes or a type of propagation are asked for. */
static inline bool request_has_attributes(const struct request *r)
{
	return r->attr_set || r->attr_clr || r->propagation != MAKE_NONE;
}

/* MS_… of OP_REMOUNT or OP_RECONFIGURE, and of a type of propagation (0: none). */
unsigned long remount_flags(const struct request *r);
unsigned long propagation_flags(enum propagation type);

/*
 * Has @who do it.  What makes_namespace() makes one more actor, the last then, which holds
 * what @who holds.  Returns 0 or the errno of the system call.
 */
int actors_do(struct actors *a, int who, const struct request *request);

#endif
