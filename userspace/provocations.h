/* SPDX-License-Identifier: GPL-2.0-only */
/* What brings out a rule of the model: by its opposite it ends differently. */
#ifndef MNTPROP_PROVOCATIONS_H
#define MNTPROP_PROVOCATIONS_H

#include <stddef.h>

/* Of one rule there may be several: not each shows it on each kernel. */
struct provocation {
	const char *rule; /* as in rule_table */
	const char *needs; /* a rule without which nothing shows; or NULL */
	const char *script; /* see script.h */
};

extern const struct provocation provocations[];
extern const size_t nr_provocations;

#endif
