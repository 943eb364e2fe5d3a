// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop load and unload: the addresses that the tool gives to the module, and
 * what it says when it cannot.
 *
 * Most kernels let the module find its addresses by itself. Here it is a copy
 * that asks for a function that there is not, so that it needs those given. And
 * kernels that name no data, or lock modules out, are played by files mounted
 * over the kernel's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "tool.h"
#include "util.h"

#define KALLSYMS "/proc/kallsyms"
#define KPTR_RESTRICT "/proc/sys/kernel/kptr_restrict"
#define COPY "/mnt/mntprop.ko"
#define MAP "/mnt/System.map"
#define NO_DATA "/mnt/kallsyms"

#define STAND_IN \
	"The real System.map is in the linux-image-<version>-dbg package"

/* In what a table differs from that of this kernel. */
struct oddity {
	long shift;
	bool no_data;
	const char *off; /* a symbol that is elsewhere */
};

static bool is_text(char type)
{
	return strchr("tTwW", type);
}

/* A copy of /proc/kallsyms, without what is not the kernel's own. */
static void write_table(const char *path, const struct oddity *odd)
{
	FILE *from = fopen(KALLSYMS, "re"), *to = fopen(path, "we");
	unsigned long address;
	char line[1024], name[512], type;

	if (!from || !to)
		die("%s", from ? path : KALLSYMS);
	while (fgets(line, sizeof(line), from)) {
		if (strchr(line, '[') ||
		    sscanf(line, "%lx %c %511s", &address, &type, name) != 3)
			continue;
		if (odd->no_data && !is_text(type))
			continue;
		if (odd->off && !strcmp(name, odd->off))
			address += 0x40;
		fprintf(to, "%016lx %c %s\n", address + odd->shift, type, name);
	}
	fclose(from);
	if (fclose(to))
		die("%s", path);
}

static void play_kernel_without_data(void)
{
	write_table(NO_DATA, &(struct oddity){ .no_data = true });
	must_bind(NO_DATA, KALLSYMS);
}

static void write_image(const struct image *image)
{
	int fd = open(COPY, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 ||
	    write(fd, image->data, image->size) != (ssize_t)image->size)
		die(COPY);
	close(fd);
}

FIXTURE(tool)
{
	const char *ko, *skip;
};

FIXTURE_SETUP(tool)
{
	struct image image = module_image();

	if (getenv("MNTPROP_PARAMS")) {
		self->skip =
			"the module looks nothing up here; see config_test";
		return;
	}
	self->ko = getenv("MNTPROP_KO");
	if (module_is_loaded())
		ASSERT_EQ(module_unload(), 0);
	own_namespace(MS_PRIVATE);
	ASSERT_GT(module_replace(&image, "kallsyms_lookup_name",
				 "kallsyms_lookup_xxxx"),
		  0);
	write_image(&image);
}

FIXTURE_TEARDOWN(tool)
{
	struct image image = module_image();

	if (!self->skip && !module_is_loaded())
		module_load(&image, "");
}

TEST_F(tool, loads_and_unloads)
{
	SKIP_IF(self->skip);
	EXPECT_EQ(0, tool_run("load", "--file", self->ko, NULL));
	EXPECT_STREQ("", tool_said);
	EXPECT_EQ(0, access(DEBUGFS_DIR "/snapshot", R_OK));
	EXPECT_EQ(0, tool_run("load", "--file", self->ko, NULL));
	EXPECT_TRUE(tool_says("already loaded"));
	EXPECT_EQ(0, tool_run("unload", NULL));
	EXPECT_STREQ("", tool_said);
	EXPECT_FALSE(module_is_loaded());
	EXPECT_EQ(0, tool_run("unload", NULL));
	EXPECT_TRUE(tool_says("not loaded"));
}

TEST_F(tool, gives_addresses)
{
	SKIP_IF(self->skip);
	EXPECT_EQ(0, tool_run("load", "--file", COPY, NULL));
	EXPECT_STREQ("", tool_said);
	EXPECT_TRUE(module_is_loaded());
}

TEST_F(tool, gives_parameters)
{
	struct snapshot *s;
	size_t i;

	SKIP_IF(self->skip);
	EXPECT_EQ(0, tool_run("load", "--file", COPY, "refcounts=0", NULL));
	s = take_snapshot();
	for (i = 0; i < s->nr_mounts; i++)
		EXPECT_EQ(-1, s->mounts[i].count);
	snapshot_free(s);
}

TEST_F(tool, prints_parameters)
{
	struct image image = module_image();

	SKIP_IF(self->skip);
	EXPECT_EQ(0, tool_run("load", "--print", "refcounts=0", NULL));
	EXPECT_TRUE(tool_says("refcounts=0 namespace_sem=0x"));
	EXPECT_FALSE(module_is_loaded());
	/* As they are, they are what the module takes. */
	ASSERT_LT(0, module_replace(&image, "kallsyms_lookup_name",
				    "kallsyms_lookup_xxxx"));
	EXPECT_EQ(0, module_load(&image, strtok(tool_said, "\n")));
	free(image.data);
}

TEST_F(tool, refuses_parameters)
{
	SKIP_IF(self->skip);
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "frob=1", NULL));
	EXPECT_TRUE(tool_says("frob=1: " COPY " has no such parameter"));
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "refcounts", NULL));
	EXPECT_TRUE(tool_says("refcounts: not PARAM=VALUE"));
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "namespace_sem=1", NULL));
	EXPECT_TRUE(tool_says("0x1 is not the address of namespace_sem"));
	EXPECT_FALSE(module_is_loaded());
}

TEST_F(tool, refuses_files)
{
	SKIP_IF(self->skip);
	EXPECT_EQ(2, tool_run("load", "--file", "/none", NULL));
	EXPECT_TRUE(tool_says("/none: No such file"));
	must_write("/mnt/text", "no module\n");
	EXPECT_EQ(2, tool_run("load", "--file", "/mnt/text", NULL));
	EXPECT_TRUE(tool_says("/mnt/text: not a kernel module"));
	EXPECT_EQ(2, tool_run("load", NULL));
	EXPECT_TRUE(tool_says("mntprop.ko: not in /lib/modules/"));
}

TEST_F(tool, unload_says_what_is_in_the_way)
{
	int fd;

	SKIP_IF(self->skip);
	ASSERT_EQ(0, tool_run("load", "--file", COPY, NULL));
	fd = open(DEBUGFS_DIR "/stats", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(2, tool_run("unload", NULL));
	EXPECT_TRUE(tool_says("a file of it is open"));
	EXPECT_TRUE(module_is_loaded());
	close(fd);
	EXPECT_EQ(0, tool_run("unload", NULL));
}

TEST_F(tool, finds_data_in_the_map)
{
	SKIP_IF(self->skip);
	write_table(MAP, &(struct oddity){ .shift = -0x1000000 });
	play_kernel_without_data();
	EXPECT_EQ(0, tool_run("load", "--file", COPY, "--map", MAP, NULL));
	EXPECT_STREQ("", tool_said);
	EXPECT_TRUE(module_is_loaded());
}

TEST_F(tool, says_that_a_map_is_needed)
{
	SKIP_IF(self->skip);
	play_kernel_without_data();
	EXPECT_EQ(2, tool_run("load", "--file", COPY, NULL));
	EXPECT_TRUE(tool_says(KALLSYMS ": has no namespace_sem"));
	EXPECT_TRUE(tool_says("--map"));
	EXPECT_FALSE(module_is_loaded());
}

TEST_F(tool, refuses_the_map_of_another_kernel)
{
	SKIP_IF(self->skip);
	write_table(MAP, &(struct oddity){ .off = "kernel_clone" });
	/* Also where nothing is missing. */
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "--map", MAP, NULL));
	EXPECT_TRUE(tool_says("which has kernel_clone elsewhere"));
	play_kernel_without_data();
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "--map", MAP, NULL));
	EXPECT_TRUE(tool_says("which has kernel_clone elsewhere"));
	EXPECT_FALSE(module_is_loaded());
}

TEST_F(tool, refuses_a_stand_in)
{
	SKIP_IF(self->skip);
	must_write(MAP, "ffffffffffffffff B " STAND_IN "\n");
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "--map", MAP, NULL));
	EXPECT_TRUE(tool_says(MAP ": is not one: \"The real System.map "));
	EXPECT_FALSE(module_is_loaded());
}

/* Text that fits and data that does not: then it is the module that refuses. */
TEST_F(tool, reports_what_the_module_says)
{
	SKIP_IF(self->skip);
	write_table(MAP, &(struct oddity){ .off = "namespace_sem" });
	play_kernel_without_data();
	EXPECT_EQ(2, tool_run("load", "--file", COPY, "--map", MAP, NULL));
	EXPECT_TRUE(tool_says("is not the address of namespace_sem"));
	EXPECT_FALSE(module_is_loaded());
}

TEST_F(tool, says_that_addresses_are_hidden)
{
	char old[16] = "";
	int fd = open(KPTR_RESTRICT, O_RDONLY | O_CLOEXEC);

	SKIP_IF(self->skip);
	ASSERT_LT(0, read(fd, old, sizeof(old) - 1));
	close(fd);
	must_write(KPTR_RESTRICT, "2");
	EXPECT_EQ(2, tool_run("load", "--file", COPY, NULL));
	must_write(KPTR_RESTRICT, old);
	EXPECT_TRUE(tool_says("kernel.kptr_restrict=1"));
	EXPECT_TRUE(tool_says("cannot look up namespace_sem"));
	EXPECT_FALSE(module_is_loaded());
}

TEST_F(tool, says_who_may)
{
	SKIP_IF(self->skip);
	/* That of what is executed: this process has a module to put back. */
	ASSERT_EQ(0, prctl(PR_CAPBSET_DROP, CAP_SYS_MODULE));
	EXPECT_EQ(2, tool_run("load", "--file", self->ko, NULL));
	EXPECT_TRUE(tool_says("CAP_SYS_MODULE is missing"));
	EXPECT_EQ(2, tool_run("unload", NULL));
	EXPECT_TRUE(tool_says("CAP_SYS_MODULE is missing"));
}

TEST_HARNESS_MAIN
