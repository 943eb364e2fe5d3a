/* SPDX-License-Identifier: GPL-2.0-only */
/* A mount namespace as a process in it sees it: its root, its cwd. */
#ifndef MNTPROP_ACTING_H
#define MNTPROP_ACTING_H

#include "lookup.h"
#include "options.h"

struct acting {
	struct mnt_namespace *ns;
	pid_t pid; /* a process in it, 0: none is known */
	struct start start;
};

/**
 * acting_open() - the namespace that somebody acts in
 * @a:		filled in
 * @s:		the snapshot
 * @o:		of the command
 * @who:	as for -N; NULL: the caller, in a saved snapshot the initial one
 *
 * The root and the working directory are those of the process that @who names,
 * or of the first process of the namespace; in a saved snapshot, or where there
 * is none, the root is that of the namespace.  Does not return if it is not
 * clear who is meant, or where that one's root is.
 */
void acting_open(struct acting *a, const struct snapshot *s,
		 const struct options *o, const char *who);

/**
 * acting_lookup() - where a path leads for who acts
 * @a:		who
 * @path:	the path
 *
 * Return: the place, for location_free().  Does not return if it cannot be told.
 */
struct location acting_lookup(const struct acting *a, const char *path);

/* The same of a name, see location_lookup_name(). */
struct location acting_lookup_name(const struct acting *a, const char *path);

/*
 * Inode number of the user namespace of the process that acts, or else of the one
 * that owns its mount namespace.
 */
unsigned int acting_user_ns(const struct acting *a, const struct options *o);

void acting_close(struct acting *a);

#endif
