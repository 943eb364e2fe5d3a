// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

void die(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf(": %s\n", strerror(err));
	fflush(stdout);
	_exit(1);
}

unsigned int scaled(unsigned int n)
{
	const char *divide = getenv("MNTPROP_DIVIDE");
	unsigned int by = divide ? atoi(divide) : 1;

	return by > 1 && n >= by ? n / by : n;
}

struct snapshot *take_snapshot(void)
{
	struct error err;
	struct snapshot *s = snapshot_load(NULL, &err);

	if (!s) {
		errno = 0;
		die("snapshot: %s", err.text);
	}
	return s;
}

struct mnt_namespace *ns_of_pid(const struct snapshot *s, pid_t pid)
{
	struct mnt_namespace *ns;
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	if (stat(path, &st))
		die("%s", path);
	ns = snapshot_ns(s, st.st_ino);
	if (!ns)
		die("the namespace of %d is not in the snapshot", pid);
	return ns;
}

struct mount *mount_at(const struct mnt_namespace *ns, const char *path)
{
	struct mount *found = NULL;
	size_t i;

	for (i = 0; i < ns->nr_mounts; i++) {
		if (!strcmp(ns->mounts[i]->path, path) &&
		    !ns->mounts[i]->overmount)
			found = ns->mounts[i];
	}
	return found;
}

static void must_statx(const char *path, unsigned int mask, struct statx *st)
{
	if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, mask, st))
		die("statx %s", path);
	if ((st->stx_mask & mask) != mask) {
		errno = EOPNOTSUPP;
		die("statx %s", path);
	}
}

struct mount *mount_under(const struct snapshot *s, const char *path)
{
	struct statx st;

	must_statx(path, STATX_MNT_ID, &st);
	return snapshot_mount(s, st.stx_mnt_id);
}

uint64_t inode_of(const char *path)
{
	struct statx st;

	must_statx(path, STATX_INO, &st);
	return st.stx_ino;
}

void must_mount(const char *source, const char *target, const char *type,
		unsigned long flags, const char *data)
{
	if (mount(source, target, type, flags, data))
		die("mount %s on %s", source ? source : "nothing", target);
}

void must_bind(const char *source, const char *target)
{
	must_mount(source, target, NULL, MS_BIND, NULL);
}

void must_make(const char *target, unsigned long propagation)
{
	must_mount(NULL, target, NULL, propagation, NULL);
}

void must_umount(const char *target, int flags)
{
	if (umount2(target, flags))
		die("umount %s", target);
}

void must_mkdir(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		die("mkdir %s", path);
}

void must_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("write %s", path);
	close(fd);
}

void map_ids(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	must_write(path, "0 0 65536\n");
}

/* One byte over a pipe: that something is done. */
static void tell(int fd)
{
	if (write(fd, "", 1) != 1)
		die("write to a pipe");
}

static void hear(int fd, const char *what)
{
	char c;

	if (read(fd, &c, 1) != 1)
		die("%s ended early", what);
}

pid_t child_start(int flags, void (*setup)(void *arg), void *arg)
{
	int to[2], from[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(to[1]);
		close(from[0]);
		if (unshare(flags | CLONE_NEWNS))
			die("unshare");
		/* After unshare(): a change of credentials clears it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tell(from[1]);
		hear(to[0], "the parent");
		if (setup)
			setup(arg);
		tell(from[1]);
		for (;;)
			pause();
	}
	/* A child that dies closes the last writing end. */
	close(to[0]);
	close(from[1]);
	hear(from[0], "a child");
	if (flags & CLONE_NEWUSER) {
		map_ids(pid, "uid_map");
		map_ids(pid, "gid_map");
	}
	tell(to[1]);
	hear(from[0], "a child");
	close(to[1]);
	close(from[0]);
	return pid;
}

static bool same_ns(pid_t pid, const char *type)
{
	char path[64], own[64];
	struct stat a, b;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	snprintf(own, sizeof(own), "/proc/self/ns/%s", type);
	if (stat(path, &a) || stat(own, &b))
		die("%s", path);
	return a.st_ino == b.st_ino;
}

void must_enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, 0))
		die("setns %s", path);
	close(fd);
}

void child_run(pid_t child, void (*work)(void *arg), void *arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		char path[64], user[64];
		int mnt_fd;

		/* The mount namespace is opened first: /proc may not be seen from inside. */
		snprintf(path, sizeof(path), "/proc/%d/ns/mnt", child);
		mnt_fd = open(path, O_RDONLY | O_CLOEXEC);
		if (mnt_fd < 0)
			die("%s", path);
		snprintf(user, sizeof(user), "/proc/%d/ns/user", child);
		if (!same_ns(child, "user"))
			must_enter(user);
		if (setns(mnt_fd, CLONE_NEWNS))
			die("setns %s", path);
		work(arg);
		fflush(stdout);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		die("work in namespace of %d failed", child);
}

void child_stop(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

void own_namespace(unsigned long propagation)
{
	if (unshare(CLONE_NEWNS))
		die("unshare");
	must_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	must_mount(NULL, "/", NULL, MS_REC | propagation, NULL);
	must_mkdir("/mnt");
	must_mount("mntprop-test", "/mnt", "tmpfs", 0, NULL);
	must_mount(NULL, "/mnt", NULL, propagation, NULL);
}

int ns_outlives(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	child_stop(pid);
	return fd;
}
