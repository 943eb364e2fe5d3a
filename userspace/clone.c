// SPDX-License-Identifier: GPL-2.0-only
/* Copies of mounts and of trees of them. */
#include <errno.h>

#include "compiler.h"
#include "vfs.h"

/* What a copy never has of the original. */
#define NOT_COPIED                                                    \
	(WORLD_PASSING | WORLD_SHARED | WORLD_LOCKED | WORLD_EXPIRE | \
	 WORLD_EXPIRY_MARK)

int clone_mnt(struct world *w, struct world_mount *old,
	      struct world_dentry *root, int flags, struct world_mount **copy)
{
	struct world_mount *m = world_mount_alloc(w, --w->last_mount_id, root);

	*copy = m;
	if (!m)
		return -ENOMEM;
	m->now.flags = old->now.flags & ~NOT_COPIED;
	m->mnt_ns_file = root == old->root ? old->mnt_ns_file : NULL;
	if (!(flags & CL_SLAVE))
		m->now.group_id = old->now.group_id;
	if ((flags & CL_MAKE_SHARED) && !m->now.group_id)
		mnt_alloc_group_id(w, m);
	if (m->now.group_id)
		set_mnt_shared(m);
	if (peers(m, old))
		list_add(&m->mnt_share, &old->mnt_share);

	if ((flags & CL_SLAVE) && old->now.group_id) {
		list_add(&m->mnt_slave, &old->mnt_slave_list);
		m->now.master = old;
	} else if (old->now.master) {
		list_add(&m->mnt_slave, &old->mnt_slave);
		m->now.master = old->now.master;
	}
	return 0;
}

/* What an attempt has left: a tree that is not attached. */
static int give_up(struct world *w, struct world_mount *copy, int error)
{
	umount_tree(w, copy, UMOUNT_SYNC);
	return error;
}

int copy_tree(struct world *w, struct world_mount *src_root,
	      struct world_dentry *dentry, int flags, struct world_mount **copy)
{
	struct world_mount *child, *src, *src_parent = src_root;
	struct world_mount *res, *dst, *dst_parent;
	int error;

	if (!(flags & CL_COPY_UNBINDABLE) && is_unbindable(src_root))
		return -EINVAL;
	if (!(flags & CL_COPY_MNT_NS_FILE) && src_root->mnt_ns_file &&
	    src_root->root == dentry)
		return -EINVAL;
	error = clone_mnt(w, src_root, dentry, flags, &res);
	if (error)
		return error;
	*copy = dst = res;

	for (child = NULL; (child = world_next_child(src_root, child));) {
		w->steps++;
		if (!is_subdir(child->now.mountpoint, dentry))
			continue;
		for (src = child; src; src = next_in_tree(src, child)) {
			if (!(flags & CL_COPY_UNBINDABLE) &&
			    is_unbindable(src)) {
				if (is_locked(src))
					return give_up(w, res, -EPERM);
				src = skip_mnt_tree(src);
				continue;
			}
			if (!(flags & CL_COPY_MNT_NS_FILE) &&
			    src->mnt_ns_file) {
				if (w->rules->locked_files_stay &&
				    is_locked(src))
					return give_up(w, res, -EPERM);
				src = skip_mnt_tree(src);
				continue;
			}
			while (src_parent != src->now.parent) {
				src_parent = src_parent->now.parent;
				dst = dst->now.parent;
			}
			src_parent = src;
			dst_parent = dst;
			error = clone_mnt(w, src, src->root, flags, &dst);
			if (error)
				return error;
			dst->now.flags |= src->now.flags & WORLD_LOCKED;
			if (flags & CL_EXPIRE)
				dst->now.flags |= src->now.flags & WORLD_EXPIRE;
			attach_mnt(w, dst, dst_parent, src->now.mountpoint);
		}
	}
	return 0;
}

void lock_mnt_tree(struct world *w, struct world_mount *m)
{
	static const struct {
		unsigned int flag, lock;
	} locks[] = {
		{ WORLD_RO, WORLD_LOCK_RO },
		{ WORLD_NODEV, WORLD_LOCK_NODEV },
		{ WORLD_NOSUID, WORLD_LOCK_NOSUID },
		{ WORLD_NOEXEC, WORLD_LOCK_NOEXEC },
	};
	struct world_mount *p;
	size_t i;

	for (p = m; p; p = next_in_tree(p, m)) {
		p->now.flags |= WORLD_LOCK_ATIME;
		for (i = 0; i < ARRAY_SIZE(locks); i++) {
			if (p->now.flags & locks[i].flag)
				p->now.flags |= locks[i].lock;
		}
		if (p->now.flags & WORLD_EXPIRE)
			continue;
		if (p != m || w->rules->roots_are_locked)
			p->now.flags |= WORLD_LOCKED;
	}
}
