/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of the running kernel, found out by experiments: scripts of a few mount
 * operations, each of which ends differently by a rule and by its opposite.
 *
 * They are done in a mount namespace that nobody else is in, of a user namespace where
 * that is allowed, with nothing in it but empty tmpfs.
 */
#ifndef MNTPROP_RULES_PROBE_H
#define MNTPROP_RULES_PROBE_H

#include "rules.h"
#include "snapshot.h"

/* clang-format off */

struct rules_probe {
	struct rules rules;
	rules_mask probed;	/* decided; the others are as they were assumed */
	rules_mask idle;	/* of those: nothing depends on them here */
	rules_mask odd;		/* an experiment of theirs ended as by no rules */
	bool complete;		/* all experiments were done, and rules explain them */
};

/* clang-format on */

/**
 * rules_probe() - find out the rules of the running kernel
 * @p:		set to them
 * @err:	why nothing can be tried here
 *
 * What cannot be decided is as in rules_for() of this kernel's release.
 *
 * Context: Forks; takes about half a second, and ends after a minute in which
 * no experiment does.
 *
 * Return: 0, or -1 with @err set and the rules assumed.
 */
int rules_probe(struct rules_probe *p, struct error *err);

/**
 * rules_explain() - which rules let the experiments end as they did
 * @p:		its rules are what is assumed, and become what was found out
 * @outcomes:	by number of the provocation, as trial.h tells them; "": not known
 *
 * Return: 0, or -1 without memory.
 */
int rules_explain(struct rules_probe *p, const char *const *outcomes);

/* Of what is tried: another one, another number. */
uint64_t rules_probe_version(void);

/* The script that shows this rule, or NULL; it is in the source. */
const char *rules_probe_script(const char *rule);

#endif
