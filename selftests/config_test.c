// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the module loads is a matter of how the kernel was configured: alone
 * where it may and can look symbols up, elsewhere by mntprop load, and nowhere
 * if nothing tells how structs are laid out. The configuration is the kernel's
 * own file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kconfig.h"
#include "kselftest_harness.h"
#include "module.h"
#include "tool.h"
#include "util.h"

#define LAYOUT DEBUGFS_DIR "/layout"

FIXTURE(config)
{
	struct image image;
	const char *skip;
	int kmsg;
	bool btf, randomized;
};

FIXTURE_SETUP(config)
{
	if (!kconfig_known()) {
		self->skip = "nothing tells how this kernel was configured";
		return;
	}
	self->image = module_image();
	if (module_is_loaded())
		ASSERT_EQ(module_unload(), 0);
	self->kmsg = module_listen();
	self->btf = kconfig_has("DEBUG_INFO_BTF");
	self->randomized = kconfig_has("RANDSTRUCT") ||
			   kconfig_has("GCC_PLUGIN_RANDSTRUCT");
}

FIXTURE_TEARDOWN(config)
{
	struct image image = module_image();

	if (!module_is_loaded())
		module_load(&image, "");
	free(image.data);
	free(self->image.data);
}

/* Why the module cannot be loaded by insmod alone; NULL if it can. */
static const char *refusal(bool btf, bool carried)
{
	if (kconfig_has("CFI_CLANG") || kconfig_has("CFI"))
		return "cannot look up namespace_sem (kCFI); 'mntprop load' ";
	if (!kconfig_has("KPROBES"))
		return "cannot look up namespace_sem (a kernel without kprobes); 'mntprop load' ";
	if (!kconfig_has("KALLSYMS_ALL"))
		return "it needs CONFIG_KALLSYMS_ALL=y, or 'mntprop load'";
	if (!btf && !carried)
		return "it needs CONFIG_DEBUG_INFO_BTF=y, or a module built with KDIR= ";
	return NULL;
}

TEST_F(config, insmod)
{
	char *addresses = getenv("MNTPROP_PARAMS");
	const char *why, *said;
	int err;

	SKIP_IF(self->skip);
	why = refusal(self->btf, module_carries_btf(&self->image));
	addresses = addresses ? strdup(addresses) : NULL;
	unsetenv("MNTPROP_PARAMS");
	err = module_load(&self->image, "");
	if (addresses)
		setenv("MNTPROP_PARAMS", addresses, true);
	free(addresses);
	said = module_refusal(self->kmsg);
	EXPECT_EQ(err, why ? ENOENT : 0);
	EXPECT_EQ(module_is_loaded(), !why);
	EXPECT_NE(NULL, why ? strstr(said, why) : said)
	{
		TH_LOG("\"%s\" is not in: %s", why, said);
	}
	if (!why)
		EXPECT_STREQ("", said);
}

static void first_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(line, size, f))
		die("%s", path);
	fclose(f);
}

TEST_F(config, mntprop_load)
{
	const char *ko = getenv("MNTPROP_KO"), *map = getenv("MNTPROP_MAP");
	struct snapshot *s;
	char line[256];
	int status;

	SKIP_IF(self->skip);
	/* Only a kernel that names no data needs it, and no other may have one. */
	if (kconfig_has("KALLSYMS_ALL"))
		map = NULL;
	else if (!map)
		SKIP(return, "MNTPROP_MAP does not say where System.map is");
	status =
		tool_run("load", "--file", ko, map ? "--map" : NULL, map, NULL);
	EXPECT_EQ(0, status);
	EXPECT_STREQ("", tool_said);
	ASSERT_TRUE(module_is_loaded());
	s = take_snapshot();
	EXPECT_TRUE(s->complete);
	EXPECT_EQ(mount_under(s, "/proc"),
		  mount_at(ns_of_pid(s, getpid()), "/proc"));
	snapshot_free(s);
	first_line(LAYOUT, line, sizeof(line));
	EXPECT_NE(NULL, strstr(line, self->btf ? "BTF of the kernel" :
						 "BTF carried by the module"))
	{
		TH_LOG("%s", line);
	}
}

/* All but the first line, which tells where it is from. */
static char *layout(void)
{
	static char text[65536];
	FILE *f = fopen(LAYOUT, "re");
	size_t n;

	if (!f || !fgets(text, sizeof(text), f))
		die(LAYOUT);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return strdup(text);
}

/* The kernel's compiler and the one that made the module's BTF say the same. */
/* Nor is the module told where it is. Returns whether the image was as it has to be. */
static bool hide_btf_of_kernel(struct image *image)
{
	const char *given = getenv("MNTPROP_PARAMS");
	char *all = strdup(given ? given : ""),
	     *left = calloc(1, strlen(all) + 1);
	char *word, *rest = all;

	while ((word = strsep(&rest, " "))) {
		if (strncmp(word, "btf_", strlen("btf_")))
			strcat(strcat(left, *left ? " " : ""), word);
	}
	if (given)
		setenv("MNTPROP_PARAMS", left, true);
	free(all);
	free(left);
	return module_replace(image, "__start_BTF", "__start_xxx") > 0;
}

TEST_F(config, both_kinds_of_btf_agree)
{
	char *of_kernel, *carried;
	char line[256];

	SKIP_IF(self->skip);
	if (!self->btf)
		SKIP(return, "this kernel has no BTF");
	if (!module_carries_btf(&self->image))
		SKIP(return, "the module was built from headers: no BTF in it");
	ASSERT_EQ(0, module_load(&self->image, ""));
	of_kernel = layout();
	ASSERT_EQ(0, module_unload());
	ASSERT_TRUE(hide_btf_of_kernel(&self->image));
	ASSERT_EQ(0, module_load(&self->image, ""));
	first_line(LAYOUT, line, sizeof(line));
	EXPECT_NE(NULL, strstr(line, "BTF carried by the module"));
	carried = layout();
	EXPECT_STREQ(of_kernel, carried);
	EXPECT_NE(NULL, strstr(carried, "mount.mnt_parent"));
	free(of_kernel);
	free(carried);
}

TEST_F(config, refuses_btf_of_another_kernel)
{
	struct utsname uts;
	char other[sizeof(uts.release)];

	SKIP_IF(self->skip);
	if (!module_carries_btf(&self->image))
		SKIP(return, "the module was built from headers: no BTF in it");
	uname(&uts);
	strcpy(other, uts.release);
	other[0] ^= 1;
	ASSERT_LT(0, module_replace(&self->image, uts.release, other));
	/* It is not looked at where the kernel has its own. */
	if (self->btf) {
		EXPECT_EQ(0, module_load(&self->image, ""));
		EXPECT_EQ(0, module_unload());
		ASSERT_TRUE(hide_btf_of_kernel(&self->image));
	}
	EXPECT_EQ(EINVAL, module_load(&self->image, ""));
	EXPECT_NE(NULL,
		  strstr(module_refusal(self->kmsg), "the module's is of "));
	EXPECT_FALSE(module_is_loaded());
}

/*
 * A kernel whose BTF lies where it ends has none. Only where the module takes
 * its addresses as parameters, and cannot see through it, can that be played.
 */
TEST_F(config, refuses_randomized_structs_without_btf)
{
	const char *given = getenv("MNTPROP_PARAMS");
	unsigned long start;
	const char *at;
	char params[64];

	SKIP_IF(self->skip);
	if (!self->randomized)
		SKIP(return, "structs are not randomized (CONFIG_RANDSTRUCT)");
	at = given ? strstr(given, "btf_start=") : NULL;
	if (!at || kconfig_has("KALLSYMS_ALL"))
		SKIP(return, "this kernel says itself where its BTF is");
	start = strtoul(at + strlen("btf_start="), NULL, 16);
	ASSERT_NE(0, start);
	snprintf(params, sizeof(params), "btf_stop=%#lx", start);
	EXPECT_EQ(ENOENT, module_load(&self->image, params));
	EXPECT_NE(NULL,
		  strstr(module_refusal(self->kmsg), "structs are randomized"));
	EXPECT_FALSE(module_is_loaded());
	EXPECT_EQ(0, module_load(&self->image, ""));
}

/* The address of @symbol in the System.map @map; 0 if it has none. */
static unsigned long in_map(const char *map, const char *symbol)
{
	unsigned long address, found = 0;
	FILE *f = fopen(map, "re");
	char name[512];

	if (!f)
		die("%s", map);
	while (!found && fscanf(f, "%lx %*c %511s", &address, name) == 2) {
		if (!strcmp(name, symbol))
			found = address;
	}
	fclose(f);
	return found;
}

/* Nothing but zeroes looks like a lock that nobody holds. */
TEST_F(config, refuses_zeroes_for_a_lock)
{
	static const char *const locks[] = { "namespace_sem", "mount_lock" };
	const char *map = getenv("MNTPROP_MAP");
	char params[64], why[128];
	size_t i;

	SKIP_IF(self->skip);
	if (kconfig_has("KALLSYMS_ALL") || !map || !getenv("MNTPROP_PARAMS"))
		SKIP(return, "this kernel says itself where its locks are");
	ASSERT_FALSE(kconfig_has("RANDOMIZE_BASE"));
	ASSERT_NE(0, in_map(map, "empty_zero_page"));
	for (i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		snprintf(params, sizeof(params), "%s=%#lx", locks[i],
			 in_map(map, "empty_zero_page"));
		snprintf(why, sizeof(why), "is not the address of %s",
			 locks[i]);
		EXPECT_EQ(EINVAL, module_load(&self->image, params));
		EXPECT_NE(NULL, strstr(module_refusal(self->kmsg), why));
		EXPECT_FALSE(module_is_loaded());
		close(self->kmsg);
		self->kmsg = module_listen();
	}
}

TEST_HARNESS_MAIN
