// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "huge.h"

#define HUGE_PAGE (2UL << 20)

/* mallopt(3), M_MMAP_MAX */
#define DEFAULT_MMAPS 65536

static uintptr_t first_page(const void *p)
{
	return ((uintptr_t)p + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
}

static uintptr_t end_page(const void *p)
{
	return (uintptr_t)p & ~(HUGE_PAGE - 1);
}

void advise_huge_pages(void *p, size_t size)
{
	uintptr_t start = first_page(p), end = end_page((char *)p + size);

	if (start < end)
		madvise((void *)start, end - start, MADV_HUGEPAGE);
}

char *release_huge_pages(char *from, const char *to)
{
	uintptr_t start = first_page(from), end = end_page(to);

	if (start >= end || madvise((void *)start, end - start, MADV_DONTNEED))
		return from;
	return (char *)end;
}

/*
 * What is freed at the top of the heap stays there if malloc() is told not to trim
 * it, and what is allocated next is cut from it.
 */
void reserve_huge_heap(size_t size)
{
	void *p;

	if (size < HUGE_PAGE || size > INT_MAX / 2)
		return;
	mallopt(M_TRIM_THRESHOLD, 2 * size);
	mallopt(M_MMAP_MAX, 0);
	p = malloc(size);
	mallopt(M_MMAP_MAX, DEFAULT_MMAPS);
	if (p)
		advise_huge_pages(p, size);
	free(p);
}
