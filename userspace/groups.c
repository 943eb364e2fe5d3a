// SPDX-License-Identifier: GPL-2.0-only
/* mntprop groups: peer groups, their members and their slaves */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "who.h"

enum {
	GROUP,
	ID,
	NS,
	TARGET,
	OWNER,
	MASTER,
	KIND,
	MEMBERS,
	SLAVES,
	NR,
	SOURCE,
	FSTYPE,
	MASTER_ID,
	MASTER_GROUP,
};

static const struct column columns[] = {
	[GROUP] = { "GROUP", COLUMN_TREE,
		    "propagation of a group or slave, or peer: a member" },
	[ID] = { "ID", COLUMN_NUMBER, "mount id" },
	[NS] = { "NS", COLUMN_NUMBER, "inode number of its namespace" },
	[TARGET] = { "TARGET", COLUMN_LONG,
		     "path from the root of the namespace" },
	[OWNER] = { "OWNER", COLUMN_TEXT,
		    "container or task of the namespace, or why it is in none" },
	[MASTER] = { "MASTER", COLUMN_LONG,
		     "the mount that a group or slave is a slave of" },
	[KIND] = { "KIND", COLUMN_TEXT, "of the row: group, peer or slave" },
	[MEMBERS] = { "MEMBERS", COLUMN_NUMBER, "mounts in the group" },
	[SLAVES] = { "SLAVES", COLUMN_NUMBER,
		     "groups and mounts that are slaves of the group" },
	[NR] = { "NR", COLUMN_NUMBER,
		 "number of the namespace in the snapshot" },
	[SOURCE] = { "SOURCE", COLUMN_LONG,
		     "source, and [directory] of the filesystem" },
	[FSTYPE] = { "FSTYPE", COLUMN_TEXT, "filesystem type" },
	[MASTER_ID] = { "MASTER-ID", COLUMN_NUMBER, "id of the master mount" },
	[MASTER_GROUP] = { "MASTER-GROUP", COLUMN_NUMBER,
			   "group of the master mount" },
	{}
};

#define DEFAULTS "GROUP,ID,NS,TARGET,OWNER,MASTER"

/* A row: a group, a mount in it, or a mount that is only a slave of it. */
struct item {
	const struct peer_group *group;
	const struct mount *m; /* NULL: the group itself */
};

static bool is_peer(const struct item *item)
{
	return item->m && item->m->group == item->group;
}

static void add_group(struct text *out, const struct item *item)
{
	char buf[64];

	if (is_peer(item)) {
		text_add(out, "peer");
		return;
	}
	/* what a member says of itself goes for the group */
	mount_propagation(item->m ? item->m : item->group->members[0], buf,
			  sizeof(buf));
	text_add(out, "%s", buf);
}

static void mount_cell(struct text *out, int column, const struct mount *m)
{
	switch (column) {
	case ID:
		text_add(out, "%d", m->id);
		break;
	case NS:
		text_add_id(out, m->ns ? m->ns->inum : 0);
		break;
	case TARGET:
		text_add(out, "%s", m->path);
		break;
	case OWNER:
		who_add_mount_owner(out, m);
		break;
	case NR:
		if (m->ns)
			text_add_number(out, m->ns->nr);
		break;
	case SOURCE:
		who_add_source(out, m);
		break;
	case FSTYPE:
		text_add(out, "%s", m->type);
		break;
	}
}

static void group_cell(struct text *out, int column, const struct peer_group *g)
{
	switch (column) {
	case MEMBERS:
		text_add_number(out, g->nr_members);
		break;
	case SLAVES:
		text_add_number(out, g->nr_slave_groups + g->nr_slaves);
		break;
	}
}

static void master_cell(struct text *out, int column,
			const struct mount *master)
{
	switch (column) {
	case MASTER:
		who_add_mount(out, master);
		break;
	case MASTER_ID:
		text_add(out, "%d", master->id);
		break;
	case MASTER_GROUP:
		text_add_id(out, master->group_id);
		break;
	}
}

static void cell(struct text *out, int column, const void *data)
{
	const struct item *item = data;
	const struct mount *master = item->m ? item->m->master :
					       item->group->master;

	if (column == GROUP)
		add_group(out, item);
	else if (column == KIND)
		text_add(out, !item->m	    ? "group" :
			      is_peer(item) ? "peer" :
					      "slave");
	else if (item->m)
		mount_cell(out, column, item->m);
	else
		group_cell(out, column, item->group);

	/* peers have that of their group */
	if (master && !is_peer(item))
		master_cell(out, column, master);
}

static struct table_row *add_rows(struct table *t, struct table_row *parent,
				  const struct peer_group *g)
{
	struct item item = { .group = g };
	struct table_row *row = table_row(t, parent, &item);
	size_t i;

	table_color(row, COLOR_GROUP);
	for (i = 0; i < g->nr_members; i++) {
		item.m = g->members[i];
		table_row(t, row, &item);
	}
	for (i = 0; i < g->nr_slaves; i++) {
		item.m = g->slaves[i];
		table_row(t, row, &item);
	}
	return row;
}

/*
 * A group with all below it.  @rows and @stack have a place for every group:
 * a group is a slave of one other at most, so each is pushed once.
 */
static void add_tree(struct table *t, const struct snapshot *s,
		     struct peer_group *top, struct table_row **rows,
		     struct peer_group **stack)
{
	size_t n = 0, i;

	stack[n++] = top;
	while (n) {
		struct peer_group *g = stack[--n];
		struct table_row *parent = NULL;

		if (g != top)
			parent = rows[g->master_group - s->groups];
		rows[g - s->groups] = add_rows(t, parent, g);
		for (i = g->nr_slave_groups; i-- > 0;)
			stack[n++] = g->slave_groups[i];
	}
}

static int to_group_id(const char *arg)
{
	char *end;
	long id;

	errno = 0;
	id = strtol(arg, &end, 10);
	if (!*arg || *end || errno || id < 1 || id > INT_MAX)
		fatal("%s: not the number of a peer group; see mntprop groups",
		      arg);
	return id;
}

static int run(const struct options *o)
{
	int id = o->nr_args ? to_group_id(o->args[0]) : 0;
	struct snapshot *s = command_load(o);
	struct table_row **rows = calloc(s->nr_groups + 1, sizeof(*rows));
	struct peer_group **stack = calloc(s->nr_groups + 1, sizeof(*stack));
	struct table *t = table_new(o, "groups", DEFAULTS, cell);
	struct peer_group *only = id ? snapshot_group(s, id) : NULL;
	size_t i;

	if (!rows || !stack)
		out_of_memory();
	if (only)
		add_tree(t, s, only, rows, stack);
	for (i = 0; !id && i < s->nr_groups; i++) {
		if (!s->groups[i].master_group)
			add_tree(t, s, &s->groups[i], rows, stack);
	}
	table_print(t);
	table_free(t);
	if (id && !only)
		warning("%d: no such peer group; see mntprop groups", id);
	free(rows);
	free(stack);
	snapshot_free(s);
	return id && !only ? EXIT_NO : EXIT_YES;
}

const struct command groups_command = {
	.name = "groups",
	.args = "[ID]",
	.max_args = 1,
	.options = "AcFJnoPrs",
	.columns = columns,
	.what = "Show each peer group with its members, and the forest of slaves",
	.run = run,
};
