// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "match.h"
#include "pairing.h"
#include "picture.h"

/* What is alike stays apart if there are no more of it. */
#define FEW_SIBLINGS 4
#define FEW_NAMESPACES 2

/*
 * One that has more boxes is looked at from farther away.  What still has more
 * nobody sees through: namespaces are left out.
 */
#define MANY_BOXES 250

/* From so many members a group is a node: no link from each to each. */
#define NODE_MEMBERS 3

void *picture_alloc(struct arena *a, size_t n, size_t size)
{
	void *memory = arena_alloc(a, n, size);

	if (!memory)
		out_of_memory();
	return memory;
}

char *picture_string(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	if (!copy)
		out_of_memory();
	return copy;
}

/* What it is made from. */
struct making {
	struct picture *p;
	const struct scope *scope;
	const struct snapshot *s;
	const struct question *q;
	struct fold fold;
	size_t *shown, nr_shown; /* in order of namespace and place */
	struct picture_box **boxes; /* by index of the mount */
	struct picture_ns **namespaces; /* by nr, the last is of none */
	struct picture_group **groups; /* by index */
	size_t hues;
};

static size_t nr_of(const struct mount *m, const struct making *k)
{
	return m - k->s->mounts;
}

static size_t ns_of(const struct mount *m, const struct making *k)
{
	return m->ns ? m->ns->nr : k->s->nr_namespaces;
}

/* By namespace; there parents come before what is mounted on them. */
static void find_shown(struct making *k)
{
	struct side side;
	size_t i, j;

	k->shown =
		picture_alloc(k->p->arena, k->s->nr_mounts, sizeof(*k->shown));
	if (side_lay_out(&side, k->s, k->p->arena, k->p->arena))
		out_of_memory();
	for (i = 0; i < side.nr_namespaces; i++) {
		const struct placed_ns *ns = &side.namespaces[i];

		for (j = 0; j < ns->nr_mounts; j++) {
			size_t nr = nr_of(ns->mounts[j].m, k);

			if (k->scope->in[nr])
				k->shown[k->nr_shown++] = nr;
		}
	}
}

/* Counts those of a colour; @index is of the first of them, in list order. */
static struct keyed *by_colors(const uint64_t *colors, const size_t *list,
			       size_t nr)
{
	struct keyed *keys = calloc(nr + 1, sizeof(*keys));
	size_t i;

	if (!keys)
		out_of_memory();
	for (i = 0; i < nr; i++)
		keys[i] = (struct keyed){ colors[list[i]], i };
	match_sort(keys, nr);
	return keys;
}

/* The namespaces that have mounts in the picture, the left one first. */
static size_t list_namespaces(const struct making *k, size_t *list)
{
	size_t nr = k->s->nr_namespaces, i, n = 0;
	bool *has = picture_alloc(k->p->arena, nr + 1, sizeof(*has));

	for (i = 0; i < k->nr_shown; i++)
		has[ns_of(&k->s->mounts[k->shown[i]], k)] = true;
	if (k->scope->left && has[k->scope->left->nr])
		list[n++] = k->scope->left->nr;
	for (i = 0; i <= nr; i++) {
		if (has[i] && (!n || list[0] != i))
			list[n++] = i;
	}
	return n;
}

static void add_namespaces(struct making *k)
{
	struct picture *p = k->p;
	size_t nr_all = k->s->nr_namespaces + 1;
	size_t *list = picture_alloc(p->arena, nr_all, sizeof(*list));
	struct keyed *keys;
	size_t nr, i, first;

	k->namespaces =
		picture_alloc(p->arena, nr_all, sizeof(struct picture_ns *));
	nr = list_namespaces(k, list);
	p->namespaces = picture_alloc(p->arena, nr, sizeof(*p->namespaces));
	keys = by_colors(k->fold.namespaces, list, nr);
	for (i = 0; i < nr; i++) {
		first = keys[match_find(keys, nr, k->fold.namespaces[list[i]])]
				.index;
		if (first == i) {
			struct picture_ns *ns =
				&p->namespaces[p->nr_namespaces++];

			if (list[i] < k->s->nr_namespaces)
				ns->ns = &k->s->namespaces[list[i]];
			k->namespaces[list[i]] = ns;
		}
		k->namespaces[list[i]] = k->namespaces[list[first]];
		k->namespaces[list[i]]->count++;
	}
	free(keys);
}

static uint64_t *color_boxes(const struct making *k)
{
	uint64_t *colors =
		picture_alloc(k->p->arena, k->s->nr_mounts, sizeof(*colors));
	size_t i;

	for (i = 0; i < k->nr_shown; i++) {
		const struct mount *m = &k->s->mounts[k->shown[i]];
		uint64_t ns = k->fold.namespaces[ns_of(m, k)];

		colors[k->shown[i]] =
			match_hash_number(match_hash_number(MATCH_SEED, ns),
					  k->fold.mounts[k->shown[i]]);
	}
	return colors;
}

static struct picture_box *new_box(struct making *k, struct picture_ns *in,
				   struct picture_box *parent)
{
	struct picture_box *box = picture_alloc(k->p->arena, 1, sizeof(*box));

	box->in = in;
	box->parent = parent;
	box->last_child = &box->child;
	box->depth = parent ? parent->depth + 1 : 0;
	if (parent) {
		*parent->last_child = box;
		parent->last_child = &box->sibling;
	}
	k->p->nr_boxes++;
	in->nr_boxes++;
	return box;
}

/* Those that would be on @on. */
static void add_ghosts(struct making *k, struct picture_box *on)
{
	const struct ghost *ghost;
	struct picture_box *box;

	for (ghost = on->fate->ghosts; ghost; ghost = ghost->next) {
		box = new_box(k, on->in, on);
		box->ghost = ghost;
		box->count = on->in->count;
	}
}

static struct picture_box *add_box(struct making *k, const struct mount *m)
{
	const struct mount *parent = scope_parent(k->scope, m);
	struct picture_box *box;

	box = new_box(k, k->namespaces[ns_of(m, k)],
		      parent ? k->boxes[nr_of(parent, k)] : NULL);
	box->m = m;
	box->fate = &k->q->fates[nr_of(m, k)];
	return box;
}

/* Whether a box was made for this one. */
static bool is_first(const struct making *k, const struct picture_box *box,
		     size_t nr)
{
	return box->m == &k->s->mounts[nr];
}

/* In an order in which parents, and those that others stand for, come first. */
static void add_boxes(struct making *k)
{
	uint64_t *colors = color_boxes(k);
	struct keyed *keys = by_colors(colors, k->shown, k->nr_shown);
	size_t i, first;

	k->boxes = picture_alloc(k->p->arena, k->s->nr_mounts,
				 sizeof(struct picture_box *));
	for (i = 0; i < k->nr_shown; i++) {
		size_t nr = k->shown[i];

		first = keys[match_find(keys, k->nr_shown, colors[nr])].index;
		k->boxes[nr] = first == i ? add_box(k, &k->s->mounts[nr]) :
					    k->boxes[k->shown[first]];
		k->boxes[nr]->count++;
	}
	for (i = 0; i < k->nr_shown; i++) {
		struct picture_box *box = k->boxes[k->shown[i]];

		if (is_first(k, box, k->shown[i]))
			add_ghosts(k, box);
	}
	free(keys);
}

/* The box after @box in the tree: what is on it comes first. */
static struct picture_box *next_box(struct picture_box *box)
{
	if (box->child)
		return box->child;
	while (box && !box->sibling)
		box = box->parent;
	return box ? box->sibling : NULL;
}

static void add_rows(struct picture_box *top)
{
	struct picture_box *box;

	for (box = top; box; box = next_box(box)) {
		box->row = box->in->nr_rows++;
		if (!box->in->last)
			box->in->first = box;
		else
			box->in->last->next = box;
		box->in->last = box;
	}
}

static void order_boxes(struct making *k)
{
	size_t i;

	for (i = 0; i < k->nr_shown; i++) {
		struct picture_box *box = k->boxes[k->shown[i]];

		if (is_first(k, box, k->shown[i]) && !box->parent)
			add_rows(box);
	}
}

static struct picture_group *group_of(const struct making *k,
				      const struct mount *m)
{
	return m && m->group ? k->groups[m->group - k->s->groups] : NULL;
}

/* Groups of which a mount in the picture is a member or a slave. */
static size_t list_groups(const struct making *k, size_t *list)
{
	const struct snapshot *s = k->s;
	bool *has = picture_alloc(k->p->arena, s->nr_groups, sizeof(*has));
	size_t i, n = 0;

	for (i = 0; i < k->nr_shown; i++) {
		const struct mount *m = &s->mounts[k->shown[i]];

		if (m->group)
			has[m->group - s->groups] = true;
		if (m->master && m->master->group)
			has[m->master->group - s->groups] = true;
	}
	for (i = 0; i < s->nr_groups; i++) {
		if (has[i])
			list[n++] = i;
	}
	return n;
}

static void add_groups(struct making *k)
{
	struct picture *p = k->p;
	const struct snapshot *s = k->s;
	size_t *list = picture_alloc(p->arena, s->nr_groups, sizeof(*list));
	size_t nr = list_groups(k, list), i, first;
	struct keyed *keys = by_colors(k->fold.groups, list, nr);

	k->groups = picture_alloc(p->arena, s->nr_groups,
				  sizeof(struct picture_group *));
	p->groups = picture_alloc(p->arena, nr, sizeof(*p->groups));
	for (i = 0; i < nr; i++) {
		first = keys[match_find(keys, nr, k->fold.groups[list[i]])]
				.index;
		if (first == i) {
			k->groups[list[i]] = &p->groups[p->nr_groups++];
			k->groups[list[i]]->group = &s->groups[list[i]];
		}
		k->groups[list[i]] = k->groups[list[first]];
		k->groups[list[i]]->count++;
	}
	free(keys);
}

/* Which boxes are of a group, and which groups have links. */
static void join_groups(struct making *k)
{
	size_t i, nodes = 0;

	for (i = 0; i < k->p->nr_namespaces; i++) {
		struct picture_box *box = k->p->namespaces[i].first;

		for (; box; box = box->next) {
			struct picture_group *g;

			if (!box->m)
				continue;
			g = group_of(k, box->m);
			box->group = g;
			box->master = group_of(k, box->m->master);
			if (box->master)
				box->master->linked = true;
			if (!g)
				continue;
			if (g->nr_boxes < ARRAY_SIZE(g->boxes))
				g->boxes[g->nr_boxes] = box;
			g->nr_boxes++;
			g->peers += box->count;
		}
	}
	for (i = 0; i < k->p->nr_groups; i++) {
		struct picture_group *g = &k->p->groups[i];

		g->peers /= g->count;
		g->linked |= g->peers > 1;
		if (g->linked)
			g->hue = ++k->hues;
		if (g->peers >= NODE_MEMBERS ||
		    (g->peers > 1 &&
		     (g->nr_boxes < 2 || g->boxes[0]->in == g->boxes[1]->in)))
			g->nr = ++nodes;
	}
}

static struct picture_link *add_link(struct making *k, enum link_kind kind,
				     struct picture_group *group)
{
	struct picture_link *link = &k->p->links[k->p->nr_links++];

	link->kind = kind;
	link->group = group;
	return link;
}

static bool gets(const struct picture_box *box)
{
	return box->fate->carries || box->fate->hides;
}

/* What comes to @a comes to @b, too. */
static void set_gets(struct picture_link *link, const struct picture_box *a,
		     const struct picture_box *b)
{
	link->gets = gets(a) && gets(b);
	link->hides = !a->fate->carries || !b->fate->carries;
}

static void link_peers(struct making *k, struct picture_box *box)
{
	struct picture_group *g = box->group;
	struct picture_link *link;

	if (g->nr) {
		link = add_link(k, LINK_PEER, g);
		link->from = box;
		link->to_group = g;
		set_gets(link, box, box);
	} else if (g->nr_boxes == 2 && g->boxes[0] == box) {
		link = add_link(k, LINK_PEER, g);
		link->from = box;
		link->to = g->boxes[1];
		set_gets(link, box, link->to);
	}
}

/* One arrow for a group of slaves. */
static void link_slave(struct making *k, struct picture_box *box)
{
	struct picture_group *g = box->group, *master = box->master;
	struct picture_box *from = k->boxes[nr_of(box->m->master, k)];
	struct picture_link *link;

	if (!from && master)
		from = master->boxes[0];
	if (!from || (g && g->boxes[0] != box))
		return;
	link = add_link(k, LINK_SLAVE, master);
	if (master && master->nr)
		link->from_group = master;
	else
		link->from = from;
	if (g && g->nr)
		link->to_group = g;
	else
		link->to = box;
	set_gets(link, box, from);
}

static void link_cut(struct making *k, struct picture_box *box)
{
	struct picture_box *from = k->boxes[nr_of(k->q->source, k)];
	struct picture_link *link = add_link(k, LINK_CUT, NULL);

	link->from = from;
	link->to = box;
}

static void add_links(struct making *k)
{
	struct picture *p = k->p;
	size_t i;

	/* at most one of each kind begins or ends at a box */
	p->links = picture_alloc(p->arena, NR_LINK_KINDS * p->nr_boxes,
				 sizeof(*p->links));
	for (i = 0; i < p->nr_namespaces; i++) {
		struct picture_box *box = p->namespaces[i].first;

		for (; box; box = box->next) {
			if (!box->m)
				continue;
			if (box->group)
				link_peers(k, box);
			if (box->m->master)
				link_slave(k, box);
			if (box->fate->cut_from_source)
				link_cut(k, box);
		}
	}
	for (i = 0; i < p->nr_links; i++) {
		if (p->links[i].from)
			p->links[i].from->in->nr_links++;
		if (p->links[i].to)
			p->links[i].to->in->nr_links++;
	}
}

static void set_title(struct making *k)
{
	struct text title = { .encode = true };

	if (k->q->verdict) {
		text_add(&title, "%s", k->q->words.data);
	} else {
		if (k->scope->nr_mounts < k->s->nr_mounts)
			text_add(&title, "what propagates: %zu of ",
				 k->scope->nr_mounts);
		text_add(&title, "%zu mounts in %zu of %zu mount namespaces",
			 k->s->nr_mounts, k->scope->nr_namespaces,
			 k->s->nr_namespaces);
	}
	if (k->scope->left_out)
		text_add(&title, "; %zu more namespaces are not drawn",
			 k->scope->left_out);
	k->p->title = picture_string(k->p->arena, title.data);
	text_free(&title);
}

static void make(struct picture *p, const struct scope *scope,
		 const struct question *q, const struct detail *detail)
{
	struct making k = { .p = p, .scope = scope, .s = scope->s, .q = q };

	*p = (struct picture){ .arena = arena_new(),
			       .question = q,
			       .names = detail->names };
	if (!p->arena)
		out_of_memory();
	fold_find(&k.fold, scope, q, detail);
	find_shown(&k);
	add_namespaces(&k);
	p->of = k.namespaces;
	add_boxes(&k);
	order_boxes(&k);
	add_groups(&k);
	join_groups(&k);
	add_links(&k);
	set_title(&k);
	fold_free(&k.fold);
}

/* The last ones, which there is no room for, with all that they stand for. */
static void drop_last(const struct picture *p, struct scope *scope)
{
	const struct snapshot *s = scope->s;
	bool *dropped =
		picture_alloc(p->arena, s->nr_namespaces, sizeof(*dropped));
	bool *full = picture_alloc(p->arena, p->nr_namespaces, sizeof(*full));
	size_t i, n = 0;

	for (i = 0; i < p->nr_namespaces; i++) {
		n += p->namespaces[i].nr_boxes;
		full[i] = i && n > MANY_BOXES;
	}
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		if (p->of[i] && ns != scope->named[0] && ns != scope->named[1])
			dropped[i] = full[p->of[i] - p->namespaces];
	}
	scope_drop(scope, dropped);
}

void picture_make(struct picture *p, struct scope *scope,
		  const struct question *q)
{
	static const struct detail details[] = {
		{ FEW_SIBLINGS, FEW_NAMESPACES, true },
		{ 1, 1, true },
		{ 1, 1, false },
	};
	size_t i;

	make(p, scope, q, &details[0]);
	for (i = 1; i < ARRAY_SIZE(details) && p->nr_boxes > MANY_BOXES; i++) {
		picture_free(p);
		make(p, scope, q, &details[i]);
	}
	if (p->nr_boxes <= MANY_BOXES)
		return;
	drop_last(p, scope);
	picture_free(p);
	make(p, scope, q, &details[i - 1]);
}

void picture_free(struct picture *p)
{
	arena_free(p->arena);
}
