/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c found of this kernel at load; constant afterwards. */
#ifndef MNTPROP_KERNEL_H
#define MNTPROP_KERNEL_H

#include "symbols.h"

extern struct mntprop_symbols mntprop_symbols;

#endif
