// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "changes.h"

const char *const mount_options[NR_MOUNT_OPTIONS] = {
	"ro",	   "nosuid",	 "nodev",    "noexec",
	"noatime", "nodiratime", "relatime", "nosymfollow"
};

struct comparison {
	const struct snapshot *before, *after;
	/* by index of the namespace: the same one on the other side, or NULL */
	const struct mnt_namespace **later, **earlier;
	bool *changed; /* by index of the later namespace */
	uint64_t explained; /* as many may have been counted for what is seen */
	void (*report)(const struct change *c, void *arg);
	void *arg;
};

bool changes_same_ns(const struct mnt_namespace *a,
		     const struct mnt_namespace *b)
{
	if (a->id && b->id)
		return a->id == b->id;
	return a->inum && a->inum == b->inum;
}

/* Those that are on both sides mostly have the same order on both. */
static void pair_namespaces(const struct comparison *c)
{
	const struct snapshot *s = c->after;
	size_t i, j, at = 0;

	for (i = 0; i < c->before->nr_namespaces; i++) {
		for (j = 0; j < s->nr_namespaces; j++) {
			const struct mnt_namespace *ns =
				&s->namespaces[(at + j) % s->nr_namespaces];

			if (!changes_same_ns(&c->before->namespaces[i], ns))
				continue;
			at = ns - s->namespaces + 1;
			c->later[i] = ns;
			c->earlier[ns - s->namespaces] =
				&c->before->namespaces[i];
			break;
		}
	}
}

/* In a namespace that processes can be in. */
static bool is_mounted(const struct mount *m)
{
	return m->ns && !m->ns->anon;
}

static const struct mnt_namespace *later_ns(const struct comparison *c,
					    const struct mount *was)
{
	return c->later[was->ns - c->before->namespaces];
}

static const struct mnt_namespace *earlier_ns(const struct comparison *c,
					      const struct mount *is)
{
	return c->earlier[is->ns - c->after->namespaces];
}

/* One is as good as the other: /proc has no dentries, only their paths. */
static bool same_dentry(const char *a, const char *b, const char *path_a,
			const char *path_b)
{
	return a && b ? !strcmp(a, b) : !strcmp(path_a, path_b);
}

static bool is_same(const struct comparison *c, const struct mount *was,
		    const struct mount *is)
{
	if (was->unique || is->unique)
		return was->unique == is->unique;
	if (is_mounted(was) && is_mounted(is) && later_ns(c, was) != is->ns)
		return false;
	return was->major == is->major && was->minor == is->minor &&
	       was->root_ino == is->root_ino &&
	       same_dentry(was->root_dentry, is->root_dentry, was->root,
			   is->root) &&
	       !strcmp(was->type, is->type);
}

static const struct mount *later(const struct comparison *c,
				 const struct mount *was)
{
	const struct mount *is = snapshot_mount(c->after, was->id);

	return is && is_same(c, was, is) ? is : NULL;
}

static const struct mount *earlier(const struct comparison *c,
				   const struct mount *is)
{
	const struct mount *was = snapshot_mount(c->before, is->id);

	return was && is_same(c, was, is) ? was : NULL;
}

/*
 * Of those that are made but the ones that are attached to another, in an
 * anonymous namespace (6.15): a mount is made before it waits for its place,
 * which is what snapshots make it do.
 */
static bool is_counted(enum change_kind kind, const struct mount *is)
{
	if (kind == MOUNT_CREATED)
		return is->ns && is->parent;
	return kind != MOUNT_RENAMED && kind != MOUNT_FREED;
}

static void report_mount(struct comparison *c, enum change_kind kind,
			 const struct mount *was, const struct mount *is)
{
	struct change change = { .kind = kind, .was = was, .is = is };

	if (is && kind != MOUNT_UNMOUNTED)
		change.ns = is->ns;
	else if (was->ns)
		change.ns = later_ns(c, was) ? later_ns(c, was) : was->ns;
	c->explained += is_counted(kind, is);
	if (kind != MOUNT_CREATED && kind != MOUNT_FREED)
		c->changed[change.ns - c->after->namespaces] = true;
	c->report(&change, c->arg);
}

static void report_ns(struct comparison *c, enum change_kind kind,
		      const struct mnt_namespace *ns)
{
	const struct change change = { .kind = kind, .ns = ns };

	if (!ns->anon)
		c->report(&change, c->arg);
}

static bool is_moved(const struct comparison *c, const struct mount *was,
		     const struct mount *is)
{
	if (was->parent_id != is->parent_id ||
	    !same_dentry(was->mp_dentry, is->mp_dentry, was->mountpoint,
			 is->mountpoint))
		return true;
	/* the parent's id may have gone to another mount */
	return was->parent && is->parent &&
	       !is_same(c, was->parent, is->parent);
}

/* What it is by words, whatever the numbers of the groups are. */
static bool same_type(const struct mount *a, const struct mount *b)
{
	return a->shared == b->shared && a->unbindable == b->unbindable &&
	       !a->master_id == !b->master_id;
}

static bool same_options(const struct mount *a, const struct mount *b)
{
	size_t i;

	for (i = 0; i < NR_MOUNT_OPTIONS; i++) {
		if (has_word(a->flags, mount_options[i]) !=
		    has_word(b->flags, mount_options[i]))
			return false;
	}
	return true;
}

static void compare_mount(struct comparison *c, const struct mount *was,
			  const struct mount *is)
{
	char a[64], b[64];

	if (is_moved(c, was, is))
		report_mount(c,
			     strcmp(was->path, is->path) ? MOUNT_MOVED :
							   MOUNT_REPARENTED,
			     was, is);
	else if (strcmp(was->mountpoint, is->mountpoint))
		report_mount(c, MOUNT_RENAMED, was, is);

	if (!same_type(was, is))
		report_mount(c, MOUNT_BECAME, was, is);
	else if (strcmp(mount_propagation(was, a, sizeof(a)),
			mount_propagation(is, b, sizeof(b))))
		report_mount(c, MOUNT_REGROUPED, was, is);
	if (!same_options(was, is))
		report_mount(c, MOUNT_REMOUNTED, was, is);
}

static void look_for_gone(struct comparison *c, const struct mount *was)
{
	const struct mount *is = later(c, was);

	if (!is_mounted(was)) {
		if (!is)
			report_mount(c, MOUNT_FREED, was, NULL);
	} else if (later_ns(c, was) && (!is || !is_mounted(is))) {
		report_mount(c, MOUNT_UNMOUNTED, was, is);
	}
}

static void look_for_new(struct comparison *c, const struct mount *is)
{
	const struct mount *was = earlier(c, is);

	if (!is_mounted(is)) {
		if (!was)
			report_mount(c, MOUNT_CREATED, NULL, is);
	} else if (earlier_ns(c, is)) {
		if (was && is_mounted(was))
			compare_mount(c, was, is);
		else
			report_mount(c, MOUNT_MOUNTED, was, is);
	}
}

/* Returns how many mounts of a snapshot are younger than one that was known. */
static uint64_t count_up(const struct snapshot *s, struct counted *counted)
{
	uint64_t known = counted->unique, younger = 0;
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		uint64_t unique = s->mounts[i].unique;

		younger += unique > known;
		if (unique > counted->unique)
			counted->unique = unique;
	}
	return younger;
}

static uint64_t count_namespaces(const struct snapshot *s,
				 struct counted *counted)
{
	uint64_t known = counted->ns_id, younger = 0;
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		younger += ns->id > known;
		if (ns->id > counted->ns_id)
			counted->ns_id = ns->id;
		if (ns->event > counted->event)
			counted->event = ns->event;
	}
	return younger;
}

/* @then is zero before the first comparison, and by what is known afterwards. */
static uint64_t missing(uint64_t then, uint64_t now, uint64_t seen)
{
	return now - then > seen ? now - then - seen : 0;
}

static void find_gap(const struct comparison *c, struct counted *counted,
		     struct gap *gap)
{
	struct counted then;
	uint64_t mounts, namespaces;
	size_t i;

	/* /proc counts nothing */
	if (c->after->source)
		return;
	count_up(c->before, counted);
	count_namespaces(c->before, counted);
	then = *counted;
	mounts = count_up(c->after, counted);
	namespaces = count_namespaces(c->after, counted);

	for (i = 0; i < c->after->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &c->after->namespaces[i];

		if (c->earlier[i] && !ns->anon && !c->changed[i] &&
		    c->earlier[i]->event != ns->event)
			gap->in[gap->nr_in++] = ns;
	}
	gap->changes = missing(then.event, counted->event, c->explained);
	if (gap->nr_in && !gap->changes)
		gap->changes = 1;
	if (counted->unique)
		gap->mounts = missing(then.unique, counted->unique, mounts);
	else
		gap->namespaces =
			missing(then.ns_id, counted->ns_id, namespaces);
}

static void compare(struct comparison *c)
{
	size_t i;

	for (i = 0; i < c->after->nr_namespaces; i++) {
		if (!c->earlier[i])
			report_ns(c, NAMESPACE_CAME, &c->after->namespaces[i]);
	}
	/* what is mounted on others mostly comes after them */
	for (i = c->before->nr_mounts; i-- > 0;)
		look_for_gone(c, &c->before->mounts[i]);
	for (i = 0; i < c->after->nr_mounts; i++)
		look_for_new(c, &c->after->mounts[i]);
	for (i = 0; i < c->before->nr_namespaces; i++) {
		if (!c->later[i])
			report_ns(c, NAMESPACE_WENT, &c->before->namespaces[i]);
	}
}

int changes_find(const struct snapshot *before, const struct snapshot *after,
		 struct counted *counted,
		 void (*report)(const struct change *c, void *arg), void *arg,
		 struct gap *gap)
{
	struct comparison c = {
		.before = before,
		.after = after,
		.later = calloc(before->nr_namespaces, sizeof(*c.later)),
		.earlier = calloc(after->nr_namespaces, sizeof(*c.earlier)),
		.changed = calloc(after->nr_namespaces, sizeof(*c.changed)),
		.report = report,
		.arg = arg,
	};
	int rc = -1;

	*gap = (struct gap){ .in = calloc(after->nr_namespaces,
					  sizeof(*gap->in)) };
	if (c.later && c.earlier && c.changed && gap->in) {
		pair_namespaces(&c);
		compare(&c);
		find_gap(&c, counted, gap);
		rc = 0;
	} else {
		gap_free(gap);
	}
	free(c.later);
	free(c.earlier);
	free(c.changed);
	return rc;
}

void gap_free(struct gap *gap)
{
	free(gap->in);
	*gap = (struct gap){};
}
