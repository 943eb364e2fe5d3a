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
 * Everybody waits for these two locks, and anybody can make mounts without end, so the
 * locks are held for an amount of work, and dropped:
 * - To rest is to let others run on this CPU. An attached mount is kept by
 *   namespace_sem, and keeps its superblock: the pass goes on there after it.
 * - To yield is to let others have the locks. RCU keeps the memory of an unattached
 *   mount, and MNT_DOOMED tells whether the mount has left its list meanwhile
 *   (mntput_no_expire() sets it as it takes the mount off). Then the pass starts again.
 * Where others must run and no attached mount comes, unattached ones are left out.
 *
 * namespace_sem is held around all of it: a mount that is in a namespace stays
 * there, and so each is seen either here or in the walk of its namespace.
 */
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "kernel.h"
#include "mount.h"
#include "namespaces.h"
#include "snapshot.h"
#include "superblocks.h"
#include "walk.h"

/* More than any machine has: a list as long as this does not end. */
#define MAX_SUPERBLOCKS 4000000
#define MAX_MOUNTS 64000000

/* Units of work for a step along a list. */
#define STEP_WORK 2
/* In one hold of the locks. */
#define HOLD_WORK 4096
/* Before unattached mounts are left out, if others must run; some 50 ms. */
#define PATIENCE (1U << 20)
/* Before the pass ends for want of a place to rest. */
#define END_OF_PATIENCE (4U << 20)
/* How often the pass starts again when it lost its place. */
#define MAX_TRIES 4

/*
 * @held_since:	the snapshot's work when the locks were taken
 * @overdue:	others must run: unattached mounts are left out until the next rest
 */
struct pass {
	struct mntprop_snapshot *s;
	u64 held_since;
	bool overdue;
	u32 sbs;
	u32 mounts;
};

enum progress {
	GO_ON,
	PLACE_LOST,
	ENDED,
};

/* clang-format off */
static void lock(struct pass *pass)
	__acquires(sb_lock) __acquires(mount_lock)
{
	spin_lock(mntprop_symbols.sb_lock);
	read_seqlock_excl(mntprop_symbols.mount_lock);
	pass->held_since = pass->s->work;
}

static void unlock(void)
	__releases(sb_lock) __releases(mount_lock)
{
	read_sequnlock_excl(mntprop_symbols.mount_lock);
	spin_unlock(mntprop_symbols.sb_lock);
}

/* clang-format on */

static void begin(struct pass *pass)
{
	rcu_read_lock();
	pass->s->epoch++;
	pass->overdue = false;
	lock(pass);
}

/* Returns false when the task was killed. */
static bool end(struct pass *pass)
{
	unlock();
	rcu_read_unlock();
	cond_resched();
	pass->s->rested_at = pass->s->work;
	if (fatal_signal_pending(current))
		pass->s->stopped |= STOPPED_KILLED;
	return !(pass->s->stopped & STOPPED_KILLED);
}

static bool held_enough(const struct pass *pass)
{
	return pass->s->work - pass->held_since >= HOLD_WORK;
}

static u64 unrested(const struct pass *pass)
{
	return pass->s->work - pass->s->rested_at;
}

/* For a place that namespace_sem keeps. */
static enum progress rest(struct pass *pass)
{
	bool alive;

	if (unrested(pass) < REST_WORK)
		return GO_ON;
	alive = end(pass);
	begin(pass);
	return alive ? GO_ON : ENDED;
}

/*
 * For a place that RCU keeps. A kernel that preempts tasks within RCU read locks does
 * so here; on others need_resched() stays.
 */
static enum progress yield_locks(struct pass *pass)
{
	unlock();
	cpu_relax();
	lock(pass);
	if (unrested(pass) >= END_OF_PATIENCE)
		return ENDED;
	if (unrested(pass) >= PATIENCE && need_resched()) {
		pass->overdue = true;
		pass->s->stopped |= STOPPED_SUPERBLOCKS;
	}
	return GO_ON;
}

static enum progress pass_unattached(struct pass *pass, struct mount *m)
{
	enum progress progress;

	if (!pass->overdue)
		mntprop_walk_unattached(pass->s, m);
	if (!held_enough(pass))
		return GO_ON;
	progress = yield_locks(pass);
	if (READ_ONCE(mount_vfsmount(m)->mnt_flags) & MNT_DOOMED)
		return PLACE_LOST;
	return progress;
}

static enum progress pass_attached(struct pass *pass, struct mount *m)
{
	mntprop_namespaces_add(pass->s, mount_ns(m));
	return rest(pass);
}

/* @sb: on super_blocks; if it has an attached mount, it stays there. */
static enum progress pass_superblock(struct pass *pass, struct super_block *sb)
{
	enum progress progress;
	bool stays = false;
	struct mount *m;

	for (m = first_of_sb(sb); m; m = next_of_sb(sb, m)) {
		if (++pass->mounts == MAX_MOUNTS)
			return ENDED;
		pass->s->work += STEP_WORK;
		if (mount_is_mounted(m)) {
			stays = true;
			progress = pass_attached(pass, m);
		} else {
			progress = pass_unattached(pass, m);
		}
		if (progress != GO_ON)
			return progress;
	}
	if (stays)
		return rest(pass);
	if (!held_enough(pass))
		return GO_ON;
	progress = yield_locks(pass);
	return list_empty(&sb->s_list) ? PLACE_LOST : progress;
}

/* If so, a mount of a namespace holds it. */
static bool has_no_others(const struct mntprop_snapshot *s,
			  const struct super_block *sb)
{
	const struct mntprop_known_sb *known = mntprop_known_sb(s, sb);

	return known->sb == sb && known->mounts == atomic_read(&sb->s_active);
}

static enum progress pass_superblocks(struct pass *pass)
{
	enum progress progress;
	struct super_block *sb;

	list_for_each_entry(sb, mntprop_symbols.super_blocks, s_list) {
		if (++pass->sbs == MAX_SUPERBLOCKS)
			return ENDED;
		pass->s->work += STEP_WORK;
		progress = has_no_others(pass->s, sb) ?
				   rest(pass) :
				   pass_superblock(pass, sb);
		if (progress != GO_ON)
			return progress;
	}
	return GO_ON;
}

/**
 * mntprop_superblocks_copy() - look at each mount that no task's namespace has
 * @s:	the snapshot, with the mounts of these: namespaces are added, mounts in
 *	none are copied
 *
 * Context: Process context. namespace_sem held, shared is enough. Takes sb_lock and
 * mount_lock. They are held for HOLD_WORK and one mount: two short paths, its counts.
 */
void mntprop_superblocks_copy(struct mntprop_snapshot *s)
{
	u32 nr_mounts = s->nr_mounts, nr_slaves = s->nr_slaves, tries = 0;
	size_t need = s->need.mounts;
	enum progress progress;
	struct pass pass;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	do {
		pass = (struct pass){ .s = s };
		s->nr_mounts = nr_mounts;
		s->nr_slaves = nr_slaves;
		s->need.mounts = need;
		begin(&pass);
		progress = pass_superblocks(&pass);
		if (!end(&pass))
			return;
	} while (progress == PLACE_LOST && ++tries < MAX_TRIES);
	if (progress != GO_ON)
		s->stopped |= STOPPED_SUPERBLOCKS;
}
