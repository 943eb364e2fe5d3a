// SPDX-License-Identifier: GPL-2.0-only
/* The module comes and goes while mounts do. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

#define CYCLES 100

FIXTURE(reload)
{
	struct image image;
	pid_t mounter;
};

/* Mounts, binds, moves and clones, for ever. */
static void come_and_go(void)
{
	must_mkdir("/mnt/a");
	must_mkdir("/mnt/b");
	for (;;) {
		must_mount("a", "/mnt/a", "tmpfs", 0, NULL);
		must_mount("/mnt/a", "/mnt/b", NULL, MS_BIND, NULL);
		child_stop(child_start(0, NULL, NULL));
		must_umount("/mnt/b", 0);
		must_umount("/mnt/a", MNT_DETACH);
	}
}

FIXTURE_SETUP(reload)
{
	self->image = module_image();
	self->mounter = fork();
	ASSERT_GE(self->mounter, 0);
	if (self->mounter)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	own_namespace(MS_SHARED);
	come_and_go();
}

FIXTURE_TEARDOWN(reload)
{
	child_stop(self->mounter);
	if (!module_is_loaded())
		module_load(&self->image, "");
	free(self->image.data);
}

TEST_F_TIMEOUT(reload, cycles, 1500)
{
	int cycles = scaled(CYCLES), i;
	struct snapshot *s;

	for (i = 0; i < cycles; i++) {
		ASSERT_EQ(module_unload(), 0);
		ASSERT_FALSE(module_is_loaded());
		ASSERT_NE(access(DEBUGFS_DIR, F_OK), 0);
		ASSERT_EQ(module_load(&self->image, ""), 0);
		s = take_snapshot();
		ASSERT_TRUE(s->complete);
		snapshot_free(s);
	}
	EXPECT_EQ(waitpid(self->mounter, NULL, WNOHANG), 0);
}

TEST_F(reload, hashes_stay)
{
	struct snapshot *before = take_snapshot(), *after;
	const struct mount *root, *proc, *later;

	ASSERT_EQ(module_unload(), 0);
	ASSERT_EQ(module_load(&self->image, ""), 0);
	after = take_snapshot();
	root = mount_at(ns_of_pid(before, getpid()), "/");
	proc = mount_at(ns_of_pid(before, getpid()), "/proc");
	later = mount_at(ns_of_pid(after, getpid()), "/");
	ASSERT_TRUE(root && proc && later);
	EXPECT_STREQ(root->root_dentry, later->root_dentry);
	EXPECT_STRNE(root->root_dentry, proc->root_dentry);
	snapshot_free(before);
	snapshot_free(after);
}

/* That many read nothing, as many one byte, before the module is to go. */
#define NR_SLEEPERS 8

struct sleeper {
	pid_t pid;
	int wake; /* write end of what it waits for */
};

/*
 * Opens the snapshot, reads @first bytes, says so, and sleeps. Awake again it
 * reads the rest: the exit status is 0 if that is a whole snapshot.
 */
static void sleep_over(size_t first, int ready, int wake)
{
	int fd = open(DEBUGFS_DIR "/snapshot", O_RDONLY | O_CLOEXEC);
	char *text = malloc(1 << 24);
	struct snapshot *s;
	struct error err;
	size_t len = 0;
	ssize_t n;
	char c;

	if (fd < 0 || !text || read(fd, text, first) != (ssize_t)first)
		_exit(1);
	len = first;
	if (write(ready, "", 1) != 1 || read(wake, &c, 1) != 1)
		_exit(2);
	while ((n = read(fd, text + len, (1 << 24) - len)) > 0)
		len += n;
	s = snapshot_parse(text, len, "snapshot", &err);
	_exit(n || !s || !s->complete || !s->nr_mounts ? 3 : 0);
}

static struct sleeper start_sleeper(size_t first)
{
	struct sleeper sleeper;
	int ready[2], wake[2];
	char c;

	if (pipe(ready) || pipe(wake))
		die("pipe");
	sleeper.pid = fork();
	if (!sleeper.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sleep_over(first, ready[1], wake[0]);
	}
	close(ready[1]);
	close(wake[0]);
	if (sleeper.pid < 0 || read(ready[0], &c, 1) != 1)
		die("a sleeper");
	close(ready[0]);
	sleeper.wake = wake[1];
	return sleeper;
}

static int wake(struct sleeper sleeper)
{
	int status;

	if (write(sleeper.wake, "", 1) != 1)
		die("wake");
	close(sleeper.wake);
	if (waitpid(sleeper.pid, &status, 0) != sleeper.pid)
		die("waitpid");
	return status;
}

/*
 * Readers that never read, and readers that read one byte and sleep, while the
 * module is to be removed: it stays until the last of them is done, and each
 * gets the whole of what it opened; one is killed instead.
 */
TEST_F_TIMEOUT(reload, waits_for_readers, 120)
{
	struct sleeper sleepers[2 * NR_SLEEPERS];
	int i;

	for (i = 0; i < 2 * NR_SLEEPERS; i++)
		sleepers[i] = start_sleeper(i % 2);
	for (i = 0; i < 2 * NR_SLEEPERS; i++) {
		EXPECT_EQ(EWOULDBLOCK, module_unload());
		EXPECT_TRUE(module_is_loaded());
		if (i == NR_SLEEPERS)
			child_stop(sleepers[i].pid);
		else
			EXPECT_EQ(0, wake(sleepers[i]));
	}
	EXPECT_EQ(0, module_unload());
	EXPECT_FALSE(module_is_loaded());
}

TEST_HARNESS_MAIN
