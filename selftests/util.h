/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest tests share. A failed helper ends the test with its reason. */
#ifndef MNTPROP_TEST_UTIL_H
#define MNTPROP_TEST_UTIL_H

#include <stdbool.h>
#include <sys/types.h>

#include "snapshot.h"

/*
 * A test that hangs is ended; one on a debug kernel under an emulator is not.
 * For those that do not say themselves; kselftest_harness.h comes first.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 600

#define DEBUGFS_DIR "/sys/kernel/debug/mntprop"

/* Print "# why: strerror" and exit with failure: for what must work anywhere. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * How much of something to do: @n, or on a kernel that is many times slower a
 * part of it (MNTPROP_DIVIDE), at least 1.
 */
unsigned int scaled(unsigned int n);

/* A new snapshot of the running kernel. */
struct snapshot *take_snapshot(void);

/* The namespace of a process, in a snapshot; dies if it is not there. */
struct mnt_namespace *ns_of_pid(const struct snapshot *s, pid_t pid);

/* The mount whose full path in @ns is @path: the topmost one. NULL if none. */
struct mount *mount_at(const struct mnt_namespace *ns, const char *path);

/*
 * The mount that a path leads to now, last symlink followed, by the id that
 * statx(2) tells. NULL if it is not in the snapshot.
 */
struct mount *mount_under(const struct snapshot *s, const char *path);

/* Inode number of what a path leads to now, by statx(2). */
uint64_t inode_of(const char *path);

/* Syscalls that must succeed; must_make() takes MS_SHARED, MS_PRIVATE, … */
void must_mount(const char *source, const char *target, const char *type,
		unsigned long flags, const char *data);
void must_umount(const char *target, int flags);
void must_bind(const char *source, const char *target);
void must_make(const char *target, unsigned long propagation);
void must_mkdir(const char *path); /* existing is fine */
void must_write(const char *path, const char *text);

/*
 * A process in a new mount namespace (flags: what else is given to unshare(),
 * CLONE_NEWNS is added) that ran @setup(arg), which may be NULL, and now waits.
 * With CLONE_NEWUSER the ids 0 to 65535 are mapped to themselves.
 */
pid_t child_start(int flags, void (*setup)(void *arg), void *arg);

/* Ids 0 to 65535 of its new user namespace are mapped to themselves: @file is
 * "uid_map" or "gid_map".
 */
void map_ids(pid_t pid, const char *file);

/* Enters a mount namespace by its file: its root is the root then. */
void must_enter(const char *path);

/* Runs @work(arg) in the child's user and mount namespace, at its root, to its end. */
void child_run(pid_t child, void (*work)(void *arg), void *arg);
void child_stop(pid_t child);

/* Kills the only process of a mount namespace; the descriptor keeps that. */
int ns_outlives(pid_t pid);

/*
 * A new mount namespace for the test itself, in which all mounts get the type
 * @propagation (MS_SHARED, MS_PRIVATE, …), and a tmpfs of that type at /mnt.
 */
void own_namespace(unsigned long propagation);

/*
 * For the first line of a test: @why, of the fixture, not to run it, or NULL.  The
 * harness of 6.1 runs a test even if its fixture says SKIP.
 */
#define SKIP_IF(why)                                \
	do {                                        \
		const char *reason = (why);         \
		if (reason)                         \
			SKIP(return, "%s", reason); \
	} while (0)

#endif
