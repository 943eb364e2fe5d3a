/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables and trees, drawn by libsmartcols in whatever format is asked for. */
#ifndef MNTPROP_TABLE_H
#define MNTPROP_TABLE_H

#include <libsmartcols.h>
#include <stdio.h>

#include "arena.h"
#include "colors.h"
#include "options.h"
#include "text.h"

enum column_kind {
	COLUMN_TEXT,
	COLUMN_PROPAGATION, /* text, in the colour of its first word */
	COLUMN_LONG, /* text, not to make the table wide for one long cell */
	COLUMN_TREE,
	COLUMN_LIST, /* long too; an array in JSON */
	COLUMN_NUMBER,
	COLUMN_BOOL,
};

struct column {
	const char *name;
	enum column_kind kind;
	const char *help;
};

#define MAX_COLUMNS 64

/* Puts into @out what @item has to say in a column (index into the columns). */
typedef void (*cell_func)(struct text *out, int column, const void *item);

/* clang-format off */

struct table_row {
	struct table_row *next;
	struct table_row *parent;
	struct libscols_line *line;	/* while it is being printed */
	size_t last;			/* row of its tree, from 1, if it has no parent */
	unsigned char depth;
	unsigned char color, cell_color;	/* enum color */
	signed char colored;		/* the column with a colour of its own, or -1 */
	char cells[];			/* one string after the other */
};

/* clang-format on */

struct table {
	struct libscols_table *scols;
	const struct column *all;
	int columns[MAX_COLUMNS]; /* those chosen */
	size_t nr_columns;
	struct table_row *rows, **end;
	size_t nr_rows, nr_lines; /* all, and those that libsmartcols has had */
	bool tree; /* rows have parents */
	bool aligned; /* columns are as wide in every row */
	bool in_blocks; /* not all rows have to be drawn at once */
	cell_func cell;
	struct text text, cells; /* of a cell, of a row */
	struct arena *arena;
};

/*
 * @name:	of the array in JSON
 * @defaults:	columns to show when the options name none, by comma
 */
struct table *table_new(const struct options *o, const char *name,
			const char *defaults, cell_func cell);

/* Whether nothing but ASCII is to be drawn. */
bool table_is_ascii(const struct options *o);

/* A line above the table, in text for people. */
void table_title(struct table *t, const char *title);

/*
 * A row for @item below @parent, which may be NULL.  Below TABLE_MAX_DEPTH
 * levels the tree goes on sideways: a mount tree may be deeper than a screen is
 * wide and a JSON reader's stack.
 */
#define TABLE_MAX_DEPTH 100
struct table_row *table_row(struct table *t, struct table_row *parent,
			    const void *item);

/* Colours the row, if there are colours, all of it. */
void table_color(struct table_row *row, enum color color);

/* The same of the cell in @column alone, if that is shown. */
void table_color_cell(struct table_row *row, int column, enum color color);

/* The rows that were added; once. */
void table_print(struct table *t);

/* In JSON: without the brace at the beginning. */
void table_print_rest(struct table *t);
void table_free(struct table *t);

#endif
