/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_SEEDS_H
#define MNTPROP_SEEDS_H

#include <stddef.h>

/* Writes a file @name for the target; ends the program if it cannot. */
void seeds_save(const char *target, const char *name, const void *data,
		size_t size);

/* Those of the target btf. */
void seeds_save_btf(void);

#endif
