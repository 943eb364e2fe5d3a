// SPDX-License-Identifier: GPL-2.0-only
/* Init and exit, in order and in reverse. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/utsname.h>

#include <generated/utsrelease.h>

#include "../debugfs/files.h"
#include "../debugfs/format.h"
#include "../debugfs/text.h"
#include "kernel.h"
#include "layout.h"
#include "mount.h"
#include "selfcheck.h"

struct mntprop_layout mntprop_layout __ro_after_init;
struct mntprop_symbols mntprop_symbols __ro_after_init;
const char *mntprop_btf_source __ro_after_init = "BTF of the kernel";

/* A printk record has room for about a thousand characters. */
static char misses[800] __initdata;

/*
 * The kernel's own BTF if it has any, else what the module carries. That fits
 * the kernel it was built for; vermagic may have been forced.
 */
static int __init find_btf(const void **data, size_t *size)
{
	*data = mntprop_symbols.btf_start;
	*size = mntprop_symbols.btf_stop - *data;
	if (*data && mntprop_symbols.btf_stop > *data)
		return 0;

	*data = mntprop_carried_btf;
	*size = mntprop_carried_btf_end - mntprop_carried_btf;
	if (IS_ENABLED(CONFIG_RANDSTRUCT) ||
	    IS_ENABLED(CONFIG_GCC_PLUGIN_RANDSTRUCT)) {
		pr_err("not loaded: this kernel's structs are randomized (CONFIG_RANDSTRUCT), and no BTF tells how; a kernel built with clang can have CONFIG_DEBUG_INFO_BTF=y, too\n");
		return -ENOENT;
	}
	if (!*size && mntprop_symbols.no_lookup) {
		pr_err("not loaded: cannot look up __start_BTF (%s); 'mntprop load' finds the addresses and gives them as parameters\n",
		       mntprop_symbols.no_lookup);
		return -ENOENT;
	}
	if (!*size) {
		pr_err("not loaded: this kernel has no BTF; it needs CONFIG_DEBUG_INFO_BTF=y, or a module built with KDIR= its full source tree\n");
		return -ENOENT;
	}
	if (strcmp(init_utsname()->release, UTS_RELEASE)) {
		pr_err("not loaded: this kernel has no BTF, and the module's is of %s; build it with KDIR= the source tree of this kernel\n",
		       UTS_RELEASE);
		return -EINVAL;
	}
	mntprop_btf_source = "BTF carried by the module";
	return 0;
}

static int __init resolve_layout(void)
{
	struct mntprop_btf btf;
	const char *why = "";
	const void *data;
	size_t size;
	int err;

	err = find_btf(&data, &size);
	if (err)
		return err;
	err = mntprop_btf_open(&btf, data, size, &why);
	if (err) {
		pr_err("not loaded: cannot read the %s: %s\n",
		       mntprop_btf_source, why);
		return err;
	}
	err = mntprop_layout_resolve(&mntprop_layout, &btf, misses,
				     sizeof(misses));
	if (err)
		pr_err("not loaded: this kernel's mounts are not as mntprop knows them: %s; a newer mntprop may know them\n",
		       misses);
	mntprop_btf_close(&btf);
	return err;
}

/*
 * Until the kernel has random numbers %p prints the same word for every
 * pointer, and a little longer where a work item makes the key (before 6.0).
 */
static int __init wait_for_hashes(void)
{
	int err, tries;

	err = wait_for_random_bytes();
	if (err)
		return err;
	for (tries = 0; tries < 100; tries++) {
		if (!mntprop_text_make_key())
			return 0;
		msleep(20);
	}
	pr_err("not loaded: this kernel does not hash pointers yet; try again when it has random numbers\n");
	return -EAGAIN;
}

static int __init mntprop_init(void)
{
	const char *why;
	int err;

	err = mntprop_symbols_find(&mntprop_symbols);
	if (err)
		return err;
	err = resolve_layout();
	if (err)
		return err;
	err = mntprop_selfcheck(&why);
	if (err == -ENXIO)
		pr_err("not loaded: self-check failed: %s; please report this with the kernel's version\n",
		       why);
	if (err)
		return err;
	err = wait_for_hashes();
	if (err)
		return err;
	err = mntprop_files_create();
	if (err == -ENODEV)
		pr_err("not loaded: this kernel has no debugfs; it needs CONFIG_DEBUG_FS=y\n");
	else if (err == -EPERM)
		pr_err("not loaded: debugfs is switched off; boot without debugfs=off\n");
	else if (err)
		pr_err("not loaded: cannot create the files in debugfs: error %d\n",
		       err);
	return err;
}

static void __exit mntprop_exit(void)
{
	mntprop_files_remove();
}

module_init(mntprop_init);
module_exit(mntprop_exit);

MODULE_DESCRIPTION("Mount propagation state of every mount namespace");
MODULE_LICENSE("GPL");
MODULE_VERSION(MNTPROP_RELEASE);
