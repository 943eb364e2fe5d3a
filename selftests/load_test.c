// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the module does not load it says why, and leaves nothing behind.
 *
 * A kernel whose structs have changed is played the other way round: words are
 * changed in a copy of the module, so that it asks this kernel for a member,
 * type or symbol that is not there.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kconfig.h"
#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

FIXTURE(load)
{
	struct image image;
	int kmsg;
};

FIXTURE_SETUP(load)
{
	self->image = module_image();
	if (module_is_loaded())
		ASSERT_EQ(module_unload(), 0);
	self->kmsg = module_listen();
}

FIXTURE_TEARDOWN(load)
{
	self->image = module_image();
	if (!module_is_loaded())
		module_load(&self->image, "");
}

static bool says(const char *said, const char *words)
{
	if (strstr(said, words))
		return true;
	printf("# \"%s\" is not in: %s\n", words, said);
	return false;
}

#define EXPECT_REFUSED(err, ...)                                    \
	do {                                                        \
		static const char *const words[] = { __VA_ARGS__ }; \
		const char *said;                                   \
		size_t w;                                           \
		EXPECT_EQ(module_load(&self->image, ""), err);      \
		said = module_refusal(self->kmsg);                  \
		for (w = 0; w < ARRAY_SIZE(words); w++)             \
			EXPECT_TRUE(says(said, words[w]));          \
		EXPECT_FALSE(module_is_loaded());                   \
		EXPECT_NE(access(DEBUGFS_DIR, F_OK), 0);            \
	} while (0)

TEST_F(load, loads)
{
	EXPECT_EQ(module_load(&self->image, ""), 0);
	EXPECT_EQ(access(DEBUGFS_DIR "/snapshot", R_OK), 0);
	EXPECT_STREQ(module_refusal(self->kmsg), "");
}

TEST_F(load, member_missing)
{
	ASSERT_GT(module_replace(&self->image, "mnt_expiry_mark",
				 "mnt_expiry_xxxx"),
		  0);
	EXPECT_REFUSED(ENXIO, "mount.mnt_expiry_xxxx is missing",
		       "newer mntprop");
}

TEST_F(load, every_miss_is_named)
{
	ASSERT_GT(module_replace(&self->image, "mnt_expiry_mark",
				 "mnt_expiry_xxxx"),
		  0);
	ASSERT_GT(module_replace(&self->image, "mnt_master", "mnt_mastxx"), 0);
	ASSERT_GT(module_replace(&self->image, "event", "evexx"), 0);
	EXPECT_REFUSED(ENXIO, "mount.mnt_expiry_xxxx is missing",
		       "mount.mnt_mastxx is missing",
		       "mnt_namespace.evexx is missing");
}

TEST_F(load, member_of_another_type)
{
	ASSERT_GT(module_replace(&self->image, "struct dentry *",
				 "struct dentrx *"),
		  0);
	EXPECT_REFUSED(ENXIO, "mount.mnt_mountpoint is struct dentry *, ",
		       "not struct dentrx *");
}

/* An optional member of a type that is not known is a miss, not an absence. */
TEST_F(load, optional_member_of_another_type)
{
	if (kconfig_known() && !kconfig_has("SMP"))
		SKIP(return, "without SMP there is no mnt_pcp");
	ASSERT_GT(module_replace(&self->image, "struct mnt_pcp *",
				 "struct mnt_pcx *"),
		  0);
	EXPECT_REFUSED(ENXIO, "mount.mnt_pcp is struct mnt_pcp *, ",
		       "not struct mnt_pcx *");
}

TEST_F(load, struct_missing)
{
	ASSERT_GT(module_replace(&self->image, "mnt_namespace",
				 "mnt_namespacx"),
		  0);
	EXPECT_REFUSED(ENXIO, "struct mnt_namespacx is missing");
}

#define ADDRESSES_GIVEN \
	"it takes parameters to load on this kernel; see config_test"

TEST_F(load, no_btf)
{
	if (getenv("MNTPROP_PARAMS"))
		SKIP(return, ADDRESSES_GIVEN);
	if (module_carries_btf(&self->image))
		SKIP(return, "the module carries BTF; see config_test");
	ASSERT_GT(module_replace(&self->image, "__start_BTF", "__start_XXX"),
		  0);
	EXPECT_REFUSED(ENOENT, "no BTF", "CONFIG_DEBUG_INFO_BTF=y");
}

TEST_F(load, no_kallsyms_all)
{
	if (getenv("MNTPROP_PARAMS"))
		SKIP(return, ADDRESSES_GIVEN);
	ASSERT_GT(module_replace(&self->image, "namespace_sem",
				 "namespace_xxx"),
		  0);
	EXPECT_REFUSED(ENOENT, "CONFIG_KALLSYMS_ALL=y");
}

TEST_F(load, no_way_to_look_up)
{
	if (getenv("MNTPROP_PARAMS"))
		SKIP(return, ADDRESSES_GIVEN);
	ASSERT_GT(module_replace(&self->image, "kallsyms_lookup_name",
				 "kallsyms_lookup_xxxx"),
		  0);
	EXPECT_REFUSED(ENOENT, "cannot look up namespace_sem",
		       "'mntprop load'");
}

/* Another member of the same type: BTF has no objection, the self-check has. */
TEST_F(load, self_check_parent)
{
	ASSERT_GT(module_replace(&self->image, "mnt_parent", "mnt_master"), 0);
	EXPECT_REFUSED(ENXIO, "self-check failed: a mount's parent");
}

TEST_F(load, self_check_children)
{
	ASSERT_GT(module_replace(&self->image, "mnt_mounts", "mnt_expire"), 0);
	EXPECT_REFUSED(ENXIO, "self-check failed: a mount's parent does not ",
		       "does not have it as a child");
}

TEST_F(load, self_check_peers)
{
	ASSERT_GT(module_replace(&self->image, "mnt_share", "mnt_child"), 0);
	EXPECT_REFUSED(ENXIO, "self-check failed: a mount's next peer is ",
		       "is not in its group");
}

static unsigned long address_of(const char *symbol)
{
	unsigned long address;
	char line[512], name[256];
	FILE *f = fopen("/proc/kallsyms", "re");

	if (!f)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx %*c %255s", &address, name) == 2 &&
		    !strcmp(name, symbol)) {
			fclose(f);
			return address;
		}
	}
	errno = ENOENT;
	die("%s", symbol);
}

TEST_F(load, addresses_given)
{
	static const struct {
		const char *param, *symbol;
	} given[] = {
		{ "namespace_sem", "namespace_sem" },
		{ "mount_lock", "mount_lock" },
		{ "sb_lock", "sb_lock" },
		{ "super_blocks", "super_blocks" },
		{ "btf_start", "__start_BTF" },
		{ "btf_stop", "__stop_BTF" },
	};
	char params[512] = "";
	size_t i;

	if (getenv("MNTPROP_PARAMS"))
		SKIP(return, ADDRESSES_GIVEN);
	/* With them, nothing is looked up: the function need not be there. */
	ASSERT_GT(module_replace(&self->image, "kallsyms_lookup_name",
				 "kallsyms_lookup_xxxx"),
		  0);
	for (i = 0; i < ARRAY_SIZE(given); i++) {
		size_t len = strlen(params);

		snprintf(params + len, sizeof(params) - len, " %s=%#lx",
			 given[i].param, address_of(given[i].symbol));
	}
	EXPECT_EQ(module_load(&self->image, params), 0);
	EXPECT_EQ(access(DEBUGFS_DIR "/snapshot", R_OK), 0);
	EXPECT_EQ(module_unload(), 0);
}

TEST_F(load, wrong_address_given)
{
	/* No kernel takes these, those that name data none of the others. */
	unsigned long wrong[4] = { 4096, 1 };
	char params[64];
	size_t i;

	if (!getenv("MNTPROP_PARAMS")) {
		wrong[2] = address_of("namespace_sem") + 8;
		wrong[3] = address_of("init_task");
	}
	for (i = 0; i < ARRAY_SIZE(wrong) && wrong[i]; i++) {
		snprintf(params, sizeof(params), "namespace_sem=%#lx",
			 wrong[i]);
		EXPECT_EQ(module_load(&self->image, params), EINVAL);
		EXPECT_NE(strstr(module_refusal(self->kmsg),
				 "is not the address of namespace_sem"),
			  NULL);
		EXPECT_FALSE(module_is_loaded());
	}
}

TEST_HARNESS_MAIN
