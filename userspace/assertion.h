/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The language of mntprop assert, one assertion a line:
 *
 *	PLACE [not] PREDICATE [ARGUMENT]
 *	[not] count NUMBER
 *
 * PLACE is [WHO:]/PATH. Words stand between blanks; quotes and backslashes are
 * as in a shell; from a word that begins with # on it is a comment.
 */
#ifndef MNTPROP_ASSERTION_H
#define MNTPROP_ASSERTION_H

#include "snapshot.h"

enum predicate {
	IS_PRIVATE,
	IS_SHARED,
	IS_SLAVE,
	IS_UNBINDABLE,
	PEER_OF,
	SLAVE_OF,
	ON_TOP_OF,
	MOUNTED_IN,
	ABSENT_IN,
	COUNT,
};

struct spot {
	char *who; /* NULL: not said */
	char *path; /* NULL: none */
};

struct assertion {
	char *text; /* as it was written, without blanks around it */
	struct spot subject; /* of COUNT it may be without a path */
	bool negated;
	enum predicate predicate;
	struct spot object; /* a place, of MOUNTED_IN and ABSENT_IN only who */
	unsigned long long count;
};

/**
 * assertion_parse() - read one assertion
 * @line:	the line, which may be any bytes
 * @a:		filled in, for assertion_free()
 * @err:	what is wrong with it, and how to write it
 *
 * Return: 1, 0 if nothing is said in the line, or -1 with @err set.
 */
int assertion_parse(const char *line, struct assertion *a, struct error *err);
void assertion_free(struct assertion *a);

#endif
