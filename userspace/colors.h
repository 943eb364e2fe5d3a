/* SPDX-License-Identifier: GPL-2.0-only */
/* What is printed in which colour, as terminal-colors.d(5) has it. */
#ifndef MNTPROP_COLORS_H
#define MNTPROP_COLORS_H

#include <stdbool.h>
#include <stddef.h>

/* The words of a scheme file name these: see colors.c. */
enum color {
	COLOR_NONE,
	COLOR_SHARED,
	COLOR_SLAVE,
	COLOR_PRIVATE,
	COLOR_UNBINDABLE,
	COLOR_HIDDEN,
	COLOR_GROUP,
	COLOR_EMPTY,
	COLOR_BUSY,
	COLOR_CUT,
	COLOR_YES,
	COLOR_NO,
	COLOR_ADDED,
	COLOR_REMOVED,
	COLOR_CHANGED,
	COLOR_HUNK,
	COLOR_VIOLATION,
	COLOR_ERROR,
	COLOR_WARNING,
	NR_COLORS,
};

/**
 * colors_init() - decide what is coloured, and how
 * @when:	auto, always or never, of --color; NULL is auto
 * @people:	standard output is for people; else it gets no colours
 *
 * Until it is called nothing is. With auto it takes a terminal that knows
 * colours, no NO_COLOR that says something (no-color.org), and no file
 * mntprop.disable that counts for more than mntprop.enable. What the files say
 * of the colours counts also with always.
 */
void colors_init(const char *when, bool people);

/* Whether standard output gets any. */
bool colors_wanted(void);

/*
 * The escape sequence for what is printed to @fd, STDOUT_FILENO or STDERR_FILENO;
 * "" if there is none. After it comes the text, and then color_end().
 */
const char *color_start(int fd, enum color color);
const char *color_end(int fd, enum color color);

/* Of mount_propagation()'s words the first that has a colour. */
enum color color_of_propagation(const char *words);

/* A line on standard output, of which the first @len bytes are coloured. */
void color_puts(enum color color, const char *line, size_t len);

#endif
