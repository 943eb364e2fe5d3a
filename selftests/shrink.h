/* SPDX-License-Identifier: GPL-2.0-only */
/* The shortest script that shows what a longer one has shown. */
#ifndef MNTPROP_TEST_SHRINK_H
#define MNTPROP_TEST_SHRINK_H

#include "replay.h"

struct shrunk {
	struct script script;
	char *report, *reproducer; /* of the last time that it was done */
	const char *why; /* it was given up; else NULL */
};

/**
 * shrink() - try a script with ever fewer steps
 * @script:	what showed a difference in its last step
 * @rules:	by which it was predicted
 * @report:	of the difference
 * @shortest:	set to the result, for shrunk_free()
 *
 * A kernel that has gone wrong once may be wrong for good, and then anything seems to show
 * it: so the whole script has to show the same again first, what is taken for shorter has
 * to show the same, too, and nothing may be broken before the first step.
 *
 * Return: whether the kernel stood it; if not, @shortest has nothing but @why.
 */
bool shrink(const struct script *script, const struct rules *rules,
	    const char *report, struct shrunk *shortest);
void shrunk_free(struct shrunk *s);

#endif
