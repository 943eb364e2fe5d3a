/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel can easily get wrong: scripts that end differently then. */
#ifndef MNTPROP_TEST_PITFALLS_H
#define MNTPROP_TEST_PITFALLS_H

#include <stddef.h>

struct pitfall {
	const char *wrong; /* what the kernel would do */
	const char *script; /* see script.h */
};

extern const struct pitfall pitfalls[];
extern const size_t nr_pitfalls;

#endif
