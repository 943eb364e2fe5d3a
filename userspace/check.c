// SPDX-License-Identifier: GPL-2.0-only
/* mntprop check: does what must hold for the mounts of a kernel hold? */
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "invariants.h"
#include "tap.h"
#include "who.h"

enum {
	INVARIANT,
	MOUNTS,
	NS,
	ID,
	TARGET,
	OWNER,
	OTHER_ID,
	OTHER_NS,
	OTHER_TARGET,
	MISSING_ID,
	FOREIGN,
	NR,
	WHAT,
	SOURCE,
};

static const struct column columns[] = {
	[INVARIANT] = { "INVARIANT", COLUMN_TEXT, "name of what is violated" },
	[MOUNTS] = { "MOUNTS", COLUMN_LIST, "by which mounts, in words" },
	[NS] = { "NS", COLUMN_NUMBER, "inode number of the namespace" },
	[ID] = { "ID", COLUMN_NUMBER, "id of the mount, if it is one's" },
	[TARGET] = { "TARGET", COLUMN_LONG,
		     "its path from the root of the namespace" },
	[OWNER] = { "OWNER", COLUMN_TEXT,
		    "container or task of the namespace, or why it is in none" },
	[OTHER_ID] = { "OTHER-ID", COLUMN_NUMBER,
		       "id of the other mount, if it takes two" },
	[OTHER_NS] = { "OTHER-NS", COLUMN_NUMBER,
		       "inode number of that one's namespace" },
	[OTHER_TARGET] = { "OTHER-TARGET", COLUMN_LONG, "path of that one" },
	[MISSING_ID] = { "MISSING-ID", COLUMN_NUMBER,
			 "id that is referred to, and is no mount's" },
	[FOREIGN] = { "FOREIGN", COLUMN_LIST,
		      "pointers that lead nowhere, in words" },
	[NR] = { "NR", COLUMN_NUMBER,
		 "number of the namespace in the snapshot" },
	[WHAT] = { "WHAT", COLUMN_LONG, "holds if all is well" },
	[SOURCE] = { "SOURCE", COLUMN_LONG,
		     "where the kernel sees to it, or says so" },
	{}
};

#define DEFAULTS \
	"INVARIANT,NS,ID,TARGET,OTHER-ID,OTHER-NS,OTHER-TARGET,MISSING-ID,WHAT,SOURCE"

/* In us: how long it may take a namespace to go, be it on a busy machine. */
#define LAST_BREATH 1000000

struct findings {
	struct violation *all;
	size_t n, room;
};

static void note(const struct violation *v, void *arg)
{
	struct findings *f = arg;

	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->all = reallocarray(f->all, f->room, sizeof(*f->all));
		if (!f->all)
			out_of_memory();
	}
	f->all[f->n++] = *v;
}

static void add_mount(struct text *out, const struct mount *m)
{
	text_next(out);
	text_add(out, "mount %d ", m->id);
	who_add_mount(out, m);
}

static void add_pointers(struct text *out, const struct violation *v)
{
	if (v->foreign)
		text_add(out, " points nowhere (%s)", v->foreign);
}

static void add_mounts(struct text *out, const struct violation *v)
{
	if (v->mount)
		add_mount(out, v->mount);
	if (v->other)
		add_mount(out, v->other);
	if (v->missing) {
		text_next(out);
		text_add(out, "%d is no mount", v->missing);
	}
	if (v->mount) {
		add_pointers(out, v);
		return;
	}
	if (!v->ns) {
		text_add(out, "the snapshot is not complete");
		return;
	}
	text_add(out, "namespace ");
	who_add_ns(out, v->ns);
	text_add(out, " (");
	who_add_owner(out, v->ns);
	text_add(out, ")");
	add_pointers(out, v);
	if (v->ns->found != v->ns->nr_mounts_counted)
		text_add(out, " counts %llu mounts and has %llu",
			 (unsigned long long)v->ns->nr_mounts_counted,
			 (unsigned long long)v->ns->found);
}

static void mount_cell(struct text *out, int column, const struct violation *v)
{
	const struct mount *m = v->mount;

	switch (column) {
	case ID:
		text_add(out, "%d", m->id);
		break;
	case TARGET:
		text_add(out, "%s", m->path);
		break;
	case OWNER:
		who_add_mount_owner(out, m);
		break;
	}
}

static void other_cell(struct text *out, int column, const struct mount *m)
{
	switch (column) {
	case OTHER_ID:
		text_add(out, "%d", m->id);
		break;
	case OTHER_NS:
		text_add_id(out, m->ns ? m->ns->inum : 0);
		break;
	case OTHER_TARGET:
		text_add(out, "%s", m->path);
		break;
	}
}

static void cell(struct text *out, int column, const void *item)
{
	const struct violation *v = item;

	switch (column) {
	case INVARIANT:
		text_add(out, "%s", v->invariant->name);
		break;
	case MOUNTS:
		add_mounts(out, v);
		break;
	case NS:
		text_add_id(out, v->ns ? v->ns->inum : 0);
		break;
	case NR:
		if (v->ns)
			text_add_number(out, v->ns->nr);
		break;
	case MISSING_ID:
		text_add_id(out, v->missing);
		break;
	case FOREIGN:
		text_add(out, "%s", v->foreign ? v->foreign : "");
		break;
	case WHAT:
		text_add(out, "%s", v->invariant->what);
		break;
	case SOURCE:
		text_add(out, "%s", v->invariant->source);
		break;
	}
	if (v->mount)
		mount_cell(out, column, v);
	else if (column == OWNER && v->ns)
		who_add_owner(out, v->ns);
	if (v->other)
		other_cell(out, column, v->other);
}

static void print_table(const struct findings *f, const struct options *o)
{
	struct table *t = table_new(o, "violations", DEFAULTS, cell);
	size_t i;

	for (i = 0; i < f->n; i++)
		table_color_cell(table_row(t, NULL, &f->all[i]), INVARIANT,
				 COLOR_VIOLATION);
	table_print(t);
	table_free(t);
}

static void print_words(const struct findings *f, const struct snapshot *s,
			const struct snapshot *earlier)
{
	struct text line = { .encode = true, .separator = ", " };
	size_t i, looked_at = 0;

	for (i = 0; i < f->n; i++) {
		const struct violation *v = &f->all[i];

		text_clear(&line);
		add_mounts(&line, v);
		printf("%s%s%s: %s: violates: %s (%s)\n",
		       color_start(STDOUT_FILENO, COLOR_VIOLATION),
		       v->invariant->name,
		       color_end(STDOUT_FILENO, COLOR_VIOLATION), line.data,
		       v->invariant->what, v->invariant->source);
	}
	for (i = 0; i < nr_invariants; i++)
		looked_at += !invariant_skipped(&invariants[i], s, earlier);
	if (!f->n && s->complete)
		printf("%zu invariants hold: %zu mounts, %zu namespaces, %zu peer groups\n",
		       looked_at, s->nr_mounts, s->nr_namespaces, s->nr_groups);
	text_free(&line);
}

static int by_invariant(const void *a, const void *b)
{
	const struct violation *x = a, *y = b;

	return (x->invariant > y->invariant) - (x->invariant < y->invariant);
}

/* One test for each invariant, in the order of the table. */
static void print_tap(struct findings *f, const struct snapshot *s,
		      const struct snapshot *earlier)
{
	struct text line = { .separator = ", " };
	const struct violation *v = f->all, *end = f->all + f->n;
	struct tap tap = {};
	size_t i;

	if (f->n)
		qsort(f->all, f->n, sizeof(*f->all), by_invariant);
	tap_plan(nr_invariants);
	for (i = 0; i < nr_invariants; i++) {
		const struct invariant *inv = &invariants[i];
		const char *skip = invariant_skipped(inv, s, earlier);
		bool holds = v == end || v->invariant != inv;

		text_clear(&line);
		text_add(&line, "%s: %s", inv->name, inv->what);
		tap_result(&tap, holds, skip, line.data);
		if (!holds)
			tap_note("the rule: %s", inv->source);
		for (; v != end && v->invariant == inv; v++) {
			text_clear(&line);
			add_mounts(&line, v);
			tap_note("%s", line.data);
		}
	}
	text_free(&line);
}

static bool any_is_dying(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (!s->namespaces[i].refs)
			return true;
	}
	return false;
}

static int run(const struct options *o)
{
	struct findings f = {};
	struct snapshot *s, *earlier;
	int status;

	if (o->tap && (o->format != FORMAT_TABLE || o->columns))
		fatal("--tap excludes --json, --pairs, --raw and --output; give one of them");
	s = command_load(o);
	earlier = o->file ? NULL : s;
	if (earlier && any_is_dying(s)) {
		usleep(LAST_BREATH);
		s = command_load(o);
	}
	if (invariants_check(s, earlier, note, &f) < 0)
		out_of_memory();
	if (o->tap)
		print_tap(&f, s, earlier);
	else if (o->format == FORMAT_TABLE && !o->columns)
		print_words(&f, s, earlier);
	else
		print_table(&f, o);
	/* Nothing was found, and nothing could be: the warning says why. */
	status = f.n ? EXIT_NO : s->complete ? EXIT_YES : EXIT_UNKNOWN;
	free(f.all);
	if (earlier != s)
		snapshot_free(earlier);
	snapshot_free(s);
	return status;
}

const struct command check_command = {
	.name = "check",
	.args = "",
	.options = "cFJnoPrsT",
	.columns = columns,
	.by_rules = true,
	.what = "Say whether what must hold for the mounts of a kernel holds",
	.run = run,
};
