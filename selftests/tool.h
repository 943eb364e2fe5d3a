/* SPDX-License-Identifier: GPL-2.0-only */
/* Running mntprop(8), for the tests that are about what it says. */
#ifndef MNTPROP_TEST_TOOL_H
#define MNTPROP_TEST_TOOL_H

#include <stdbool.h>

/* What it has said in the last run, on either output. */
extern char tool_said[64 * 1024];

/* Runs $MNTPROP_TOOL; the arguments end with NULL. Returns its exit status. */
int tool_run(const char *command, ...);

/* Whether it has said one line, with @word in it; prints what if not. */
bool tool_says(const char *word);

#endif
