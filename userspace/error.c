// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "escape.h"
#include "snapshot.h"

int error_set(struct error *err, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	escape_message(err->text, sizeof(err->text),
		       len < 0 ? "out of memory" : text);
	if (len >= 0)
		free(text);
	return -1;
}
