// SPDX-License-Identifier: GPL-2.0-only
/* Memory for snapshots, without hurting anybody else. */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "memory.h"

/* Less than this is not worth a look at the whole machine. */
#define SMALL SZ_1M

/**
 * mntprop_memory_is_to_spare() - whether so much may be allocated
 * @bytes:	how much, in one or several pieces
 *
 * An allocation that takes the last pages does not call the OOM killer itself, but
 * the next page fault of another task does.
 *
 * Return: whether it is at most a quarter of what the machine has available.
 */
bool mntprop_memory_is_to_spare(size_t bytes)
{
	long pages = si_mem_available();

	return bytes <= SMALL ||
	       (pages > 0 && bytes >> PAGE_SHIFT <= pages / 4);
}

/**
 * mntprop_memory_get() - allocate an array
 * @n:		how many
 * @size:	of each, in bytes
 * @flags:	0 or __GFP_ZERO
 *
 * Context: Process context, may sleep.
 * Return: the array, to be given to kvfree(); NULL if there is no memory, or if the
 * array takes more than a quarter of what the machine has available, or more than
 * kvmalloc() gives.
 */
void *mntprop_memory_get(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (check_mul_overflow(n, size, &bytes) || bytes > INT_MAX ||
	    !mntprop_memory_is_to_spare(bytes))
		return NULL;
	return kvmalloc(bytes, MNTPROP_GFP | flags);
}
