/* SPDX-License-Identifier: GPL-2.0-only */
/* What the mounts of large machines look like, as many of them as wanted. */
#ifndef MNTPROP_SCENARIO_H
#define MNTPROP_SCENARIO_H

#include "scene.h"

struct scenario {
	const char *name;
	void (*make)(struct scene *sc, int n);
};

/*
 * big:		one namespace, a tenth of the mounts on its root, nine on each
 * containers:	30 mounts on the host, shared; 30 in each container, of which 20
 *		are slaves of the host's
 * systemd:	150 namespaces as PrivateMounts= makes them: a copy of the host's,
 *		each mount a slave of the host's and shared again
 * peers:	each mount of one group in a namespace of its own
 * chain:	100 namespaces, each mount a slave of that in the one before it, and
 *		shared
 * stack:	1,000 mounts on each place
 * tower:	all mounts but the root on one place, private, and a second namespace
 *
 * In all of them the first thing that is worth a question is at /srv/0 of the
 * initial namespace.
 */
extern const struct scenario scenarios[];
extern const size_t nr_scenarios;

/*
 * Puts @n mounts, or a few less where they come in equal parts, into an empty
 * scene.
 */
void scenario_make(struct scene *sc, const struct scenario *which, int n);

/*
 * What the next boot makes of it: all ids and groups are others, and every
 * @nth mount is at another place (0: none is).
 */
void scenario_reboot(struct scene *sc, int nth);

#endif
