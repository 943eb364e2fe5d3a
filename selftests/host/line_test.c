// SPDX-License-Identifier: GPL-2.0-only
/* The lines of the snapshot's text, as the module makes them. */
#include <inttypes.h>
#include <stdlib.h>

#include "../../debugfs/line.h"
#include "check.h"

static char buf[65];

static struct mntprop_line line_of(size_t size)
{
	struct mntprop_line l;

	memset(buf, '#', sizeof(buf));
	line_begin(&l, buf, size);
	return l;
}

static void check_line(const struct mntprop_line *l, const char *wanted)
{
	int len = line_end(l);

	CHECK(len >= 0);
	/* and nothing behind its room */
	CHECK(*l->end == '#');
	buf[len] = 0;
	CHECK_STR(buf, wanted);
}

static void check_number(uint64_t value)
{
	struct mntprop_line l = line_of(sizeof(buf) - 1);
	char wanted[32];

	line_number(&l, value);
	snprintf(wanted, sizeof(wanted), "%" PRIu64, value);
	check_line(&l, wanted);
}

static void numbers(void)
{
	uint64_t power;
	long i;

	for (i = 0; i < 1000; i++)
		check_number(i);
	for (power = 1; power <= UINT64_MAX / 10; power *= 10) {
		check_number(power - 1);
		check_number(power);
		check_number(power * 9 + 1);
	}
	check_number(power);
	check_number(UINT32_MAX);
	check_number(UINT32_MAX + 1ULL);
	check_number(UINT64_MAX);
}

static void below_zero(void)
{
	static const int64_t values[] = { 0, -1, 1, INT64_MIN, INT64_MAX };
	char wanted[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		struct mntprop_line l = line_of(sizeof(buf) - 1);

		line_signed(&l, values[i]);
		snprintf(wanted, sizeof(wanted), "%" PRId64, values[i]);
		check_line(&l, wanted);
	}
}

static void check_hex(uint64_t value)
{
	struct mntprop_line l = line_of(sizeof(buf) - 1);
	char wanted[32];

	line_hex(&l, value);
	snprintf(wanted, sizeof(wanted), "%016" PRIx64, value);
	check_line(&l, wanted);
}

static void hex(void)
{
	uint64_t value = 1;
	size_t i;

	check_hex(0);
	check_hex(UINT64_MAX);
	check_hex(0x0123456789abcdef);
	for (i = 0; i < 1000; i++)
		check_hex(value *= 0x9e3779b97f4a7c15);
}

static void escapes(void)
{
	struct mntprop_line l = line_of(sizeof(buf) - 1);

	line_escaped(&l, "/a b\\\n\t\177\001\xc3\xa4~!");
	check_line(&l, "/a\\040b\\134\\012\\011\\177\\001\xc3\xa4~!");
}

/* Each character at each place among plain ones, and in pairs, as line_escaped() has it. */
static void escapes_of_eight(void)
{
	char text[32], wanted[sizeof(buf)];
	struct mntprop_line l;
	int c, at, other;

	for (c = 1; c < 256; c++) {
		for (at = 0; at < 17; at++) {
			for (other = 0; other < 2; other++) {
				memset(text, 0, sizeof(text));
				memset(text, 'x', 17);
				text[at] = c;
				if (other && at)
					text[at - 1] = 256 - c;
				l = line_of(sizeof(buf) - 1);
				line_escaped(&l, text);
				memset(wanted, 0, sizeof(wanted));
				memcpy(wanted, buf, line_end(&l));
				l = line_of(sizeof(buf) - 1);
				line_escaped_padded(&l, text);
				buf[line_end(&l)] = 0;
				CHECK_STR(buf, wanted);
			}
		}
	}
	for (at = 0; at < 17; at++) {
		memset(text, 0, sizeof(text));
		memset(text, 'y', at);
		l = line_of(sizeof(buf) - 1);
		line_escaped_padded(&l, text);
		CHECK(line_end(&l) == at);
		CHECK(!memcmp(buf, text, at));
		/* it just fits, and by one does not */
		l = line_of(at);
		line_escaped_padded(&l, text);
		CHECK(line_end(&l) == at);
		CHECK(buf[at] == '#');
		if (!at)
			continue;
		l = line_of(at - 1);
		line_escaped_padded(&l, text);
		CHECK(line_end(&l) == -1);
		CHECK(buf[at - 1] == '#');
	}
}

/* Whatever does not fit: not a byte of it, or after it, and the line is void. */
static void too_long(void)
{
	struct mntprop_line l = line_of(8);

	line_literal(&l, "12345");
	line_number(&l, 6789);
	CHECK(line_end(&l) == -1);
	CHECK(!memcmp(buf + 8, "########", 8));

	l = line_of(4);
	line_literal(&l, "1234");
	CHECK(line_end(&l) == 4);
	line_escaped(&l, "5");
	CHECK(line_end(&l) == -1);
	CHECK(buf[4] == '#');

	l = line_of(4);
	line_escaped(&l, "a\n");
	CHECK(line_end(&l) == -1);
	CHECK(buf[4] == '#');
}

static const struct check_test tests[] = {
	{ "numbers", numbers },
	{ "below zero", below_zero },
	{ "hex", hex },
	{ "escapes", escapes },
	{ "escapes of eight", escapes_of_eight },
	{ "too long", too_long },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
