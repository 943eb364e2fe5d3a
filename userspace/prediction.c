// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "mount_max.h"
#include "prediction.h"

struct world_ns *change_ns(const struct world_change *c)
{
	return c->mount->now.ns ? c->mount->now.ns : c->mount->before.ns;
}

/* Groups that the model has made are numbered downwards from -1. */
static void add_group(struct text *out, const char *what, int id)
{
	if (id < 0)
		text_add(out, "%s:new%d", what, -id);
	else
		text_add(out, "%s:%d", what, id);
}

static int master_group(const struct world_state *m, bool now)
{
	return now ? m->master->now.group_id : m->master->before.group_id;
}

void prediction_add_type(struct text *out, const struct world_state *m,
			 bool now)
{
	size_t len = out->len;

	if (m->flags & WORLD_SHARED)
		add_group(out, "shared", m->group_id);
	if (m->master) {
		text_add(out, out->len > len ? " " : "");
		add_group(out, "master", master_group(m, now));
	}
	if (m->flags & WORLD_UNBINDABLE)
		text_add(out, out->len > len ? " unbindable" : "unbindable");
	if (out->len == len)
		text_add(out, "private");
}

/* clang-format off */

/* In the order of mountinfo. */
static const struct {
	unsigned int flag;
	const char *name;
} shown[] = {
	{ WORLD_NOSUID, "nosuid" },
	{ WORLD_NODEV, "nodev" },
	{ WORLD_NOEXEC, "noexec" },
	{ WORLD_NOATIME, "noatime" },
	{ WORLD_NODIRATIME, "nodiratime" },
	{ WORLD_RELATIME, "relatime" },
	{ WORLD_NOSYMFOLLOW, "nosymfollow" },
};

/* clang-format on */

void prediction_add_options(struct text *out, unsigned int flags)
{
	size_t i;

	text_add(out, flags & WORLD_RO ? "ro" : "rw");
	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		if (flags & shown[i].flag)
			text_add(out, ",%s", shown[i].name);
	}
}

char *prediction_path(const struct world_mount *m)
{
	char *path = view_path(m);

	if (!path)
		out_of_memory();
	return path;
}

long long prediction_gain(const struct world_ns *ns)
{
	return (long long)ns->nr_mounts - (long long)ns->nr_mounts_before;
}

long long prediction_left(const struct prediction *p, const struct world_ns *ns)
{
	return (long long)p->mount_max - (long long)ns->nr_mounts;
}

/* Only beneath something else than before: the path is the same. */
static bool slid(const struct world_change *c)
{
	char *path;
	bool same;

	if (!(c->what & CHANGE_MOVED) || !c->mount->origin)
		return false;
	path = prediction_path(c->mount);
	same = !strcmp(path, c->mount->origin->path);
	free(path);
	return same;
}

/* By another name than before in what it is mounted on, and not only above that. */
static bool is_renamed(const struct world_change *c)
{
	return c->what & CHANGE_RENAMED && c->mount->origin &&
	       strcmp(world_mountpoint(c->mount), c->mount->origin->mountpoint);
}

/* What comes or goes with its parent. */
static bool comes_along(const struct world_change *c)
{
	const struct world_mount *m = c->mount;

	if (c->what & CHANGE_APPEARED)
		return m->now.parent != m && !m->now.parent->before.ns;
	if (c->what & CHANGE_GONE)
		return m->before.parent != m && !m->before.parent->now.ns;
	return false;
}

/* The one that @m came or went with, or itself if it did so by itself. */
static const struct world_mount *next_above(const struct world_mount *m,
					    unsigned int what)
{
	const struct world_mount *up;

	if (what & CHANGE_APPEARED) {
		up = m->now.parent;
		return up->before.ns ? m : up;
	}
	if (what & CHANGE_GONE) {
		up = m->before.parent;
		return up->now.ns ? m : up;
	}
	return m;
}

/*
 * The top of the tree that it came or went with.  @tops has those that are known,
 * by index: each step is taken once, however high a stack is.
 */
static const struct world_mount *top_of(const struct world_change *c,
					const struct world_mount **tops)
{
	const struct world_mount *m, *top = c->mount, *up;

	while (!tops[top->index] && (up = next_above(top, c->what)) != top)
		top = up;
	if (tops[top->index])
		top = tops[top->index];
	for (m = c->mount; m != top && !tops[m->index];
	     m = next_above(m, c->what))
		tops[m->index] = top;
	return top;
}

/* Its master may have become another one of the same group. */
static bool reads_the_same(const struct world_change *c)
{
	const struct world_state *before = &c->mount->before;
	const struct world_state *now = &c->mount->now;

	if (c->what & (CHANGE_LOCKED | CHANGE_FLAGS) ||
	    (before->flags ^ now->flags) & (WORLD_SHARED | WORLD_UNBINDABLE))
		return false;
	if (now->flags & WORLD_SHARED && before->group_id != now->group_id)
		return false;
	if (!before->master || !now->master)
		return before->master == now->master;
	return master_group(before, false) == master_group(now, true);
}

static bool is_row(const struct world_change *c)
{
	if (comes_along(c) || !change_ns(c) || change_ns(c)->anon)
		return false;
	if (c->what & (CHANGE_APPEARED | CHANGE_GONE))
		return true;
	return !reads_the_same(c) || is_renamed(c) ||
	       ((c->what & CHANGE_MOVED) && !slid(c));
}

bool prediction_row(const struct prediction *p,
		    const struct world_change *change, struct row *row)
{
	if (!is_row(change))
		return false;
	*row = (struct row){ .p = p, .change = change };
	if (change->mount->now.ns)
		row->hidden =
			view_hidden(p->view, change->mount, &row->hidden_by);
	return true;
}

/* How a namespace is affected, for the counts. */
#define NS_APPEARS 1
#define NS_VISIBLE 2
#define NS_LOSES 4
#define NS_CHANGES 8

static void count(struct prediction *p, const unsigned char *touched)
{
	size_t i;

	for (i = 0; i < p->s->nr_namespaces; i++) {
		p->namespaces += !p->s->namespaces[i].anon;
		p->appears += !!(touched[i] & NS_APPEARS);
		p->hidden += (touched[i] & (NS_APPEARS | NS_VISIBLE)) ==
			     NS_APPEARS;
		p->loses += !!(touched[i] & NS_LOSES);
		p->changes += !!(touched[i] & NS_CHANGES);
		p->overflows += touched[i] &&
				prediction_left(p, p->world->namespaces[i]) < 0;
	}
}

/* Sizes of trees, and how many namespaces what happens in. */
static void measure(struct prediction *p)
{
	size_t nr = p->world->nr_mounts + 1;
	unsigned char *touched = calloc(p->world->nr_namespaces + 1, 1);
	/* of those that appeared, and of those that went */
	const struct world_mount **came = calloc(nr, sizeof(*came));
	const struct world_mount **went = calloc(nr, sizeof(*went));
	struct row row;
	size_t i;

	p->view = view_new(p->world);
	p->with = calloc(nr, sizeof(*p->with));
	if (!touched || !came || !went || !p->view || !p->with)
		out_of_memory();
	for (i = 0; i < p->outcome.nr_changes; i++) {
		const struct world_change *c = &p->outcome.changes[i];
		unsigned char *t;

		p->with[top_of(c, c->what & CHANGE_GONE ? went : came)->index]++;
		if (!prediction_row(p, c, &row))
			continue;
		p->rows++;
		t = &touched[change_ns(c)->nr];
		if (c->what & CHANGE_GONE)
			*t |= NS_LOSES;
		else if (!(c->what & (CHANGE_APPEARED | CHANGE_GETS_PATH)))
			*t |= NS_CHANGES;
		else
			*t |= NS_APPEARS | (row.hidden ? 0 : NS_VISIBLE);
	}
	count(p, touched);
	free(touched);
	free(came);
	free(went);
}

static void apply(struct prediction *p, size_t max)
{
	struct error err;

	world_free(p->world);
	p->world = world_new(p->s, NULL, &err);
	if (!p->world)
		fatal("%s", err.text);
	p->world->mount_max = max;
	plan_place(&p->plan, p->world);
	if (world_apply(p->world, &p->plan.op, &p->outcome, &err))
		fatal("%s", err.text);
}

/* It is marked; in the same world, what the next umount does. */
static void go_on(struct prediction *p)
{
	struct outcome marked = p->outcome;
	struct error err;

	if (world_apply(p->world, &p->plan.op, &p->later, &err))
		fatal("%s", err.text);
	p->outcome = p->later;
	p->outcome.error = marked.error;
	p->outcome.why = marked.why;
}

/* Where there would be too many mounts is seen when there may be any number. */
static void simulate(struct prediction *p)
{
	struct outcome failed;

	apply(p, p->mount_max);
	if (p->plan.absent) {
		p->outcome = (struct outcome){ .error = ENOENT,
					       .why = "there is no such path" };
	} else if (p->outcome.error == ENOSPC) {
		failed = p->outcome;
		apply(p, SIZE_MAX);
		p->outcome.error = failed.error;
		p->outcome.why = failed.why;
	} else if (p->outcome.error == EAGAIN) {
		go_on(p);
	}
}

void prediction_make(struct prediction *p, const struct snapshot *s,
		     const struct options *o)
{
	*p = (struct prediction){ .o = o, .s = s, .mount_max = mount_max(o) };
	plan_make(&p->plan, s, o);
	simulate(p);
	measure(p);
}

void prediction_free(struct prediction *p)
{
	view_free(p->view);
	free(p->with);
	world_free(p->world);
	plan_free(&p->plan);
}

/* How many mounts of the target's filesystem are left. */
static size_t still_mounted(const struct prediction *p)
{
	const struct world_mount *target = p->plan.op.target.mount;
	size_t i, n = 0;

	for (i = 0; i < p->world->nr_mounts; i++) {
		const struct world_mount *m = p->world->mounts[i];

		n += m->now.ns && m->root->sb == target->root->sb;
	}
	return n;
}

bool prediction_is_unknown(const struct prediction *p)
{
	return p->plan.op.type == OP_UMOUNT && !p->plan.op.lazy &&
	       (!p->outcome.error || p->outcome.error == EAGAIN) &&
	       p->outcome.nr_changes && p->plan.target.mnt->count < 0;
}

static void add_goes(struct text *out, const struct prediction *p)
{
	text_add(out, "goes from %zu of %zu namespaces", p->loses,
		 p->namespaces);
}

static void add_error(struct text *out, const struct outcome *o)
{
	text_add(out, "fails: %s: %s", strerrorname_np(o->error), o->why);
}

/* Which one of a tree it is. */
static void add_which(struct text *out, const struct world_mount *m)
{
	char *path;

	if (!m)
		return;
	path = prediction_path(m);
	text_add(out, " (%s)", path);
	free(path);
}

/* What the next umount of a mount that this one marks does. */
static void add_later(struct text *out, const struct prediction *p)
{
	text_add(out, "; then ");
	if (p->later.error)
		add_error(out, &p->later);
	else
		add_goes(out, p);
	text_add(out, ", if nobody uses it in between");
}

static void add_verdict_of_umount(struct text *out, const struct prediction *p)
{
	size_t left = still_mounted(p);

	add_goes(out, p);
	if (p->outcome.why)
		text_add(out, "; %s", p->outcome.why);
	if (left)
		text_add(out, "; %zu mount%s of the filesystem %s", left,
			 left == 1 ? "" : "s", left == 1 ? "stays" : "stay");
	if (prediction_is_unknown(p))
		text_add(out, "; if nobody uses it");
}

static void add_verdict_of_change(struct text *out, const struct prediction *p)
{
	if (!p->rows)
		text_add(out, "changes nothing");
	else
		text_add(out, "changes %zu mount%s in %zu of %zu namespaces",
			 p->rows, p->rows == 1 ? "" : "s", p->changes,
			 p->namespaces);
	if (p->outcome.why)
		text_add(out, ": %s", p->outcome.why);
}

static void add_verdict_of_name(struct text *out, const struct prediction *p)
{
	if (p->loses)
		add_goes(out, p);
	if (p->appears)
		text_add(out, "%smoves with the name in %zu of %zu namespaces",
			 p->loses ? "; " : "", p->appears, p->namespaces);
	if (!p->rows)
		text_add(out, "changes nothing: nothing is mounted on %s",
			 p->plan.op.type == OP_REMOVE ? "it" : "these names");
}

void prediction_add_verdict(struct text *out, const struct prediction *p)
{
	const struct outcome *o = &p->outcome;

	if (o->error == ENOSPC && p->overflows) {
		text_add(out, "fails: ENOSPC in %zu of %zu namespaces: ",
			 p->overflows, p->namespaces);
		text_add(out, "more mounts than fs.mount-max, %zu",
			 p->mount_max);
	} else if (o->error) {
		add_error(out, o);
		if (o->error == EAGAIN)
			add_later(out, p);
		else if (p->plan.op.type == OP_SETATTR && p->plan.op.recursive)
			add_which(out, o->busy);
	} else if (p->plan.op.type == OP_UMOUNT) {
		add_verdict_of_umount(out, p);
	} else if (plan_changes_mounts(&p->plan)) {
		add_verdict_of_change(out, p);
	} else if (plan_takes_names(&p->plan)) {
		add_verdict_of_name(out, p);
	} else {
		text_add(out, "appears in %zu of %zu namespaces, ", p->appears,
			 p->namespaces);
		text_add(out, p->hidden ? "hidden in %zu" : "hidden in none",
			 p->hidden);
		text_add(out, ", ENOSPC in none");
	}
}
