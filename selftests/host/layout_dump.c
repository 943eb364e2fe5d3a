// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints what the module makes of a kernel's BTF, given as argument, a line
 * for each candidate of a fact:
 *
 *	FACT STRUCT MEMBER VALUE TYPE
 *
 * "-" stands for the struct and the type of an enumerator, and for the value of
 * a candidate that is not in use.
 */
#include <stdio.h>
#include <string.h>

#include "blob.h"
/* For its table: describing a layout shows only what is in use. */
#include "layout.c"
#include "tap.h"

static void print_candidate(const struct mntprop_layout *layout,
			    const struct candidate *c, u8 variant)
{
	bool used = layout->fact[c->fact].present &&
		    layout->fact[c->fact].variant == variant;

	printf("%s %s %s ", facts[c->fact].name,
	       c->strct == S_NONE ? "-" : structs[c->strct].name, c->member);
	if (used)
		printf("%u", layout->fact[c->fact].value);
	else
		printf("-");
	printf(" %s\n", c->type ? c->type : "-");
}

int main(int argc, char **argv)
{
	u8 variants[NR_FACTS] = { 0 };
	struct mntprop_layout layout;
	struct mntprop_btf btf;
	const char *why = "";
	struct blob blob;
	char misses[800];
	size_t i;

	if (argc != 2)
		bail("usage: layout_dump FILE (BTF of a kernel)");
	blob_read(&blob, argv[1]);
	if (mntprop_btf_open(&btf, blob.data, blob.size, &why))
		bail("%s: %s", argv[1], why);
	if (mntprop_layout_resolve(&layout, &btf, misses, sizeof(misses)))
		bail("%s: %s", argv[1], misses);
	for (i = 0; i < ARRAY_SIZE(candidates); i++)
		print_candidate(&layout, &candidates[i],
				variants[candidates[i].fact]++);
	mntprop_btf_close(&btf);
	blob_free(&blob);
	return 0;
}
