// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "tap.h"
#include "text.h"

void tap_plan(size_t n)
{
	printf("TAP version 13\n1..%zu\n", n);
}

static void put_encoded(const char *s)
{
	struct text line = { .encode = true };

	text_add(&line, "%s", s);
	fputs(line.data, stdout);
	text_free(&line);
}

/* What stands behind a "#" could be taken for SKIP or TODO. */
static void put_description(const char *what)
{
	char *copy = strdup(what), *rest = copy, *part;
	bool first = true;

	if (!copy)
		out_of_memory();
	while ((part = strsep(&rest, "#"))) {
		if (!first)
			fputs("\\x23", stdout);
		put_encoded(part);
		first = false;
	}
	free(copy);
}

void tap_result(struct tap *t, bool holds, const char *skip, const char *what)
{
	printf("%s %zu - ", holds ? "ok" : "not ok", ++t->nr);
	put_description(what);
	if (skip)
		printf(" # SKIP %s", skip);
	putchar('\n');
	t->failed |= !holds;
}

void tap_note(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0)
		out_of_memory();
	fputs("# ", stdout);
	put_encoded(s);
	putchar('\n');
	free(s);
}
