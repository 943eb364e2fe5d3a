/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mount trees to try the model and the tool on, given by paths: the hashes of
 * dentries, the slave lists and what is mounted on a root follow from what is
 * said.
 */
#ifndef MNTPROP_SCENE_H
#define MNTPROP_SCENE_H

#include "builder.h"
#include "world.h"

#define SCENE_USER_NS 4026531837U /* WORLD_INIT_USER_NS */

struct scene_mount {
	int id, ns, parent, dev;
	char root[64], mountpoint[64];
	char flags[64]; /* words by comma */
	int group, peer, master, busy;
};

struct scene_ns {
	int root;
	unsigned int user_ns;
	size_t nr_mounts;
};

struct scene {
	struct scene_ns *namespaces;
	size_t nr_ns, ns_room;
	struct scene_mount *mounts;
	size_t nr_mounts, room;
	size_t *by_id; /* index of the mount, and one */
	size_t ids_room;
	/* Each mount has all the fields that a module's has. */
	bool full;
	struct snapshot *s;
	struct world *w;
};

/* A namespace, whose root is the mount @root. Returns its number. */
int scene_ns(struct scene *sc, int root, unsigned int user_ns);

/*
 * A private mount of "/" of filesystem @dev, on @mountpoint of @parent; what is
 * returned can be changed until the next call.
 */
struct scene_mount *scene_mount(struct scene *sc, int ns, int id, int parent,
				const char *mountpoint, int dev);

/* One more peer of @of, in the ring behind it; its group, if it had none: @group. */
void scene_peer(struct scene *sc, int of, int id, int group);

/* Slaves are on the list in order of their mounts; let peers come together. */
void scene_slave(struct scene *sc, int master, int id);
void scene_shared(struct scene *sc, int id, int group);
struct scene_mount *scene_find(struct scene *sc, int id);

/* The snapshot of it all that a kernel would give. */
void scene_text(struct scene *sc, struct builder *b, const char *release);

/* /proc/PID/mountinfo of a process in the namespace. */
void scene_mountinfo(struct scene *sc, struct builder *b, int ns);

/* The world of it all on a kernel; ends the test program if that fails. */
void scene_world(struct scene *sc, const char *release);
void scene_free(struct scene *sc);

/* Of the caller at the root of a namespace, with paths there. */
struct operation scene_operation(struct scene *sc, int ns,
				 enum operation_type type, const char *source,
				 const char *target);

/* Applies it; ends the test program without memory. */
struct outcome scene_do(struct scene *sc, const struct operation *op);

/* "private", "shared", "slave", "shared+slave", "unbindable". */
const char *scene_type(const struct world_mount *m);

/* The topmost mount at a path of a namespace. */
struct world_mount *scene_at(struct scene *sc, int ns, const char *path);

#endif
