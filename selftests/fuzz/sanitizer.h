/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the sanitizers' interface that is used here: gcc has no header for it. */
#ifndef MNTPROP_SANITIZER_H
#define MNTPROP_SANITIZER_H

#include <stddef.h>

typedef void (*malloc_hook)(const void *p, size_t size);
typedef void (*free_hook)(const void *p);

/* Each is called after a malloc() and before a free(), in their wider sense. */
int __sanitizer_install_malloc_and_free_hooks(malloc_hook malloced,
					      free_hook freed);

/* Where reports go: a file descriptor, cast. */
void __sanitizer_set_report_fd(void *fd);

/* Called when a report ends the program. */
void __sanitizer_set_death_callback(void (*callback)(void));

/* Defined by the program: the options that it wants, as in ASAN_OPTIONS. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

#endif
