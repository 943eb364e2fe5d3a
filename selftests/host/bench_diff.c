// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to pair two snapshots with as many mounts each, in ten
 * namespaces, of two boots: milliseconds, the medians of nine rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "builder.h"
#include "pairing.h"

#define ROUNDS 9
#define NAMESPACES 10

enum { LOAD, PAIR, NR_PARTS };

/* How the second differs. */
enum { SAME, SOME, ALL_MOVED, STACKED, NR_SHAPES };

static const char *const names[] = { [SAME] = "same",
				     [SOME] = "one of ten",
				     [ALL_MOVED] = "all moved",
				     [STACKED] = "stacked" };

/* Ids are shuffled in the second; @shape says what else is other than there. */
static void add_mount(struct builder *b, int shape, int i, int n, int first)
{
	int ns = i / (n / NAMESPACES), nr = i % (n / NAMESPACES);
	int id = first + i, root = first + ns * (n / NAMESPACES);
	bool second = first > 1;

	build(b, "mount id=%d ns=%d parent=%d", id, ns, nr ? root : id);
	if (!nr)
		build(b, " mountpoint=/");
	else if (shape == STACKED)
		build(b, " mountpoint=/m");
	else if (second && shape == ALL_MOVED)
		build(b, " mountpoint=/moved/%d", nr);
	else
		build(b, " mountpoint=/some/directory/%d%s", nr,
		      second && shape == SOME && nr % 10 == 0 ? "x" : "");
	build(b,
	      " mp_dentry=0123456789abcdef root=/ root_dentry=fedcba9876543210 dev=0:%d type=tmpfs source=s%d",
	      nr + first, shape == STACKED && second ? n - nr : nr);
	build(b, " flags=shared group=%d peer=%d\n", nr + first,
	      ns + 1 < NAMESPACES ? id + n / NAMESPACES : first + nr);
}

static struct snapshot *make(int shape, int n, int first, double *load)
{
	struct timespec from, to;
	struct builder b = {};
	struct snapshot *s;
	struct error err;
	int i;

	build_head(&b, NAMESPACES, n);
	for (i = 0; i < NAMESPACES; i++)
		build_ns(&b, i, first + i * (n / NAMESPACES));
	for (i = 0; i < n; i++)
		add_mount(&b, shape, i, n, first);
	build_end(&b, NAMESPACES, n);
	clock_gettime(CLOCK_MONOTONIC, &from);
	s = build_parse(&b, &err);
	clock_gettime(CLOCK_MONOTONIC, &to);
	if (!s) {
		fprintf(stderr, "bench_diff: %s\n", err.text);
		exit(1);
	}
	*load += (to.tv_sec - from.tv_sec) * 1e3 +
		 (to.tv_nsec - from.tv_nsec) / 1e6;
	return s;
}

static void round_of(int shape, int n, double parts[NR_PARTS])
{
	struct timespec from, to;
	struct snapshot *a, *b;
	struct pairing p;

	parts[LOAD] = 0;
	a = make(shape, n, 1, &parts[LOAD]);
	b = make(shape, n, n + 1, &parts[LOAD]);
	clock_gettime(CLOCK_MONOTONIC, &from);
	if (pairing_make(&p, a, b))
		exit(1);
	clock_gettime(CLOCK_MONOTONIC, &to);
	parts[PAIR] = (to.tv_sec - from.tv_sec) * 1e3 +
		      (to.tv_nsec - from.tv_nsec) / 1e6;
	pairing_free(&p);
	snapshot_free(a);
	snapshot_free(b);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void bench(int shape, int n)
{
	double parts[NR_PARTS], all[NR_PARTS][ROUNDS];
	int i, j;

	for (i = 0; i < ROUNDS; i++) {
		round_of(shape, n, parts);
		for (j = 0; j < NR_PARTS; j++)
			all[j][i] = parts[j];
	}
	printf("%-12s %6d", names[shape], n);
	for (j = 0; j < NR_PARTS; j++) {
		qsort(all[j], ROUNDS, sizeof(all[j][0]), compare);
		printf(" %8.2f", all[j][ROUNDS / 2]);
	}
	printf("\n");
	fflush(stdout);
}

int main(void)
{
	int shape, n;

	printf("%-12s %6s %8s %8s\n", "second", "mounts", "load", "pair");
	for (shape = 0; shape < NR_SHAPES; shape++) {
		for (n = 1000; n <= 100000; n *= 10)
			bench(shape, n);
	}
	return 0;
}
