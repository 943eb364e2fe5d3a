// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "escape.h"
#include "fatal.h"
#include "text.h"

/* Characters of \xHH */
#define ENCODED 4

/* Set if what is printed is for a terminal whose locale is not UTF-8. */
static bool only_ascii;

void text_set_ascii(bool ascii)
{
	only_ascii = ascii;
}

static size_t printable(const char *s)
{
	size_t n = escape_printable(s);

	return n > 1 && only_ascii ? 0 : n;
}

void text_append(struct text *t, const char *s, size_t len)
{
	if (t->size - t->len <= len) {
		t->size = (t->len + len + 1) * 2;
		t->data = realloc(t->data, t->size);
		if (!t->data)
			out_of_memory();
	}
	memcpy(t->data + t->len, s, len);
	t->len += len;
	t->data[t->len] = 0;
}

/* As libsmartcols does it, which leaves JSON as it is. */
static void append_encoded(struct text *t, const char *s)
{
	char hex[8];
	size_t n;

	text_append(t, "", 0);
	for (; *s; s += n) {
		n = printable(s);
		if (n && strncmp(s, "\\x", 2)) {
			text_append(t, s, n);
			continue;
		}
		n = 1;
		snprintf(hex, sizeof(hex), "\\x%02x", (unsigned char)*s);
		text_append(t, hex, strlen(hex));
	}
}

void text_add(struct text *t, const char *fmt, ...)
{
	char buf[256], *s = buf;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(buf)) {
		va_start(ap, fmt);
		len = vasprintf(&s, fmt, ap);
		va_end(ap);
	}
	if (len < 0)
		out_of_memory();
	if (t->encode)
		append_encoded(t, s);
	else
		text_append(t, s, len);
	if (s != buf)
		free(s);
}

void text_add_number(struct text *t, uint64_t n)
{
	text_add(t, "%llu", (unsigned long long)n);
}

void text_add_id(struct text *t, uint64_t id)
{
	if (id)
		text_add_number(t, id);
}

void text_next(struct text *t)
{
	if (t->len)
		text_append(t, t->separator, strlen(t->separator));
}

size_t text_width(const char *s)
{
	size_t width = 0, len;
	mbstate_t state = {};
	wchar_t c;

	for (; *s; s += len) {
		len = 1;
		if (*s >= ' ' && *s <= '~') {
			width += strncmp(s, "\\x", 2) ? 1 : ENCODED;
			continue;
		}
		len = mbrtowc(&c, s, MB_CUR_MAX, &state);
		if (len > MB_CUR_MAX) {
			state = (mbstate_t){};
			len = 1;
			width += ENCODED;
		} else {
			width += iswprint(c) ? (size_t)wcwidth(c) :
					       len * ENCODED;
		}
	}
	return width;
}

void text_print_json(const char *s)
{
	putchar('"');
	for (; *s; s++)
		printf(strchr("\"\\", *s) ? "\\%c" : "%c", *s);
	putchar('"');
}

void text_clear(struct text *t)
{
	t->len = 0;
	if (t->data)
		*t->data = 0;
}

void text_free(struct text *t)
{
	free(t->data);
}
