/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Goes into fs/ of a kernel with bugs.  FILE.mutant=NAME on its command line chooses one of
 * them in fs/FILE.c.
 */
#include <linux/moduleparam.h>
#include <linux/string.h>

static char *chosen_mutant;
module_param_named(mutant, chosen_mutant, charp, 0444);

static bool mutant(const char *name)
{
	return chosen_mutant && !strcmp(chosen_mutant, name);
}
