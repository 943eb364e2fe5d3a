/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot: what the walk copied while it held namespace_sem, as compact
 * records that nothing in the kernel refers to and that refer to nothing.
 */
#ifndef MNTPROP_SNAPSHOT_H
#define MNTPROP_SNAPSHOT_H

#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uuid.h>

#include "index.h"

/* clang-format off */
/* Where a kernel list did not end where it had to. */
#define STOPPED_MOUNTS		0x01
#define STOPPED_SLAVES		0x02
#define STOPPED_SUPERBLOCKS	0x04
/* Mounts were made faster than memory for them was found. */
#define STOPPED_ROOM		0x08
/* The reader was killed: nobody sees this snapshot. */
#define STOPPED_KILLED		0x10

/* Bits of mntprop_mount.state. */
#define MOUNT_MP_DELETED	0x01
#define MOUNT_MP_OUTSIDE	0x02
#define MOUNT_MP_TOODEEP	0x04
#define MOUNT_ROOT_DELETED	0x08
#define MOUNT_ROOT_TOODEEP	0x10
#define MOUNT_EXPIRE		0x20
#define MOUNT_EXPIRY_MARK	0x40
#define MOUNT_HAS_COUNT		0x80
/* It is mounted on the root of its parent. */
#define MOUNT_ON_ROOT		0x100
#define MOUNT_SOURCE_CUT	0x200

/*
 * Bits of mntprop_mount.foreign and mntprop_ns.foreign: pointers that lead to nothing
 * that was found, as only those of a broken kernel do.
 */
#define FOREIGN_NS		0x01 /* to the namespace itself */
#define FOREIGN_USER_NS		0x02
#define FOREIGN_ROOT		0x04
#define FOREIGN_PARENT		0x08
#define FOREIGN_MOUNTPOINT	0x10
#define FOREIGN_TYPE		0x20
#define FOREIGN_SOURCE		0x40
#define FOREIGN_PEER		0x80
#define FOREIGN_PEER_BACK	0x100
#define FOREIGN_MASTER		0x200
#define FOREIGN_SLAVES		0x400
#define FOREIGN_OVERMOUNT	0x800
/* clang-format on */

/* For mntprop_mount.ns: the mount is in no namespace, and why. */
#define MOUNT_IN_NO_NS ((u32)-1)

enum mntprop_unattached {
	MOUNT_ATTACHED,
	MOUNT_DETACHED, /* not attached yet, or a private copy */
	MOUNT_INTERNAL, /* of the kernel's own, as kern_mount() makes them */
	MOUNT_UNMOUNTED, /* unmounted lazily, and still in use */
};

/**
 * struct mntprop_mount - a mount
 * @root_dentry, @mp_dentry:	only to be printed as hashes, never followed
 * @ns:		number of its namespace in the snapshot, or MOUNT_IN_NO_NS
 * @peer:	id of the next in the ring, its own when it is alone
 * @peer_back:	id of the one before that, its own if the ring is in order
 * @master, @overmount: ids, 0 if there is none
 * @mountpoint, @root, @type, @source: offsets of strings; 0 if there is none
 * @unattached:	enum mntprop_unattached
 * @foreign:	FOREIGN_* bits
 * @first_slave: index of the first of @nr_slaves ids in the snapshot's slaves
 */
struct mntprop_mount {
	u64 unique;
	const void *root_dentry;
	const void *mp_dentry;
	u64 root_ino;
	u64 mp_ino;
	u32 id;
	u32 ns;
	u32 parent;
	u32 peer;
	u32 peer_back;
	u32 master;
	u32 group;
	u32 overmount;
	u32 first_slave;
	u32 nr_slaves;
	dev_t dev;
	u32 flags;
	u32 t_flags;
	u32 sb_flags;
	u32 mountpoint;
	u32 root;
	u32 type;
	u32 source;
	s32 count;
	u16 state;
	u16 unattached : 4;
	u16 foreign : 12;
};

/**
 * struct mntprop_links - what a mount points to, by address
 * @mount:	the mount itself
 * @first_slave: its first slave, or the end of the list
 * @next_slave:	what follows it on the slave list that it is on
 *
 * Nothing there is read, so that it can be anything. links.c finds those that are mounts.
 */
struct mntprop_links {
	const struct mount *mount;
	const struct mount *parent;
	const struct mount *next_peer;
	const struct mount *previous_peer;
	const struct mount *master;
	const struct mount *first_slave;
	const struct mount *next_slave;
	const struct mount *overmount;
};

/**
 * struct mntprop_parent - a mount that others are mounted on
 * @root, @sb, @id: what the others need of it
 * @epoch:	as in struct mntprop_known
 */
struct mntprop_parent {
	const struct mount *mount;
	struct dentry *root;
	struct super_block *sb;
	u32 id;
	u32 epoch;
};

/**
 * struct mntprop_ns - a mount namespace
 * @ns:		its address, meaningful only while namespace_sem is held
 * @nr_mounts:	the kernel's counter
 * @found:	mounts found
 * @refs:	references on it, if @has_refs; 0: it is about to go
 * @tasks:	threads in it
 * @pid:	the lowest of their ids, 0 if there is none
 * @root_mount:	as in struct mntprop_links
 * @foreign:	FOREIGN_* bits; with FOREIGN_NS nothing of it is known but who points to it
 */
struct mntprop_ns {
	struct mnt_namespace *ns;
	const struct mount *root_mount;
	u64 id;
	u64 event;
	u32 inum;
	u32 user_ns;
	u32 root;
	u32 nr_mounts;
	u32 found;
	u32 refs;
	u32 tasks;
	pid_t pid;
	u16 foreign;
	bool anon;
	bool has_refs;
	char comm[TASK_COMM_LEN];
};

/* How much room a snapshot has, or would need. */
struct mntprop_room {
	size_t namespaces;
	size_t mounts;
	size_t strings;
};

/**
 * struct mntprop_known - a string that was copied for two addresses
 * @state:	PATH_* flags of a path
 * @epoch:	when the addresses stand for these objects: 0 during the whole walk,
 *		else as long as it is the snapshot's
 */
struct mntprop_known {
	const void *a, *b;
	u32 offset;
	u32 state;
	u32 epoch;
};

/**
 * struct mntprop_known_sb - what the mounts of a superblock have in common
 * @source, @type: offsets of the strings
 * @mounts:	how many of its mounts were found in namespaces; fewer, if others came
 *		between
 * @epoch:	as in struct mntprop_known
 * @cut:	the source is longer than what was copied of it
 * @no_type:	its type cannot be read
 */
struct mntprop_known_sb {
	const struct super_block *sb;
	u32 source;
	u32 type;
	u32 mounts;
	u32 epoch;
	bool cut;
	bool no_type;
};

/**
 * struct mntprop_snapshot - the whole
 * @room:	what was allocated
 * @need:	what would have been needed; more than @room: the walk was in vain
 * @partial:	what there is no room for is left out, where the walk otherwise is in
 *		vain
 * @ns_index:	number of a namespace by its address
 * @last_ns:	number of the one that was looked up last
 * @no_room_for: the namespace that was left out last
 * @strings:	NUL terminated, one before another, see string_table.h
 * @strings_start: where the one that came last starts
 * @known:	1 << @known_bits of them, only during the walk
 * @known_sbs:	the same, 1 << @known_sb_bits
 * @parent:	of the mount that was copied last
 * @epoch:	0 while mounts are copied that namespace_sem keeps; others are kept by
 *		RCU, and this changes when its read lock is dropped
 * @unattached_sb: what the last mounts in no namespace had in common
 * @work:	done so far. One unit is about a cache line that is fetched; it is what
 *		bounds how long a lock is held
 * @rested_at:	@work when others could run last
 * @long_left:	bytes that are left for long strings
 * @longest:	length of the longest string
 * @links:	of @mounts, only until they are ids
 * @slaves:	ids; there are as many slaves as mounts at most
 * @most_slaves: of one mount
 * @mono, @wall: when the lock was got, in ns
 * @hold:	how long it was held, in ns
 * @retries:	how often it was dropped to make more room
 * @stopped:	STOPPED_* bits
 * @boot_id:	zeroes if it is not known
 */
struct mntprop_snapshot {
	struct mntprop_room room;
	struct mntprop_room need;
	bool partial;
	struct mntprop_index ns_index;
	struct mntprop_ns *namespaces;
	struct mntprop_mount *mounts;
	struct mntprop_links *links;
	u32 *slaves;
	struct mntprop_known *known;
	struct mntprop_known_sb *known_sbs;
	unsigned int known_bits;
	unsigned int known_sb_bits;
	struct mntprop_known_sb unattached_sb;
	struct mntprop_parent parent;
	u32 epoch;
	u64 work;
	u64 rested_at;
	size_t long_left;
	size_t longest;
	char *strings;
	size_t strings_start;
	const struct mnt_namespace *no_room_for;
	u32 nr_namespaces;
	u32 last_ns;
	u32 nr_mounts;
	u32 nr_slaves;
	u32 most_slaves;
	u64 mono;
	u64 wall;
	u64 hold;
	u32 retries;
	u32 stopped;
	u8 boot_id[UUID_SIZE];
};

/**
 * mntprop_known_sb() - what is known of a superblock
 * @s:	the snapshot, during the walk
 * @sb:	the superblock
 *
 * Return: its place; if it has none, the one that it can take: of two the one of
 * which fewer mounts were found, so that what all namespaces have stays.
 */
static inline struct mntprop_known_sb *
mntprop_known_sb(const struct mntprop_snapshot *s, const struct super_block *sb)
{
	u32 nr = hash_ptr(sb, s->known_sb_bits);
	struct mntprop_known_sb *a = &s->known_sbs[nr];
	struct mntprop_known_sb *b = &s->known_sbs[nr ^ 1];

	if (a->sb == sb || b->sb == sb)
		return a->sb == sb ? a : b;
	return a->mounts < b->mounts ? a : b;
}

/**
 * struct mntprop_stats - figures since load
 * @taken:	snapshots
 * @failed:	snapshots that ended in an error
 * @last_hold, @longest_hold: of namespace_sem, in ns
 * @retries:	how often the lock was dropped to make more room
 * @open:	snapshots in memory
 * @namespaces, @mounts, @bytes: of the last snapshot
 * @strings:	bytes of these that are for paths and names
 */
struct mntprop_stats {
	u64 taken;
	u64 failed;
	u64 last_hold;
	u64 longest_hold;
	u64 retries;
	u32 open;
	u32 namespaces;
	u32 mounts;
	size_t bytes;
	size_t strings;
};

struct mntprop_snapshot *mntprop_snapshot_take(void);
void mntprop_snapshot_free(struct mntprop_snapshot *s);
void mntprop_snapshot_stats(struct mntprop_stats *stats);
int mntprop_snapshot_index(const struct mntprop_snapshot *s,
			   struct mntprop_index *by_id);
const struct mntprop_mount *
mntprop_snapshot_mount(const struct mntprop_snapshot *s,
		       const struct mntprop_index *by_id, u32 id);

#endif
