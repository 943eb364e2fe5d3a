// SPDX-License-Identifier: GPL-2.0-only
/* mntprop - show mounts, and how they propagate, in every mount namespace */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../debugfs/format.h"
#include "cgroup.h"
#include "colors.h"
#include "command.h"
#include "completion.h"
#include "kernel_rules.h"
#include "proc.h"
#include "who.h"

/* For the completion of a shell only: not in --help. */
#define COMPLETION "--completion"

static const struct command *const commands[] = {
	&tree_command,	  &ns_command,	    &groups_command,  &why_command,
	&predict_command, &holders_command, &watch_command,   &check_command,
	&assert_command,  &diff_command,    &metrics_command, &graph_command,
	&save_command,	  &rules_command,   &load_command,    &unload_command,
};

static bool asks_proc(const struct options *o)
{
	return !o->file && o->source;
}

void command_read(const struct options *o, char **text, size_t *len)
{
	struct error err;

	if (asks_proc(o) ? proc_read(text, len, &err) :
			   snapshot_read(o->file, text, len, &err))
		fatal("%s", err.text);
}

static struct snapshot *parse(const struct options *o, struct error *err)
{
	size_t len;
	char *text;

	if (!asks_proc(o))
		return snapshot_load(o->file, err);
	command_read(o, &text, &len);
	return snapshot_consume(text, len, "/proc", err);
}

/* What it means that the module was not asked; said once. */
static void warn_of_proc(const struct snapshot *s)
{
	static bool warned;
	const char *many = s->denied == 1 ? "" : "es";
	char unseen[64] = "", denied[80] = "";

	if (warned)
		return;
	warned = true;
	if (s->unseen)
		snprintf(unseen, sizeof(unseen),
			 "; %llu namespaces could not be entered",
			 (unsigned long long)s->unseen);
	if (s->denied)
		snprintf(denied, sizeof(denied),
			 "; %llu process%s not looked into, which takes root",
			 (unsigned long long)s->denied, many);
	warning("%s: seen by /proc, namespace after namespace: %s%s%s", s->name,
		"no detached mounts, dentries, locks, order of slaves", unseen,
		denied);
}

static const char *where_stopped(const struct snapshot *s)
{
	return s->stopped ? s->stopped : "not known where";
}

/* What may be missing in a snapshot that is not complete. */
static const char *not_shown(const struct snapshot *s)
{
	if (!snapshot_lists_ended(s))
		return "mounts or slaves where a list of the kernel's did not end";
	if (has_word(s->stopped, "room"))
		return "some mounts";
	return "some mounts in no namespace, and namespaces without a process";
}

static void warn_of_twin(const struct mount *twin)
{
	struct text where = {};

	who_add_mount(&where, twin);
	warning("%s: two mounts are on this mountpoint; which hides the other is not known",
		where.data);
	text_free(&where);
}

void command_warn(const struct snapshot *s)
{
	if (s->source)
		warn_of_proc(s);
	if (!s->complete)
		warning("%s: not complete (%s); not shown: %s", s->name,
			where_stopped(s), not_shown(s));
	if (s->twin)
		warn_of_twin(s->twin);
}

void command_need_module(const struct snapshot *s, const char *what)
{
	if (s->source)
		fatal("%s: %s: only the module knows; load it: mntprop load",
		      s->name, what);
}

void command_find_rules(struct rules_probe *p)
{
	struct error why;

	if (kernel_rules(p, false, &why))
		warning("rules assumed from the kernel's release: %s",
			why.text);
	else if (p->odd)
		warning("this kernel is none that mntprop knows; see mntprop rules");
}

static struct snapshot *load(const struct options *o)
{
	bool by_rules = o->command->by_rules && !o->file;
	struct rules_probe rules;
	struct snapshot *s;
	struct error err;

	if (by_rules)
		command_find_rules(&rules);
	s = parse(o, &err);
	if (!s || (!o->file && cgroup_read(s, &err)))
		fatal("%s", err.text);
	if (by_rules)
		kernel_rules_set(&rules, s);
	return s;
}

struct snapshot *command_load(const struct options *o)
{
	struct snapshot *s = load(o);

	command_warn(s);
	return s;
}

struct snapshot *command_load_complete(const struct options *o)
{
	struct snapshot *s = load(o);

	if (!s->complete)
		fatal("%s: not complete (%s): nothing can be said of the rest; not shown: %s",
		      s->name, where_stopped(s), not_shown(s));
	command_warn(s);
	return s;
}

static void print_usage(void)
{
	size_t i;

	printf("Usage: mntprop COMMAND [options] [arguments]\n\n"
	       "Show mounts, and how they propagate, in every mount namespace.\n\n"
	       "Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf(" %-7s %-19s %s\n", commands[i]->name, commands[i]->args,
		       commands[i]->what);
	printf("\nmntprop COMMAND --help tells more; see also mntprop(8).\n");
}

static void print_completions(const char *what)
{
	size_t i;

	if (what && !strcmp(what, "containers"))
		completion_print_containers();
	else if (what)
		fatal("%s: there are completions of commands and of containers",
		      what);
	for (i = 0; !what && i < ARRAY_SIZE(commands); i++)
		completion_command(commands[i]);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	fatal("%s: no such command; see mntprop --help", name);
}

static int run(int argc, char **argv)
{
	const struct command *c;
	struct options o;

	if (argc < 2)
		fatal("a command is missing; see mntprop --help");
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		print_usage();
		return EXIT_YES;
	}
	if (!strcmp(argv[1], "-V") || !strcmp(argv[1], "--version")) {
		printf("mntprop %s\n", MNTPROP_RELEASE);
		return EXIT_YES;
	}
	if (!strcmp(argv[1], COMPLETION)) {
		print_completions(argv[2]);
		return EXIT_YES;
	}
	c = find_command(argv[1]);
	if (argc == 3 && !strcmp(argv[2], COMPLETION)) {
		completion_print(c);
		return EXIT_YES;
	}
	options_parse(&o, c, argc - 1, argv + 1);
	return c->run(&o);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	colors_init(NULL, true);
	return finish(run(argc, argv));
}
