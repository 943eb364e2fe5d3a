// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mount.h>

#include "scenarios.h"
#include "util.h"

#define CONTAINERS 1000
#define MOUNTS_OF_CONTAINER 30
#define SERVICES 150
#define MOUNTS_OF_HOST 40
#define PEERS 10000
#define DEEP 100
#define STACKED 1000

/*
 * Of a mount with nothing on it: for each bind mount the kernel looks at all that is
 * mounted on its source (has_locked_children()).
 */
#define SOURCE "/mnt/source"

void scene_fill(unsigned int nr)
{
	static unsigned int have;
	char path[64];

	must_mkdir(SOURCE);
	must_mount("source", SOURCE, "tmpfs", 0, NULL);
	must_make(SOURCE, MS_PRIVATE);
	for (; nr > 1; nr--) {
		snprintf(path, sizeof(path), "/mnt/%u", have++);
		must_mkdir(path);
		must_bind(SOURCE, path);
	}
}

void scene_copy(struct scene *scene, unsigned int nr,
		void (*setup)(void *unused))
{
	for (; nr; nr--) {
		if (scene->nr == scene->room) {
			scene->room = 2 * scene->room + 16;
			scene->pids = reallocarray(scene->pids, scene->room,
						   sizeof(*scene->pids));
			if (!scene->pids)
				die("memory");
		}
		scene->pids[scene->nr++] = child_start(0, setup, NULL);
	}
}

void scene_end(struct scene *scene)
{
	while (scene->nr)
		child_stop(scene->pids[--scene->nr]);
	free(scene->pids);
	*scene = (struct scene){};
}

static void make_slave(void *unused)
{
	(void)unused;
	must_make("/", MS_REC | MS_SLAVE);
}

/* As PrivateMounts= makes it: what the service mounts goes to its own children. */
static void make_shared_slave(void *unused)
{
	make_slave(unused);
	must_make("/", MS_REC | MS_SHARED);
}

/* A tmpfs that is shared, with @nr bind mounts in it. */
static void make_host(unsigned int nr)
{
	char path[64];

	must_mkdir("/mnt/host");
	must_mount("host", "/mnt/host", "tmpfs", 0, NULL);
	must_make("/mnt/host", MS_PRIVATE);
	for (; nr > 1; nr--) {
		snprintf(path, sizeof(path), "/mnt/host/%u", nr);
		must_mkdir(path);
		must_bind("/mnt/host", path);
	}
	must_make("/mnt/host", MS_REC | MS_SHARED);
}

static void one_namespace(struct scene *scene)
{
	(void)scene;
	scene_fill(10000);
}

static void ten_namespaces(struct scene *scene)
{
	scene_fill(1000);
	scene_copy(scene, 9, NULL);
}

static void container_host(struct scene *scene)
{
	make_host(MOUNTS_OF_CONTAINER);
	scene_copy(scene, CONTAINERS, make_slave);
}

static void systemd_host(struct scene *scene)
{
	make_host(MOUNTS_OF_HOST);
	scene_copy(scene, SERVICES, make_shared_slave);
}

static void one_group(struct scene *scene)
{
	unsigned int i;
	char path[64];

	(void)scene;
	must_mkdir("/mnt/peer");
	must_mount("peer", "/mnt/peer", "tmpfs", 0, NULL);
	must_make("/mnt/peer", MS_SHARED);
	for (i = 1; i < PEERS; i++) {
		snprintf(path, sizeof(path), "/mnt/p%u", i);
		must_mkdir(path);
		must_bind("/mnt/peer", path);
	}
}

/* Each is the slave of the one before, and shared. */
static void slave_chain(struct scene *scene)
{
	char path[64], before[64] = "/mnt/c0";
	unsigned int i;

	(void)scene;
	must_mkdir(before);
	must_mount("chain", before, "tmpfs", 0, NULL);
	must_make(before, MS_SHARED);
	for (i = 1; i <= DEEP; i++) {
		snprintf(path, sizeof(path), "/mnt/c%u", i);
		must_mkdir(path);
		must_bind(before, path);
		must_make(path, MS_SLAVE);
		must_make(path, MS_SHARED);
		snprintf(before, sizeof(before), "%s", path);
	}
}

static void one_place(struct scene *scene)
{
	unsigned int i;

	(void)scene;
	must_mkdir("/mnt/stack");
	for (i = 0; i < STACKED; i++)
		must_bind("/mnt", "/mnt/stack");
}

/* clang-format off */
const struct scenario scenarios[] = {
	{ "one", "one namespace, 10,000 mounts", one_namespace },
	{ "ten", "ten namespaces, 1,000 mounts in each", ten_namespaces },
	{ "containers", "1,000 namespaces, 30 mounts in each slaves of the host's",
	  container_host },
	{ "services", "150 namespaces, 40 mounts in each shared and slaves",
	  systemd_host },
	{ "peers", "one group of 10,000 peers", one_group },
	{ "chain", "slaves of slaves, 100 deep", slave_chain },
	{ "stack", "1,000 mounts on one place", one_place },
	{},
};

/* clang-format on */
