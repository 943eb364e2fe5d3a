// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "colors.h"
#include "text.h"
#include "unified.h"

/* Blanks end a value. */
static void add_value(struct text *out, const char *name, const char *value)
{
	text_add(out, " %s=", name);
	for (; *value; value++) {
		size_t len = strcspn(value, " \\");

		text_add(out, "%.*s", (int)len, value);
		value += len;
		if (!*value)
			return;
		text_add(out, "\\%03o", (unsigned char)*value);
	}
}

static void add_string(struct text *out, const char *name, const char *value)
{
	if (value && *value)
		add_value(out, name, value);
}

static void add_number(struct text *out, const char *name, size_t n)
{
	if (n)
		text_add(out, " %s=%zu", name, n);
}

static void add_mount(struct text *out, const struct placed *p)
{
	const struct mount *m = p->m;

	if (p->ns->ns)
		text_add(out, "mount ns=%zu", p->ns->nr);
	else
		text_add(out, "mount state=%s", m->state);
	add_value(out, "path", m->path);
	add_string(out, "mp_state", m->mp_state);
	add_value(out, "type", m->type);
	add_string(out, "source", m->source);
	add_value(out, "root", m->root);
	add_string(out, "root_state", m->root_state);
	add_number(out, "fs", p->fs);
	add_string(out, "flags", m->flags);
	add_string(out, "sb_flags", m->sb_flags);
	add_number(out, "group", p->group);
	add_number(out, "master", p->master);
	if (mount_is_slave(m) && !p->master)
		text_add(out, " master=?");
}

static void add_ns(struct text *out, const struct side *side,
		   const struct placed_ns *ns)
{
	if (!ns->ns) {
		text_add(out, "none");
		return;
	}
	text_add(out, "ns nr=%zu anon=%d user_ns=%s", ns->nr, ns->ns->anon,
		 ns->ns->user_ns == side->s->namespaces[0].user_ns ? "initial" :
								     "other");
}

static bool has(const struct step *step, int which)
{
	return step->ns[which] && (step->mount[which] || !step->mount[!which]);
}

static bool is_same(const struct step *step)
{
	if (!has(step, 0) || !has(step, 1))
		return false;
	return !step->mount[0] || !pairing_differ(step->mount[0]);
}

static void print_line(const struct pairing *p, const struct step *step,
		       int which, char sign, struct text *line)
{
	enum color color = sign == '-' ? COLOR_REMOVED :
			   sign == '+' ? COLOR_ADDED :
					 COLOR_NONE;

	text_clear(line);
	text_add(line, "%c", sign);
	if (step->mount[which])
		add_mount(line, step->mount[which]);
	else
		add_ns(line, &p->side[which], step->ns[which]);
	color_puts(color, line->data, line->len);
}

/* Of changes one after the other, what is gone comes before what has come. */
static void print_changes(const struct pairing *p, size_t from, size_t to,
			  struct text *line)
{
	size_t i;

	for (i = from; i < to; i++) {
		if (has(&p->steps[i], 0))
			print_line(p, &p->steps[i], 0, '-', line);
	}
	for (i = from; i < to; i++) {
		if (has(&p->steps[i], 1))
			print_line(p, &p->steps[i], 1, '+', line);
	}
}

static void print_steps(const struct pairing *p, size_t from, size_t to,
			struct text *line)
{
	size_t i, end;

	for (i = from; i < to; i = end) {
		end = i + 1;
		if (is_same(&p->steps[i])) {
			print_line(p, &p->steps[i], 1, ' ', line);
			continue;
		}
		while (end < to && !is_same(&p->steps[end]))
			end++;
		print_changes(p, i, end, line);
	}
}

/* Where a part of a file begins, and how long it is. */
static void print_range(size_t before, size_t nr)
{
	if (nr == 1)
		printf("%zu", before + 1);
	else
		printf("%zu,%zu", before + !!nr, nr);
}

static size_t count(const struct pairing *p, size_t from, size_t to, int which)
{
	size_t i, n = 0;

	for (i = from; i < to; i++)
		n += has(&p->steps[i], which);
	return n;
}

/* The end of the changes from @from on that are not far from one another. */
static size_t end_of_hunk(const struct pairing *p, size_t from, size_t context)
{
	size_t i, last = from;

	for (i = from; i < p->nr_steps && i - last <= 2 * context + 1; i++) {
		if (!is_same(&p->steps[i]))
			last = i;
	}
	return last + 1;
}

void unified_print(const struct pairing *p, size_t context)
{
	struct text line = { .encode = true };
	size_t i, done = 0, lines[2] = {};
	int which;

	text_add(&line, "%s", p->side[0].s->name);
	printf("--- %s\n", line.data);
	text_clear(&line);
	text_add(&line, "%s", p->side[1].s->name);
	printf("+++ %s\n", line.data);
	for (i = 0; i < p->nr_steps; i++) {
		size_t from, to;

		if (is_same(&p->steps[i]))
			continue;
		from = i - done > context ? i - context : done;
		to = end_of_hunk(p, i, context);
		i = to;
		to = p->nr_steps - to > context ? to + context : p->nr_steps;
		for (which = 0; which < 2; which++)
			lines[which] += count(p, done, from, which);
		printf("%s@@ -", color_start(STDOUT_FILENO, COLOR_HUNK));
		print_range(lines[0], count(p, from, to, 0));
		printf(" +");
		print_range(lines[1], count(p, from, to, 1));
		printf(" @@%s\n", color_end(STDOUT_FILENO, COLOR_HUNK));
		print_steps(p, from, to, &line);
		for (which = 0; which < 2; which++)
			lines[which] += count(p, from, to, which);
		done = to;
		i = to - 1;
	}
	text_free(&line);
}
