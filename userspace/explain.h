/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a mount does, or does not, appear in another namespace. */
#ifndef MNTPROP_EXPLAIN_H
#define MNTPROP_EXPLAIN_H

#include "lookup.h"
#include "rules.h"

/* clang-format off */

/* The first link that is broken on the way from a mount to another. */
enum broken {
	BROKEN_NOTHING,
	BROKEN_PRIVATE,		/* the mount is in no group */
	BROKEN_UNBINDABLE,	/* the same */
	BROKEN_COVERED,		/* it is, and covers one that would pass on */
	BROKEN_SLAVE,		/* it gets, but does not give */
	BROKEN_USER_NS,		/* so do all in a less privileged namespace */
	BROKEN_GROUP,		/* the other one gets from another group */
	BROKEN_OUTSIDE,		/* the other one does not show the mountpoint */
	BROKEN_ELSEWHERE,	/* it appears, but not at the path */
	BROKEN_DIRECTORY,	/* the path leads to another directory */
	BROKEN_FILESYSTEM,	/* none there shows the filesystem */
	BROKEN_ANONYMOUS,	/* mounts that are not attached get nothing */
	BROKEN_EARLIER,		/* not broken now: it was when the mount was made */
	NR_BROKEN
};

struct explanation {
	bool yes;
	enum broken broken;
	/* the mount at which it is broken, NULL if there is none to name */
	const struct mount *at;
	const struct mount *source;	/* covers the path */
	/* the one of the other namespace that gets it, or would have to; NULL
	 * if none shows the filesystem
	 */
	const struct mount *target;
	char *path;		/* yes: where it appears; elsewhere: too */
	bool hidden;		/* no lookup of the path arrives there */
	const struct mount *hidden_by;	/* on the path; NULL: it leads nowhere */
	bool beneath;		/* hidden_by is at the path: it goes below that */
	size_t copies;		/* in that namespace, in all */
	/* for no: may show the path all the same, as a root was cut */
	const struct mount *cut;
	/* masters from the source's group to the target, both included */
	const struct mount **chain;
	size_t nr_chain;
};

/* clang-format on */

/**
 * explain() - does a mount here appear there?
 * @e:		the answer, for explain_free()
 * @s:		the snapshot
 * @from:	where something would be mounted
 * @ns:		the namespace in question
 * @to:		a place in it, NULL: any
 *
 * Return: 0, or -1 without memory.
 */
int explain(struct explanation *e, const struct snapshot *s,
	    const struct location *from, const struct mnt_namespace *ns,
	    const struct location *to);
void explain_free(struct explanation *e);

/*
 * Whether what is mounted on @from appears on @to, if @to shows that place, by
 * the rules of a kernel.
 */
bool receives(const struct rules *rules, const struct mount *to,
	      const struct mount *from);

/*
 * The path at which @m shows what @p is, which may be in another mount of the
 * filesystem; NULL with 0 if it does not show it, -1 without memory.
 */
int shown_at(const struct mount *m, const struct location *p, char **path);

#endif
