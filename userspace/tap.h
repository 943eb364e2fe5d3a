/* SPDX-License-Identifier: GPL-2.0-only */
/* Results in the Test Anything Protocol, version 13, as kselftest prints it. */
#ifndef MNTPROP_TAP_H
#define MNTPROP_TAP_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

struct tap {
	size_t nr; /* of the last result */
	bool failed; /* one of them */
};

/**
 * tap_plan() - begin the output
 * @n:	how many results will follow
 */
void tap_plan(size_t n);

/**
 * tap_result() - the line of a test
 * @t:		the output
 * @holds:	whether it has passed
 * @skip:	why nothing was tested, or NULL
 * @what:	the test in words
 *
 * Names in @what that somebody else has given cannot make a directive of it.
 */
void tap_result(struct tap *t, bool holds, const char *skip, const char *what);

/* A diagnostic that belongs to the result before it: one line. */
void tap_note(const char *fmt, ...) __printf(1, 2);

#endif
