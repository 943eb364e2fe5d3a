// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "scenario.h"

#define PER_CONTAINER 30
#define VOLUMES 20
#define SERVICES 150
#define DEPTH 100
#define HEIGHT 1000

/* Returns its id.  @dev 0 is a filesystem of its own. */
static int add(struct scene *sc, int ns, int parent, const char *mountpoint,
	       int dev)
{
	int id = sc->nr_mounts + 1;
	struct scene_mount *m;

	m = scene_mount(sc, ns, id, parent ? parent : id, mountpoint,
			dev ? dev : id);
	strcpy(m->flags, "relatime");
	return id;
}

static int add_shared(struct scene *sc, int ns, int parent,
		      const char *mountpoint, int dev)
{
	int id = add(sc, ns, parent, mountpoint, dev);

	scene_shared(sc, id, id);
	return id;
}

/* At /srv/@nr of a namespace, whose root is @parent. */
static int add_srv(struct scene *sc, int ns, int parent, int nr, int dev)
{
	char path[64];

	snprintf(path, sizeof(path), "/srv/%d", nr);
	return add_shared(sc, ns, parent, path, dev);
}

/* Returns its root. */
static int add_ns(struct scene *sc)
{
	int root = sc->nr_mounts + 1;

	return add(sc, scene_ns(sc, root, SCENE_USER_NS), 0, "/", 1);
}

static int add_host(struct scene *sc, int n)
{
	int root = add_ns(sc), i;

	scene_shared(sc, root, root);
	for (i = 0; i < n - 1; i++)
		add_srv(sc, 0, root, i, 0);
	return root;
}

static void make_big(struct scene *sc, int n)
{
	int root = add_ns(sc), top = root, i;
	char path[64];

	scene_shared(sc, root, root);
	for (i = 0; i < n - 2; i++) {
		if (i % 10 == 0) {
			top = add_srv(sc, 0, root, i / 10, 0);
			continue;
		}
		snprintf(path, sizeof(path), "/data/volume-%d", i % 10);
		add_shared(sc, 0, top, path, 0);
	}
	add_ns(sc);
}

static void add_container(struct scene *sc, int host)
{
	static const char *const own[] = {
		"/proc",
		"/dev",
		"/sys",
		"/etc/hosts",
		"/etc/resolv.conf",
		"/etc/hostname",
		"/run/secrets",
		"/tmp",
		"/var/log",
	};
	int root = add_ns(sc), ns = sc->nr_ns - 1, id;
	char path[64];
	size_t i;

	scene_find(sc, root)->dev = root;
	for (i = 0; i < ARRAY_SIZE(own); i++)
		add(sc, ns, root, own[i], 0);
	for (i = 0; i < VOLUMES; i++) {
		snprintf(path, sizeof(path), "/volume/%zu", i);
		id = add(sc, ns, root, path, scene_find(sc, host + 1 + i)->dev);
		scene_slave(sc, host + 1 + i, id);
	}
}

static void make_containers(struct scene *sc, int n)
{
	int host = add_host(sc, PER_CONTAINER), i;

	for (i = 1; i < n / PER_CONTAINER; i++)
		add_container(sc, host);
}

/* Mount by mount what the first namespace has, as slaves of @masters. */
static int copy_ns(struct scene *sc, int masters, int n)
{
	int root = add_ns(sc), ns = sc->nr_ns - 1, i;

	scene_shared(sc, root, root);
	for (i = 1; i < n; i++)
		add_srv(sc, ns, root, i - 1, scene_find(sc, 1 + i)->dev);
	for (i = 0; i < n; i++)
		scene_slave(sc, masters + i, root + i);
	return root;
}

static void make_systemd(struct scene *sc, int n)
{
	int each = n / (SERVICES + 1), host = add_host(sc, each), i;

	for (i = 0; i < SERVICES; i++)
		copy_ns(sc, host, each);
}

static void make_peers(struct scene *sc, int n)
{
	int root, id, i;

	for (i = 0; i < n / 2; i++) {
		root = add_ns(sc);
		id = add(sc, i, root, "/srv/0", 2);
		if (i)
			scene_peer(sc, 2, id, 2);
		else
			scene_shared(sc, id, id);
	}
}

static void make_chain(struct scene *sc, int n)
{
	int each = n / DEPTH, last = add_host(sc, each), i;

	for (i = 1; i < DEPTH; i++)
		last = copy_ns(sc, last, each);
}

static void make_stack(struct scene *sc, int n)
{
	int root = add_ns(sc), under = root, i;

	scene_shared(sc, root, root);
	for (i = 0; i < n - 2; i++) {
		if (i % HEIGHT == 0)
			under = add_srv(sc, 0, root, i / HEIGHT, 0);
		else
			under = add_shared(sc, 0, under, "/", 0);
	}
	add_ns(sc);
}

/* The second namespace is for questions about what arrives elsewhere. */
static void make_tower(struct scene *sc, int n)
{
	int root = add_ns(sc), under = root, i;

	scene_shared(sc, root, root);
	for (i = 0; i < n - 2; i++)
		under = i ? add(sc, 0, under, "/", 0) :
			    add(sc, 0, under, "/srv/0", 0);
	add_ns(sc);
}

const struct scenario scenarios[] = {
	{ "big", make_big },	     { "containers", make_containers },
	{ "systemd", make_systemd }, { "peers", make_peers },
	{ "chain", make_chain },     { "stack", make_stack },
	{ "tower", make_tower },
};

const size_t nr_scenarios = ARRAY_SIZE(scenarios);

void scenario_make(struct scene *sc, const struct scenario *which, int n)
{
	sc->full = true;
	which->make(sc, n);
}

void scenario_reboot(struct scene *sc, int nth)
{
	struct scene before = *sc;
	int more = before.nr_mounts;
	size_t i;

	sc->mounts = NULL;
	sc->by_id = NULL;
	sc->nr_mounts = 0;
	sc->room = 0;
	sc->ids_room = 0;
	for (i = 0; i < sc->nr_ns; i++)
		sc->namespaces[i].root += more;
	for (i = 0; i < before.nr_mounts; i++) {
		struct scene_mount m = before.mounts[i];

		m.id += more;
		m.parent += more;
		m.peer += more;
		m.master += m.master ? more : 0;
		m.group += m.group ? more : 0;
		if (nth && i % nth == 0 && m.parent != m.id &&
		    strcmp(m.mountpoint, "/"))
			strcat(m.mountpoint, "-moved");
		*scene_mount(sc, m.ns, m.id, m.parent, m.mountpoint, m.dev) = m;
	}
	free(before.mounts);
	free(before.by_id);
}
