/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A script that is tried: by the kernel, in namespaces that nobody else is in, or by the
 * model.  Both tell what came of it in the same words: the error of each step, and how
 * the namespaces of all actors look after the last one.
 */
#ifndef MNTPROP_TRIAL_H
#define MNTPROP_TRIAL_H

#include <stdbool.h>
#include <stdio.h>

#include "rules.h"
#include "script.h"
#include "snapshot.h"

/**
 * trial_by_model() - what comes of a script by some rules
 * @script:	what to do; nobody changes its root or namespace or releases what it holds,
 *		and only one step makes a user namespace
 * @rules:	what holds
 * @f:		gets the words
 * @err:	set to what went wrong
 *
 * Return: 0, or -1 without memory.
 */
int trial_by_model(const struct script *script, const struct rules *rules,
		   FILE *f, struct error *err);

/**
 * trial_reproducer() - a script as a shell script, see reproducer.h
 * @script:	as for trial_by_model()
 * @rules:	by which its end is expected
 * @release:	of a kernel that ends it otherwise
 * @f:		gets it
 * @err:	set to what went wrong
 *
 * Return: 0, or -1 without memory.
 */
int trial_reproducer(const struct script *script, const struct rules *rules,
		     const char *release, FILE *f, struct error *err);

/**
 * trial_by_kernel() - what comes of a script in the running kernel
 * @script:	what to do
 * @proc:	an open /proc
 * @f:		gets the words
 *
 * What cannot be set up ends the process, see actors.h.
 *
 * Context: As for actors_start(). No children but the actors.
 *
 * Return: whether it could be tried; false if a step failed for want of memory, at some
 * limit, or although the kernel has no reason to refuse it.
 */
bool trial_by_kernel(const struct script *script, int proc, FILE *f);

#endif
