/* SPDX-License-Identifier: GPL-2.0-only */
/* listmount(2) and statmount(2), which C libraries and older headers lack. */
#ifndef MNTPROP_TEST_STATMOUNT_H
#define MNTPROP_TEST_STATMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What statmount(2) says of a mount, by the ABI's layout.  Names are offsets in text. */
struct mount_stat {
	uint32_t size, options;
	uint64_t said; /* bits STAT_… */
	uint32_t major, minor;
	uint64_t magic;
	uint32_t sb_flags, type;
	uint64_t unique, parent_unique;
	uint32_t id, parent_id;
	uint64_t attributes; /* MOUNT_ATTR_… */
	uint64_t propagation; /* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE */
	uint64_t group_id, master_group, from_group;
	uint32_t root, path;
	uint64_t ns;
	uint32_t subtype, source;
	uint32_t rest[96];
	char text[];
};

/* Enough for what is asked for here. */
#define MOUNT_STAT_SIZE 16384

#define STAT_SOURCE 0x200ULL /* 6.14 */
/* What 6.12 knows: the superblock, the mount, whence it gets, root, path, type, namespace. */
#define STAT_BASE 0x7fULL
/* That, options, subtype, source, arrays of options, what is supported, ids that are mapped. */
#define STAT_ALL 0x7fffULL

/* Whether this kernel lists the mounts of other namespaces, too (6.11). */
bool statmount_known(void);

/* The id of the mount namespace of a process, for the following; 0: not known. */
uint64_t statmount_ns(int pid);

/**
 * statmount_list() - the mounts of a namespace
 * @ns:		id of the namespace
 * @reverse:	from the newest
 * @batch:	how many are asked for at once
 * @ids:	set to their unique ids
 * @max:	room in @ids
 *
 * Return: how many there are, at most @max; dies if it cannot be known.
 */
size_t statmount_list(uint64_t ns, bool reverse, size_t batch, uint64_t *ids,
		      size_t max);

/* Returns 0 or an errno; @stat has MOUNT_STAT_SIZE bytes. */
int statmount_get(uint64_t ns, uint64_t id, uint64_t wanted,
		  struct mount_stat *stat);

/*
 * Asks for all that there is to know about each mount of a namespace, as far as
 * 6.12 does.  Returns how many there are; dies if it cannot.
 */
size_t statmount_all(uint64_t ns);

/* What nsfs tells of a mount namespace, from the file that it is asked by. */
struct ns_stat {
	uint32_t size, nr_mounts;
	uint64_t id;
};

/* The file of the next older or newer namespace, -1 after the last one; sets @stat to it. */
int ns_next(int ns, bool newer, struct ns_stat *stat);

#endif
