// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes with a mount that is unmounted: at every mount that its parent
 * propagates to, the mount at the same dentry, if nothing holds it there.
 */
#include "vfs.h"

/* The only child of @m, if it covers its root. */
static struct world_mount *find_topper(const struct world_mount *m)
{
	struct world_mount *child;

	if (list_empty(&m->mnt_mounts) ||
	    m->mnt_mounts.next->next != &m->mnt_mounts)
		return NULL;
	child = list_mount(m->mnt_mounts.next, mnt_child);
	return child->now.mountpoint == m->root ? child : NULL;
}

/* Does @m receive propagation from @parent? */
static bool receives_from(struct world *w, const struct world_mount *m,
			  const struct world_mount *parent)
{
	if (m == parent)
		return false;
	for (; m; m = m->now.master) {
		w->steps++;
		if (m == parent || peers(m, parent))
			return true;
	}
	return false;
}

/* What goes with @victim below @m, which goes with it itself. */
static struct world_mount *next_candidate(struct world *w,
					  struct world_mount *m,
					  struct world_mount *victim)
{
	if (!receives_from(w, m, victim->now.parent))
		return NULL;
	return lookup_mnt(w, m, victim->now.mountpoint);
}

static bool is_other_child(const struct world_mount *n,
			   const struct world_mount *next,
			   const struct world_mount *victim)
{
	return n != next && n != victim;
}

/* The deepest of a chain of candidates with a child that is none of them. */
static struct world_mount *deepest_held(struct world *w, struct world_mount *m,
					struct world_mount *victim)
{
	struct world_mount *n, *next, *deepest = NULL;

	for (; m; m = next) {
		next = next_candidate(w, m, victim);
		for (n = NULL; (n = world_next_child(m, n));) {
			if (is_other_child(n, next, victim)) {
				deepest = m;
				break;
			}
		}
	}
	return deepest;
}

/* The first of a chain of candidates that would go, and is in use. */
static struct world_mount *chain_busy(struct world *w, struct world_mount *c,
				      struct world_mount *victim)
{
	struct world_mount *deepest = deepest_held(w, c, victim);
	bool above = deepest;
	struct world_mount *m, *n, *next;

	for (m = c; m; m = next) {
		bool goes = true;

		next = next_candidate(w, m, victim);
		for (n = NULL; (n = world_next_child(m, n));) {
			if (is_other_child(n, next, victim) &&
			    n->now.mountpoint != m->root) {
				goes = false;
				break;
			}
		}
		if (next && next->now.mountpoint != m->root && above &&
		    m != deepest)
			goes = false;
		if (m == deepest)
			above = false;
		if (goes && m->busy)
			return m;
	}
	return NULL;
}

/* What makes the umount of @victim fail at its copy @c, below @m; or NULL. */
static struct world_mount *copy_busy(struct world *w, struct world_mount *m,
				     struct world_mount *c,
				     struct world_mount *victim)
{
	bool alone = list_empty(&c->mnt_mounts) || find_topper(c);

	if (!w->rules->umount_busy_chain)
		return c->busy && alone ? c : NULL;
	/* each chain once, from its top */
	if (mnt_has_parent(m) && m->now.mountpoint == victim->now.mountpoint &&
	    receives_from(w, m->now.parent, victim->now.parent))
		return NULL;
	return chain_busy(w, c, victim);
}

struct world_mount *propagate_mount_busy(struct world *w, struct world_mount *m)
{
	struct world_mount *parent = m->now.parent, *to, *c, *busy;

	if (!list_empty(&m->mnt_mounts) || m->busy)
		return m;
	if (parent == m)
		return NULL;
	for (to = propagation_next(w, parent, parent); to;
	     to = propagation_next(w, to, parent)) {
		c = lookup_mnt(w, to, m->now.mountpoint);
		busy = c ? copy_busy(w, to, c, m) : NULL;
		if (busy)
			return busy;
	}
	return NULL;
}

static void propagate_mount_unlock(struct world *w, struct world_mount *m)
{
	struct world_mount *parent = m->now.parent, *to, *child;

	for (to = propagation_next(w, parent, parent); to;
	     to = propagation_next(w, to, parent)) {
		child = lookup_mnt(w, to, m->now.mountpoint);
		if (child)
			child->now.flags &= ~WORLD_LOCKED;
	}
}

static void umount_one(struct world_mount *m, struct list_head *to_umount)
{
	m->now.flags |= WORLD_UMOUNT;
	list_del_init(&m->mnt_child);
	list_move_tail(&m->mnt_list, to_umount);
}

/*
 * Until 6.17: each candidate is looked at as it is found, then its parents as
 * long as that leads on.  mnt_umounting: it has been seen; marked: nothing but
 * a lock or a cover holds it.
 */
static bool try_umount(struct world_mount *m, struct list_head *to_umount,
		       struct list_head *to_restore)
{
	struct world_mount *child;

	if (m->now.flags & (WORLD_UMOUNT | WORLD_MARKED))
		return false;
	for (child = NULL; (child = world_next_child(m, child));) {
		if (child->now.mountpoint == m->root)
			continue;
		if (!list_empty(&child->mnt_umounting) && is_marked(child))
			continue;
		list_move_tail(&m->mnt_umounting, to_restore);
		return false;
	}
	set_mark(m);
	if (is_locked(m)) {
		list_move_tail(&m->mnt_umounting, to_restore);
	} else {
		clear_mark(m);
		list_del_init(&m->mnt_umounting);
		umount_one(m, to_umount);
	}
	return true;
}

static void umount_list(struct list_head *to_umount,
			struct list_head *to_restore)
{
	struct world_mount *m, *child, *next;

	for (m = NULL; (m = listed_after(to_umount, m));) {
		for (child = world_next_child(m, NULL); child; child = next) {
			next = world_next_child(m, child);
			if (child->now.mountpoint == m->root) {
				list_move_tail(&child->mnt_umounting,
					       to_restore);
			} else {
				clear_mark(child);
				list_del_init(&child->mnt_umounting);
				umount_one(child, to_umount);
			}
		}
	}
}

static void restore_mounts(struct world *w, struct list_head *to_restore)
{
	while (!list_empty(to_restore)) {
		struct world_mount *m =
			list_mount(to_restore->next, mnt_umounting);
		struct world_mount *parent = m->now.parent;
		struct world_dentry *mp = m->now.mountpoint;

		clear_mark(m);
		list_del_init(&m->mnt_umounting);
		while (will_be_unmounted(parent)) {
			mp = parent->now.mountpoint;
			parent = parent->now.parent;
		}
		if (parent != m->now.parent)
			mnt_change_mountpoint(w, parent, mp, m);
	}
}

static void visit_receivers(struct world *w, struct world_mount *m,
			    struct list_head *to_umount,
			    struct list_head *to_restore,
			    struct list_head *visited)
{
	struct world_mount *parent = m->now.parent;
	struct world_mount *to = propagation_next(w, parent, parent);

	while (to) {
		struct world_mount *child =
			lookup_mnt(w, to, m->now.mountpoint);

		if (child && !list_empty(&child->mnt_umounting)) {
			to = skip_propagation_subtree(w, to, parent);
			continue;
		}
		if (child && will_be_unmounted(child)) {
			list_add_tail(&child->mnt_umounting, visited);
		} else if (child) {
			while (try_umount(child, to_umount, to_restore)) {
				child = child->now.parent;
				if (list_empty(&child->mnt_umounting))
					break;
			}
		}
		to = propagation_next(w, to, parent);
	}
}

static void propagate_umount_by_visits(struct world *w, struct list_head *set)
{
	struct list_head to_restore, to_umount, visited, *at;

	list_init(&to_restore);
	list_init(&to_umount);
	list_init(&visited);
	for (at = set->prev; at != set; at = at->prev) {
		struct world_mount *m = list_mount(at, mnt_list);

		if (!list_empty(&m->mnt_umounting))
			continue;
		list_add_tail(&m->mnt_umounting, &visited);
		visit_receivers(w, m, &to_umount, &to_restore, &visited);
	}
	umount_list(&to_umount, &to_restore);
	restore_mounts(w, &to_restore);
	while (!list_empty(&visited))
		list_del_init(visited.next);
	list_splice_init(&to_umount, set->prev);
}

static bool is_candidate(const struct world_mount *m)
{
	return m->now.flags & WORLD_CANDIDATE;
}

static struct world_mount *overmount(struct world *w, struct world_mount *m)
{
	return lookup_mnt(w, m, m->root);
}

static void remove_from_candidate_list(struct world_mount *m)
{
	m->now.flags &= ~(WORLD_MARKED | WORLD_CANDIDATE);
	list_del_init(&m->mnt_list);
}

static void gather_candidates(struct world *w, struct list_head *set,
			      struct list_head *candidates)
{
	struct world_mount *m, *p, *q, *child;

	for (m = NULL; (m = listed_after(set, m));) {
		if (is_candidate(m))
			continue;
		m->now.flags |= WORLD_CANDIDATE;
		p = m->now.parent;
		q = propagation_next(w, p, p);
		while (q) {
			child = lookup_mnt(w, q, m->now.mountpoint);
			if (child && is_candidate(child)) {
				q = skip_propagation_subtree(w, q, p);
				continue;
			}
			if (child) {
				child->now.flags |= WORLD_CANDIDATE;
				if (!will_be_unmounted(child))
					list_add(&child->mnt_list, candidates);
			}
			q = propagation_next(w, q, p);
		}
	}
	for (m = NULL; (m = listed_after(set, m));)
		m->now.flags &= ~WORLD_CANDIDATE;
}

/* A child of @m stays, so its ancestors stay, but for those that it covers. */
static void trim_ancestors(struct world *w, struct world_mount *m)
{
	struct world_mount *p;

	for (p = m->now.parent; is_candidate(p); m = p, p = p->now.parent) {
		if (is_marked(m))
			return;
		set_mark(m);
		if (m != overmount(w, p))
			p->now.flags &= ~WORLD_CANDIDATE;
	}
}

/* Decides on @m as far as that can be done by looking at its children. */
static void trim_one(struct world *w, struct world_mount *m,
		     struct list_head *to_umount)
{
	bool remove_this = false, found = false, umount_this = false;
	struct world_mount *n;

	if (!is_candidate(m)) {
		remove_from_candidate_list(m);
		return;
	}
	for (n = NULL; (n = world_next_child(m, n));) {
		if (is_candidate(n))
			continue;
		found = true;
		if (n != overmount(w, m)) {
			remove_this = true;
			break;
		}
	}
	if (found) {
		trim_ancestors(w, m);
	} else if (!is_locked(m) && list_empty(&m->mnt_mounts)) {
		remove_this = true;
		umount_this = true;
	}
	if (remove_this) {
		remove_from_candidate_list(m);
		if (umount_this)
			umount_one(m, to_umount);
	}
}

/* Locked ones go only with what they are locked to. */
static void handle_locked(struct world_mount *m, struct list_head *to_umount)
{
	struct world_mount *cutoff = m, *p;

	if (!is_candidate(m)) {
		remove_from_candidate_list(m);
		return;
	}
	for (p = m; is_candidate(p); p = p->now.parent) {
		remove_from_candidate_list(p);
		if (!is_locked(p))
			cutoff = p->now.parent;
	}
	if (will_be_unmounted(p))
		cutoff = p;
	while (m != cutoff) {
		umount_one(m, to_umount);
		m = m->now.parent;
	}
}

/* @m stays, and slides down to where the stack below it was. */
static void reparent(struct world *w, struct world_mount *m)
{
	struct world_mount *p = m;
	struct world_dentry *mp;

	do {
		mp = p->now.mountpoint;
		p = p->now.parent;
	} while (will_be_unmounted(p));
	mnt_change_mountpoint(w, p, mp, m);
}

static void propagate_umount_by_candidates(struct world *w,
					   struct list_head *set)
{
	struct world_mount *m, *n, *over;
	struct list_head to_umount, candidates;

	list_init(&to_umount);
	list_init(&candidates);
	gather_candidates(w, set, &candidates);
	for (m = listed_after(&candidates, NULL); m; m = n) {
		n = listed_after(&candidates, m);
		trim_one(w, m, &to_umount);
	}
	while (!list_empty(&candidates))
		handle_locked(list_mount(candidates.next, mnt_list),
			      &to_umount);
	for (m = NULL; (m = listed_after(&to_umount, m));) {
		over = overmount(w, m);
		if (over && !will_be_unmounted(over))
			reparent(w, over);
	}
	list_splice_init(&to_umount, set->prev);
}

void umount_tree(struct world *w, struct world_mount *m, int how)
{
	struct world_mount *p, *next;
	struct list_head set;

	list_init(&set);
	if (how & UMOUNT_PROPAGATE)
		propagate_mount_unlock(w, m);
	for (p = m; p; p = next_in_tree(p, m)) {
		w->steps++;
		p->now.flags |= WORLD_UMOUNT;
		if (w->rules->umount_leaves_first || !p->now.ns)
			list_add(&p->mnt_list, &set);
		else
			list_add_tail(&p->mnt_list, &set);
	}
	for (p = NULL; (p = listed_after(&set, p));)
		list_del_init(&p->mnt_child);
	if (how & UMOUNT_PROPAGATE) {
		if (w->rules->umount_reworked)
			propagate_umount_by_candidates(w, &set);
		else
			propagate_umount_by_visits(w, &set);
	}
	if (w->rules->make_private_in_bulk)
		bulk_make_private(w, &set);
	for (p = listed_after(&set, NULL); p; p = next) {
		next = listed_after(&set, p);
		list_del_init(&p->mnt_list);
		if (p->now.ns)
			p->now.ns->nr_mounts--;
		p->now.ns = NULL;
		umount_mnt(w, p);
		if (!w->rules->make_private_in_bulk)
			change_mnt_propagation(w, p, MAKE_PRIVATE);
		p->now.flags &= ~WORLD_PASSING;
	}
}
