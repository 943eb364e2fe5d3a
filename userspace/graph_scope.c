// SPDX-License-Identifier: GPL-2.0-only
/* Which mounts are in a picture. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "acting.h"
#include "fatal.h"
#include "match.h"
#include "picture.h"
#include "who.h"

const struct mount *scope_parent(const struct scope *scope,
				 const struct mount *m)
{
	return scope->parents[m - scope->s->mounts];
}

/* Goes through each tree once: a stack would cost the square of its height. */
static void find_parents(struct scope *scope)
{
	const struct snapshot *s = scope->s;
	const struct mount *root, *m;
	size_t i, n = 0;

	for (i = 0; i < s->nr_mounts; i++) {
		root = &s->mounts[i];
		if (root->parent)
			continue;
		for (m = root; m; m = next_mnt(m, root)) {
			const struct mount *up = m->parent;

			if (up && !scope->in[up - s->mounts])
				up = scope->parents[up - s->mounts];
			scope->parents[m - s->mounts] = up;
			if (scope->in[m - s->mounts])
				scope->order[n++] = m;
		}
	}
}

/* Mounts that hang together, by index: one of them stands for all. */
static size_t find(size_t *leaders, size_t i)
{
	while (leaders[i] != i) {
		leaders[i] = leaders[leaders[i]];
		i = leaders[i];
	}
	return i;
}

static void join(size_t *leaders, size_t a, size_t b)
{
	leaders[find(leaders, a)] = find(leaders, b);
}

static size_t *find_leaders(const struct scope *scope)
{
	const struct snapshot *s = scope->s;
	size_t *leaders = calloc(s->nr_mounts + 1, sizeof(*leaders)), i;

	if (!leaders)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++)
		leaders[i] = i;
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (m->group)
			join(leaders, i, m->group->members[0] - s->mounts);
		if (m->master)
			join(leaders, i, m->master - s->mounts);
	}
	return leaders;
}

static bool is_named(const struct scope *scope, const struct mnt_namespace *ns)
{
	return ns && (ns == scope->named[0] || ns == scope->named[1]);
}

/* What is seen of those that hang together. */
struct reach {
	const struct mnt_namespace *ns; /* one of them */
	bool beyond; /* and they are in another one, too */
	bool named[2];
};

static void see(struct reach *r, const struct scope *scope,
		const struct mount *m)
{
	if (!r->ns)
		r->ns = m->ns;
	r->beyond |= m->ns && m->ns != r->ns;
	r->named[0] |= m->ns && m->ns == scope->named[0];
	r->named[1] |= m->ns && m->ns == scope->named[1];
}

static void add_masters(struct scope *scope, const struct mount *m)
{
	for (; m && !scope->in[m - scope->s->mounts]; m = m->master)
		scope->in[m - scope->s->mounts] = true;
}

/* What propagates from one namespace to another, those that are named if any. */
static void add_propagating(struct scope *scope)
{
	const struct snapshot *s = scope->s;
	size_t *leaders = find_leaders(scope), i;
	struct reach *reach = calloc(s->nr_mounts + 1, sizeof(*reach));

	if (!reach)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].ns)
			see(&reach[find(leaders, i)], scope, &s->mounts[i]);
	}
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];
		const struct reach *r = &reach[find(leaders, i)];

		if (!m->ns || !r->beyond)
			continue;
		if ((scope->named[0] && !r->named[0]) ||
		    (scope->named[1] && !r->named[1]))
			continue;
		if (!scope->named[1] || is_named(scope, m->ns))
			add_masters(scope, m);
	}
	free(leaders);
	free(reach);
}

/*
 * The group of @m and all that gets what is mounted on it; @stack has room for
 * every group, each of which is a slave of one other at most.
 */
static void add_receivers(struct scope *scope, const struct mount *m,
			  const struct peer_group **stack)
{
	const struct snapshot *s = scope->s;
	size_t n = 0, i;

	scope->in[m - s->mounts] = true;
	if (m->group)
		stack[n++] = m->group;
	while (n) {
		const struct peer_group *g = stack[--n];

		for (i = 0; i < g->nr_members; i++)
			scope->in[g->members[i] - s->mounts] = true;
		for (i = 0; i < g->nr_slaves; i++)
			scope->in[g->slaves[i] - s->mounts] = true;
		for (i = 0; i < g->nr_slave_groups; i++)
			stack[n++] = g->slave_groups[i];
	}
}

/* Where it comes from: its masters, each with its peers. */
static void add_givers(struct scope *scope, const struct mount *m)
{
	const struct snapshot *s = scope->s;
	size_t i;

	for (m = m->master; m; m = m->master) {
		scope->in[m - s->mounts] = true;
		for (i = 0; m->group && i < m->group->nr_members; i++)
			scope->in[m->group->members[i] - s->mounts] = true;
	}
}

/* Those that @seeds has, and what gives to them or gets from them. */
static void add_related(struct scope *scope, const bool *seeds)
{
	const struct snapshot *s = scope->s;
	const struct peer_group **stack =
		calloc(s->nr_groups + 1, sizeof(*stack));
	size_t i;

	if (!stack)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++) {
		if (!seeds[i] || scope->in[i])
			continue;
		add_receivers(scope, &s->mounts[i], stack);
		add_givers(scope, &s->mounts[i]);
	}
	free(stack);
}

/* Its members; with a path, those that are there. */
static void seed_group(const struct scope *scope, const struct options *o,
		       bool *seeds)
{
	const struct peer_group *g;
	char *end;
	long id = strtol(o->group, &end, 10);
	size_t i;

	g = *o->group && !*end && id > 0 && id <= INT_MAX ?
		    snapshot_group(scope->s, id) :
		    NULL;
	if (!g)
		fatal("--group %s: no such peer group; see mntprop groups",
		      o->group);
	for (i = 0; i < scope->s->nr_mounts; i++)
		seeds[i] = scope->s->mounts[i].group == g &&
			   (seeds[i] || !o->nr_args);
}

/* What covers the path, and all below it. */
static void seed_path(const struct scope *scope, const struct options *o,
		      bool *seeds)
{
	const struct snapshot *s = scope->s;
	struct acting acting;
	struct location at;
	char *path;
	size_t i;

	acting_open(&acting, s, o, o->who);
	at = acting_lookup(&acting, o->args[0]);
	path = location_path(&at);
	if (!path)
		out_of_memory();
	seeds[at.mnt - s->mounts] = true;
	for (i = 0; i < acting.ns->nr_mounts; i++) {
		if (path_below(acting.ns->mounts[i]->path, path))
			seeds[acting.ns->mounts[i] - s->mounts] = true;
	}
	free(path);
	location_free(&at);
	acting_close(&acting);
}

/* A key of the directory that a mount shows, and of its namespace if @ns. */
static uint64_t directory(const struct mount *m, bool ns)
{
	uint64_t key = match_hash_number(MATCH_SEED, m->major);

	key = match_hash_number(key, m->minor);
	key = match_hash_string(key, m->root);
	key = match_hash_string(key, m->root_dentry);
	return ns ? match_hash_number(key, m->ns ? m->ns->nr + 1 : 0) : key;
}

/*
 * Those that show a directory as one in the picture does, in a namespace that
 * has none of these: that nothing arrives there is worth to be seen.
 */
static void add_copies(struct scope *scope)
{
	const struct snapshot *s = scope->s;
	struct keyed *shown = calloc(2 * s->nr_mounts + 1, sizeof(*shown));
	size_t i, n = 0;

	if (!shown)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!scope->in[i])
			continue;
		shown[n++] = (struct keyed){ directory(m, false), i };
		shown[n++] = (struct keyed){ directory(m, true), i };
	}
	match_sort(shown, n);
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!m->ns || m->ns->anon || scope->in[i] ||
		    (scope->named[1] && !is_named(scope, m->ns)))
			continue;
		if (match_find(shown, n, directory(m, false)) != NO_PAIR &&
		    match_find(shown, n, directory(m, true)) == NO_PAIR)
			scope->in[i] = true;
	}
	free(shown);
}

/* Of all that is in it what the two namespaces have, and the masters of that. */
static void keep_named(struct scope *scope)
{
	const struct snapshot *s = scope->s;
	bool *all = scope->in;
	size_t i;

	scope->in = calloc(s->nr_mounts + 1, sizeof(*scope->in));
	if (!scope->in)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++) {
		if (all[i] && is_named(scope, s->mounts[i].ns))
			add_masters(scope, &s->mounts[i]);
	}
	free(all);
}

static void choose_by_options(struct scope *scope, const struct options *o)
{
	bool *seeds;

	if (o->all) {
		memset(scope->in, true, scope->s->nr_mounts);
		return;
	}
	if (o->group || o->nr_args) {
		seeds = calloc(scope->s->nr_mounts + 1, sizeof(*seeds));
		if (!seeds)
			out_of_memory();
		if (o->nr_args)
			seed_path(scope, o, seeds);
		if (o->group)
			seed_group(scope, o, seeds);
		add_related(scope, seeds);
		if (scope->named[1])
			keep_named(scope);
		free(seeds);
	} else {
		add_propagating(scope);
	}
	add_copies(scope);
}

static void choose_by_question(struct scope *scope, const struct question *q)
{
	bool *asked = calloc(scope->s->nr_mounts + 1, sizeof(*asked));
	size_t i;

	if (!asked)
		out_of_memory();
	for (i = 0; i < scope->s->nr_mounts; i++)
		asked[i] = q->fates[i].asked;
	if (q->related)
		add_related(scope, asked);
	for (i = 0; i < scope->s->nr_mounts; i++)
		scope->in[i] |= asked[i];
	free(asked);
}

static void count(struct scope *scope)
{
	const struct snapshot *s = scope->s;
	bool *seen = calloc(s->nr_namespaces + 1, sizeof(*seen));
	size_t i;

	if (!seen)
		out_of_memory();
	find_parents(scope);
	scope->nr_mounts = 0;
	scope->nr_namespaces = 0;
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mnt_namespace *ns = s->mounts[i].ns;

		if (!scope->in[i])
			continue;
		scope->nr_mounts++;
		scope->nr_namespaces += ns && !seen[ns->nr];
		if (ns)
			seen[ns->nr] = true;
	}
	free(seen);
}

/* WHO:PATH is for --why, which has looked at it. */
static struct mnt_namespace *find_to(const struct snapshot *s,
				     const struct options *o)
{
	const char *colon = strstr(o->to, ":/");
	struct mnt_namespace *ns;
	char *who;

	who = colon ? strndup(o->to, colon - o->to) : strdup(o->to);
	if (!who)
		out_of_memory();
	ns = who_named(s, o, who);
	free(who);
	return ns;
}

void scope_choose(struct scope *scope, const struct snapshot *s,
		  const struct options *o, const struct question *q)
{
	*scope = (struct scope){ .s = s };
	scope->in = calloc(s->nr_mounts + 1, sizeof(*scope->in));
	scope->parents = calloc(s->nr_mounts + 1, sizeof(struct mount *));
	scope->order = calloc(s->nr_mounts + 1, sizeof(struct mount *));
	if (!scope->in || !scope->parents || !scope->order)
		out_of_memory();
	if (o->who)
		scope->named[0] = who_find(s, o);
	else if (o->to)
		scope->named[0] = who_default(s, o);
	if (o->to)
		scope->named[1] = find_to(s, o);
	scope->left = s->namespaces;
	if (scope->named[0])
		scope->left = scope->named[0];
	else if (q->source && q->source->ns)
		scope->left = q->source->ns;
	if (q->verdict && !o->all)
		choose_by_question(scope, q);
	else
		choose_by_options(scope, o);
	count(scope);
}

void scope_drop(struct scope *scope, const bool *dropped)
{
	size_t before = scope->nr_namespaces, i;

	for (i = 0; i < scope->s->nr_mounts; i++) {
		const struct mnt_namespace *ns = scope->s->mounts[i].ns;

		if (ns && dropped[ns->nr])
			scope->in[i] = false;
	}
	count(scope);
	scope->left_out += before - scope->nr_namespaces;
}

void scope_free(struct scope *scope)
{
	free(scope->in);
	free(scope->parents);
	free(scope->order);
}
