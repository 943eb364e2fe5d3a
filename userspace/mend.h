/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be done about a broken link, in the words of those who can do it. */
#ifndef MNTPROP_MEND_H
#define MNTPROP_MEND_H

#include "explain.h"
#include "text.h"

struct mend {
	const struct snapshot *s;
	const struct explanation *e;
	const struct mnt_namespace *own; /* the reader's */
	const struct mnt_namespace *to;
	const char *path; /* that was asked for, from the root of its namespace */
	const char *to_path; /* the same there, NULL: none was named */
};

/* Starts an item of the list @out for each thing to do. */
void mend_add(struct text *out, const struct mend *m);

/*
 * "nsenter -t PID -m " if a command for @ns has to be run from @own with that,
 * else nothing.
 */
void mend_add_nsenter(struct text *out, const struct mnt_namespace *own,
		      const struct mnt_namespace *ns);

#endif
