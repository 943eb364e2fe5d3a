// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"

static void __printf(1, 0) say(const char *fmt, va_list ap)
{
	fputs("mntprop: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(EXIT_UNKNOWN);
}

void out_of_memory(void)
{
	fatal("out of memory");
}
