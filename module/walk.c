// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk: every namespace, every mount in it and those in none, under one
 * hold of namespace_sem, which protects the namespaces' mounts and all
 * propagation links (Documentation/filesystems/sharedsubtree.rst, section 8).
 *
 * Under the lock it only copies. When there is not enough room it goes on
 * without copying, to learn how much is needed.
 */
#include <linux/init_task.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>

#include "kernel.h"
#include "mount.h"
#include "namespaces.h"
#include "path.h"
#include "snapshot.h"
#include "string_table.h"
#include "superblocks.h"
#include "walk.h"

/* clang-format off */
static bool refcounts = true;
module_param(refcounts, bool, 0600);
MODULE_PARM_DESC(refcounts, "read each mount's reference count: one cache line per mount and possible CPU, under the lock");
/* clang-format on */

/* Units of work for a mount: its own lines, those it points to, and its record. */
#define MOUNT_WORK 16

/**
 * mntprop_walk_rest() - let others run, if it is time
 * @s:	the snapshot; nothing that it remembers is kept by RCU alone
 *
 * Context: Process context. RCU read lock held, and dropped for a moment.
 * Return: whether to go on; false when the task was killed.
 */
bool mntprop_walk_rest(struct mntprop_snapshot *s)
{
	if (s->work - s->rested_at < REST_WORK)
		return true;
	rcu_read_unlock();
	cond_resched();
	s->rested_at = s->work;
	rcu_read_lock();
	if (fatal_signal_pending(current))
		s->stopped |= STOPPED_KILLED;
	return !(s->stopped & STOPPED_KILLED);
}

/* A sound dentry's. */
static u64 inode_number(const struct dentry *dentry)
{
	const struct inode *inode = d_inode(dentry);

	return inode ? inode->i_ino : 0;
}

/* The path to the mountpoint @dentry from @root, which is that of the parent. */
static void copy_mountpoint_path(struct mntprop_snapshot *s,
				 struct mntprop_mount *r, struct dentry *dentry,
				 struct dentry *root)
{
	unsigned int state;

	r->mp_ino = inode_number(dentry);
	r->mountpoint = mntprop_strings_path(s, dentry, root, &state);
	if (d_unlinked(dentry))
		r->state |= MOUNT_MP_DELETED;
	if (state & PATH_OUTSIDE)
		r->state |= MOUNT_MP_OUTSIDE;
	if (state & PATH_TOODEEP)
		r->state |= MOUNT_MP_TOODEEP;
	if (state & PATH_BROKEN)
		r->foreign |= FOREIGN_MOUNTPOINT;
}

/*
 * What a mount that is the parent of others has for them; NULL if it is no mount. One after
 * another often have the same.
 */
static const struct mntprop_parent *known_parent(struct mntprop_snapshot *s,
						 struct mount *parent)
{
	struct mntprop_parent *known = &s->parent;

	if (known->mount == parent && known->epoch == s->epoch)
		return known;
	known->mount = NULL;
	if (!mount_peek(parent, &known->root, &known->sb) ||
	    !peek_u32(&known->id, mount_id_at(parent)))
		return NULL;
	known->mount = parent;
	known->epoch = s->epoch;
	return known;
}

/*
 * Without a parent there is no mountpoint, and its own root stands for it: in the root of
 * a tree that open_tree(2) has copied, copy_tree() leaves the mountpoint of the original,
 * which nothing keeps from being freed.
 */
static void copy_mountpoint(struct mntprop_snapshot *s, struct mount *m,
			    struct mntprop_mount *r)
{
	const struct mntprop_parent itself = {
		.root = mount_vfsmount(m)->mnt_root,
		.sb = mount_vfsmount(m)->mnt_sb,
		.id = r->id,
	};
	const struct mntprop_parent *parent = &itself;
	struct dentry *mountpoint = itself.root;

	if (mount_parent(m) != m) {
		parent = known_parent(s, mount_parent(m));
		mountpoint = mount_mountpoint(m);
		if (parent && mountpoint == parent->root)
			r->state |= MOUNT_ON_ROOT;
	}
	r->parent = parent ? parent->id : r->id;
	r->mp_dentry = mountpoint;
	r->mountpoint = STRING_SLASH;
	if (!parent)
		r->foreign |= FOREIGN_PARENT;
	else if (!dentry_is_sound(mountpoint, parent->sb))
		r->foreign |= FOREIGN_MOUNTPOINT;
	else
		copy_mountpoint_path(s, r, mountpoint, parent->root);
}

static void copy_root(struct mntprop_snapshot *s, struct mntprop_mount *r,
		      struct dentry *root, struct super_block *sb)
{
	unsigned int state;

	r->root_dentry = root;
	r->root = STRING_SLASH;
	if (!inode_is_sound(root, sb)) {
		r->foreign |= FOREIGN_ROOT;
		return;
	}
	r->root_ino = inode_number(root);
	r->root = mntprop_strings_path(s, root, NULL, &state);
	if (d_unlinked(root))
		r->state |= MOUNT_ROOT_DELETED;
	if (state & PATH_TOODEEP)
		r->state |= MOUNT_ROOT_TOODEEP;
	if (state & PATH_BROKEN)
		r->foreign |= FOREIGN_ROOT;
}

static void copy_filesystem(struct mntprop_snapshot *s, struct mount *m,
			    struct mntprop_mount *r, struct super_block *sb)
{
	unsigned int state;

	r->dev = sb->s_dev;
	r->sb_flags = READ_ONCE(sb->s_flags);
	r->source = mntprop_strings_filesystem(s, sb, mount_devname(m),
					       &r->type, &state);
	if (state & FILESYSTEM_CUT)
		r->state |= MOUNT_SOURCE_CUT;
	if (state & FILESYSTEM_NO_SOURCE)
		r->foreign |= FOREIGN_SOURCE;
	if (state & FILESYSTEM_NO_TYPE)
		r->foreign |= FOREIGN_TYPE;
}

/* The id at any address; @none if it cannot be read. */
static u32 peek_id(struct mount *m, u32 none)
{
	u32 id;

	return peek_u32(&id, mount_id_at(m)) ? id : none;
}

/* The ids are only a guess until mntprop_links_resolve() knows all mounts. */
static void copy_links(struct mntprop_snapshot *s, struct mount *m,
		       struct mntprop_mount *r)
{
	struct mount *master = mount_master(m), *peer = next_peer(m);
	struct mount *overmount = mount_overmount(m);

	s->links[r - s->mounts] = (struct mntprop_links){
		.mount = m,
		.parent = mount_parent(m),
		.next_peer = peer,
		.previous_peer = previous_peer(m),
		.master = master,
		.first_slave = first_slave(m),
		.next_slave = next_slave(m),
		.overmount = overmount,
	};
	r->group = mount_group_id(m);
	r->peer = peer == m ? r->id : peek_id(peer, r->id);
	r->master = master ? peek_id(master, 0) : 0;
	r->overmount = overmount ? peek_id(overmount, 0) : 0;
}

/* @m is sound. */
static void copy_mount(struct mntprop_snapshot *s, struct mount *m, u32 ns)
{
	struct vfsmount *mnt = mount_vfsmount(m);
	struct mntprop_mount *r = &s->mounts[s->nr_mounts++];

	s->work += MOUNT_WORK;
	r->id = mount_id(m);
	r->unique = mount_id_unique(m);
	r->ns = ns;
	r->flags = READ_ONCE(mnt->mnt_flags);
	r->t_flags = mount_t_flags(m);
	if (mount_on_expiry_list(m))
		r->state |= MOUNT_EXPIRE;
	if (mount_expiry_mark(m))
		r->state |= MOUNT_EXPIRY_MARK;
	if (READ_ONCE(refcounts) && mount_count(m, &r->count)) {
		r->state |= MOUNT_HAS_COUNT;
		s->work += mount_count_lines();
	}
	if (ns != MOUNT_IN_NO_NS && mount_ns(m) != s->namespaces[ns].ns)
		r->foreign |= FOREIGN_NS;
	copy_filesystem(s, m, r, mnt->mnt_sb);
	copy_mountpoint(s, m, r);
	copy_root(s, r, mnt->mnt_root, mnt->mnt_sb);
	copy_links(s, m, r);
}

static enum mntprop_unattached unattached_kind(struct mount *m)
{
	int flags = READ_ONCE(mount_vfsmount(m)->mnt_flags);

	if (IS_ERR(mount_ns(m)) || flags & MNT_INTERNAL)
		return MOUNT_INTERNAL;
	if (flags & MNT_UMOUNT)
		return MOUNT_UNMOUNTED;
	return MOUNT_DETACHED;
}

/* Then it is only to be learnt how much room is needed. */
static bool is_in_vain(const struct mntprop_snapshot *s)
{
	return !s->partial && (s->need.namespaces > s->room.namespaces ||
			       s->need.mounts > s->room.mounts);
}

/**
 * mntprop_walk_unattached() - copy a mount that the walk of no namespace comes to
 * @s:	the snapshot
 * @m:	the mount, a sound one
 * @ns:	the number of what it calls its namespace and is none, or MOUNT_IN_NO_NS
 *
 * Context: namespace_sem, shared, mount_lock and RCU read lock held. Does not sleep.
 */
void mntprop_walk_unattached(struct mntprop_snapshot *s, struct mount *m,
			     u32 ns)
{
	lockdep_assert_held(mntprop_symbols.namespace_sem);
	lockdep_assert_held(&mntprop_symbols.mount_lock->lock);
	s->need.mounts++;
	if (s->nr_mounts == s->room.mounts || is_in_vain(s))
		return;
	copy_mount(s, m, ns);
	if (ns == MOUNT_IN_NO_NS)
		s->mounts[s->nr_mounts - 1].unattached = unattached_kind(m);
}

/*
 * The kernel's counter bounds the walk: under the lock it is the length of the
 * list. Only fsmount() fills an anonymous namespace without the lock, so the
 * counter is read when it is needed. The counters of all namespaces tell how much more
 * room is needed.
 */
static bool copy_next(struct mntprop_snapshot *s, struct mntprop_ns *r,
		      struct mount *m)
{
	if (r->found == ns_nr_mounts(r->ns) || s->nr_mounts == s->room.mounts ||
	    !mount_is_sound(m))
		return false;
	r->found++;
	copy_mount(s, m, r - s->namespaces);
	return mntprop_walk_rest(s);
}

/* Returns the mount at which the list did not end, NULL if it did, or an ERR_PTR. */
static struct mount *copy_list(struct mntprop_snapshot *s, struct mntprop_ns *r)
{
	struct mount *m;

	for (m = first_mount(r->ns); !IS_ERR_OR_NULL(m);
	     m = next_mount(r->ns, m)) {
		if (!copy_next(s, r, m))
			break;
	}
	return m;
}

/*
 * Before 6.8 anybody in a namespace can put readers of mountinfo on its list without
 * end. They are not in the tree of mounts.
 */
static struct mount *copy_tree(struct mntprop_snapshot *s, struct mntprop_ns *r)
{
	struct mount *root = ns_root(r->ns), *m;
	u32 nr_mounts = ns_nr_mounts(r->ns);

	for (m = root; !IS_ERR_OR_NULL(m);
	     m = next_in_tree(m, root, nr_mounts)) {
		if (!copy_next(s, r, m))
			break;
	}
	return m;
}

static void copy_namespace(struct mntprop_snapshot *s, u32 nr)
{
	u32 nr_mounts = s->nr_mounts;
	struct mntprop_ns *r = &s->namespaces[nr];
	struct mount *m;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	rcu_read_lock();
	m = copy_list(s, r);
	if (m == ERR_PTR(-ELOOP)) {
		s->nr_mounts = nr_mounts;
		r->found = 0;
		mntprop_strings_forget_superblocks(s);
		m = copy_tree(s, r);
	}
	rcu_read_unlock();
	r->nr_mounts = ns_nr_mounts(r->ns);
	if (m || (r->found != r->nr_mounts && !r->anon))
		s->stopped |= STOPPED_MOUNTS;
}

/* The namespaces from @nr on; returns how many there are. */
static u32 copy_namespaces_from(struct mntprop_snapshot *s, u32 nr)
{
	s->epoch = 0;
	mntprop_namespaces_describe(s, nr);
	for (; nr < s->nr_namespaces; nr++) {
		if (s->stopped & STOPPED_KILLED || is_in_vain(s))
			return s->nr_namespaces;
		if (!(s->namespaces[nr].foreign & FOREIGN_NS))
			copy_namespace(s, nr);
	}
	return nr;
}

static void copy_all(struct mntprop_snapshot *s)
{
	u32 nr;

	mntprop_namespaces_add(s, init_task.nsproxy->mnt_ns);
	mntprop_namespaces_add_tasks(s);
	nr = copy_namespaces_from(s, 0);
	mntprop_superblocks_find_namespaces(s);
	copy_namespaces_from(s, nr);
	mntprop_superblocks_copy(s);
}

/* proc_do_uuid() tells by byte 8 whether it has been made yet. */
static void copy_boot_id(struct mntprop_snapshot *s)
{
	const u8 *id = mntprop_symbols.boot_id;

	if (id && READ_ONCE(id[8]))
		memcpy(s->boot_id, id, sizeof(s->boot_id));
}

/**
 * mntprop_walk() - fill a snapshot
 * @s:	with room, and empty
 *
 * Context: Process context. Takes namespace_sem for reading, once; within it
 * each task's alloc_lock, then sb_lock and mount_lock, and rename_lock. Calls no
 * filesystem.
 * Return: 0; -ENOSPC when the room was not enough, with s->need set, and the snapshot
 * without what there was no room for; -EINTR when the task was killed.
 */
int mntprop_walk(struct mntprop_snapshot *s)
{
	struct rw_semaphore *namespace_sem = mntprop_symbols.namespace_sem;
	u64 start;

	s->need = (struct mntprop_room){};
	mntprop_strings_begin(s);

	if (down_read_killable(namespace_sem))
		return -EINTR;
	start = ktime_get_ns();
	s->wall = ktime_get_real_ns();
	copy_boot_id(s);
	copy_all(s);
	s->hold = ktime_get_ns() - start;
	up_read(namespace_sem);
	s->mono = start;

	if (s->stopped & STOPPED_KILLED)
		return -EINTR;
	if (s->need.namespaces > s->room.namespaces ||
	    s->need.mounts > s->room.mounts ||
	    s->need.strings > s->room.strings)
		return -ENOSPC;
	return 0;
}
