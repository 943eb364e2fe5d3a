// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "escape.h"
#include "huge.h"
#include "table.h"

/* As many are drawn at once, where not all have to be. */
#define BLOCK_ROWS 4096
/* What one takes in libsmartcols, about. */
#define BYTES_OF_A_ROW 1024
/* Characters that each level of a tree is drawn with. */
#define TREE_WIDTH 2

#define NO_COLUMN (-1)

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

/* Once: the keys of an object in JSON have to differ. */
static void add_column(struct table *t, int column)
{
	size_t i;

	for (i = 0; i < t->nr_columns; i++) {
		if (t->columns[i] == column)
			return;
	}
	if (t->nr_columns == MAX_COLUMNS)
		fatal("too many columns; name %d at most", MAX_COLUMNS);
	t->columns[t->nr_columns++] = column;
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
		add_column(t, column);
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
	return o->ascii || !escape_is_utf8();
}

struct table *table_new(const struct options *o, const char *name,
			const char *defaults, cell_func cell)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t) {
		t->scols = scols_new_table();
		t->arena = arena_new();
	}
	if (!t || !t->scols || !t->arena ||
	    scols_table_set_name(t->scols, name))
		out_of_memory();

	t->end = &t->rows;
	t->all = o->to && o->command->columns_to ? o->command->columns_to :
						   o->command->columns;
	t->cell = cell;
	t->tree = o->format == FORMAT_TABLE || o->format == FORMAT_JSON;
	t->in_blocks = o->format != FORMAT_JSON && !isatty(STDOUT_FILENO);
	t->aligned = o->format == FORMAT_TABLE;
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

/* With what is in t->cells. */
static struct table_row *new_row(struct table *t)
{
	struct table_row *row =
		arena_alloc(t->arena, 1, sizeof(*row) + t->cells.len);

	if (!row)
		out_of_memory();
	memcpy(row->cells, t->cells.data, t->cells.len);
	row->colored = NO_COLUMN;
	t->cells.len = 0;
	return row;
}

struct table_row *table_row(struct table *t, struct table_row *parent,
			    const void *item)
{
	struct table_row *row, *top;
	size_t i;

	for (i = 0; i < t->nr_columns; i++) {
		text_clear(&t->text);
		t->cell(&t->text, t->columns[i], item);
		if (t->text.len)
			text_append(&t->cells, t->text.data, t->text.len);
		text_append(&t->cells, "", 1);
	}
	row = new_row(t);
	if (t->tree && parent) {
		row->parent = parent->depth == TABLE_MAX_DEPTH - 1 ?
				      parent->parent :
				      parent;
		row->depth = row->parent->depth + 1;
	}
	*t->end = row;
	t->end = &row->next;
	t->nr_rows++;
	for (top = row; top->parent; top = top->parent)
		;
	top->last = t->nr_rows;
	return row;
}

/* A cell's own colour would come before it. */
void table_color(struct table_row *row, enum color color)
{
	row->color = color;
	row->colored = NO_COLUMN;
}

void table_color_cell(struct table_row *row, int column, enum color color)
{
	row->cell_color = color;
	row->colored = column;
}

static const char *sequence_of(enum color color)
{
	const char *sequence = color_start(STDOUT_FILENO, color);

	return *sequence ? sequence : NULL;
}

static enum color color_of(const struct table *t, const struct table_row *row,
			   size_t i, const char *cell)
{
	if (row->colored == t->columns[i])
		return row->cell_color;
	if (t->all[t->columns[i]].kind == COLUMN_PROPAGATION && !row->color)
		return color_of_propagation(cell);
	return COLOR_NONE;
}

static void add_line(struct table *t, struct table_row *row)
{
	struct table_row *parent = row->parent;
	const char *cell = row->cells;
	size_t i;

	row->line =
		scols_table_new_line(t->scols, parent ? parent->line : NULL);
	if (!row->line)
		out_of_memory();
	for (i = 0; i < t->nr_columns; i++, cell += strlen(cell) + 1) {
		if (*cell && scols_line_set_data(row->line, i, cell))
			out_of_memory();
		if (colors_wanted() &&
		    scols_cell_set_color(scols_line_get_cell(row->line, i),
					 sequence_of(color_of(t, row, i, cell))))
			out_of_memory();
	}
	if (colors_wanted() &&
	    scols_line_set_color(row->line, sequence_of(row->color)))
		out_of_memory();
}

/* The next @nr rows and what is below them; returns those that are left. */
static struct table_row *add_lines(struct table *t, struct table_row *row,
				   size_t nr)
{
	size_t end = t->nr_lines + nr;

	reserve_huge_heap(nr * BYTES_OF_A_ROW);
	for (; row && t->nr_lines < end; row = row->next) {
		if (row->last > end) {
			reserve_huge_heap((row->last - end) * BYTES_OF_A_ROW);
			end = row->last;
		}
		add_line(t, row);
		t->nr_lines++;
	}
	return row;
}

/* As libsmartcols would make the column, had it all rows. */
static void fix_width(struct table *t, size_t i, size_t widest)
{
	struct libscols_column *col = scols_table_get_column(t->scols, i);
	size_t name = strlen(t->all[t->columns[i]].name), width = widest;
	int flags = scols_column_get_flags(col) | SCOLS_FL_STRICTWIDTH;
	double hint = scols_column_get_whint(col);

	if (width < name)
		width = name;
	else if (width < hint && name < hint)
		width = hint;
	/* The hint does not hold for what is only as wide as the name. */
	if (scols_cell_set_data(scols_column_get_header(col), "") ||
	    scols_column_set_whint(col, width) ||
	    scols_column_set_flags(col, flags))
		out_of_memory();
}

static void fix_widths(struct table *t)
{
	size_t widest[MAX_COLUMNS] = {}, i;
	struct table_row *row;

	for (row = t->rows; row; row = row->next) {
		const char *cell = row->cells;

		for (i = 0; i < t->nr_columns; i++, cell += strlen(cell) + 1) {
			size_t width = text_width(cell);

			if (t->all[t->columns[i]].kind == COLUMN_TREE)
				width += row->depth * TREE_WIDTH;
			if (width > widest[i])
				widest[i] = width;
		}
	}
	for (i = 0; i < t->nr_columns; i++)
		fix_width(t, i, widest[i]);
}

static void add_names(struct table *t)
{
	size_t i;

	for (i = 0; i < t->nr_columns; i++) {
		const char *name = t->all[t->columns[i]].name;

		text_append(&t->cells, name, strlen(name) + 1);
	}
	add_line(t, new_row(t));
}

/*
 * What libsmartcols has of a row is several times what is in it, and of a large
 * machine's more than all the rest: it gets them in blocks.
 */
static void print_in_blocks(struct table *t)
{
	struct table_row *row = t->rows;

	if (t->aligned)
		fix_widths(t);
	if (!scols_table_is_noheadings(t->scols) &&
	    !scols_table_is_export(t->scols))
		add_names(t);
	scols_table_enable_noheadings(t->scols, true);
	while (row) {
		row = add_lines(t, row, BLOCK_ROWS);
		if (scols_print_table(t->scols))
			out_of_memory();
		scols_table_remove_lines(t->scols);
		table_title(t, NULL);
	}
}

void table_print(struct table *t)
{
	if (t->in_blocks && t->nr_rows > BLOCK_ROWS) {
		print_in_blocks(t);
		return;
	}
	add_lines(t, t->rows, t->nr_rows);
	if (scols_print_table(t->scols))
		out_of_memory();
}

static ssize_t write_rest(void *arg, const char *data, size_t size)
{
	bool *begun = arg;
	const char *brace = *begun ? NULL : memchr(data, '{', size);
	const char *rest = brace ? brace + 1 : data;

	if (!*begun && !brace)
		return size;
	*begun = true;
	fwrite(rest, data + size - rest, 1, stdout);
	return size;
}

void table_print_rest(struct table *t)
{
	bool begun = false;
	FILE *f = fopencookie(&begun, "w",
			      (cookie_io_functions_t){ .write = write_rest });

	if (!f)
		out_of_memory();
	scols_table_set_stream(t->scols, f);
	table_print(t);
	fclose(f);
}

void table_free(struct table *t)
{
	scols_unref_table(t->scols);
	arena_free(t->arena);
	text_free(&t->text);
	text_free(&t->cells);
	free(t);
}
