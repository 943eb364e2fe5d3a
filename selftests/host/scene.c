// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "../../debugfs/format.h"
#include "scene.h"
#include "tap.h"

int scene_ns(struct scene *sc, int root, unsigned int user_ns)
{
	sc->roots[sc->nr_ns] = root;
	sc->user_ns[sc->nr_ns] = user_ns;
	return sc->nr_ns++;
}

struct scene_mount *scene_find(struct scene *sc, int id)
{
	size_t i;

	/* The root and the last ones are asked for most. */
	if (sc->nr_mounts && sc->mounts[0].id == id)
		return &sc->mounts[0];
	for (i = sc->nr_mounts; i-- > 0;) {
		if (sc->mounts[i].id == id)
			return &sc->mounts[i];
	}
	bail("no mount %d in the scene", id);
	return NULL;
}

struct scene_mount *scene_mount(struct scene *sc, int ns, int id, int parent,
				const char *mountpoint, int dev)
{
	struct scene_mount *m;

	if (sc->nr_mounts == sc->room) {
		sc->room = sc->room ? 2 * sc->room : 64;
		sc->mounts = realloc(sc->mounts, sc->room * sizeof(*m));
		if (!sc->mounts)
			bail("out of memory");
	}
	m = &sc->mounts[sc->nr_mounts++];
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
	sc->nr_slaves++;
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

static int children_of(const struct scene *sc, const struct scene_mount *m)
{
	size_t i;
	int n = 0;

	for (i = 0; i < sc->nr_mounts; i++)
		n += sc->mounts[i].parent == m->id && sc->mounts[i].id != m->id;
	return n;
}

/* Large scenes have no slaves and no counts: that would be quadratic. */
static void write_mount(struct scene *sc, struct builder *b,
			const struct scene_mount *m)
{
	const struct scene_mount *parent =
		m->parent == m->id ? m : scene_find(sc, m->parent);
	bool any = false;
	size_t i;

	build(b,
	      "mount id=%d ns=%d parent=%d mountpoint=%s mp_dentry=%016llx root=%s root_dentry=%016llx dev=0:%d type=tmpfs",
	      m->id, m->ns, m->parent, m->mountpoint,
	      (unsigned long long)dentry_hash(parent->dev, parent->root,
					      m->mountpoint),
	      m->root, (unsigned long long)dentry_hash(m->dev, m->root, "/"),
	      m->dev);
	if (m->flags[0])
		build(b, " flags=%s", m->flags);
	if (m->group)
		build(b, " group=%d", m->group);
	if (m->peer != m->id)
		build(b, " peer=%d", m->peer);
	if (m->master)
		build(b, " master=%d", m->master);
	if (m->busy)
		build(b, " count=%d", 1 + m->busy + children_of(sc, m));
	for (i = 0; sc->nr_slaves && m->group && i < sc->nr_mounts; i++) {
		if (sc->mounts[i].master != m->id)
			continue;
		build(b, any ? ",%d" : " slaves=%d", sc->mounts[i].id);
		any = true;
	}
	build(b, "\n");
}

void scene_world(struct scene *sc, const char *release)
{
	struct builder b = {};
	struct error err;
	size_t i, j, n;

	build(&b, "%s %d\n", MNTPROP_MAGIC, MNTPROP_VERSION);
	build(&b, "system release=%s mono=1 wall=2\n", release);
	build(&b,
	      "capture hold=3 retries=0 namespaces=%zu mounts=%zu complete=yes\n",
	      sc->nr_ns, sc->nr_mounts);
	for (i = 0; i < sc->nr_ns; i++) {
		for (n = 0, j = 0; j < sc->nr_mounts; j++)
			n += sc->mounts[j].ns == (int)i;
		build(&b,
		      "ns nr=%zu inum=%zu id=%zu user_ns=%u anon=0 root=%d nr_mounts=%zu found=%zu event=1 tasks=1 pid=%zu comm=task\n",
		      i, BUILD_INUM + i, i + 1, sc->user_ns[i], sc->roots[i], n,
		      n, i + 1);
	}
	for (i = 0; i < sc->nr_mounts; i++)
		write_mount(sc, &b, &sc->mounts[i]);
	build_end(&b, sc->nr_ns, sc->nr_mounts);
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
	free(sc->mounts);
	*sc = (struct scene){};
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
		op.source = world_lookup(sc->w, root, source);
	if (target)
		op.target = world_lookup(sc->w, root, target);
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
