// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "huge.h"

#define FIRST_CHUNK (64 * 1024)
#define LARGEST_CHUNK (8 * 1024 * 1024)
#define ALIGN sizeof(uint64_t)

struct chunk {
	struct chunk *next;
	size_t used, size;
	uint64_t data[];
};

struct arena {
	struct chunk *chunks;
	size_t next_size; /* of a chunk */
};

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(struct arena));

	if (a)
		a->next_size = FIRST_CHUNK;
	return a;
}

void arena_clear(struct arena *a)
{
	struct chunk *c;

	while ((c = a->chunks)) {
		a->chunks = c->next;
		free(c);
	}
}

void arena_free(struct arena *a)
{
	if (a)
		arena_clear(a);
	free(a);
}

/* With room for @least bytes. */
static struct chunk *new_chunk(struct arena *a, size_t least)
{
	size_t size = least < a->next_size ? a->next_size : least;
	struct chunk *c = calloc(1, sizeof(*c) + size);

	if (!c)
		return NULL;
	advise_huge_pages(c, sizeof(*c) + size);
	if (a->next_size < LARGEST_CHUNK)
		a->next_size *= 2;
	c->size = size;
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	struct chunk *c = a->chunks;
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2)
		return NULL;
	/* Strings stand side by side. */
	if (c && size > 1)
		c->used = (c->used + ALIGN - 1) / ALIGN * ALIGN;
	if (!c || c->size < c->used || c->size - c->used < bytes)
		c = new_chunk(a, bytes);
	if (!c)
		return NULL;
	p = (char *)c->data + c->used;
	c->used += bytes;
	return p;
}

void arena_undo(struct arena *a, void *p)
{
	struct chunk *c = a->chunks;
	size_t left = (char *)p - (char *)c->data;

	memset(p, 0, c->used - left);
	c->used = left;
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t size = strlen(s) + 1;
	char *p = arena_alloc(a, size, 1);

	return p ? memcpy(p, s, size) : NULL;
}

char *arena_join(struct arena *a, const char *left, const char *right)
{
	size_t len = strlen(left);
	char *p = arena_alloc(a, len + strlen(right) + 1, 1);

	if (!p)
		return NULL;
	memcpy(p, left, len);
	strcpy(p + len, right);
	return p;
}
