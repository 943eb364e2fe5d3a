/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the kernel does not do what is asked for with a module, and what to do. */
#ifndef MNTPROP_REFUSAL_H
#define MNTPROP_REFUSAL_H

#include <stddef.h>

/* The kernel's messages from now on, or -1 if we may not see them. */
int refusal_listen(void);

/*
 * The last thing that the kernel has said about mntprop since then, or "".
 * Closes @kmsg.
 */
void refusal_hear(int kmsg, char *said, size_t size);

/* For an errno of finit_module(2) or delete_module(2). */
const char *refusal_explain(int e);

#endif
