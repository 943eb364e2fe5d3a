// SPDX-License-Identifier: GPL-2.0-only
/*
 * Links the records up.  The links come from a file, so one that leads nowhere
 * becomes NULL and a circle is cut: who follows parents, masters or groups
 * upwards always gets to an end.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../debugfs/format.h"
#include "cgroup.h"
#include "model.h"

/* Composed paths are kept to this, or a deep tree would need memory squared. */
#define PATH_LIMIT (2 * PATH_MAX)

static int by_id(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static int index_mounts(struct snapshot *s, struct error *err)
{
	size_t i;

	s->by_id = arena_alloc(s->arena, s->nr_mounts, sizeof(*s->by_id));
	if (!s->by_id)
		return error_set(err, "%s: out of memory", s->name);
	for (i = 0; i < s->nr_mounts; i++)
		s->by_id[i] = &s->mounts[i];
	qsort(s->by_id, s->nr_mounts, sizeof(*s->by_id), by_id);
	for (i = 1; i < s->nr_mounts; i++) {
		const struct mount *m = s->by_id[i], *other = s->by_id[i - 1];

		if (m->id != other->id)
			continue;
		if (m->line < other->line)
			m = other;
		return error_set(err, "%s:%zu: %s: %d is that of another mount",
				 s->name, m->line, MNTPROP_F_ID, m->id);
	}
	return 0;
}

static int link_namespaces(struct snapshot *s)
{
	struct mount **all = arena_alloc(s->arena, s->nr_mounts, sizeof(*all));
	size_t i;

	if (!all)
		return -1;
	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].ns)
			s->mounts[i].ns->nr_mounts++;
	}
	for (i = 0; i < s->nr_namespaces; i++) {
		struct mnt_namespace *ns = &s->namespaces[i];

		ns->mounts = all;
		all += ns->nr_mounts;
		ns->nr_mounts = 0;
		ns->root = ns->root_id ? snapshot_mount(s, ns->root_id) : NULL;
		if (ns->cgroup &&
		    cgroup_container(s->arena, ns->cgroup, &ns->container))
			return -1;
	}
	s->namespaces[0].initial = !s->no_init;
	s->unattached = all;
	for (i = 0; i < s->nr_mounts; i++) {
		struct mnt_namespace *ns = s->mounts[i].ns;

		if (ns)
			ns->mounts[ns->nr_mounts++] = &s->mounts[i];
		else
			s->unattached[s->nr_unattached++] = &s->mounts[i];
	}
	return 0;
}

int model_cut_circles(size_t *next, size_t n, struct arena *scratch)
{
	size_t *walk = arena_alloc(scratch, n, sizeof(*walk));
	size_t i, j, last;

	if (!walk)
		return -1;
	for (i = 0; i < n; i++) {
		last = NOTHING;
		for (j = i; j != NOTHING && !walk[j]; j = next[j]) {
			walk[j] = i + 1;
			last = j;
		}
		if (j != NOTHING && walk[j] == i + 1)
			next[last] = NOTHING;
	}
	return 0;
}

/* @member: offset of the pointer by which mounts hang from one another. */
static int cut_circles(struct snapshot *s, size_t member, struct arena *scratch)
{
	size_t *next = arena_alloc(scratch, s->nr_mounts, sizeof(*next));
	size_t i;

	if (!next)
		return -1;
	for (i = 0; i < s->nr_mounts; i++) {
		struct mount *up =
			*(struct mount **)((char *)&s->mounts[i] + member);

		next[i] = up ? (size_t)(up - s->mounts) : NOTHING;
	}
	if (model_cut_circles(next, s->nr_mounts, scratch))
		return -1;
	for (i = 0; i < s->nr_mounts; i++) {
		if (next[i] == NOTHING)
			*(struct mount **)((char *)&s->mounts[i] + member) =
				NULL;
	}
	return 0;
}

static int link_slaves(struct snapshot *s, struct mount *m)
{
	size_t i;

	m->slaves = arena_alloc(s->arena, m->nr_slaves, sizeof(*m->slaves));
	if (!m->slaves)
		return -1;
	for (i = 0; i < m->nr_slaves; i++)
		m->slaves[i] = snapshot_mount(s, m->slave_ids[i]);
	return 0;
}

static int link_mounts(struct snapshot *s, struct arena *scratch)
{
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		struct mount *m = &s->mounts[i];

		m->parent = m->parent_id == m->id ?
				    NULL :
				    snapshot_mount(s, m->parent_id);
		if (m->parent && m->parent->ns != m->ns)
			m->parent = NULL;
		m->peer = snapshot_mount(s, m->peer_id);
		m->master = m->master_id ? snapshot_mount(s, m->master_id) :
					   NULL;
		m->overmount = m->overmount_id ?
				       snapshot_mount(s, m->overmount_id) :
				       NULL;
		if (link_slaves(s, m))
			return -1;
	}
	if (cut_circles(s, offsetof(struct mount, parent), scratch) ||
	    cut_circles(s, offsetof(struct mount, master), scratch))
		return -1;
	for (i = s->nr_mounts; i-- > 0;) {
		struct mount *m = s->by_id[i];

		if (m->parent) {
			m->next_sibling = m->parent->first_child;
			m->parent->first_child = m;
		}
	}
	return 0;
}

/* Level by level, so that whatever a parent passes on is there in time. */
static void sort_parents_first(struct snapshot *s, struct mount **order)
{
	struct mount *child;
	size_t i, n = 0;

	for (i = 0; i < s->nr_mounts; i++) {
		if (!s->by_id[i]->parent)
			order[n++] = s->by_id[i];
	}
	for (i = 0; i < n; i++) {
		for (child = order[i]->first_child; child;
		     child = child->next_sibling)
			order[n++] = child;
	}
}

static char *join(struct arena *a, const char *base, const char *name)
{
	size_t base_len = strlen(base), len = base_len + strlen(name);
	size_t skip = len > PATH_LIMIT ? len - PATH_LIMIT : 0;
	char *path = arena_alloc(a, len - skip + sizeof("..."), 1);
	char *end = path;

	if (!path)
		return NULL;
	if (skip)
		end = stpcpy(end, "...");
	if (skip < base_len)
		end = stpcpy(end, base + skip);
	strcpy(end, skip > base_len ? name + (skip - base_len) : name);
	return path;
}

static int compose_path(struct snapshot *s, struct mount *m)
{
	char *base = m->parent ? m->parent->path : NULL;

	/* The kernel may have left there where it has been copied from. */
	if (m->parent_id == m->id)
		m->path = arena_strdup(s->arena, "/");
	else if (has_word(m->mp_state, "toodeep"))
		m->path = join(s->arena, "...", m->mountpoint);
	else if (!base || !strcmp(base, "/"))
		m->path = m->mountpoint;
	else if (!strcmp(m->mountpoint, "/"))
		m->path = base;
	else
		m->path = join(s->arena, base, m->mountpoint);
	return m->path ? 0 : -1;
}

static int link_tree(struct snapshot *s, struct arena *scratch)
{
	struct mount **order =
		arena_alloc(scratch, s->nr_mounts, sizeof(*order));
	size_t i;

	if (!order)
		return -1;
	sort_parents_first(s, order);
	for (i = 0; i < s->nr_mounts; i++) {
		if (compose_path(s, order[i]))
			return -1;
	}
	return model_hide(s, order, scratch);
}

int model_link(struct snapshot *s, struct error *err)
{
	struct arena *scratch;
	int rc;

	if (index_mounts(s, err))
		return -1;
	scratch = arena_new();
	rc = !scratch || link_namespaces(s) || link_mounts(s, scratch) ||
	     link_tree(s, scratch) || model_group(s, scratch);
	arena_free(scratch);
	return rc ? error_set(err, "%s: out of memory", s->name) : 0;
}
