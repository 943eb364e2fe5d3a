// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of a snapshot in order of place, whatever their ids are. */
#include <stdlib.h>
#include <string.h>

#include "pairing.h"

/* To sort: what a mount's path does not say. */
struct place {
	struct mount *m;
	size_t level; /* how many mounts are beneath it on the same path */
};

static int compare_strings(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* In no namespace many are at "/", on nothing: those go by what they are. */
static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = 0;

	if (x->m->path != y->m->path)
		order = path_compare(x->m->path, y->m->path);
	if (!order)
		order = (x->level > y->level) - (x->level < y->level);
	if (!order)
		order = compare_strings(x->m->state, y->m->state);
	if (!order)
		order = strcmp(x->m->type, y->m->type);
	if (!order)
		order = compare_strings(x->m->source, y->m->source);
	if (!order)
		order = strcmp(x->m->root, y->m->root);
	if (!order)
		order = compare_strings(x->m->flags, y->m->flags);
	return order ? order : (x->m->id > y->m->id) - (x->m->id < y->m->id);
}

static bool is_stacked(const struct mount *m)
{
	return m->parent && !strcmp(m->path, m->parent->path);
}

static void find_levels(const struct snapshot *s, size_t *levels)
{
	struct mount *m;
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].parent)
			continue;
		for (m = &s->mounts[i]; m; m = next_mnt(m, &s->mounts[i])) {
			if (is_stacked(m))
				levels[m - s->mounts] =
					levels[m->parent - s->mounts] + 1;
		}
	}
}

/* Where the mounts of @ns go in @side->mounts is known. */
static void sort_mounts(struct side *side, struct placed_ns *ns,
			struct mount **mounts, const size_t *levels,
			struct place *places)
{
	const struct snapshot *s = side->s;
	size_t i;

	for (i = 0; i < ns->nr_mounts; i++)
		places[i] = (struct place){ mounts[i],
					    levels[mounts[i] - s->mounts] };
	qsort(places, ns->nr_mounts, sizeof(*places), by_place);
	for (i = 0; i < ns->nr_mounts; i++) {
		struct placed *p = &ns->mounts[i];

		p->m = places[i].m;
		p->ns = ns;
		side->of[p->m - s->mounts] = p;
	}
}

int side_lay_out(struct side *side, const struct snapshot *s,
		 struct arena *arena, struct arena *scratch)
{
	size_t *levels = arena_alloc(scratch, s->nr_mounts, sizeof(*levels));
	struct place *places =
		arena_alloc(scratch, s->nr_mounts, sizeof(*places));
	struct placed *next;
	size_t i;

	*side = (struct side){ .s = s, .nr_namespaces = s->nr_namespaces + 1 };
	side->namespaces = arena_alloc(arena, side->nr_namespaces,
				       sizeof(*side->namespaces));
	side->mounts = arena_alloc(arena, s->nr_mounts, sizeof(*side->mounts));
	side->of = arena_alloc(arena, s->nr_mounts, sizeof(struct placed *));
	if (!levels || !places || !side->namespaces || !side->mounts ||
	    !side->of)
		return -1;
	find_levels(s, levels);
	next = side->mounts;
	for (i = 0; i < side->nr_namespaces; i++) {
		struct placed_ns *ns = &side->namespaces[i];
		bool none = i == s->nr_namespaces;

		ns->ns = none ? NULL : &s->namespaces[i];
		ns->nr_mounts = none ? s->nr_unattached : ns->ns->nr_mounts;
		ns->mounts = next;
		next += ns->nr_mounts;
		sort_mounts(side, ns, none ? s->unattached : ns->ns->mounts,
			    levels, places);
	}
	return 0;
}
