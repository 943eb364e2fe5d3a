/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two questions that mntprop why answers share. */
#ifndef MNTPROP_WHY_H
#define MNTPROP_WHY_H

#include "options.h"
#include "text.h"

enum why_column {
	ANSWER,
	REASON,
	AT,
	PATH,
	HIDDEN_BY,
	COPIES,
	MOUNTED_ID,
	SOURCE_ID,
	TARGET_ID,
	NS,
	CHAIN,
	CHAIN_IDS,
	MEND,
};

struct mount;

/* Text for people: what @add puts into a list, under a heading if there is one. */
void why_print_list(const char *heading,
		    void (*add)(struct text *out, const void *item),
		    const void *item);

/* Starts an item: a mount, its type, and what is to be said of it. */
void why_add_mount(struct text *out, const struct mount *m, const char *what);

/* mntprop why --need; returns the exit status. */
int need_run(const struct options *o);

#endif
