// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to predict a mount on one of many, each in a mount namespace of
 * its own: milliseconds, the medians of nine rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "builder.h"
#include "explain.h"
#include "view.h"

#define ROUNDS 9

enum { LOAD, WORLD, APPLY, VIEW, WHY, NR_PARTS };

/* How they hang together. */
enum { PEERS, SLAVES, CHAIN, NR_SHAPES };

static const char *const names[] = { [PEERS] = "peers",
				     [SLAVES] = "slaves of one",
				     [CHAIN] = "chain of slaves" };

/* A root and, on it, the mount in question. */
static void add_namespace(struct builder *b, int shape, int nr, int n)
{
	int root = 2 * nr + 1, id = root + 1, i;

	build(b,
	      "mount id=%d ns=%d parent=%d mountpoint=/ mp_dentry=0123456789abcdef root=/ root_dentry=0123456789abcdef dev=0:1 type=tmpfs\n",
	      root, nr, root);
	build(b,
	      "mount id=%d ns=%d parent=%d mountpoint=/mnt mp_dentry=0123456789abcde0 root=/ root_dentry=fedcba9876543210 dev=0:2 type=tmpfs",
	      id, nr, root);
	if (shape == PEERS)
		build(b, " flags=shared group=1 peer=%d",
		      nr + 1 < n ? id + 2 : 2);
	else if (shape == SLAVES && nr)
		build(b, " master=2");
	else
		build(b, " flags=shared group=%d", nr + 1);
	if (shape == CHAIN && nr)
		build(b, " master=%d", id - 2);
	if (shape == CHAIN && nr + 1 < n)
		build(b, " slaves=%d", id + 2);
	for (i = 1; shape == SLAVES && !nr && i < n; i++)
		build(b, "%s%d", i == 1 ? " slaves=" : ",", 2 * i + 2);
	build(b, "\n");
}

static void build_text(struct builder *b, int shape, int n)
{
	int i;

	build_head(b, n, 2 * n);
	for (i = 0; i < n; i++)
		build_ns(b, i, 2 * i + 1);
	for (i = 0; i < n; i++)
		add_namespace(b, shape, i, n);
	build_end(b, n, 2 * n);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench_predict: %s\n", what);
	exit(1);
}

static void look(struct view *v, const struct outcome *o)
{
	struct world_mount *by;
	size_t i;

	for (i = 0; i < o->nr_changes; i++) {
		char *path = view_path(o->changes[i].mount);

		if (view_hidden(v, o->changes[i].mount, &by) ||
		    strcmp(path, "/mnt/x"))
			fail("not visible at its path");
		free(path);
	}
}

static void round_of(const struct builder *b, int n, double parts[NR_PARTS],
		     uint64_t *steps)
{
	struct location from = { .within = (char *)"/x" };
	struct operation op = { .type = OP_MOUNT };
	struct explanation e;
	struct outcome o;
	struct snapshot *s;
	struct world *w;
	struct view *v;
	struct error err;
	double t[NR_PARTS + 1];
	int i;

	t[LOAD] = now();
	s = snapshot_parse(b->text, b->len, "bench", &err);
	if (!s)
		fail(err.text);
	t[WORLD] = now();
	w = world_new(s, NULL, &err);
	if (!w)
		fail(err.text);
	t[APPLY] = now();
	op.ns = world_ns_of(w, 0);
	op.user_ns = op.ns->user_ns;
	op.target.mount = world_mount_of(w, 2);
	op.target.path = "/x";
	if (world_apply(w, &op, &o, &err) || o.error ||
	    o.nr_changes != (size_t)n)
		fail("not everybody gets it");
	t[VIEW] = now();
	v = view_new(w);
	if (!v)
		fail("no memory");
	look(v, &o);
	t[WHY] = now();
	from.mnt = snapshot_mount(s, 2);
	if (explain(&e, s, &from, &s->namespaces[n - 1], NULL) || !e.yes)
		fail("the last does not get it");
	t[NR_PARTS] = now();
	for (i = 0; i < NR_PARTS; i++)
		parts[i] = t[i + 1] - t[i];
	*steps = w->steps;
	explain_free(&e);
	view_free(v);
	world_free(w);
	snapshot_free(s);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void bench(int shape, int n)
{
	double parts[NR_PARTS], all[NR_PARTS][ROUNDS];
	struct builder b = {};
	uint64_t steps;
	int i, j;

	build_text(&b, shape, n);
	for (i = 0; i < ROUNDS; i++) {
		round_of(&b, n, parts, &steps);
		for (j = 0; j < NR_PARTS; j++)
			all[j][i] = parts[j];
	}
	printf("%-16s %6d", names[shape], n);
	for (j = 0; j < NR_PARTS; j++) {
		qsort(all[j], ROUNDS, sizeof(all[j][0]), compare);
		printf(" %8.2f", all[j][ROUNDS / 2]);
	}
	printf(" %10llu\n", (unsigned long long)steps);
	fclose(b.f);
	free(b.text);
}

int main(void)
{
	int shape;
	int n;

	printf("%-16s %6s %8s %8s %8s %8s %8s %10s\n", "mounts", "number",
	       "load", "world", "predict", "look", "why", "steps");
	for (shape = 0; shape < NR_SHAPES; shape++) {
		for (n = 1250; n <= 20000; n *= 2)
			bench(shape, n);
	}
	return 0;
}
