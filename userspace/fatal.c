// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "colors.h"
#include "fatal.h"

static const char *place;

void fatal_in(const char *where)
{
	place = where;
}

/* One line, whatever names and snapshots from elsewhere have in them. */
static void __printf(2, 0) say(enum color color, const char *fmt, va_list ap)
{
	char text[1024] = "", *c;
	size_t len;

	if (place)
		snprintf(text, sizeof(text), "%s: ", place);
	len = strlen(text);
	vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	for (c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
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
