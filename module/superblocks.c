// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pass over the mounts of superblocks, which is where every mount is, whoever
 * holds it. It finds the namespaces that no task lives in (held by an open file,
 * by a mount of their nsfs file, or anonymous), and the mounts that are in no
 * namespace.
 *
 * Each mount holds its superblock active, from before it is on that list until it
 * has left it (clone_mnt(), vfs_create_mount(), cleanup_mnt()). Of most superblocks
 * the mounts that the tasks' namespaces have are as many as there are references,
 * so there is no other: their lists, which on a large machine take as long as
 * all namespaces do, are not looked at.
 *
 * super_blocks is protected by sb_lock, a superblock's list by mount_lock; a
 * mount leaves it, under mount_lock, before it drops its root and superblock
 * (cleanup_mnt()), so what is on the list can be read. Taking mount_lock as
 * read_seqlock_excl() does not send path lookups back to their start.
 *
 * namespace_sem is held around all of it: a mount that is in a namespace stays
 * there, and so each is seen either here or in the walk of its namespace.
 */
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

#include "kernel.h"
#include "mount.h"
#include "namespaces.h"
#include "snapshot.h"
#include "superblocks.h"
#include "walk.h"

/* More than any machine has: a list as long as this does not end. */
#define MAX_SUPERBLOCKS 4000000
#define MAX_MOUNTS 64000000

/* Mounts that are looked at between two chances for others to run. */
#define BATCH 512

/* clang-format off */
static void lock(void)
	__acquires(sb_lock) __acquires(mount_lock)
{
	spin_lock(mntprop_symbols.sb_lock);
	read_seqlock_excl(mntprop_symbols.mount_lock);
}

static void unlock(void)
	__releases(sb_lock) __releases(mount_lock)
{
	read_sequnlock_excl(mntprop_symbols.mount_lock);
	spin_unlock(mntprop_symbols.sb_lock);
}

/* clang-format on */

/*
 * The locks can be dropped at a mount that is in a namespace: it stays on its
 * list, and holds its superblock on the other.
 */
static void copy_superblock(struct mntprop_snapshot *s, struct super_block *sb,
			    u32 *nr)
{
	struct mnt_namespace *last = NULL;
	struct mount *m;
	u32 batch = 0;

	for (m = first_of_sb(sb); m; m = next_of_sb(sb, m)) {
		if (++*nr == MAX_MOUNTS) {
			s->stopped |= STOPPED_SUPERBLOCKS;
			return;
		}
		batch++;
		if (!mount_is_mounted(m)) {
			mntprop_walk_unattached(s, m);
			continue;
		}
		/* Neighbours often are in the same namespace. */
		if (mount_ns(m) != last) {
			last = mount_ns(m);
			mntprop_namespaces_add(s, last);
		}
		if (batch >= BATCH) {
			batch = 0;
			unlock();
			cond_resched();
			lock();
		}
	}
}

static bool has_no_others(const struct mntprop_snapshot *s,
			  const struct super_block *sb)
{
	const struct mntprop_known_sb *known = mntprop_known_sb(s, sb);

	return known->sb == sb && known->mounts == atomic_read(&sb->s_active);
}

/**
 * mntprop_superblocks_copy() - look at each mount that no task's namespace has
 * @s:	the snapshot, with the mounts of these: namespaces are added, mounts in
 *	none are copied
 *
 * Context: namespace_sem held, shared is enough. Takes sb_lock and mount_lock.
 */
void mntprop_superblocks_copy(struct mntprop_snapshot *s)
{
	struct super_block *sb;
	u32 nr_sbs = 0, nr_mounts = 0;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	lock();
	list_for_each_entry(sb, mntprop_symbols.super_blocks, s_list) {
		if (++nr_sbs == MAX_SUPERBLOCKS)
			s->stopped |= STOPPED_SUPERBLOCKS;
		if (s->stopped & STOPPED_SUPERBLOCKS)
			break;
		if (!has_no_others(s, sb))
			copy_superblock(s, sb, &nr_mounts);
	}
	unlock();
}
