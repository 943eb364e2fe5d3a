// SPDX-License-Identifier: GPL-2.0-only
/* A kernel's BTF: what the module's layout is read from. */
#include <string.h>

#include "fuzz.h"
#include "layout.h"

/* More types than a small input needs are only slow. */
#define MAX_TYPES 64

static void name_types(const struct mntprop_btf *btf)
{
	char name[64];
	u32 id;

	for (id = 0; id < btf->nr_types + 1 && id < MAX_TYPES; id++) {
		memset(name, 'x', sizeof(name));
		mntprop_btf_type_name(btf, id, name, sizeof(name));
		FUZZ_REQUIRE(memchr(name, 0, sizeof(name)));
	}
}

static void describe(const struct mntprop_layout *layout)
{
	struct mntprop_layout_line line;
	unsigned int fact;

	for (fact = 0; fact < NR_FACTS; fact++) {
		mntprop_layout_describe(layout, fact, &line);
		FUZZ_REQUIRE(line.fact);
		FUZZ_REQUIRE(!line.member == !layout->fact[fact].present);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mntprop_layout layout;
	struct mntprop_btf btf;
	const char *why = NULL;
	char misses[800];

	if (mntprop_btf_open(&btf, data, size, &why)) {
		FUZZ_REQUIRE(why);
		return 0;
	}
	name_types(&btf);
	if (!mntprop_layout_resolve(&layout, &btf, misses, sizeof(misses)))
		describe(&layout);
	else
		FUZZ_REQUIRE(*misses);
	mntprop_btf_close(&btf);
	return 0;
}
