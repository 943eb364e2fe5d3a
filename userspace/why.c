// SPDX-License-Identifier: GPL-2.0-only
/* mntprop why: does a mount here appear there, and if not, what is in the way */
#include <stdlib.h>
#include <string.h>

#include "acting.h"
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

#define DEFAULTS "ANSWER,REASON,AT,PATH,HIDDEN-BY,COPIES,SOURCE-ID,TARGET-ID,NS,CHAIN,CHAIN-IDS,MEND"

/* The word is for programs, the rest is said of the mount at which it breaks. */
static const struct {
	const char *word, *what;
} reasons[NR_BROKEN] = {
	[BROKEN_NOTHING] = { "", "" },
	[BROKEN_PRIVATE] = { "private", "is private: nothing leaves it, nothing arrives" },
	[BROKEN_UNBINDABLE] = { "unbindable", "is unbindable: nothing leaves, nothing arrives" },
	[BROKEN_COVERED] = { "covered", "covers one that would pass it on, and does not" },
	[BROKEN_SLAVE] = { "slave", "is a slave: it gets, and gives nothing back" },
	[BROKEN_USER_NS] = { "user-namespace", "is a slave, being of another user namespace" },
	[BROKEN_GROUP] = { "group", "gets only from another group" },
	[BROKEN_OUTSIDE] = { "outside", "is of another directory, that path is outside of it" },
	[BROKEN_ELSEWHERE] = { "elsewhere", "gets it at another path" },
	[BROKEN_DIRECTORY] = { "directory", "covers the path there: it is another directory" },
	[BROKEN_FILESYSTEM] = { "filesystem", "" },
	[BROKEN_ANONYMOUS] = { "anonymous", "is not attached: nothing arrives on it" },
};

/* clang-format on */

struct answer {
	const struct options *o;
	const struct snapshot *s;
	struct acting from, to;
	struct location path, to_path; /* without a mount if none was named */
	char *full_path,
		*full_to_path; /* the same from the namespaces' roots */
	const struct mnt_namespace *own;
	struct explanation e;
};

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
		text_add(out, "%s", reasons[e->broken].word);
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

void why_add_namespace(struct text *out, const struct mnt_namespace *ns)
{
	who_add_ns(out, ns);
	text_add(out, " (");
	who_add_owner(out, ns);
	text_add(out, ")");
}

static void add_verdict(struct text *out, const struct answer *a)
{
	const struct explanation *e = &a->e;

	text_add(out, e->yes ? "YES" : "NO");
	if (e->yes && e->hidden)
		text_add(out, ", but hidden");
	text_add(out, ": what is mounted on %s ", a->full_path);
	if (a->from.ns != a->own) {
		text_add(out, "in ");
		why_add_namespace(out, a->from.ns);
		text_add(out, " ");
	}
	text_add(out, e->yes ? "appears in " : "does not appear in ");
	why_add_namespace(out, a->to.ns);
	if (e->yes)
		text_add(out, " at %s", e->path);
	else if (a->full_to_path)
		text_add(out, " at %s", a->full_to_path);
	if (e->yes && e->copies > 1)
		text_add(out, ", and %zu more times", e->copies - 1);
}

static void add_hiding(struct text *out, const struct explanation *e)
{
	if (!e->hidden_by) {
		text_add(out,
			 "hidden: no path leads to the mount it appears on");
		return;
	}
	text_add(out, "hidden: ");
	who_add_mount(out, e->hidden_by);
	text_add(out,
		 e->beneath ?
			 " is mounted there already: it goes beneath that" :
			 " covers it");
}

static void add_broken(struct text *out, const struct explanation *e)
{
	text_add(out, "broken: ");
	if (!e->at) {
		text_add(out, "no mount there shows this filesystem");
		return;
	}
	who_add_mount(out, e->at);
	text_add(out, " %s", reasons[e->broken].what);
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

	add_verdict(&line, a);
	puts(line.data);
	why_print_list(NULL, add_chain, a);
	text_clear(&line);
	if (!a->e.yes)
		add_broken(&line, &a->e);
	else if (a->e.hidden)
		add_hiding(&line, &a->e);
	if (line.len)
		puts(line.data);
	why_print_list("mend:", add_mends, a);
	text_free(&line);
}

static void print_table(const struct answer *a)
{
	struct table *t = table_new(a->o, "why", DEFAULTS, cell);

	table_row(t, NULL, a);
	table_print(t);
	table_free(t);
}

static char *full_path(const struct location *at)
{
	char *path = location_path(at);

	if (!path)
		out_of_memory();
	return path;
}

/* WHO may be a file, so what makes a path is the slash after a colon. */
static void open_to(struct answer *a)
{
	const char *colon = strstr(a->o->to, ":/");
	char *who;

	if (!colon) {
		acting_open(&a->to, a->s, a->o, a->o->to);
		return;
	}
	who = strndup(a->o->to, colon - a->o->to);
	if (!who)
		out_of_memory();
	acting_open(&a->to, a->s, a->o, who);
	free(who);
	a->to_path = acting_lookup(&a->to, colon + 1);
	a->full_to_path = full_path(&a->to_path);
}

static int run(const struct options *o)
{
	struct snapshot *s;
	struct answer a = { .o = o };
	bool yes;

	if (!o->to == !o->need)
		fatal("why: give either --to WHO or --need TYPE; see mntprop why --help");
	if (o->need)
		return need_run(o);
	s = command_load(o);
	a.s = s;
	a.own = who_default(s, o);
	acting_open(&a.from, s, o, o->who);
	a.path = acting_lookup(&a.from, o->args[0]);
	a.full_path = full_path(&a.path);
	open_to(&a);
	if (explain(&a.e, s, &a.path, a.to.ns,
		    a.to_path.mnt ? &a.to_path : NULL))
		out_of_memory();
	if (o->format == FORMAT_TABLE && !o->columns)
		print_words(&a);
	else
		print_table(&a);
	yes = a.e.yes;
	explain_free(&a.e);
	location_free(&a.path);
	location_free(&a.to_path);
	free(a.full_path);
	free(a.full_to_path);
	acting_close(&a.from);
	acting_close(&a.to);
	snapshot_free(s);
	return yes ? EXIT_YES : EXIT_NO;
}

const struct command why_command = {
	.name = "why",
	.args = "PATH",
	.min_args = 1,
	.max_args = 1,
	.options = "FJNoPrets",
	.columns = columns,
	.what = "Say whether a mount on PATH appears in another namespace, and why not",
	.run = run,
};
