/* SPDX-License-Identifier: GPL-2.0-only */
/* The one place that decides which bytes from elsewhere are shown as they are. */
#ifndef MNTPROP_ESCAPE_H
#define MNTPROP_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes a value as snapshots have it (debugfs/ABI): one word, on one line. */
void escape_write(FILE *f, const char *value);

/**
 * escape_printable() - decide whether a character can be shown
 * @s:	text that ends in NUL
 *
 * Control characters are refused, C1 (U+0080 to U+009F) included: terminals obey
 * those, too.
 *
 * Return: the length of the character at @s if it is well-formed UTF-8 and no
 * control character, else 0.
 */
size_t escape_printable(const char *s);

/* Whether standard output and error take UTF-8, by the locale. */
bool escape_is_utf8(void);

/**
 * escape_message() - make a message fit to be shown on one line of a terminal
 * @to:		where to write it, ending in NUL
 * @size:	room there, at least 16
 * @from:	the message
 *
 * What cannot be shown becomes \xHH.  Of a message that is too long the middle is
 * left out: names stand at its beginning and the reason at its end.
 */
void escape_message(char *to, size_t size, const char *from);

#endif
