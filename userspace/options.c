// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../debugfs/format.h"
#include "colors.h"
#include "command.h"
#include "escape.h"

/* clang-format off */
static const struct {
	struct option getopt;
	const char *arg, *help;
} all_options[] = {
	{ { "all", no_argument, NULL, 'a' },
	  "", "every mount namespace, and what is in none" },
	{ { "ascii", no_argument, NULL, 'A' },
	  "", "draw with ASCII characters only" },
	{ { "color", optional_argument, NULL, 'c' },
	  "[=WHEN]", "auto, always or never" },
	{ { "expire", no_argument, NULL, 'E' },
	  "", "of umount: mark it; the next one unmounts it if it was not used" },
	{ { "file", required_argument, NULL, 'F' },
	  " FILE", "read a saved snapshot, - is stdin" },
	{ { "file", required_argument, NULL, 'k' },
	  " KO", "the module's file" },
	{ { "format", required_argument, NULL, 'f' },
	  " FORMAT", "svg, html, png or dot; else the end of the file's name" },
	{ { "group", required_argument, NULL, 'g' },
	  " ID", "what has to do with this peer group" },
	{ { "interval", required_argument, NULL, 'w' },
	  " SECONDS", "look this often (1), too: not everything wakes watch" },
	{ { "json", no_argument, NULL, 'J' },
	  "", "JSON output" },
	{ { "lazy", no_argument, NULL, 'l' },
	  "", "of umount: detach it also if it is in use" },
	{ { "map", required_argument, NULL, 'm' },
	  " FILE", "the System.map that came with the running kernel" },
	{ { "mount-max", required_argument, NULL, 'x' },
	  " N", "fs.mount-max, the number of mounts a namespace can have" },
	{ { "need", required_argument, NULL, 'e' },
	  " TYPE", "whether it is shared, slave (or shared) or private" },
	{ { "noheadings", no_argument, NULL, 'n' },
	  "", "no column headings" },
	{ { "output", required_argument, NULL, 'o' },
	  " [+]COL,...", "these columns, after + added to the default ones" },
	{ { "output", required_argument, NULL, 'O' },
	  " FILE", "write to this file, all at once, in place of standard output" },
	{ { "pairs", no_argument, NULL, 'P' },
	  "", "KEY=\"value\" output" },
	{ { "predict", required_argument, NULL, 'd' },
	  " OPERATION", "what this would do, in the words of predict" },
	{ { "print", no_argument, NULL, 'p' },
	  "", "only print the parameters, for insmod or a module's options" },
	{ { "raw", no_argument, NULL, 'r' },
	  "", "raw output" },
	{ { "recursive", no_argument, NULL, 'R' },
	  "", "of umount and setattr: what is mounted below it, too" },
	{ { "script", required_argument, NULL, 'i' },
	  " FILE", "read what is asserted from this file, - is stdin" },
	{ { "source", required_argument, NULL, 's' },
	  " module|proc", "who is asked for a live snapshot" },
	{ { "tap", no_argument, NULL, 'T' },
	  "", "a line for each test, in the Test Anything Protocol" },
	{ { "task", required_argument, NULL, 'N' },
	  " WHO", "a pid, container, namespace's inode number or nsfs file, or none" },
	{ { "to", required_argument, NULL, 't' },
	  " WHO[:PATH]", "the other namespace, and the path there" },
	{ { "unified", optional_argument, NULL, 'u' },
	  "[=N]", "a unified diff, with N lines around each change" },
	{ { "why", required_argument, NULL, 'y' },
	  " PATH", "whether a mount on it appears in the namespace of --to" },
	{ { "help", no_argument, NULL, 'h' },
	  "", "this text" },
	{ { "version", no_argument, NULL, 'V' },
	  "", "the version" },
};

/* clang-format on */

#define NR_OPTIONS ARRAY_SIZE(all_options)

/* What the argument of an option has to be, if not anything. */
static const struct {
	int letter;
	const char *words;
} choices[] = {
	{ 'c', "auto always never" },
	{ 'e', "shared slave private" },
	{ 'f', "svg html png dot" },
	{ 's', "module proc" },
};

/* The letter of the short form, 0 for what has a long form only. */
static char short_form(int letter)
{
	if (letter == 'O')
		return 'o';
	return strchr("AaEcdefgikmpstTwxy", letter) ? 0 : letter;
}

static bool takes(const struct command *c, int letter)
{
	return strchr("hV", letter) || strchr(c->options, letter);
}

static void print_columns(const char *heading, const struct column *c)
{
	if (c)
		printf("\n%s:\n", heading);
	for (; c && c->name; c++)
		printf(" %14s  %s\n", c->name, c->help);
}

static void print_usage(const struct command *c)
{
	char left[64];
	size_t i;

	printf("Usage: mntprop %s [options]%s%s\n\n%s.\n\nOptions:\n", c->name,
	       *c->args ? " " : "", c->args, c->what);
	for (i = 0; i < NR_OPTIONS; i++) {
		const struct option *o = &all_options[i].getopt;
		char letter = short_form(o->val);

		if (!takes(c, o->val))
			continue;
		snprintf(left, sizeof(left), "%c%c%s --%s%s",
			 letter ? '-' : ' ', letter ? letter : ' ',
			 letter ? "," : " ", o->name, all_options[i].arg);
		printf(" %-28s %s\n", left, all_options[i].help);
	}
	if (c->more)
		printf("\n%s", c->more);
	print_columns("Columns", c->columns);
	print_columns("Columns with --to", c->columns_to);
}

/* Those that the argument has to be one of, "" if there are none. */
static const char *words_of(int letter)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices); i++) {
		if (choices[i].letter == letter)
			return choices[i].words;
	}
	return "";
}

void options_print_names(const struct command *c)
{
	size_t i;

	for (i = 0; i < NR_OPTIONS; i++) {
		const struct option *o = &all_options[i].getopt;
		const char *arg = all_options[i].arg, *words = words_of(o->val);
		char letter = short_form(o->val);

		if (!takes(c, o->val))
			continue;
		arg += strspn(arg, " ");
		if (!*arg)
			arg = "-";
		if (letter)
			printf("option -%c %s %s\n", letter, arg, words);
		printf("option --%s %s %s\n", o->name, arg, words);
	}
}

static bool is_choice(int letter, const char *arg)
{
	const char *word = words_of(letter);
	size_t len;

	for (; *word; word += len + strspn(word + len, " ")) {
		len = strcspn(word, " ");
		if (len == strlen(arg) && !strncmp(word, arg, len))
			return true;
	}
	return false;
}

static const char *to_color(const char *when)
{
	if (!when)
		return "always";
	if (!is_choice('c', when))
		fatal("--color=%s: neither auto, always nor never", when);
	return when;
}

static void set_format(struct options *o, enum format format)
{
	if (o->format != FORMAT_TABLE && o->format != format)
		fatal("--json, --pairs and --raw exclude each other; give one of them");
	o->format = format;
}

static const char *to_source(const char *name)
{
	if (!is_choice('s', name))
		fatal("--source %s: neither module nor proc", name);
	return strcmp(name, "proc") ? NULL : name;
}

static int to_context(const char *arg)
{
	char *end;
	long n;

	if (!arg)
		return 3; /* as diff(1) */
	errno = 0;
	n = strtol(arg, &end, 10);
	if (!*arg || *end || errno || n < 0 || n > INT_MAX)
		fatal("--unified=%s: not a number of lines", arg);
	return n;
}

static void take(struct options *o, int letter)
{
	switch (letter) {
	case 'a':
		o->all = true;
		break;
	case 'A':
		o->ascii = true;
		break;
	case 'c':
		o->color = to_color(optarg);
		break;
	case 'd':
		o->predict = optarg;
		break;
	case 'E':
		o->expire = true;
		break;
	case 'f':
		o->picture = optarg;
		break;
	case 'g':
		o->group = optarg;
		break;
	case 'F':
		o->file = optarg;
		break;
	case 'w':
		o->interval = optarg;
		break;
	case 'k':
		o->module = optarg;
		break;
	case 'l':
		o->lazy = true;
		break;
	case 'm':
		o->map = optarg;
		break;
	case 'p':
		o->print = true;
		break;
	case 'J':
		set_format(o, FORMAT_JSON);
		break;
	case 'e':
		o->need = optarg;
		break;
	case 'R':
		o->recursive = true;
		break;
	case 's':
		o->source = to_source(optarg);
		break;
	case 't':
		o->to = optarg;
		break;
	case 'i':
		o->script = optarg;
		break;
	case 'T':
		o->tap = true;
		break;
	case 'u':
		o->unified = true;
		o->context = to_context(optarg);
		break;
	case 'x':
		o->mount_max = optarg;
		break;
	case 'y':
		o->why = optarg;
		break;
	case 'n':
		o->noheadings = true;
		break;
	case 'N':
		o->who = optarg;
		break;
	case 'o':
		o->columns = optarg;
		break;
	case 'O':
		o->output = optarg;
		break;
	case 'P':
		set_format(o, FORMAT_PAIRS);
		break;
	case 'r':
		set_format(o, FORMAT_RAW);
		break;
	case 'h':
		print_usage(o->command);
		exit(finish(EXIT_YES));
	case 'V':
		printf("mntprop %s\n", MNTPROP_RELEASE);
		exit(finish(EXIT_YES));
	}
}

/* Of an option without an argument it is an error to give one: --json=x. */
static bool has_extra_argument(const struct option *longs, const char *word)
{
	size_t len = strcspn(word + 2, "=");

	for (; longs->name; longs++) {
		if (longs->val == optopt && longs->has_arg == no_argument &&
		    !strncmp(longs->name, word + 2, len))
			return word[2 + len];
	}
	return false;
}

/*
 * Names the option that getopt_long() stopped at.  A short one stands in optopt:
 * getopt_long() may still be within the word that it is in, and then @word is the
 * one before that.
 */
static noreturn void blame(const struct command *c, const struct option *longs,
			   const char *word, int letter)
{
	char name[] = { '-', optopt, 0 };
	bool is_long = !strncmp(word, "--", 2);

	if (letter == ':')
		fatal("%s: needs an argument; see mntprop %s --help",
		      is_long ? word : name, c->name);
	if (is_long && has_extra_argument(longs, word))
		fatal("%s: takes no argument; see mntprop %s --help", word,
		      c->name);
	fatal("%s: not an option of %s; see mntprop %s --help",
	      optopt ? name : word, c->name, c->name);
}

void options_parse(struct options *o, const struct command *c, int argc,
		   char **argv)
{
	struct option longs[NR_OPTIONS + 1] = {};
	char shorts[3 * NR_OPTIONS + 2], *end = shorts;
	size_t i, n = 0;
	int letter;

	*end++ = ':';
	for (i = 0; i < NR_OPTIONS; i++) {
		const struct option *option = &all_options[i].getopt;

		if (!takes(c, option->val))
			continue;
		longs[n++] = *option;
		if (!short_form(option->val))
			continue;
		*end++ = short_form(option->val);
		if (option->has_arg != no_argument)
			*end++ = ':';
		if (option->has_arg == optional_argument)
			*end++ = ':';
	}
	*end = 0;

	*o = (struct options){ .command = c };
	optind = 0; /* graph has the words of an operation parsed, too */
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == ':' || letter == '?')
			blame(c, longs, argv[optind - 1], letter);
		if (letter == 'o' && !takes(c, 'o'))
			letter = 'O';
		take(o, letter);
	}
	text_set_ascii(o->format != FORMAT_JSON && !takes(c, 'y') &&
		       !escape_is_utf8());
	colors_init(o->color, o->format == FORMAT_TABLE && !o->tap);
	o->args = argv + optind;
	o->nr_args = argc - optind;
	if (o->nr_args < c->min_args || o->nr_args > c->max_args)
		fatal("%s: %s; see mntprop %s --help", c->name,
		      o->nr_args < c->min_args ? "needs an argument" :
						 "too many arguments",
		      c->name);
	if (o->all && o->who)
		fatal("--all and --task exclude each other; give one of them");
	if (o->file && o->source)
		fatal("--file and --source exclude each other; give one of them");
}
