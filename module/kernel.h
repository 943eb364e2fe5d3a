/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c found of this kernel at load; constant afterwards. */
#ifndef MNTPROP_KERNEL_H
#define MNTPROP_KERNEL_H

#include "symbols.h"

extern struct mntprop_symbols mntprop_symbols;
/* carried.S: empty unless the module was built from a full source tree */
extern const u8 mntprop_carried_btf[];
extern const u8 mntprop_carried_btf_end[];
/* Where the layout comes from, in words. */
extern const char *mntprop_btf_source;

#endif
