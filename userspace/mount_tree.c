// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trees of mounts: who is mounted where.  Of several mounts that one parent
 * has at one dentry a lookup finds the latest, as in the kernel, where it is
 * first in its hash chain.
 */
#include <errno.h>

#include "arena.h"
#include "vfs.h"

static size_t hash_of(const struct world *w, const struct world_mount *parent,
		      const struct world_dentry *dentry)
{
	uint64_t hash = (uintptr_t)parent * 0x9E3779B97F4A7C15ULL ^
			(uintptr_t)dentry * 0xC2B2AE3D27D4EB4FULL;

	return (hash ^ hash >> 29) & (w->mount_hash_size - 1);
}

static void put_in_chain(struct world *w, struct world_mount *m)
{
	size_t hash = hash_of(w, m->now.parent, m->now.mountpoint);

	m->next_in_hash = w->mount_hash[hash];
	w->mount_hash[hash] = m;
}

static void hash_mount(struct world *w, struct world_mount *m)
{
	m->hashed = ++w->hash_clock;
	put_in_chain(w, m);
}

static void unhash_mount(struct world *w, struct world_mount *m)
{
	struct world_mount **at;

	if (!m->hashed)
		return;
	at = &w->mount_hash[hash_of(w, m->now.parent, m->now.mountpoint)];
	while (*at != m)
		at = &(*at)->next_in_hash;
	*at = m->next_in_hash;
	m->hashed = 0;
}

/* All of them again, in a table twice as large; without memory as it is. */
static void grow_hash(struct world *w)
{
	size_t size = w->mount_hash_size * 2, i;
	struct world_mount **table =
		arena_alloc(w->arena, size, sizeof(*table));

	if (!table)
		return;
	w->mount_hash = table;
	w->mount_hash_size = size;
	for (i = 0; i < w->nr_mounts; i++) {
		if (w->mounts[i]->hashed)
			put_in_chain(w, w->mounts[i]);
	}
}

/* Room for one more element; the old array is given back with the arena. */
static void *make_room(struct world *w, void *array, size_t n, size_t *room,
		       size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	char *new;

	if (n < *room)
		return array;
	new = arena_alloc(w->arena, more, size);
	if (!new) {
		w->no_memory = true;
		return NULL;
	}
	if (n)
		__builtin_memcpy(new, array, n * size);
	*room = more;
	return new;
}

struct world_mount *world_mount_alloc(struct world *w, int id,
				      struct world_dentry *root)
{
	struct world_mount **mounts, *m;

	mounts = make_room(w, w->mounts, w->nr_mounts, &w->mounts_room,
			   sizeof(*mounts));
	if (!mounts || !root)
		return NULL;
	w->mounts = mounts;
	m = arena_alloc(w->arena, 1, sizeof(*m));
	if (!m) {
		w->no_memory = true;
		return NULL;
	}
	w->steps++;
	m->id = id;
	m->root = root;
	m->now.parent = m;
	m->now.mountpoint = root;
	list_init(&m->mnt_mounts);
	list_init(&m->mnt_child);
	list_init(&m->mnt_share);
	list_init(&m->mnt_slave_list);
	list_init(&m->mnt_slave);
	list_init(&m->mnt_list);
	list_init(&m->mnt_umounting);
	list_init(&m->tree_list);
	m->index = w->nr_mounts;
	w->mounts[w->nr_mounts++] = m;
	if (w->nr_mounts > w->mount_hash_size)
		grow_hash(w);
	return m;
}

struct world_ns *world_ns_alloc(struct world *w)
{
	struct world_ns **all = make_room(w, w->namespaces, w->nr_namespaces,
					  &w->namespaces_room, sizeof(*all));
	struct world_ns *ns = arena_alloc(w->arena, 1, sizeof(*ns));

	if (!all || !ns) {
		w->no_memory = true;
		return NULL;
	}
	w->namespaces = all;
	ns->nr = w->nr_namespaces;
	w->namespaces[w->nr_namespaces++] = ns;
	return ns;
}

struct world_mount *lookup_mnt(struct world *w, const struct world_mount *m,
			       const struct world_dentry *dentry)
{
	struct world_mount *found = NULL, *child;

	for (child = w->mount_hash[hash_of(w, m, dentry)]; child;
	     child = child->next_in_hash) {
		w->steps++;
		if (child->now.parent == m && child->now.mountpoint == dentry &&
		    (!found || child->hashed > found->hashed))
			found = child;
	}
	return found;
}

struct world_mount *topmost_overmount(struct world *w, struct world_mount *m)
{
	struct world_mount *over;

	while ((over = lookup_mnt(w, m, m->root)))
		m = over;
	return m;
}

struct world_mount *next_in_tree(struct world_mount *p,
				 struct world_mount *root)
{
	struct list_head *next = p->mnt_mounts.next;

	if (next == &p->mnt_mounts) {
		while (1) {
			if (p == root)
				return NULL;
			next = p->mnt_child.next;
			if (next != &p->now.parent->mnt_mounts)
				break;
			p = p->now.parent;
		}
	}
	return list_mount(next, mnt_child);
}

struct world_mount *skip_mnt_tree(struct world_mount *p)
{
	while (!list_empty(&p->mnt_mounts))
		p = list_mount(p->mnt_mounts.prev, mnt_child);
	return p;
}

void mnt_set_mountpoint(struct world *w, struct world_mount *parent,
			struct world_dentry *mp, struct world_mount *child)
{
	child->placed = ++w->hash_clock;
	child->now.mountpoint = mp;
	child->now.parent = parent;
}

void make_visible(struct world *w, struct world_mount *m)
{
	hash_mount(w, m);
	list_add_tail(&m->mnt_child, &m->now.parent->mnt_mounts);
}

void attach_mnt(struct world *w, struct world_mount *m,
		struct world_mount *parent, struct world_dentry *mp)
{
	mnt_set_mountpoint(w, parent, mp, m);
	make_visible(w, m);
}

void mnt_change_mountpoint(struct world *w, struct world_mount *parent,
			   struct world_dentry *mp, struct world_mount *m)
{
	list_del_init(&m->mnt_child);
	unhash_mount(w, m);
	attach_mnt(w, m, parent, mp);
}

void umount_mnt(struct world *w, struct world_mount *m)
{
	list_del_init(&m->mnt_child);
	unhash_mount(w, m);
	mnt_set_mountpoint(w, m, m->root, m);
}

int count_mounts(struct world *w, struct world_ns *ns, struct world_mount *m)
{
	size_t max = w->mount_max, mounts = 0;
	struct world_mount *p;

	if (ns->nr_mounts >= max)
		return -ENOSPC;
	max -= ns->nr_mounts;
	if (ns->pending_mounts >= max)
		return -ENOSPC;
	max -= ns->pending_mounts;
	for (p = m; p; p = next_in_tree(p, m))
		mounts++;
	w->steps += mounts;
	if (mounts > max)
		return -ENOSPC;
	ns->pending_mounts += mounts;
	return 0;
}

bool has_locked_children(struct world_mount *m,
			 const struct world_dentry *dentry)
{
	struct world_mount *child;

	for (child = NULL; (child = world_next_child(m, child));) {
		if (is_locked(child) &&
		    is_subdir(child->now.mountpoint, dentry))
			return true;
	}
	return false;
}

bool is_path_reachable(const struct world_mount *m,
		       const struct world_dentry *dentry,
		       const struct world_mount *root,
		       const struct world_dentry *root_dentry)
{
	while (m != root && mnt_has_parent(m)) {
		dentry = m->now.mountpoint;
		m = m->now.parent;
	}
	return m == root && is_subdir(dentry, root_dentry);
}
