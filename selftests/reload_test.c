// SPDX-License-Identifier: GPL-2.0-only
/* The module comes and goes while mounts do. */
#define _GNU_SOURCE
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

TEST_F_TIMEOUT(reload, cycles, 300)
{
	struct snapshot *s;
	int i;

	for (i = 0; i < CYCLES; i++) {
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

TEST_HARNESS_MAIN
