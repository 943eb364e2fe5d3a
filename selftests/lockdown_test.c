// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel that is locked down takes no module without a signature that it
 * trusts; one that is in goes on. It stays locked until the next boot, so this
 * is the last test. secureboot_test has modules with signatures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "tool.h"
#include "util.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"
#define ENFORCE "/sys/module/module/parameters/sig_enforce"

/* The word in brackets is the level. */
static bool is_at(const char *level)
{
	char text[128] = "", wanted[32];
	int fd = open(LOCKDOWN, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		die(LOCKDOWN);
	close(fd);
	snprintf(wanted, sizeof(wanted), "[%s]", level);
	return strstr(text, wanted);
}

TEST(integrity)
{
	struct image image = module_image();
	const char *ko = getenv("MNTPROP_KO");
	struct snapshot *s;

	if (access(LOCKDOWN, W_OK))
		SKIP(return, "no CONFIG_SECURITY_LOCKDOWN_LSM in this kernel");
	if (!module_is_loaded())
		ASSERT_EQ(0, module_load(&image, ""));
	if (is_at("none"))
		must_write(LOCKDOWN, "integrity");
	ASSERT_TRUE(is_at("integrity"));

	s = take_snapshot();
	EXPECT_TRUE(s->complete);
	snapshot_free(s);
	EXPECT_EQ(0, module_unload());

	EXPECT_EQ(EPERM, module_load(&image, ""));
	EXPECT_FALSE(module_is_loaded());
	EXPECT_EQ(2, tool_run("load", "--file", ko, NULL));
	EXPECT_TRUE(tool_says("not signed, and this kernel is locked down"));
	EXPECT_TRUE(tool_says("; make sign "));
	EXPECT_FALSE(module_is_loaded());
	free(image.data);
}

/* It says so before it asks whether it is locked down. */
TEST(enforced)
{
	struct image image = module_image();
	const char *ko = getenv("MNTPROP_KO");

	if (access(ENFORCE, W_OK))
		SKIP(return, "no CONFIG_MODULE_SIG in this kernel");
	if (module_is_loaded())
		ASSERT_EQ(0, module_unload());
	must_write(ENFORCE, "1");
	EXPECT_EQ(EKEYREJECTED, module_load(&image, ""));
	EXPECT_EQ(2, tool_run("load", "--file", ko, NULL));
	EXPECT_TRUE(tool_says("it is not signed, and this kernel "));
	EXPECT_TRUE(tool_says("takes signed modules only; make sign "));
	EXPECT_FALSE(module_is_loaded());
	free(image.data);
}

TEST_HARNESS_MAIN
