/* SPDX-License-Identifier: GPL-2.0-only */
/* What a replay came to as a shell script, see reproducer.h. */
#ifndef MNTPROP_TEST_REPRODUCE_H
#define MNTPROP_TEST_REPRODUCE_H

#include "replay.h"

/**
 * reproduce() - the replay so far as a shell script
 * @r:		not ended yet
 *
 * What differs need not show in mountinfo: the order of a list, a lock.  Then one more
 * step is looked for whose end differs, and is the script's last.
 *
 * Return: the text, to be freed.  NULL: nothing was done yet.
 */
char *reproduce(const struct replay *r);

#endif
