// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not part of the module: compiled for its BTF alone, from the headers of a
 * full kernel source tree, for kernels that have none of their own (see Kbuild).
 */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/user_namespace.h>

#include <../fs/mount.h>

/* What is not used is not described. */
const struct {
	struct mount mount;
	struct mnt_namespace mnt_namespace;
	struct super_block super_block;
	struct ns_common ns_common;
	struct mnt_pcp *mnt_pcp;
} mntprop_types;
