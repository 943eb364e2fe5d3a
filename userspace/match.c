// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "match.h"

#define FNV_PRIME 1099511628211ULL

/* The NUL too, so that "ab", "c" is not like "a", "bc". */
uint64_t match_hash_string(uint64_t hash, const char *s)
{
	for (; s && *s; s++)
		hash = (hash ^ (unsigned char)*s) * FNV_PRIME;
	return hash * FNV_PRIME;
}

uint64_t match_hash_number(uint64_t hash, uint64_t n)
{
	int i;

	for (i = 0; i < 64; i += 8)
		hash = (hash ^ (n >> i & 0xff)) * FNV_PRIME;
	return hash;
}

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

void match_sort(struct keyed *list, size_t nr)
{
	qsort(list, nr, sizeof(*list), by_key);
}

size_t match_find(const struct keyed *list, size_t nr, uint64_t key)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < nr && list[low].key == key ? low : NO_PAIR;
}

/* What of @k is not paired, from @from to @to, by key. */
static struct keyed *sort_range(const struct keys *k, size_t from, size_t to,
				size_t *nr, struct arena *scratch)
{
	struct keyed *list = arena_alloc(scratch, to - from, sizeof(*list));
	size_t i;

	*nr = 0;
	for (i = from; list && i < to; i++) {
		if (k->of[i] && k->pair[i] == NO_PAIR)
			list[(*nr)++] = (struct keyed){ k->of[i], i };
	}
	if (list)
		match_sort(list, *nr);
	return list;
}

static void pair_up(struct keys *a, size_t i, struct keys *b, size_t j)
{
	a->pair[i] = j;
	b->pair[j] = i;
}

static int match_range(struct keys *a, size_t a_from, size_t a_to,
		       struct keys *b, size_t b_from, size_t b_to,
		       struct arena *scratch)
{
	size_t nr_x, nr_y, i = 0, j = 0;
	struct keyed *x = sort_range(a, a_from, a_to, &nr_x, scratch);
	struct keyed *y = sort_range(b, b_from, b_to, &nr_y, scratch);

	if (!x || !y)
		return -1;
	while (i < nr_x && j < nr_y) {
		if (x[i].key == y[j].key)
			pair_up(a, x[i++].index, b, y[j++].index);
		else if (x[i].key < y[j].key)
			i++;
		else
			j++;
	}
	return 0;
}

int match_alike(struct keys *a, struct keys *b, struct arena *scratch)
{
	return match_range(a, 0, a->nr, b, 0, b->nr, scratch);
}

/*
 * Keeps a longest increasing subsequence of the pairs of @a from @from to @to:
 * @last[n] is where the best one of n + 1 pairs ends so far.
 */
static int uncross(struct keys *a, size_t from, size_t to, struct keys *b,
		   struct arena *scratch)
{
	size_t *last = arena_alloc(scratch, to - from, sizeof(*last));
	size_t *before = arena_alloc(scratch, to - from, sizeof(*before));
	size_t i, n = 0, keep;

	if (!last || !before)
		return -1;
	for (i = from; i < to; i++) {
		size_t low = 0, high = n;

		if (a->pair[i] == NO_PAIR)
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (a->pair[last[middle]] < a->pair[i])
				low = middle + 1;
			else
				high = middle;
		}
		before[i - from] = low ? last[low - 1] : NO_PAIR;
		last[low] = i;
		if (low == n)
			n++;
	}
	keep = n ? last[n - 1] : NO_PAIR;
	for (i = to; i-- > from;) {
		if (i == keep) {
			keep = before[i - from];
		} else if (a->pair[i] != NO_PAIR) {
			b->pair[a->pair[i]] = NO_PAIR;
			a->pair[i] = NO_PAIR;
		}
	}
	return 0;
}

int match_in_order(struct keys *a, struct keys *b, struct arena *scratch)
{
	size_t from = 0, a_to = a->nr, b_to = b->nr;

	for (; from < a_to && from < b_to && a->of[from] == b->of[from]; from++)
		pair_up(a, from, b, from);
	for (; from < a_to && from < b_to && a->of[a_to - 1] == b->of[b_to - 1];
	     a_to--, b_to--)
		pair_up(a, a_to - 1, b, b_to - 1);
	if (from == a_to || from == b_to)
		return 0;
	if (match_range(a, from, a_to, b, from, b_to, scratch))
		return -1;
	return uncross(a, from, a_to, b, scratch);
}
