// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "fatal.h"
#include "text.h"

/* Characters of \xHH */
#define ENCODED 4

/*
 * Length of the character at @s if it is well-formed UTF-8 and not a control
 * character (C1 included: terminals obey those too), else 0.
 */
static size_t printable(const unsigned char *s)
{
	unsigned int code, i, n;

	if (s[0] < 0x80)
		return s[0] >= ' ' && s[0] != 0x7f;
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	code = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (s[0] < 0xc0 || code < 0xa0 || code > 0x10ffff ||
	    (n == 3 && code < 0x800) || (n == 4 && code < 0x10000) ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return n;
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

	for (; *s; s += n) {
		n = printable((const unsigned char *)s);
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
