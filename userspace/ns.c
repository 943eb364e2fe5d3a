// SPDX-License-Identifier: GPL-2.0-only
/* mntprop ns: which mount namespaces there are, and who lives there */
#include "command.h"
#include "who.h"

enum {
	NS,
	ID,
	TYPE,
	MOUNTS,
	TASKS,
	PID,
	COMM,
	CONTAINER,
	USERNS,
	ROOT,
	EVENT,
	NR,
	ROOT_ID,
	COUNTED,
	CGROUP,
};

static const struct column columns[] = {
	[NS] = { "NS", COLUMN_NUMBER, "inode number of /proc/PID/ns/mnt" },
	[ID] = { "ID", COLUMN_NUMBER, "the kernel's 64-bit id" },
	[TYPE] = { "TYPE", COLUMN_TEXT, "init, tasks, anon, or no process" },
	[MOUNTS] = { "MOUNTS", COLUMN_NUMBER, "mounts in it" },
	[TASKS] = { "TASKS", COLUMN_NUMBER, "threads in it" },
	[PID] = { "PID", COLUMN_NUMBER, "lowest thread id of those" },
	[COMM] = { "COMM", COLUMN_TEXT, "name of that thread" },
	[CONTAINER] = { "CONTAINER", COLUMN_TEXT, "container, by its cgroup" },
	[USERNS] = { "USERNS", COLUMN_NUMBER,
		     "inode number of the owning user namespace" },
	[ROOT] = { "ROOT", COLUMN_LONG,
		   "source and [directory] of what is mounted on /" },
	[EVENT] = { "EVENT", COLUMN_NUMBER, "the kernel's count of changes" },
	[NR] = { "NR", COLUMN_NUMBER, "number in the snapshot" },
	[ROOT_ID] = { "ROOT-ID", COLUMN_NUMBER, "id of the root mount" },
	[COUNTED] = { "COUNTED", COLUMN_NUMBER,
		      "mounts by the kernel's count" },
	[CGROUP] = { "CGROUP", COLUMN_LONG, "cgroup of that thread" },
	{}
};

#define DEFAULTS "NS,TYPE,MOUNTS,TASKS,PID,COMM,CONTAINER,USERNS,ROOT"

static const char *type(const struct mnt_namespace *ns)
{
	if (ns->anon)
		return "anon";
	if (!ns->tasks)
		return "no process";
	return ns->initial ? "init" : "tasks";
}

/* What a lookup of / arrives at: the last of those stacked on the root. */
static const struct mount *top_of_root(const struct mnt_namespace *ns)
{
	const struct mount *m = ns->root;

	while (m && m->hidden_by && m->hidden_by->parent == m)
		m = m->hidden_by;
	return m;
}

static void cell(struct text *out, int column, const void *item)
{
	const struct mnt_namespace *ns = item;
	const struct mount *root = top_of_root(ns);

	switch (column) {
	case NS:
		text_add_id(out, ns->inum);
		break;
	case ID:
		text_add_id(out, ns->id);
		break;
	case TYPE:
		text_add(out, "%s", type(ns));
		break;
	case MOUNTS:
		text_add_number(out, ns->nr_mounts);
		break;
	case TASKS:
		text_add_number(out, ns->tasks);
		break;
	case PID:
		text_add_id(out, ns->pid);
		break;
	case COMM:
		text_add(out, "%s", ns->comm ? ns->comm : "");
		break;
	case CONTAINER:
		who_add_container(out, ns);
		break;
	case USERNS:
		text_add_id(out, ns->user_ns);
		break;
	case ROOT:
		if (root)
			who_add_source(out, root);
		break;
	case EVENT:
		text_add_number(out, ns->event);
		break;
	case NR:
		text_add_number(out, ns->nr);
		break;
	case ROOT_ID:
		text_add_id(out, ns->root_id);
		break;
	case COUNTED:
		text_add_number(out, ns->nr_mounts_counted);
		break;
	case CGROUP:
		text_add(out, "%s", ns->cgroup ? ns->cgroup : "");
		break;
	}
}

static int run(const struct options *o)
{
	struct snapshot *s = command_load(o);
	const struct mnt_namespace *only = o->who ? who_find(s, o) : NULL;
	struct table *t = table_new(o, "namespaces", DEFAULTS, cell);
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];
		struct table_row *row;

		if (only && ns != only)
			continue;
		row = table_row(t, NULL, ns);
		if (!ns->tasks)
			table_color(row, COLOR_EMPTY);
	}
	table_print(t);
	table_free(t);
	snapshot_free(s);
	return EXIT_YES;
}

const struct command ns_command = {
	.name = "ns",
	.args = "",
	.options = "AcFJnoPrNs",
	.columns = columns,
	.what = "Show which mount namespaces exist, and who lives there",
	.run = run,
};
