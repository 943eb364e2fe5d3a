// SPDX-License-Identifier: GPL-2.0-only
/* The language of mntprop assert: what is understood, and what is refused. */
#include <stdlib.h>

#include "assertion.h"
#include "check.h"

static const struct {
	const char *line, *who, *path;
	bool negated;
	enum predicate predicate;
	const char *object_who, *object_path;
	unsigned long long count;
	const char *text; /* NULL: the line */
} good[] = {
	{ "/c private", .path = "/c", .predicate = IS_PRIVATE },
	{ "/c not shared", .path = "/c", .negated = true,
	  .predicate = IS_SHARED },
	{ "12:/c slave", "12", "/c", .predicate = IS_SLAVE },
	{ "/d unbindable", .path = "/d", .predicate = IS_UNBINDABLE },
	{ "/mnt/a peer-of 1234:/mnt/a", .path = "/mnt/a", .predicate = PEER_OF,
	  .object_who = "1234", .object_path = "/mnt/a" },
	{ "/b slave-of /a:/b", .path = "/b", .predicate = SLAVE_OF,
	  .object_path = "/a:/b" },
	{ "/f on-top-of web-1:/g", .path = "/f", .predicate = ON_TOP_OF,
	  .object_who = "web-1", .object_path = "/g" },
	{ "/e absent-in 1234", .path = "/e", .predicate = ABSENT_IN,
	  .object_who = "1234" },
	{ "/e not mounted-in /run/ns/a", .path = "/e", .negated = true,
	  .predicate = MOUNTED_IN, .object_who = "/run/ns/a" },
	{ "count 17", .predicate = COUNT, .count = 17 },
	{ "not count 0", .negated = true, .predicate = COUNT },
	{ "x:/a count 3", "x", "/a", .predicate = COUNT, .count = 3 },
	{ "not/a:/b shared", "not/a", "/b", .predicate = IS_SHARED },
	{ " \t/a  shared \t # so it is\r", .path = "/a", .predicate = IS_SHARED,
	  .text = "/a  shared" },
	{ "/a#b shared", .path = "/a#b", .predicate = IS_SHARED },
	{ "\"/a b\" shared", .path = "/a b", .predicate = IS_SHARED },
	{ "w:'/a \"b\"\\' shared", "w", "/a \"b\"\\", .predicate = IS_SHARED },
	{ "/a\\ b\\#\"c \\\" d\" shared", .path = "/a b#c \" d",
	  .predicate = IS_SHARED },
	{ "'#':/a shared", "#", "/a", .predicate = IS_SHARED },
};

static void test_good(void)
{
	struct error err = {};
	struct assertion a;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(assertion_parse(good[i].line, &a, &err) == 1);
		CHECK_STR(err.text, "");
		CHECK_STR(a.text, good[i].text ? good[i].text : good[i].line);
		CHECK_STR(a.subject.who, good[i].who);
		CHECK_STR(a.subject.path, good[i].path);
		CHECK(a.negated == good[i].negated);
		CHECK(a.predicate == good[i].predicate);
		CHECK_STR(a.object.who, good[i].object_who);
		CHECK_STR(a.object.path, good[i].object_path);
		CHECK(a.count == good[i].count);
		assertion_free(&a);
	}
}

/* @says is in the message, which tells what to do behind a semicolon or so. */
static const struct {
	const char *line, *says;
} bad[] = {
	{ "/a", "a predicate is missing; there are private" },
	{ "/a not", "a predicate is missing; there are private" },
	{ "not", "a predicate is missing; there are private" },
	{ "/a sharde", "'sharde': no predicate; there are private" },
	{ "/a not count not", "'not': not a number" },
	{ "a shared", "'a': not a place; write [WHO:]/PATH" },
	{ ":/a shared", "':/a': not a place; write [WHO:]/PATH" },
	{ "shared", "'shared': not a place" },
	{ "not shared", "shared is said of a place; write it before" },
	{ "/a shared now", "'now' is too much after shared; quote" },
	{ "/a b shared", "'b': no predicate" },
	{ "/a peer-of /b /c /d /e /f /g", "'/c' is too much after peer-of" },
	{ "/a peer-of", "peer-of needs a place, [WHO:]/PATH" },
	{ "/a slave-of b", "'b': not a place; write [WHO:]/PATH" },
	{ "/a absent-in", "absent-in needs WHO: a pid" },
	{ "x:/a absent-in 1", "leave out the one before the path" },
	{ "count", "count needs a number of mounts" },
	{ "count -1", "'-1': not a number of mounts; write digits" },
	{ "count 17x", "'17x': not a number" },
	{ "count 99999999999999999999", "not a number" },
	{ "\"/a shared", "a quote is not closed; put the second one" },
	{ "/a 'shared\"", "a quote is not closed" },
	{ "/a \033[31m", "'\\x1b[31m': no predicate" },
};

static void test_bad(void)
{
	struct assertion a;
	struct error err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK(assertion_parse(bad[i].line, &a, &err) == -1);
		if (strstr(err.text, bad[i].says))
			continue;
		printf("# %s: %s\n", bad[i].line, err.text);
		CHECK(!"the message");
	}
}

static void test_nothing(void)
{
	static const char *const lines[] = { "", " \t", "# /a shared", "\r",
					     "  # x \"" };
	struct error err = {};
	struct assertion a;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		CHECK(!assertion_parse(lines[i], &a, &err));
	CHECK_STR(err.text, "");
}

/* Whatever the bytes are, and wherever a line is cut. */
static void test_any(void)
{
	static const char pieces[] =
		"/a: \"'\\#\tnot count shared peer-of 1:/\377\001";
	unsigned int state = 1, i, j;
	struct assertion a;
	struct error err;
	char line[40];
	int rc;

	for (i = 0; i < 20000; i++) {
		for (j = 0; j < sizeof(line) - 1; j++) {
			state = state * 1103515245 + 12345;
			line[j] = pieces[(state >> 16) % (sizeof(pieces) - 1)];
		}
		line[i % sizeof(line)] = 0;
		line[sizeof(line) - 1] = 0;
		rc = assertion_parse(line, &a, &err);
		if (rc == 1) {
			CHECK(a.subject.path || a.predicate == COUNT);
			assertion_free(&a);
		}
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		for (j = 0; j < strlen(good[i].line); j++) {
			snprintf(line, sizeof(line), "%.*s", (int)j,
				 good[i].line);
			if (assertion_parse(line, &a, &err) == 1)
				assertion_free(&a);
		}
	}
}

static const struct check_test tests[] = {
	{ "what is understood", test_good },
	{ "what is refused", test_bad },
	{ "what says nothing", test_nothing },
	{ "whatever is written", test_any },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
