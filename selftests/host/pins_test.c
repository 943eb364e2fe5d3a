// SPDX-License-Identifier: GPL-2.0-only
/* What is said of a kernel that cannot tell what threads share. */
#include <stdlib.h>
#include <sys/syscall.h>

#include "builder.h"
#include "check.h"
#include "pins.h"

static bool has_kcmp;

/* Of the library only kcmp(2) is called by its number. */
long __wrap_syscall(long nr, ...)
{
	CHECK(nr == SYS_kcmp);
	return has_kcmp ? 0 : -1;
}

static bool no_kcmp(bool has)
{
	struct builder b = {};
	const bool wanted[1] = {};
	struct snapshot *s;
	struct error err;
	struct pins p;
	bool answer;

	build_head(&b, 1, 1);
	build_ns(&b, 0, 20);
	build_mount(&b, 20, 20, "/", "");
	build_end(&b, 1, 1);
	s = build_parse(&b, &err);
	if (!s)
		bail("%s", err.text);
	has_kcmp = has;
	if (pins_read(&p, s, wanted, &err))
		bail("%s", err.text);
	answer = p.no_kcmp;
	pins_free(&p);
	snapshot_free(s);
	return answer;
}

static void without(void)
{
	CHECK(no_kcmp(false));
}

static void with(void)
{
	CHECK(!no_kcmp(true));
}

static const struct check_test tests[] = {
	{ "a kernel without kcmp(2)", without },
	{ "a kernel with it", with },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
