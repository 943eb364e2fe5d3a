// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout on the BTF of a real kernel, given as argument: resolved as it
 * is, refused with the right words when a member is renamed, retyped or
 * removed, and never a crash on ten thousand broken copies.
 */
#include <string.h>

#include "blob.h"
#include "layout.h"
#include "tap.h"

#define NR_MUTANTS 10000

static const char *const structs[] = {
	"mount", "mnt_namespace", "ns_common", "super_block", "mnt_pcp",
};

static int resolve(const struct blob *b, struct mntprop_layout *layout,
		   char *misses, size_t size)
{
	struct mntprop_btf btf;
	const char *why = "";
	int err;

	misses[0] = '\0';
	err = mntprop_btf_open(&btf, b->data, b->size, &why);
	if (err)
		return err;
	err = mntprop_layout_resolve(layout, &btf, misses, size);
	mntprop_btf_close(&btf);
	return err;
}

/* Each fact that is a member, against the words of the blob read without the reader. */
static void test_offsets(const struct blob *real,
			 const struct mntprop_layout *layout)
{
	struct mntprop_layout_line l;
	unsigned int f, direct = 0;
	size_t at;

	for (f = 0; f < NR_FACTS; f++) {
		mntprop_layout_describe(layout, f, &l);
		if (!l.strct)
			continue;
		at = blob_find_member(real, l.strct, l.member);
		/* Not a direct member: it is in an anonymous one. */
		if (!at)
			continue;
		direct++;
		ok((blob_get(real, at + 8) & 0xffffff) ==
			   8 * layout->fact[f].value,
		   "%s.%s is at %u", l.strct, l.member, layout->fact[f].value);
	}
	ok(direct > 20, "%u members are compared", direct);
}

/* The miss must be named as struct.member, followed by these words. */
static void expect_miss(const struct blob *b, const char *strct,
			const char *member, const char *words, const char *what)
{
	struct mntprop_layout layout;
	char misses[800], want[200];
	int err = resolve(b, &layout, misses, sizeof(misses));

	snprintf(want, sizeof(want), "%s.%s %s", strct, member, words);
	ok(err == -ENXIO && strstr(misses, want), "%s.%s %s", strct, member,
	   what);
	if (err != -ENXIO || !strstr(misses, want))
		printf("# error %d, misses: %s\n", err, misses);
}

static bool is_needed(unsigned int f)
{
	switch (f) {
	case F_NS_LOCK:
	case F_NS_IS_ANON:
	case F_NS_REFS:
	case F_MOUNT_UNIQUE:
	case F_MOUNT_T_FLAGS:
	case F_MOUNT_OVERMOUNT:
	case F_MOUNT_PCP:
	case F_MOUNT_COUNT:
	case F_PCP_COUNT:
	case F_PCP_GETS:
	case F_PCP_PUTS:
		return false;
	default:
		return true;
	}
}

static void test_changes(struct blob *b, const struct mntprop_layout *layout)
{
	/* A type that no member of ours is of. */
	uint32_t name, type, other = blob_struct_id(b, "mount");
	struct mntprop_layout_line l;
	unsigned int f;
	size_t at;

	for (f = 0; f < NR_FACTS; f++) {
		mntprop_layout_describe(layout, f, &l);
		if (!l.strct)
			continue;
		at = blob_find_member(b, l.strct, l.member);
		if (!at)
			continue;
		name = blob_get(b, at);
		type = blob_get(b, at + 4);

		if (is_needed(f)) {
			/* The string section begins with an empty name: any other name will do. */
			blob_set(b, at, name + 1);
			expect_miss(b, l.strct, l.member, "is missing",
				    "renamed is missed");
			blob_set(b, at, name);
		}
		blob_set(b, at + 4, other);
		expect_miss(b, l.strct, l.member, "is struct mount, not ",
			    "retyped is missed");
		blob_set(b, at + 4, type);
	}
}

/* A member that is gone altogether: those behind it move up. */
static void test_removal(const struct blob *real)
{
	size_t at, strct, end;
	struct blob b;
	uint32_t info;

	blob_cut(&b, real, structs, ARRAY_SIZE(structs));
	strct = blob_find_struct(&b, "mount");
	at = blob_find_member(&b, "mount", "mnt_master");
	if (!at)
		bail("the kernel's struct mount has no mnt_master");
	info = blob_get(&b, strct + 4);
	end = strct + 12 + 12 * (info & 0xffff);
	memmove(b.data + at, b.data + at + 12, end - at - 12);
	memmove(b.data + end - 12, b.data + end, b.size - end);
	b.size -= 12;
	blob_set(&b, strct + 4, info - 1);
	blob_set(&b, 12, blob_get(&b, 12) - 12);
	blob_set(&b, 16, blob_get(&b, 16) - 12);
	b.strings_at -= 12;
	expect_miss(&b, "mount", "mnt_master", "is missing",
		    "removed is missed");
	blob_free(&b);
}

static uint32_t seed = 20261123;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Bytes of the header and the types, which are what the reader follows. */
static void mutate(struct blob *b)
{
	uint32_t n = 1 + random_below(8);

	while (n--) {
		size_t at = random_below(16) ?
				    b->types_at + random_below(b->strings_at -
							       b->types_at) :
				    random_below(24);

		b->data[at] = random_below(2) ?
				      b->data[at] ^ 1U << random_below(8) :
				      random_below(256);
	}
}

static void test_mutants(const struct blob *real)
{
	unsigned int i, taken = 0, refused = 0, missed = 0;
	struct mntprop_layout layout;
	struct mntprop_layout_line l;
	struct blob cut, mutant;
	char misses[800];

	blob_cut(&cut, real, structs, ARRAY_SIZE(structs));
	for (i = 0; i < NR_MUTANTS; i++) {
		int err;

		mutant = cut;
		/* One in four is cut off as well. */
		mutant.size = random_below(4) ? cut.size :
						random_below(cut.size);
		mutant.data = malloc(cut.size);
		memcpy(mutant.data, cut.data, cut.size);
		mutate(&mutant);
		mutant.data =
			realloc(mutant.data, mutant.size ? mutant.size : 1);
		err = resolve(&mutant, &layout, misses, sizeof(misses));
		if (!err) {
			mntprop_layout_describe(&layout, random_below(NR_FACTS),
						&l);
			taken++;
		} else if (err == -EINVAL) {
			refused++;
		} else if (err == -ENXIO && misses[0]) {
			missed++;
		}
		free(mutant.data);
	}
	ok(taken + refused + missed == NR_MUTANTS,
	   "%u broken copies: %u harmless, %u refused, %u with a miss",
	   NR_MUTANTS, taken, refused, missed);
	ok(taken && refused && missed, "of each kind there are some");
	blob_free(&cut);
}

int main(int argc, char **argv)
{
	struct mntprop_layout layout, of_cut;
	struct blob real, cut;
	char misses[800];
	int err;

	if (argc != 2)
		bail("usage: layout_test FILE (BTF of a kernel)");
	blob_read(&real, argv[1]);
	err = resolve(&real, &layout, misses, sizeof(misses));
	ok(!err, "the layout of this kernel is resolved");
	if (err)
		bail("%s", misses);
	test_offsets(&real, &layout);

	blob_cut(&cut, &real, structs, ARRAY_SIZE(structs));
	err = resolve(&cut, &of_cut, misses, sizeof(misses));
	ok(!err && !memcmp(&layout, &of_cut, sizeof(layout)),
	   "and of what is cut out of it");
	test_changes(&cut, &layout);
	blob_free(&cut);
	test_removal(&real);
	test_mutants(&real);
	blob_free(&real);
	return done_testing();
}
