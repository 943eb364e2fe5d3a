/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model predicted against what the kernel did, mount by mount. */
#ifndef MNTPROP_TEST_COMPARE_H
#define MNTPROP_TEST_COMPARE_H

#include <stdio.h>

#include "world.h"

/**
 * compare_worlds() - find the differences
 * @predicted:	after an operation
 * @actual:	of a snapshot that was taken after the kernel did the same
 * @out:	what differs is written here, with both states
 *
 * Mounts that the model made have ids of its own: one is the kernel's new one with
 * the same parent, mountpoint and root.  The numbers of groups are compared as they are.
 *
 * If they are equal, @actual gets what a snapshot does not tell: in which order
 * children were attached.
 *
 * Return: how many differences there are.
 */
int compare_worlds(struct world *predicted, struct world *actual, FILE *out);

#endif
