// SPDX-License-Identifier: GPL-2.0-only
/* mntprop why: does a mount here appear there, and if not, what is in the way */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "command.h"
#include "mend.h"
#include "who.h"
#include "why.h"

/* clang-format off */
static const struct column columns[] = {
	[ANSWER] = { "ANSWER", COLUMN_TEXT, "YES or NO" },
	[REASON] = { "REASON", COLUMN_TEXT, "for NO: a word for the broken link" },
	[AT] = { "AT", COLUMN_NUMBER, "id of the mount at which it is broken" },
	[PATH] = { "PATH", COLUMN_LONG, "where it appears" },
	[HIDDEN_BY] = { "HIDDEN-BY", COLUMN_NUMBER,
			"id of the mount that hides it there" },
	[COPIES] = { "COPIES", COLUMN_NUMBER,
		     "how often it appears in the namespace" },
	[MOUNTED_ID] = { "MOUNTED-ID", COLUMN_NUMBER,
			 "id of the mount on the path that is not there, for NO" },
	[SOURCE_ID] = { "SOURCE-ID", COLUMN_NUMBER,
			"id of the mount that covers the path" },
	[TARGET_ID] = { "TARGET-ID", COLUMN_NUMBER,
			"id of the mount that gets it, or should" },
	[NS] = { "NS", COLUMN_NUMBER, "inode number of the other namespace" },
	[CHAIN] = { "CHAIN", COLUMN_LIST, "from one to the other, in words" },
	[CHAIN_IDS] = { "CHAIN-IDS", COLUMN_LIST, "ids of the mounts in it" },
	[MEND] = { "MEND", COLUMN_LIST, "what can be done" },
	{}
};

/* clang-format on */

#define DEFAULTS \
	"ANSWER,REASON,AT,PATH,HIDDEN-BY,COPIES,MOUNTED-ID,SOURCE-ID,TARGET-ID,NS,CHAIN,CHAIN-IDS,MEND"

void why_add_mount(struct text *out, const struct mount *m, const char *what)
{
	char buf[64];

	text_next(out);
	who_add_mount(out, m);
	text_add(out, ", %s: %s", mount_propagation(m, buf, sizeof(buf)), what);
}

/* What the step from @m to @next does. */
static const char *step(const struct mount *m, const struct mount *next)
{
	if (next->group && next->group == m->group)
		return "its peer: what is mounted on either is mounted on both";
	return next->shared ?
		       "a slave of that, and passes on to its own group" :
		       "a slave of that: gets it, and gives nothing back";
}

static void add_chain(struct text *out, const void *item)
{
	const struct answer *a = item;
	const struct explanation *e = &a->e;
	size_t i;

	if (a->mounted)
		why_add_mount(out, a->mounted,
			      "is mounted there; it goes by the mount below");
	why_add_mount(out, e->source, "it covers the path");
	for (i = 1; i < e->nr_chain; i++)
		why_add_mount(out, e->chain[i],
			      step(e->chain[i - 1], e->chain[i]));
	if (!e->yes && e->target && e->target != e->source && !e->nr_chain)
		why_add_mount(out, e->target,
			      a->to_path.mnt ?
				      "it covers the path there" :
				      "what comes nearest to it there");
}

static void add_ids(struct text *out, const struct answer *a)
{
	const struct explanation *e = &a->e;
	size_t i;

	text_add(out, "%d", e->source->id);
	for (i = 1; i < e->nr_chain; i++) {
		text_next(out);
		text_add(out, "%d", e->chain[i]->id);
	}
}

static void add_mends(struct text *out, const void *item)
{
	const struct answer *a = item;
	const struct mend mend = {
		.s = a->s,
		.e = &a->e,
		.own = a->own,
		.to = a->to.ns,
		.path = a->full_path,
		.to_path = a->full_to_path,
	};

	mend_add(out, &mend);
}

static void cell(struct text *out, int column, const void *item)
{
	const struct answer *a = item;
	const struct explanation *e = &a->e;

	switch (column) {
	case ANSWER:
		text_add(out, e->yes ? "YES" : "NO");
		break;
	case REASON:
		text_add(out, "%s", answer_word(e->broken));
		break;
	case AT:
		text_add_id(out, e->at ? e->at->id : 0);
		break;
	case PATH:
		text_add(out, "%s", e->path ? e->path : "");
		break;
	case HIDDEN_BY:
		text_add_id(out, e->hidden_by ? e->hidden_by->id : 0);
		break;
	case COPIES:
		text_add_number(out, e->copies);
		break;
	case MOUNTED_ID:
		text_add_id(out, a->mounted ? a->mounted->id : 0);
		break;
	case SOURCE_ID:
		text_add(out, "%d", e->source->id);
		break;
	case TARGET_ID:
		if (e->target)
			text_add(out, "%d", e->target->id);
		break;
	case NS:
		text_add_id(out, a->to.ns->inum);
		break;
	case CHAIN:
		add_chain(out, a);
		break;
	case CHAIN_IDS:
		add_ids(out, a);
		break;
	case MEND:
		add_mends(out, a);
		break;
	}
}

void why_print_list(const char *heading,
		    void (*add)(struct text *out, const void *item),
		    const void *item)
{
	struct text list = { .encode = true, .separator = "\n  " };

	add(&list, item);
	if (list.len && heading)
		puts(heading);
	if (list.len)
		printf("  %s\n", list.data);
	text_free(&list);
}

static void print_words(const struct answer *a)
{
	struct text line = { .encode = true };

	answer_add_verdict(&line, a);
	color_puts(a->e.yes ? COLOR_YES : COLOR_NO, line.data,
		   strcspn(line.data, ":"));
	why_print_list(NULL, add_chain, a);
	text_clear(&line);
	answer_add_reason(&line, a);
	if (line.len)
		puts(line.data);
	why_print_list("mend:", add_mends, a);
	text_free(&line);
}

static void print_table(const struct answer *a)
{
	struct table *t = table_new(a->o, "why", DEFAULTS, cell);

	table_color_cell(table_row(t, NULL, a), ANSWER,
			 a->e.yes ? COLOR_YES : COLOR_NO);
	table_print(t);
	table_free(t);
}

static int run(const struct options *o)
{
	struct snapshot *s;
	struct answer a;
	bool yes;

	if (!o->to == !o->need)
		fatal("why: give either --to WHO or --need TYPE; see mntprop why --help");
	if (o->need)
		return need_run(o);
	s = command_load_complete(o);
	answer_make(&a, s, o, o->args[0]);
	if (o->format == FORMAT_TABLE && !o->columns)
		print_words(&a);
	else
		print_table(&a);
	yes = a.e.yes;
	answer_free(&a);
	snapshot_free(s);
	return yes ? EXIT_YES : EXIT_NO;
}

const struct command why_command = {
	.name = "why",
	.args = "PATH",
	.min_args = 1,
	.max_args = 1,
	.options = "cFJNoPrets",
	.columns = columns,
	.by_rules = true,
	.what = "Say whether a mount on PATH appears in another namespace, and why not",
	.run = run,
};
