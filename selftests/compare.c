// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "compiler.h"
#include "util.h"

struct comparison {
	struct world *p, *a;
	FILE *out;
	int differences;
	struct world_mount **match; /* in a, by index in p */
	struct world_mount **matched; /* in p, by index in a */
	struct world_ns **ns; /* in a, by nr in p */
	const struct world_sb *new_sb;
	struct world_sb *real_sb;
};

/* clang-format off */

static const struct {
	unsigned int flag;
	const char *name;
} flags[] = {
	{ WORLD_SHARED, "shared" },
	{ WORLD_UNBINDABLE, "unbindable" },
	{ WORLD_LOCKED, "locked" },
	{ WORLD_LOCK_ATIME, "lock_atime" },
	{ WORLD_LOCK_RO, "lock_ro" },
	{ WORLD_LOCK_NODEV, "lock_nodev" },
	{ WORLD_LOCK_NOSUID, "lock_nosuid" },
	{ WORLD_LOCK_NOEXEC, "lock_noexec" },
	{ WORLD_RO, "ro" },
	{ WORLD_NODEV, "nodev" },
	{ WORLD_NOSUID, "nosuid" },
	{ WORLD_NOEXEC, "noexec" },
	{ WORLD_NOATIME, "noatime" },
	{ WORLD_NODIRATIME, "nodiratime" },
	{ WORLD_RELATIME, "relatime" },
	{ WORLD_NOSYMFOLLOW, "nosymfollow" },
};

/* clang-format on */

static void *array(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		die("calloc");
	return p;
}

static void print_flags(FILE *out, const struct world_mount *m)
{
	const char *separator = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!(m->now.flags & flags[i].flag))
			continue;
		fprintf(out, "%s%s", separator, flags[i].name);
		separator = ",";
	}
}

static void describe(FILE *out, const char *what, const struct world *w,
		     const struct world_mount *m)
{
	const struct world_mount *slave = NULL;

	if (!m) {
		fprintf(out, "#   %s: not there\n", what);
		return;
	}
	fprintf(out,
		"#   %s: id=%d ns=%u parent=%d mountpoint=%s root=%u:%s group=%d peer=%d master=%d slaves=",
		what, m->id, m->now.ns ? m->now.ns->nr : ~0U, m->now.parent->id,
		world_mountpoint(m), m->root->sb->minor, m->root->path,
		world_group_number(w, m->now.group_id), world_next_peer(m)->id,
		m->now.master ? m->now.master->id : 0);
	while ((slave = world_next_slave(m, slave)))
		fprintf(out, "%d,", slave->id);
	fprintf(out, " flags=");
	print_flags(out, m);
	fprintf(out, "\n");
}

static void differ(struct comparison *c, const struct world_mount *p,
		   const struct world_mount *a, const char *what)
{
	c->differences++;
	fprintf(c->out, "#  mount %d: %s\n", p ? p->id : a->id, what);
	describe(c->out, "predicted", c->p, p);
	describe(c->out, "actual   ", c->a, a);
}

/* A flag that one has and the other has not: "locked was lost". */
static void differ_in_flags(struct comparison *c, const struct world_mount *p,
			    const struct world_mount *a)
{
	unsigned int differing = p->now.flags ^ a->now.flags;
	char what[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!(differing & flags[i].flag))
			continue;
		snprintf(what, sizeof(what), "%s %s", flags[i].name,
			 p->now.flags & flags[i].flag ?
				 "was lost" :
				 "is there, and was not predicted");
		differ(c, p, a, what);
	}
}

/* "it is slave of 5, predicted: of none" */
static void differ_in_link(struct comparison *c, const struct world_mount *p,
			   const struct world_mount *a, const char *what,
			   const struct world_mount *predicted,
			   const struct world_mount *actual)
{
	char text[128], is[32] = "none", wanted[32] = "none";

	if (actual)
		snprintf(is, sizeof(is), "%d", actual->id);
	if (predicted)
		snprintf(wanted, sizeof(wanted), "%d%s",
			 c->match[predicted->index] ?
				 c->match[predicted->index]->id :
				 predicted->id,
			 c->match[predicted->index] ? "" :
						      ", which is not there");
	snprintf(text, sizeof(text), "its %s is %s, predicted was %s", what, is,
		 wanted);
	differ(c, p, a, text);
}

static bool same_sb(struct comparison *c, const struct world_sb *p,
		    struct world_sb *a)
{
	if (p->major != ~0U)
		return p->major == a->major && p->minor == a->minor;
	if (!c->new_sb) {
		c->new_sb = p;
		c->real_sb = a;
	}
	return p == c->new_sb && a == c->real_sb;
}

static bool same_dentry(struct comparison *c, const struct world_dentry *p,
			const struct world_dentry *a)
{
	return !strcmp(p->path, a->path) && p->unlinked == a->unlinked &&
	       same_sb(c, p->sb, a->sb);
}

/* Whether the kernel's @a is one that was there before the operation. */
static bool is_old(const struct comparison *c, const struct world_mount *a)
{
	struct world_mount *p = world_mount_of(c->p, a->id);

	return p && p->now.ns;
}

static void pair(struct comparison *c, const struct world_mount *p,
		 struct world_mount *a)
{
	c->match[p->index] = a;
	c->matched[a->index] = (struct world_mount *)p;
}

static struct world_mount *find_new(struct comparison *c,
				    const struct world_mount *p)
{
	struct world_mount *parent = c->match[p->now.parent->index];
	struct world_mount *a = NULL;

	while (parent && (a = world_next_child(parent, a))) {
		if (!c->matched[a->index] && !is_old(c, a) &&
		    same_dentry(c, p->now.mountpoint, a->now.mountpoint) &&
		    same_dentry(c, p->root, a->root))
			return a;
	}
	return NULL;
}

static bool is_root(const struct world_mount *m)
{
	return m->now.parent == m;
}

static void match_mounts(struct comparison *c)
{
	struct world_mount *a;
	bool progress;
	size_t i;

	for (i = 0; i < c->p->nr_mounts; i++) {
		struct world_mount *p = c->p->mounts[i];

		if (p->id > 0 && p->now.ns) {
			a = world_mount_of(c->a, p->id);
			if (a)
				pair(c, p, a);
		}
	}
	do {
		progress = false;
		for (i = 0; i < c->p->nr_mounts; i++) {
			struct world_mount *p = c->p->mounts[i];

			if (!p->now.ns || c->match[i] || p->id > 0)
				continue;
			if (!is_root(p))
				a = find_new(c, p);
			else
				a = c->ns[p->now.ns->nr] ?
					    c->ns[p->now.ns->nr]->root :
					    NULL;
			if (a) {
				pair(c, p, a);
				progress = true;
			}
		}
	} while (progress);
}

static bool same_ns(const struct mnt_namespace *p,
		    const struct mnt_namespace *a)
{
	if (p->inum || a->inum)
		return p->inum == a->inum;
	return p->root_id == a->root_id;
}

static void match_namespaces(struct comparison *c)
{
	bool *taken = array(c->a->nr_namespaces, sizeof(*taken));
	size_t i, j;
	int made;

	/* those of the snapshot, then those that the operation made */
	for (made = 0; made < 2; made++) {
		for (i = 0; i < c->p->nr_namespaces; i++) {
			const struct world_ns *p = c->p->namespaces[i];

			if (c->ns[i] || !p->root || made == !!p->origin)
				continue;
			for (j = 0; j < c->a->nr_namespaces; j++) {
				struct world_ns *a = c->a->namespaces[j];

				if (taken[j] || p->anon != a->anon ||
				    (p->origin &&
				     !same_ns(p->origin, a->origin)))
					continue;
				c->ns[i] = a;
				taken[j] = true;
				break;
			}
		}
	}
	free(taken);
}

static bool same_mount(struct comparison *c, const struct world_mount *p,
		       const struct world_mount *a)
{
	return p && a ? c->match[p->index] == a : !p && !a;
}

static bool same_slaves(struct comparison *c, const struct world_mount *p,
			const struct world_mount *a)
{
	struct world_mount *x = NULL, *y = NULL;

	do {
		x = world_next_slave(p, x);
		y = world_next_slave(a, y);
		if (!same_mount(c, x, y))
			return false;
	} while (x);
	return true;
}

static void compare_mount(struct comparison *c, const struct world_mount *p,
			  const struct world_mount *a)
{
	const struct world_state *x = &p->now, *y = &a->now;

	if (c->ns[x->ns->nr] != y->ns)
		differ(c, p, a, "it is in another namespace than predicted");
	if (!same_mount(c, x->parent, y->parent))
		differ_in_link(c, p, a, "parent", x->parent, y->parent);
	if (!is_root(p) && !same_dentry(c, x->mountpoint, y->mountpoint))
		differ(c, p, a, "it is on another mountpoint than predicted");
	if (!same_dentry(c, p->root, a->root))
		differ(c, p, a, "its root is another than predicted");
	if (p->root->sb->read_only != a->root->sb->read_only)
		differ(c, p, a,
		       p->root->sb->read_only ?
			       "its filesystem is not read-only, as was predicted" :
			       "its filesystem is read-only, and that was not predicted");
	differ_in_flags(c, p, a);
	if (world_group_number(c->p, x->group_id) != y->group_id)
		differ(c, p, a, "it is in another group than predicted");
	if (!same_mount(c, world_next_peer(p), world_next_peer(a)))
		differ_in_link(c, p, a, "next peer", world_next_peer(p),
			       world_next_peer(a));
	if (!same_mount(c, x->master, y->master))
		differ_in_link(c, p, a, "master", x->master, y->master);
	if (!same_slaves(c, p, a))
		differ(c, p, a, "its slaves are others, or in another order");
}

static void compare_all(struct comparison *c)
{
	size_t i;

	for (i = 0; i < c->p->nr_mounts; i++) {
		struct world_mount *p = c->p->mounts[i];

		if (!p->now.ns)
			continue;
		if (c->match[i])
			compare_mount(c, p, c->match[i]);
		else
			differ(c, p, NULL, "predicted, and not there");
	}
	for (i = 0; i < c->a->nr_mounts; i++) {
		if (!c->matched[i] && c->a->mounts[i]->now.ns)
			differ(c, NULL, c->a->mounts[i],
			       "there, and not predicted");
	}
	for (i = 0; i < c->p->nr_namespaces; i++) {
		const struct world_ns *p = c->p->namespaces[i];

		if (!p->root ||
		    (c->ns[i] && p->nr_mounts == c->ns[i]->nr_mounts &&
		     (p->anon ||
		      p->nr_mounts == c->ns[i]->origin->nr_mounts_counted)))
			continue;
		c->differences++;
		fprintf(c->out,
			"#  namespace %u: %zu mounts predicted, %zu found, %llu counted\n",
			p->nr, p->nr_mounts, c->ns[i] ? c->ns[i]->nr_mounts : 0,
			c->ns[i] ? (unsigned long long)c->ns[i]
					   ->origin->nr_mounts_counted :
				   0);
	}
}

/* Where the kernel's lists and hash chains now have them, as far as predicted. */
static void adopt_order(struct comparison *c)
{
	struct world_mount *p, *child, *a;
	size_t i;

	for (i = 0; i < c->p->nr_mounts; i++) {
		p = c->p->mounts[i];
		if (!p->now.ns)
			continue;
		a = c->match[i];
		a->hashed = p->hashed;
		a->placed = p->placed;
		a->now.flags |= p->now.flags & WORLD_EXPIRY_MARK;
		for (child = NULL; (child = world_next_child(p, child));)
			list_move_tail(&c->match[child->index]->mnt_child,
				       &a->mnt_mounts);
	}
	c->a->hash_clock = c->p->hash_clock;
	world_inherit(c->a, c->p);
	if (c->new_sb)
		c->real_sb->user_ns = c->new_sb->user_ns;
}

int compare_worlds(struct world *predicted, struct world *actual, FILE *out)
{
	struct comparison c = {
		.p = predicted,
		.a = actual,
		.out = out,
		.match = array(predicted->nr_mounts, sizeof(*c.match)),
		.matched = array(actual->nr_mounts, sizeof(*c.matched)),
		.ns = array(predicted->nr_namespaces, sizeof(*c.ns)),
	};

	match_namespaces(&c);
	match_mounts(&c);
	compare_all(&c);
	if (!c.differences)
		adopt_order(&c);
	free(c.match);
	free(c.matched);
	free(c.ns);
	return c.differences;
}
