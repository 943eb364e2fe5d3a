// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who gets a copy of what is mounted, and what it is a peer or slave of.
 *
 * The walk is the kernel's: the peers of the destination, then their slaves
 * and what those propagate to, depth first.  It relies on peers standing next
 * to each other on their master's list, in the order of the ring.
 */
#include <errno.h>

#include "vfs.h"

/* As IS_MNT_NEW(): it takes no part in the walk, and what is below it neither. */
static bool is_new(const struct world *w, const struct world_mount *m)
{
	return !m->now.ns || (m->now.ns->anon && !w->rules->anonymous_use);
}

static bool has_slaves(struct world *w, const struct world_mount *m)
{
	w->steps++;
	return !is_new(w, m) && !list_empty(&m->mnt_slave_list);
}

/* Past what gets propagation from @m alone. */
static struct world_mount *next_not_below(struct world *w,
					  struct world_mount *m,
					  struct world_mount *origin)
{
	while (1) {
		struct world_mount *master = m->now.master;

		w->steps++;
		if (master == origin->now.master) {
			struct world_mount *next = next_peer(m);

			return next == origin ? NULL : next;
		}
		if (!is_last_slave(m))
			return next_slave(m);
		m = master;
	}
}

struct world_mount *propagation_next(struct world *w, struct world_mount *m,
				     struct world_mount *origin)
{
	if (has_slaves(w, m))
		return first_slave(m);
	return next_not_below(w, m, origin);
}

struct world_mount *skip_propagation_subtree(struct world *w,
					     struct world_mount *m,
					     struct world_mount *origin)
{
	struct world_mount *p;

	if (!w->rules->umount_reworked) {
		/* Only the slaves of m, and not the slaves of its last one. */
		if (has_slaves(w, m))
			m = last_slave(m);
		return propagation_next(w, m, origin);
	}
	p = next_not_below(w, m, origin);
	while (p && peers(m, p))
		p = next_not_below(w, p, origin);
	return p;
}

/* First of the next peer group (or mount in none) that gets propagation. */
static struct world_mount *next_group(struct world *w, struct world_mount *m,
				      struct world_mount *origin)
{
	while (1) {
		while (1) {
			struct world_mount *next;

			if (has_slaves(w, m))
				return first_slave(m);
			next = next_peer(m);
			if (m->now.group_id == origin->now.group_id) {
				if (next == origin)
					return NULL;
			} else if (m->mnt_slave.next != &next->mnt_slave) {
				break;
			}
			m = next;
		}
		/* m is the last of its group */
		while (1) {
			struct world_mount *master = m->now.master;

			w->steps++;
			if (!is_last_slave(m))
				return next_slave(m);
			m = next_peer(master);
			if (master->now.group_id == origin->now.group_id)
				break;
			if (master->mnt_slave.next == &m->mnt_slave)
				break;
			m = master;
		}
		if (m == origin)
			return NULL;
	}
}

static bool need_secondary(const struct world *w, const struct world_mount *m,
			   const struct world_dentry *mp)
{
	return !is_new(w, m) && !m->now.ns->anon && is_subdir(mp, m->root);
}

/*
 * What the copy for @m is cloned from: an earlier copy whose parent is the
 * nearest that @m gets propagation from, or a slave of it.
 */
static struct world_mount *find_master(struct world *w, struct world_mount *m,
				       struct world_mount *last_copy,
				       struct world_mount *original)
{
	struct world_mount *p;

	while (1) {
		w->steps++;
		p = m->now.master;
		if (!p || is_marked(p))
			break;
		m = p;
	}
	while (!peers(last_copy, original)) {
		struct world_mount *parent = last_copy->now.parent;

		w->steps++;
		if (parent->now.master == p) {
			if (!peers(parent, m))
				last_copy = last_copy->now.master;
			break;
		}
		last_copy = last_copy->now.master;
	}
	return last_copy;
}

/* What propagate_mnt() keeps from one copy to the next. */
struct propagation_walk {
	struct world_mount *source, *last_copy;
	struct world_dentry *mp;
	struct list_head *tree_list;
};

static int propagate_one(struct world *w, struct world_mount *m, int flags,
			 struct propagation_walk *walk)
{
	struct world_mount *copy;
	int error;

	if (flags & CL_SLAVE)
		walk->last_copy =
			find_master(w, m, walk->last_copy, walk->source);
	error = copy_tree(w, walk->last_copy, walk->last_copy->root, flags,
			  &copy);
	if (error)
		return error;
	mnt_set_mountpoint(w, m, walk->mp, copy);
	if (m->now.master)
		set_mark(m->now.master);
	walk->last_copy = copy;
	list_add(&copy->tree_list, walk->tree_list);
	return count_mounts(w, m->now.ns, copy);
}

/* All of the group of @first, without itself if it is the destination. */
static int propagate_group(struct world *w, struct world_mount *first,
			   struct world_mount *dest,
			   struct propagation_walk *walk)
{
	struct world_mount *m = first == dest ? next_peer(first) : first;
	int flags = CL_MAKE_SHARED;
	int error;

	if (m == dest)
		return 0;
	if (first != dest)
		flags = is_shared(first) ? CL_SLAVE | CL_MAKE_SHARED : CL_SLAVE;
	do {
		if (!need_secondary(w, m, walk->mp))
			continue;
		error = propagate_one(w, m, flags, walk);
		if (error)
			return error;
		flags = CL_MAKE_SHARED;
	} while ((m = next_peer(m)) != first);
	return 0;
}

static int propagate_mnt(struct world *w, struct world_mount *dest,
			 struct world_dentry *mp, struct world_mount *source,
			 struct list_head *tree_list)
{
	struct propagation_walk walk = {
		.source = source,
		.last_copy = source,
		.mp = mp,
		.tree_list = tree_list,
	};
	struct world_mount *m;
	int error = 0;

	if (dest->now.master)
		set_mark(dest->now.master);
	for (m = dest; m && !error; m = next_group(w, m, dest))
		error = propagate_group(w, m, dest, &walk);

	for (m = NULL; (m = copy_after(tree_list, m));) {
		if (m->now.parent->now.master)
			clear_mark(m->now.parent->now.master);
	}
	if (dest->now.master)
		clear_mark(dest->now.master);
	return error;
}

bool propagation_would_overmount(struct world *w,
				 const struct world_mount *from,
				 const struct world_mount *to,
				 const struct world_dentry *mp)
{
	const struct world_mount *m;

	if (!is_shared(from) || is_new(w, to) || to->root != mp)
		return false;
	for (m = to; m; m = m->now.master) {
		if (peers(from, m))
			return true;
	}
	return false;
}

/* Into the namespace of its parent, where a lookup finds it from now on. */
static void commit_tree(struct world *w, struct world_mount *m)
{
	struct world_ns *ns = m->now.parent->now.ns;
	struct world_mount *p;

	if (!m->now.ns) {
		for (p = m; p; p = next_in_tree(p, m))
			p->now.ns = ns;
		ns->nr_mounts += ns->pending_mounts;
		ns->pending_mounts = 0;
	}
	make_visible(w, m);
}

/* The copy takes the place of what was there, which goes on top of it. */
static void commit_beneath(struct world *w, struct world_mount *child,
			   bool placed)
{
	struct world_mount *q, *r;

	q = lookup_mnt(w, child->now.parent, child->now.mountpoint);
	commit_tree(w, child);
	if (!q)
		return;
	r = w->rules->cover_on_top ? topmost_overmount(w, child) : child;
	if (w->rules->cover_takes_lock && is_locked(q)) {
		child->now.flags |= WORLD_LOCKED;
		if (placed || !w->rules->covered_keeps_lock)
			q->now.flags &= ~WORLD_LOCKED;
	}
	mnt_change_mountpoint(w, r, r->root, q);
}

static void undo(struct world *w, struct world_mount *source,
		 struct list_head *tree_list)
{
	struct world_mount *copy, *next;

	for (copy = copy_after(tree_list, NULL); copy; copy = next) {
		next = copy_after(tree_list, copy);
		list_del_init(&copy->tree_list);
		copy->now.parent->now.ns->pending_mounts = 0;
		umount_tree(w, copy, UMOUNT_SYNC);
	}
	cleanup_group_ids(w, source);
}

/* Out of where it was: its parent, or the namespace that it was all of. */
static void detach_source(struct world *w, struct world_mount *source)
{
	struct world_ns *ns = source->now.ns;
	struct world_mount *p;

	source->now.flags &= ~WORLD_EXPIRE;
	if (mnt_has_parent(source)) {
		umount_mnt(w, source);
	} else if (ns) {
		for (p = source; p; p = next_in_tree(p, source))
			p->now.ns = NULL;
		ns->root = NULL;
		ns->nr_mounts = 0;
	}
}

int attach_recursive_mnt(struct world *w, struct world_mount *source,
			 struct world_mount *dest, struct world_dentry *mp,
			 const struct operation *op)
{
	struct world_ns *ns = dest->now.ns;
	unsigned int user_ns = ns->anon ? op->ns->user_ns : ns->user_ns;
	bool moving = mnt_has_parent(source);
	struct world_mount *child, *next, *p, *top = source;
	struct list_head tree_list;
	int error = 0;

	if (w->rules->cover_on_top)
		top = topmost_overmount(w, source);

	list_init(&tree_list);
	/* where what is there already would go to */
	if (top->root->unlinked)
		return -ENOENT;
	if (!moving)
		error = count_mounts(w, ns, source);
	if (!error && is_shared(dest)) {
		invent_group_ids(w, source, true);
		error = propagate_mnt(w, dest, mp, source, &tree_list);
		if (!error) {
			for (p = source; p; p = next_in_tree(p, source))
				set_mnt_shared(p);
		} else {
			undo(w, source, &tree_list);
		}
	}
	if (error) {
		ns->pending_mounts = 0;
		return error;
	}

	detach_source(w, source);
	mnt_set_mountpoint(w, dest, mp, source);
	list_add(&source->tree_list, &tree_list);
	for (child = copy_after(&tree_list, NULL); child; child = next) {
		next = copy_after(&tree_list, child);
		list_del_init(&child->tree_list);
		if (child->now.parent->now.ns->user_ns != user_ns)
			lock_mnt_tree(w, child);
		child->now.flags &= ~WORLD_LOCKED;
		commit_beneath(w, child, child == source);
	}
	return 0;
}
