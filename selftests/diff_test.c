// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop diff of the same test run twice.  All ids, groups, inode numbers of
 * namespaces and processes are others in the second run; with the boot's id
 * changed as well nothing is left that would be the same but the places.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "tool.h"
#include "util.h"

#define FIRST "/tmp/first.snap"
#define SECOND "/tmp/second.snap"

#define BOOT_ID " boot_id="

struct run {
	const char *file;
	bool otherwise; /* not quite the same */
};

static void become_slave(void *unused)
{
	(void)unused;
	must_make("/", MS_SLAVE | MS_REC);
}

static void make_scenario(const struct run *run)
{
	own_namespace(MS_SHARED);
	must_mkdir("/mnt/a");
	must_mkdir("/mnt/b");
	must_mkdir("/mnt/c");
	must_mount("a", "/mnt/a", "tmpfs", 0, NULL);
	must_bind("/mnt/a", "/mnt/b");
	must_bind("/mnt/a", "/mnt/c");
	must_make("/mnt/c", MS_SLAVE);
	if (run->otherwise)
		must_make("/mnt/c", MS_PRIVATE);
	else
		must_make("/mnt/c", MS_SHARED);
	must_mount("stacked", "/mnt/b", "tmpfs", 0, NULL);
}

/* In a process of its own: what it has made goes with it. */
static void do_run(void *arg)
{
	const struct run *run = arg;
	pid_t child;

	make_scenario(run);
	child = child_start(0, become_slave, NULL);
	if (tool_run("save", run->file, NULL))
		die("save: %s", tool_said);
	child_stop(child);
}

static void run(const char *file, bool otherwise)
{
	struct run r = { .file = file, .otherwise = otherwise };

	child_stop(child_start(0, do_run, &r));
}

/*
 * As a file of another boot.  A kernel whose kallsyms do not name data has no
 * boot_id in its snapshots (debugfs/ABI): nothing in them is of this boot.
 */
static void change_boot_id(const char *file)
{
	static char text[1 << 20];
	int fd = open(file, O_RDWR | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *at;

	if (len < 0)
		die("%s", file);
	text[len] = 0;
	at = strstr(text, BOOT_ID);
	if (at) {
		at += strlen(BOOT_ID);
		*at = *at == '0' ? '1' : '0';
		if (pwrite(fd, text, len, 0) != len)
			die("%s", file);
	}
	close(fd);
}

/* The kernel makes it when somebody asks for it. */
static void make_boot_id(void)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char c;

	if (fd < 0 || read(fd, &c, 1) != 1)
		die("boot_id");
	close(fd);
}

FIXTURE(diff)
{
	int unused;
};

FIXTURE_SETUP(diff)
{
	make_boot_id();
	must_mkdir("/tmp");
	run(FIRST, false);
}

FIXTURE_TEARDOWN(diff)
{
	unlink(FIRST);
	unlink(SECOND);
}

TEST_F(diff, same_on_another_boot)
{
	run(SECOND, false);
	change_boot_id(SECOND);
	EXPECT_EQ(0, tool_run("diff", FIRST, SECOND, NULL))
	{
		TH_LOG("said: %s", tool_said);
	}
	EXPECT_STREQ("", tool_said);
}

TEST_F(diff, another_type)
{
	run(SECOND, true);
	change_boot_id(SECOND);
	EXPECT_EQ(1, tool_run("diff", "-P", "-o", "CHANGE,TARGET", FIRST,
			      SECOND, NULL));
	EXPECT_NE(NULL, strstr(tool_said, "TARGET=\"/mnt/c\""))
	{
		TH_LOG("said: %s", tool_said);
	}
	EXPECT_EQ(NULL, strstr(tool_said, "TARGET=\"/mnt/b\""));
}

TEST_HARNESS_MAIN
