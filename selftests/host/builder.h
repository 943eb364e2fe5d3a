/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots made in memory, to be parsed by tests. */
#ifndef MNTPROP_BUILDER_H
#define MNTPROP_BUILDER_H

#include "snapshot.h"

/* Text that grows; free(b.text) in the end. */
struct builder {
	char *text;
	size_t len;
	FILE *f;
};

void build(struct builder *b, const char *fmt, ...) __printf(2, 3);

/* Everything up to the ns records. */
void build_head(struct builder *b, size_t namespaces, size_t mounts);
/* Its inode number is BUILD_INUM + @nr, its pid @nr + 1. */
#define BUILD_INUM 4026531841U
void build_ns(struct builder *b, unsigned int nr, int root);

/*
 * A mount in namespace 0 with all required fields; @more are further ones, each
 * with a blank before it, or "".
 */
void build_mount(struct builder *b, int id, int parent, const char *mountpoint,
		 const char *more);

/* The same, unmounted. */
void build_unattached(struct builder *b, int id, int parent,
		      const char *mountpoint, const char *more);
void build_end(struct builder *b, size_t namespaces, size_t mounts);

/* Parses it under the name "test", and frees the text. */
struct snapshot *build_parse(struct builder *b, struct error *err);

#endif
