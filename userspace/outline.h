/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mount namespaces as a text in which no id is left: two of them that are alike have the
 * same, be they the kernel's or a model's.
 */
#ifndef MNTPROP_OUTLINE_H
#define MNTPROP_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* clang-format off */

struct outline_mount {
	unsigned int ns;	/* number of the namespace */
	int id, parent;		/* the parent may be in no namespace of these */
	char *path;		/* the mountpoint, from the root of the namespace */
	char *root;		/* in the filesystem */
	uintptr_t fs;		/* which filesystem: equal ones are the same */
	int group, master;	/* 0: none */
	bool unbindable;
	unsigned int flags;	/* WORLD_… that users can change */
	int made;		/* 0: before the last step; else the greater the later */
};

/* clang-format on */

struct outline {
	struct outline_mount *mounts;
	size_t nr;
};

/**
 * outline_add() - one more mount
 * @o:		begins as {}
 * @mount:	its strings are copied
 *
 * Return: 0, or -1 without memory.
 */
int outline_add(struct outline *o, const struct outline_mount *mount);
void outline_free(struct outline *o);

/* One line a mount, by namespace and tree; brothers by their paths. */
void outline_print(const struct outline *o, FILE *f);

#endif
