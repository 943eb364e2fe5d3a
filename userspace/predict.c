// SPDX-License-Identifier: GPL-2.0-only
/* mntprop predict: what a mount operation would do, in every namespace */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "prediction.h"
#include "rules.h"
#include "who.h"

enum {
	CHANGE,
	NS,
	OWNER,
	TARGET,
	PROPAGATION,
	STATE,
	MOUNTS,
	GAIN,
	LEFT,
	ID,
	NR,
	BEFORE,
	OPTIONS,
	OPTIONS_BEFORE,
	HIDDEN,
	HIDDEN_BY,
	LOCKED,
};

/* clang-format off */
static const struct column columns[] = {
	[CHANGE] = { "CHANGE", COLUMN_TEXT,
		     "of the mount: appears, moves, goes or becomes" },
	[NS] = { "NS", COLUMN_NUMBER, "inode number of its namespace" },
	[OWNER] = { "OWNER", COLUMN_TEXT,
		    "container or task of the namespace" },
	[TARGET] = { "TARGET", COLUMN_LONG,
		     "path from the root of the namespace" },
	[PROPAGATION] = { "PROPAGATION", COLUMN_PROPAGATION,
			  "that it will have, or had; :new is a new group" },
	[STATE] = { "STATE", COLUMN_TEXT, "visible, or hidden by what" },
	[MOUNTS] = { "MOUNTS", COLUMN_NUMBER,
		     "mounts that do, with those below it" },
	[GAIN] = { "GAIN", COLUMN_NUMBER, "mounts that the namespace gains" },
	[LEFT] = { "LEFT", COLUMN_NUMBER,
		   "mounts that it can have more before fs.mount-max" },
	[ID] = { "ID", COLUMN_NUMBER, "mount id; none yet if it appears" },
	[NR] = { "NR", COLUMN_NUMBER,
		 "number of the namespace in the snapshot" },
	[BEFORE] = { "BEFORE", COLUMN_PROPAGATION,
		     "propagation that it has now" },
	[OPTIONS] = { "OPTIONS", COLUMN_TEXT,
		      "of the mount, that it will have, or had" },
	[OPTIONS_BEFORE] = { "OPTIONS-BEFORE", COLUMN_TEXT,
			     "that it has now" },
	[HIDDEN] = { "HIDDEN", COLUMN_BOOL, "no path leads to it" },
	[HIDDEN_BY] = { "HIDDEN-BY", COLUMN_NUMBER,
			"id of the mount that hides it" },
	[LOCKED] = { "LOCKED", COLUMN_BOOL, "it cannot be unmounted alone" },
	{}
};

/* clang-format on */

#define PLACE "CHANGE,NS,OWNER,TARGET,"
#define DEFAULTS PLACE "PROPAGATION,STATE,MOUNTS,GAIN,LEFT"
#define TYPES "BEFORE,PROPAGATION,"
#define ATTRIBUTES "OPTIONS-BEFORE,OPTIONS,"

enum change { APPEARS, GOES, MOVES, BECOMES };

static const struct {
	const char *name;
	enum color color;
} changes[] = {
	[APPEARS] = { "appears", COLOR_ADDED },
	[GOES] = { "goes", COLOR_REMOVED },
	[MOVES] = { "moves", COLOR_CHANGED },
	[BECOMES] = { "becomes", COLOR_CHANGED },
};

static enum change change_of(const struct world_change *c)
{
	if (c->what & CHANGE_APPEARED)
		return APPEARS;
	if (c->what & CHANGE_GONE)
		return GOES;
	return c->what & CHANGE_GETS_PATH ? MOVES : BECOMES;
}

/* Where it will be; of one that goes, where it was. */
static char *path_of(const struct world_mount *m)
{
	char *path = m->now.ns ? prediction_path(m) : strdup(m->origin->path);

	if (!path)
		out_of_memory();
	return path;
}

static void add_state(struct text *out, const struct row *row)
{
	char *path;

	if (row->change->what & CHANGE_GONE)
		return;
	if (!row->hidden) {
		text_add(out, "visible");
		return;
	}
	text_add(out, "hidden");
	if (!row->hidden_by)
		return;
	path = prediction_path(row->hidden_by);
	text_add(out, " %s %s",
		 row->change->what & CHANGE_BENEATH ? "beneath" : "by", path);
	if (row->hidden_by->id > 0)
		text_add(out, " (%d)", row->hidden_by->id);
	free(path);
}

static void cell(struct text *out, int column, const void *item)
{
	const struct row *row = item;
	const struct world_change *c = row->change;
	const struct world_mount *m = c->mount;
	const struct world_ns *ns = change_ns(c);
	char *path;

	switch (column) {
	case CHANGE:
		text_add(out, "%s", changes[change_of(c)].name);
		break;
	case NS:
		text_add_id(out, ns->origin ? ns->origin->inum : 0);
		break;
	case OWNER:
		if (ns->origin)
			who_add_owner(out, ns->origin);
		break;
	case TARGET:
		path = path_of(m);
		text_add(out, "%s", path);
		free(path);
		break;
	case PROPAGATION:
		if (m->now.ns)
			prediction_add_type(out, &m->now, true);
		else
			prediction_add_type(out, &m->before, false);
		break;
	case STATE:
		add_state(out, row);
		break;
	case MOUNTS:
		text_add_number(out, row->p->with[m->index]);
		break;
	case GAIN:
		text_add(out, "%lld", prediction_gain(ns));
		break;
	case LEFT:
		text_add(out, "%lld", prediction_left(row->p, ns));
		break;
	case ID:
		if (m->id > 0)
			text_add(out, "%d", m->id);
		break;
	case NR:
		text_add(out, "%u", ns->nr);
		break;
	case BEFORE:
		if (m->before.ns)
			prediction_add_type(out, &m->before, false);
		break;
	case OPTIONS:
		prediction_add_options(out, m->now.ns ? m->now.flags :
							m->before.flags);
		break;
	case OPTIONS_BEFORE:
		if (m->before.ns)
			prediction_add_options(out, m->before.flags);
		break;
	case HIDDEN:
		text_add(out, row->hidden ? "1" : "0");
		break;
	case HIDDEN_BY:
		if (row->hidden_by && row->hidden_by->id > 0)
			text_add(out, "%d", row->hidden_by->id);
		break;
	case LOCKED:
		text_add(out, m->now.flags & WORLD_LOCKED ? "1" : "0");
		break;
	}
}

/* By which rules it was predicted, if nobody tried them on that kernel. */
static void print_assumed(const struct snapshot *s)
{
	struct text line = { .encode = true };

	if (!strcmp(rules_origin(s), RULE_PROBED))
		return;
	text_add(&line, "rules %sassumed from %s",
		 !strcmp(rules_origin(s), RULE_PARTLY) ? "partly " : "",
		 s->release);
	puts(line.data);
	text_free(&line);
}

static void print_json_head(const struct prediction *p, const char *verdict)
{
	const struct outcome *o = &p->outcome;

	printf("{\n   \"verdict\": ");
	text_print_json(verdict);
	printf(",\n   \"errno\": ");
	if (o->error)
		printf("\"%s\",", strerrorname_np(o->error));
	else
		printf("null,");
	printf("\n   \"namespaces\": %zu,\n   \"appears\": %zu,", p->namespaces,
	       p->appears);
	printf("\n   \"rules\": \"%s\",", rules_origin(p->s));
	printf("\n   \"hidden\": %zu,\n   \"goes\": %zu,", p->hidden, p->loses);
	printf("\n   \"becomes\": %zu,\n   \"enospc\": %zu,", p->changes,
	       p->overflows);
}

static void add_rows(struct table *t, const struct prediction *p)
{
	struct row row;
	struct table_row *line;
	size_t i;

	for (i = 0; i < p->outcome.nr_changes; i++) {
		if (!prediction_row(p, &p->outcome.changes[i], &row))
			continue;
		line = table_row(t, NULL, &row);
		table_color_cell(line, CHANGE,
				 changes[change_of(row.change)].color);
		if (row.hidden)
			table_color(line, COLOR_HIDDEN);
	}
}

/* What can change is shown as it is and as it will be. */
static const char *default_columns(const struct operation *op)
{
	bool attributes = op->attr_set || op->attr_clr;

	switch (op->type) {
	case OP_MAKE:
	case OP_SET_GROUP:
		return PLACE TYPES "STATE";
	case OP_REMOUNT:
		return PLACE ATTRIBUTES "STATE";
	case OP_SETATTR:
		if (op->propagation == MAKE_NONE)
			return PLACE ATTRIBUTES "STATE";
		return attributes ? PLACE ATTRIBUTES TYPES "STATE" :
				    PLACE TYPES "STATE";
	default:
		return DEFAULTS;
	}
}

static void print(const struct prediction *p)
{
	struct table *t =
		table_new(p->o, "changes", default_columns(&p->plan.op), cell);
	struct text verdict = { .encode = true };

	prediction_add_verdict(&verdict, p);
	add_rows(t, p);
	if (p->o->format == FORMAT_JSON) {
		print_json_head(p, verdict.data);
		table_print_rest(t);
	} else {
		if (p->o->format == FORMAT_TABLE) {
			color_puts(p->outcome.error ? COLOR_NO : COLOR_NONE,
				   verdict.data, strcspn(verdict.data, ":"));
			print_assumed(p->s);
		} else if (p->outcome.error) {
			warning("%s", verdict.data);
		}
		if (p->rows)
			table_print(t);
	}
	text_free(&verdict);
	table_free(t);
}

static int run(const struct options *o)
{
	struct snapshot *s = command_load_complete(o);
	struct prediction p;
	int status;

	prediction_make(&p, s, o);
	print(&p);
	status = p.outcome.error ? EXIT_NO : EXIT_YES;
	if (prediction_is_unknown(&p)) {
		warning("%s: no references are counted in it: who uses the mount is not known",
			s->name);
		status = EXIT_UNKNOWN;
	}
	prediction_free(&p);
	snapshot_free(s);
	return status;
}

static const char operations[] =
	"Operations:\n"
	"  mount PATH\n"
	"  bind | rbind | move SOURCE PATH\n"
	"  beneath SOURCE PATH           move it below what is mounted on PATH\n"
	"  set-group SOURCE PATH         PATH joins the peer group of SOURCE\n"
	"  umount [--lazy | --recursive | --expire] PATH\n"
	"  make-[r]TYPE PATH             TYPE: shared, slave, private, unbindable\n"
	"  setattr [-R] ATTRIBUTES PATH  as mount_setattr(2): of these alone\n"
	"  remount ATTRIBUTES PATH       as mount(2) by MS_REMOUNT|MS_BIND: these, no others\n"
	"  remove PATH                   as unlink(2) and rmdir(2): of a mountpoint elsewhere\n"
	"  rename SOURCE PATH            as rename(2)\n"
	"ATTRIBUTES: ro, nosuid, nodev, noexec, nodiratime, nosymfollow or rw, suid, ...;\n"
	"  noatime, relatime, strictatime; of setattr also a TYPE; by commas\n";

const struct command predict_command = {
	.name = "predict",
	.args = "OPERATION PATH...",
	.min_args = 2,
	.max_args = 3,
	.options = "AcEFJlnNoPrRsx",
	.columns = columns,
	.by_rules = true,
	.what = "Say what a mount operation would do, before it is done",
	.more = operations,
	.run = run,
};
