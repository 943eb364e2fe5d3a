// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "outline.h"

/* Numbers in order of appearance, for what only has to be told from its like. */
struct numbers {
	uintptr_t *known;
	size_t nr;
};

struct printer {
	const struct outline *o;
	FILE *f;
	const struct outline_mount **sorted; /* parents and children alike */
	struct numbers filesystems, groups;
};

int outline_add(struct outline *o, const struct outline_mount *mount)
{
	struct outline_mount *all, *m;

	all = reallocarray(o->mounts, o->nr + 1, sizeof(*all));
	if (!all)
		return -1;
	o->mounts = all;
	m = &all[o->nr];
	*m = *mount;
	m->path = strdup(mount->path);
	m->root = strdup(mount->root);
	o->nr++;
	return m->path && m->root ? 0 : -1;
}

void outline_free(struct outline *o)
{
	size_t i;

	for (i = 0; i < o->nr; i++) {
		free(o->mounts[i].path);
		free(o->mounts[i].root);
	}
	free(o->mounts);
	*o = (struct outline){};
}

/* There is room for as many as are asked for. */
static size_t number_of(struct numbers *n, uintptr_t what)
{
	size_t i;

	for (i = 0; i < n->nr && n->known[i] != what; i++)
		;
	if (i == n->nr)
		n->known[n->nr++] = what;
	return i + 1;
}

static size_t rank_of(const struct outline *o, int made)
{
	size_t i, rank = 1;

	for (i = 0; i < o->nr; i++)
		rank += o->mounts[i].made && o->mounts[i].made < made;
	return rank;
}

static void print_mount(struct printer *p, const struct outline_mount *m,
			int depth)
{
	fprintf(p->f, "%u: %*s%s %s fs%zu", m->ns, 2 * depth, "", m->path,
		m->root, number_of(&p->filesystems, m->fs));
	if (m->group)
		fprintf(p->f, " shared%zu", number_of(&p->groups, m->group));
	if (m->master)
		fprintf(p->f, " master%zu", number_of(&p->groups, m->master));
	if (m->unbindable)
		fprintf(p->f, " unbindable");
	fprintf(p->f, " flags%#x", m->flags);
	if (m->made)
		fprintf(p->f, " new%zu", rank_of(p->o, m->made));
	fputc('\n', p->f);
}

static int by_place(const void *a, const void *b)
{
	const struct outline_mount *x = *(struct outline_mount *const *)a;
	const struct outline_mount *y = *(struct outline_mount *const *)b;
	int order;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	order = strcmp(x->path, y->path);
	return order ? order : strcmp(x->root, y->root);
}

static bool has_parent(const struct outline *o, const struct outline_mount *m)
{
	size_t i;

	for (i = 0; i < o->nr; i++) {
		if (o->mounts[i].id == m->parent && m->parent != m->id)
			return true;
	}
	return false;
}

/* Of a mount that has none (@parent NULL), or all that are mounted on @parent. */
static void print_below(struct printer *p, const struct outline_mount *parent,
			int depth)
{
	size_t i;

	for (i = 0; i < p->o->nr; i++) {
		const struct outline_mount *m = p->sorted[i];

		if (parent ? m == parent || m->parent != parent->id :
			     has_parent(p->o, m))
			continue;
		print_mount(p, m, depth);
		print_below(p, m, depth + 1);
	}
}

void outline_print(const struct outline *o, FILE *f)
{
	struct printer p = { .o = o, .f = f };
	size_t i, room = 2 * o->nr + 1;

	p.sorted = calloc(room, sizeof(*p.sorted));
	p.filesystems.known = calloc(room, sizeof(uintptr_t));
	p.groups.known = calloc(room, sizeof(uintptr_t));
	if (p.sorted && p.filesystems.known && p.groups.known) {
		for (i = 0; i < o->nr; i++)
			p.sorted[i] = &o->mounts[i];
		qsort(p.sorted, o->nr, sizeof(*p.sorted), by_place);
		print_below(&p, NULL, 0);
	} else {
		fprintf(f, "no memory\n");
	}
	free(p.sorted);
	free(p.filesystems.known);
	free(p.groups.known);
}
