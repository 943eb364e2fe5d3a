/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of text, made in a buffer.  Each piece asks once whether it fits; a line
 * that does not fit is to be made again in a larger one.
 */
#ifndef MNTPROP_LINE_H
#define MNTPROP_LINE_H

#include "../module/hosted.h"

/* Digits of the largest u64. */
#define LINE_DIGITS 20

struct mntprop_line {
	char *start, *at, *end;
	bool full;
};

static inline void line_begin(struct mntprop_line *l, char *buf, size_t size)
{
	l->start = buf;
	l->at = buf;
	l->end = buf + size;
	l->full = false;
}

/* Its length, or -1 if it did not fit. */
static inline int line_end(const struct mntprop_line *l)
{
	return l->full ? -1 : l->at - l->start;
}

static inline bool line_has_room(struct mntprop_line *l, size_t len)
{
	if (likely(len <= (size_t)(l->end - l->at)))
		return true;
	l->full = true;
	return false;
}

static __always_inline void line_put(struct mntprop_line *l, const char *text,
				     size_t len)
{
	if (!line_has_room(l, len))
		return;
	memcpy(l->at, text, len);
	l->at += len;
}

/* For string literals, whose length the compiler knows. */
#define line_literal(l, text) line_put(l, text, sizeof(text) - 1)

static inline void line_string(struct mntprop_line *l, const char *text)
{
	line_put(l, text, strlen(text));
}

static inline void line_number(struct mntprop_line *l, u64 value)
{
	char digits[LINE_DIGITS], *d = digits + LINE_DIGITS;
	u32 small;

	/* most are small, and a division of 32 bits is what it costs */
	for (; value > U32_MAX; value = div_u64(value, 10))
		*--d = '0' + (value - div_u64(value, 10) * 10);
	small = value;
	do {
		*--d = '0' + small % 10;
		small /= 10;
	} while (small);
	line_put(l, d, digits + LINE_DIGITS - d);
}

static inline void line_signed(struct mntprop_line *l, s64 value)
{
	if (value < 0)
		line_literal(l, "-");
	line_number(l, value < 0 ? -(u64)value : (u64)value);
}

/* Control characters, space and backslash become octal, as in mountinfo. */
static inline void line_escaped(struct mntprop_line *l, const char *text)
{
	for (; *text; text++) {
		unsigned char c = *text;

		if (c > ' ' && c != '\\' && c != '\177') {
			if (!line_has_room(l, 1))
				return;
			*l->at++ = c;
		} else {
			const char octal[] = { '\\', '0' + (c >> 6),
					       '0' + (c >> 3 & 7),
					       '0' + (c & 7) };

			line_put(l, octal, sizeof(octal));
		}
	}
}

#endif
