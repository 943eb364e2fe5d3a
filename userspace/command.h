/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_COMMAND_H
#define MNTPROP_COMMAND_H

#include "fatal.h"
#include "options.h"
#include "snapshot.h"
#include "table.h"

struct rules_probe;

struct command {
	const char *name;
	const char *args; /* as in the usage line */
	int min_args, max_args;
	const char *options; /* letters of those that it takes */
	const struct column *columns; /* ends with one without a name */
	const struct column *columns_to; /* with --to, if they are others */
	bool by_rules; /* its answers go by those of the kernel, see rules.h */
	const char *what; /* it does, in one line */
	const char *more; /* lines for --help, or NULL */
	int (*run)(const struct options *o); /* returns the exit status */
};

extern const struct command tree_command, ns_command, groups_command,
	why_command, predict_command, holders_command, watch_command,
	check_command, assert_command, diff_command, metrics_command,
	graph_command, save_command, rules_command, load_command, unload_command;

/*
 * The snapshot that the options ask for; a live one with the containers known.
 * Warns of one that is not complete.
 */
struct snapshot *command_load(const struct options *o);

/* Ends the program if it is not complete: for answers that a part makes wrong. */
struct snapshot *command_load_complete(const struct options *o);

/* The text of it; the caller frees it. */
void command_read(const struct options *o, char **text, size_t *len);

/* Says on stderr what @s cannot know: it is of /proc, or not complete. */
void command_warn(const struct snapshot *s);

/*
 * The rules of the running kernel, with a warning if they had to be assumed.  Before a
 * snapshot is taken: the experiments are not to be in it.
 */
void command_find_rules(struct rules_probe *p);

/* Ends the program if @s is not of the module: @what is known to nobody else. */
void command_need_module(const struct snapshot *s, const char *what);

#endif
