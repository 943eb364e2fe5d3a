// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "lookup.h"
#include "match.h"
#include "pairing.h"

/* What a mount shows, as far as another boot can show the same. */
static uint64_t content_of(const struct mount *m)
{
	uint64_t hash = match_hash_string(MATCH_SEED, m->type);

	hash = match_hash_string(hash, m->source);
	hash = match_hash_string(hash, m->root);
	return match_hash_string(hash, m->state);
}

/* Never 0, the key of what is like nothing. */
static uint64_t to_key(uint64_t hash)
{
	return hash ? hash : 1;
}

/* Of owner and kind: two namespaces that differ in these are never a pair. */
static uint64_t kind_of(const struct side *side, const struct mnt_namespace *ns)
{
	bool own_users = ns->user_ns != side->s->namespaces[0].user_ns;

	return match_hash_number(MATCH_SEED, 2 * ns->anon + own_users);
}

static uint64_t key_of_id(const struct side *side, const struct placed_ns *ns)
{
	(void)side;
	return ns->ns->id;
}

static uint64_t key_of_mounts(const struct side *side,
			      const struct placed_ns *ns)
{
	uint64_t hash = kind_of(side, ns->ns);
	size_t i;

	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *m = ns->mounts[i].m;

		hash = match_hash_string(hash, m->path);
		hash = match_hash_number(hash, content_of(m));
	}
	return to_key(hash);
}

static uint64_t key_of_all(const struct side *side, const struct placed_ns *ns)
{
	return to_key(match_hash_string(key_of_mounts(side, ns), ns->ns->comm));
}

static uint64_t key_of_root(const struct side *side, const struct placed_ns *ns)
{
	uint64_t hash = kind_of(side, ns->ns);

	if (ns->ns->root)
		hash = match_hash_number(hash,
					 content_of(topmost(ns->ns->root)));
	return to_key(hash);
}

static uint64_t key_of_name(const struct side *side, const struct placed_ns *ns)
{
	return to_key(match_hash_string(key_of_root(side, ns), ns->ns->comm));
}

/* From what says most to what says least. */
static const struct {
	uint64_t (*of)(const struct side *side, const struct placed_ns *ns);
	bool same_boot; /* it says nothing otherwise */
} ns_keys[] = {
	{ key_of_id, true },	  { key_of_all, false },
	{ key_of_mounts, false }, { key_of_name, false },
	{ key_of_root, false },
};

static struct keys new_keys(size_t nr, struct arena *a)
{
	struct keys k = { .nr = nr,
			  .pair = arena_alloc(a, nr, sizeof(*k.pair)) };
	size_t i;

	for (i = 0; k.pair && i < nr; i++)
		k.pair[i] = NO_PAIR;
	return k;
}

static int pair_namespaces_by(struct pairing *p, struct keys keys[2], size_t by)
{
	size_t i, j;

	for (i = 0; i < 2; i++) {
		uint64_t *of = arena_alloc(p->scratch, keys[i].nr, sizeof(*of));

		if (!of)
			return -1;
		for (j = 0; j < keys[i].nr; j++)
			of[j] = ns_keys[by].of(&p->side[i],
					       &p->side[i].namespaces[j]);
		keys[i].of = of;
	}
	return match_alike(&keys[0], &keys[1], p->scratch);
}

/* The initial ones and those for the mounts in none are pairs anyway. */
static int pair_namespaces(struct pairing *p)
{
	struct side *a = &p->side[0], *b = &p->side[1];
	struct keys keys[2];
	size_t i;

	for (i = 0; i < 2; i++) {
		keys[i] = new_keys(p->side[i].s->nr_namespaces, p->scratch);
		if (!keys[i].pair)
			return -1;
		keys[i].pair[0] = 0;
	}
	for (i = 0; i < ARRAY_SIZE(ns_keys); i++) {
		if ((p->same_boot || !ns_keys[i].same_boot) &&
		    pair_namespaces_by(p, keys, i))
			return -1;
	}
	for (i = 0; i < keys[0].nr; i++) {
		if (keys[0].pair[i] == NO_PAIR)
			continue;
		a->namespaces[i].pair = &b->namespaces[keys[0].pair[i]];
		a->namespaces[i].pair->pair = &a->namespaces[i];
	}
	a->namespaces[a->nr_namespaces - 1].pair =
		&b->namespaces[b->nr_namespaces - 1];
	b->namespaces[b->nr_namespaces - 1].pair =
		&a->namespaces[a->nr_namespaces - 1];
	return 0;
}

static void pair_up(struct placed *a, struct placed *b, bool moved)
{
	a->pair = b;
	b->pair = a;
	a->moved = moved;
	b->moved = moved;
}

static int set_keys(struct keys *k, const struct placed *mounts, size_t nr,
		    struct arena *a)
{
	uint64_t *of = arena_alloc(a, nr, sizeof(*of));
	size_t i;

	*k = new_keys(nr, a);
	if (!of || !k->pair)
		return -1;
	for (i = 0; i < nr; i++)
		of[i] = to_key(content_of(mounts[i].m));
	k->of = of;
	return 0;
}

/* Those at one path: mostly one of each. */
static int pair_stacks(struct placed *a, size_t nr_a, struct placed *b,
		       size_t nr_b, struct arena *scratch)
{
	struct keys x, y;
	size_t i;

	if (nr_a == 1 && nr_b == 1) {
		if (content_of(a->m) == content_of(b->m))
			pair_up(a, b, false);
		return 0;
	}
	if (set_keys(&x, a, nr_a, scratch) || set_keys(&y, b, nr_b, scratch) ||
	    match_in_order(&x, &y, scratch))
		return -1;
	for (i = 0; i < nr_a; i++) {
		if (x.pair[i] != NO_PAIR)
			pair_up(&a[i], &b[x.pair[i]], false);
	}
	return 0;
}

/* How many from the first on are at the same path. */
static size_t count_stacked(const struct placed *p, size_t nr)
{
	size_t n = 1;

	while (n < nr && !strcmp(p[n].m->path, p->m->path))
		n++;
	return n;
}

static int pair_mounts(struct placed_ns *a, struct placed_ns *b,
		       struct arena *scratch)
{
	size_t i = 0, j = 0;

	while (i < a->nr_mounts && j < b->nr_mounts) {
		struct placed *x = &a->mounts[i], *y = &b->mounts[j];
		int order = path_compare(x->m->path, y->m->path);
		size_t nr_x = count_stacked(x, a->nr_mounts - i);
		size_t nr_y = count_stacked(y, b->nr_mounts - j);

		if (!order && pair_stacks(x, nr_x, y, nr_y, scratch))
			return -1;
		i += order <= 0 ? nr_x : 0;
		j += order >= 0 ? nr_y : 0;
	}
	return 0;
}

/* The mounts of the second snapshot that are at no place of the first. */
struct rest {
	struct keyed *by_place, *by_content;
	size_t nr;
	size_t *next; /* where to go on among those of equal content */
};

static uint64_t place_key(const struct side *side, const struct placed *parent,
			  const struct mount *m)
{
	uint64_t hash = match_hash_number(MATCH_SEED, parent - side->mounts);

	hash = match_hash_string(hash, m->mountpoint);
	return match_hash_number(hash, content_of(m));
}

/* In one boot it is the id that tells, and a mount can go anywhere. */
static uint64_t move_key(const struct pairing *p, const struct placed *placed,
			 const struct placed_ns *ns_of_b)
{
	const struct mount *m = placed->m;
	uint64_t hash = match_hash_number(MATCH_SEED, content_of(m));

	if (!p->same_boot)
		return match_hash_number(hash, ns_of_b - p->side[1].namespaces);
	hash = match_hash_string(MATCH_SEED, m->type);
	hash = match_hash_number(hash, m->id);
	if (m->unique)
		return match_hash_number(hash, m->unique);
	/* The id goes to the next mount as soon as its own is unmounted. */
	hash = match_hash_string(hash, m->source);
	hash = match_hash_string(hash, m->root_dentry);
	return match_hash_number(hash, m->root_ino);
}

static int collect_rest(struct pairing *p, struct rest *r)
{
	struct side *side = &p->side[1];
	size_t i, nr = side->s->nr_mounts;

	r->by_place = arena_alloc(p->scratch, nr, sizeof(*r->by_place));
	r->by_content = arena_alloc(p->scratch, nr, sizeof(*r->by_content));
	r->next = arena_alloc(p->scratch, nr, sizeof(*r->next));
	if (!r->by_place || !r->by_content || !r->next)
		return -1;
	for (i = 0; i < nr; i++) {
		struct placed *placed = &side->mounts[i];
		const struct mount *m = placed->m;

		if (placed->pair)
			continue;
		r->by_content[r->nr] =
			(struct keyed){ move_key(p, placed, placed->ns), i };
		r->by_place[r->nr] = (struct keyed){ 0, i };
		if (m->parent)
			r->by_place[r->nr].key =
				place_key(side, side_mount(side, m->parent), m);
		r->nr++;
	}
	match_sort(r->by_place, r->nr);
	match_sort(r->by_content, r->nr);
	for (i = 0; i < r->nr; i++)
		r->next[i] = i;
	return 0;
}

/* The first of those in @list with @key that has no pair yet. */
static struct placed *take(struct pairing *p, struct rest *r,
			   const struct keyed *list, uint64_t key, bool skip)
{
	size_t first = match_find(list, r->nr, key), i;

	if (first == NO_PAIR)
		return NULL;
	for (i = skip ? r->next[first] : first; i < r->nr && list[i].key == key;
	     i++) {
		struct placed *b = &p->side[1].mounts[list[i].index];

		if (skip)
			r->next[first] = i + 1;
		if (!b->pair)
			return b;
		if (!skip)
			return NULL;
	}
	return NULL;
}

static struct placed *parent_of(const struct side *side, const struct placed *p)
{
	return p->m->parent ? side_mount(side, p->m->parent) : NULL;
}

/* Parents come first, so that what has moved with one is known by that. */
static int pair_moved(struct pairing *p)
{
	struct side *side = &p->side[0];
	struct rest r = {};
	size_t i;

	if (collect_rest(p, &r))
		return -1;
	for (i = 0; r.nr && i < side->s->nr_mounts; i++) {
		struct placed *a = &side->mounts[i], *b = NULL;
		const struct placed *parent = parent_of(side, a);

		if (a->pair)
			continue;
		if (parent && parent->pair && parent->moved)
			b = take(p, &r, r.by_place,
				 place_key(&p->side[1], parent->pair, a->m),
				 false);
		if (!b && (p->same_boot || a->ns->pair))
			b = take(p, &r, r.by_content,
				 move_key(p, a, a->ns->pair), true);
		if (b)
			pair_up(a, b, true);
	}
	return 0;
}

static void add_step(struct pairing *p, struct placed_ns *a,
		     struct placed_ns *b, struct placed *x, struct placed *y)
{
	p->steps[p->nr_steps++] =
		(struct step){ .ns = { a, b }, .mount = { x, y } };
}

static bool stays(const struct placed *p)
{
	return p->pair && !p->moved;
}

/* Which of two that are each alone at their place comes first. */
static bool comes_first(const struct placed *x, const struct placed *y)
{
	return path_compare(x->m->path, y->m->path) <= 0;
}

static void add_ns_steps(struct pairing *p, struct placed_ns *a,
			 struct placed_ns *b)
{
	size_t nr_a = a ? a->nr_mounts : 0, nr_b = b ? b->nr_mounts : 0;
	size_t i = 0, j = 0;

	add_step(p, a, b, NULL, NULL);
	while (i < nr_a || j < nr_b) {
		struct placed *x = i < nr_a ? &a->mounts[i] : NULL;
		struct placed *y = j < nr_b ? &b->mounts[j] : NULL;

		if (x && y && stays(x) && stays(y)) {
			add_step(p, a, b, x, y);
			i++;
			j++;
		} else if (x && !stays(x) &&
			   (!y || stays(y) || comes_first(x, y))) {
			add_step(p, a, b, x, NULL);
			i++;
		} else {
			add_step(p, a, b, NULL, y);
			j++;
		}
	}
}

/* One that only the second has comes after the one that it comes after there. */
static int make_steps(struct pairing *p)
{
	struct side *a = &p->side[0], *b = &p->side[1];
	struct placed_ns *end = b->namespaces + b->nr_namespaces, *other;
	size_t i, nr = 0;

	p->steps = arena_alloc(p->arena,
			       a->nr_namespaces + a->s->nr_mounts +
				       b->nr_namespaces + b->s->nr_mounts,
			       sizeof(*p->steps));
	if (!p->steps)
		return -1;
	for (i = 0; i < a->nr_namespaces; i++) {
		struct placed_ns *ns = &a->namespaces[i];

		add_ns_steps(p, ns, ns->pair);
		ns->nr = nr++;
		if (!ns->pair)
			continue;
		ns->pair->nr = ns->nr;
		for (other = ns->pair + 1; other < end && !other->pair;
		     other++) {
			add_ns_steps(p, NULL, other);
			other->nr = nr++;
		}
	}
	return 0;
}

static int pair_all_mounts(struct pairing *p)
{
	size_t i;

	for (i = 0; i < p->side[0].nr_namespaces; i++) {
		struct placed_ns *ns = &p->side[0].namespaces[i];

		if (ns->pair && pair_mounts(ns, ns->pair, p->scratch))
			return -1;
	}
	return 0;
}

static int lay_out(struct pairing *p, int which, const struct snapshot *s)
{
	int rc = side_lay_out(&p->side[which], s, p->arena, p->scratch);

	arena_clear(p->scratch);
	return rc;
}

typedef int (*step_func)(struct pairing *p);

int pairing_make(struct pairing *p, const struct snapshot *a,
		 const struct snapshot *b)
{
	static const step_func steps[] = {
		pair_namespaces, pair_all_mounts, pair_moved,
		make_steps,	 pairing_number,
	};
	size_t i;
	int rc;

	*p = (struct pairing){ .arena = arena_new(), .scratch = arena_new() };
	p->same_boot = a->boot_id && b->boot_id &&
		       !strcmp(a->boot_id, b->boot_id);
	rc = !p->arena || !p->scratch || lay_out(p, 0, a) || lay_out(p, 1, b);
	for (i = 0; !rc && i < ARRAY_SIZE(steps); i++) {
		rc = steps[i](p);
		arena_clear(p->scratch);
	}
	arena_free(p->scratch);
	if (rc)
		pairing_free(p);
	return rc ? -1 : 0;
}

void pairing_free(struct pairing *p)
{
	arena_free(p->arena);
	p->arena = NULL;
}

/* Bits, so that only what has the same of them is of the same type. */
static unsigned int type_of(const struct mount *m)
{
	return m->shared | mount_is_slave(m) << 1 | m->unbindable << 2;
}

static bool is_type(const char *flag, size_t len)
{
	return (len == strlen("shared") && !strncmp(flag, "shared", len)) ||
	       (len == strlen("unbindable") &&
		!strncmp(flag, "unbindable", len));
}

const char *pairing_next_flag(const char **words, size_t *len)
{
	const char *word;

	do {
		word = *words;
		if (!word || !*word)
			return NULL;
		*len = strcspn(word, ",");
		*words = word + *len + (word[*len] == ',');
	} while (is_type(word, *len));
	return word;
}

static bool same_flags(const char *a, const char *b)
{
	const char *x, *y;
	size_t nr_x, nr_y;

	do {
		x = pairing_next_flag(&a, &nr_x);
		y = pairing_next_flag(&b, &nr_y);
	} while (x && y && nr_x == nr_y && !strncmp(x, y, nr_x));
	return !x && !y;
}

static bool same_string(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

unsigned int pairing_differ(const struct placed *a)
{
	const struct mount *x = a->m, *y = a->pair->m;
	unsigned int differ = 0;

	if (type_of(x) != type_of(y))
		differ |= DIFFER_TYPE;
	else if (a->group != a->pair->group || a->master != a->pair->master)
		differ |= DIFFER_GROUPS;
	if (a->fs != a->pair->fs || !same_flags(x->flags, y->flags) ||
	    !same_string(x->sb_flags, y->sb_flags) ||
	    !same_string(x->mp_state, y->mp_state) ||
	    !same_string(x->root_state, y->root_state))
		differ |= DIFFER_FLAGS;
	return differ;
}

bool pairing_carried(const struct pairing *p, const struct placed *a)
{
	const struct placed *x = parent_of(&p->side[0], a);
	const struct placed *y = parent_of(&p->side[1], a->pair);

	return x && x->moved && x->pair == y &&
	       !strcmp(a->m->mountpoint, a->pair->m->mountpoint) &&
	       content_of(a->m) == content_of(a->pair->m);
}
