// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"

#define HEADER_LEN 24

static void *grow(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		exit(2);
	return p;
}

void blob_begin(struct blob *b)
{
	memset(b, 0, sizeof(*b));
	b->nr_types = 1;
	blob_string(b, "");
}

uint32_t blob_string(struct blob *b, const char *s)
{
	size_t at = b->strings_len;

	b->strings_len += strlen(s) + 1;
	b->strings = grow(b->strings, b->strings_len);
	strcpy(b->strings + at, s);
	return at;
}

void blob_word(struct blob *b, uint32_t word)
{
	b->types = grow(b->types, (b->nr_words + 1) * 4);
	b->types[b->nr_words++] = word;
}

uint32_t blob_type(struct blob *b, int kind, int flag, const char *name,
		   uint32_t vlen, uint32_t size_or_type)
{
	blob_word(b, name ? blob_string(b, name) : 0);
	blob_word(b, (uint32_t)flag << 31 | kind << 24 | vlen);
	blob_word(b, size_or_type);
	return b->nr_types++;
}

uint32_t blob_int(struct blob *b, const char *name, uint32_t size,
		  uint32_t encoding)
{
	uint32_t id = blob_type(b, K_INT, 0, name, 0, size);

	blob_word(b, encoding << 24 | size * 8);
	return id;
}

void blob_member(struct blob *b, const char *name, uint32_t type, uint32_t bits)
{
	blob_word(b, name ? blob_string(b, name) : 0);
	blob_word(b, type);
	blob_word(b, bits);
}

void blob_end(struct blob *b)
{
	uint32_t header[HEADER_LEN / 4] = {
		1 << 16 | 0xeb9f, HEADER_LEN,	   0,
		b->nr_words * 4,  b->nr_words * 4, b->strings_len,
	};

	b->types_at = HEADER_LEN;
	b->strings_at = HEADER_LEN + b->nr_words * 4;
	b->size = b->strings_at + b->strings_len;
	b->data = grow(NULL, b->size);
	memcpy(b->data, header, HEADER_LEN);
	if (b->nr_words)
		memcpy(b->data + b->types_at, b->types, b->nr_words * 4);
	memcpy(b->data + b->strings_at, b->strings, b->strings_len);
}

void blob_free(struct blob *b)
{
	free(b->data);
	free(b->types);
	free(b->strings);
	memset(b, 0, sizeof(*b));
}

uint32_t blob_get(const struct blob *b, size_t at)
{
	uint32_t word;

	memcpy(&word, b->data + at, 4);
	return word;
}

void blob_set(struct blob *b, size_t at, uint32_t word)
{
	memcpy(b->data + at, &word, 4);
}

void blob_read(struct blob *b, const char *path)
{
	FILE *f = fopen(path, "re");
	size_t room = 0, n = 1;

	memset(b, 0, sizeof(*b));
	while (f && n) {
		room += 8 << 20;
		b->data = grow(b->data, room);
		n = fread(b->data + b->size, 1, room - b->size, f);
		b->size += n;
	}
	if (!f || b->size < HEADER_LEN) {
		printf("Bail out! cannot read BTF from %s\n", path);
		exit(1);
	}
	fclose(f);
	b->types_at = blob_get(b, 4) + blob_get(b, 8);
	b->strings_at = blob_get(b, 4) + blob_get(b, 16);
}

static int kind_of(uint32_t info)
{
	return info >> 24 & 0x1f;
}

static size_t words_of(uint32_t info)
{
	size_t vlen = info & 0xffff;

	switch (kind_of(info)) {
	case K_INT:
	case K_VAR:
	case K_DECL_TAG:
		return 4;
	case K_ARRAY:
		return 6;
	case K_ENUM:
	case K_FUNC_PROTO:
		return 3 + 2 * vlen;
	case K_STRUCT:
	case K_UNION:
	case K_DATASEC:
	case K_ENUM64:
		return 3 + 3 * vlen;
	default:
		return 3;
	}
}

static const char *string_at(const struct blob *b, uint32_t at)
{
	return (const char *)b->data + b->strings_at + at;
}

static size_t next_type(const struct blob *b, size_t at)
{
	return at + 4 * words_of(blob_get(b, at + 4));
}

size_t blob_find_struct(const struct blob *b, const char *name)
{
	size_t at;

	for (at = b->types_at; at < b->strings_at; at = next_type(b, at)) {
		if (kind_of(blob_get(b, at + 4)) == K_STRUCT &&
		    !strcmp(string_at(b, blob_get(b, at)), name))
			return at;
	}
	return 0;
}

uint32_t blob_struct_id(const struct blob *b, const char *name)
{
	size_t at, strct = blob_find_struct(b, name);
	uint32_t id = 1;

	for (at = b->types_at; strct && at < strct; at = next_type(b, at))
		id++;
	return strct ? id : 0;
}

size_t blob_find_member(const struct blob *b, const char *strct,
			const char *member)
{
	size_t at = blob_find_struct(b, strct), i;

	for (i = at + 12; at && i < next_type(b, at); i += 12) {
		if (!strcmp(string_at(b, blob_get(b, i)), member))
			return i;
	}
	return 0;
}

/* State of a cut: which types of the real blob are taken, and what they are called now. */
struct cut {
	struct blob *to;
	const struct blob *real;
	size_t *at; /* by old id: where the type begins */
	uint32_t *new_id; /* by old id, 0: not taken */
	uint32_t *taken; /* old ids in order of taking */
	unsigned char *depth;
	uint32_t nr_old, nr_taken;
};

#define STRUCTS_DEEP 2

static uint32_t take(struct cut *c, uint32_t old, unsigned int depth)
{
	if (!old || old >= c->nr_old)
		return 0;
	if (!c->new_id[old]) {
		c->taken[c->nr_taken++] = old;
		c->new_id[old] = c->nr_taken;
		c->depth[old] = depth;
	}
	return c->new_id[old];
}

/* Copies one type with its references renamed; what they refer to is taken as well. */
static void copy_type(struct cut *c, uint32_t old)
{
	const struct blob *r = c->real;
	size_t at = c->at[old], i;
	uint32_t info = blob_get(r, at + 4), third = blob_get(r, at + 8),
		 vlen = info & 0xffff;
	unsigned int depth = c->depth[old];
	int kind = kind_of(info);

	switch (kind) {
	case K_STRUCT:
	case K_UNION:
		if (depth > STRUCTS_DEEP)
			vlen = 0;
		break;
	case K_INT:
	case K_FWD:
	case K_FLOAT:
	case K_ENUM:
	case K_ENUM64:
	case K_ARRAY:
		break;
	case K_FUNC_PROTO:
		vlen = 0;
		third = 0;
		break;
	default:
		third = take(c, third, depth);
	}
	blob_type(c->to, kind, info >> 31, string_at(r, blob_get(r, at)), vlen,
		  third);
	if (kind == K_INT)
		blob_word(c->to, blob_get(r, at + 12));
	if (kind == K_ARRAY) {
		blob_word(c->to, take(c, blob_get(r, at + 12), depth + 1));
		blob_word(c->to, take(c, blob_get(r, at + 16), depth + 1));
		blob_word(c->to, blob_get(r, at + 20));
	}
	for (i = 0; (kind == K_STRUCT || kind == K_UNION) && i < vlen; i++)
		blob_member(c->to, string_at(r, blob_get(r, at + 12 + 12 * i)),
			    take(c, blob_get(r, at + 16 + 12 * i), depth + 1),
			    blob_get(r, at + 20 + 12 * i));
	for (i = 0; kind == K_ENUM && i < vlen; i++) {
		blob_word(c->to,
			  blob_string(c->to,
				      string_at(r,
						blob_get(r, at + 12 + 8 * i))));
		blob_word(c->to, blob_get(r, at + 16 + 8 * i));
	}
	for (i = 0; kind == K_ENUM64 && i < 3 * vlen; i++)
		blob_word(c->to, i % 3 ? blob_get(r, at + 12 + 4 * i) : 0);
}

static int is_wanted_enum(const struct blob *b, size_t at)
{
	uint32_t info = blob_get(b, at + 4), i;

	for (i = 0; kind_of(info) == K_ENUM && i < (info & 0xffff); i++) {
		if (!strncmp(string_at(b, blob_get(b, at + 12 + 8 * i)),
			     "T_SHARED", 8))
			return 1;
	}
	return 0;
}

void blob_cut(struct blob *b, const struct blob *real,
	      const char *const *structs, size_t nr)
{
	struct cut c = { .to = b, .real = real };
	uint32_t id, i;
	size_t at, s;

	blob_begin(b);
	for (at = real->types_at; at < real->strings_at;
	     at = next_type(real, at))
		c.nr_old++;
	c.nr_old++;
	c.at = calloc(c.nr_old, sizeof(*c.at));
	c.new_id = calloc(c.nr_old, sizeof(*c.new_id));
	c.taken = calloc(c.nr_old, sizeof(*c.taken));
	c.depth = calloc(c.nr_old, 1);
	if (!c.at || !c.new_id || !c.taken || !c.depth)
		exit(2);
	for (at = real->types_at, id = 1; at < real->strings_at;
	     at = next_type(real, at), id++) {
		c.at[id] = at;
		if (is_wanted_enum(real, at))
			take(&c, id, 0);
		for (s = 0; s < nr; s++) {
			if (kind_of(blob_get(real, at + 4)) == K_STRUCT &&
			    !strcmp(string_at(real, blob_get(real, at)),
				    structs[s]))
				take(&c, id, 0);
		}
	}
	for (i = 0; i < c.nr_taken; i++)
		copy_type(&c, c.taken[i]);
	blob_end(b);
	free(c.at);
	free(c.new_id);
	free(c.taken);
	free(c.depth);
}
