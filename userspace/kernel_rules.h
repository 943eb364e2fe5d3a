/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules of the running kernel, which are found out once a boot and kept. */
#ifndef MNTPROP_KERNEL_RULES_H
#define MNTPROP_KERNEL_RULES_H

#include <stdio.h>

#include "rules_probe.h"

/**
 * kernel_rules() - the rules of the running kernel
 * @p:		set to them
 * @anew:	experiments are done also if their outcome is kept
 * @why:	set to why they had to be assumed
 *
 * Return: 0, or -1 if nothing could be tried: all are assumed.
 */
int kernel_rules(struct rules_probe *p, bool anew, struct error *why);

/* RULE_PROBED and so on. */
const char *rule_origin(const struct rules_probe *p, const struct rule *rule);

/* For rules_of() of a snapshot of this kernel. */
void kernel_rules_set(const struct rules_probe *p, struct snapshot *s);

/* A `rule` record for each rule. */
void kernel_rules_write(const struct rules_probe *p, FILE *f);

#endif
