// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "vfs.h"
#include "view.h"

#define PATH_LIMIT (2 * PATH_MAX)

/* Whether a lookup comes to the root of a mount, before it crosses what is there. */
struct arrival {
	bool known, reached;
	struct world_mount *by; /* that is where it goes instead */
};

struct view {
	struct world *w;
	struct arrival *arrivals; /* by index of the mount */
	struct world_mount **climb; /* from a mount up to one that is known */
};

struct view *view_new(struct world *w)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->w = w;
	v->arrivals = calloc(w->nr_mounts + 1, sizeof(*v->arrivals));
	v->climb = calloc(w->nr_mounts + 1, sizeof(struct world_mount *));
	if (!v->arrivals || !v->climb) {
		view_free(v);
		return NULL;
	}
	return v;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	free(v->arrivals);
	free(v->climb);
	free(v);
}

/* The first mount on @p that a lookup of @mp, below its root, comes across. */
static struct world_mount *first_on_way(struct world *w,
					const struct world_mount *p,
					const struct world_dentry *mp)
{
	char *path = strdup(world_path_in(p, mp)), *slash = path;
	struct world_mount *found = NULL;
	struct world_dentry *d;

	while (path && !found && (slash = strchr(slash + 1, '/'))) {
		*slash = 0;
		d = world_dentry_find(w, p->root, path);
		found = d ? lookup_mnt(w, p, d) : NULL;
		*slash = '/';
	}
	if (!path)
		w->no_memory = true;
	free(path);
	return found ? found : lookup_mnt(w, p, mp);
}

/* That of the parent is known. */
static struct arrival arrive(struct view *v, const struct world_mount *m)
{
	const struct world_dentry *mp = m->now.mountpoint;
	struct arrival a = { .known = true };
	struct world_mount *p = m->now.parent;

	if (!mnt_has_parent(m)) {
		a.reached = true;
		return a;
	}
	if (!v->arrivals[p->index].reached) {
		a.by = v->arrivals[p->index].by;
		return a;
	}
	if (mp->unlinked || !is_subdir(mp, p->root))
		return a;
	a.by = lookup_mnt(v->w, p, p->root);
	if (!a.by)
		a.by = first_on_way(v->w, p, mp);
	if (a.by == m) {
		a.reached = true;
		a.by = NULL;
	}
	return a;
}

bool view_hidden(struct view *v, struct world_mount *m, struct world_mount **by)
{
	const struct arrival *a = &v->arrivals[m->index];
	struct world_mount *p;
	size_t n = 0;

	for (p = m; !v->arrivals[p->index].known; p = p->now.parent) {
		v->climb[n++] = p;
		if (!mnt_has_parent(p))
			break;
	}
	while (n--)
		v->arrivals[v->climb[n]->index] = arrive(v, v->climb[n]);
	*by = a->reached ? lookup_mnt(v->w, m, m->root) : a->by;
	return !a->reached || *by;
}

/* Puts the mountpoints before one another, as far as there is room. */
static char *compose(const struct world_mount *m, char *end, char *start)
{
	for (; mnt_has_parent(m); m = m->now.parent) {
		const char *mountpoint = world_mountpoint(m);
		size_t len = strlen(mountpoint), room = end - start;

		if (!strcmp(mountpoint, "/"))
			continue;
		if (len > room) {
			memcpy(start, mountpoint + len - room, room);
			memcpy(start, "...", strlen("..."));
			return start;
		}
		end -= len;
		memcpy(end, mountpoint, len);
	}
	return end;
}

char *view_path(const struct world_mount *m)
{
	char buf[PATH_LIMIT + 1], *path;

	buf[PATH_LIMIT] = 0;
	path = compose(m, buf + PATH_LIMIT, buf);
	return strdup(*path ? path : "/");
}
