/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a path leads in a mount namespace: the walk of path_resolution(7). */
#ifndef MNTPROP_LOOKUP_H
#define MNTPROP_LOOKUP_H

#include "snapshot.h"

/* A dentry as a mount shows it, like the kernel's struct path. */
struct location {
	struct mount *mnt;
	char *within; /* from the root of @mnt, "/" for that; from malloc() */
	bool absent; /* by location_lookup(): it is known not to be there */
	bool new_name; /* absent, but the directory that it would be in is there */
	/* by location_lookup(): its path was cut, and the walk may lead to it */
	const struct mount *cut;
};

/* Where a walk begins, and where it asks for symbolic links. */
struct start {
	struct location root; /* of the process: .. stays here */
	struct location cwd; /* without a mount: only absolute paths */
	int root_fd, cwd_fd; /* the same, O_PATH; -1: do not ask */
};

/**
 * location_root() - where a path lookup in a namespace begins
 * @ns:		the namespace
 * @root:	set to the root of the mount on top of its root
 * @err:	what went wrong
 *
 * Return: 0, or -1 with @err set (no root mount in the snapshot, no memory).
 */
int location_root(const struct mnt_namespace *ns, struct location *root,
		  struct error *err);

/**
 * location_lookup() - walk a path as the kernel does
 * @start:	where to begin
 * @path:	absolute, or relative to @start->cwd
 * @at:		set to where it leads, all mounts on it followed: its mount is
 *		the one that a mount at @path goes on
 * @err:	what went wrong
 *
 * Mounts are those of the snapshot.  Symbolic links are read where @start has
 * file descriptors, one component at a time, which mounts no automount, and not
 * on filesystems that wait for others: a server may be dead.  What is not there
 * (any more) is taken for a directory.
 *
 * Return: 0, or -1 with @err set (relative without a cwd, too many symbolic
 * links, no memory).
 */
int location_lookup(const struct start *start, const char *path,
		    struct location *at, struct error *err);

/*
 * The same of a name, as rmdir(2), unlink(2) and rename(2) look it up: what is mounted on
 * the last component, or linked there, is not followed.  A path that ends with no name ("/",
 * "." or "..") is an error.
 */
int location_lookup_name(const struct start *start, const char *path,
			 struct location *at, struct error *err);

void location_free(struct location *p);

/* The path of the place from the root of its filesystem; free() it. */
char *location_in_fs(const struct location *p);

/* Its path from the root of the namespace; free() it. */
char *location_path(const struct location *p);

/* The one that is mounted on exactly this path of @m ("/": on its root). */
struct mount *mounted_at(const struct mount *m, const char *within);

/*
 * The first mount that a lookup of @within in @m comes across, which may be the
 * one at @within itself; NULL if it stays in @m.
 */
struct mount *mounted_on_way(const struct mount *m, const char *within);

/* The mount that a lookup which arrives at the root of @m ends on. */
struct mount *topmost(struct mount *m);

/*
 * Whether a path, of which @state is the mp_state or root_state, was cut to its
 * last part, so that it may be any that ends so.
 */
bool path_is_cut(const char *state);

/* What comes after @top in @path ("/…", or "" if equal); NULL: not below. */
const char *path_below(const char *path, const char *top);

#endif
