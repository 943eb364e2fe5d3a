/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether what lies at an address looks like what it should be, for kernels
 * that cannot say what it is. Any address is fine: nothing here faults.
 */
#ifndef MNTPROP_SANE_H
#define MNTPROP_SANE_H

#include <linux/types.h>

bool sane_memory(unsigned long address);
bool sane_list(unsigned long address);
bool sane_spinlock(unsigned long address);
bool sane_mount_lock(unsigned long address);
bool sane_namespace_sem(unsigned long address);

#endif
