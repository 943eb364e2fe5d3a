/* SPDX-License-Identifier: GPL-2.0-only */
/* Who keeps a filesystem mounted: what mntprop holders finds out. */
#ifndef MNTPROP_HOLDING_H
#define MNTPROP_HOLDING_H

#include "pins.h"
#include "release.h"
#include "subject.h"

/* clang-format off */

struct holding {
	const struct options *o;
	const struct snapshot *s;
	struct subject subject;
	struct pins pins;		/* nobody, with -F */
	bool *wanted;			/* of each mount: whose users are of interest */
	struct release release;
	size_t mounts;			/* of the filesystem */
	size_t stay, stay_without_path;	/* mounted after the umount */
	const struct mount **ns_files;	/* mounts that stand for a namespace */
	size_t nr_ns_files;
};

enum holder_kind {
	HOLDER_MOUNT,
	HOLDER_BELOW,		/* it is mounted on the one to unmount */
	HOLDER_TASK,
	HOLDER_NS_FILE,		/* a mount that keeps a namespace */
};

struct holder {
	const struct holding *in;
	enum holder_kind kind;
	const struct mount *m;	/* the mount it is, or else holds */
	const struct mount *by;	/* HOLDER_BELOW and HOLDER_NS_FILE */
	const struct pin *pins;	/* HOLDER_TASK: all of one task */
	size_t nr;
	bool tree;		/* they are of the root of the tree that m is in */
	bool busy;		/* the umount is refused for it */
};

/* clang-format on */

/**
 * holding_find() - look for who holds what the arguments name
 * @h:	set to what is found, for holding_free()
 * @s:	the snapshot, to live as long as @h
 * @o:	of the command
 *
 * Warns of processes that it could not look into.  Does not return if it is not
 * clear what is meant, or without /proc.
 */
void holding_find(struct holding *h, const struct snapshot *s,
		  const struct options *o);
void holding_free(struct holding *h);

bool holding_is_target(const struct holding *h, const struct mount *m);

/* The umount is refused for this mount. */
bool holding_is_held(const struct holding *h, const struct mount *m);

/* It is unmounted with the target, as soon as that is not refused. */
bool holding_goes(const struct holding *h, const struct mount *m);

/* The umount of the target succeeds; false if there is none, or it is not known. */
bool holding_succeeds(const struct holding *h);

/* What is to be done with one that holds. */
typedef void (*holder_func)(const struct holder *row, void *arg);

/* Those who have it open or are in it; a tree without a place, by its root. */
void holding_each_user(const struct holding *h, const struct mount *m,
		       holder_func func, void *arg);

/* What is mounted on it: it must go first. */
void holding_each_below(const struct holding *h, const struct mount *m,
			holder_func func, void *arg);

/* What keeps the namespace of a mount, with a process in it or without. */
void holding_each_keeper(const struct holding *h, const struct mount *m,
			 holder_func func, void *arg);

#endif
