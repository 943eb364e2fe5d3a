// SPDX-License-Identifier: GPL-2.0-only
/* What mntprop graph --predict and --why have to say of each mount. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "command.h"
#include "picture.h"
#include "prediction.h"
#include "who.h"

#define MAX_WORDS 8

/* That of predict, as far as it is the operation's. */
static const struct command operation_command = {
	.name = "predict",
	.args = "OPERATION PATH...",
	.min_args = 2,
	.max_args = 3,
	.options = "ElR",
	.what = "The operation",
};

static struct fate *fate_of(const struct question *q, const struct mount *m)
{
	return &q->fates[m - q->s->mounts];
}

static struct fate *ask(const struct question *q, const struct mount *m)
{
	struct fate *fate = fate_of(q, m);

	fate->asked = true;
	return fate;
}

static void add_ghost(struct question *q, const struct mount *on,
		      const struct ghost *what)
{
	struct ghost *ghost = picture_alloc(q->arena, 1, sizeof(*ghost)), **end;

	*ghost = *what;
	for (end = &ask(q, on)->ghosts; *end; end = &(*end)->next)
		;
	*end = ghost;
}

static char *words_of(struct question *q, struct text *t)
{
	char *words = t->data ? picture_string(q->arena, t->data) : NULL;

	text_free(t);
	return words;
}

/*
 * The words of a line as a shell would have them, without expansions: blanks
 * separate, quotes and backslashes keep together.  @line is overwritten.
 */
static int split(char *line, char **words)
{
	char *from = line, *to = line, quote;
	int n = 0;

	for (;;) {
		from += strspn(from, " \t\n");
		if (!*from)
			break;
		if (n == MAX_WORDS)
			fatal("--predict: too many words; see mntprop predict --help");
		words[n++] = to;
		for (quote = 0; *from && (quote || !strchr(" \t\n", *from));) {
			if (quote ? *from == quote : !!strchr("'\"", *from)) {
				quote = quote ? 0 : *from;
				from++;
				continue;
			}
			if (*from == '\\' && quote != '\'' && from[1])
				from++;
			*to++ = *from++;
		}
		if (quote)
			fatal("--predict: a quote is not closed; close it");
		if (*from)
			from++;
		*to++ = 0;
	}
	words[n] = NULL;
	return n;
}

static bool hides(const struct prediction *p)
{
	return p->appears && p->hidden == p->appears;
}

static enum verdict verdict_of(const struct prediction *p)
{
	if (p->outcome.error)
		return VERDICT_NO;
	return hides(p) ? VERDICT_HIDDEN : VERDICT_YES;
}

static char *type_of(struct question *q, const struct world_mount *m)
{
	struct text type = {};

	prediction_add_type(&type, &m->now, true);
	return words_of(q, &type);
}

/* What it becomes: another type, or with other options. */
static char *change_of(struct question *q, const struct row *row)
{
	struct text words = {};
	const struct world_mount *m = row->change->mount;

	if (!(row->change->what & CHANGE_FLAGS))
		return type_of(q, m);
	if (row->change->what & CHANGE_TYPE) {
		prediction_add_type(&words, &m->now, true);
		text_add(&words, " ");
	}
	prediction_add_options(&words, m->now.flags);
	return words_of(q, &words);
}

static char *hidden_by(struct question *q, const struct row *row)
{
	struct text words = {};
	char *path;

	if (!row->hidden_by)
		return NULL;
	path = prediction_path(row->hidden_by);
	text_add(&words, "%s %s",
		 row->change->what & CHANGE_BENEATH ? "beneath" : "by", path);
	free(path);
	return words_of(q, &words);
}

/* It comes to @on, a mount that is there. */
static void add_arrival(struct question *q, const struct row *row)
{
	const struct world_mount *m = row->change->mount;
	const struct mount *on = m->now.parent->origin;
	struct ghost ghost = { .hidden = row->hidden };
	char *path;

	if (!on)
		return;
	path = prediction_path(m);
	ghost.path = picture_string(q->arena, path);
	ghost.type = type_of(q, m);
	if (row->hidden)
		ghost.by = hidden_by(q, row);
	if (row->hidden_by && row->hidden_by->origin)
		ask(q, row->hidden_by->origin);
	add_ghost(q, on, &ghost);
	if (row->hidden)
		fate_of(q, on)->hides = true;
	else
		fate_of(q, on)->carries = true;
	free(path);
}

static void add_change(struct question *q, const struct row *row)
{
	const struct world_mount *m = row->change->mount;
	unsigned int what = row->change->what;

	if (what & (CHANGE_APPEARED | CHANGE_GETS_PATH))
		add_arrival(q, row);
	if (!m->origin)
		return;
	if (what & CHANGE_GONE)
		ask(q, m->origin)->goes = true;
	else if (what & CHANGE_GETS_PATH)
		ask(q, m->origin)->moves = true;
	else
		ask(q, m->origin)->becomes = change_of(q, row);
	if (m->origin->parent)
		ask(q, m->origin->parent);
}

static void cut(struct question *q, const struct explanation *e)
{
	const struct mount *at = e->at ? e->at : e->target;

	if (at)
		ask(q, at)->cut = answer_words(e->broken);
	if (e->target && e->target != e->source && e->broken != BROKEN_EARLIER)
		ask(q, e->target)->cut_from_source = true;
}

/* What would get it, were it not for a link that is broken. */
static void add_cuts(struct question *q, const struct prediction *p)
{
	const struct location *to = &p->plan.target;
	struct explanation e;
	size_t i;

	ask(q, to->mnt);
	q->source = to->mnt;
	for (i = 0; i < q->s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &q->s->namespaces[i];

		if (ns->anon)
			continue;
		if (explain(&e, q->s, to, ns, NULL))
			out_of_memory();
		if (answer_is_cut(&e, to))
			cut(q, &e);
		explain_free(&e);
	}
}

static void predict(struct question *q, const struct options *o)
{
	char *line = picture_string(q->arena, o->predict);
	char *words[MAX_WORDS + 2] = { (char *)operation_command.name };
	struct options operation;
	struct prediction p;
	struct row row;
	size_t i;

	options_parse(&operation, &operation_command,
		      split(line, words + 1) + 1, words);
	operation.file = o->file;
	operation.source = o->source;
	operation.who = o->who;
	prediction_make(&p, q->s, &operation);
	q->verdict = verdict_of(&p);
	text_add(&q->words, "%s: ", o->predict);
	prediction_add_verdict(&q->words, &p);
	for (i = 0; !p.outcome.error && i < p.outcome.nr_changes; i++) {
		const struct world_change *c = &p.outcome.changes[i];

		if (prediction_row(&p, c, &row))
			add_change(q, &row);
		else if ((c->what & CHANGE_GONE) && c->mount->origin)
			ask(q, c->mount->origin)->goes = true;
	}
	if (p.plan.target.mnt) {
		ask(q, p.plan.target.mnt);
		if (p.outcome.error && p.plan.source.mnt)
			ask(q, p.plan.source.mnt);
		q->related = p.outcome.error || plan_changes_mounts(&p.plan);
		if (!q->related && plan_attaches(&p.plan))
			add_cuts(q, &p);
	}
	prediction_free(&p);
}

static void add_answer(struct question *q, const struct answer *a)
{
	const struct explanation *e = &a->e;
	struct ghost ghost = { .path = picture_string(q->arena, a->full_path) };
	struct text by = {};
	size_t i;

	for (i = 0; i < e->nr_chain; i++)
		ask(q, e->chain[i])->carries = e->yes;
	if (e->yes && e->hidden) {
		ask(q, e->target)->carries = false;
		ask(q, e->target)->hides = true;
	}
	if (a->mounted)
		ask(q, a->mounted);
	else if (e->target != e->source || !e->yes)
		add_ghost(q, e->source, &ghost);
	if (!e->yes) {
		cut(q, e);
		if (!e->target && a->to.ns->root) {
			struct fate *fate = ask(q, topmost(a->to.ns->root));

			fate->cut = "shows another filesystem";
			fate->cut_from_source = true;
		}
		return;
	}
	ghost.path = picture_string(q->arena, e->path);
	ghost.hidden = e->hidden;
	if (e->hidden_by) {
		ask(q, e->hidden_by);
		text_add(&by, "%s %s", e->beneath ? "beneath" : "by",
			 e->hidden_by->path);
		ghost.by = words_of(q, &by);
	}
	add_ghost(q, e->target, &ghost);
}

static void why(struct question *q, const struct options *o)
{
	struct answer a;

	answer_make(&a, q->s, o, o->why);
	answer_add_verdict(&q->words, &a);
	q->verdict = !a.e.yes	? VERDICT_NO :
		     a.e.hidden ? VERDICT_HIDDEN :
				  VERDICT_YES;
	q->source = a.e.source;
	ask(q, a.e.source);
	add_answer(q, &a);
	answer_free(&a);
}

void question_make(struct question *q, const struct snapshot *s,
		   const struct options *o)
{
	*q = (struct question){ .s = s, .arena = arena_new() };
	if (!q->arena)
		out_of_memory();
	q->words.encode = true;
	q->fates = picture_alloc(q->arena, s->nr_mounts, sizeof(*q->fates));
	if (o->predict)
		predict(q, o);
	else if (o->why)
		why(q, o);
}

void question_free(struct question *q)
{
	text_free(&q->words);
	arena_free(q->arena);
}
