/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of named tests that CHECK: one that does not hold says where, and the
 * test goes on.
 */
#ifndef MNTPROP_CHECK_H
#define MNTPROP_CHECK_H

#include <string.h>

#include "tap.h"

struct check_test {
	const char *name;
	void (*run)(void);
};

static bool check_failed;

static inline void check(bool holds, const char *what, const char *file,
			 int line)
{
	if (holds)
		return;
	check_failed = true;
	printf("# %s:%d: %s\n", file, line, what);
}

static inline void check_str(const char *is, const char *wanted,
			     const char *what, const char *file, int line)
{
	if (is && wanted ? !strcmp(is, wanted) : is == wanted)
		return;
	check(false, what, file, line);
	printf("#   is:     %s\n#   wanted: %s\n", is ? is : "NULL",
	       wanted ? wanted : "NULL");
}

#define CHECK(holds) check(holds, #holds, __FILE__, __LINE__)
#define CHECK_STR(is, wanted) check_str(is, wanted, #is, __FILE__, __LINE__)

static inline int check_all(const struct check_test *tests, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		check_failed = false;
		tests[i].run();
		ok(!check_failed, "%s", tests[i].name);
	}
	return done_testing();
}

#endif
