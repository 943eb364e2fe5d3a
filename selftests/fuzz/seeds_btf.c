// SPDX-License-Identifier: GPL-2.0-only
/* BTF in which each candidate of the layout is found. */
#include "blob.h"
/* For its table. */
#include "layout.c"
#include "seeds.h"

#define VARIANTS 3

/* A type as layout.c names it, made anew for each member. */
static uint32_t make_type(struct blob *b, const char *name)
{
	size_t len = strlen(name);
	char pointee[64];

	if (len > 2 && !strcmp(name + len - 2, " *")) {
		snprintf(pointee, sizeof(pointee), "%.*s", (int)len - 2, name);
		return blob_type(b, K_PTR, 0, NULL, 0, make_type(b, pointee));
	}
	if (!strcmp(name, "struct {}"))
		return blob_type(b, K_STRUCT, 0, NULL, 0, 8);
	if (!strncmp(name, "struct ", 7))
		return blob_type(b, K_FWD, 0, name + 7, 0, 0);
	if (!strcmp(name, "char"))
		return blob_int(b, "char", 1, 1);
	if (!strcmp(name, "bool"))
		return blob_int(b, "_Bool", 1, 4);
	return blob_type(b, K_TYPEDEF, 0, name, 0,
			 blob_int(b, "int", atoi(name + 1) / 8, *name == 's'));
}

/* Of the candidates for a fact the @variant-th, or the last. */
static bool is_variant(size_t i, int variant)
{
	size_t first = i;

	while (first && candidates[first - 1].fact == candidates[i].fact)
		first--;
	if (i == first + variant)
		return true;
	return i < first + variant &&
	       (i + 1 == ARRAY_SIZE(candidates) ||
		candidates[i + 1].fact != candidates[i].fact);
}

static size_t count_members(enum structs strct, int variant)
{
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(candidates); i++)
		n += candidates[i].strct == strct && is_variant(i, variant);
	return n;
}

static void make_struct(struct blob *b, enum structs strct, int variant)
{
	uint32_t type[ARRAY_SIZE(candidates)] = {};
	size_t i, n = count_members(strct, variant), bits = 0;

	for (i = 0; i < ARRAY_SIZE(candidates); i++) {
		if (candidates[i].strct == strct && is_variant(i, variant))
			type[i] = make_type(b, candidates[i].type);
	}
	blob_type(b, K_STRUCT, 0, structs[strct].name, n, n * 8);
	for (i = 0; i < ARRAY_SIZE(candidates); i++) {
		if (!type[i])
			continue;
		blob_member(b, candidates[i].member, type[i], bits);
		bits += 64;
	}
}

static void make_enum(struct blob *b)
{
	size_t i, n = count_members(S_NONE, 0);

	blob_type(b, K_ENUM, 0, NULL, n, 4);
	for (i = 0; i < ARRAY_SIZE(candidates); i++) {
		if (candidates[i].strct != S_NONE)
			continue;
		blob_word(b, blob_string(b, candidates[i].member));
		blob_word(b, 1 << i % 8);
	}
}

static void save_btf(int variant)
{
	struct blob b;
	char name[32];
	int i;

	blob_begin(&b);
	for (i = 0; i < NR_STRUCTS; i++)
		make_struct(&b, i, variant);
	make_enum(&b);
	blob_end(&b);
	snprintf(name, sizeof(name), "layout%d", variant);
	seeds_save("btf", name, b.data, b.size);
	blob_free(&b);
}

/* Members of unnamed members, bit fields, and each kind of type once. */
static void save_btf_of_kinds(void)
{
	uint32_t inner, middle, u32_type;
	struct blob b;
	int kind;

	blob_begin(&b);
	u32_type = blob_int(&b, "unsigned int", 4, 0);
	inner = blob_type(&b, K_UNION, 0, NULL, 1, 8);
	blob_member(&b, "mnt_id", u32_type, 0);
	middle = blob_type(&b, K_STRUCT, 1, "ns_tree", 2, 16);
	blob_member(&b, NULL, inner, 0);
	blob_member(&b, "bit", u32_type, 64 | 3 << 24);
	blob_type(&b, K_STRUCT, 0, "mount", 2, 24);
	blob_member(&b, NULL, middle, 64);
	blob_member(&b, "mnt_ns", u32_type, 0);
	for (kind = K_INT; kind < K_UNKNOWN; kind++) {
		blob_type(&b, kind, 0, "name", 0, u32_type);
		if (kind == K_INT || kind == K_VAR || kind == K_DECL_TAG)
			blob_word(&b, 0);
		if (kind != K_ARRAY)
			continue;
		blob_word(&b, u32_type);
		blob_word(&b, u32_type);
		blob_word(&b, 4);
	}
	blob_end(&b);
	seeds_save("btf", "kinds", b.data, b.size);
	blob_free(&b);
}

void seeds_save_btf(void)
{
	int i;

	for (i = 0; i < VARIANTS; i++)
		save_btf(i);
	save_btf_of_kinds();
}
