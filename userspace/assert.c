// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop assert: are the mounts as a test expects?
 *
 * All that can go wrong does so before the first result is printed.
 */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acting.h"
#include "assertion.h"
#include "command.h"
#include "file.h"
#include "tap.h"
#include "who.h"

/* Mounts that are named when another number of them was expected. */
#define MAX_NAMED 30

/* A namespace that is spoken of. */
struct party {
	const char *who; /* NULL: that of -N, or the caller's */
	struct acting acting;
};

/* NAME=WHO, from the command line. */
struct definition {
	const char *name, *who;
	size_t len; /* of the name */
};

struct claim {
	struct assertion a;
	char *where; /* FILE:LINE */
	struct party *party; /* in whose namespace the subject is */
	struct location subject, object; /* without a mount: not spoken of */
	bool holds;
};

struct run {
	const struct options *o;
	const struct snapshot *s;
	struct definition *definitions;
	size_t nr_definitions;
	struct claim *claims;
	size_t nr_claims, room;
	struct party **parties;
	size_t nr_parties;
};

static bool is_name(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isalnum((unsigned char)s[i]) && s[i] != '_' && s[i] != '-')
			return false;
	}
	return len && !isdigit((unsigned char)*s);
}

static const struct definition *find_definition(const struct run *r,
						const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < r->nr_definitions; i++) {
		const struct definition *d = &r->definitions[i];

		if (len == d->len && !strncmp(name, d->name, len))
			return d;
	}
	return NULL;
}

static bool take_definition(struct run *r, const char *arg)
{
	size_t len = strcspn(arg, "=");

	if (!arg[len] || !is_name(arg, len))
		return false;
	if (find_definition(r, arg, len))
		fatal("%s: the name is defined already; give it once", arg);
	r->definitions[r->nr_definitions++] = (struct definition){
		.name = arg,
		.len = len,
		.who = arg + len + 1,
	};
	return true;
}

static void take_line(struct run *r, const char *line, const char *name,
		      size_t nr)
{
	struct error err;
	struct claim *c;

	if (r->nr_claims == r->room) {
		r->room = r->room ? 2 * r->room : 16;
		r->claims = reallocarray(r->claims, r->room, sizeof(*c));
		if (!r->claims)
			out_of_memory();
	}
	c = &r->claims[r->nr_claims];
	*c = (struct claim){};
	if (asprintf(&c->where, "%s:%zu", name, nr) < 0)
		out_of_memory();
	fatal_in(c->where);
	switch (assertion_parse(line, &c->a, &err)) {
	case -1:
		fatal("%s", err.text);
	case 0:
		free(c->where);
		break;
	default:
		r->nr_claims++;
	}
	fatal_in(NULL);
}

static void take_script(struct run *r, const char *name)
{
	bool from_stdin = !strcmp(name, "-");
	char *text, *rest, *line;
	struct error err;
	size_t len, nr = 0;

	if (from_stdin)
		name = "stdin";
	if (from_stdin ?
		    file_read_fd(STDIN_FILENO, name, NULL, &text, &len, &err) :
		    file_read(name, &text, &len, &err))
		fatal("%s", err.text);
	if (memchr(text, 0, len))
		fatal("%s: not a text; it has a byte of 0", name);
	rest = strndup(text, len);
	free(text);
	if (!rest)
		out_of_memory();
	text = rest;
	while ((line = strsep(&rest, "\n")))
		take_line(r, line, name, ++nr);
	free(text);
}

static void take_all(struct run *r)
{
	const struct options *o = r->o;
	int i;

	r->definitions = calloc(o->nr_args + 1, sizeof(*r->definitions));
	if (!r->definitions)
		out_of_memory();
	if (o->script)
		take_script(r, o->script);
	for (i = 0; i < o->nr_args; i++) {
		if (!take_definition(r, o->args[i]))
			take_line(r, o->args[i], "argument", i + 1);
	}
	if (!r->nr_claims)
		fatal("%s: nothing is asserted; see mntprop assert --help",
		      o->script ? o->script : "assert");
}

static const char *define(const struct run *r, const char *who)
{
	const struct definition *d;

	if (!who)
		return r->o->who;
	d = find_definition(r, who, strlen(who));
	return d ? d->who : who;
}

static struct party *find_party(struct run *r, const char *who)
{
	struct party *p;
	size_t i;

	who = define(r, who);
	for (i = 0; i < r->nr_parties; i++) {
		p = r->parties[i];
		if (who && p->who ? !strcmp(p->who, who) : p->who == who)
			return p;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		out_of_memory();
	p->who = who;
	acting_open(&p->acting, r->s, r->o, who);
	r->parties[r->nr_parties++] = p;
	return p;
}

static char *counted_path(const struct claim *c)
{
	char *path;

	if (!c->subject.mnt)
		return NULL;
	path = location_path(&c->subject);
	if (!path)
		out_of_memory();
	return path;
}

/* A mount of which it cannot be told whether it is at @path or below. */
static const struct mount *maybe_counted(const struct mnt_namespace *ns,
					 const char *path)
{
	size_t i;

	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *m = ns->mounts[i], *up = m->parent;

		if (!path_is_cut(m->mp_state))
			continue;
		/* If the path of the parent was cut, that one is asked. */
		if (!up || (*up->path == '/' && (path_below(path, up->path) ||
						 path_below(up->path, path))))
			return m;
	}
	return NULL;
}

static void need_whole_paths(const struct claim *c)
{
	char *path = counted_path(c);
	const struct mount *cut;

	/* All mounts are below /. */
	if (!path || !strcmp(path, "/")) {
		free(path);
		return;
	}
	cut = maybe_counted(c->party->acting.ns, path);
	if (cut)
		fatal("cannot tell: the path of mount %d was cut, and may be below %s",
		      cut->id, path);
	free(path);
}

static void resolve(struct run *r, struct claim *c)
{
	const struct assertion *a = &c->a;

	fatal_in(c->where);
	c->party = find_party(r, a->object.who && !a->object.path ?
					 a->object.who :
					 a->subject.who);
	if (a->subject.path)
		c->subject = acting_lookup(&c->party->acting, a->subject.path);
	if (a->object.path)
		c->object = acting_lookup(&find_party(r, a->object.who)->acting,
					  a->object.path);
	if (a->predicate == COUNT)
		need_whole_paths(c);
	fatal_in(NULL);
}

/* What is mounted there, not what the place is on. */
static struct mount *mounted_on(const struct location *at)
{
	return strcmp(at->within, "/") ? NULL : at->mnt;
}

/* The mounts of the namespace at @at and below it, or all. */
static bool is_counted(const struct mount *m, const char *path)
{
	return !path || path_below(m->path, path);
}

static size_t count_mounts(const struct claim *c)
{
	const struct mnt_namespace *ns = c->party->acting.ns;
	char *path = counted_path(c);
	size_t i, n = 0;

	for (i = 0; i < ns->nr_mounts; i++)
		n += is_counted(ns->mounts[i], path);
	free(path);
	return n;
}

static bool is_peer(const struct mount *m, const struct mount *of)
{
	return m != of && m->group && m->group == of->group;
}

static bool is_slave(const struct mount *m, const struct mount *of)
{
	if (!m->master)
		return false;
	return m->master == of || (of->group && m->master->group == of->group);
}

/* At one and the same place there must be another mount beneath. */
static bool is_on_top(const struct mount *m, const struct mount *of)
{
	if (m == of)
		return m->parent && mounted_at(m->parent, "/") == m;
	return m->parent == of;
}

static bool is_true(const struct claim *c, const struct mount *m,
		    const struct mount *other)
{
	switch (c->a.predicate) {
	case IS_PRIVATE:
		return !m->shared && !mount_is_slave(m) && !m->unbindable;
	case IS_SHARED:
		return m->shared;
	case IS_SLAVE:
		return mount_is_slave(m);
	case IS_UNBINDABLE:
		return m->unbindable;
	case PEER_OF:
		return other && is_peer(m, other);
	case SLAVE_OF:
		return other && is_slave(m, other);
	case ON_TOP_OF:
		return other && is_on_top(m, other);
	case MOUNTED_IN:
		return m;
	case ABSENT_IN:
		return !m;
	case COUNT:
		return count_mounts(c) == c->a.count;
	}
	return false;
}

/* Nothing holds of what is not mounted, also not that it is not so. */
static bool evaluate(const struct claim *c)
{
	const struct mount *m = NULL, *other = NULL;

	if (c->subject.mnt)
		m = mounted_on(&c->subject);
	if (c->object.mnt)
		other = mounted_on(&c->object);
	if (c->a.predicate < MOUNTED_IN && (!m || (c->object.mnt && !other)))
		return false;
	return is_true(c, m, other) != c->a.negated;
}

static void note_mount(const char *what, const struct mount *m)
{
	struct text line = {};
	char buf[64];

	text_add(&line, "%s: mount %d ", what, m->id);
	who_add_mount(&line, m);
	text_add(&line, ", %s", mount_propagation(m, buf, sizeof(buf)));
	if (m->master) {
		text_add(&line, ", a slave of mount %d ", m->master->id);
		who_add_mount(&line, m->master);
	}
	tap_note("%s", line.data);
	text_free(&line);
}

static void note_place(const struct location *at)
{
	char *path;

	if (!at->mnt)
		return;
	if (mounted_on(at)) {
		note_mount("found", at->mnt);
		return;
	}
	path = location_path(at);
	if (!path)
		out_of_memory();
	tap_note("found: nothing is mounted on %s", path);
	note_mount("it is on", at->mnt);
	free(path);
}

static void note_count(const struct claim *c)
{
	const struct mnt_namespace *ns = c->party->acting.ns;
	size_t n = count_mounts(c), i;
	char *path;

	tap_note("found: %zu mounts", n);
	if (n > MAX_NAMED)
		return;
	path = counted_path(c);
	for (i = 0; i < ns->nr_mounts; i++) {
		if (is_counted(ns->mounts[i], path))
			note_mount("one", ns->mounts[i]);
	}
	free(path);
}

static void note_found(const struct claim *c)
{
	const struct mount *m = c->subject.mnt;

	if (strncmp(c->where, "argument:", strlen("argument:")))
		tap_note("at %s", c->where);
	if (c->a.predicate == COUNT) {
		note_count(c);
		return;
	}
	note_place(&c->subject);
	note_place(&c->object);
	if (c->a.predicate == ON_TOP_OF && mounted_on(&c->subject) && m->parent)
		note_mount("the first is on", m->parent);
}

static bool print_results(const struct run *r)
{
	struct tap tap = {};
	size_t i;

	tap_plan(r->nr_claims);
	for (i = 0; i < r->nr_claims; i++) {
		const struct claim *c = &r->claims[i];

		tap_result(&tap, c->holds, NULL, c->a.text);
		if (!c->holds)
			note_found(c);
	}
	return !tap.failed;
}

static void free_all(struct run *r)
{
	size_t i;

	for (i = 0; i < r->nr_claims; i++) {
		assertion_free(&r->claims[i].a);
		location_free(&r->claims[i].subject);
		location_free(&r->claims[i].object);
		free(r->claims[i].where);
	}
	for (i = 0; i < r->nr_parties; i++) {
		acting_close(&r->parties[i]->acting);
		free(r->parties[i]);
	}
	free(r->claims);
	free(r->parties);
	free(r->definitions);
}

static int run(const struct options *o)
{
	struct run r = { .o = o };
	struct snapshot *s;
	bool holds;
	size_t i;

	if (o->file && o->script && !strcmp(o->file, "-") &&
	    !strcmp(o->script, "-"))
		fatal("-F and --script cannot both be standard input; give one of them a file");
	take_all(&r);
	s = command_load_complete(o);
	r.s = s;
	r.parties = calloc(2 * r.nr_claims, sizeof(*r.parties));
	if (!r.parties)
		out_of_memory();
	for (i = 0; i < r.nr_claims; i++) {
		resolve(&r, &r.claims[i]);
		r.claims[i].holds = evaluate(&r.claims[i]);
	}
	holds = print_results(&r);
	free_all(&r);
	snapshot_free(s);
	return holds ? EXIT_YES : EXIT_NO;
}

static const char language[] =
	"Assertions, where PLACE is [WHO:]/PATH:\n"
	" PLACE [not] private | shared | slave | unbindable\n"
	" PLACE [not] peer-of | slave-of | on-top-of PLACE\n"
	" /PATH [not] mounted-in | absent-in WHO\n"
	" [PLACE] [not] count NUMBER\n"
	"\n"
	"NAME=WHO makes NAME stand for WHO; # begins a comment.\n";

const struct command assert_command = {
	.name = "assert",
	.args = "[ASSERTION|NAME=WHO]...",
	.max_args = INT_MAX,
	.options = "FNis",
	.what = "Say whether the mounts are as a test expects, one line an assertion",
	.more = language,
	.run = run,
};
