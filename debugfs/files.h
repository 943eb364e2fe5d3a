/* SPDX-License-Identifier: GPL-2.0-only */
/* The files under /sys/kernel/debug/mntprop. */
#ifndef MNTPROP_FILES_H
#define MNTPROP_FILES_H

#include <linux/types.h>

#include "../module/snapshot.h"

struct seq_file;

/* An address, and the digits that are printed for it. */
struct mntprop_hash {
	const void *p;
	char text[16];
};

/* The words for flags, and the flags that they are for. */
struct mntprop_flags {
	u32 flags;
	u32 t_flags;
	u32 sb_flags;
	u8 expiry;
	u8 len; /* 0: empty */
	char text[114];
};

#define FLAGS_BITS 4

/* What was printed last, as it is likely to be printed again. */
struct mntprop_memo {
	struct mntprop_flags flags[1 << FLAGS_BITS];
	unsigned int hash_bits;
	struct mntprop_hash hashes[]; /* 1 << hash_bits */
};

/**
 * struct mntprop_member - a line of groups
 * @mount:	number of a shared mount in the snapshot
 * @slave:	0: the mount itself; else which of its slaves, from 1
 */
struct mntprop_member {
	u32 mount;
	u32 slave;
};

/**
 * struct mntprop_view - an open file
 * @file:	which one
 * @snapshot:	what it shows; NULL for files about the module itself
 * @stats:	at open
 * @by_id:	index of its mounts; empty if the file does not need it
 * @members:	its shared mounts by group, each with its slaves behind it; NULL likewise
 * @nr_members:	their number
 * @memo:	for the text of its mounts; NULL likewise
 * @buffer:	for lines, until seq_file has it
 * @size:	of @buffer
 */
struct mntprop_view {
	const struct mntprop_file *file;
	struct mntprop_snapshot *snapshot;
	struct mntprop_stats stats;
	struct mntprop_index by_id;
	struct mntprop_member *members;
	u64 nr_members;
	struct mntprop_memo *memo;
	char *buffer;
	size_t size;
};

/* What a file needs at open. */
#define NEEDS_SNAPSHOT 1
#define NEEDS_INDEX 2
#define NEEDS_GROUPS 4
#define NEEDS_MEMO 8

/**
 * struct mntprop_file - a file: lines, each made on its own
 * @name:	in the directory
 * @needs:	NEEDS_* flags
 * @lines:	how many lines it has
 * @show:	prints one of them
 */
struct mntprop_file {
	const char *name;
	unsigned int needs;
	u64 (*lines)(const struct mntprop_view *view);
	void (*show)(struct seq_file *m, const struct mntprop_view *view,
		     u64 line);
};

extern const struct mntprop_file mntprop_file_snapshot; /* text.c */
extern const struct mntprop_file mntprop_file_mounts; /* eyes.c */
extern const struct mntprop_file mntprop_file_namespaces;
extern const struct mntprop_file mntprop_file_groups;
extern const struct mntprop_file mntprop_file_layout; /* about.c */
extern const struct mntprop_file mntprop_file_stats;

int mntprop_files_create(void);
void mntprop_files_remove(void);

#endif
