// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "fatal.h"
#include "who.h"

/* clang-format off */

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
	[BROKEN_EARLIER] = { "earlier", "was mounted before there was a way, or unmounted there" },
};

/* clang-format on */

const char *answer_word(enum broken broken)
{
	return reasons[broken].word;
}

const char *answer_words(enum broken broken)
{
	return reasons[broken].what;
}

void answer_add_verdict(struct text *out, const struct answer *a)
{
	const struct explanation *e = &a->e;

	text_add(out, e->yes ? "YES" : "NO");
	if (e->yes && e->hidden)
		text_add(out, ", but hidden");
	text_add(out, ": what is mounted on %s ", a->full_path);
	if (a->from.ns != a->own) {
		text_add(out, "in ");
		who_add_namespace(out, a->from.ns);
		text_add(out, " ");
	}
	text_add(out, e->yes ? "appears in " : "does not appear in ");
	who_add_namespace(out, a->to.ns);
	if (e->yes)
		text_add(out, " at %s", e->path);
	else if (a->full_to_path)
		text_add(out, " at %s", a->full_to_path);
	if (e->yes && e->copies > 1)
		text_add(out, ", and %zu more time%s", e->copies - 1,
			 e->copies == 2 ? "" : "s");
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
	if (e->broken == BROKEN_FILESYSTEM) {
		text_add(out, "no mount there shows this filesystem");
		return;
	}
	who_add_mount(out, e->at ? e->at : e->target);
	text_add(out, " %s", reasons[e->broken].what);
}

void answer_add_reason(struct text *out, const struct answer *a)
{
	if (!a->e.yes)
		add_broken(out, &a->e);
	else if (a->e.hidden)
		add_hiding(out, &a->e);
}

/* The others say that nothing there is to be linked. */
static bool is_link(enum broken broken)
{
	switch (broken) {
	case BROKEN_PRIVATE:
	case BROKEN_UNBINDABLE:
	case BROKEN_COVERED:
	case BROKEN_SLAVE:
	case BROKEN_USER_NS:
	case BROKEN_GROUP:
		return true;
	default:
		return false;
	}
}

static bool shows(const struct mount *m, const struct location *p)
{
	char *path;

	if (shown_at(m, p, &path))
		out_of_memory();
	free(path);
	return path;
}

bool answer_is_cut(const struct explanation *e, const struct location *from)
{
	return !e->yes && e->target && is_link(e->broken) &&
	       shows(e->target, from);
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

static bool is_explained(const struct explanation *e,
			 const struct location *path)
{
	return e->yes || (e->target && shows(e->target, path));
}

/* If @path leads to the root of a mount: where that is mounted. */
static bool step_below(const struct location *path, struct location *below)
{
	const struct mount *m = path->mnt;

	if (strcmp(path->within, "/") || !m->parent || m->mp_state ||
	    m == m->ns->root)
		return false;
	*below = (struct location){ .mnt = m->parent,
				    .within = strdup(m->mountpoint) };
	if (!below->within)
		out_of_memory();
	return true;
}

static void ask(const struct answer *a, const struct location *path,
		struct explanation *e)
{
	if (explain(e, a->s, path, a->to.ns,
		    a->to_path.mnt ? &a->to_path : NULL))
		out_of_memory();
	if (!e->yes && e->cut)
		fatal("cannot tell: the path of the root of mount %d was cut, or that of mount %d",
		      e->cut->id, e->source->id);
}

/* The answer is @e, of @below, on which @on is mounted. */
static void take_answer(struct answer *a, struct explanation *e,
			const struct location *below, const struct mount *on)
{
	if (e->yes) {
		e->yes = false;
		e->hidden = false;
		e->broken = BROKEN_EARLIER;
		e->at = on;
	}
	a->mounted = a->path.mnt;
	explain_free(&a->e);
	a->e = *e;
	location_free(&a->path);
	a->path = *below;
}

/*
 * Nothing there shows what is mounted on the path already.  Why that did not get
 * there is asked of the mount below, or the one below that: the first that says
 * more.
 */
static void ask_below(struct answer *a)
{
	struct location at = a->path, below;
	struct explanation e;

	while (step_below(&at, &below)) {
		const struct mount *on = at.mnt;

		if (at.within != a->path.within)
			location_free(&at);
		ask(a, &below, &e);
		if (is_explained(&e, &below)) {
			take_answer(a, &e, &below, on);
			return;
		}
		explain_free(&e);
		at = below;
	}
	if (at.within != a->path.within)
		location_free(&at);
}

void answer_make(struct answer *a, const struct snapshot *s,
		 const struct options *o, const char *path)
{
	*a = (struct answer){ .o = o, .s = s, .own = who_default(s, o) };
	acting_open(&a->from, s, o, o->who);
	a->path = acting_lookup(&a->from, path);
	a->full_path = full_path(&a->path);
	open_to(a);
	ask(a, &a->path, &a->e);
	if (!is_explained(&a->e, &a->path))
		ask_below(a);
}

void answer_free(struct answer *a)
{
	explain_free(&a->e);
	location_free(&a->path);
	location_free(&a->to_path);
	free(a->full_path);
	free(a->full_to_path);
	acting_close(&a->from);
	acting_close(&a->to);
}
