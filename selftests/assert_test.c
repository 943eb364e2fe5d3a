// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop check, assert and metrics on a running kernel.  The script is one that
 * a test of the kernel could have: a scenario of sharedsubtree.rst is made with
 * real mounts, and what is to come of it stands in examples/slave.assert.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "invariants.h"
#include "kselftest_harness.h"
#include "tool.h"
#include "util.h"

/* Programs alone go into the guest: the script is in this one. */
static const char script[] =
#include "slave.assert.inc"
	;

static void become_slave(void *unused)
{
	(void)unused;
	must_make("/", MS_SLAVE | MS_REC);
}

static void mount_new(const char *path)
{
	must_mkdir(path);
	must_mount("new", path, "tmpfs", 0, NULL);
}

FIXTURE(assert)
{
	pid_t child;
	char path[64], child_is[32], host_is[32];
};

FIXTURE_SETUP(assert)
{
	int fd;

	own_namespace(MS_SHARED);
	mount_new("/mnt/a");
	must_mkdir("/mnt/b");
	must_mkdir("/mnt/c");
	must_bind("/mnt/a", "/mnt/b");
	must_bind("/mnt/a", "/mnt/c");
	must_make("/mnt/c", MS_SLAVE);
	must_make("/mnt/c", MS_SHARED);
	self->child = child_start(0, become_slave, NULL);
	mount_new("/mnt/a/x");
	mount_new("/mnt/c/y");

	strcpy(self->path, "/tmp/slave.assert.XXXXXX");
	must_mkdir("/tmp");
	fd = mkstemp(self->path);
	if (fd < 0 || write(fd, script, strlen(script)) < 0)
		die("%s", self->path);
	close(fd);
	snprintf(self->child_is, sizeof(self->child_is), "child=%d",
		 self->child);
	snprintf(self->host_is, sizeof(self->host_is), "host=%d", getpid());
}

FIXTURE_TEARDOWN(assert)
{
	child_stop(self->child);
	unlink(self->path);
}

/* How many results begin so in what the tool said. */
static int count_results(const char *begin)
{
	const char *line = tool_said;
	int n = 0;

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		n += !strncmp(line, begin, strlen(begin));
	}
	return n;
}

static int run_script(FIXTURE_DATA(assert) * self)
{
	return tool_run("assert", "--script", self->path, self->child_is,
			self->host_is, NULL);
}

/* What fails after something was changed. */
#define expect_fails(first, n)                                      \
	do {                                                        \
		EXPECT_EQ(1, run_script(self));                     \
		EXPECT_EQ(n, count_results("not ok "));             \
		EXPECT_NE(NULL, strstr(tool_said, "not ok " first)) \
		{                                                   \
			TH_LOG("%s", tool_said);                    \
		}                                                   \
	} while (0)

TEST_F(assert, script)
{
	EXPECT_EQ(0, run_script(self))
	{
		TH_LOG("%s", tool_said);
	}
	EXPECT_EQ(11, count_results("ok "));
	EXPECT_EQ(0, strncmp(tool_said, "TAP version 13\n1..11\n", 21));
}

/* Each change is told, and nothing else. */
TEST_F(assert, changes)
{
	must_make("/mnt/c/x", MS_PRIVATE);
	expect_fails("7 - /mnt/c/x slave-of /mnt/a/x", 1);
	must_make("/mnt/b", MS_PRIVATE);
	expect_fails("1 - /mnt/b peer-of /mnt/a", 2);
	must_mkdir("/mnt/a/y");
	must_mount("new", "/mnt/a/y", "tmpfs", 0, NULL);
	expect_fails("10 - /mnt/a/y absent-in host", 3);
	must_umount("/mnt/b/x", 0);
	expect_fails("11 - /mnt/b count 2", 5);
	EXPECT_NE(NULL,
		  strstr(tool_said, "# found: nothing is mounted on /mnt/b/x"));
}

/* Paths are looked up as this process would, in a live kernel. */
TEST_F(assert, links)
{
	if (symlink("/mnt/a", "/mnt/link"))
		die("symlink");
	EXPECT_EQ(0, tool_run("assert", "/mnt/link peer-of /mnt/b",
			      "/mnt/link/../c shared", NULL))
	{
		TH_LOG("%s", tool_said);
	}
	unlink("/mnt/link");
}

TEST_F(assert, mistakes)
{
	char argument[64];

	EXPECT_EQ(2, tool_run("assert", "--script", self->path, self->host_is,
			      NULL));
	EXPECT_TRUE(tool_says(":7: 'child': no such process"));
	snprintf(argument, sizeof(argument), "/mnt/a absent-in %d", INT_MAX);
	EXPECT_EQ(2, tool_run("assert", argument, NULL));
	EXPECT_TRUE(tool_says("argument:1: "));
}

TEST_F(assert, kernel_is_sound)
{
	EXPECT_EQ(0, tool_run("check", NULL))
	{
		TH_LOG("%s", tool_said);
	}
	EXPECT_TRUE(tool_says(" invariants hold: "));
	EXPECT_EQ(0, tool_run("check", "--tap", NULL));
	EXPECT_EQ(nr_invariants, count_results("ok "));
}

/* The value of a metric, -1 if it is not there. */
static double metric(const char *name)
{
	const char *at = tool_said;
	size_t len = strlen(name);

	while ((at = strchr(at, '\n'))) {
		at++;
		if (!strncmp(at, name, len) && at[len] == ' ')
			return atof(at + len);
	}
	return -1;
}

TEST_F(assert, metrics)
{
	struct snapshot *s;

	EXPECT_EQ(0, tool_run("metrics", "--mount-max", "1000", NULL));
	s = take_snapshot();
	EXPECT_EQ(s->nr_namespaces, metric("mntprop_namespaces"));
	EXPECT_EQ(s->nr_mounts, metric("mntprop_mounts"));
	EXPECT_EQ(s->nr_groups, metric("mntprop_peer_groups"));
	EXPECT_EQ(1000, metric("mntprop_largest_namespace_mounts") +
				metric("mntprop_mount_max_headroom_mounts"));
	/* /mnt/c has the child's copy of it as a slave, and is one of /mnt/a */
	EXPECT_EQ(2, metric("mntprop_deepest_slave_chain_masters"));
	/* shorter than a tick, where there is no better clock */
	EXPECT_LE(0, metric("mntprop_last_lock_hold_seconds"));
	EXPECT_LE(metric("mntprop_last_lock_hold_seconds"),
		  metric("mntprop_longest_lock_hold_seconds"));
	EXPECT_STREQ("# EOF\n", tool_said + strlen(tool_said) - 6);
	snapshot_free(s);
}

TEST_HARNESS_MAIN
