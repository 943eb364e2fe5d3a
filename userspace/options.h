/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_OPTIONS_H
#define MNTPROP_OPTIONS_H

#include <stdbool.h>

struct command;

enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_PAIRS,
	FORMAT_RAW,
};

struct options {
	const struct command *command;
	enum format format;
	bool noheadings, ascii, all;
	const char *color; /* auto, always or never; NULL is auto */
	const char *columns; /* -o, NULL for the default ones */
	const char *who, *file;
	const char *module, *map; /* of load, and the next */
	bool print;
	const char *to, *need; /* of why */
	bool lazy, expire; /* of predict umount */
	bool recursive; /* of predict umount and setattr */
	const char *mount_max; /* of predict */
	bool tap; /* of check */
	const char *script; /* of assert */
	const char *output; /* of metrics and graph */
	const char *picture; /* of graph: its format, and the next */
	const char *group, *predict, *why;
	const char *source; /* "proc", or NULL for the module */
	bool unified; /* of diff, with so many lines around */
	int context;
	const char *interval; /* of watch */
	int nr_args;
	char **args; /* ends with NULL */
};

/* Of one command: argv[0] is its name.  Does not return from --help or errors. */
void options_parse(struct options *o, const struct command *c, int argc,
		   char **argv);

/* Those of one command, for completion_print(). */
void options_print_names(const struct command *c);

#endif
