// SPDX-License-Identifier: GPL-2.0-only
/*
 * A command line, one word a line: its options, and what its words stand for.  A
 * command is not run, as some write files or load a module.
 */
#include <string.h>

#include "answer.h"
#include "command.h"
#include "fuzz.h"
#include "prediction.h"
#include "subject.h"

#define MAX_WORDS 12

static const struct command *const commands[] = {
	&tree_command,	  &ns_command,	    &groups_command,  &why_command,
	&predict_command, &holders_command, &watch_command,   &check_command,
	&assert_command,  &diff_command,    &metrics_command, &graph_command,
	&save_command,	  &rules_command,   &load_command,    &unload_command,
};

struct line {
	int argc;
	char *argv[MAX_WORDS + 1];
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static void predict(const struct options *o)
{
	struct text verdict = {};
	struct prediction p;
	struct row row;
	size_t i;

	prediction_make(&p, fuzz_story(), o);
	prediction_add_verdict(&verdict, &p);
	FUZZ_REQUIRE(verdict.len);
	for (i = 0; i < p.outcome.nr_changes; i++)
		prediction_row(&p, &p.outcome.changes[i], &row);
	text_free(&verdict);
	prediction_free(&p);
}

static void why(const struct options *o)
{
	struct text out = {};
	struct answer a;

	answer_make(&a, fuzz_story(), o, o->args[0]);
	answer_add_verdict(&out, &a);
	FUZZ_REQUIRE(out.len);
	answer_add_reason(&out, &a);
	text_free(&out);
	answer_free(&a);
}

static void holders(const struct options *o)
{
	struct subject subject;

	subject_find(&subject, fuzz_story(), o);
	subject_free(&subject);
}

static void look_up(const struct options *o)
{
	struct acting a;
	int i;

	acting_open(&a, fuzz_story(), o, o->who);
	for (i = 0; i < o->nr_args; i++) {
		struct location at = acting_lookup(&a, o->args[i]);

		location_free(&at);
	}
	acting_close(&a);
}

static void cell(struct text *out, int column, const void *item)
{
	(void)out;
	(void)column;
	(void)item;
}

static void choose_columns(const struct options *o)
{
	const struct command *c = o->command;
	const struct column *columns = o->to && c->columns_to ? c->columns_to :
								c->columns;

	if (columns && o->columns)
		table_free(table_new(o, "rows", columns->name, cell));
}

static void ask(void *arg)
{
	const struct line *line = arg;
	const struct command *c = find_command(line->argv[0]);
	struct options o;

	if (!c)
		return;
	options_parse(&o, c, line->argc, (char **)line->argv);
	/* Nothing of this machine. */
	o.file = STORY;
	o.source = NULL;
	choose_columns(&o);
	if (c == &predict_command)
		predict(&o);
	else if (c == &why_command && o.to)
		why(&o);
	else if (c == &holders_command)
		holders(&o);
	else
		look_up(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *word;
	struct line line = {};

	if (!text)
		return 0;
	fuzz_story();
	while (line.argc < MAX_WORDS && (word = strsep(&rest, "\n")))
		line.argv[line.argc++] = word;
	fuzz_run(ask, &line);
	free(text);
	return 0;
}
