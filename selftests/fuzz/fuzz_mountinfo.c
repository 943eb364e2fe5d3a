// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mountinfo of up to three namespaces, with an empty line between them: libmount
 * reads it, and --source proc makes a snapshot of that.
 */
#include <string.h>

#include "fuzz.h"
#include "proc.h"

#define MAX_NAMESPACES 3

static struct libmnt_table *parse(const char *text, size_t len)
{
	struct libmnt_table *table = mnt_new_table();
	FILE *f = len ? fmemopen((char *)text, len, "r") : NULL;

	FUZZ_REQUIRE(table);
	/* As proc.c does: a table that is not sound is left out. */
	if (!f || mnt_table_parse_stream(table, f, "mountinfo")) {
		mnt_unref_table(table);
		table = NULL;
	}
	if (f)
		fclose(f);
	return table;
}

static void take(struct proc_view *v, const char *text, size_t len)
{
	struct libmnt_table *table = parse(text, len);

	if (!table)
		return;
	v->ns[v->nr] = (struct proc_ns){
		.inum = 100 + v->nr,
		.user_ns = 1,
		.pid = v->nr + 1,
		.comm = "a\nb \\",
		.tasks = 2,
		.table = table,
	};
	v->nr++;
}

static void split(struct proc_view *v, const char *text, size_t len)
{
	const char *end = text + len, *gap;

	while (text < end && v->nr < MAX_NAMESPACES) {
		gap = memmem(text, end - text, "\n\n", 2);
		take(v, text, (gap ? gap + 1 : end) - text);
		text = gap ? gap + 2 : end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proc_ns ns[MAX_NAMESPACES] = {};
	struct proc_view v = { .ns = ns, .initial = true };
	struct error err = {};
	char *text = NULL;
	size_t len, i;
	FILE *f;

	split(&v, (const char *)data, size);
	f = open_memstream(&text, &len);
	FUZZ_REQUIRE(f && !proc_write(&v, f) && !fclose(f));
	snapshot_free(snapshot_parse(text, len, "input", &err));
	for (i = 0; i < v.nr; i++)
		mnt_unref_table(ns[i].table);
	free(text);
	return 0;
}
