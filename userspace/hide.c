// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which mounts a path lookup from the root of their namespace cannot reach.
 * At a mountpoint the lookup goes on in what is mounted there, so a mount is
 * out of reach if its parent is, if a child on the parent's root covers all of
 * the parent, or if a sibling is mounted on the way.
 *
 * Before 6.17, commit ffdc52fbbd58, two mounts can be on one mountpoint.  The
 * lookup finds the one that came last, which the snapshot does not tell: one of
 * them is named in it as a twin, and neither hides the other here.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

static bool on_root(const struct mount *m)
{
	return !m->mp_state && !strcmp(m->mountpoint, "/");
}

/* No lookup comes by a mountpoint that is not below its parent's root. */
static bool lost(const struct mount *m)
{
	return has_word(m->mp_state, "deleted") ||
	       has_word(m->mp_state, "outside");
}

static int by_mountpoint(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;
	int order = path_compare(x->mountpoint, y->mountpoint);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return !strncmp(path, top, len) && path[len] == '/';
}

static void hide(struct mount *m, struct mount *by)
{
	m->hidden = true;
	m->hidden_by = by;
}

/* @kids: the @n children of one mount that are mounted at a path below it. */
static void hide_below_siblings(struct snapshot *s, struct mount **kids,
				size_t n)
{
	struct mount *top = NULL;
	size_t i;

	qsort(kids, n, sizeof(*kids), by_mountpoint);
	for (i = 0; i < n; i++) {
		if (top && is_below(kids[i]->mountpoint, top->mountpoint))
			hide(kids[i], top);
		else if (!top || strcmp(kids[i]->mountpoint, top->mountpoint))
			top = kids[i];
		else
			s->twin = top;
	}
}

/* Here m->hidden only says that m is out of reach. */
static void hide_children(struct snapshot *s, struct mount *m,
			  struct mount *cover, struct mount **kids)
{
	struct mount *child;
	size_t n = 0;

	for (child = m->first_child; child; child = child->next_sibling) {
		if (m->hidden)
			hide(child, m->hidden_by);
		else if (on_root(child) && child != cover)
			s->twin = child;
		else if (on_root(child))
			continue;
		else if (lost(child))
			hide(child, NULL);
		else if (cover)
			hide(child, cover);
		else if (!child->mp_state)
			kids[n++] = child;
	}
	hide_below_siblings(s, kids, n);
}

int model_hide(struct snapshot *s, struct mount **order, struct arena *scratch)
{
	struct mount **kids = arena_alloc(scratch, s->nr_mounts, sizeof(*kids));
	size_t i;

	if (!kids)
		return -1;
	for (i = 0; i < s->nr_mounts; i++) {
		struct mount *m = order[i], *cover = m->first_child;

		/* no lookup begins there: there is nothing to be hidden from */
		if (!m->ns)
			continue;
		while (cover && !on_root(cover))
			cover = cover->next_sibling;
		hide_children(s, m, cover, kids);
		if (cover && !m->hidden)
			hide(m, cover);
	}
	return 0;
}
