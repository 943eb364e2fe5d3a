/* SPDX-License-Identifier: GPL-2.0-only */
/* What a mount permits, as mount_setattr(2) has it: MOUNT_ATTR_… */
#ifndef MNTPROP_ATTRIBUTES_H
#define MNTPROP_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

struct operation;
struct world_mount;

/* clang-format off */

struct attribute {
	const char *name;	/* as an option of mount(8) */
	unsigned int bits;	/* MOUNT_ATTR_…; relatime has none */
	const char *off;	/* the option that clears it; NULL: a mode of atime */
};

/* clang-format on */

/*
 * The last ones are modes of atime, of which a mount has one, and before them, as "atime",
 * what all modes are cleared by.
 */
extern const struct attribute attribute_table[];
extern const size_t nr_attributes;

/* NULL: there is none of this name, which has @len characters. */
const struct attribute *attribute_named(const char *name, size_t len);

/**
 * attributes_ask() - put an option of mount(8) into a request
 * @op:		what is set and cleared so far
 * @name:	"ro", "suid", "noatime"; a later one counts more than an earlier one
 * @len:	how many characters it has
 *
 * Return: whether there is such an option.
 */
bool attributes_ask(struct operation *op, const char *name, size_t len);

/**
 * attributes_refused() - whether a request of mount_setattr(2) makes no sense
 * @op:		what is set and cleared
 *
 * As build_mount_kattr() of the kernel, for requests without MOUNT_ATTR_IDMAP.
 *
 * Return: why, for EINVAL, or NULL.
 */
const char *attributes_refused(const struct operation *op);

/* The flags of @m when attributes are set and cleared, WORLD_… */
unsigned int attributes_changed(const struct operation *op,
				const struct world_mount *m);

/* Why fsmount(2) refuses them, for EINVAL, or NULL. */
const char *attributes_of_new_refused(const struct operation *op);

/* The flags of a mount that fsmount(2) makes, WORLD_… */
unsigned int attributes_of_new(const struct operation *op);

/*
 * The flags of @m after a remount by mount(2): the attributes that @op sets and no other.
 * The mode of atime stays if the request does not clear it and there is no nodiratime.
 */
unsigned int attributes_remounted(const struct operation *op,
				  const struct world_mount *m);

/* Why the flags of @m must not become these: what is locked stays; NULL: they may. */
const char *attributes_locked(const struct world_mount *m, unsigned int flags);

#endif
