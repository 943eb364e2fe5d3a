/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of text, made in a buffer.  Each piece asks once whether it fits; a line
 * that does not fit is to be made again in a larger one.
 */
#ifndef MNTPROP_LINE_H
#define MNTPROP_LINE_H

#include "../module/hosted.h"

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

static __always_inline struct mntprop_line *
line_put(struct mntprop_line *l, const char *text, size_t len)
{
	if (line_has_room(l, len)) {
		memcpy(l->at, text, len);
		l->at += len;
	}
	return l;
}

/* For string literals, whose length the compiler knows. */
#define line_literal(l, text) line_put(l, text, sizeof(text) - 1)

static inline void line_string(struct mntprop_line *l, const char *text)
{
	line_put(l, text, strlen(text));
}

/* Of a number below 10,000, each as a byte, the first in the lowest. */
static inline u32 four_digits(u32 value)
{
	u32 pairs = value / 100 | value % 100 << 16;
	u32 tens = (pairs * 103 >> 10) & 0x000f000f; /* exact, below 100 */

	return tens | (pairs - tens * 10) << 8;
}

static inline void line_digits(struct mntprop_line *l, u32 digits, size_t n)
{
	__le32 text = cpu_to_le32(digits | 0x30303030);

	if (!line_has_room(l, sizeof(text)))
		return;
	memcpy(l->at, &text, sizeof(text));
	l->at += n;
}

/* Most are small. */
static inline void line_number(struct mntprop_line *l, u64 value)
{
	unsigned int zeros;
	u32 digits;
	u64 upper;

	if (unlikely(value >= 10000)) {
		upper = div_u64(value, 10000);
		line_number(l, upper);
		line_digits(l, four_digits(value - upper * 10000), 4);
		return;
	}
	digits = four_digits(value);
	zeros = __builtin_ctz(digits | 1 << 24) / 8;
	line_digits(l, digits >> 8 * zeros, 4 - zeros);
}

static inline void line_signed(struct mntprop_line *l, s64 value)
{
	if (value < 0)
		line_literal(l, "-");
	line_number(l, value < 0 ? -(u64)value : (u64)value);
}

/* All 16 digits of @value, each from four bits that are spread to a byte. */
static inline void line_hex(struct mntprop_line *l, u64 value)
{
	const u64 each = 0x0101010101010101;
	__be64 digits;
	u64 bits;
	int shift;

	for (shift = 32; shift >= 0; shift -= 32) {
		bits = value >> shift & U32_MAX;
		bits = (bits | bits << 16) & 0x0000ffff0000ffff;
		bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
		bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
		/* from ten on, with six more there is a fifth bit */
		bits += each * '0' +
			((bits + each * 6) >> 4 & each) * ('a' - '0' - 10);
		digits = cpu_to_be64(bits);
		line_put(l, (const char *)&digits, sizeof(digits));
	}
}

static inline bool line_is_plain(unsigned char c)
{
	return c > ' ' && c != '\\' && c != '\177';
}

static inline void line_octal(struct mntprop_line *l, unsigned char c)
{
	const char octal[] = { '\\', '0' + (c >> 6), '0' + (c >> 3 & 7),
			       '0' + (c & 7) };

	line_put(l, octal, sizeof(octal));
}

/* Control characters, space and backslash become octal, as in mountinfo. */
static inline void line_escaped(struct mntprop_line *l, const char *text)
{
	for (; *text; text++) {
		if (!line_is_plain(*text)) {
			line_octal(l, *text);
			continue;
		}
		if (!line_has_room(l, 1))
			return;
		*l->at++ = *text;
	}
}

/* Of eight characters, the first in the lowest byte: how many are plain, until one is not. */
static inline unsigned int plain_of_eight(u64 text)
{
	const u64 each = 0x0101010101010101, high = each << 7;
	u64 space = text - each * (' ' + 1), backslash = text ^ each * '\\';
	u64 delete = text ^ each * '\177', special;

	/*
	 * What a subtraction of bytes borrows from goes into the high bit of the first
	 * byte that is too small, and of none before it.
	 */
	special = (space & ~text) | ((backslash - each) & ~backslash) |
		  ((delete - each) & ~delete);
	special &= high;
	return special ? __builtin_ctzll(special) / 8 : 8;
}

/* As line_escaped(), of a string from any byte of which on eight can be read. */
static inline void line_escaped_padded(struct mntprop_line *l, const char *text)
{
	unsigned int n;
	__le64 eight;

	for (;;) {
		if (unlikely(l->end - l->at < (long)sizeof(eight))) {
			line_escaped(l, text);
			return;
		}
		memcpy(&eight, text, sizeof(eight));
		memcpy(l->at, &eight, sizeof(eight));
		n = plain_of_eight(le64_to_cpu(eight));
		l->at += n;
		text += n;
		if (n == sizeof(eight))
			continue;
		if (!*text)
			return;
		line_octal(l, *text++);
	}
}

#endif
