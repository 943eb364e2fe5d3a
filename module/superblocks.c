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
 * - At an attached mount others can run on this CPU. namespace_sem keeps the mount, and
 *   the mount keeps its superblock: the pass goes on after it.
 * - At an unattached mount others can only get the locks. RCU keeps the memory of the
 *   mount, and MNT_DOOMED tells whether it has left its list meanwhile
 *   (mntput_no_expire() sets it as it takes the mount off). Then the pass goes back to
 *   the attached mount that it saw last.
 * Where others must run on this CPU and no attached mount comes, unattached ones are
 * left out.
 *
 * The first pass looks for namespaces and does not stop at unattached mounts; the second
 * copies these. So who makes many of them does not hide the namespaces of others. Between
 * the two, namespaces are looked at: a mount in what turned out to be none is unattached.
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
#define WORK_BEFORE_SKIPPING 1000000
/* Before the pass ends for want of an attached mount. */
#define WORK_BEFORE_ENDING 4000000
/* How often the pass comes back to the same attached mount. */
#define MAX_TRIES 4

/**
 * struct place - where a pass can go on: namespace_sem keeps the mount
 * @sb:		the superblock; NULL for the start of the list
 * @m:		an attached mount of it; NULL for the end of its list
 * @nr_mounts:	of the snapshot, when the place was reached
 * @need:	likewise, of mounts
 * @stopped:	likewise
 */
struct place {
	struct super_block *sb;
	struct mount *m;
	u32 nr_mounts;
	size_t need;
	u32 stopped;
};

/**
 * struct pass - a pass over all superblocks
 * @s:		the snapshot
 * @copies:	unattached mounts, and does not look for namespaces
 * @held_since:	the snapshot's work when the locks were taken
 * @skips:	others must run: unattached mounts are left out until they can
 * @kept:	the place where they could last
 * @tries:	how often the pass came back to it
 * @sbs:	how many superblocks it has seen
 * @mounts:	likewise
 */
struct pass {
	struct mntprop_snapshot *s;
	bool copies;
	u64 held_since;
	bool skips;
	struct place kept;
	u32 tries;
	u32 sbs;
	u32 mounts;
};

/* How a pass goes on: after this mount, at the kept place, or not at all. */
enum progress {
	GO_ON,
	GO_BACK,
	STOP,
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

static void take_locks(struct pass *pass)
	__acquires(RCU) __acquires(sb_lock) __acquires(mount_lock)
{
	rcu_read_lock();
	pass->s->epoch++;
	pass->skips = false;
	lock(pass);
}

/* Others can run. Returns false when the task was killed. */
static bool drop_locks(struct pass *pass)
	__releases(mount_lock) __releases(sb_lock) __releases(RCU)
{
	unlock();
	rcu_read_unlock();
	cond_resched();
	pass->s->rested_at = pass->s->work;
	if (fatal_signal_pending(current))
		pass->s->stopped |= STOPPED_KILLED;
	return !(pass->s->stopped & STOPPED_KILLED);
}

/* clang-format on */

static bool held_enough(const struct pass *pass)
{
	return pass->s->work - pass->held_since >= HOLD_WORK;
}

/* Work since others could run on this CPU. */
static u64 unrested(const struct pass *pass)
{
	return pass->s->work - pass->s->rested_at;
}

static void keep_place(struct pass *pass, struct super_block *sb,
		       struct mount *m)
{
	pass->kept = (struct place){
		.sb = sb,
		.m = m,
		.nr_mounts = pass->s->nr_mounts,
		.need = pass->s->need.mounts,
		.stopped = pass->s->stopped,
	};
	pass->tries = 0;
}

/* What was copied since is copied again. */
static void return_to_kept_place(struct pass *pass)
{
	pass->s->nr_mounts = pass->kept.nr_mounts;
	pass->s->need.mounts = pass->kept.need;
	pass->s->stopped = pass->kept.stopped;
}

/* Lets others run. @m is attached, or NULL, and @sb has an attached mount. */
static enum progress rest(struct pass *pass, struct super_block *sb,
			  struct mount *m)
{
	bool alive;

	if (unrested(pass) < REST_WORK)
		return GO_ON;
	keep_place(pass, sb, m);
	alive = drop_locks(pass);
	take_locks(pass);
	return alive ? GO_ON : STOP;
}

/*
 * Lets others have the locks, at a place that RCU keeps. A kernel that preempts tasks
 * within RCU read locks does so here; on others need_resched() stays.
 */
static enum progress yield_locks(struct pass *pass)
{
	unlock();
	cpu_relax();
	lock(pass);
	if (unrested(pass) >= WORK_BEFORE_ENDING)
		return STOP;
	if (unrested(pass) >= WORK_BEFORE_SKIPPING && need_resched() &&
	    pass->copies) {
		pass->skips = true;
		pass->s->stopped |= STOPPED_SUPERBLOCKS;
	}
	return GO_ON;
}

/* @ns: as for mntprop_walk_unattached() */
static enum progress visit_unattached(struct pass *pass, struct mount *m,
				      u32 ns)
{
	enum progress progress;

	if (pass->copies && !pass->skips)
		mntprop_walk_unattached(pass->s, m, ns);
	if (!held_enough(pass))
		return GO_ON;
	progress = yield_locks(pass);
	if (READ_ONCE(mount_vfsmount(m)->mnt_flags) & MNT_DOOMED)
		return GO_BACK;
	return progress;
}

static enum progress visit_attached(struct pass *pass, struct super_block *sb,
				    struct mount *m)
{
	if (!pass->copies)
		mntprop_namespaces_add(pass->s, mount_ns(m));
	return rest(pass, sb, m);
}

static enum progress broken_list(struct pass *pass)
{
	pass->s->stopped |= STOPPED_MOUNTS;
	return STOP;
}

static bool is_of(struct mount *m, const struct super_block *sb)
{
	struct super_block *of;
	struct dentry *root;

	return mount_peek(m, &root, &of) && of == sb;
}

/*
 * Whether @m is in a namespace. If not, *ns is set to the number of what it calls that,
 * or to MOUNT_IN_NO_NS.
 */
static bool is_attached(const struct pass *pass, struct mount *m, u32 *ns)
{
	*ns = MOUNT_IN_NO_NS;
	if (!mount_is_mounted(m))
		return false;
	return !pass->copies ||
	       mntprop_namespaces_exists(pass->s, mount_ns(m), ns);
}

/* The mounts of @sb from @m on; @kept: one before it is attached, so that @sb stays. */
static enum progress visit_mounts(struct pass *pass, struct super_block *sb,
				  struct mount *m, bool kept)
{
	enum progress progress;
	u32 ns;

	for (; m; m = next_of_sb(sb, m)) {
		if (++pass->mounts == MAX_MOUNTS || !is_of(m, sb))
			return broken_list(pass);
		pass->s->work += STEP_WORK;
		if (is_attached(pass, m, &ns)) {
			kept = true;
			progress = visit_attached(pass, sb, m);
		} else {
			progress = visit_unattached(pass, m, ns);
		}
		if (progress != GO_ON)
			return progress;
	}
	if (kept)
		return rest(pass, sb, NULL);
	if (!held_enough(pass))
		return GO_ON;
	progress = yield_locks(pass);
	return list_empty(&sb->s_list) ? GO_BACK : progress;
}

/* If so, a mount of a namespace holds it. */
static bool has_no_others(const struct mntprop_snapshot *s,
			  const struct super_block *sb)
{
	const struct mntprop_known_sb *known = mntprop_known_sb(s, sb);

	return known->sb == sb && known->mounts == atomic_read(&sb->s_active);
}

static enum progress visit_superblock(struct pass *pass, struct super_block *sb)
{
	pass->s->work += STEP_WORK;
	if (has_no_others(pass->s, sb))
		return rest(pass, sb, NULL);
	return visit_mounts(pass, sb, first_of_sb(sb), false);
}

/* From the kept place on. */
static enum progress visit_superblocks(struct pass *pass)
{
	struct list_head *super_blocks = mntprop_symbols.super_blocks;
	struct super_block *sb = pass->kept.sb;
	struct list_head *at = sb ? &sb->s_list : super_blocks, *back;
	enum progress progress = GO_ON;

	if (sb && pass->kept.m)
		progress = visit_mounts(pass, sb, next_of_sb(sb, pass->kept.m),
					true);
	if (progress != GO_ON)
		return progress;
	while (at->next != super_blocks) {
		if (++pass->sbs == MAX_SUPERBLOCKS ||
		    !peek_pointer(&back, &at->next->prev) || back != at)
			return broken_list(pass);
		at = at->next;
		sb = list_entry(at, struct super_block, s_list);
		progress = visit_superblock(pass, sb);
		if (progress != GO_ON)
			return progress;
	}
	return GO_ON;
}

static void visit_all(struct mntprop_snapshot *s, bool copies)
{
	struct pass pass = { .s = s, .copies = copies };
	enum progress progress;

	keep_place(&pass, NULL, NULL);
	for (;;) {
		take_locks(&pass);
		progress = visit_superblocks(&pass);
		if (!drop_locks(&pass))
			return;
		if (progress != GO_BACK || ++pass.tries == MAX_TRIES)
			break;
		return_to_kept_place(&pass);
	}
	if (progress != GO_ON)
		s->stopped |= STOPPED_SUPERBLOCKS;
}

/**
 * mntprop_superblocks_find_namespaces() - note namespaces that no task is in
 * @s:	the snapshot, with the mounts of the tasks' namespaces
 *
 * Context: Process context. namespace_sem held, shared is enough. Takes sb_lock and
 * mount_lock, for HOLD_WORK.
 */
void mntprop_superblocks_find_namespaces(struct mntprop_snapshot *s)
{
	lockdep_assert_held(mntprop_symbols.namespace_sem);
	visit_all(s, false);
}

/**
 * mntprop_superblocks_copy() - copy each mount that no namespace has
 * @s:	the snapshot, with the mounts of all namespaces
 *
 * Context: Process context. namespace_sem held, shared is enough. Takes sb_lock and
 * mount_lock. They are held for HOLD_WORK and one mount: two short paths, its counts.
 */
void mntprop_superblocks_copy(struct mntprop_snapshot *s)
{
	lockdep_assert_held(mntprop_symbols.namespace_sem);
	if (!(s->stopped & STOPPED_KILLED))
		visit_all(s, true);
}
