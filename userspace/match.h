/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of two lists of things are alike, told by keys; 0 is like nothing. */
#ifndef MNTPROP_MATCH_H
#define MNTPROP_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* What is not paired with anything. */
#define NO_PAIR ((size_t)-1)

struct keys {
	const uint64_t *of;
	size_t nr;
	size_t *pair; /* index in the other list, or NO_PAIR */
};

/**
 * match_alike() - pair what has the same key
 * @a, @b:	the lists; what is paired stays so
 * @scratch:	for memory
 *
 * The first of those with a key is paired with the first of them in the other
 * list, the second with the second and so on, wherever they stand.
 *
 * Return: 0, or -1 without memory.
 */
int match_alike(struct keys *a, struct keys *b, struct arena *scratch);

/**
 * match_in_order() - the same, but no two pairs cross each other
 * @a, @b:	the lists, with no pairs yet
 * @scratch:	for memory
 *
 * After what both lists begin and end with, these are the most of the pairs
 * that match_alike() makes: a common subsequence, the longest one if no key
 * comes twice.  Takes n log n steps, where the longest of all would take n^2.
 *
 * Return: 0, or -1 without memory.
 */
int match_in_order(struct keys *a, struct keys *b, struct arena *scratch);

/* A hash to make keys of: of what was before, a string (may be NULL), a number. */
#define MATCH_SEED 14695981039346656037ULL
uint64_t match_hash_string(uint64_t hash, const char *s);
uint64_t match_hash_number(uint64_t hash, uint64_t n);

/* By key, equal ones by index. */
struct keyed {
	uint64_t key;
	size_t index;
};

void match_sort(struct keyed *list, size_t nr);

/* The first with @key of a sorted list, or NO_PAIR. */
size_t match_find(const struct keyed *list, size_t nr, uint64_t key);

#endif
