/* SPDX-License-Identifier: GPL-2.0-only */
/* Which filesystem is asked for, and by whom. */
#ifndef MNTPROP_SUBJECT_H
#define MNTPROP_SUBJECT_H

#include "plan.h"

struct subject {
	unsigned int major, minor;
	const struct mount *any; /* a mount of it, NULL: there is none */
	/* the umount of the mount that is meant: its target has no mount if
	 * several could be, or none
	 */
	struct plan plan;
};

/**
 * subject_find() - what PATH, MAJ:MIN or SOURCE stands for
 * @subject:	set to that
 * @s:		the snapshot
 * @o:		with it as the only argument, and who acts
 *
 * A path that is a mountpoint comes before a source of that name, as for
 * umount(8), and that before the mount that covers the path.  Does not return
 * if it is not clear what is meant.
 */
void subject_find(struct subject *subject, const struct snapshot *s,
		  const struct options *o);
void subject_free(struct subject *subject);

/* Whether a mount is one of it. */
bool subject_has(const struct subject *subject, const struct mount *m);

#endif
