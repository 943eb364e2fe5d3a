/* SPDX-License-Identifier: GPL-2.0-only */
/* What mntprop holders says in words. */
#ifndef MNTPROP_HOLDERS_WORDS_H
#define MNTPROP_HOLDERS_WORDS_H

#include "holding.h"
#include "text.h"

/* What the umount comes to, and where the filesystem stays mounted. */
void holders_add_verdict(struct text *out, const struct holding *h);

/* What the umount does to a mount of it. */
void holders_add_umount(struct text *out, const struct holding *h,
			const struct mount *m);

/* PID NAME, or PID/TID NAME */
void holders_add_task(struct text *out, const struct task *t);

/* What a task has of the mount: a list. */
void holders_add_uses(struct text *out, const struct holder *row);

#endif
