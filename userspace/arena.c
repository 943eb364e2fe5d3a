// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define CHUNK_SIZE (64 * 1024)
#define ALIGN sizeof(uint64_t)

struct chunk {
	struct chunk *next;
	size_t used, size;
	uint64_t data[];
};

struct arena {
	struct chunk *chunks;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	struct chunk *c;

	if (!a)
		return;
	while ((c = a->chunks)) {
		a->chunks = c->next;
		free(c);
	}
	free(a);
}

static struct chunk *new_chunk(struct arena *a, size_t size)
{
	struct chunk *c;

	if (size < CHUNK_SIZE)
		size = CHUNK_SIZE;
	c = calloc(1, sizeof(*c) + size);
	if (!c)
		return NULL;
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
