/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit statuses, and ways out that leave one line on stderr. */
#ifndef MNTPROP_FATAL_H
#define MNTPROP_FATAL_H

#include <stdnoreturn.h>

#include "compiler.h"

enum {
	EXIT_YES = 0,
	EXIT_NO = 1,
	EXIT_UNKNOWN = 2,
};

void warning(const char *fmt, ...) __printf(1, 2);
noreturn void fatal(const char *fmt, ...) __printf(1, 2);
noreturn void out_of_memory(void);

/*
 * Names the place in the input, FILE:LINE, that is meant by what is said from now
 * on; NULL: none.  Kept, not copied.
 */
void fatal_in(const char *where);

/* What has been printed is out, or this does not return. Returns @status. */
int finish(int status);

#endif
