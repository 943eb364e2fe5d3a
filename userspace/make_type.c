// SPDX-License-Identifier: GPL-2.0-only
/* Joining and leaving peer groups, and who inherits the slaves. */
#include "vfs.h"

void set_mnt_shared(struct world_mount *m)
{
	m->now.flags &= ~WORLD_UNBINDABLE;
	m->now.flags |= WORLD_SHARED;
}

void invent_group_ids(struct world *w, struct world_mount *m, bool recurse)
{
	struct world_mount *p;

	for (p = m; p; p = recurse ? next_in_tree(p, m) : NULL) {
		if (!p->now.group_id)
			mnt_alloc_group_id(w, p);
	}
}

void cleanup_group_ids(struct world *w, struct world_mount *m)
{
	struct world_mount *p;

	for (p = m; p; p = next_in_tree(p, m)) {
		if (p->now.group_id && !is_shared(p))
			mnt_release_group_id(w, p);
	}
}

/* The slaves of @m get the master @to, in their order; NULL: none. */
static void transfer_propagation(struct world *w, struct world_mount *m,
				 struct world_mount *to)
{
	struct world_mount *slave, *next;

	for (slave = world_next_slave(m, NULL); slave; slave = next) {
		next = world_next_slave(m, slave);
		w->steps++;
		slave->now.master = to;
		if (!to)
			list_del_init(&slave->mnt_slave);
	}
	if (!to)
		return;
	if (w->rules->slaves_go_last)
		list_splice_init(&m->mnt_slave_list, to->mnt_slave_list.prev);
	else
		list_splice_init(&m->mnt_slave_list, &to->mnt_slave_list);
}

/* The peer that becomes master of @m, which leaves the group. */
static struct world_mount *choose_master(struct world *w, struct world_mount *m)
{
	struct world_mount *peer;

	if (w->rules->master_same_root) {
		for (peer = next_peer(m); peer != m; peer = next_peer(peer)) {
			w->steps++;
			if (peer->root == m->root)
				return peer;
		}
	}
	return next_peer(m);
}

void change_mnt_propagation(struct world *w, struct world_mount *m,
			    enum propagation type)
{
	struct world_mount *master = m->now.master;

	w->steps++;
	if (type == MAKE_SHARED) {
		set_mnt_shared(m);
		return;
	}
	if (is_shared(m)) {
		if (list_empty(&m->mnt_share)) {
			mnt_release_group_id(w, m);
		} else {
			master = choose_master(w, m);
			list_del_init(&m->mnt_share);
			m->now.group_id = 0;
		}
		m->now.flags &= ~WORLD_SHARED;
		/* Before it joins the list itself: it is first there in any case. */
		transfer_propagation(w, m, master);
	}
	list_del_init(&m->mnt_slave);
	if (type == MAKE_SLAVE) {
		m->now.master = master;
		if (master)
			list_add(&m->mnt_slave, &master->mnt_slave_list);
		return;
	}
	m->now.master = NULL;
	if (type == MAKE_UNBINDABLE)
		m->now.flags |= WORLD_UNBINDABLE;
	else
		m->now.flags &= ~WORLD_UNBINDABLE;
}

/*
 * Takes @m out of its group, and those of its masters-to-be that go, too.
 * Returns the first that stays: the master of what @m propagated to.
 */
static struct world_mount *trace_transfers(struct world *w,
					   struct world_mount *m)
{
	while (1) {
		struct world_mount *next = next_peer(m);

		w->steps++;
		if (next != m) {
			list_del_init(&m->mnt_share);
			m->now.group_id = 0;
			m->now.master = next;
		} else {
			if (is_shared(m))
				mnt_release_group_id(w, m);
			next = m->now.master;
		}
		list_del_init(&m->mnt_slave);
		m->now.flags &= ~WORLD_SHARED;
		set_mark(m);

		if (!next || !will_be_unmounted(next))
			return next;
		if (is_marked(next))
			return next->now.master;
		m = next;
	}
}

static void set_destinations(struct world_mount *m, struct world_mount *master)
{
	struct world_mount *next;

	while ((next = m->now.master) != master) {
		m->now.master = master;
		m = next;
	}
}

void bulk_make_private(struct world *w, struct list_head *set)
{
	struct world_mount *m;

	for (m = NULL; (m = listed_after(set, m));) {
		if (!is_marked(m))
			set_destinations(m, trace_transfers(w, m));
	}
	for (m = NULL; (m = listed_after(set, m));) {
		transfer_propagation(w, m, m->now.master);
		m->now.master = NULL;
		clear_mark(m);
	}
}
