// SPDX-License-Identifier: GPL-2.0-only
/* Who may open the files: CAP_SYS_ADMIN in the initial user namespace, nobody else. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "util.h"

static const char *const names[] = {
	"snapshot", "mounts", "namespaces", "groups", "layout", "stats",
};

/* 0, or the errno that open(2) of the file gives; -1: files do not agree. */
static int open_errno(void)
{
	int result = 0, err, fd;
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), DEBUGFS_DIR "/%s", names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		err = fd < 0 ? errno : 0;
		if (fd >= 0)
			close(fd);
		if (i && err != result)
			return -1;
		result = err;
	}
	return result;
}

/* Takes one capability out of every set of this process. */
static void drop(int cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		die("capget");
	data[cap / 32].effective &= ~(1U << cap % 32);
	data[cap / 32].permitted &= ~(1U << cap % 32);
	if (syscall(SYS_capset, &head, data))
		die("capset");
}

TEST(root_may)
{
	EXPECT_EQ(open_errno(), 0);
}

TEST(modes)
{
	struct stat st;
	char path[128];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), DEBUGFS_DIR "/%s", names[i]);
		ASSERT_EQ(stat(path, &st), 0);
		EXPECT_EQ(st.st_mode, (mode_t)(S_IFREG | 0400));
		/* The mode does not stop root, but there is nothing to write to. */
		fd = open(path, O_RDWR | O_CLOEXEC);
		ASSERT_GE(fd, 0);
		EXPECT_EQ(write(fd, "", 1), -1);
		EXPECT_EQ(errno, EINVAL);
		close(fd);
	}
}

TEST(another_user_may_not)
{
	ASSERT_EQ(setresuid(1000, 1000, 1000), 0);
	EXPECT_EQ(open_errno(), EACCES);
}

TEST(root_without_sys_admin_may_not)
{
	drop(CAP_SYS_ADMIN);
	EXPECT_EQ(open_errno(), EPERM);
}

/* The same user, all capabilities, but in a user namespace of its own. */
TEST(root_in_a_user_namespace_may_not)
{
	ASSERT_EQ(unshare(CLONE_NEWUSER), 0);
	must_write("/proc/self/setgroups", "deny");
	must_write("/proc/self/uid_map", "0 0 1\n");
	must_write("/proc/self/gid_map", "0 0 1\n");
	ASSERT_EQ(getuid(), 0);
	EXPECT_EQ(open_errno(), EPERM);
}

TEST_HARNESS_MAIN
