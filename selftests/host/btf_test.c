// SPDX-License-Identifier: GPL-2.0-only
/* The BTF reader on blobs made by hand: what it finds, and what it refuses. */
#include <string.h>

#include "blob.h"
#include "btf.h"
#include "tap.h"

static int open_blob(struct mntprop_btf *btf, const struct blob *b,
		     const char **why)
{
	*why = "";
	return mntprop_btf_open(btf, b->data, b->size, why);
}

/* Types that every blob of these tests has, and their ids. */
struct basics {
	struct blob b;
	uint32_t u32, s32, boolean, chr, list_head;
};

static void basics_begin(struct basics *t)
{
	blob_begin(&t->b);
	t->u32 = blob_int(&t->b, "unsigned int", 4, 0);
	t->s32 = blob_int(&t->b, "int", 4, 1);
	t->boolean = blob_int(&t->b, "_Bool", 1, 4);
	t->chr = blob_int(&t->b, "char", 1, 1);
	t->list_head = blob_type(&t->b, K_STRUCT, 0, "list_head", 0, 16);
}

static int name_is(const struct blob *b, uint32_t id, const char *want)
{
	struct mntprop_btf btf;
	const char *why;
	char name[64];

	if (open_blob(&btf, b, &why))
		return 0;
	mntprop_btf_type_name(&btf, id, name, sizeof(name));
	mntprop_btf_close(&btf);
	if (strcmp(name, want))
		printf("# got \"%s\"\n", name);
	return !strcmp(name, want);
}

static void test_names(void)
{
	struct basics t;
	uint32_t typedef_, chain, pointer, opaque, array, function, cycle, i;

	basics_begin(&t);
	typedef_ = blob_type(&t.b, K_TYPEDEF, 0, "my_u32", 0, t.u32);
	chain = blob_type(&t.b, K_CONST, 0, NULL, 0, typedef_);
	chain = blob_type(&t.b, K_VOLATILE, 0, NULL, 0, chain);
	chain = blob_type(&t.b, K_TYPE_TAG, 0, "percpu", 0, chain);
	pointer = blob_type(&t.b, K_PTR, 0, NULL, 0,
			    blob_type(&t.b, K_CONST, 0, NULL, 0, t.chr));
	pointer = blob_type(&t.b, K_PTR, 0, NULL, 0, pointer);
	opaque = blob_type(&t.b, K_PTR, 0, NULL, 0,
			   blob_type(&t.b, K_FWD, 0, "dentry", 0, 0));
	array = blob_type(&t.b, K_ARRAY, 0, NULL, 0, 0);
	for (i = 0; i < 3; i++)
		blob_word(&t.b, t.u32);
	function = blob_type(&t.b, K_PTR, 0, NULL, 0,
			     blob_type(&t.b, K_FUNC_PROTO, 0, NULL, 0, 0));
	cycle = blob_type(&t.b, K_CONST, 0, NULL, 0, t.b.nr_types + 1);
	blob_type(&t.b, K_VOLATILE, 0, NULL, 0, cycle);
	blob_end(&t.b);

	ok(name_is(&t.b, t.u32, "u32") && name_is(&t.b, t.s32, "s32"),
	   "integers by size and sign");
	ok(name_is(&t.b, t.boolean, "bool") && name_is(&t.b, t.chr, "char"),
	   "bool and char");
	ok(name_is(&t.b, chain, "u32"),
	   "typedefs and qualifiers are stepped over");
	ok(name_is(&t.b, pointer, "char **"), "pointer to pointer to const");
	ok(name_is(&t.b, opaque, "struct dentry *"),
	   "pointer to a forward declaration");
	ok(name_is(&t.b, array, "array"), "an array");
	ok(name_is(&t.b, function, "function *"), "pointer to a function");
	ok(name_is(&t.b, cycle, "void"), "a cycle of qualifiers ends");
	ok(name_is(&t.b, 0, "void") && name_is(&t.b, 99999, "void"),
	   "void and an id out of range");
	blob_free(&t.b);
}

static int member_is(const struct blob *b, const char *strct,
		     const char *member, int want_err, uint32_t want_offset)
{
	struct mntprop_btf_member m = { 0 };
	struct mntprop_btf btf;
	const char *why;
	uint32_t id = 0;
	int err;

	if (open_blob(&btf, b, &why))
		return 0;
	err = mntprop_btf_find_struct(&btf, strct, &id);
	if (!err)
		err = mntprop_btf_find_member(&btf, id, member, &m);
	mntprop_btf_close(&btf);
	if (err != want_err || (!err && m.offset != want_offset))
		printf("# %s.%s: error %d, offset %u\n", strct, member, err,
		       m.offset);
	return err == want_err && (err || m.offset == want_offset);
}

static void test_members(void)
{
	uint32_t inner, named, outer, un, deep, i;
	struct basics t;

	basics_begin(&t);
	inner = blob_type(&t.b, K_STRUCT, 0, NULL, 2, 24);
	blob_member(&t.b, "in_struct", t.u32, 0);
	blob_member(&t.b, "in_struct2", t.list_head, 64);
	un = blob_type(&t.b, K_UNION, 0, NULL, 2, 24);
	blob_member(&t.b, "in_union", t.u32, 0);
	blob_member(&t.b, NULL, inner, 0);
	named = blob_type(&t.b, K_STRUCT, 0, "ns_tree", 1, 8);
	blob_member(&t.b, "in_named", t.u32, 32);
	outer = blob_type(&t.b, K_STRUCT, 0, "outer", 4, 64);
	blob_member(&t.b, "first", t.u32, 0);
	blob_member(&t.b, NULL, un, 64);
	blob_member(&t.b, NULL, named, 256);
	/* Padding as 7.2 has in ns_common: unnamed bit fields. */
	blob_member(&t.b, NULL, t.s32, 320);
	blob_type(&t.b, K_STRUCT, 1, "bits", 2, 8);
	blob_member(&t.b, "field", t.u32, 3 << 24 | 5);
	blob_member(&t.b, "whole", t.u32, 32);
	blob_type(&t.b, K_STRUCT, 0, "liar", 1, 8);
	blob_member(&t.b, "far", t.u32, 8 * 8);
	/* One that has itself as an unnamed member, as no compiler would write. */
	blob_type(&t.b, K_STRUCT, 0, "snake", 1, 8);
	blob_member(&t.b, NULL, t.b.nr_types - 1, 0);
	deep = named;
	for (i = 0; i < 80; i++) {
		deep = blob_type(&t.b, K_STRUCT, 0, i == 79 ? "deep" : NULL, 1,
				 8);
		blob_member(&t.b, NULL, deep - 1, 0);
	}
	blob_type(&t.b, K_STRUCT, 0, "twice", 0, 4);
	blob_type(&t.b, K_STRUCT, 0, "twice", 0, 8);
	blob_end(&t.b);
	(void)outer;

	ok(member_is(&t.b, "outer", "first", 0, 0), "a member");
	ok(member_is(&t.b, "outer", "in_union", 0, 8), "in an anonymous union");
	ok(member_is(&t.b, "outer", "in_struct2", 0, 16),
	   "in a struct in an anonymous union");
	ok(member_is(&t.b, "outer", "in_named", 0, 36),
	   "in an unnamed member of a named type");
	ok(member_is(&t.b, "outer", "absent", -ENOENT, 0),
	   "a member that is missing");
	ok(member_is(&t.b, "absent", "first", -ENOENT, 0),
	   "a struct that is missing");
	ok(member_is(&t.b, "twice", "first", -EEXIST, 0),
	   "a struct that is there twice");
	ok(member_is(&t.b, "bits", "whole", 0, 4), "beside a bit field");
	ok(member_is(&t.b, "liar", "far", -ENOENT, 0),
	   "a member outside its struct is not one");
	ok(member_is(&t.b, "snake", "x", -EINVAL, 0), "a struct within itself");
	ok(member_is(&t.b, "deep", "in_named", -EINVAL, 0),
	   "too many structs in each other");
	blob_free(&t.b);
}

static void test_enumerators(void)
{
	struct mntprop_btf btf;
	struct basics t;
	const char *why;
	uint32_t value = 0;

	basics_begin(&t);
	blob_type(&t.b, K_ENUM, 0, NULL, 2, 4);
	blob_word(&t.b, blob_string(&t.b, "T_SHARED"));
	blob_word(&t.b, 1);
	blob_word(&t.b, blob_string(&t.b, "T_TWICE"));
	blob_word(&t.b, 2);
	blob_type(&t.b, K_ENUM, 0, "other", 1, 4);
	blob_word(&t.b, blob_string(&t.b, "T_TWICE"));
	blob_word(&t.b, 3);
	blob_end(&t.b);
	if (open_blob(&btf, &t.b, &why))
		bail("a good blob is refused: %s", why);
	ok(!mntprop_btf_find_enumerator(&btf, "T_SHARED", &value) && value == 1,
	   "an enumerator");
	ok(mntprop_btf_find_enumerator(&btf, "T_NONE", &value) == -ENOENT,
	   "one that is missing");
	ok(mntprop_btf_find_enumerator(&btf, "T_TWICE", &value) == -EEXIST,
	   "one that has two values");
	mntprop_btf_close(&btf);
	blob_free(&t.b);
}

static int refused(const uint8_t *data, size_t size, const char *word)
{
	struct mntprop_btf btf;
	const char *why = "";
	int err = mntprop_btf_open(&btf, data, size, &why);

	if (!err)
		mntprop_btf_close(&btf);
	if (err != -EINVAL || !strstr(why, word))
		printf("# error %d, \"%s\"\n", err, why);
	return err == -EINVAL && strstr(why, word);
}

static void test_refusals(void)
{
	struct mntprop_btf btf;
	struct basics t;
	const char *why;
	uint8_t *longer;
	size_t size;
	int err, all;

	basics_begin(&t);
	blob_end(&t.b);
	ok(!open_blob(&btf, &t.b, &why), "a good blob is taken");
	mntprop_btf_close(&btf);

	for (size = 0, all = 1; size < t.b.size; size++) {
		/* Of just this size, so that the sanitizer sees a byte too far. */
		uint8_t *copy = malloc(size ? size : 1);

		memcpy(copy, t.b.data, size);
		err = mntprop_btf_open(&btf, copy, size, &why);
		if (!err)
			mntprop_btf_close(&btf);
		all &= err == -EINVAL;
		free(copy);
	}
	ok(all, "cut off at any byte it is refused");

	t.b.data[0] = 0xeb;
	t.b.data[1] = 0x9f;
	ok(refused(t.b.data, t.b.size, "byte order"), "the other byte order");
	t.b.data[0] = 0x9f;
	t.b.data[1] = 0xeb;
	t.b.data[2] = 2;
	ok(refused(t.b.data, t.b.size, "version 1"), "another version");
	t.b.data[2] = 1;

	longer = malloc(t.b.size + 8);
	memcpy(longer, t.b.data, 24);
	memset(longer + 24, 0xaa, 8);
	memcpy(longer + 32, t.b.data + 24, t.b.size - 24);
	longer[4] = 32;
	err = mntprop_btf_open(&btf, longer, t.b.size + 8, &why);
	ok(!err && btf.nr_types == t.b.nr_types,
	   "a longer header is stepped over");
	if (!err)
		mntprop_btf_close(&btf);
	free(longer);
	blob_free(&t.b);

	basics_begin(&t);
	blob_type(&t.b, K_UNKNOWN, 0, "new", 0, 0);
	blob_end(&t.b);
	ok(refused(t.b.data, t.b.size, "unknown kind"),
	   "a type of an unknown kind");
	blob_free(&t.b);

	basics_begin(&t);
	blob_end(&t.b);
	t.b.data[t.b.size - 1] = 'x';
	ok(refused(t.b.data, t.b.size, "strings"), "strings that do not end");
	blob_free(&t.b);
}

int main(void)
{
	test_names();
	test_members();
	test_enumerators();
	test_refusals();
	return done_testing();
}
