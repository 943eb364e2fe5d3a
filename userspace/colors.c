// SPDX-License-Identifier: GPL-2.0-only
/*
 * libsmartcols draws in colours, but leaves it to its caller what terminal-colors.d(5)
 * says of them: the library has no function for that.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "colors.h"
#include "compiler.h"

#define TOOL "mntprop"
#define FOLDER "terminal-colors.d"
#define GLOBAL_FOLDER "/etc/" FOLDER
#define RESET "\033[0m"

/* Of a sequence, with its ending NUL. */
#define MAX_SEQUENCE 64

/* clang-format off */

/* Names in a scheme file, and what holds without one. */
static struct {
	const char *name;
	char sequence[MAX_SEQUENCE];
} colors[NR_COLORS] = {
	[COLOR_NONE] = { "", "" },
	[COLOR_SHARED] = { "shared", "\033[36m" },
	[COLOR_SLAVE] = { "slave", "\033[35m" },
	[COLOR_PRIVATE] = { "private", "" },
	[COLOR_UNBINDABLE] = { "unbindable", "\033[33m" },
	[COLOR_HIDDEN] = { "hidden", "\033[2m" },
	[COLOR_GROUP] = { "group", "\033[1m" },
	[COLOR_EMPTY] = { "empty", "\033[33m" },
	[COLOR_BUSY] = { "busy", "\033[31m" },
	[COLOR_CUT] = { "cut", "\033[31m" },
	[COLOR_YES] = { "yes", "\033[1;32m" },
	[COLOR_NO] = { "no", "\033[1;31m" },
	[COLOR_ADDED] = { "added", "\033[32m" },
	[COLOR_REMOVED] = { "removed", "\033[31m" },
	[COLOR_CHANGED] = { "changed", "\033[33m" },
	[COLOR_HUNK] = { "hunk", "\033[36m" },
	[COLOR_VIOLATION] = { "violation", "\033[31m" },
	[COLOR_ERROR] = { "error", "\033[31m" },
	[COLOR_WARNING] = { "warning", "\033[33m" },
};

static const struct {
	const char *name, *numbers;
} names[] = {
	{ "black", "30" }, { "blink", "5" }, { "blue", "34" },
	{ "bold", "1" }, { "brown", "33" }, { "cyan", "36" },
	{ "darkgray", "1;30" }, { "gray", "37" }, { "green", "32" },
	{ "halfbright", "2" }, { "lightblue", "1;34" },
	{ "lightcyan", "1;36" }, { "lightgray", "37" },
	{ "lightgreen", "1;32" }, { "lightmagenta", "1;35" },
	{ "lightred", "1;31" }, { "magenta", "35" }, { "red", "31" },
	{ "reset", "0" }, { "reverse", "7" }, { "yellow", "1;33" },
};

/* What stands for itself is not in it. */
static const struct {
	char letter, means;
} escapes[] = {
	{ 'a', '\a' }, { 'b', '\b' }, { 'e', '\033' }, { 'f', '\f' },
	{ 'n', '\n' }, { 'r', '\r' }, { 't', '\t' }, { 'v', '\v' },
	{ '?', '\177' }, { '_', ' ' },
};

/* clang-format on */

enum type { DISABLE, ENABLE, SCHEME, NR_TYPES };

static const char *const types[NR_TYPES] = { "disable", "enable", "scheme" };

/* Of each type the file that counts most: its weight, 0 for none, and name. */
struct choice {
	int weight;
	char name[NAME_MAX + 1];
};

static bool wanted[STDERR_FILENO + 1];

static bool is_equal(const char *s, size_t len, const char *to)
{
	return strlen(to) == len && !strncmp(s, to, len);
}

static int type_of(const char *suffix)
{
	int i;

	for (i = 0; i < NR_TYPES; i++) {
		if (!strcmp(suffix, types[i]))
			return i;
	}
	return -1;
}

/*
 * How much a file [[NAME][@TERM].]TYPE counts, 0: not here. One for the tool comes
 * before one for the terminal, as in util-linux.
 */
static int weigh(const char *name, const char *term)
{
	const char *dot = strrchr(name, '.'), *at;
	size_t len = dot ? dot - name : 0;
	int weight = 1;

	at = memchr(name, '@', len);
	if (at) {
		if (!term || !is_equal(at + 1, len - (at + 1 - name), term))
			return 0;
		weight += 1;
		len = at - name;
	}
	if (!len)
		return weight;
	return is_equal(name, len, TOOL) ? weight + 2 : 0;
}

static void choose(struct choice *choices, const char *name)
{
	const char *dot = strrchr(name, '.');
	int type = type_of(dot ? dot + 1 : name);
	int weight = type < 0 ? 0 : weigh(name, getenv("TERM"));

	if (!weight || weight <= choices[type].weight)
		return;
	choices[type].weight = weight;
	snprintf(choices[type].name, sizeof(choices[type].name), "%s", name);
}

/* Returns whether the folder can be read. */
static bool read_folder(const char *path, struct choice *choices)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		if (*entry->d_name != '.')
			choose(choices, entry->d_name);
	}
	closedir(dir);
	return true;
}

/* The user's own folder, if there is one, replaces that of the machine. */
static const char *find_folder(char *path, size_t size, struct choice *choices)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	size_t len = 0;

	if (config && *config)
		len = snprintf(path, size, "%s/" FOLDER, config);
	else if (home && *home)
		len = snprintf(path, size, "%s/.config/" FOLDER, home);
	if (len && len < size && read_folder(path, choices))
		return path;
	return read_folder(GLOBAL_FOLDER, choices) ? GLOBAL_FOLDER : NULL;
}

static char unescape(char letter)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(escapes); i++) {
		if (escapes[i].letter == letter)
			return escapes[i].means;
	}
	return letter;
}

/* A name, numbers as of SGR, or escapes that are the whole of a sequence. */
static bool make_sequence(const char *from, char *sequence)
{
	char plain[MAX_SEQUENCE - sizeof("\033[m")], *end = plain;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(from, names[i].name))
			continue;
		snprintf(sequence, MAX_SEQUENCE, "\033[%sm", names[i].numbers);
		return true;
	}
	if (strlen(from) >= sizeof(plain))
		return false;
	for (; *from; from++) {
		if (*from == '\\' && from[1])
			*end++ = unescape(*++from);
		else
			*end++ = *from;
	}
	*end = 0;
	if (*plain == '\033')
		strcpy(sequence, plain);
	else if (strspn(plain, "0123456789;") == strlen(plain))
		snprintf(sequence, MAX_SEQUENCE, "\033[%sm", plain);
	else
		return false;
	return true;
}

/* What is of others, or no colour, is passed over. */
static void take_line(char *line)
{
	char *rest, *name = strtok_r(line, " \t\n", &rest), *value;
	size_t i;

	if (!name || *name == '#')
		return;
	value = strtok_r(NULL, " \t\n", &rest);
	if (!value)
		return;
	for (i = COLOR_NONE + 1; i < NR_COLORS; i++) {
		if (!strcmp(name, colors[i].name))
			make_sequence(value, colors[i].sequence);
	}
}

static void read_scheme(const char *folder, const char *name)
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path))
		return;
	f = fopen(path, "re");
	if (!f)
		return;
	while (getline(&line, &size, f) > 0)
		take_line(line);
	free(line);
	fclose(f);
}

static bool knows_colors(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_color && *no_color) && term && *term &&
	       strcmp(term, "dumb");
}

void colors_init(const char *when, bool people)
{
	struct choice choices[NR_TYPES] = {};
	bool always = when && !strcmp(when, "always");
	bool possible = always ||
			((!when || strcmp(when, "never")) && knows_colors());
	char path[PATH_MAX];
	const char *folder;

	wanted[STDOUT_FILENO] = people && possible &&
				(always || isatty(STDOUT_FILENO));
	wanted[STDERR_FILENO] = possible && isatty(STDERR_FILENO);
	if (!wanted[STDOUT_FILENO] && !wanted[STDERR_FILENO])
		return;
	folder = find_folder(path, sizeof(path), choices);
	if (!always && choices[DISABLE].weight > choices[ENABLE].weight) {
		wanted[STDOUT_FILENO] = false;
		wanted[STDERR_FILENO] = false;
	} else if (choices[SCHEME].weight) {
		read_scheme(folder, choices[SCHEME].name);
	}
}

bool colors_wanted(void)
{
	return wanted[STDOUT_FILENO];
}

const char *color_start(int fd, enum color color)
{
	return wanted[fd] ? colors[color].sequence : "";
}

const char *color_end(int fd, enum color color)
{
	return *color_start(fd, color) ? RESET : "";
}

enum color color_of_propagation(const char *words)
{
	static const struct {
		const char *word;
		enum color color;
	} first[] = {
		{ "shared", COLOR_SHARED },
		{ "master", COLOR_SLAVE },
		{ "private", COLOR_PRIVATE },
		{ "unbindable", COLOR_UNBINDABLE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(first); i++) {
		if (!strncmp(words, first[i].word, strlen(first[i].word)))
			return first[i].color;
	}
	return COLOR_NONE;
}

void color_puts(enum color color, const char *line, size_t len)
{
	printf("%s%.*s%s%s\n", color_start(STDOUT_FILENO, color), (int)len,
	       line, color_end(STDOUT_FILENO, color), line + len);
}
