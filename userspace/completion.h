/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be typed, for a shell that completes it: a word that tells what follows,
 * then that, on each line. Made of the tables that the command line is parsed with.
 */
#ifndef MNTPROP_COMPLETION_H
#define MNTPROP_COMPLETION_H

struct command;

/* "command NAME" for one of those that mntprop takes. */
void completion_command(const struct command *c);

/**
 * completion_print() - what a command takes
 * @c:	the command
 *
 * "option NAME ARGUMENT WORD..." with what stands for the argument in --help, "-"
 * without one, and the words that it can be, if there are no others; "arguments"
 * as in the usage line; "operation NAME WORD..." of predict, with the words
 * of the list by commas that comes before the path, if there is one; "column NAME",
 * and "column-to NAME" for those with --to.
 */
void completion_print(const struct command *c);

/*
 * "container NAME" for each in which a process of this machine runs, as mntprop ns
 * has them. Asks neither the module nor for mounts, so that nobody has to wait.
 */
void completion_print_containers(void);

#endif
