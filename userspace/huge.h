/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Large pages for what a large machine's snapshot takes: with pages of 4 KiB half of
 * the time goes to the faults.
 */
#ifndef MNTPROP_HUGE_H
#define MNTPROP_HUGE_H

#include <stddef.h>

/* Of memory that was allocated and not touched yet.  A kernel without them says no. */
void advise_huge_pages(void *p, size_t size);

/*
 * Gives back those from @from to @to, and what is in them; returns where the rest
 * begins.
 */
char *release_huge_pages(char *from, const char *to);

/* What malloc() gives from now on comes from large pages, up to @size bytes of it. */
void reserve_huge_heap(size_t size);

#endif
