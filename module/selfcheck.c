// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves the layout before it is trusted: reads the initial mount namespace
 * through it and compares what must agree. Pointers are read with
 * copy_from_kernel_nofault() first, because a wrong layout gives wrong ones.
 */
#include <linux/errno.h>
#include <linux/init_task.h>
#include <linux/nsproxy.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "kernel.h"
#include "mount.h"
#include "selfcheck.h"

/* Enough of a struct mount to reach every member that is used can be read. */
static bool readable(const void *p)
{
	u32 f, end = 0;
	char c;

	for (f = F_MOUNT_PARENT; f <= F_MOUNT_COUNT; f++)
		end = max(end, value_of(f));
	return !get_kernel_nofault(c, (const char *)p) &&
	       !get_kernel_nofault(c, (const char *)p + end);
}

static const char *check_superblock(struct mount *m)
{
	struct super_block *sb = mount_vfsmount(m)->mnt_sb, *of_root;
	struct dentry *root = mount_vfsmount(m)->mnt_root;

	if (get_kernel_nofault(of_root, &root->d_sb) || of_root != sb)
		return "a mount's root is not of its superblock";
	return NULL;
}

static const char *check_propagation(struct mount *m)
{
	struct mount *peer = next_peer(m), *slave = first_slave(m);

	if (!readable(peer) || mount_group_id(peer) != mount_group_id(m) ||
	    (!mount_group_id(m) && peer != m))
		return "a mount's next peer is not in its group";
	if (slave != end_of_slaves(m) &&
	    (!readable(slave) || mount_master(slave) != m))
		return "a mount's slave has another master";
	return NULL;
}

static const char *check_family(struct mount *m, u32 limit)
{
	struct mount *parent = mount_parent(m), *child;

	if (parent == m)
		return NULL;
	if (!readable(parent))
		return "a mount's parent cannot be read";
	for (child = first_child(parent); child && limit;
	     child = next_child(parent, child)) {
		if (!readable(child))
			return "a mount's child cannot be read";
		if (child == m)
			return NULL;
		limit--;
	}
	return "a mount's parent does not have it as a child";
}

static const char *check_mount(struct mount *m, struct mnt_namespace *ns)
{
	const char *why;
	char c;

	if (!readable(m))
		return "a mount cannot be read";
	if (mount_ns(m) != ns)
		return "a mount of the initial namespace is in another one";
	if (mount_id(m) < 0 || mount_group_id(m) < 0)
		return "a mount's id or peer group id is out of range";
	if (mount_devname(m) && get_kernel_nofault(c, mount_devname(m)))
		return "a mount's source cannot be read";
	why = check_superblock(m);
	return why ? why : check_propagation(m);
}

/* How many parents are asked for their child: each has a list to be searched. */
#define MAX_FAMILIES 16
/*
 * How many superblocks, and mounts of one, are looked at with spinlocks held. Of a longer
 * list so many in order are proof enough.
 */
#define MAX_LISTED 1024

static const char *check_namespace(struct mnt_namespace *ns)
{
	struct mount *root = ns_root(ns), *m;
	u32 nr_mounts = ns_nr_mounts(ns), found = 0;
	bool root_found = false;
	const char *why;

	if (!readable(root) || mount_ns(root) != ns)
		return "the initial namespace's root is not in it";
	if (check_superblock(root) || !mount_vfsmount(root)->mnt_sb->s_magic)
		return "the initial namespace's root has no sane superblock";
	for (m = first_mount(ns); m; m = next_mount(ns, m)) {
		if (IS_ERR(m) || found++ == nr_mounts)
			return "the initial namespace has more mounts than it counts";
		why = check_mount(m, ns);
		if (!why && found <= MAX_FAMILIES)
			why = check_family(m, nr_mounts);
		if (why)
			return why;
		root_found |= m == root;
		cond_resched();
	}
	if (found != nr_mounts)
		return "the initial namespace has fewer mounts than it counts";
	return root_found ?
		       NULL :
		       "the initial namespace's root is not among its mounts";
}

/* Every superblock's place in the list is told by its neighbours, too. */
static const char *check_super_blocks(struct super_block *wanted)
{
	struct list_head *head = mntprop_symbols.super_blocks;
	struct list_head *at = head, *next, *back;
	u32 nr;

	for (nr = 0; nr < MAX_LISTED; nr++) {
		if (get_kernel_nofault(next, &at->next) ||
		    get_kernel_nofault(back, &next->prev) || back != at)
			return "the list of superblocks is not linked both ways";
		if (next == &wanted->s_list)
			return NULL;
		if (next == head)
			return "the initial namespace's root has a superblock that is not listed";
		at = next;
	}
	return NULL;
}

/* All mounts on a superblock's list are of this superblock, and @root is on it. */
static const char *check_mounts_of_sb(struct super_block *sb,
				      struct mount *root)
{
	struct super_block *of;
	struct mount *m;
	u32 nr = 0;

	for (m = first_of_sb(sb); m != root; m = next_of_sb(sb, m)) {
		if (!m)
			return "the initial namespace's root is not on its superblock's list";
		if (!readable(m) ||
		    get_kernel_nofault(of, &mount_vfsmount(m)->mnt_sb) ||
		    of != sb)
			return "a superblock's list has a mount of another one";
		if (++nr == MAX_LISTED)
			break;
	}
	return NULL;
}

static const char *check_superblocks(struct mount *root)
{
	struct super_block *sb = mount_vfsmount(root)->mnt_sb;
	const char *why;

	spin_lock(mntprop_symbols.sb_lock);
	read_seqlock_excl(mntprop_symbols.mount_lock);
	why = check_super_blocks(sb);
	if (!why)
		why = check_mounts_of_sb(sb, root);
	read_sequnlock_excl(mntprop_symbols.mount_lock);
	spin_unlock(mntprop_symbols.sb_lock);
	return why;
}

/**
 * mntprop_selfcheck() - check the layout against the initial mount namespace
 * @why:	on -ENXIO, what does not agree
 *
 * Context: Process context. Takes namespace_sem for reading, within it sb_lock
 * and mount_lock.
 * Return: 0, -ENXIO, -EINTR.
 */
int mntprop_selfcheck(const char **why)
{
	struct rw_semaphore *namespace_sem = mntprop_symbols.namespace_sem;
	struct mnt_namespace *ns = init_task.nsproxy->mnt_ns;

	if (down_read_killable(namespace_sem))
		return -EINTR;
	*why = check_namespace(ns);
	if (!*why)
		*why = check_superblocks(ns_root(ns));
	up_read(namespace_sem);
	return *why ? -ENXIO : 0;
}
