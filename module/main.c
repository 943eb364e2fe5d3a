// SPDX-License-Identifier: GPL-2.0-only
/* Init and exit, in order and in reverse. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/random.h>

#include "../debugfs/files.h"
#include "../debugfs/format.h"
#include "kernel.h"
#include "layout.h"
#include "mount.h"
#include "selfcheck.h"

struct mntprop_layout mntprop_layout __ro_after_init;
struct mntprop_symbols mntprop_symbols __ro_after_init;

/* A printk record has room for about a thousand characters. */
static char misses[800] __initdata;

static int __init resolve_layout(void)
{
	const void *start = mntprop_symbols.btf_start;
	const char *why = "";
	struct mntprop_btf btf;
	int err;

	if (!start || mntprop_symbols.btf_stop <= start) {
		pr_err("not loaded: this kernel has no BTF; it needs CONFIG_DEBUG_INFO_BTF=y\n");
		return -ENOENT;
	}
	err = mntprop_btf_open(&btf, start, mntprop_symbols.btf_stop - start,
			       &why);
	if (err) {
		pr_err("not loaded: cannot read this kernel's BTF: %s\n", why);
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
	char text[32];
	int err, tries;

	err = wait_for_random_bytes();
	if (err)
		return err;
	for (tries = 0; tries < 100; tries++) {
		snprintf(text, sizeof(text), "%p", &mntprop_layout);
		if (text[0] != '(')
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
	if (err)
		pr_err("not loaded: cannot create the files in debugfs: error %d; is it enabled in this kernel?\n",
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
