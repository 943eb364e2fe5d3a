// SPDX-License-Identifier: GPL-2.0-only
/* mntprop holders: who keeps a filesystem mounted */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "pins.h"
#include "release.h"
#include "subject.h"
#include "who.h"

enum {
	HOLDER,
	NS,
	OWNER,
	ID,
	PROPAGATION,
	UMOUNT,
	REFS,
	USE,
	BUSY,
	KIND,
	FILES,
	PID,
	TID,
	COMM,
	NR,
	SOURCE,
};

/* clang-format off */
static const struct column columns[] = {
	[HOLDER] = { "HOLDER", COLUMN_TREE,
		     "path of a mount; below it who uses it: pid and name" },
	[NS] = { "NS", COLUMN_NUMBER,
		 "inode number of its mount namespace" },
	[OWNER] = { "OWNER", COLUMN_TEXT,
		    "of a mount, as in tree; container of a process" },
	[ID] = { "ID", COLUMN_NUMBER, "mount id" },
	[PROPAGATION] = { "PROPAGATION", COLUMN_TEXT,
			  "shared:GROUP, master:GROUP, private, unbindable" },
	[UMOUNT] = { "UMOUNT", COLUMN_LONG,
		     "what a umount of the path does to it" },
	[REFS] = { "REFS", COLUMN_NUMBER, "references held on the mount" },
	[USE] = { "USE", COLUMN_LIST,
		  "cwd, root, exe, map, fd N, tree fd N, namespace fd N" },
	[BUSY] = { "BUSY", COLUMN_BOOL,
		   "makes a plain umount of the path say EBUSY" },
	[KIND] = { "KIND", COLUMN_TEXT,
		   "of the row: mount, below, process, thread, namespace" },
	[FILES] = { "FILES", COLUMN_LIST,
		    "what is used, as its user sees it, in order of USE" },
	[PID] = { "PID", COLUMN_NUMBER, "process id" },
	[TID] = { "TID", COLUMN_NUMBER, "thread id" },
	[COMM] = { "COMM", COLUMN_TEXT, "name of the process or thread" },
	[NR] = { "NR", COLUMN_NUMBER,
		 "number of the mount's namespace in the snapshot" },
	[SOURCE] = { "SOURCE", COLUMN_LONG,
		     "source, and [directory] of the filesystem" },
	{}
};

/* clang-format on */

#define DEFAULTS "HOLDER,NS,OWNER,PROPAGATION,UMOUNT,REFS,USE,BUSY"
#define DEFAULTS_FOR_PROGRAMS \
	"KIND,ID,HOLDER,NS,OWNER,PROPAGATION,UMOUNT,REFS,PID,TID,COMM,USE,FILES,BUSY"

/* Names in a list for people; the rest is only counted. */
#define FEW 3

struct report {
	const struct options *o;
	const struct snapshot *s;
	struct subject subject;
	struct pins pins; /* nobody, with -F */
	bool *wanted; /* of each mount: it is one of the filesystem */
	struct release release;
	size_t mounts, stay, stay_in_none, processes;
};

enum row_kind {
	ROW_MOUNT,
	ROW_BELOW, /* it is mounted on the one that is to be unmounted */
	ROW_TASK,
	ROW_NS_FILE, /* a mount that keeps a namespace */
};

static const char *const kinds[] = {
	[ROW_MOUNT] = "mount",
	[ROW_BELOW] = "below",
	[ROW_TASK] = "process",
	[ROW_NS_FILE] = "namespace",
};

struct row {
	const struct report *r;
	enum row_kind kind;
	const struct mount *m; /* the one it is, or else holds */
	const struct mount *by; /* ROW_BELOW and ROW_NS_FILE */
	const struct pin *pins; /* ROW_TASK: all of one task */
	size_t nr;
	bool tree; /* the pins are of the root of the tree that m is in */
	bool busy;
};

static bool is_target(const struct report *r, const struct mount *m)
{
	return m == r->subject.plan.target.mnt;
}

static bool is_held(const struct report *r, const struct mount *m)
{
	return r->release.held[m - r->s->mounts];
}

static bool goes(const struct report *r, const struct mount *m)
{
	return r->release.goes[m - r->s->mounts];
}

/* Whether what is unmounted from @from is from @to, too. */
static bool gets_from(const struct mount *to, const struct mount *from)
{
	for (; to; to = to->master) {
		if (to == from || (to->group && to->group == from->group))
			return true;
	}
	return false;
}

/* It is not its own type that counts, but that of the mount it is mounted on. */
static const char *why_it_stays(const struct report *r, const struct mount *m)
{
	const struct mount *target = r->subject.plan.target.mnt;
	const struct mount *p = m->parent;

	if (!p)
		return "will not follow: root of its namespace";
	if (!p->group && !p->master_id)
		return "will not follow: its parent is private";
	if (!target || !target->parent)
		return p->group ? "follows its parent's peers" :
				  "follows its parent's master";
	if (strcmp(m->mp_dentry, target->mp_dentry))
		return "will not follow: at another mountpoint";
	if (!gets_from(p, target->parent))
		return "will not follow: its parent is of another group";
	return "will not follow: something is mounted below it";
}

static void add_umount(struct text *out, const struct report *r,
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
	else if (is_target(r, m))
		text_add(out, goes(r, m) ? "the one to unmount" :
					   "cannot be unmounted");
	else if (goes(r, m))
		text_add(out, "goes with it");
	else
		text_add(out, "%s", why_it_stays(r, m));
}

static void add_use(struct text *out, const struct row *row,
		    const struct pin *pin)
{
	static const char *const names[] = {
		[PIN_CWD] = "cwd", [PIN_ROOT] = "root",
		[PIN_EXE] = "exe", [PIN_MAP] = "map",
		[PIN_FD] = "fd",   [PIN_NS_FD] = "namespace fd",
	};

	text_add(out, "%s%s", row->tree ? "tree " : "", names[pin->kind]);
	if (pin->kind == PIN_FD || pin->kind == PIN_NS_FD)
		text_add(out, " %d", pin->fd);
}

static void add_uses(struct text *out, const struct row *row)
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

static void add_files(struct text *out, const struct row *row)
{
	size_t i;

	for (i = 0; i < row->nr; i++) {
		text_next(out);
		text_add(out, "%s",
			 row->pins[i].path ? row->pins[i].path : "?");
	}
}

static void add_task(struct text *out, const struct task *t)
{
	if (t->tid == t->pid)
		text_add(out, "%d %s", t->pid, t->comm);
	else
		text_add(out, "%d/%d %s", t->pid, t->tid, t->comm);
}

static void task_cell(struct text *out, int column, const struct row *row)
{
	const struct task *t = row->pins->task;

	switch (column) {
	case HOLDER:
		add_task(out, t);
		break;
	case NS:
		text_add_id(out, t->ns);
		break;
	case OWNER:
		if (t->container)
			who_add_id(out, t->container);
		break;
	case USE:
		add_uses(out, row);
		break;
	case KIND:
		text_add(out, t->tid == t->pid ? "process" : "thread");
		break;
	case FILES:
		add_files(out, row);
		break;
	case PID:
		text_add(out, "%d", t->pid);
		break;
	case TID:
		text_add(out, "%d", t->tid);
		break;
	case COMM:
		text_add(out, "%s", t->comm);
		break;
	}
}

static void mount_cell(struct text *out, int column, const struct row *row)
{
	const struct mount *m = row->kind == ROW_MOUNT ? row->m : row->by;
	char buf[64];

	switch (column) {
	case HOLDER:
		text_add(out, "%s", m->path);
		break;
	case NS:
		text_add_id(out, m->ns ? m->ns->inum : 0);
		break;
	case OWNER:
		who_add_mount_owner(out, m);
		break;
	case PROPAGATION:
		text_add(out, "%s", mount_propagation(m, buf, sizeof(buf)));
		break;
	case UMOUNT:
		if (row->kind == ROW_MOUNT)
			add_umount(out, row->r, m);
		break;
	case REFS:
		if (m->count >= 0)
			text_add(out, "%ld", m->count);
		break;
	case USE:
		if (row->kind == ROW_BELOW)
			text_add(out, "mounted below");
		else if (row->kind == ROW_NS_FILE)
			text_add(out, "keeps the namespace");
		break;
	case KIND:
		text_add(out, "%s", kinds[row->kind]);
		break;
	case NR:
		if (m->ns)
			text_add_number(out, m->ns->nr);
		break;
	case SOURCE:
		who_add_source(out, m);
		break;
	}
}

static void cell(struct text *out, int column, const void *item)
{
	const struct row *row = item;

	if (column == BUSY)
		text_add(out, out->full ? row->busy ? "1" : "0" :
			      row->busy ? "yes" :
					  "");
	else if (column == ID)
		text_add(out, "%d", row->m->id);
	else if (row->kind == ROW_TASK)
		task_cell(out, column, row);
	else
		mount_cell(out, column, row);
}

/* How many of the pins from the first on are of one task. */
static size_t of_one_task(const struct pin *pins, size_t nr)
{
	size_t n = 0;

	while (n < nr && pins[n].task == pins->task)
		n++;
	return n;
}

/* What rows are made of, so that the verdict names the same as the table. */
typedef void (*row_func)(const struct row *row, void *arg);

static void each_task(const struct row *like, const struct pin *pins, size_t nr,
		      row_func func, void *arg)
{
	struct row row = *like;

	row.kind = ROW_TASK;
	for (; nr; nr -= row.nr, pins += row.nr) {
		row.pins = pins;
		row.nr = of_one_task(pins, nr);
		func(&row, arg);
	}
}

/* Those who have it open or are in it; a tree without a place, by its root. */
static void each_user(const struct report *r, const struct mount *m,
		      row_func func, void *arg)
{
	struct row row = { .r = r, .m = m, .busy = is_held(r, m) };
	const struct pin *pins;
	size_t nr;

	pins = pins_of(&r->pins, m, &nr);
	each_task(&row, pins, nr, func, arg);
	if (!m->ns || !m->ns->anon || !m->ns->root || m == m->ns->root)
		return;
	row.tree = true;
	pins = pins_of(&r->pins, m->ns->root, &nr);
	each_task(&row, pins, nr, func, arg);
}

/* What is mounted on it: it must go first. */
static void each_below(const struct report *r, const struct mount *m,
		       row_func func, void *arg)
{
	const struct mount *child;

	for (child = m->first_child; child; child = child->next_sibling) {
		struct row row = { .r = r, .m = m, .by = child };

		row.kind = ROW_BELOW;
		row.busy = is_held(r, m);
		func(&row, arg);
	}
}

/* What keeps the namespace of a mount, with a process in it or without. */
static void each_keeper(const struct report *r, const struct mount *m,
			row_func func, void *arg)
{
	struct row row = { .r = r, .m = m };
	size_t i;

	if (!m->ns)
		return;
	for (i = 0; i < r->pins.nr_of_ns; i++) {
		if (r->pins.of_ns[i].ns == m->ns)
			each_task(&row, &r->pins.of_ns[i], 1, func, arg);
	}
	row.kind = ROW_NS_FILE;
	for (i = 0; m->ns->inum && i < r->s->nr_mounts; i++) {
		row.by = &r->s->mounts[i];
		if (row.by->ns && !strcmp(row.by->type, "nsfs") &&
		    row.by->root_ino == m->ns->inum)
			func(&row, arg);
	}
}

struct branch {
	struct table *t;
	struct libscols_line *parent;
};

static void add_row(const struct row *row, void *arg)
{
	struct branch *branch = arg;
	struct libscols_line *line = table_row(branch->t, branch->parent, row);

	if (row->busy)
		table_color(line, "red");
}

static void add_mount(const struct report *r, const struct mount *m,
		      struct table *t)
{
	struct row row = { .r = r, .kind = ROW_MOUNT, .m = m };
	struct branch branch = { .t = t };

	row.busy = is_held(r, m);
	branch.parent = table_row(t, NULL, &row);
	table_color(branch.parent, row.busy ? "red" : "bold");
	if (is_target(r, m))
		each_below(r, m, add_row, &branch);
	each_user(r, m, add_row, &branch);
	each_keeper(r, m, add_row, &branch);
}

/* The one to unmount stands first. */
static void add_mounts(const struct report *r, struct table *t)
{
	const struct mount *target = r->subject.plan.target.mnt;
	size_t i;

	if (target)
		add_mount(r, target, t);
	for (i = 0; i < r->s->nr_mounts; i++) {
		const struct mount *m = &r->s->mounts[i];

		if (subject_has(&r->subject, m) && m != target)
			add_mount(r, m, t);
	}
}

/* A list for the verdict, which is for people in every format. */
struct names {
	struct text text;
	size_t nr;
};

static void add_name(const struct row *row, void *arg)
{
	struct names *names = arg;
	struct text uses = { .separator = ", ", .encode = true };

	if (names->nr++ >= FEW)
		return;
	text_next(&names->text);
	if (row->kind == ROW_BELOW) {
		text_add(&names->text, "%s", row->by->path);
		return;
	}
	add_uses(&uses, row);
	add_task(&names->text, row->pins->task);
	text_add(&names->text, " (%s)", uses.data);
	text_free(&uses);
}

static void add_culprits(struct text *out, const struct report *r,
			 const struct mount *m)
{
	struct names names = { .text = { .separator = ", " } };

	if (is_target(r, m) && m->first_child)
		each_below(r, m, add_name, &names);
	else
		each_user(r, m, add_name, &names);
	if (names.nr)
		text_add(out, "%s", names.text.data);
	else if (!r->o->file)
		text_add(
			out,
			"nobody that was found; the kernel may: a loop device, swap, NFS export");
	if (names.nr > FEW)
		text_add(out, ", +%zu", names.nr - FEW);
	text_free(&names.text);
}

/* The first one that it is refused for; the table has all. */
static void add_refusal(struct text *out, const struct report *r)
{
	const struct mount *target = r->subject.plan.target.mnt, *held = NULL;
	struct text who = {};
	size_t i;

	text_add(out, "%s: %s", strerrorname_np(r->release.error),
		 r->release.why);
	if (is_held(r, target))
		held = target;
	for (i = 0; !held && i < r->s->nr_mounts; i++) {
		if (r->release.held[i])
			held = &r->s->mounts[i];
	}
	if (!held)
		return;
	if (held != target) {
		text_add(out, ": ");
		who_add_mount(out, held);
	}
	add_culprits(&who, r, held);
	if (who.len)
		text_add(out, ": %s", who.data);
	text_free(&who);
}

static void add_places(struct text *out, size_t n, const char *other)
{
	text_add(out, "%zu %splace%s", n, other, n == 1 ? "" : "s");
}

/* Where it is mounted as soon as the umount has been done. */
static void add_rest(struct text *out, const struct report *r)
{
	add_places(out, r->stay, r->mounts > r->stay ? "other " : "");
	if (r->stay_in_none && r->stay == 1)
		text_add(out, " without a path");
	else if (r->stay_in_none)
		text_add(out, ", %zu of them without a path", r->stay_in_none);
}

static bool succeeds(const struct report *r)
{
	return !r->release.unknown && !r->release.error &&
	       goes(r, r->subject.plan.target.mnt);
}

static void add_outcome(struct text *out, const struct report *r)
{
	const struct release *release = &r->release;

	text_add(out, "umount %s: ", r->subject.plan.target.mnt->path);
	if (release->unknown && !release->error)
		text_add(out,
			 "not known, as the snapshot has no reference counts");
	else if (release->error)
		add_refusal(out, r);
	else
		text_add(out, "%s",
			 release->why ? release->why : "would succeed");
	if (succeeds(r) && !r->stay) {
		text_add(out, ", and free the filesystem");
	} else if (r->stay) {
		text_add(out, "; the filesystem stays mounted in ");
		add_rest(out, r);
	}
}

static void add_verdict(struct text *out, const struct report *r)
{
	const struct mount *any = r->subject.any;

	if (r->subject.plan.target.mnt) {
		add_outcome(out, r);
		return;
	}
	text_add(out, "%u:%u", r->subject.major, r->subject.minor);
	if (!any) {
		text_add(out, ": nobody holds it: no mount of it anywhere");
		return;
	}
	text_add(out, " (%s, %s): mounted in ", any->source ? any->source : "",
		 any->type);
	add_rest(out, r);
}

static void print_json_head(const struct report *r, const char *verdict)
{
	printf("{\n   \"verdict\": ");
	text_print_json(verdict);
	printf(",\n   \"errno\": ");
	if (r->release.error)
		printf("\"%s\",", strerrorname_np(r->release.error));
	else
		printf("null,");
	printf("\n   \"mounts\": %zu,\n   \"stay\": %zu,\n   \"processes\": ",
	       r->mounts, r->stay);
	if (r->o->file)
		printf("null,");
	else
		printf("%zu,", r->processes);
}

static void print(const struct report *r)
{
	bool people = r->o->format == FORMAT_TABLE;
	struct table *t = table_new(r->o, "holders",
				    people ? DEFAULTS : DEFAULTS_FOR_PROGRAMS,
				    cell);
	struct text verdict = { .encode = true };
	char *object;

	add_verdict(&verdict, r);
	add_mounts(r, t);
	if (r->o->format == FORMAT_JSON) {
		object = table_string(t);
		print_json_head(r, verdict.data);
		printf("%s", strchr(object, '{') + 1);
		free(object);
	} else {
		if (people)
			puts(verdict.data);
		if (people && r->o->file)
			puts("a saved snapshot: the processes are not known");
		if (r->mounts)
			table_print(t);
	}
	text_free(&verdict);
	table_free(t);
}

/* Trees that are not attached are held by who has their root. */
static void choose_mounts(struct report *r)
{
	const struct snapshot *s = r->s;
	size_t i;

	r->wanted = calloc(s->nr_mounts + 1, sizeof(*r->wanted));
	if (!r->wanted)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!subject_has(&r->subject, m))
			continue;
		r->mounts++;
		r->wanted[i] = true;
		if (m->ns && m->ns->anon && m->ns->root)
			r->wanted[m->ns->root - s->mounts] = true;
	}
}

static void find_processes(struct report *r)
{
	struct error err;

	if (pins_read(&r->pins, r->s, r->wanted, &err))
		fatal("%s", err.text);
	if (r->pins.denied)
		warning("%zu processes could not be looked into; run it as root of the machine, not of a container",
			r->pins.denied);
	if (r->pins.partial)
		warning("processes outside of this PID namespace are not seen; run it in the initial one");
}

static void count_row(const struct row *row, void *arg)
{
	size_t *n = arg;

	*n += row->kind == ROW_TASK;
}

static void count(struct report *r)
{
	size_t i;

	for (i = 0; i < r->s->nr_mounts; i++) {
		const struct mount *m = &r->s->mounts[i];

		if (!subject_has(&r->subject, m))
			continue;
		if (!goes(r, m)) {
			r->stay++;
			r->stay_in_none += !m->ns || m->ns->anon;
		}
		each_user(r, m, count_row, &r->processes);
		each_keeper(r, m, count_row, &r->processes);
	}
}

static int answer(const struct report *r)
{
	if (!r->mounts)
		return EXIT_YES;
	if (!r->subject.plan.target.mnt)
		return EXIT_NO;
	if (r->stay || r->release.error)
		return EXIT_NO;
	if (r->release.unknown) {
		warning("%s: no references are counted in it; load the module without refcounts=0",
			r->s->name);
		return EXIT_UNKNOWN;
	}
	return succeeds(r) ? EXIT_YES : EXIT_NO;
}

static int run(const struct options *o)
{
	struct report r = { .o = o, .s = command_load(o) };
	int status;

	subject_find(&r.subject, r.s, o);
	choose_mounts(&r);
	if (!o->file)
		find_processes(&r);
	release_try(&r.release, r.s, &r.subject.plan, o->file ? NULL : &r.pins);
	count(&r);
	print(&r);
	status = answer(&r);
	release_free(&r.release);
	if (!o->file)
		pins_free(&r.pins);
	free(r.wanted);
	subject_free(&r.subject);
	snapshot_free((struct snapshot *)r.s);
	return status;
}

const struct command holders_command = {
	.name = "holders",
	.args = "PATH|MAJ:MIN|SOURCE",
	.min_args = 1,
	.max_args = 1,
	.options = "AcFJnNoPr",
	.columns = columns,
	.what = "Show who keeps a filesystem mounted, and why a umount says EBUSY",
	.run = run,
};
