// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the same in a picture: colour refinement.  All begin with a colour
 * for what they are, and get new ones from those that they have to do with,
 * until that tells no more of them apart.
 */
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "match.h"
#include "picture.h"

struct refining {
	const struct scope *scope;
	const struct snapshot *s;
	const struct detail *detail;
	struct fold *f;
	size_t *shown, nr_shown; /* indexes of the mounts */
	const struct mount **parents; /* by index of the mount, the next too */
	uint64_t *own; /* what they are, and what tells them apart for good */
	uint64_t *own_ns;
	bool *apart; /* by index of the mount, then of the namespace: for good */
	/* sums, for there is no order: of the children and slaves of a mount,
	 * the members of a group, the mounts of a namespace
	 */
	uint64_t *below, *slaves, *members, *contents;
	struct keyed *scratch;
};

static size_t nr_of(const struct mount *m, const struct refining *r)
{
	return m - r->s->mounts;
}

/* Mounts that are in no namespace have a place behind all of them. */
static size_t ns_of(const struct mount *m, const struct refining *r)
{
	return m->ns ? m->ns->nr : r->s->nr_namespaces;
}

/* For sums: bits of the two are spread over all of the result. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t x = match_hash_number(match_hash_number(MATCH_SEED, a), b);

	x = (x ^ x >> 32) * 0x9e3779b97f4a7c15ULL;
	return x ^ x >> 29;
}

static uint64_t hash_ghosts(const struct mount *m, const struct ghost *ghost)
{
	uint64_t hash = 0;

	for (; ghost; ghost = ghost->next) {
		const char *below = strlen(ghost->path) > strlen(m->path) ?
					    ghost->path + strlen(m->path) :
					    ghost->path;

		hash = match_hash_string(hash + ghost->hidden + 1, below);
		hash = match_hash_number(hash, !ghost->type);
	}
	return hash;
}

static uint64_t hash_fate(uint64_t hash, const struct mount *m,
			  const struct fate *fate)
{
	unsigned int flags = fate->carries | fate->hides << 1 |
			     fate->goes << 2 | fate->moves << 3 |
			     fate->cut_from_source << 4;

	hash = match_hash_number(hash, flags);
	hash = match_hash_string(hash, fate->cut);
	hash = match_hash_number(hash, !fate->becomes);
	return match_hash_number(hash, hash_ghosts(m, fate->ghosts));
}

/* All that is drawn of a mount but its name, its links and what is below it. */
static uint64_t hash_mount(const struct mount *m, const struct fate *fate)
{
	unsigned int flags = m->shared | m->unbindable << 1 | m->locked << 2 |
			     m->hidden << 3;
	uint64_t hash = match_hash_string(MATCH_SEED, m->state);

	hash = match_hash_string(hash, m->type);
	hash = match_hash_number(hash, !strcmp(m->root, "/"));
	hash = match_hash_number(hash, flags);
	hash = match_hash_number(hash, mount_is_slave(m));
	return hash_fate(hash, m, fate);
}

static void color_group(const struct refining *r, const struct peer_group *g)
{
	size_t i = g - r->s->groups;
	uint64_t hash = match_hash_number(r->members[i], g->nr_members);

	if (g->master)
		hash = mix(hash, r->f->mounts[nr_of(g->master, r)]);
	r->f->groups[i] = mix(r->f->groups[i], hash);
}

static uint64_t color_mount(const struct refining *r, const struct mount *m)
{
	const struct fold *f = r->f;
	const struct mount *parent = r->parents[nr_of(m, r)];
	uint64_t hash = mix(r->own[nr_of(m, r)], f->mounts[nr_of(m, r)]);

	hash = mix(hash, r->below[nr_of(m, r)]);
	hash = mix(hash, r->slaves[nr_of(m, r)]);
	hash = mix(hash, parent ? f->mounts[nr_of(parent, r)] : 0);
	hash = mix(hash, m->group ? f->groups[m->group - r->s->groups] : 0);
	if (m->master)
		hash = mix(hash, mix(f->mounts[nr_of(m->master, r)],
				     f->namespaces[ns_of(m->master, r)]));
	else
		hash = mix(hash, m->master_group);
	return hash;
}

/* The name of @m below @parent, or, without that, in its namespace. */
static uint64_t hash_name(const struct refining *r, const struct mount *m,
			  const struct mount *parent)
{
	size_t len = parent ? strlen(parent->path) : 0;

	if (!r->detail->names)
		return 0;
	return match_hash_string(MATCH_SEED,
				 strlen(m->path) > len ? m->path + len : "");
}

static void sum_up(const struct refining *r)
{
	const struct snapshot *s = r->s;
	const struct fold *f = r->f;
	size_t i;

	memset(r->below, 0, s->nr_mounts * sizeof(*r->below));
	memset(r->slaves, 0, s->nr_mounts * sizeof(*r->slaves));
	memset(r->members, 0, s->nr_groups * sizeof(*r->members));
	memset(r->contents, 0, (s->nr_namespaces + 1) * sizeof(*r->contents));
	for (i = 0; i < r->nr_shown; i++) {
		const struct mount *m = &s->mounts[r->shown[i]];
		const struct mount *parent = r->parents[r->shown[i]];
		uint64_t color = f->mounts[r->shown[i]];
		uint64_t there = mix(color, f->namespaces[ns_of(m, r)]);

		if (parent)
			r->below[nr_of(parent, r)] +=
				mix(hash_name(r, m, parent), color);
		if (m->master)
			r->slaves[nr_of(m->master, r)] += there;
		if (m->group)
			r->members[m->group - s->groups] += there;
		r->contents[ns_of(m, r)] += mix(hash_name(r, m, NULL), color);
	}
}

static size_t count_colors(const uint64_t *colors, size_t nr,
			   struct keyed *scratch)
{
	size_t i, n = 0;

	for (i = 0; i < nr; i++)
		scratch[i] = (struct keyed){ colors[i], i };
	match_sort(scratch, nr);
	for (i = 0; i < nr; i++)
		n += !i || scratch[i].key != scratch[i - 1].key;
	return n;
}

static size_t count_all(const struct refining *r)
{
	return count_colors(r->f->mounts, r->s->nr_mounts, r->scratch) +
	       count_colors(r->f->groups, r->s->nr_groups, r->scratch) +
	       count_colors(r->f->namespaces, r->s->nr_namespaces + 1,
			    r->scratch);
}

static void refine(const struct refining *r)
{
	const struct snapshot *s = r->s;
	uint64_t *next = r->below;
	size_t before, now = 0, i;

	do {
		before = now;
		sum_up(r);
		for (i = 0; i < s->nr_groups; i++)
			color_group(r, &s->groups[i]);
		/* what is below a mount is not asked for after its turn */
		for (i = 0; i < r->nr_shown; i++)
			next[r->shown[i]] =
				color_mount(r, &s->mounts[r->shown[i]]);
		for (i = 0; i < r->nr_shown; i++)
			r->f->mounts[r->shown[i]] = next[r->shown[i]];
		for (i = 0; i <= s->nr_namespaces; i++)
			r->f->namespaces[i] =
				mix(mix(r->own_ns[i], r->f->namespaces[i]),
				    r->contents[i]);
		now = count_all(r);
	} while (now > before);
}

static bool split_mount(const struct refining *r, size_t i)
{
	bool done = r->apart[i];

	r->own[i] = match_hash_string(r->own[i], r->s->mounts[i].path);
	r->apart[i] = true;
	return !done;
}

static bool split_ns(const struct refining *r, size_t i)
{
	bool *apart = &r->apart[r->s->nr_mounts + i], done = *apart;

	r->own_ns[i] = i + 1;
	*apart = true;
	return !done;
}

/*
 * Splits those with the same key, if there are from 2 to @few; returns whether
 * there were any that had not been split.
 */
static bool split_runs(const struct refining *r, size_t nr, size_t few,
		       bool (*split)(const struct refining *r, size_t i))
{
	size_t from, to, i;
	bool any = false;

	match_sort(r->scratch, nr);
	for (from = 0; from < nr; from = to) {
		for (to = from; to < nr; to++) {
			if (r->scratch[to].key != r->scratch[from].key)
				break;
		}
		if (to - from < 2 || to - from > few)
			continue;
		for (i = from; i < to; i++)
			any |= split(r, r->scratch[i].index);
	}
	return any;
}

/*
 * Few that are the same are told apart after all, and so is what has to do with
 * them.  In namespaces that are the same it is by paths, which are the same, too.
 */
static bool split_few(const struct refining *r)
{
	const struct snapshot *s = r->s;
	const struct fold *f = r->f;
	size_t i, n = 0;

	for (i = 0; i < r->nr_shown; i++) {
		size_t m = r->shown[i];
		const struct mount *parent = r->parents[m];
		uint64_t key = mix(f->mounts[m], ns_of(&s->mounts[m], r));

		key = mix(key, parent ? nr_of(parent, r) + 1 : 0);
		r->scratch[n++] = (struct keyed){ key, m };
	}
	if (split_runs(r, n, r->detail->siblings, split_mount))
		return true;
	n = 0;
	for (i = 0; i < s->nr_namespaces; i++) {
		if (r->contents[i])
			r->scratch[n++] = (struct keyed){ f->namespaces[i], i };
	}
	return split_runs(r, n, r->detail->namespaces, split_ns);
}

static uint64_t *numbers(size_t nr)
{
	uint64_t *list = calloc(nr + 1, sizeof(*list));

	if (!list)
		out_of_memory();
	return list;
}

/*
 * How far a mount is from its root, and what is farthest below it: rounds would
 * tell, but as many as a stack of mounts is high.
 */
static void tell_apart_by_depth(const struct refining *r)
{
	uint64_t *depth = numbers(r->s->nr_mounts);
	uint64_t *height = numbers(r->s->nr_mounts);
	size_t i;

	for (i = 0; i < r->nr_shown; i++) {
		const struct mount *m = r->scope->order[i];
		const struct mount *up = r->parents[nr_of(m, r)];

		if (up)
			depth[nr_of(m, r)] = depth[nr_of(up, r)] + 1;
	}
	for (i = r->nr_shown; i-- > 0;) {
		const struct mount *m = r->scope->order[i];
		const struct mount *up = r->parents[nr_of(m, r)];
		uint64_t deepest = height[nr_of(m, r)];

		if (!deepest)
			deepest = depth[nr_of(m, r)];
		if (up && height[nr_of(up, r)] < deepest)
			height[nr_of(up, r)] = deepest;
	}
	for (i = 0; i < r->nr_shown; i++) {
		size_t nr = r->shown[i];

		r->own[nr] = mix(r->own[nr], mix(depth[nr], height[nr]));
	}
	free(depth);
	free(height);
}

static void begin(struct refining *r, const struct question *q)
{
	const struct snapshot *s = r->s;
	const struct scope *scope = r->scope;
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		if (!scope->in[i])
			continue;
		r->shown[r->nr_shown++] = i;
		r->parents[i] = scope_parent(scope, &s->mounts[i]);
		r->own[i] = hash_mount(&s->mounts[i], &q->fates[i]);
		r->f->mounts[i] = 1;
	}
	tell_apart_by_depth(r);
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		if (ns == scope->left || ns == scope->named[0] ||
		    ns == scope->named[1])
			split_ns(r, i);
		r->f->namespaces[i] = 1 + ns->anon;
	}
}

void fold_find(struct fold *f, const struct scope *scope,
	       const struct question *q, const struct detail *detail)
{
	const struct snapshot *s = scope->s;
	size_t nr_all = s->nr_mounts + s->nr_groups + s->nr_namespaces;
	struct refining r = {
		.scope = scope,
		.s = s,
		.detail = detail,
		.f = f,
		.own = numbers(s->nr_mounts),
		.own_ns = numbers(s->nr_namespaces),
		.below = numbers(s->nr_mounts),
		.slaves = numbers(s->nr_mounts),
		.members = numbers(s->nr_groups),
		.contents = numbers(s->nr_namespaces),
		.apart = calloc(nr_all + 1, sizeof(*r.apart)),
		.shown = calloc(s->nr_mounts + 1, sizeof(*r.shown)),
		.parents = calloc(s->nr_mounts + 1, sizeof(struct mount *)),
		.scratch = calloc(nr_all + 1, sizeof(*r.scratch)),
	};

	f->mounts = numbers(s->nr_mounts);
	f->namespaces = numbers(s->nr_namespaces);
	f->groups = numbers(s->nr_groups);
	if (!r.apart || !r.shown || !r.parents || !r.scratch)
		out_of_memory();
	begin(&r, q);
	do {
		refine(&r);
	} while (split_few(&r));
	free(r.own);
	free(r.own_ns);
	free(r.below);
	free(r.slaves);
	free(r.members);
	free(r.contents);
	free(r.apart);
	free(r.shown);
	free(r.parents);
	free(r.scratch);
}

void fold_free(struct fold *f)
{
	free(f->mounts);
	free(f->namespaces);
	free(f->groups);
}
