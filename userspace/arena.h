/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that is given back all at once. */
#ifndef MNTPROP_ARENA_H
#define MNTPROP_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);

/* Gives back all that it has given; it can be used again. */
void arena_clear(struct arena *a);

/* @n zeroed elements of @size bytes each, or NULL; never NULL for @n == 0. */
void *arena_alloc(struct arena *a, size_t n, size_t size);

/* Takes back @p, which is the last that it has given. */
void arena_undo(struct arena *a, void *p);
char *arena_strdup(struct arena *a, const char *s);

/* One string directly after another, or NULL. */
char *arena_join(struct arena *a, const char *left, const char *right);

#endif
