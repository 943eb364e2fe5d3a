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
 * so there is no other: their lists, which have all mounts of a large machine once
 * more, are not looked at.
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

/* Mounts and superblocks that are looked at between two chances for others to run. */
#define BATCH 512

/* How far the pass is; @steps: since others could run. */
struct progress {
	u32 sbs;
	u32 mounts;
	u32 steps;
};

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

/*
 * The locks can be dropped at a mount that is in a namespace, or a superblock with
 * one: it stays on its list, and holds its superblock on the other.
 */
static void rest(struct progress *done)
	__releases(mount_lock) __releases(sb_lock)
	__acquires(sb_lock) __acquires(mount_lock)
{
	if (done->steps < BATCH)
		return;
	done->steps = 0;
	unlock();
	cond_resched();
	lock();
}

/* clang-format on */

static void copy_superblock(struct mntprop_snapshot *s, struct super_block *sb,
			    struct progress *done)
{
	struct mnt_namespace *last = NULL;
	struct mount *m;

	for (m = first_of_sb(sb); m; m = next_of_sb(sb, m)) {
		if (++done->mounts == MAX_MOUNTS) {
			s->stopped |= STOPPED_SUPERBLOCKS;
			return;
		}
		done->steps++;
		if (!mount_is_mounted(m)) {
			mntprop_walk_unattached(s, m);
			continue;
		}
		/* Neighbours often are in the same namespace. */
		if (mount_ns(m) != last) {
			last = mount_ns(m);
			mntprop_namespaces_add(s, last);
		}
		rest(done);
	}
}

/* If so, a mount of a namespace holds it. */
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
	struct progress done = {};
	struct super_block *sb;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	lock();
	list_for_each_entry(sb, mntprop_symbols.super_blocks, s_list) {
		if (++done.sbs == MAX_SUPERBLOCKS)
			s->stopped |= STOPPED_SUPERBLOCKS;
		if (s->stopped & STOPPED_SUPERBLOCKS)
			break;
		done.steps++;
		if (has_no_others(s, sb))
			rest(&done);
		else
			copy_superblock(s, sb, &done);
	}
	unlock();
}
