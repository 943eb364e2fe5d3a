// SPDX-License-Identifier: GPL-2.0-only
/* A world from a snapshot, what is asked of it, and what an operation changed. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "compiler.h"
#include "vfs.h"

static const struct {
	const char *word;
	unsigned int flag;
} flag_words[] = {
	{ "shared", WORLD_SHARED },
	{ "unbindable", WORLD_UNBINDABLE },
	{ "locked", WORLD_LOCKED },
	{ "lock_atime", WORLD_LOCK_ATIME },
	{ "lock_ro", WORLD_LOCK_RO },
	{ "lock_nodev", WORLD_LOCK_NODEV },
	{ "lock_nosuid", WORLD_LOCK_NOSUID },
	{ "lock_noexec", WORLD_LOCK_NOEXEC },
	{ "ro", WORLD_RO },
	{ "nodev", WORLD_NODEV },
	{ "nosuid", WORLD_NOSUID },
	{ "noexec", WORLD_NOEXEC },
	{ "shrinkable", WORLD_SHRINKABLE },
	{ "expire", WORLD_EXPIRE },
	{ "noatime", WORLD_NOATIME },
	{ "nodiratime", WORLD_NODIRATIME },
	{ "relatime", WORLD_RELATIME },
	{ "nosymfollow", WORLD_NOSYMFOLLOW },
};

static unsigned int flag_of(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flag_words); i++) {
		const char *known = flag_words[i].word;

		if (*word == *known && !strncmp(word, known, len) &&
		    !known[len])
			return flag_words[i].flag;
	}
	return 0;
}

unsigned int world_flags(const char *words)
{
	unsigned int flags = 0;
	size_t len;

	for (; words && *words; words += len + !!words[len]) {
		len = strcspn(words, ",");
		flags |= flag_of(words, len);
	}
	return flags;
}

static int make_namespaces(struct world *w)
{
	size_t i;

	for (i = 0; i < w->snapshot->nr_namespaces; i++) {
		const struct mnt_namespace *from = &w->snapshot->namespaces[i];
		struct world_ns *ns = world_ns_alloc(w);

		if (!ns)
			return -1;
		ns->origin = from;
		ns->id = from->id;
		ns->user_ns = from->user_ns;
		ns->anon = from->anon;
		ns->nr_mounts = from->nr_mounts;
		if (from->id > w->last_ns_id)
			w->last_ns_id = from->id;
	}
	return 0;
}

/* The file of a namespace has its inode number as its own. */
static const struct world_ns *mnt_ns_file(const struct world *w,
					  const struct mount *m)
{
	const struct mnt_namespace *ns = NULL;

	if (!strcmp(m->type, "nsfs"))
		ns = snapshot_ns(w->snapshot, m->root_ino);
	return ns ? w->namespaces[ns - w->snapshot->namespaces] : NULL;
}

static struct world_dentry *mountpoint_of(struct world *w,
					  const struct world_mount *parent,
					  const struct mount *m)
{
	const struct world_dentry *top = parent->root;
	const char *path;

	/* The path of one that is out of reach begins at the filesystem's root. */
	if (has_word(m->mp_state, "outside"))
		return world_dentry_get(w, top->sb, m->mountpoint, m->mp_dentry,
					m->mp_state);
	if (!strcmp(m->mountpoint, "/") && !m->mp_state)
		return parent->root;
	path = world_path_join(w, top, m->mountpoint);
	return path ? world_dentry_get(w, top->sb, path, m->mp_dentry,
				       m->mp_state) :
		      NULL;
}

/* Not one of the kernel's own, that no path has led to. */
static bool is_unmounted(const struct mount *m)
{
	return m->state && !strcmp(m->state, "unmounted");
}

static int make_mounts(struct world *w, struct world_mount **by_index)
{
	const struct snapshot *s = w->snapshot;
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *from = &s->mounts[i];
		struct world_dentry *root;
		struct world_mount *m;
		struct world_sb *sb;

		if (!from->ns && !is_unmounted(from))
			continue;
		sb = world_sb_get(w, from->major, from->minor);
		if (sb && has_word(from->sb_flags, "ro"))
			sb->read_only = true;
		root = world_dentry_get(w, sb, from->root, from->root_dentry,
					from->root_state);
		m = world_mount_alloc(w, from->id, root);
		if (!m)
			return -1;
		by_index[i] = m;
		m->origin = from;
		if (from->ns)
			m->now.ns = w->namespaces[from->ns - s->namespaces];
		m->now.flags = world_flags(from->flags) & ~WORLD_SHARED;
		m->mnt_ns_file = mnt_ns_file(w, from);
	}
	return 0;
}

static struct world_mount *of(const struct world *w,
			      struct world_mount *const *by_index,
			      const struct mount *m)
{
	return m ? by_index[m - w->snapshot->mounts] : NULL;
}

static int make_trees(struct world *w, struct world_mount **by_index)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		struct world_mount *m = w->mounts[i];
		struct world_mount *parent = of(w, by_index, m->origin->parent);
		struct world_dentry *mp;

		if (!parent)
			continue;
		mp = mountpoint_of(w, parent, m->origin);
		if (!mp)
			return -1;
		attach_mnt(w, m, parent, mp);
	}
	for (i = 0; i < w->nr_namespaces; i++)
		w->namespaces[i]->root =
			of(w, by_index, w->namespaces[i]->origin->root);
	return 0;
}

/* What is left of the counts is held by processes, files and the like. */
static void count_users(struct world *w)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		struct world_mount *m = w->mounts[i];
		const struct list_head *child;

		m->busy = m->origin->count - 1;
		if (w->rules->children_are_counted) {
			for (child = m->mnt_mounts.next;
			     child != &m->mnt_mounts; child = child->next)
				m->busy--;
		}
		if (m->origin->count < 0 || m->busy < 0)
			m->busy = 0;
	}
}

/* The members that are mounted; in the order that the snapshot has them. */
static void make_rings(struct world *w, struct world_mount **by_index)
{
	size_t i, j;

	for (i = 0; i < w->snapshot->nr_groups; i++) {
		const struct peer_group *g = &w->snapshot->groups[i];
		struct world_mount *first = NULL;

		for (j = 0; j < g->nr_members; j++) {
			struct world_mount *m = of(w, by_index, g->members[j]);

			if (!m || !m->now.ns)
				continue;
			m->now.group_id = g->id;
			set_mnt_shared(m);
			if (!first)
				first = m;
			else
				list_add_tail(&m->mnt_share, &first->mnt_share);
		}
	}
}

/*
 * The whole group of @m becomes slave of @master, side by side as the walks need
 * it, beginning with @m.
 */
static void add_slave(struct world_mount *m, struct world_mount *master)
{
	struct world_mount *p = m;

	do {
		p->now.master = master;
		list_add_tail(&p->mnt_slave, &master->mnt_slave_list);
		p = next_peer(p);
	} while (p != m);
}

/*
 * Which mount is the master of @m, for its group the same: one that is shared.
 * The groups' masters make no circle, so neither do these.
 */
static struct world_mount *master_of(const struct world *w,
				     struct world_mount *const *by_index,
				     const struct mount *m)
{
	struct world_mount *master;

	if (m->group && !m->group->master_group)
		return NULL;
	master = of(w, by_index, m->group ? m->group->master : m->master);
	return master && is_shared(master) ? master : NULL;
}

static void make_slaves(struct world *w, struct world_mount **by_index)
{
	size_t i, j;

	for (i = 0; i < w->nr_mounts; i++) {
		struct world_mount *master = w->mounts[i];
		const struct mount *from = master->origin;

		for (j = 0; j < from->nr_slaves; j++) {
			struct world_mount *m =
				of(w, by_index, from->slaves[j]);

			if (m && m->now.ns && !m->now.master &&
			    master_of(w, by_index, m->origin) == master)
				add_slave(m, master);
		}
	}
	/* those that no list has */
	for (i = 0; i < w->nr_mounts; i++) {
		struct world_mount *m = w->mounts[i], *master;

		master = master_of(w, by_index, m->origin);
		if (m->now.ns && !m->now.master && master)
			add_slave(m, master);
	}
}

static int build(struct world *w)
{
	struct world_mount **by_index;
	size_t size = 1024;

	while (size < w->snapshot->nr_mounts * 2)
		size *= 2;
	w->mount_hash_size = size;
	w->dentry_hash_size = size;
	w->sb_hash_size = size;
	w->mount_hash = arena_alloc(w->arena, size, sizeof(*w->mount_hash));
	w->dentry_hash = arena_alloc(w->arena, size, sizeof(*w->dentry_hash));
	w->sb_hash = arena_alloc(w->arena, size, sizeof(*w->sb_hash));
	by_index = arena_alloc(w->arena, w->snapshot->nr_mounts,
			       sizeof(struct world_mount *));
	if (!w->mount_hash || !w->dentry_hash || !w->sb_hash || !by_index ||
	    make_namespaces(w) || make_mounts(w, by_index) ||
	    make_trees(w, by_index))
		return -1;
	count_users(w);
	make_rings(w, by_index);
	make_slaves(w, by_index);
	if (group_numbers_init(w))
		return -1;
	w->by_index = by_index;
	return 0;
}

static struct world *out_of_memory(struct world *w, const char *name,
				   struct error *err)
{
	error_set(err, "%s: out of memory", name);
	world_free(w);
	return NULL;
}

struct world *world_new_by_rules(const struct snapshot *s,
				 const struct rules *rules, struct error *err)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rules *own;

	if (!w)
		return out_of_memory(w, s->name, err);
	w->snapshot = s;
	w->mount_max = WORLD_MOUNT_MAX;
	w->arena = arena_new();
	own = w->arena ? arena_alloc(w->arena, 1, sizeof(*own)) : NULL;
	if (!own)
		return out_of_memory(w, s->name, err);
	*own = *rules;
	w->rules = own;
	if (build(w))
		return out_of_memory(w, s->name, err);
	w->steps = 0;
	return w;
}

struct world *world_new(const struct snapshot *s, const char *release,
			struct error *err)
{
	struct rules rules;

	if (release)
		rules_for(release, &rules);
	else
		rules_of(s, &rules);
	return world_new_by_rules(s, &rules, err);
}

void world_free(struct world *w)
{
	if (!w)
		return;
	arena_free(w->arena);
	free(w);
}

struct world_mount *world_mount_of(const struct world *w, int id)
{
	const struct mount *m = snapshot_mount(w->snapshot, id);

	return m && m->ns ? w->by_index[m - w->snapshot->mounts] : NULL;
}

struct world_mount *world_unmounted(const struct world *w, int id)
{
	const struct mount *m = snapshot_mount(w->snapshot, id);

	return m && !m->ns ? w->by_index[m - w->snapshot->mounts] : NULL;
}

struct world_ns *world_ns_of(const struct world *w, unsigned int nr)
{
	return nr < w->nr_namespaces ? w->namespaces[nr] : NULL;
}

/* The dentry of the first component of *@at below @d, and *@at after it. */
static struct world_dentry *step(struct world *w, struct world_dentry *d,
				 const char **at)
{
	size_t len = strcspn(*at, "/");
	char *name = arena_alloc(w->arena, len + 2, 1);

	if (!name) {
		w->no_memory = true;
		return NULL;
	}
	name[0] = '/';
	memcpy(name + 1, *at, len);
	*at += len;
	return world_dentry_below(w, d, name);
}

struct place world_lookup(struct world *w, struct place root, const char *path)
{
	struct world_mount *m = root.mount, *over;
	struct world_dentry *d = world_dentry_below(w, m->root, root.path);
	const char *at = path + strspn(path, "/");

	if (!*at)
		root.here = true;
	while (d && *at) {
		d = step(w, d, &at);
		while (d && (over = lookup_mnt(w, m, d))) {
			m = over;
			d = m->root;
		}
		at += strspn(at, "/");
		root.here = false;
	}
	if (!d)
		return (struct place){};
	return (struct place){ m, world_path_in(m, d), root.here, false };
}

struct place world_lookup_name(struct world *w, struct place root,
			       const char *path)
{
	const char *name = strrchr(path, '/');
	char *above = arena_alloc(w->arena, name - path + 2, 1), *whole;
	struct place place = {};

	if (!above) {
		w->no_memory = true;
		return place;
	}
	memcpy(above, path, name == path ? 1 : name - path);
	place = world_lookup(w, root, above);
	if (!place.mount || !name[1])
		return place;
	whole = strcmp(place.path, "/") ?
			arena_join(w->arena, place.path, name) :
			arena_strdup(w->arena, name);
	if (!whole) {
		w->no_memory = true;
		return (struct place){};
	}
	return (struct place){ place.mount, whole, true, false };
}

struct place world_root(struct world *w, const struct world_ns *ns)
{
	return (struct place){
		.mount = ns->root ? topmost_overmount(w, ns->root) : NULL,
		.path = "/",
	};
}

static void begin(struct world *w)
{
	size_t i;

	w->operations++;
	for (i = 0; i < w->nr_mounts; i++)
		w->mounts[i]->before = w->mounts[i]->now;
	for (i = 0; i < w->nr_namespaces; i++)
		w->namespaces[i]->nr_mounts_before =
			w->namespaces[i]->nr_mounts;
}

/* Whether @m appeared or moved to where another mount was, now on top of it. */
static bool is_beneath(struct world *w, const struct world_mount *m)
{
	const struct world_mount *over = lookup_mnt(w, m, m->root);

	return over && over->before.ns &&
	       over->before.parent == m->now.parent &&
	       over->before.mountpoint == m->now.mountpoint;
}

static unsigned int what_changed(struct world *w, struct world_mount *m)
{
	const struct world_state *now = &m->now, *before = &m->before;
	unsigned int what = 0;

	if (!now->ns)
		return before->ns ? CHANGE_GONE : 0;
	if (!before->ns)
		what |= CHANGE_APPEARED;
	else if (now->ns != before->ns || now->parent != before->parent ||
		 now->mountpoint != before->mountpoint)
		what |= CHANGE_MOVED;
	if (what && is_beneath(w, m))
		what |= CHANGE_BENEATH;
	if (what & CHANGE_APPEARED)
		return what;
	if (mnt_has_parent(m) && now->mountpoint->renamed == w->operations)
		what |= CHANGE_RENAMED;
	if (now->group_id != before->group_id ||
	    now->master != before->master ||
	    (now->flags ^ before->flags) & (WORLD_SHARED | WORLD_UNBINDABLE))
		what |= CHANGE_TYPE;
	if ((now->flags ^ before->flags) & WORLD_LOCKED)
		what |= CHANGE_LOCKED;
	if ((now->flags ^ before->flags) & WORLD_SETTABLE)
		what |= CHANGE_FLAGS;
	return what;
}

static int tell_changes(struct world *w, struct outcome *o)
{
	size_t i;

	if (w->changes_room < w->nr_mounts) {
		w->changes_room = w->nr_mounts * 2;
		w->changes = arena_alloc(w->arena, w->changes_room,
					 sizeof(*w->changes));
		if (!w->changes)
			return -1;
	}
	o->changes = w->changes;
	for (i = 0; i < w->nr_mounts; i++) {
		unsigned int what = what_changed(w, w->mounts[i]);

		if (what)
			o->changes[o->nr_changes++] = (struct world_change){
				.mount = w->mounts[i],
				.what = what,
			};
	}
	return 0;
}

int world_apply(struct world *w, const struct operation *op, struct outcome *o,
		struct error *err)
{
	*o = (struct outcome){};
	begin(w);
	operate(w, op, o);
	if (w->no_memory || tell_changes(w, o))
		return error_set(err, "%s: out of memory", w->snapshot->name);
	return 0;
}

void world_use(struct world_mount *m)
{
	m->now.flags &= ~WORLD_EXPIRY_MARK;
}

void world_undo_use(struct world *w)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		struct world_mount *m = w->mounts[i];

		m->now.flags &= ~WORLD_EXPIRY_MARK;
		m->now.flags |= m->before.flags & WORLD_EXPIRY_MARK;
	}
}

struct world_mount *world_next_child(const struct world_mount *parent,
				     const struct world_mount *child)
{
	const struct list_head *next = child ? child->mnt_child.next :
					       parent->mnt_mounts.next;

	return next == &parent->mnt_mounts ? NULL : list_mount(next, mnt_child);
}

struct world_mount *world_next_peer(const struct world_mount *m)
{
	return next_peer(m);
}

struct world_mount *world_next_slave(const struct world_mount *master,
				     const struct world_mount *slave)
{
	const struct list_head *next = slave ? slave->mnt_slave.next :
					       master->mnt_slave_list.next;

	return next == &master->mnt_slave_list ? NULL :
						 list_mount(next, mnt_slave);
}

struct world_mount *world_mounted_on(struct world *w,
				     const struct world_mount *m,
				     const struct world_dentry *dentry)
{
	return lookup_mnt(w, m, dentry);
}

const char *world_mountpoint(const struct world_mount *m)
{
	return world_path_in(m->now.parent, m->now.mountpoint);
}
