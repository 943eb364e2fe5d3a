// SPDX-License-Identifier: GPL-2.0-only
#include <langinfo.h>
#include <string.h>

#include "escape.h"

#define GAP "..."

/* Characters of \xHH */
#define ENCODED 4

/* The room that the beginning of a message gets if it is too long: one in three. */
#define HEAD 3

void escape_write(FILE *f, const char *value)
{
	for (; *value; value++) {
		unsigned char c = *value;

		if (c <= ' ' || c == 0x7f || c == '\\')
			fprintf(f, "\\%03o", c);
		else
			fputc(c, f);
	}
}

size_t escape_printable(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
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

bool escape_is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* In other locales the bytes of a character may be control characters. */
static size_t shown(const char *s, bool utf8)
{
	size_t n = escape_printable(s);

	return n > 1 && !utf8 ? 0 : n;
}

static size_t escaped_length(const char *s, bool utf8)
{
	size_t len = 0, n;

	for (; *s; s += n ? n : 1) {
		n = shown(s, utf8);
		len += n ? n : ENCODED;
	}
	return len;
}

static char *put(char *to, const char *s, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (n)
		return (char *)memcpy(to, s, n) + n;
	*to++ = '\\';
	*to++ = 'x';
	*to++ = digits[(unsigned char)*s >> 4];
	*to++ = digits[(unsigned char)*s & 15];
	return to;
}

void escape_message(char *to, size_t size, const char *from)
{
	bool utf8 = escape_is_utf8(), gap = false;
	size_t len = escaped_length(from, utf8), head = len, tail = 0;
	size_t pos = 0, n, width;

	if (len >= size) {
		size -= sizeof(GAP);
		head = size / HEAD;
		tail = size - head;
	}
	for (; *from; from += n ? n : 1, pos += width) {
		n = shown(from, utf8);
		width = n ? n : ENCODED;
		if (pos + width <= head || pos >= len - tail) {
			to = put(to, from, n);
		} else if (!gap) {
			to = stpcpy(to, GAP);
			gap = true;
		}
	}
	*to = 0;
}
