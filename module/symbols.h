/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of the kernel's data that modules cannot link against. */
#ifndef MNTPROP_SYMBOLS_H
#define MNTPROP_SYMBOLS_H

#include <linux/seqlock.h>
#include <linux/types.h>

struct rw_semaphore;

/**
 * struct mntprop_symbols - what was found
 * @namespace_sem:	fs/namespace.c; never NULL
 * @mount_lock:		fs/namespace.c; never NULL
 * @sb_lock:		fs/super.c; NULL where a spinlock has no bytes (UP)
 * @super_blocks:	fs/super.c; never NULL
 * @btf_start:		the kernel's BTF, from the linker script; NULL if there is none
 * @btf_stop:		its end
 * @boot_id:		16 bytes, sysctl_bootid of drivers/char/random.c; NULL if not found
 * @no_lookup:		why only parameters were taken; NULL if symbols were looked up
 */
struct mntprop_symbols {
	struct rw_semaphore *namespace_sem;
	seqlock_t *mount_lock;
	spinlock_t *sb_lock; /* of the list below */
	struct list_head *super_blocks;
	const void *btf_start;
	const void *btf_stop;
	const u8 *boot_id;
	const char *no_lookup;
};

int mntprop_symbols_find(struct mntprop_symbols *symbols);

#endif
