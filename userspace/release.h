/* SPDX-License-Identifier: GPL-2.0-only */
/* What a plain umount would come to, and for whom it is refused. */
#ifndef MNTPROP_RELEASE_H
#define MNTPROP_RELEASE_H

#include "pins.h"
#include "plan.h"

/* clang-format off */

struct release {
	int error;		/* errno, 0 if it succeeds */
	const char *why;	/* in words, or NULL */
	bool unknown;		/* nobody has counted who uses the mount */
	/* of each mount, in order of the snapshot: */
	bool *held;		/* refused for it: used, or mounted on */
	bool *goes;		/* unmounted as soon as none is held any more */
};

/* clang-format on */

/**
 * release_try() - unmount it in the model
 * @r:		set to what came of it, for release_free()
 * @s:		the snapshot
 * @plan:	the umount, with a target or without one; then nothing goes
 * @pins:	who uses the mounts that are without a count, NULL: not known
 *
 * Does not return without memory.
 */
void release_try(struct release *r, const struct snapshot *s, struct plan *plan,
		 const struct pins *pins);
void release_free(struct release *r);

#endif
