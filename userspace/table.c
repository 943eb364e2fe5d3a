// SPDX-License-Identifier: GPL-2.0-only
#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "huge.h"
#include "table.h"

/* From so many rows on memory is reserved for as many again. */
#define MANY_ROWS 4096
/* What one takes, about. */
#define BYTES_OF_A_ROW 1024

/* Width is a hint: a share of the terminal, or characters. */
static const struct {
	double width;
	int flags, json;
} kinds[] = {
	[COLUMN_TEXT] = { 0.1, 0, SCOLS_JSON_STRING },
	[COLUMN_PROPAGATION] = { 0.1, 0, SCOLS_JSON_STRING },
	[COLUMN_LONG] = { 0.25, SCOLS_FL_NOEXTREMES, SCOLS_JSON_STRING },
	[COLUMN_TREE] = { 0.3, SCOLS_FL_TREE | SCOLS_FL_NOEXTREMES,
			  SCOLS_JSON_STRING },
	[COLUMN_LIST] = { 0.3, SCOLS_FL_NOEXTREMES, SCOLS_JSON_ARRAY_STRING },
	[COLUMN_NUMBER] = { 4, SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER },
	[COLUMN_BOOL] = { 1, 0, SCOLS_JSON_BOOLEAN },
};

static int find_column(const struct column *columns, const char *name,
		       size_t len)
{
	int i;

	for (i = 0; columns[i].name; i++) {
		if (strlen(columns[i].name) == len &&
		    !strncasecmp(columns[i].name, name, len))
			return i;
	}
	return -1;
}

static void choose_columns(struct table *t, const struct options *o,
			   const char *list)
{
	size_t len;

	for (;; list += len + 1) {
		int column;

		len = strcspn(list, ",");
		column = find_column(t->all, list, len);
		if (column < 0)
			fatal("'%.*s': no such column; see mntprop %s --help",
			      (int)len, list, o->command->name);
		if (t->nr_columns == MAX_COLUMNS)
			fatal("%s: too many columns; name %d at most",
			      o->command->name, MAX_COLUMNS);
		t->columns[t->nr_columns++] = column;
		if (!list[len])
			return;
	}
}

/* It makes the items of an array of the lines that a cell is wrapped to. */
static void split_at_newlines(struct libscols_column *col)
{
	int flags = scols_column_get_flags(col) | SCOLS_FL_WRAP;

	if (scols_column_set_flags(col, flags) ||
	    scols_column_set_safechars(col, "\n") ||
	    scols_column_set_wrapfunc(col, scols_wrapnl_chunksize,
				      scols_wrapnl_nextchunk, NULL))
		out_of_memory();
}

static void add_columns(struct table *t, const struct options *o)
{
	size_t i;

	for (i = 0; i < t->nr_columns; i++) {
		const struct column *c = &t->all[t->columns[i]];
		int flags = kinds[c->kind].flags;
		struct libscols_column *col;

		if (!t->tree)
			flags &= ~SCOLS_FL_TREE;
		col = scols_table_new_column(t->scols, c->name,
					     kinds[c->kind].width, flags);
		if (!col)
			out_of_memory();
		scols_column_set_json_type(col, kinds[c->kind].json);
		if (o->format == FORMAT_JSON && c->kind == COLUMN_LIST)
			split_at_newlines(col);
	}
}

static const char *const separators[] = {
	[FORMAT_TABLE] = ", ",
	[FORMAT_JSON] = "\n",
	[FORMAT_PAIRS] = ",",
	[FORMAT_RAW] = ",",
};

bool table_is_ascii(const struct options *o)
{
	return o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
}

struct table *table_new(const struct options *o, const char *name,
			const char *defaults, cell_func cell)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t)
		t->scols = scols_new_table();
	if (!t || !t->scols || scols_table_set_name(t->scols, name))
		out_of_memory();

	t->all = o->to && o->command->columns_to ? o->command->columns_to :
						   o->command->columns;
	t->cell = cell;
	t->reserve_at = MANY_ROWS;
	t->tree = o->format == FORMAT_TABLE || o->format == FORMAT_JSON;
	t->text.encode = o->format == FORMAT_JSON;
	t->text.full = o->format != FORMAT_TABLE;
	t->text.separator = separators[o->format];

	scols_table_enable_json(t->scols, o->format == FORMAT_JSON);
	scols_table_enable_export(t->scols, o->format == FORMAT_PAIRS);
	scols_table_enable_raw(t->scols, o->format == FORMAT_RAW);
	scols_table_enable_noheadings(t->scols, o->noheadings);
	scols_table_enable_ascii(t->scols, table_is_ascii(o));
	scols_table_enable_colors(t->scols, colors_wanted());

	if (!o->columns || *o->columns == '+')
		choose_columns(t, o, defaults);
	if (o->columns)
		choose_columns(t, o, o->columns + (*o->columns == '+'));
	add_columns(t, o);
	return t;
}

void table_title(struct table *t, const char *title)
{
	if (scols_cell_set_data(scols_table_get_title(t->scols), title))
		out_of_memory();
}

static void color_cell(struct libscols_line *row, size_t n, enum color color)
{
	const char *sequence = color_start(STDOUT_FILENO, color);

	if (colors_wanted() &&
	    scols_cell_set_color(scols_line_get_cell(row, n),
				 *sequence ? sequence : NULL))
		out_of_memory();
}

/* The depth of a row is kept as its user data. */
static uintptr_t depth_of(struct libscols_line *row)
{
	return (uintptr_t)scols_line_get_userdata(row);
}

struct libscols_line *table_row(struct table *t, struct libscols_line *parent,
				const void *item)
{
	struct libscols_line *row;
	size_t i;

	if (!t->tree)
		parent = NULL;
	if (parent && depth_of(parent) == TABLE_MAX_DEPTH)
		parent = scols_line_get_parent(parent);
	row = scols_table_new_line(t->scols, parent);
	if (!row)
		out_of_memory();
	scols_line_set_userdata(row,
				(void *)(parent ? depth_of(parent) + 1 : 1));

	if (++t->nr_rows == t->reserve_at) {
		reserve_huge_heap(t->nr_rows * BYTES_OF_A_ROW);
		t->reserve_at *= 2;
	}
	for (i = 0; i < t->nr_columns; i++) {
		text_clear(&t->text);
		t->cell(&t->text, t->columns[i], item);
		if (t->text.len && scols_line_set_data(row, i, t->text.data))
			out_of_memory();
		if (t->text.len &&
		    t->all[t->columns[i]].kind == COLUMN_PROPAGATION)
			color_cell(row, i, color_of_propagation(t->text.data));
	}
	return row;
}

/* A cell's own colour would come before it. */
void table_color(struct table *t, struct libscols_line *row, enum color color)
{
	const char *sequence = color_start(STDOUT_FILENO, color);
	size_t i;

	for (i = 0; i < t->nr_columns; i++)
		color_cell(row, i, COLOR_NONE);
	if (colors_wanted() &&
	    scols_line_set_color(row, *sequence ? sequence : NULL))
		out_of_memory();
}

void table_color_cell(struct table *t, struct libscols_line *row, int column,
		      enum color color)
{
	size_t i;

	for (i = 0; i < t->nr_columns; i++) {
		if (t->columns[i] == column)
			color_cell(row, i, color);
	}
}

void table_print(struct table *t)
{
	if (scols_print_table(t->scols))
		out_of_memory();
}

char *table_string(struct table *t)
{
	char *s;

	if (scols_print_table_to_string(t->scols, &s))
		out_of_memory();
	return s;
}

void table_free(struct table *t)
{
	scols_unref_table(t->scols);
	text_free(&t->text);
	free(t);
}
