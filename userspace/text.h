/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that grows: the contents of a table's cell. */
#ifndef MNTPROP_TEXT_H
#define MNTPROP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

struct text {
	char *data; /* ends in NUL, or is NULL */
	size_t len, size;
	bool encode; /* what cannot be shown becomes \xHH */
	bool full; /* nothing is to be left out */
	const char *separator; /* between items of a list */
};

/* Appends as printf() prints.  @t->data is a string afterwards, be it empty. */
void text_add(struct text *t, const char *fmt, ...) __printf(2, 3);

/* @len bytes as they are. */
void text_append(struct text *t, const char *s, size_t len);

/* @n in decimal; text_add_id() adds nothing for 0, which means "none". */
void text_add_number(struct text *t, uint64_t n);
void text_add_id(struct text *t, uint64_t id);

/* Starts an item of a list: puts the separator after what is there. */
void text_next(struct text *t);

/*
 * Whether text that is encoded has to be ASCII.  JSON and pictures are UTF-8 in
 * any locale.
 */
void text_set_ascii(bool ascii);

/* How wide libsmartcols draws @s. */
size_t text_width(const char *s);

/* A JSON string on stdout, of text that was encoded: no control characters. */
void text_print_json(const char *s);
void text_clear(struct text *t);
void text_free(struct text *t);

#endif
