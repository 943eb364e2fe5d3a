/* SPDX-License-Identifier: GPL-2.0-only */
/* mntprop tree --to: a namespace beside another one, and what links them. */
#ifndef MNTPROP_BESIDE_H
#define MNTPROP_BESIDE_H

#include "table.h"

/* In place of tree's. */
extern const struct column beside_columns[];

/* Of tree, with --to; returns the exit status. */
int beside_run(const struct options *o);

#endif
