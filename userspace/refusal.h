/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the kernel does not do what is asked for with a module, and what to do. */
#ifndef MNTPROP_REFUSAL_H
#define MNTPROP_REFUSAL_H

#include <stddef.h>

/* The kernel's messages from now on, or -1 if we may not see them. */
int refusal_listen(void);

/* What the kernel has said since then. */
struct refusal {
	char said[1024]; /* of mntprop, the last thing; "" if nothing */
	char rejected[256]; /* of a signature that it does not take, or "" */
};

/* Closes @kmsg. */
void refusal_hear(int kmsg, struct refusal *r);

/* For an errno of finit_module(2) or delete_module(2). */
const char *refusal_explain(int e);

/*
 * What is wrong with the signature of a module that finit_module(2) refused with
 * @e, to be freed; NULL if that is not why.  @signer: by whom its file is signed,
 * "" if it does not say, NULL if it is not.
 */
char *refusal_of_signature(int e, const struct refusal *r, const char *signer);

#endif
