// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "colors.h"
#include "escape.h"
#include "fatal.h"
#include "snapshot.h"

static const char *place;

void fatal_in(const char *where)
{
	place = where;
}

/* One line, whatever names and snapshots from elsewhere have in them. */
static void __printf(2, 0) say(enum color color, const char *fmt, va_list ap)
{
	static char text[sizeof(struct error)];
	char *said, *all = NULL;

	if (vasprintf(&said, fmt, ap) < 0)
		said = NULL;
	if (!said || !place || asprintf(&all, "%s: %s", place, said) < 0)
		all = NULL;
	escape_message(text, sizeof(text),
		       all  ? all :
		       said ? said :
			      "out of memory");
	free(all);
	free(said);
	fprintf(stderr, "%smntprop:%s %s\n", color_start(STDERR_FILENO, color),
		color_end(STDERR_FILENO, color), text);
}

void warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(COLOR_WARNING, fmt, ap);
	va_end(ap);
}

void fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(COLOR_ERROR, fmt, ap);
	va_end(ap);
	exit(EXIT_UNKNOWN);
}

int finish(int status)
{
	if (fflush(stdout) || ferror(stdout))
		fatal("stdout: %s", strerror(errno));
	return status;
}

void out_of_memory(void)
{
	fatal("out of memory");
}
