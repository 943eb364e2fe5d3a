/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map from a non-zero key (a pointer, an id) to a number, of a size set
 * beforehand: open addressing, no allocation on insert. Users choose which ids of
 * mounts there are, so the hash has a key: nobody can fill one stretch of slots.
 */
#ifndef MNTPROP_INDEX_H
#define MNTPROP_INDEX_H

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>

#include "memory.h"

struct mntprop_slot {
	unsigned long key;
	u32 value;
};

struct mntprop_index {
	struct mntprop_slot *slots;
	unsigned int bits;
	hsiphash_key_t hash_key;
};

/* Room for @entries, at most half full. Returns 0 or -ENOMEM. */
static inline int index_init(struct mntprop_index *index, u32 entries)
{
	get_random_bytes(&index->hash_key, sizeof(index->hash_key));
	index->bits = ilog2(max(entries, 8U)) + 2;
	index->slots = mntprop_memory_get(1UL << index->bits,
					  sizeof(*index->slots), __GFP_ZERO);
	return index->slots ? 0 : -ENOMEM;
}

static inline void index_free(struct mntprop_index *index)
{
	kvfree(index->slots);
	index->slots = NULL;
}

/* The slot of @key, or the free one where it would go: there always is one. */
static inline unsigned long index_slot(const struct mntprop_index *index,
				       unsigned long key)
{
	unsigned long mask = (1UL << index->bits) - 1;
	unsigned long i = hsiphash(&key, sizeof(key), &index->hash_key) & mask;

	while (index->slots[i].key && index->slots[i].key != key)
		i = (i + 1) & mask;
	return i;
}

/*
 * The caller inserts no more than it said to index_init(). Returns false, and leaves the
 * value as it is, if the key is there.
 */
static inline bool index_insert(struct mntprop_index *index, unsigned long key,
				u32 value)
{
	unsigned long i = index_slot(index, key);

	if (index->slots[i].key)
		return false;
	index->slots[i].key = key;
	index->slots[i].value = value;
	return true;
}

static inline bool index_find(const struct mntprop_index *index,
			      unsigned long key, u32 *value)
{
	unsigned long i = index_slot(index, key);

	*value = index->slots[i].value;
	return index->slots[i].key;
}

#endif
