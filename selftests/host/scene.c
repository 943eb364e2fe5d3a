// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "../../debugfs/format.h"
#include "scene.h"
#include "tap.h"

/* Room for element @n of an array, zeroed. */
static void *make_room(void *array, size_t n, size_t *room, size_t size)
{
	size_t had = *room;

	if (n < had)
		return array;
	*room = had ? had : 64;
	while (*room <= n)
		*room *= 2;
	array = realloc(array, *room * size);
	if (!array)
		bail("out of memory");
	memset((char *)array + had * size, 0, (*room - had) * size);
	return array;
}

int scene_ns(struct scene *sc, int root, unsigned int user_ns)
{
	sc->namespaces = make_room(sc->namespaces, sc->nr_ns, &sc->ns_room,
				   sizeof(*sc->namespaces));
	sc->namespaces[sc->nr_ns].root = root;
	sc->namespaces[sc->nr_ns].user_ns = user_ns;
	return sc->nr_ns++;
}

static size_t index_of(const struct scene *sc, int id)
{
	if (id < 0 || (size_t)id >= sc->ids_room || !sc->by_id[id])
		bail("no mount %d in the scene", id);
	return sc->by_id[id] - 1;
}

struct scene_mount *scene_find(struct scene *sc, int id)
{
	return &sc->mounts[index_of(sc, id)];
}

struct scene_mount *scene_mount(struct scene *sc, int ns, int id, int parent,
				const char *mountpoint, int dev)
{
	struct scene_mount *m;

	sc->mounts = make_room(sc->mounts, sc->nr_mounts, &sc->room,
			       sizeof(*sc->mounts));
	sc->by_id = make_room(sc->by_id, id, &sc->ids_room, sizeof(*sc->by_id));
	m = &sc->mounts[sc->nr_mounts++];
	sc->by_id[id] = sc->nr_mounts;
	*m = (struct scene_mount){
		.id = id,
		.ns = ns,
		.parent = parent,
		.dev = dev,
		.root = "/",
		.peer = id,
	};
	snprintf(m->mountpoint, sizeof(m->mountpoint), "%s", mountpoint);
	return m;
}

static void add_flag(struct scene_mount *m, const char *word)
{
	if (m->flags[0])
		strcat(m->flags, ",");
	strcat(m->flags, word);
}

void scene_shared(struct scene *sc, int id, int group)
{
	struct scene_mount *m = scene_find(sc, id);

	m->group = group;
	add_flag(m, "shared");
}

void scene_peer(struct scene *sc, int of, int id, int group)
{
	struct scene_mount *peer;

	if (!scene_find(sc, of)->group)
		scene_shared(sc, of, group);
	peer = scene_find(sc, of);
	scene_shared(sc, id, peer->group);
	scene_find(sc, id)->peer = peer->peer;
	peer->peer = id;
}

void scene_slave(struct scene *sc, int master, int id)
{
	scene_find(sc, id)->master = master;
}

/* The hash of a dentry is made of what identifies it. */
static uint64_t dentry_hash(int dev, const char *top, const char *path)
{
	uint64_t hash = 14695981039346656037ULL + dev;
	const char *p;

	for (p = strcmp(top, "/") ? top : ""; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
	for (p = strcmp(path, "/") ? path : ""; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
	return hash;
}

/* What follows for a mount from all the others, which have it by index. */
struct links {
	size_t first_slave, next_slave; /* index, and one */
	int children, overmount;
};

static struct links *find_links(const struct scene *sc)
{
	struct links *links = calloc(sc->nr_mounts, sizeof(*links));
	size_t i;

	if (!links)
		bail("out of memory");
	for (i = sc->nr_mounts; i-- > 0;) {
		const struct scene_mount *m = &sc->mounts[i];

		if (m->master) {
			struct links *master = &links[index_of(sc, m->master)];

			links[i].next_slave = master->first_slave;
			master->first_slave = i + 1;
		}
		if (m->parent != m->id) {
			struct links *parent = &links[index_of(sc, m->parent)];

			parent->children++;
			if (!strcmp(m->mountpoint, "/"))
				parent->overmount = m->id;
		}
	}
	return links;
}

static void write_slaves(const struct scene *sc, struct builder *b,
			 const struct links *links, size_t i)
{
	const char *before = " slaves=";

	for (i = links[i].first_slave; i; i = links[i - 1].next_slave) {
		build(b, "%s%d", before, sc->mounts[i - 1].id);
		before = ",";
	}
}

static void write_mount(struct scene *sc, struct builder *b,
			const struct links *links, size_t i)
{
	const struct scene_mount *m = &sc->mounts[i];
	const struct scene_mount *parent = scene_find(sc, m->parent);
	unsigned long long mp =
		dentry_hash(parent->dev, parent->root, m->mountpoint);
	unsigned long long root = dentry_hash(m->dev, m->root, "/");

	build(b, "mount id=%d", m->id);
	if (sc->full)
		build(b, " unique=%lld", (1LL << 31) + m->id);
	build(b, " ns=%d parent=%d mountpoint=%s mp_dentry=%016llx", m->ns,
	      m->parent, m->mountpoint, mp);
	if (sc->full)
		build(b, " mp_ino=%llu", mp >> 40);
	build(b, " root=%s root_dentry=%016llx", m->root, root);
	if (sc->full)
		build(b, " root_ino=%llu", root >> 40);
	build(b, " dev=%d:%d type=tmpfs", m->dev >> 20, m->dev & 0xfffff);
	if (sc->full)
		build(b, " source=disk%d", m->dev);
	if (m->flags[0])
		build(b, " flags=%s", m->flags);
	if (m->group)
		build(b, " group=%d", m->group);
	if (m->peer != m->id)
		build(b, " peer=%d", m->peer);
	if (m->master)
		build(b, " master=%d", m->master);
	write_slaves(sc, b, links, i);
	if (links[i].overmount)
		build(b, " overmount=%d", links[i].overmount);
	if (m->busy || sc->full)
		build(b, " count=%d", 1 + m->busy + links[i].children);
	build(b, "\n");
}

void scene_text(struct scene *sc, struct builder *b, const char *release)
{
	struct links *links = find_links(sc);
	size_t i;

	build(b, "%s %d\n", MNTPROP_MAGIC, MNTPROP_VERSION);
	build(b, "system release=%s mono=1 wall=2\n", release);
	build(b,
	      "capture hold=3 retries=0 namespaces=%zu mounts=%zu complete=yes\n",
	      sc->nr_ns, sc->nr_mounts);
	for (i = 0; i < sc->nr_ns; i++)
		sc->namespaces[i].nr_mounts = 0;
	for (i = 0; i < sc->nr_mounts; i++)
		sc->namespaces[sc->mounts[i].ns].nr_mounts++;
	for (i = 0; i < sc->nr_ns; i++) {
		const struct scene_ns *ns = &sc->namespaces[i];

		build(b,
		      "ns nr=%zu inum=%zu id=%zu user_ns=%u anon=0 root=%d nr_mounts=%zu found=%zu event=1 tasks=1 pid=%zu comm=task\n",
		      i, BUILD_INUM + i, i + 1, ns->user_ns, ns->root,
		      ns->nr_mounts, ns->nr_mounts, i + 1);
	}
	for (i = 0; i < sc->nr_mounts; i++)
		write_mount(sc, b, links, i);
	build_end(b, sc->nr_ns, sc->nr_mounts);
	free(links);
}

/* The mountpoints before one another; "/" adds nothing. */
static void write_path(struct scene *sc, struct builder *b,
		       const struct scene_mount *m)
{
	char buf[4096], *at = buf + sizeof(buf) - 1;

	*at = 0;
	for (; m->parent != m->id; m = scene_find(sc, m->parent)) {
		size_t len = strlen(m->mountpoint);

		if (!strcmp(m->mountpoint, "/"))
			continue;
		if (len > (size_t)(at - buf))
			bail("too deep a path for mountinfo");
		at -= len;
		memcpy(at, m->mountpoint, len);
	}
	build(b, "%s", *at ? at : "/");
}

void scene_mountinfo(struct scene *sc, struct builder *b, int ns)
{
	size_t i;

	for (i = 0; i < sc->nr_mounts; i++) {
		const struct scene_mount *m = &sc->mounts[i];

		if (m->ns != ns)
			continue;
		build(b, "%d %d %d:%d %s ", m->id, m->parent, m->dev >> 20,
		      m->dev & 0xfffff, m->root);
		write_path(sc, b, m);
		build(b, " rw,relatime");
		if (m->group)
			build(b, " shared:%d", m->group);
		if (m->master)
			build(b, " master:%d",
			      scene_find(sc, m->master)->group);
		build(b, " - tmpfs disk%d rw\n", m->dev);
	}
}

void scene_world(struct scene *sc, const char *release)
{
	struct builder b = {};
	struct error err;

	scene_text(sc, &b, release);
	sc->s = build_parse(&b, &err);
	if (!sc->s)
		bail("%s", err.text);
	sc->w = world_new(sc->s, NULL, &err);
	if (!sc->w)
		bail("%s", err.text);
}

void scene_free(struct scene *sc)
{
	world_free(sc->w);
	snapshot_free(sc->s);
	free(sc->namespaces);
	free(sc->mounts);
	free(sc->by_id);
	*sc = (struct scene){};
}

static struct place look_up(struct world *w, struct place root,
			    enum operation_type type, const char *path)
{
	return type == OP_REMOVE || type == OP_RENAME ?
		       world_lookup_name(w, root, path) :
		       world_lookup(w, root, path);
}

struct operation scene_operation(struct scene *sc, int ns,
				 enum operation_type type, const char *source,
				 const char *target)
{
	struct operation op = {
		.type = type,
		.ns = world_ns_of(sc->w, ns),
		.user_ns = world_ns_of(sc->w, ns)->user_ns,
	};
	struct place root = world_root(sc->w, op.ns);

	if (source)
		op.source = look_up(sc->w, root, type, source);
	if (target)
		op.target = look_up(sc->w, root, type, target);
	return op;
}

struct outcome scene_do(struct scene *sc, const struct operation *op)
{
	struct outcome o;
	struct error err;

	if (world_apply(sc->w, op, &o, &err))
		bail("%s", err.text);
	return o;
}

const char *scene_type(const struct world_mount *m)
{
	unsigned int flags = m->now.flags;

	if (flags & WORLD_UNBINDABLE)
		return m->now.master || (flags & WORLD_SHARED) ?
			       "unbindable and more" :
			       "unbindable";
	if (flags & WORLD_SHARED)
		return m->now.master ? "shared+slave" : "shared";
	return m->now.master ? "slave" : "private";
}

struct world_mount *scene_at(struct scene *sc, int ns, const char *path)
{
	return world_lookup(sc->w, world_root(sc->w, world_ns_of(sc->w, ns)),
			    path)
		.mount;
}
