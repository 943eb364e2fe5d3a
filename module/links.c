// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the addresses of a mount's parent, peers, master, slaves and overmount to their
 * ids. An address is that of a mount if the walk was there: a superblock's list has every
 * mount, so in a snapshot from which nothing was left out others lead nowhere, and
 * a kernel that has such a pointer is broken. The walk has not followed it.
 */
#include <linux/sched.h>

#include "index.h"
#include "links.h"
#include "mount.h"
#include "snapshot.h"

/* Mounts and slaves that are looked at between two chances for others to run. */
#define REST_MOUNTS 1024

/**
 * struct resolver - addresses of mounts
 * @by_address:	numbers of mounts in the snapshot
 * @last:	number of the one that was found last
 * @whole:	no mount was left out
 */
struct resolver {
	struct mntprop_snapshot *s;
	struct mntprop_index by_address;
	u32 last;
	bool whole;
};

/* Whether a mount is at @address, and its number. */
static bool find(struct resolver *r, const struct mount *address, u32 *nr)
{
	struct mntprop_snapshot *s = r->s;

	/* Neighbours often have the same parent. */
	if (r->last < s->nr_mounts && s->links[r->last].mount == address) {
		*nr = r->last;
		return true;
	}
	if (!address || !index_find(&r->by_address, (unsigned long)address, nr))
		return false;
	r->last = *nr;
	return true;
}

/*
 * Sets *id to the id of the mount at @address. If there is none, that is told by @bit in
 * a snapshot that has them all, and *id is set to @none; in others it stays what was
 * read there.
 */
static void resolve(struct resolver *r, struct mntprop_mount *m,
		    const struct mount *address, u32 *id, u32 none,
		    unsigned int bit)
{
	u32 nr;

	if (find(r, address, &nr)) {
		*id = r->s->mounts[nr].id;
	} else if (r->whole) {
		*id = none;
		m->foreign |= bit;
	}
}

/*
 * mount_lock alone protects the parent of an unattached mount, and what is mounted on it:
 * they may have gone before the walk came to them.
 */
static bool may_have_gone(const struct mntprop_mount *m)
{
	return m->ns == MOUNT_IN_NO_NS;
}

static void resolve_parent(struct resolver *r, struct mntprop_mount *m,
			   const struct mntprop_links *links)
{
	struct mntprop_mount *parent;
	u32 nr;

	if (links->parent == links->mount || m->foreign & FOREIGN_PARENT)
		return;
	resolve(r, m, links->parent, &m->parent, m->id,
		may_have_gone(m) ? 0 : FOREIGN_PARENT);
	/* Before 6.17 the kernel does not keep this: it is the child mounted on the root. */
	if (has_fact(F_MOUNT_OVERMOUNT) || !(m->state & MOUNT_ON_ROOT) ||
	    !find(r, links->parent, &nr))
		return;
	parent = &r->s->mounts[nr];
	parent->overmount = m->id;
}

static void resolve_overmount(struct resolver *r, struct mntprop_mount *m,
			      const struct mntprop_links *links)
{
	if (links->overmount)
		resolve(r, m, links->overmount, &m->overmount, 0,
			may_have_gone(m) ? 0 : FOREIGN_OVERMOUNT);
}

static void resolve_peers(struct resolver *r, struct mntprop_mount *m,
			  const struct mntprop_links *links)
{
	const struct mount *back;
	u32 nr;

	m->peer_back = m->id;
	if (links->next_peer == links->mount) {
		back = links->previous_peer;
	} else {
		resolve(r, m, links->next_peer, &m->peer, m->id, FOREIGN_PEER);
		if (!find(r, links->next_peer, &nr))
			return;
		back = r->s->links[nr].previous_peer;
	}
	if (back != links->mount)
		resolve(r, m, back, &m->peer_back, m->id, FOREIGN_PEER_BACK);
}

/* There cannot be more slaves than mounts: a list that does not end fills the room. */
static void resolve_slaves(struct resolver *r, struct mntprop_mount *m,
			   const struct mntprop_links *links)
{
	const struct mount *slave = links->first_slave;
	const struct mount *end = end_of_slaves(links->mount);
	struct mntprop_snapshot *s = r->s;
	u32 nr;

	m->first_slave = s->nr_slaves;
	for (; slave != end; slave = s->links[nr].next_slave) {
		if (!find(r, slave, &nr)) {
			m->foreign |= r->whole ? FOREIGN_SLAVES : 0;
			break;
		}
		if (s->nr_slaves == s->nr_mounts) {
			s->stopped |= STOPPED_SLAVES;
			break;
		}
		s->slaves[s->nr_slaves++] = s->mounts[nr].id;
		if (s->nr_slaves % REST_MOUNTS == 0)
			cond_resched();
	}
	m->nr_slaves = s->nr_slaves - m->first_slave;
	s->most_slaves = max(s->most_slaves, m->nr_slaves);
}

static void resolve_mount(struct resolver *r, u32 nr)
{
	const struct mntprop_links *links = &r->s->links[nr];
	struct mntprop_mount *m = &r->s->mounts[nr];

	resolve_parent(r, m, links);
	resolve_overmount(r, m, links);
	resolve_peers(r, m, links);
	resolve_slaves(r, m, links);
	if (links->master)
		resolve(r, m, links->master, &m->master, 0, FOREIGN_MASTER);
}

static void resolve_root(struct resolver *r, struct mntprop_ns *ns)
{
	u32 nr;

	if (!ns->root_mount)
		return;
	if (find(r, ns->root_mount, &nr))
		ns->root = r->s->mounts[nr].id;
	/* fsmount(2) may have set the root, and not put it into the namespace yet */
	else if (r->whole && !(ns->anon && !ns->found))
		ns->foreign |= FOREIGN_ROOT;
}

/*
 * A mount that the lists of a broken kernel led to twice is kept once. Another mount at
 * the same address is one that came when an unattached one had gone.
 */
static bool is_copy(struct resolver *r, u32 nr)
{
	const struct mntprop_snapshot *s = r->s;
	u32 first;

	return index_find(&r->by_address, (unsigned long)s->links[nr].mount,
			  &first) &&
	       s->mounts[first].id == s->mounts[nr].id;
}

static void index_mounts(struct resolver *r)
{
	struct mntprop_snapshot *s = r->s;
	u32 i, nr = 0;

	for (i = 0; i < s->nr_mounts; i++) {
		if (i % REST_MOUNTS == 0)
			cond_resched();
		if (!index_insert(&r->by_address,
				  (unsigned long)s->links[i].mount, nr) &&
		    is_copy(r, i))
			continue;
		if (nr != i) {
			s->links[nr] = s->links[i];
			s->mounts[nr] = s->mounts[i];
		}
		nr++;
	}
	s->nr_mounts = nr;
}

/**
 * mntprop_links_resolve() - find the mounts that mounts point to
 * @s:	the snapshot, filled by mntprop_walk()
 *
 * Context: Process context; sleeps.
 * Return: 0 or -ENOMEM.
 */
int mntprop_links_resolve(struct mntprop_snapshot *s)
{
	struct resolver r = {
		.s = s,
		.whole = !s->stopped,
	};
	int err = index_init(&r.by_address, s->nr_mounts);
	u32 i;

	if (err)
		return err;
	index_mounts(&r);
	for (i = 0; i < s->nr_mounts; i++) {
		resolve_mount(&r, i);
		if (i % REST_MOUNTS == 0)
			cond_resched();
	}
	for (i = 0; i < s->nr_namespaces; i++)
		resolve_root(&r, &s->namespaces[i]);
	index_free(&r.by_address);
	return 0;
}
