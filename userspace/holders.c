// SPDX-License-Identifier: GPL-2.0-only
/* mntprop holders: who keeps a filesystem mounted */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "holders_words.h"
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
	[PROPAGATION] = { "PROPAGATION", COLUMN_PROPAGATION,
			  "shared:GROUP, master:GROUP, private, unbindable" },
	[UMOUNT] = { "UMOUNT", COLUMN_LONG,
		     "what a umount of the path does to it" },
	[REFS] = { "REFS", COLUMN_NUMBER, "references held on the mount" },
	[USE] = { "USE", COLUMN_LIST,
		  "cwd, root, exe, map, [tree|namespace|socket] fd N, loop device, swap" },
	[BUSY] = { "BUSY", COLUMN_BOOL,
		   "makes a plain umount of the path say EBUSY" },
	[KIND] = { "KIND", COLUMN_TEXT,
		   "of the row: mount, below, process, thread, kernel, namespace" },
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

static const char *const kinds[] = {
	[HOLDER_MOUNT] = "mount",
	[HOLDER_BELOW] = "below",
	[HOLDER_TASK] = "process",
	[HOLDER_NS_FILE] = "namespace",
};

static void add_files(struct text *out, const struct holder *row)
{
	size_t i;

	for (i = 0; i < row->nr; i++) {
		text_next(out);
		text_add(out, "%s",
			 row->pins[i].path ? row->pins[i].path : "?");
	}
}

static void task_cell(struct text *out, int column, const struct holder *row)
{
	const struct task *t = row->pins->task;

	switch (column) {
	case HOLDER:
		holders_add_task(out, t);
		break;
	case NS:
		text_add_id(out, t->ns);
		break;
	case OWNER:
		if (t->container)
			who_add_id(out, t->container);
		break;
	case USE:
		holders_add_uses(out, row);
		break;
	case KIND:
		text_add(out, !t->pid	       ? "kernel" :
			      t->tid == t->pid ? "process" :
						 "thread");
		break;
	case FILES:
		add_files(out, row);
		break;
	case PID:
		if (t->pid)
			text_add(out, "%d", t->pid);
		break;
	case TID:
		if (t->tid)
			text_add(out, "%d", t->tid);
		break;
	case COMM:
		text_add(out, "%s", t->comm);
		break;
	}
}

static void mount_cell(struct text *out, int column, const struct holder *row)
{
	const struct mount *m = row->kind == HOLDER_MOUNT ? row->m : row->by;
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
		if (row->kind == HOLDER_MOUNT)
			holders_add_umount(out, row->in, m);
		break;
	case REFS:
		if (m->count >= 0)
			text_add(out, "%ld", m->count);
		break;
	case USE:
		if (row->kind == HOLDER_BELOW)
			text_add(out, "mounted below");
		else if (row->kind == HOLDER_NS_FILE)
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
	const struct holder *row = item;

	if (column == BUSY)
		text_add(out, out->full ? row->busy ? "1" : "0" :
			      row->busy ? "yes" :
					  "");
	else if (column == ID)
		text_add(out, "%d", row->m->id);
	else if (row->kind == HOLDER_TASK)
		task_cell(out, column, row);
	else
		mount_cell(out, column, row);
}

struct branch {
	struct table *t;
	struct table_row *parent;
};

static void add_row(const struct holder *row, void *arg)
{
	struct branch *branch = arg;
	struct table_row *line = table_row(branch->t, branch->parent, row);

	if (row->busy)
		table_color(line, COLOR_BUSY);
}

static void add_mount(const struct holding *h, const struct mount *m,
		      struct table *t)
{
	struct holder row = { .in = h, .kind = HOLDER_MOUNT, .m = m };
	struct branch branch = { .t = t };

	row.busy = holding_is_held(h, m);
	branch.parent = table_row(t, NULL, &row);
	table_color(branch.parent, row.busy ? COLOR_BUSY : COLOR_GROUP);
	if (holding_is_target(h, m))
		holding_each_below(h, m, add_row, &branch);
	holding_each_user(h, m, add_row, &branch);
	holding_each_keeper(h, m, add_row, &branch);
}

/* The one to unmount stands first. */
static void add_mounts(const struct holding *h, struct table *t)
{
	const struct mount *target = h->subject.plan.target.mnt;
	size_t i;

	if (target)
		add_mount(h, target, t);
	for (i = 0; i < h->s->nr_mounts; i++) {
		const struct mount *m = &h->s->mounts[i];

		if (subject_has(&h->subject, m) && m != target)
			add_mount(h, m, t);
	}
}

static void print_json_head(const struct holding *h, const char *verdict)
{
	printf("{\n   \"verdict\": ");
	text_print_json(verdict);
	printf(",\n   \"errno\": ");
	if (h->release.error)
		printf("\"%s\",", strerrorname_np(h->release.error));
	else
		printf("null,");
	printf("\n   \"mounts\": %zu,\n   \"stay\": %zu,\n   \"processes\": ",
	       h->mounts, h->stay);
	if (h->o->file)
		printf("null,");
	else
		printf("%zu,", h->pins.nr_tasks);
}

static void print(const struct holding *h)
{
	bool people = h->o->format == FORMAT_TABLE;
	struct table *t = table_new(h->o, "holders",
				    people ? DEFAULTS : DEFAULTS_FOR_PROGRAMS,
				    cell);
	struct text verdict = { .encode = true };

	holders_add_verdict(&verdict, h);
	add_mounts(h, t);
	if (h->o->format == FORMAT_JSON) {
		print_json_head(h, verdict.data);
		table_print_rest(t);
	} else {
		if (people)
			puts(verdict.data);
		if (people && h->o->file)
			puts("a saved snapshot: the processes are not known");
		if (h->mounts)
			table_print(t);
	}
	text_free(&verdict);
	table_free(t);
}

static int answer(const struct holding *h)
{
	if (!h->mounts && h->s->source) {
		warning("%s: only the module knows mounts without a path; load it: mntprop load",
			h->s->name);
		return EXIT_UNKNOWN;
	}
	if (!h->mounts)
		return EXIT_YES;
	if (!h->subject.plan.target.mnt)
		return EXIT_NO;
	if (h->stay || h->release.error)
		return EXIT_NO;
	if (h->release.unknown) {
		warning("%s: no references are counted in it; load the module without refcounts=0",
			h->s->name);
		return EXIT_UNKNOWN;
	}
	/* Those who were not looked into, of which there was a warning, count. */
	if (h->pins.denied && h->subject.plan.target.mnt->count < 0)
		return EXIT_UNKNOWN;
	return holding_succeeds(h) ? EXIT_YES : EXIT_NO;
}

static int run(const struct options *o)
{
	struct snapshot *s = command_load_complete(o);
	struct holding h;
	int status;

	holding_find(&h, s, o);
	print(&h);
	status = answer(&h);
	holding_free(&h);
	snapshot_free(s);
	return status;
}

const struct command holders_command = {
	.name = "holders",
	.args = "PATH|MAJ:MIN|SOURCE",
	.min_args = 1,
	.max_args = 1,
	.options = "AcFJnNoPrs",
	.columns = columns,
	.by_rules = true,
	.what = "Show who keeps a filesystem mounted, and why a umount says EBUSY",
	.run = run,
};
