// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assertion.h"
#include "compiler.h"

/* More words than any assertion has. */
#define MAX_WORDS 6

#define BLANKS " \t\r\n\v\f"

enum argument { NOTHING, A_PLACE, A_WHO, A_NUMBER };

static const struct {
	const char *name;
	enum argument argument;
} predicates[] = {
	[IS_PRIVATE] = { "private", NOTHING },
	[IS_SHARED] = { "shared", NOTHING },
	[IS_SLAVE] = { "slave", NOTHING },
	[IS_UNBINDABLE] = { "unbindable", NOTHING },
	[PEER_OF] = { "peer-of", A_PLACE },
	[SLAVE_OF] = { "slave-of", A_PLACE },
	[ON_TOP_OF] = { "on-top-of", A_PLACE },
	[MOUNTED_IN] = { "mounted-in", A_WHO },
	[ABSENT_IN] = { "absent-in", A_WHO },
	[COUNT] = { "count", A_NUMBER },
};

#define ALL_PREDICATES \
	"private, shared, slave, unbindable, peer-of, slave-of, on-top-of, mounted-in, absent-in or count"

#define NO_PREDICATE "a predicate is missing; there are " ALL_PREDICATES
#define QUOTE_IS_OPEN \
	"a quote is not closed; put the second one, or \\ before it"
#define TWO_NAMESPACES \
	"%s names the namespace; leave out the one before the path"
#define TOO_MUCH "'%s' is too much after %s; quote a path that has blanks in it"

static const char *const arguments[] = {
	[A_PLACE] = "a place, [WHO:]/PATH",
	[A_WHO] = "WHO: a pid, a container, a namespace",
	[A_NUMBER] = "a number of mounts",
};

struct words {
	char *all; /* what they point into */
	char *word[MAX_WORDS + 2]; /* ends with NULL */
	size_t n;
	const char *end; /* of what was read of the line */
};

/* Copies a word to @to without its quotes; returns what is after it, or NULL. */
static const char *copy_word(const char *from, char **to)
{
	char quote = 0;

	for (; *from; from++) {
		if (!quote && strchr(BLANKS, *from))
			break;
		if (*from == quote) {
			quote = 0;
		} else if (!quote && (*from == '"' || *from == '\'')) {
			quote = *from;
		} else {
			if (*from == '\\' && quote != '\'' && from[1])
				from++;
			*(*to)++ = *from;
		}
	}
	*(*to)++ = 0;
	return quote ? NULL : from;
}

static int split(const char *line, struct words *w, struct error *err)
{
	char *to = malloc(strlen(line) + MAX_WORDS + 2);

	*w = (struct words){ .all = to, .end = line };
	if (!to)
		return error_set(err, "out of memory");
	while (*(line += strspn(line, BLANKS)) && *line != '#') {
		if (w->n > MAX_WORDS)
			break;
		w->word[w->n++] = to;
		line = copy_word(line, &to);
		if (!line)
			return error_set(err, QUOTE_IS_OPEN);
		w->end = line;
	}
	return 0;
}

static char *copy_text(const char *line, const char *end)
{
	line += strspn(line, BLANKS);
	return strndup(line, end - line);
}

/* What begins with a slash is a path, whatever stands in it. */
static int parse_place(const char *word, struct spot *spot, struct error *err)
{
	const char *colon = *word == '/' ? NULL : strstr(word, ":/");

	if (*word != '/' && (!colon || colon == word))
		return error_set(err, "'%s': not a place; write [WHO:]/PATH",
				 word);
	if (colon) {
		spot->who = strndup(word, colon - word);
		if (!spot->who)
			return error_set(err, "out of memory");
	}
	spot->path = strdup(colon ? colon + 1 : word);
	return spot->path ? 0 : error_set(err, "out of memory");
}

static int parse_number(const char *word, unsigned long long *n,
			struct error *err)
{
	char *end;

	errno = 0;
	*n = strtoull(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno)
		return error_set(err,
				 "'%s': not a number of mounts; write digits",
				 word);
	return 0;
}

static int parse_predicate(const char *word, enum predicate *predicate,
			   struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(predicates); i++) {
		if (strcmp(word, predicates[i].name))
			continue;
		*predicate = i;
		return 0;
	}
	return error_set(err, "'%s': no predicate; there are " ALL_PREDICATES,
			 word);
}

static int parse_argument(const char *word, struct assertion *a,
			  struct error *err)
{
	switch (predicates[a->predicate].argument) {
	case NOTHING:
		break;
	case A_PLACE:
		return parse_place(word, &a->object, err);
	case A_WHO:
		if (a->subject.who)
			return error_set(err, TWO_NAMESPACES,
					 predicates[a->predicate].name);
		a->object.who = strdup(word);
		return a->object.who ? 0 : error_set(err, "out of memory");
	case A_NUMBER:
		return parse_number(word, &a->count, err);
	}
	return 0;
}

/* Whether it is said of a namespace as a whole. */
static bool has_no_subject(const char *word)
{
	return !strcmp(word, "not") || !strcmp(word, predicates[COUNT].name);
}

static int parse_words(char **word, struct assertion *a, struct error *err)
{
	const char *name;
	bool argument;

	if (!has_no_subject(*word) && parse_place(*word++, &a->subject, err))
		return -1;
	if (*word && !strcmp(*word, "not")) {
		a->negated = true;
		word++;
	}
	if (!*word)
		return error_set(err, NO_PREDICATE);
	if (parse_predicate(*word++, &a->predicate, err))
		return -1;
	name = predicates[a->predicate].name;
	if (!a->subject.path && a->predicate != COUNT)
		return error_set(err, "%s is said of a place; write it before",
				 name);
	argument = predicates[a->predicate].argument != NOTHING;
	if (argument && !*word)
		return error_set(err, "%s needs %s", name,
				 arguments[predicates[a->predicate].argument]);
	if (argument && parse_argument(*word++, a, err))
		return -1;
	if (*word)
		return error_set(err, TOO_MUCH, *word, name);
	return 0;
}

int assertion_parse(const char *line, struct assertion *a, struct error *err)
{
	struct words w;
	int rc;

	*a = (struct assertion){};
	rc = split(line, &w, err);
	if (!rc && w.n) {
		a->text = copy_text(line, w.end);
		rc = a->text ? parse_words(w.word, a, err) :
			       error_set(err, "out of memory");
		if (!rc)
			rc = 1;
	}
	free(w.all);
	if (rc < 0)
		assertion_free(a);
	return rc;
}

void assertion_free(struct assertion *a)
{
	free(a->text);
	free(a->subject.who);
	free(a->subject.path);
	free(a->object.who);
	free(a->object.path);
	*a = (struct assertion){};
}
