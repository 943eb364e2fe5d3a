// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of mounts when the names that they are mounted on go, or change. */
#include "vfs.h"

bool is_local_mountpoint(const struct world *w, const struct world_ns *ns,
			 const struct world_dentry *dentry)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		const struct world_mount *m = w->mounts[i];

		if (m->now.ns == ns && m->now.mountpoint == dentry)
			return true;
	}
	return false;
}

/* Of those at @dentry the one that came there last; NULL if there is none. */
static struct world_mount *latest_at(const struct world *w,
				     const struct world_dentry *dentry)
{
	struct world_mount *latest = NULL;
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		struct world_mount *m = w->mounts[i];

		if (m->now.ns && mnt_has_parent(m) &&
		    m->now.mountpoint == dentry &&
		    (!latest || m->placed > latest->placed))
			latest = m;
	}
	return latest;
}

void detach_mounts(struct world *w, struct world_dentry *dentry)
{
	struct world_mount *m;

	dentry->unlinked = true;
	while ((m = latest_at(w, dentry)))
		umount_tree(w, m, 0);
}
