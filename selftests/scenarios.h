/* SPDX-License-Identifier: GPL-2.0-only */
/* Machines as they are found, made of real mounts; for benches and tests. */
#ifndef MNTPROP_TEST_SCENARIOS_H
#define MNTPROP_TEST_SCENARIOS_H

#include <stddef.h>
#include <sys/types.h>

/* The processes that live in the namespaces beside the caller's own. */
struct scene {
	pid_t *pids;
	size_t nr, room;
};

struct scenario {
	const char *name;
	const char *what;
	void (*make)(struct scene *scene);
};

/* The last one has no name. */
extern const struct scenario scenarios[];

/*
 * All of these want own_namespace(MS_PRIVATE) before, and add to what is there.
 * Each dies if it cannot.
 */

/* @nr mounts in this namespace, each at a place of its own, all private. */
void scene_fill(unsigned int nr);

/* Copies of this namespace, each changed by @setup, which may be NULL. */
void scene_copy(struct scene *scene, unsigned int nr,
		void (*setup)(void *unused));

/* Ends the processes, and with them their namespaces. */
void scene_end(struct scene *scene);

#endif
