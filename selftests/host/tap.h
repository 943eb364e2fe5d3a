/* SPDX-License-Identifier: GPL-2.0-only */
/* Just enough TAP for tests that run on the host. */
#ifndef MNTPROP_TAP_H
#define MNTPROP_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_done, tap_bad;

/* One result; flushed, so that a crash leaves those before it. */
static inline void ok(bool holds, const char *fmt, ...)
{
	va_list ap;

	if (!tap_done)
		puts("TAP version 13");
	tap_bad += !holds;
	printf("%sok %d ", holds ? "" : "not ", ++tap_done);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* Ends the tests: nothing that follows would make sense. */
static inline void bail(const char *fmt, ...)
{
	va_list ap;

	fputs("Bail out! ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	exit(1);
}

/* Prints the plan; returns what main() has to. */
static inline int done_testing(void)
{
	printf("1..%d\n", tap_done);
	return tap_bad || !tap_done;
}

#endif
