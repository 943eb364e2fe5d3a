// SPDX-License-Identifier: GPL-2.0-only
/* /proc/kallsyms, and after an empty line a System.map. */
#include <string.h>

#include "fuzz.h"
#include "ksyms.h"

/* A copy, where the sanitizers see each byte too far. */
static struct ksyms_table table(const char *name, const char *text,
				const char *end)
{
	size_t len = end - text;
	char *copy = malloc(len);

	FUZZ_REQUIRE(copy || !len);
	if (len)
		memcpy(copy, text, len);
	return (struct ksyms_table){ name, copy, len };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	const char *gap = memmem(text, size, "\n\n", 2);
	struct ksyms_table kallsyms =
		table("kallsyms", text, gap ? gap + 1 : end);
	struct ksyms_table map = table("map", gap ? gap + 2 : end, end);
	struct ksyms found = {};
	struct error err = {};

	if (ksyms_find(&kallsyms, &found, &err)) {
		FUZZ_REQUIRE(*err.text);
		if (ksyms_find_in_map(&map, &kallsyms, &found, &err))
			FUZZ_REQUIRE(*err.text);
	}
	free((char *)kallsyms.text);
	free((char *)map.text);
	return 0;
}
