// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "escape.h"
#include "shell.h"

static bool is_plain(const char *word)
{
	const char *c;

	for (c = word; *c; c++) {
		if (!isascii((unsigned char)*c) ||
		    (!isalnum((unsigned char)*c) && !strchr("%+,-./:=@_", *c)))
			return false;
	}
	return c > word;
}

/* Whether it is printed as it is, also by who makes \xHH of some bytes. */
static bool is_printed(const char *word)
{
	bool utf8 = escape_is_utf8();
	size_t n;

	if (strstr(word, "\\x"))
		return false;
	for (; *word; word += n) {
		n = escape_printable(word);
		if (!n || (n > 1 && !utf8))
			return false;
	}
	return true;
}

static void add_quoted(struct text *out, const char *word)
{
	const char *quote;

	text_add(out, "'");
	while ((quote = strchr(word, '\''))) {
		text_add(out, "%.*s'\\''", (int)(quote - word), word);
		word = quote + 1;
	}
	text_add(out, "%s'", word);
}

/* Octal: always three digits, whatever follows, and never \x. */
static void add_escaped(struct text *out, const char *word)
{
	const char *c;

	text_add(out, "$'");
	for (c = word; *c; c++) {
		if (*c >= ' ' && *c <= '~' && *c != '\'' && *c != '\\')
			text_add(out, "%c", *c);
		else
			text_add(out, "\\%03o", (unsigned char)*c);
	}
	text_add(out, "'");
}

void shell_add_word(struct text *out, const char *word)
{
	text_add(out, " ");
	if (is_plain(word))
		text_add(out, "%s", word);
	else if (is_printed(word))
		add_quoted(out, word);
	else
		add_escaped(out, word);
}
