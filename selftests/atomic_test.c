// SPDX-License-Identifier: GPL-2.0-only
/*
 * One snapshot is one state. A mount on a shared mount and the copy that its
 * propagation makes in another namespace come and go under one hold of
 * namespace_sem, so a snapshot has both or none; two mountinfo files, read one
 * after the other, need not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "util.h"

#define ROUNDS 1000
#define PLACE "/mnt/pair"

/* So much between the two copies that there is time to see one without the other. */
#define BALLAST 300

FIXTURE(pair)
{
	pid_t other;
	pid_t mounter;
};

static void add_ballast(void)
{
	char path[64];
	int i;

	must_mkdir("/mnt/ballast");
	must_mount("ballast", "/mnt/ballast", "tmpfs", 0, NULL);
	must_mount(NULL, "/mnt/ballast", NULL, MS_PRIVATE, NULL);
	for (i = 0; i < BALLAST; i++) {
		snprintf(path, sizeof(path), "/mnt/ballast/%d", i);
		must_mkdir(path);
		must_mount("/mnt/ballast", path, NULL, MS_BIND, NULL);
	}
}

FIXTURE_SETUP(pair)
{
	self->mounter = -1;
	own_namespace(MS_SHARED);
	add_ballast();
	must_mkdir(PLACE);
	self->other = child_start(0, NULL, NULL);
	self->mounter = fork();
	ASSERT_GE(self->mounter, 0);
	if (self->mounter)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* umount(2) waits for RCU; a pause makes the two states last about as long. */
	for (;;) {
		must_mount("pair", PLACE, "tmpfs", 0, NULL);
		usleep(random() % 4000);
		must_umount(PLACE, 0);
	}
}

FIXTURE_TEARDOWN(pair)
{
	if (self->mounter > 0)
		child_stop(self->mounter);
	child_stop(self->other);
}

static bool in_snapshot(const struct snapshot *s, pid_t pid)
{
	return mount_at(ns_of_pid(s, pid), PLACE);
}

static bool in_mountinfo(pid_t pid)
{
	static char text[1 << 16];
	char path[64];
	size_t len = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(fd);
	text[len] = '\0';
	return strstr(text, " " PLACE " ");
}

TEST_F_TIMEOUT(pair, never_torn, 1500)
{
	int rounds = scaled(ROUNDS), i, torn = 0, there = 0, torn_mountinfo = 0;
	bool a, b;

	for (i = 0; i < rounds; i++) {
		struct snapshot *s = take_snapshot();

		a = in_snapshot(s, getpid());
		b = in_snapshot(s, self->other);
		torn += a != b;
		there += a && b;
		snapshot_free(s);

		torn_mountinfo += in_mountinfo(getpid()) !=
				  in_mountinfo(self->other);
	}
	TH_LOG("of %d: snapshot torn %d, mountinfo torn %d; the pair was there in %d snapshots",
	       rounds, torn, torn_mountinfo, there);
	EXPECT_EQ(torn, 0);
	/* It was a test only if both states were seen. */
	EXPECT_GT(there, 0);
	EXPECT_LT(there, rounds);
	EXPECT_EQ(waitpid(self->mounter, NULL, WNOHANG), 0);
}

TEST_HARNESS_MAIN
