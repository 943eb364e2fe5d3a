// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot for eyes, where there is no mntprop(8): mounts, namespaces, groups. */
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/seq_file.h>

#include "../module/snapshot.h"
#include "files.h"
#include "text.h"

/*
 * A path is made of as many mounts as this at most, and of as many characters as
 * PATH_MAX; a longer one loses its beginning.
 */
#define MAX_PARENTS 128

static void show_owner(struct seq_file *m, const struct mntprop_snapshot *s,
		       u32 nr)
{
	const struct mntprop_ns *ns;

	if (nr == MOUNT_IN_NO_NS) {
		seq_puts(m, "no namespace");
		return;
	}
	ns = &s->namespaces[nr];
	if (ns->anon)
		seq_puts(m, "an anonymous namespace");
	else
		seq_printf(m, "namespace %u", ns->inum);
	if (!ns->pid) {
		seq_puts(m, " (no process)");
		return;
	}
	seq_printf(m, " (%d ", ns->pid);
	mntprop_text_escape(m, ns->comm);
	seq_putc(m, ')');
}

static bool is_top(const struct mntprop_snapshot *s,
		   const struct mntprop_mount *r)
{
	if (r->parent == r->id)
		return true;
	return r->ns != MOUNT_IN_NO_NS && r->id == s->namespaces[r->ns].root;
}

/* The mountpoints of a mount and its parents, strung together. */
static void show_path(struct seq_file *m, const struct mntprop_view *view,
		      u32 i)
{
	const struct mntprop_snapshot *s = view->snapshot;
	const struct mntprop_mount *r = &s->mounts[i];
	const char *part[MAX_PARENTS];
	size_t left = PATH_MAX, len;
	unsigned int nr = 0;
	bool any = false, whole = false;

	while (r) {
		whole = is_top(s, r);
		if (whole)
			break;
		part[nr] = s->strings + r->mountpoint;
		len = strlen(part[nr]);
		if (len > left || nr == MAX_PARENTS - 1)
			break;
		left -= len;
		nr++;
		if (r->state & MOUNT_MP_TOODEEP)
			break;
		r = mntprop_snapshot_mount(s, &view->by_id, r->parent);
	}
	if (!whole)
		seq_puts(m, "...");
	while (nr--) {
		if (!strcmp(part[nr], "/"))
			continue;
		mntprop_text_escape(m, part[nr]);
		any = true;
	}
	if (!any && whole)
		seq_putc(m, '/');
}

static void show_propagation(struct seq_file *m,
			     const struct mntprop_view *view,
			     const struct mntprop_mount *r)
{
	const struct mntprop_mount *master = NULL;
	bool shared = mntprop_text_is_shared(r),
	     unbindable = mntprop_text_is_unbindable(r);

	if (r->master)
		master = mntprop_snapshot_mount(view->snapshot, &view->by_id,
						r->master);
	if (shared)
		seq_printf(m, " shared:%u", r->group);
	if (master)
		seq_printf(m, " master:%u", master->group);
	if (unbindable)
		seq_puts(m, " unbindable");
	if (!shared && !master && !unbindable)
		seq_puts(m, " private");
}

/* The line after the others, if something is left out. */
static bool is_incomplete(const struct mntprop_view *view)
{
	return view->snapshot->stopped;
}

static void show_incomplete(struct seq_file *m)
{
	seq_puts(m, "incomplete; the file snapshot says what is left out\n");
}

static u64 mounts_lines(const struct mntprop_view *view)
{
	return (u64)view->snapshot->nr_mounts + is_incomplete(view);
}

/* Mounts of a namespace follow one another, so a change is where a heading goes. */
static void mounts_show(struct seq_file *m, const struct mntprop_view *view,
			u64 i)
{
	const struct mntprop_snapshot *s = view->snapshot;
	const struct mntprop_mount *r = &s->mounts[i];

	if (i == s->nr_mounts) {
		show_incomplete(m);
		return;
	}
	if (!i || r[-1].ns != r->ns) {
		seq_puts(m, "in ");
		show_owner(m, s, r->ns);
		seq_putc(m, '\n');
	}
	seq_printf(m, "%6u %6u %3u:%-3u ", r->id, r->parent, MAJOR(r->dev),
		   MINOR(r->dev));
	show_path(m, view, i);
	seq_putc(m, ' ');
	mntprop_text_escape(m, s->strings + r->type);
	seq_putc(m, ' ');
	mntprop_text_escape(m, s->strings + r->root);
	show_propagation(m, view, r);
	if (r->overmount)
		seq_printf(m, " overmounted by %u", r->overmount);
	if (r->unattached)
		seq_printf(m, " %s", mntprop_text_unattached(r->unattached));
	seq_putc(m, '\n');
}

static u64 namespaces_lines(const struct mntprop_view *view)
{
	return 1ULL + view->snapshot->nr_namespaces + is_incomplete(view);
}

static void namespaces_show(struct seq_file *m, const struct mntprop_view *view,
			    u64 line)
{
	const struct mntprop_ns *ns;

	if (!line--) {
		seq_printf(m, "%10s %10s %7s %7s owner\n", "namespace",
			   "user_ns", "mounts", "tasks");
		return;
	}
	if (line == view->snapshot->nr_namespaces) {
		show_incomplete(m);
		return;
	}
	ns = &view->snapshot->namespaces[line];
	seq_printf(m, "%10u %10u %7u %7u ", ns->anon ? 0 : ns->inum,
		   ns->user_ns, ns->found, ns->tasks);
	if (ns->pid) {
		seq_printf(m, "%d ", ns->pid);
		mntprop_text_escape(m, ns->comm);
	} else {
		seq_puts(m, ns->anon ? "anonymous" : "no process");
	}
	seq_putc(m, '\n');
}

static u64 groups_lines(const struct mntprop_view *view)
{
	return view->nr_members + is_incomplete(view);
}

static void show_member(struct seq_file *m, const struct mntprop_view *view,
			u32 i)
{
	const struct mntprop_snapshot *s = view->snapshot;

	seq_printf(m, "%6u ", s->mounts[i].id);
	show_path(m, view, i);
	seq_puts(m, " in ");
	show_owner(m, s, s->mounts[i].ns);
	show_propagation(m, view, &s->mounts[i]);
	seq_putc(m, '\n');
}

static void show_slave(struct seq_file *m, const struct mntprop_view *view,
		       u32 id)
{
	const struct mntprop_mount *slave =
		mntprop_snapshot_mount(view->snapshot, &view->by_id, id);

	if (!slave)
		return;
	seq_puts(m, "         slave ");
	show_member(m, view, slave - view->snapshot->mounts);
}

/* A member of a group, and in the lines below it the mounts that receive from it. */
static void groups_show(struct seq_file *m, const struct mntprop_view *view,
			u64 line)
{
	const struct mntprop_snapshot *s = view->snapshot;
	const struct mntprop_member *member = &view->members[line];
	const struct mntprop_mount *r;

	if (line == view->nr_members) {
		show_incomplete(m);
		return;
	}
	r = &s->mounts[member->mount];
	if (member->slave) {
		show_slave(m, view,
			   s->slaves[r->first_slave + member->slave - 1]);
		return;
	}
	if (!line || s->mounts[member[-1].mount].group != r->group)
		seq_printf(m, "group %u\n", r->group);
	show_member(m, view, member->mount);
}

const struct mntprop_file mntprop_file_mounts = {
	.name = "mounts",
	.needs = NEEDS_SNAPSHOT | NEEDS_INDEX,
	.lines = mounts_lines,
	.show = mounts_show,
};

const struct mntprop_file mntprop_file_namespaces = {
	.name = "namespaces",
	.needs = NEEDS_SNAPSHOT,
	.lines = namespaces_lines,
	.show = namespaces_show,
};

const struct mntprop_file mntprop_file_groups = {
	.name = "groups",
	.needs = NEEDS_SNAPSHOT | NEEDS_INDEX | NEEDS_GROUPS,
	.lines = groups_lines,
	.show = groups_show,
};
