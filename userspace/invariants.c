// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ids of a snapshot are followed as they stand: what model.c makes of them
 * is mended already.
 *
 * What follows from a violation is not told again, as far as that can be seen:
 * a peer that is none does not make its ring an open one, too.
 *
 * That a mountpoint lies below its parent's root is no rule: a rename of a
 * directory above it may take it out of there (path_connected() in fs/namei.c,
 * since 4.3).  Both ways a dentry that is the root has to be called the root.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "invariants.h"
#include "rules.h"

enum {
	LISTS_END,
	POINTERS_LEAD,
	PEER_EXISTS,
	PEERS_ONE_GROUP,
	RING_CLOSED,
	RING_SYMMETRIC,
	GROUP_ONE_RING,
	GROUP_ONE_MASTER,
	GROUP_ONE_FILESYSTEM,
	GROUP_IS_SHARED,
	SHARED_IS_BINDABLE,
	MASTER_EXISTS,
	MASTER_IS_SHARED,
	MASTER_SAME_FILESYSTEM,
	MASTERS_END,
	SLAVE_EXISTS,
	SLAVE_HAS_MASTER,
	SLAVE_ON_LIST,
	PEERS_SIDE_BY_SIDE,
	PARENT_EXISTS,
	PARENT_SAME_NAMESPACE,
	PARENTS_END,
	MOUNTPOINT_IN_PARENT,
	OVERMOUNT_ON_ROOT,
	ONE_ON_A_MOUNTPOINT,
	NAMESPACE_ROOT,
	REACHED_FROM_ROOT,
	NAMESPACE_COUNT,
	NAMESPACE_ALIVE,
	UNMOUNTED_ALONE,
	UNMOUNTED_IN_NONE,
	UNMOUNTED_APART,
};

/* clang-format off */

#define PNODE "fs/pnode.c"
#define NAMESPACE "fs/namespace.c"
#define SUBTREE "Documentation/filesystems/sharedsubtree.rst"

const struct invariant invariants[] = {
	[LISTS_END] = { "lists-end",
		"the kernel's lists end where they have to; if not, nothing else is looked at",
		NAMESPACE ", fs/super.c: each list has as many as are counted" },
	[POINTERS_LEAD] = { "pointers-lead",
		"what a mount or a namespace points to is what the kernel still has there",
		NAMESPACE ", free_mnt_ns() and cleanup_mnt(): nothing points to what goes" },
	[PEER_EXISTS] = { "peer-exists",
		"the next peer is a mount", PNODE ", next_peer()" },
	[PEERS_ONE_GROUP] = { "peers-one-group",
		"a mount and its next peer are in one group", SUBTREE ", 8" },
	[RING_CLOSED] = { "ring-closed",
		"the peers after a mount lead back to it", SUBTREE ", 8" },
	[RING_SYMMETRIC] = { "ring-symmetric",
		"the next peer has the mount as the one before it",
		PNODE ", next_peer(); include/linux/list.h" },
	[GROUP_ONE_RING] = { "group-one-ring",
		"all mounts of a group are in one ring", SUBTREE ", 8" },
	[GROUP_ONE_MASTER] = { "group-one-master",
		"peers have the same master", SUBTREE ", 8" },
	[GROUP_ONE_FILESYSTEM] = { "group-one-filesystem",
		"peers are mounts of one superblock",
		NAMESPACE ", clone_mnt() and do_set_group()" },
	[GROUP_IS_SHARED] = { "group-is-shared",
		"who is in a group is shared, and nobody else",
		NAMESPACE ", invent_group_ids(); pnode.h, set_mnt_shared()" },
	[SHARED_IS_BINDABLE] = { "shared-is-bindable",
		"no mount is shared and unbindable",
		"fs/pnode.h, set_mnt_shared()" },
	[MASTER_EXISTS] = { "master-exists",
		"a slave's master is a mount", PNODE ", change_mnt_propagation()" },
	[MASTER_IS_SHARED] = { "master-is-shared",
		"a slave's master is shared, and so in the ring of its group",
		SUBTREE ", 2" },
	[MASTER_SAME_FILESYSTEM] = { "master-same-filesystem",
		"master and slave are mounts of one superblock",
		NAMESPACE ", clone_mnt() and do_set_group()" },
	[MASTERS_END] = { "masters-end",
		"no mount is its own master, or that of its master, …",
		PNODE ", propagation_next() would not end" },
	[SLAVE_EXISTS] = { "slave-exists",
		"who is on a slave list is a mount", PNODE ", first_slave()" },
	[SLAVE_HAS_MASTER] = { "slave-has-master",
		"who is on a slave list has its owner as master", SUBTREE ", 8" },
	[SLAVE_ON_LIST] = { "slave-on-list",
		"a slave is on its master's list, once", SUBTREE ", 8" },
	[PEERS_SIDE_BY_SIDE] = { "peers-side-by-side",
		"on a slave list peers follow each other as in their ring",
		PNODE ", propagation_next() and next_group()" },
	[PARENT_EXISTS] = { "parent-exists",
		"the parent is a mount", NAMESPACE ", mnt_set_mountpoint()" },
	[PARENT_SAME_NAMESPACE] = { "parent-same-namespace",
		"a mount is in the namespace of its parent",
		NAMESPACE ", commit_tree()" },
	[PARENTS_END] = { "parents-end",
		"no mount is mounted on itself, or on what is mounted on it, …",
		NAMESPACE ", do_move_mount(): ELOOP" },
	[MOUNTPOINT_IN_PARENT] = { "mountpoint-in-parent",
		"a mountpoint is called / if and only if it is the root of the parent",
		NAMESPACE ", lookup_mnt()" },
	[OVERMOUNT_ON_ROOT] = { "overmount-on-root",
		"the overmount is the child on the root dentry, if there is one",
		"fs/mount.h, overmount, since 6.17" },
	[ONE_ON_A_MOUNTPOINT] = { "one-on-a-mountpoint",
		"a parent has one child at a dentry",
		NAMESPACE ", since 6.17: attach_recursive_mnt() with topmost_overmount()" },
	[NAMESPACE_ROOT] = { "namespace-root",
		"the root of a namespace is one of its mounts, and has no parent",
		NAMESPACE ", copy_mnt_ns()" },
	[REACHED_FROM_ROOT] = { "reached-from-root",
		"every mount of a namespace hangs from its root",
		NAMESPACE ", attach_recursive_mnt() and umount_tree()" },
	[NAMESPACE_COUNT] = { "namespace-count",
		"a namespace counts the mounts that are in it",
		NAMESPACE ", commit_tree() and umount_tree()" },
	[NAMESPACE_ALIVE] = { "namespace-alive",
		"no mount is left behind in a namespace that nobody refers to any more",
		NAMESPACE ", put_mnt_ns()" },
	[UNMOUNTED_ALONE] = { "unmounted-alone",
		"an unmounted mount has no peers, slaves or master",
		NAMESPACE ", umount_tree(): change_mnt_propagation()" },
	[UNMOUNTED_IN_NONE] = { "unmounted-in-none",
		"an unmounted mount is in no namespace",
		NAMESPACE ", umount_tree(): mnt_ns" },
	[UNMOUNTED_APART] = { "unmounted-apart",
		"a mount that is in no namespace hangs from none that is in one",
		NAMESPACE ", umount_tree(): umount_mnt()" },
};

/* clang-format on */

const size_t nr_invariants = ARRAY_SIZE(invariants);

struct check {
	const struct snapshot *s, *earlier;
	void (*report)(const struct violation *v, void *arg);
	void *arg;
	long violations;
	/* by index in s->mounts */
	unsigned int *listed; /* on how many slave lists */
	bool *seen;
	size_t *walk;
};

static void tell(struct check *c, struct violation v, int which)
{
	v.invariant = &invariants[which];
	if (invariant_skipped(v.invariant, c->s, c->earlier))
		return;
	c->violations++;
	c->report(&v, c->arg);
}

static void violated(struct check *c, int which, const struct mount *m,
		     const struct mount *other)
{
	tell(c, (struct violation){ .mount = m, .other = other, .ns = m->ns },
	     which);
}

/* @m refers to a mount that there is not. */
static void dangling(struct check *c, int which, const struct mount *m, int id)
{
	tell(c, (struct violation){ .mount = m, .ns = m->ns, .missing = id },
	     which);
}

static void violated_ns(struct check *c, int which,
			const struct mnt_namespace *ns)
{
	tell(c, (struct violation){ .ns = ns }, which);
}

/* What is told by the pointer itself is not told again by what it leads to. */
static bool leads_nowhere(const struct mount *m, const char *pointer)
{
	return has_word(m->foreign, pointer);
}

static bool is_no_namespace(const struct mnt_namespace *ns)
{
	return has_word(ns->foreign, "ns");
}

static void check_pointers(struct check *c, const struct mount *m)
{
	struct violation v = { .mount = m, .ns = m->ns, .foreign = m->foreign };

	if (!v.foreign && m->ns && is_no_namespace(m->ns))
		v.foreign = "ns";
	if (v.foreign)
		tell(c, v, POINTERS_LEAD);
}

/* That it is none itself is told by the mounts in it, and by its tasks here. */
static void check_pointers_of_ns(struct check *c,
				 const struct mnt_namespace *ns)
{
	if (ns->foreign && (ns->tasks || !is_no_namespace(ns)))
		tell(c, (struct violation){ .ns = ns, .foreign = ns->foreign },
		     POINTERS_LEAD);
}

static bool same_superblock(const struct mount *a, const struct mount *b)
{
	return a->major == b->major && a->minor == b->minor;
}

static size_t index_of(const struct check *c, const struct mount *m)
{
	return m - c->s->mounts;
}

static void check_peer(struct check *c, const struct mount *m)
{
	const struct mount *peer = snapshot_mount(c->s, m->peer_id);
	const struct mount *back;
	bool in_group = m->group_id > 0;

	if (m->shared != in_group)
		violated(c, GROUP_IS_SHARED, m, NULL);
	if (m->shared && m->unbindable)
		violated(c, SHARED_IS_BINDABLE, m, NULL);
	if (!peer) {
		dangling(c, PEER_EXISTS, m, m->peer_id);
		return;
	}
	if (m->peer_back_id != m->id) {
		back = snapshot_mount(c->s, m->peer_back_id);
		if (back)
			violated(c, RING_SYMMETRIC, m, back);
		else
			dangling(c, RING_SYMMETRIC, m, m->peer_back_id);
	}
	if (peer == m || leads_nowhere(m, "peer"))
		return;
	if (!m->group_id || peer->group_id != m->group_id)
		violated(c, PEERS_ONE_GROUP, m, peer);
	if (peer->master_id != m->master_id && !leads_nowhere(m, "master") &&
	    !leads_nowhere(peer, "master"))
		violated(c, GROUP_ONE_MASTER, m, peer);
	if (!same_superblock(m, peer))
		violated(c, GROUP_ONE_FILESYSTEM, m, peer);
}

/*
 * Follows the ring from @start, through mounts that have not been seen.
 * Returns whether it is closed; a link that leads out of the group, or nowhere,
 * is told elsewhere, and ends the walk with @out set.
 */
static bool follow_ring(struct check *c, const struct mount *start, bool *out)
{
	const struct mount *m = start;

	while (m && m->group_id == start->group_id &&
	       !c->seen[index_of(c, m)]) {
		c->seen[index_of(c, m)] = true;
		m = leads_nowhere(m, "peer") ? NULL :
					       snapshot_mount(c->s, m->peer_id);
	}
	*out = !m || m->group_id != start->group_id;
	return m == start;
}

static void check_ring(struct check *c, const struct peer_group *g)
{
	const struct mount *first = NULL;
	bool out = false;
	size_t i;

	for (i = 0; i < g->nr_members && !out; i++) {
		const struct mount *m = g->members[i];

		if (c->seen[index_of(c, m)])
			continue;
		if (follow_ring(c, m, &out)) {
			if (first)
				violated(c, GROUP_ONE_RING, m, first);
			first = first ? first : m;
		} else if (!out) {
			violated(c, RING_CLOSED, m, NULL);
		}
	}
}

static void check_master(struct check *c, const struct mount *m)
{
	const struct mount *master = snapshot_mount(c->s, m->master_id);

	if (!m->master_id)
		return;
	if (!master) {
		dangling(c, MASTER_EXISTS, m, m->master_id);
		return;
	}
	if (!master->shared)
		violated(c, MASTER_IS_SHARED, m, master);
	if (!same_superblock(m, master))
		violated(c, MASTER_SAME_FILESYSTEM, m, master);
}

/* @m is followed by @next on the list of @master, or is the last (NULL). */
static void check_neighbours(struct check *c, const struct mount *master,
			     const struct mount *m, const struct mount *next)
{
	const struct mount *peer;

	if (next && m->group_id && next->group_id == m->group_id &&
	    m->peer_id != next->id)
		violated(c, PEERS_SIDE_BY_SIDE, m, next);
	/* The last of a group is followed in the ring by the first: seen by now. */
	if ((next && next->group_id == m->group_id) ||
	    leads_nowhere(master, "slaves"))
		return;
	peer = snapshot_mount(c->s, m->peer_id);
	if (m->group_id && peer && peer->master_id == master->id &&
	    !c->listed[index_of(c, peer)])
		violated(c, PEERS_SIDE_BY_SIDE, m, peer);
}

static void check_slaves(struct check *c, const struct mount *master)
{
	const struct mount *m, *next;
	size_t i;

	for (i = 0; i < master->nr_slaves; i++) {
		m = snapshot_mount(c->s, master->slave_ids[i]);
		if (!m) {
			dangling(c, SLAVE_EXISTS, master, master->slave_ids[i]);
			continue;
		}
		if (m->master_id == master->id)
			c->listed[index_of(c, m)]++;
		else if (!leads_nowhere(m, "master"))
			violated(c, SLAVE_HAS_MASTER, m, master);
		next = i + 1 < master->nr_slaves ?
			       snapshot_mount(c->s, master->slave_ids[i + 1]) :
			       NULL;
		check_neighbours(c, master, m, next);
	}
}

static void check_mountpoint(struct check *c, const struct mount *m,
			     const struct mount *parent)
{
	bool is_root = !strcmp(m->mp_dentry, parent->root_dentry);

	if (is_root ==
	    (!strcmp(m->mountpoint, "/") && !has_word(m->mp_state, "outside")))
		return;
	violated(c, MOUNTPOINT_IN_PARENT, m, parent);
}

static bool on_root(const struct mount *m, const struct mount *parent)
{
	return m->parent_id == parent->id && m != parent &&
	       !strcmp(m->mp_dentry, parent->root_dentry);
}

static void check_parent(struct check *c, const struct mount *m)
{
	const struct mount *parent = snapshot_mount(c->s, m->parent_id);

	if (!parent) {
		dangling(c, PARENT_EXISTS, m, m->parent_id);
		return;
	}
	if (parent == m)
		return;
	/* What is unmounted can hang on. */
	if (m->ns && parent->ns != m->ns && !is_no_namespace(m->ns))
		violated(c, PARENT_SAME_NAMESPACE, m, parent);
	if (!m->ns && parent->ns)
		violated(c, UNMOUNTED_APART, m, parent);
	if (c->s->source)
		return;
	if (!leads_nowhere(m, "mountpoint"))
		check_mountpoint(c, m, parent);
	if (m->ns && on_root(m, parent) && !parent->overmount_id &&
	    !leads_nowhere(parent, "overmount"))
		violated(c, OVERMOUNT_ON_ROOT, parent, m);
}

static void check_overmount(struct check *c, const struct mount *m)
{
	const struct mount *over;

	if (!m->overmount_id || c->s->source)
		return;
	over = snapshot_mount(c->s, m->overmount_id);
	if (!over)
		dangling(c, OVERMOUNT_ON_ROOT, m, m->overmount_id);
	else if (!on_root(over, m))
		violated(c, OVERMOUNT_ON_ROOT, m, over);
}

/* Id 0 is a mount's, too, but as a master it is the absence of one. */
static const struct mount *above(const struct snapshot *s,
				 const struct mount *m, bool masters)
{
	if (masters)
		return m->master_id ? snapshot_mount(s, m->master_id) : NULL;
	return m->parent_id != m->id ? snapshot_mount(s, m->parent_id) : NULL;
}

/* Who hangs from whom by an id: each circle is told once. */
static void check_circles(struct check *c, int which, bool masters)
{
	const struct snapshot *s = c->s;
	size_t i;

	memset(c->walk, 0, s->nr_mounts * sizeof(*c->walk));
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i], *up;

		for (; m && !c->walk[index_of(c, m)]; m = up) {
			c->walk[index_of(c, m)] = i + 1;
			up = above(s, m, masters);
		}
		if (m && c->walk[index_of(c, m)] == i + 1)
			violated(c, which, m, NULL);
	}
}

static void check_unmounted(struct check *c, const struct mount *m)
{
	if (m->ns && has_word(m->flags, "umount"))
		violated(c, UNMOUNTED_IN_NONE, m, NULL);
	if (!m->ns && m->state && !strcmp(m->state, "unmounted") &&
	    (m->group_id || m->peer_id != m->id || m->master_id ||
	     m->nr_slaves))
		violated(c, UNMOUNTED_ALONE, m, NULL);
}

/*
 * With the checks of parents, what has no parent tells it all: whoever climbs
 * from any mount of the namespace ends there.
 */
static void check_root(struct check *c, const struct mnt_namespace *ns)
{
	const struct mount *root = ns->root;
	size_t i;

	/* fsmount(2) fills its namespace without the lock. */
	if (ns->anon && !ns->nr_mounts)
		return;
	if (has_word(ns->foreign, "root"))
		return;
	if (!root || root->ns != ns || root->parent_id != root->id) {
		violated_ns(c, NAMESPACE_ROOT, ns);
		return;
	}
	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *m = ns->mounts[i];

		if (m != root && m->parent_id == m->id &&
		    !leads_nowhere(m, "parent"))
			violated(c, REACHED_FROM_ROOT, m, root);
	}
}

/*
 * put_mnt_ns() gives the last reference away before it waits for the lock that
 * it unmounts all of it under: a namespace that is seen like that once is well.
 */
static bool stays_dead(const struct check *c, const struct mnt_namespace *ns)
{
	const struct mnt_namespace *was;

	if (!c->earlier || ns->anon || ns->refs)
		return false;
	was = snapshot_ns(c->earlier, ns->inum);
	return was && was->id == ns->id && !was->refs;
}

static void check_namespace(struct check *c, const struct mnt_namespace *ns)
{
	check_pointers_of_ns(c, ns);
	if (is_no_namespace(ns))
		return;
	if (stays_dead(c, ns))
		violated_ns(c, NAMESPACE_ALIVE, ns);
	if (ns->nr_mounts != ns->found ||
	    (ns->nr_mounts != ns->nr_mounts_counted && !ns->anon))
		violated_ns(c, NAMESPACE_COUNT, ns);
	check_root(c, ns);
}

static int by_place(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;

	if (x->parent_id != y->parent_id)
		return x->parent_id < y->parent_id ? -1 : 1;
	return strcmp(x->mp_dentry, y->mp_dentry);
}

static int check_places(struct check *c)
{
	const struct mount **sorted, *m;
	size_t i, n = 0;

	if (invariant_skipped(&invariants[ONE_ON_A_MOUNTPOINT], c->s, NULL))
		return 0;
	sorted = calloc(c->s->nr_mounts + 1, sizeof(*sorted));
	if (!sorted)
		return -1;
	for (i = 0; i < c->s->nr_mounts; i++) {
		m = &c->s->mounts[i];
		if (m->ns && m->parent_id != m->id)
			sorted[n++] = m;
	}
	qsort(sorted, n, sizeof(*sorted), by_place);
	for (i = 1; i < n; i++) {
		if (!by_place(&sorted[i - 1], &sorted[i]))
			violated(c, ONE_ON_A_MOUNTPOINT, sorted[i],
				 sorted[i - 1]);
	}
	free(sorted);
	return 0;
}

/* The module stops at a namespace that has not as many mounts as it counts. */
static const struct mnt_namespace *miscounted(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		if (!ns->anon && ns->found != ns->nr_mounts_counted)
			return ns;
	}
	return NULL;
}

static int check_all(struct check *c)
{
	const struct snapshot *s = c->s;
	size_t i;

	if (!s->complete) {
		if (!snapshot_lists_ended(s))
			violated_ns(c, LISTS_END, miscounted(s));
		return 0;
	}
	for (i = 0; i < s->nr_mounts; i++) {
		check_pointers(c, &s->mounts[i]);
		check_peer(c, &s->mounts[i]);
		check_master(c, &s->mounts[i]);
		check_slaves(c, &s->mounts[i]);
		check_parent(c, &s->mounts[i]);
		check_overmount(c, &s->mounts[i]);
		check_unmounted(c, &s->mounts[i]);
	}
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		const struct mount *master = snapshot_mount(s, m->master_id);

		if (m->master_id && master && c->listed[i] != 1 &&
		    !leads_nowhere(master, "slaves"))
			violated(c, SLAVE_ON_LIST, m, master);
	}
	for (i = 0; i < s->nr_groups; i++)
		check_ring(c, &s->groups[i]);
	check_circles(c, MASTERS_END, true);
	check_circles(c, PARENTS_END, false);
	for (i = 0; i < s->nr_namespaces; i++)
		check_namespace(c, &s->namespaces[i]);
	return check_places(c);
}

/* What mountinfo says, and not what we have made of it. */
static bool is_of_proc(const struct invariant *inv)
{
	switch (inv - invariants) {
	case LISTS_END:
	case GROUP_ONE_MASTER:
	case GROUP_ONE_FILESYSTEM:
	case SHARED_IS_BINDABLE:
	case MASTER_SAME_FILESYSTEM:
	case MASTERS_END:
	case PARENTS_END:
		return true;
	}
	return false;
}

const char *invariant_skipped(const struct invariant *inv,
			      const struct snapshot *s,
			      const struct snapshot *earlier)
{
	struct rules rules;

	if (inv == &invariants[LISTS_END] &&
	    (s->complete || !snapshot_lists_ended(s)))
		return NULL;
	if (!s->complete)
		return "the snapshot is not complete";
	if (s->source && !is_of_proc(inv))
		return "only the module knows";
	if (inv == &invariants[NAMESPACE_ALIVE] && !earlier)
		return "one look does not tell: it may be about to go";
	rules_of(s, &rules);
	if (inv == &invariants[ONE_ON_A_MOUNTPOINT] && !rules.cover_on_top)
		return "this kernel is older than the rule";
	return NULL;
}

long invariants_check(const struct snapshot *s, const struct snapshot *earlier,
		      void (*report)(const struct violation *v, void *arg),
		      void *arg)
{
	struct check c = {
		.s = s,
		.earlier = earlier,
		.report = report,
		.arg = arg,
		.listed = calloc(s->nr_mounts + 1, sizeof(*c.listed)),
		.seen = calloc(s->nr_mounts + 1, sizeof(*c.seen)),
		.walk = calloc(s->nr_mounts + 1, sizeof(*c.walk)),
	};
	int rc = -1;

	if (c.listed && c.seen && c.walk)
		rc = check_all(&c);
	free(c.listed);
	free(c.seen);
	free(c.walk);
	return rc ? -1 : c.violations;
}
