/* SPDX-License-Identifier: GPL-2.0-only */
/* How namespaces and mounts in them are called, and found by what people say. */
#ifndef MNTPROP_WHO_H
#define MNTPROP_WHO_H

#include "options.h"
#include "snapshot.h"
#include "text.h"

/* 4026531841, or anon#3 for one without an inode number. */
void who_add_ns(struct text *out, const struct mnt_namespace *ns);

/* Container, or else "pid comm", or why there is neither. */
void who_add_owner(struct text *out, const struct mnt_namespace *ns);
void who_add_id(struct text *out, const char *container);
void who_add_container(struct text *out, const struct mnt_namespace *ns);

/* "NUMBER (OWNER)" */
void who_add_namespace(struct text *out, const struct mnt_namespace *ns);

/* The owner of its namespace, or why it is in none. */
void who_add_mount_owner(struct text *out, const struct mount *m);

/* NAMESPACE:PATH(OWNER), and of one in no namespace STATE:PATH(SOURCE) */
void who_add_mount(struct text *out, const struct mount *m);

/* SOURCE[DIRECTORY], the directory only if it is not the filesystem's root. */
void who_add_source(struct text *out, const struct mount *m);

/* Whether -N asks for the mounts that are in no namespace. */
bool who_is_none(const struct options *o);

/* The namespace that -N names.  Does not return if that is not clear. */
struct mnt_namespace *who_find(const struct snapshot *s,
			       const struct options *o);

/* The one that @who names, as with -N.  Does not return if that is not clear. */
struct mnt_namespace *who_named(const struct snapshot *s,
				const struct options *o, const char *who);

/*
 * The live process that @who means in @ns: the caller if NULL, the one whose
 * number it is, for which @named is set, or else the first in the namespace.
 * 0 if there is none, or it is not there any more.
 */
pid_t who_task(const struct mnt_namespace *ns, const char *who, bool *named);

/* The caller's namespace; in a saved snapshot the initial one. */
struct mnt_namespace *who_default(const struct snapshot *s,
				  const struct options *o);

#endif
