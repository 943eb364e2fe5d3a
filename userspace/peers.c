// SPDX-License-Identifier: GPL-2.0-only
/* Peer groups: who is in them, and which groups and mounts are their slaves. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

static int by_group(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;

	if (x->group_id != y->group_id)
		return x->group_id > y->group_id ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Fills s->groups, members in order of their ids. */
static int find_groups(struct snapshot *s)
{
	struct mount **all = arena_alloc(s->arena, s->nr_mounts, sizeof(*all));
	struct peer_group *g;
	size_t i, n = 0;

	if (!all)
		return -1;
	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].group_id)
			all[n++] = &s->mounts[i];
	}
	qsort(all, n, sizeof(*all), by_group);
	for (i = 0; i < n; i++)
		s->nr_groups += !i || all[i]->group_id != all[i - 1]->group_id;
	s->groups = arena_alloc(s->arena, s->nr_groups, sizeof(*s->groups));
	if (!s->groups)
		return -1;
	for (g = s->groups, i = 0; i < n; i++) {
		if (i && all[i]->group_id != all[i - 1]->group_id)
			g++;
		if (!g->nr_members)
			g->members = &all[i];
		g->id = all[i]->group_id;
		g->nr_members++;
		all[i]->group = g;
	}
	return 0;
}

/* From order of ids to that of the ring; who is not in the ring comes last. */
static void follow_ring(const struct snapshot *s, struct peer_group *g,
			struct mount **ring, bool *seen)
{
	struct mount *m;
	size_t i, n = 0;

	for (m = g->members[0]; m && m->group == g && !seen[m - s->mounts];
	     m = m->peer) {
		seen[m - s->mounts] = true;
		ring[n++] = m;
	}
	for (i = 0; i < g->nr_members; i++) {
		if (!seen[g->members[i] - s->mounts])
			ring[n++] = g->members[i];
	}
	memcpy(g->members, ring, n * sizeof(*ring));
}

static int order_members(struct snapshot *s, struct arena *scratch)
{
	struct mount **ring = arena_alloc(scratch, s->nr_mounts, sizeof(*ring));
	bool *seen = arena_alloc(scratch, s->nr_mounts, sizeof(*seen));
	size_t i;

	if (!ring || !seen)
		return -1;
	for (i = 0; i < s->nr_groups; i++)
		follow_ring(s, &s->groups[i], ring, seen);
	return 0;
}

static int find_masters(struct snapshot *s, struct arena *scratch)
{
	size_t *next = arena_alloc(scratch, s->nr_groups, sizeof(*next));
	size_t i;

	if (!next)
		return -1;
	for (i = 0; i < s->nr_groups; i++) {
		struct peer_group *g = &s->groups[i];

		g->master = g->members[0]->master;
		next[i] = NOTHING;
		if (g->master && g->master->group)
			next[i] = g->master->group - s->groups;
	}
	if (model_cut_circles(next, s->nr_groups, scratch))
		return -1;
	for (i = 0; i < s->nr_groups; i++)
		s->groups[i].master_group =
			next[i] == NOTHING ? NULL : &s->groups[next[i]];
	return 0;
}

/* The group below which a mount that is in no group stands as a slave. */
static struct peer_group *master_group(const struct mount *m)
{
	return !m->group && m->master ? m->master->group : NULL;
}

/* Counts first, then fills: each group gets its part of one array. */
static int find_slaves(struct snapshot *s)
{
	struct peer_group **groups =
		arena_alloc(s->arena, s->nr_groups, sizeof(*groups));
	struct mount **mounts =
		arena_alloc(s->arena, s->nr_mounts, sizeof(*mounts));
	struct peer_group *g;
	size_t i;

	if (!groups || !mounts)
		return -1;
	for (i = 0; i < s->nr_groups; i++) {
		if (s->groups[i].master_group)
			s->groups[i].master_group->nr_slave_groups++;
	}
	for (i = 0; i < s->nr_mounts; i++) {
		g = master_group(&s->mounts[i]);
		if (g)
			g->nr_slaves++;
	}
	for (g = s->groups; g < s->groups + s->nr_groups; g++) {
		g->slave_groups = groups;
		groups += g->nr_slave_groups;
		g->nr_slave_groups = 0;
		g->slaves = mounts;
		mounts += g->nr_slaves;
		g->nr_slaves = 0;
	}
	for (i = 0; i < s->nr_groups; i++) {
		g = s->groups[i].master_group;
		if (g)
			g->slave_groups[g->nr_slave_groups++] = &s->groups[i];
	}
	for (i = 0; i < s->nr_mounts; i++) {
		g = master_group(s->by_id[i]);
		if (g)
			g->slaves[g->nr_slaves++] = s->by_id[i];
	}
	return 0;
}

int model_group(struct snapshot *s, struct arena *scratch)
{
	if (find_groups(s) || order_members(s, scratch) ||
	    find_masters(s, scratch))
		return -1;
	return find_slaves(s);
}
