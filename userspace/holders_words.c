// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "fatal.h"
#include "holders_words.h"
#include "who.h"

/* Names in a list for people; the rest is only counted. */
#define FEW 3

static const char nobody[] =
	"nobody that was found; the kernel may (NFS server, unlinked AF_UNIX socket, file in one)";

/* Whether what is unmounted from @from is from @to, too. */
static bool gets_from(const struct mount *to, const struct mount *from)
{
	for (; to; to = to->master) {
		if (to == from || (to->group && to->group == from->group))
			return true;
	}
	return false;
}

/* From /proc there are no dentries: their paths stand for them. */
static bool same_mountpoint(const struct mount *a, const struct mount *b)
{
	struct location at = { .mnt = b->parent, .within = b->mountpoint };
	char *path;
	bool same;

	if (a->mp_dentry && b->mp_dentry)
		return !strcmp(a->mp_dentry, b->mp_dentry);
	if (shown_at(a->parent, &at, &path))
		out_of_memory();
	same = path && !strcmp(path, a->mountpoint);
	free(path);
	return same;
}

/* It is not its own type that counts, but that of the mount it is mounted on. */
static const char *why_it_stays(const struct holding *h, const struct mount *m)
{
	const struct mount *target = h->subject.plan.target.mnt;
	const struct mount *p = m->parent;

	if (!p)
		return "will not follow: root of its namespace";
	if (!p->group && !p->master_id)
		return "will not follow: its parent is private";
	if (!target || !target->parent)
		return p->group ? "follows umounts of its parent's peers" :
				  "follows umounts of its parent's master";
	if (!same_mountpoint(m, target))
		return "will not follow: at another mountpoint";
	if (!gets_from(p, target->parent))
		return "will not follow: its parent is of another group";
	return "will not follow: something is mounted below it";
}

void holders_add_umount(struct text *out, const struct holding *h,
			const struct mount *m)
{
	if (m->state && !strcmp(m->state, "unmounted"))
		text_add(out, "unmounted: stays until nobody uses it");
	else if (m->state && !strcmp(m->state, "internal"))
		text_add(out, "internal: the kernel uses it");
	else if (m->state)
		text_add(out, "%s: in no namespace", m->state);
	else if (m->ns->anon)
		text_add(out, "not attached: stays until its fd is closed");
	else if (holding_is_target(h, m))
		text_add(out, holding_goes(h, m) ? "the one to unmount" :
						   "cannot be unmounted");
	else if (holding_goes(h, m))
		text_add(out, "goes with it");
	else if (m->hidden && !h->subject.plan.target.mnt)
		text_add(out, "no path leads to it: something covers it");
	else
		text_add(out, "%s", why_it_stays(h, m));
}

static void add_use(struct text *out, const struct holder *row,
		    const struct pin *pin)
{
	static const char *const names[] = {
		[PIN_CWD] = "cwd",
		[PIN_ROOT] = "root",
		[PIN_EXE] = "exe",
		[PIN_MAP] = "map",
		[PIN_FD] = "fd",
		[PIN_NS_FD] = "namespace fd",
		[PIN_SOCKET] = "socket fd",
		[PIN_LOOP] = "loop device",
		[PIN_SWAP] = "swap",
	};

	text_add(out, "%s%s", row->tree ? "tree " : "", names[pin->kind]);
	if (pin->kind == PIN_FD || pin->kind == PIN_NS_FD ||
	    pin->kind == PIN_SOCKET)
		text_add(out, " %d", pin->fd);
}

void holders_add_uses(struct text *out, const struct holder *row)
{
	size_t i;

	for (i = 0; i < row->nr; i++) {
		if (!out->full && i == FEW && row->nr > FEW + 1) {
			text_next(out);
			text_add(out, "+%zu", row->nr - FEW);
			return;
		}
		text_next(out);
		add_use(out, row, &row->pins[i]);
	}
}

void holders_add_task(struct text *out, const struct task *t)
{
	if (!t->pid)
		text_add(out, "%s", t->comm);
	else if (t->tid == t->pid)
		text_add(out, "%d %s", t->pid, t->comm);
	else
		text_add(out, "%d/%d %s", t->pid, t->tid, t->comm);
}

/* A list for the verdict, which is for people in every format. */
struct names {
	struct text text;
	size_t nr;
};

static void add_name(const struct holder *row, void *arg)
{
	struct names *names = arg;
	struct text uses = { .separator = ", ", .encode = true };

	if (names->nr++ >= FEW)
		return;
	text_next(&names->text);
	if (row->kind == HOLDER_BELOW) {
		text_add(&names->text, "%s", row->by->path);
		return;
	}
	holders_add_uses(&uses, row);
	holders_add_task(&names->text, row->pins->task);
	text_add(&names->text, " (%s)", uses.data);
	text_free(&uses);
}

static void add_culprits(struct text *out, const struct holding *h,
			 const struct mount *m)
{
	struct names names = { .text = { .separator = ", " } };

	if (holding_is_target(h, m) && m->first_child)
		holding_each_below(h, m, add_name, &names);
	else
		holding_each_user(h, m, add_name, &names);
	if (names.nr)
		text_add(out, "%s", names.text.data);
	else if (!h->o->file)
		text_add(out, "%s", nobody);
	if (names.nr > FEW)
		text_add(out, ", +%zu", names.nr - FEW);
	text_free(&names.text);
}

/* The first one that it is refused for; the table has all. */
static void add_refusal(struct text *out, const struct holding *h)
{
	const struct mount *target = h->subject.plan.target.mnt, *held = NULL;
	struct text who = {};
	size_t i;

	text_add(out, "%s: %s", strerrorname_np(h->release.error),
		 h->release.why);
	if (holding_is_held(h, target))
		held = target;
	for (i = 0; !held && i < h->s->nr_mounts; i++) {
		if (h->release.held[i])
			held = &h->s->mounts[i];
	}
	if (!held)
		return;
	if (held != target) {
		text_add(out, ": ");
		who_add_mount(out, held);
	}
	add_culprits(&who, h, held);
	if (who.len)
		text_add(out, ": %s", who.data);
	text_free(&who);
}

static void add_places(struct text *out, size_t n, const char *other)
{
	text_add(out, "%zu %splace%s", n, other, n == 1 ? "" : "s");
}

/* Where it is mounted as soon as the umount has been done. */
static void add_rest(struct text *out, const struct holding *h)
{
	add_places(out, h->stay, h->mounts > h->stay ? "other " : "");
	if (h->stay_without_path && h->stay == 1)
		text_add(out, " without a path");
	else if (h->stay_without_path)
		text_add(out, ", %zu of them without a path",
			 h->stay_without_path);
}

static void add_outcome(struct text *out, const struct holding *h)
{
	const struct release *release = &h->release;

	text_add(out, "umount %s: ", h->subject.plan.target.mnt->path);
	if (release->unknown && !release->error)
		text_add(out,
			 "not known, as the snapshot has no reference counts");
	else if (release->error)
		add_refusal(out, h);
	else
		text_add(out, "%s",
			 release->why ? release->why : "would succeed");
	if (holding_succeeds(h) && h->subject.plan.target.mnt->count < 0)
		text_add(out, " as far as processes tell");
	if (holding_succeeds(h) && !h->stay) {
		text_add(out, h->s->source ? ", and leave no mount in /proc" :
					     ", and free the filesystem");
	} else if (h->stay) {
		text_add(out, "; the filesystem stays mounted in ");
		add_rest(out, h);
	}
}

void holders_add_verdict(struct text *out, const struct holding *h)
{
	const struct mount *any = h->subject.any;

	if (h->subject.plan.target.mnt) {
		add_outcome(out, h);
		return;
	}
	text_add(out, "%u:%u", h->subject.major, h->subject.minor);
	if (!any) {
		text_add(out,
			 h->s->source ?
				 ": no mount of it in /proc" :
				 ": nobody holds it: no mount of it anywhere");
		return;
	}
	text_add(out, " (%s, %s): mounted in ", any->source ? any->source : "",
		 any->type);
	add_rest(out, h);
}
