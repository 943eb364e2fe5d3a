// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reproduce.h"
#include "shrink.h"

struct attempt {
	const struct rules *rules;
	const char *report; /* of the whole script */
	bool broken; /* the kernel, before the first step */
};

/* Whether two lines are the same but for numbers. */
static bool alike(const char *a, const char *b)
{
	for (;;) {
		while (isdigit((unsigned char)*a) || *a == '-')
			a++;
		while (isdigit((unsigned char)*b) || *b == '-')
			b++;
		if (*a != *b)
			return false;
		if (!*a || *a == '\n')
			return true;
		a++;
		b++;
	}
}

/* "#  " begins what differs, and with more blanks come details. */
static bool is_finding(const char *line)
{
	return !strncmp(line, "#  ", 3) && line[3] != ' ';
}

static const char *next_line(const char *line)
{
	line = strchrnul(line, '\n');
	return *line ? line + 1 : line;
}

/* Whether something in both reports is of the same kind. */
static bool same_kind(const char *a, const char *b)
{
	const char *x, *y;

	for (x = a; *x; x = next_line(x)) {
		for (y = b; *y && is_finding(x); y = next_line(y)) {
			if (is_finding(y) && alike(x, y))
				return true;
		}
	}
	return false;
}

static void keep_reproducer(struct replay *r, void *arg)
{
	*(char **)arg = reproduce(r);
}

/* Whether it shows the same; then @s is what was done. */
static bool try(struct attempt *all, const struct script *script,
		struct shrunk *s, bool reproducer)
{
	struct replay r;
	char *text = NULL;
	int done;

	done = replay_script(&r, script, all->rules,
			     reproducer ? keep_reproducer : NULL, &text);
	if (r.broken)
		all->broken = true;
	if (!r.report || r.broken || !same_kind(all->report, r.report)) {
		free(r.report);
		free(text);
		return false;
	}
	shrunk_free(s);
	s->script = *script;
	s->script.nr_steps = done + 1;
	s->report = r.report;
	s->reproducer = text;
	return true;
}

/* The script without the @n steps from @from on. */
static bool try_without(struct attempt *all, struct shrunk *s, int from, int n)
{
	struct script shorter = s->script;

	shorter.nr_steps -= n;
	memmove(&shorter.steps[from], &shorter.steps[from + n],
		(s->script.nr_steps - from - n) * sizeof(shorter.steps[0]));
	return try(all, &shorter, s, false);
}

/* Delta debugging: takes out as much as can be, in halves, quarters, … */
static void take_out(struct attempt *all, struct shrunk *s)
{
	int n, from;

	for (n = s->script.nr_steps / 2; n; n /= 2) {
		for (from = 0; from + n < s->script.nr_steps && !all->broken;) {
			if (!try_without(all, s, from, n))
				from += n;
		}
	}
	for (from = 0; from + 1 < s->script.nr_steps && !all->broken;) {
		if (!try_without(all, s, from, 1))
			from++;
	}
}

bool shrink(const struct script *script, const struct rules *rules,
	    const char *report, struct shrunk *shortest)
{
	struct attempt all = { .rules = rules, .report = report };
	struct script last;

	*shortest = (struct shrunk){};
	if (!try(&all, script, shortest, false)) {
		shortest->why =
			all.broken ?
				"broken before the first operation of a repetition" :
				"what was seen was not seen again";
		return false;
	}
	take_out(&all, shortest);
	last = shortest->script;
	if (!all.broken && try(&all, &last, shortest, true))
		return true;
	shrunk_free(shortest);
	shortest->why =
		all.broken ?
			"broken before the first operation of a repetition" :
			"the shortest script did not show it a second time";
	return false;
}

void shrunk_free(struct shrunk *s)
{
	free(s->report);
	free(s->reproducer);
	*s = (struct shrunk){};
}
