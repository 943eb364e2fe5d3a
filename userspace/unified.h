/* SPDX-License-Identifier: GPL-2.0-only */
/* Two snapshots as diff -u shows two files. */
#ifndef MNTPROP_UNIFIED_H
#define MNTPROP_UNIFIED_H

#include "pairing.h"

/**
 * unified_print() - print what differs, each with some lines around it
 * @p:		the two snapshots
 * @context:	how many lines
 *
 * A line is a namespace or a mount, without what another boot has another
 * number for: groups, superblocks and namespaces have those of the pairing.
 */
void unified_print(const struct pairing *p, size_t context);

#endif
