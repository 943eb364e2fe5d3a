// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop why --need: daemons refuse a path that "is mounted on … but it is not
 * a shared mount".  What they go by is the mount that covers it in their own
 * namespace.
 */
#include <stdlib.h>
#include <string.h>

#include "acting.h"
#include "command.h"
#include "mend.h"
#include "shell.h"
#include "who.h"
#include "why.h"

struct need {
	const char *type;
	struct acting asked;
	struct location at;
	char *path; /* from the root of the namespace */
	const struct mnt_namespace *own;
	struct location mine; /* the same path here; no mount if it is the same */
	bool yes;
};

/* A slave is asked for to make a copy that is one: a shared mount gives it, too. */
static bool satisfies(const struct mount *m, const char *type)
{
	if (!strcmp(type, "shared"))
		return m->shared;
	if (!strcmp(type, "slave"))
		return m->shared || mount_is_slave(m);
	if (!strcmp(type, "private"))
		return !m->shared && !mount_is_slave(m);
	fatal("--need: neither shared, slave nor private");
}

static void add_covers(struct text *out, const void *item)
{
	const struct need *n = item;

	why_add_mount(out, n->at.mnt, "it covers the path");
	if (n->mine.mnt)
		why_add_mount(out, n->mine.mnt,
			      "covers it here, which does not count there");
}

static void add_command(struct text *out, const struct need *n,
			const char *what, const char *path)
{
	mend_add_nsenter(out, n->own, n->asked.ns);
	text_add(out, "mount %s", what);
	shell_add_word(out, path);
}

static void add_mends(struct text *out, const void *item)
{
	const struct need *n = item;
	bool private = !strcmp(n->type, "private");
	const char *mountpoint = n->at.mnt->path;

	if (n->yes)
		return;
	text_next(out);
	add_command(out, n, private ? "--make-rprivate" : "--make-rshared",
		    mountpoint);
	if (!strcmp(n->path, mountpoint))
		return;
	text_next(out);
	text_add(out, "or for this directory alone: ");
	add_command(out, n, "--bind", n->path);
	shell_add_word(out, n->path);
	text_add(out, " && ");
	add_command(out, n, private ? "--make-private" : "--make-shared",
		    n->path);
}

static void cell(struct text *out, int column, const void *item)
{
	const struct need *n = item;

	switch (column) {
	case ANSWER:
		text_add(out, n->yes ? "YES" : "NO");
		break;
	case PATH:
		text_add(out, "%s", n->at.mnt->path);
		break;
	case SOURCE_ID:
		text_add(out, "%d", n->at.mnt->id);
		break;
	case NS:
		text_add_id(out, n->asked.ns->inum);
		break;
	case CHAIN:
		add_covers(out, n);
		break;
	case MEND:
		add_mends(out, n);
		break;
	}
}

static const char *type_of(const struct mount *m)
{
	if (m->shared)
		return mount_is_slave(m) ?
			       "a shared mount that is a slave, too" :
			       "a shared mount";
	if (mount_is_slave(m))
		return "a slave mount";
	return m->unbindable ? "an unbindable mount" : "a private mount";
}

static const char *wanted(const char *type)
{
	if (!strcmp(type, "slave"))
		return "shared or slave mount";
	return !strcmp(type, "shared") ? "shared mount" : "private mount";
}

static void print_words(const struct need *n)
{
	struct text line = { .encode = true };

	text_add(&line, "%s: %s", n->yes ? "YES" : "NO", n->path);
	if (n->asked.ns != n->own) {
		text_add(&line, " in ");
		who_add_namespace(&line, n->asked.ns);
	}
	text_add(&line, " is on %s", type_of(n->at.mnt));
	if (!n->yes)
		text_add(&line, ", not on a %s", wanted(n->type));
	color_puts(n->yes ? COLOR_YES : COLOR_NO, line.data,
		   strcspn(line.data, ":"));
	text_free(&line);
	why_print_list(NULL, add_covers, n);
	why_print_list("mend:", add_mends, n);
}

/* What the reader sees where he is, to set it beside what the daemon has. */
static void look_here(struct need *n, const struct snapshot *s,
		      const struct options *o)
{
	struct acting own;

	if (n->asked.ns == n->own)
		return;
	acting_open(&own, s, o, NULL);
	n->mine = acting_lookup(&own, n->path);
	acting_close(&own);
}

int need_run(const struct options *o)
{
	struct snapshot *s = command_load_complete(o);
	struct need n = { .type = o->need };
	struct table *t;
	bool yes;

	n.own = who_default(s, o);
	acting_open(&n.asked, s, o, o->who);
	n.at = acting_lookup(&n.asked, o->args[0]);
	n.path = location_path(&n.at);
	if (!n.path)
		out_of_memory();
	n.yes = satisfies(n.at.mnt, n.type);
	look_here(&n, s, o);

	if (o->format == FORMAT_TABLE && !o->columns) {
		print_words(&n);
	} else {
		t = table_new(o, "why", "ANSWER,PATH,SOURCE-ID,NS,CHAIN,MEND",
			      cell);
		table_color_cell(table_row(t, NULL, &n), ANSWER,
				 n.yes ? COLOR_YES : COLOR_NO);
		table_print(t);
		table_free(t);
	}
	yes = n.yes;
	location_free(&n.at);
	location_free(&n.mine);
	free(n.path);
	acting_close(&n.asked);
	snapshot_free(s);
	return yes ? EXIT_YES : EXIT_NO;
}
