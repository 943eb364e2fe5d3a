/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reader of BTF, the kernel's own description of its types.
 *
 * It works on a blob in memory and nothing else: no locks, no globals, no
 * pointers kept beyond mntprop_btf_close(). Nothing in the blob is trusted.
 * It compiles in the kernel and on the host, where the tests feed it the BTF of
 * real kernels and broken copies of it.
 */
#ifndef MNTPROP_BTF_H
#define MNTPROP_BTF_H

#include "hosted.h"

/**
 * struct mntprop_btf - an opened blob
 * @types:	the type section
 * @types_len:	its length in bytes
 * @strs:	the string section, which ends in NUL
 * @strs_len:	its length in bytes
 * @offset:	where each type begins in @types, by type id; [0] is unused
 * @nr_types:	number of types, void (0) included
 */
struct mntprop_btf {
	const u8 *types;
	u32 types_len;
	const char *strs;
	u32 strs_len;
	u32 *offset;
	u32 nr_types;
};

/**
 * struct mntprop_btf_member - a member of a struct or union
 * @offset:	from the start of the outermost struct, in bytes
 * @type:	its type id
 * @bitfield:	it is a bit field, which has no byte offset
 */
struct mntprop_btf_member {
	u32 offset;
	u32 type;
	bool bitfield;
};

int mntprop_btf_open(struct mntprop_btf *btf, const void *data, size_t size,
		     const char **why);
void mntprop_btf_close(struct mntprop_btf *btf);
int mntprop_btf_find_struct(const struct mntprop_btf *btf, const char *name,
			    u32 *id);
int mntprop_btf_find_member(const struct mntprop_btf *btf, u32 id,
			    const char *name,
			    struct mntprop_btf_member *member);
int mntprop_btf_find_enumerator(const struct mntprop_btf *btf, const char *name,
				u32 *value);
void mntprop_btf_type_name(const struct mntprop_btf *btf, u32 id, char *buf,
			   size_t size);

#endif
