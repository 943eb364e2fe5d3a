/* SPDX-License-Identifier: GPL-2.0-only */
/* What parse.c and value.c share. */
#ifndef MNTPROP_PARSER_H
#define MNTPROP_PARSER_H

#include "snapshot.h"

struct slice {
	const char *s;
	size_t len;
};

bool slice_is(struct slice v, const char *s);

/* What stands before the next @c, which is taken off @rest too. */
struct slice slice_cut(struct slice *rest, char c);

/* How far the file has been read: records come in this order. */
enum stage { START, SYSTEM, CAPTURE, NS, MOUNT, END, CGROUP };

struct parser {
	struct snapshot *s;
	struct slice text; /* the rest of the file */
	char *read; /* what is before that, to be given back; NULL: to be kept */
	size_t line;
	enum stage stage;
	size_t namespaces, mounts; /* records so far */
	struct error *err;
};

/*
 * One for each kind of value: puts it where @to points, and returns NULL or
 * what is wrong with it.
 */
typedef const char *(getter)(struct parser *p, struct slice v, void *to);

getter get_u64, get_uint, get_size, get_long, get_id, get_bool, get_yesno;
getter get_string, get_word, get_path, get_hash;

/* A string of a mount that often is that of the mount before it, too. */
getter get_repeated;

/* The number of records to come. */
getter get_count;

/* The nr of an ns record before this one; to the pointer to it. */
getter get_ns;

/* @to is the mount, as these fill in two of its members. */
getter get_dev, get_slaves;

#endif
