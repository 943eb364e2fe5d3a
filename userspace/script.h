/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What actors are told, one step after the other, and the text of it: one line
 * a step,
 *
 *	ACTOR: OPERATION [-R] [-l] [--expire] [--user] [TYPE] [+ATTRIBUTE…] [-ATTRIBUTE…]
 *		[SOURCE] [TARGET]
 *
 * for example "0: bind -R /a /b", "0: rename /a/a /a/b", "1: make slave /a" or
 * "0: setattr +ro -nodev /a" (see attributes.h).  In place of a path there can be
 * (treeACTOR), (heldACTOR) or for bind and setns (nsACTOR), see enum request_operand;
 * without a number the actor itself is meant.  A line "mount-max N" sets fs.mount-max; one
 * that begins with # is a comment.
 */
#ifndef MNTPROP_SCRIPT_H
#define MNTPROP_SCRIPT_H

#include <stddef.h>
#include <stdio.h>

#include "actors.h"

#define MAX_STEPS 60

struct step {
	int actor;
	struct request r;
};

struct script {
	size_t mount_max;
	int nr_steps;
	struct step steps[MAX_STEPS];
};

/* By enum operation_type: as scripts have them. */
extern const char *const operation_names[];

/* Each step on a line of its own, after @before. */
void script_print(const struct script *script, const char *before, FILE *f);

/* The operation, but for where and by whom: namespaces and places are the caller's to set. */
struct operation script_operation(const struct request *r);

/* Where a path of the request leads, from @root; without a path nowhere. */
struct place script_lookup(struct world *w, struct place root,
			   const struct request *r, const char *path);

/* Whether the place is the file that each filesystem has, or one of a namespace. */
bool script_is_file(const struct place *place);

/* Whether a step of it makes a user namespace. */
bool script_makes_user_ns(const struct script *script);

/* The script of a text; one that is none ends the process with a line on stderr. */
void script_parse(const char *text, struct script *script);

#endif
