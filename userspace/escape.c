// SPDX-License-Identifier: GPL-2.0-only
#include "escape.h"

void escape_write(FILE *f, const char *value)
{
	for (; *value; value++) {
		unsigned char c = *value;

		if (c <= ' ' || c == 0x7f || c == '\\')
			fprintf(f, "\\%03o", c);
		else
			fputc(c, f);
	}
}
