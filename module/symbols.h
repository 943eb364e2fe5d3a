/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of the kernel's data that modules cannot link against. */
#ifndef MNTPROP_SYMBOLS_H
#define MNTPROP_SYMBOLS_H

#include <linux/types.h>

struct rw_semaphore;

/**
 * struct mntprop_symbols - what was found
 * @namespace_sem:	fs/namespace.c; never NULL
 * @btf_start:		the kernel's BTF, from the linker script; NULL if there is none
 * @btf_stop:		its end
 * @boot_id:		16 bytes, sysctl_bootid of drivers/char/random.c; NULL if not found
 */
struct mntprop_symbols {
	struct rw_semaphore *namespace_sem;
	const void *btf_start;
	const void *btf_stop;
	const u8 *boot_id;
};

int mntprop_symbols_find(struct mntprop_symbols *symbols);

#endif
