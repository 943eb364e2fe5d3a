/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the kernel keeps what the module reads: facts resolved from BTF.
 *
 * Each fact has one or more candidates, newest kernel first: a struct member
 * (or an enumerator) and the type it must have. The first candidate that the
 * running kernel has, by name and by type, is the variant. No kernel version is
 * ever asked. It compiles on the host, too.
 */
#ifndef MNTPROP_LAYOUT_H
#define MNTPROP_LAYOUT_H

#include "btf.h"

enum mntprop_fact {
	/* struct mnt_namespace */
	F_NS_COMMON,
	F_NS_ROOT,
	F_NS_MOUNTS,
	F_NS_NR_MOUNTS,
	F_NS_LOCK,
	F_NS_USER_NS,
	F_NS_EVENT,
	F_NS_IS_ANON,
	F_NS_ID,
	F_NS_REFS,
	/* struct super_block */
	F_SB_MOUNTS,
	/* struct mount */
	F_MOUNT_PARENT,
	F_MOUNT_MOUNTPOINT,
	F_MOUNT_MNT,
	F_MOUNT_CHILDREN,
	F_MOUNT_CHILD,
	F_MOUNT_DEVNAME,
	F_MOUNT_NODE,
	F_MOUNT_EXPIRE,
	F_MOUNT_EXPIRY_MARK,
	F_MOUNT_SHARE,
	F_MOUNT_SLAVES,
	F_MOUNT_SLAVE,
	F_MOUNT_MASTER,
	F_MOUNT_NS,
	F_MOUNT_ID,
	F_MOUNT_UNIQUE,
	F_MOUNT_GROUP,
	F_MOUNT_T_FLAGS,
	F_MOUNT_OVERMOUNT,
	F_MOUNT_INSTANCE,
	F_MOUNT_PCP,
	F_MOUNT_COUNT,
	/* struct mnt_pcp */
	F_PCP_COUNT,
	F_PCP_GETS,
	F_PCP_PUTS,
	/* enumerators */
	F_T_SHARED,
	F_T_UNBINDABLE,
	F_T_MARKED,
	F_T_UMOUNT_CANDIDATE,
	NR_FACTS,
};

/* Variants of facts that have several: the number of the candidate in use. */
enum {
	NS_MOUNTS_TREE = 0,
	NS_MOUNTS_LIST = 1,
	SB_MOUNTS_POINTER = 0,
	SB_MOUNTS_LIST = 1,
	SLAVES_HLIST = 0,
	SLAVES_LIST = 1,
	NS_ID_COMMON = 0, /* in struct ns_common, not in mnt_namespace */
	NS_REFS_OWN = 2, /* the other way round */
};

/**
 * struct mntprop_layout - the facts, resolved
 * @value:	offset in bytes; of an enumerator, its value
 * @variant:	number of the candidate in use
 * @present:	the kernel has it
 */
struct mntprop_layout {
	struct {
		u32 value;
		u8 variant;
		bool present;
	} fact[NR_FACTS];
};

/**
 * struct mntprop_layout_line - one fact, described
 * @fact:	its name
 * @strct:	name of the struct; NULL for an enumerator
 * @member:	of the struct, or the enumerator; NULL when the fact is absent
 * @type:	of the member; NULL for an enumerator
 */
struct mntprop_layout_line {
	const char *fact;
	const char *strct;
	const char *member;
	const char *type;
};

int mntprop_layout_resolve(struct mntprop_layout *layout,
			   const struct mntprop_btf *btf, char *misses,
			   size_t size);
void mntprop_layout_describe(const struct mntprop_layout *layout,
			     unsigned int fact,
			     struct mntprop_layout_line *line);

#endif
