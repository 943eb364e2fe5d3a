// SPDX-License-Identifier: GPL-2.0-only
/* mntprop diff: how two snapshots differ, also if they are of two boots */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "unified.h"
#include "who.h"

enum {
	CHANGE,
	NR,
	OWNER,
	TARGET,
	WAS,
	NOW,
	SOURCE,
	FSTYPE,
	WHAT,
	OLD_ID,
	NEW_ID,
	OLD_NS,
	NEW_NS,
};

static const struct column columns[] = {
	[CHANGE] = { "CHANGE", COLUMN_TEXT,
		     "added, removed, moved, retyped, regrouped or changed" },
	[NR] = { "NR", COLUMN_NUMBER,
		 "number of the namespace, the same in both" },
	[OWNER] = { "OWNER", COLUMN_TEXT,
		    "container or task of the namespace, or why it is in none" },
	[TARGET] = { "TARGET", COLUMN_LONG,
		     "path from the root of the namespace" },
	[WAS] = { "WAS", COLUMN_LONG, "what the first snapshot says" },
	[NOW] = { "NOW", COLUMN_LONG, "what the second says" },
	[SOURCE] = { "SOURCE", COLUMN_LONG,
		     "source, and [directory] of the filesystem" },
	[FSTYPE] = { "FSTYPE", COLUMN_TEXT, "filesystem type" },
	[WHAT] = { "WHAT", COLUMN_TEXT, "mount or namespace" },
	[OLD_ID] = { "OLD-ID", COLUMN_NUMBER, "mount id in the first" },
	[NEW_ID] = { "NEW-ID", COLUMN_NUMBER, "mount id in the second" },
	[OLD_NS] = { "OLD-NS", COLUMN_NUMBER,
		     "inode number of the namespace in the first" },
	[NEW_NS] = { "NEW-NS", COLUMN_NUMBER, "and in the second" },
	{}
};

#define DEFAULTS "CHANGE,NR,OWNER,TARGET,SOURCE,WAS,NOW"

/* Other mounts of a group that are named. */
#define MAX_PEERS 3

enum change { ADDED, REMOVED, MOVED, RETYPED, REGROUPED, CHANGED };

static const struct {
	const char *name;
	enum color color;
} changes[] = {
	[ADDED] = { "added", COLOR_ADDED },
	[REMOVED] = { "removed", COLOR_REMOVED },
	[MOVED] = { "moved", COLOR_CHANGED },
	[RETYPED] = { "retyped", COLOR_CHANGED },
	[REGROUPED] = { "regrouped", COLOR_CHANGED },
	[CHANGED] = { "changed", COLOR_CHANGED },
};

struct row {
	const struct pairing *p;
	enum change change;
	const struct placed_ns *ns[2];
	const struct placed *mount[2]; /* neither: the namespace itself */
};

static void add_place(struct text *out, const struct placed *p)
{
	if (p->ns->ns)
		text_add(out, "%zu:%s", p->ns->nr, p->m->path);
	else
		text_add(out, "%s:%s", p->m->state, p->m->path);
}

static void add_peers(struct text *out, const struct side *side,
		      const struct placed *p)
{
	const struct peer_group *g = p->m->group;
	size_t i, n = 0;

	for (i = 0; i < g->nr_members && n < MAX_PEERS; i++) {
		if (g->members[i] == p->m)
			continue;
		text_add(out, n++ ? ", " : " with ");
		add_place(out, side_mount(side, g->members[i]));
	}
	if (g->nr_members - 1 > n)
		text_add(out, " and %zu more", g->nr_members - 1 - n);
}

/* @peers: name them; the number alone does not say who is in the group. */
static void add_propagation(struct text *out, const struct row *row, int which,
			    bool peers)
{
	const struct side *side = &row->p->side[which];
	const struct placed *p = row->mount[which];
	const struct mount *m = p->m;
	const char *blank = "";

	if (m->group) {
		text_add(out, "shared:%u", p->group);
		if (peers)
			add_peers(out, side, p);
		blank = peers && m->group->nr_members > 1 ? "; " : " ";
	}
	if (m->master) {
		text_add(out, "%smaster:%u", blank, p->master);
		if (peers) {
			text_add(out, " at ");
			add_place(out, side_mount(side, m->master));
		}
		blank = " ";
	} else if (mount_is_slave(m)) {
		text_add(out, "%smaster:?", blank);
		blank = " ";
	}
	if (m->unbindable)
		text_add(out, "%sunbindable", blank);
	else if (!*blank)
		text_add(out, "private");
}

/* Those of @words that are not in @other. */
static void add_words(struct text *out, const char *prefix, const char *words,
		      const char *other, const char **comma)
{
	const char *word;
	size_t len;

	while ((word = pairing_next_flag(&words, &len))) {
		char *copy = strndup(word, len);

		if (!copy)
			out_of_memory();
		if (!has_word(other, copy)) {
			text_add(out, "%s%s%s", *comma, prefix, copy);
			*comma = ",";
		}
		free(copy);
	}
}

static void add_flags(struct text *out, const struct placed *p,
		      const struct placed *other)
{
	const struct mount *m = p->m, *than = other->m;
	const char *comma = "";

	add_words(out, "", m->flags, than->flags, &comma);
	add_words(out, "filesystem ", m->sb_flags, than->sb_flags, &comma);
	add_words(out, "mountpoint ", m->mp_state, than->mp_state, &comma);
	add_words(out, "root ", m->root_state, than->root_state, &comma);
	if (p->fs != other->fs)
		text_add(out, "%sfilesystem %u", comma, p->fs);
}

/* The two of what has moved. */
static void add_old_place(struct text *out, const struct placed *p,
			  const struct placed *other)
{
	if (p->ns->pair != other->ns)
		add_place(out, p);
	else
		text_add(out, "%s", p->m->path);
	if (strcmp(p->m->root, other->m->root))
		text_add(out, "[%s]", p->m->root);
}

static void add_state(struct text *out, const struct row *row, int which)
{
	const struct placed *p = row->mount[which];

	if (!p) {
		if (row->ns[which] && !row->mount[!which])
			text_add(out, "namespace of %zu mounts",
				 row->ns[which]->nr_mounts);
		return;
	}
	switch (row->change) {
	case MOVED:
		add_old_place(out, p, row->mount[!which]);
		break;
	case CHANGED:
		add_flags(out, p, row->mount[!which]);
		break;
	default:
		add_propagation(out, row, which, row->change == REGROUPED);
	}
}

static void ns_cell(struct text *out, int column, const struct row *row)
{
	const struct placed_ns *ns = row->ns[1] ? row->ns[1] : row->ns[0];
	const struct placed *p = row->mount[1] ? row->mount[1] : row->mount[0];

	switch (column) {
	case NR:
		if (ns->ns)
			text_add(out, "%zu", ns->nr);
		break;
	case OWNER:
		if (ns->ns)
			who_add_owner(out, ns->ns);
		else if (p)
			text_add(out, "%s", p->m->state);
		break;
	case OLD_NS:
		if (row->ns[0] && row->ns[0]->ns)
			text_add_id(out, row->ns[0]->ns->inum);
		break;
	case NEW_NS:
		if (row->ns[1] && row->ns[1]->ns)
			text_add_id(out, row->ns[1]->ns->inum);
		break;
	}
}

static void mount_cell(struct text *out, int column, const struct row *row)
{
	const struct placed *p = row->mount[1] ? row->mount[1] : row->mount[0];

	switch (column) {
	case TARGET:
		text_add(out, "%s", p->m->path);
		break;
	case SOURCE:
		who_add_source(out, p->m);
		break;
	case FSTYPE:
		text_add(out, "%s", p->m->type);
		break;
	case OLD_ID:
		text_add_id(out, row->mount[0] ? row->mount[0]->m->id : 0);
		break;
	case NEW_ID:
		text_add_id(out, row->mount[1] ? row->mount[1]->m->id : 0);
		break;
	}
}

static void cell(struct text *out, int column, const void *item)
{
	const struct row *row = item;
	bool is_mount = row->mount[0] || row->mount[1];

	switch (column) {
	case CHANGE:
		text_add(out, "%s", changes[row->change].name);
		break;
	case WHAT:
		text_add(out, is_mount ? "mount" : "namespace");
		break;
	case WAS:
		add_state(out, row, 0);
		break;
	case NOW:
		add_state(out, row, 1);
		break;
	default:
		ns_cell(out, column, row);
		if (is_mount)
			mount_cell(out, column, row);
	}
}

struct rows {
	struct table *t; /* NULL: only count them */
	const struct pairing *p;
	size_t nr;
};

static void add_row(struct rows *rows, enum change change,
		    const struct placed_ns *a_ns, const struct placed_ns *b_ns,
		    const struct placed *a, const struct placed *b)
{
	struct row row = { rows->p, change, { a_ns, b_ns }, { a, b } };

	rows->nr++;
	if (rows->t)
		table_color_cell(table_row(rows->t, NULL, &row), CHANGE,
				 changes[change].color);
}

static void add_pair(struct rows *rows, const struct placed *a)
{
	static const struct {
		unsigned int differ;
		enum change change;
	} kinds[] = {
		{ DIFFER_TYPE, RETYPED },
		{ DIFFER_GROUPS, REGROUPED },
		{ DIFFER_FLAGS, CHANGED },
	};
	unsigned int differ = pairing_differ(a);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (differ & kinds[i].differ)
			add_row(rows, kinds[i].change, a->ns, a->pair->ns, a,
				a->pair);
	}
}

/* What has moved is told where it is now. */
static void add_step(struct rows *rows, const struct step *step)
{
	const struct placed *a = step->mount[0], *b = step->mount[1];

	if (!a && !b) {
		if (!step->ns[0] || !step->ns[1])
			add_row(rows, step->ns[0] ? REMOVED : ADDED,
				step->ns[0], step->ns[1], NULL, NULL);
	} else if (a && !a->pair) {
		add_row(rows, REMOVED, a->ns, a->ns->pair, a, NULL);
	} else if (b && !b->pair) {
		add_row(rows, ADDED, b->ns->pair, b->ns, NULL, b);
	} else if (b) {
		if (b->moved && !pairing_carried(rows->p, b->pair))
			add_row(rows, MOVED, b->pair->ns, b->ns, b->pair, b);
		add_pair(rows, b->pair);
	}
}

static size_t add_rows(const struct pairing *p, struct table *t)
{
	struct rows rows = { t, p, 0 };
	size_t i;

	for (i = 0; i < p->nr_steps; i++)
		add_step(&rows, &p->steps[i]);
	return rows.nr;
}

static bool print_unified(const struct options *o, const struct pairing *p)
{
	bool differ = add_rows(p, NULL);

	if (differ)
		unified_print(p, o->context);
	return differ;
}

static bool print_table(const struct options *o, const struct pairing *p)
{
	struct table *t = table_new(o, "changes", DEFAULTS, cell);
	bool differ = add_rows(p, t);

	if (differ || o->format == FORMAT_JSON)
		table_print(t);
	table_free(t);
	return differ;
}

/* Argument @n, or without one the running kernel. */
static struct snapshot *load(const struct options *o, int n)
{
	struct options one = *o;

	one.file = n < o->nr_args ? o->args[n] : NULL;
	return command_load_complete(&one);
}

static int run(const struct options *o)
{
	struct snapshot *a, *b;
	struct pairing p;
	bool differ;

	if (o->nr_args == 2 && o->source)
		fatal("diff: two files and --source; give one file, or no --source");
	if (o->nr_args == 2 && !strcmp(o->args[0], "-") &&
	    !strcmp(o->args[1], "-"))
		fatal("diff: both are stdin; give the name of a file");
	if (o->unified && (o->format != FORMAT_TABLE || o->columns))
		fatal("diff: --unified is a format of its own; give one of them");
	a = load(o, 0);
	b = load(o, 1);
	if (pairing_make(&p, a, b))
		out_of_memory();
	differ = o->unified ? print_unified(o, &p) : print_table(o, &p);
	pairing_free(&p);
	snapshot_free(a);
	snapshot_free(b);
	return differ ? EXIT_NO : EXIT_YES;
}

const struct command diff_command = {
	.name = "diff",
	.args = "A [B]",
	.min_args = 1,
	.max_args = 2,
	.options = "AcJnoPrsu",
	.columns = columns,
	.what = "Show how snapshot B, or the running kernel, differs from A",
	.run = run,
};
