/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading and unloading mntprop.ko, for the tests that are about that. */
#ifndef MNTPROP_TEST_MODULE_H
#define MNTPROP_TEST_MODULE_H

#include <stdbool.h>
#include <stddef.h>

struct image {
	char *data;
	size_t size;
};

/* The module's file: $MNTPROP_KO. */
struct image module_image(void);

/*
 * Replaces a whole C string in it by another of the same length, wherever it
 * stands. Returns how often.
 */
int module_replace(struct image *image, const char *old, const char *new);

/*
 * 0, or the errno of init_module(2). Before the parameters go those in
 * $MNTPROP_PARAMS: the addresses, on a kernel where the module cannot look them up.
 */
int module_load(const struct image *image, const char *params);

/* 0, or the errno of delete_module(2). */
int module_unload(void);

bool module_is_loaded(void);

/*
 * What the module says when it does not load, of all that it says between the
 * two calls: one line, "" if there is none.
 */
int module_listen(void);
const char *module_refusal(int kmsg);

/* Whether it has BTF to fall back on, besides that of the module itself. */
bool module_carries_btf(const struct image *image);

#endif
