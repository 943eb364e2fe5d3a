// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/mount.h>

#include "attributes.h"
#include "compiler.h"
#include "world.h"

#define VALID                                                            \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |      \
	 MOUNT_ATTR_NOEXEC | MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME | \
	 MOUNT_ATTR_NOSYMFOLLOW)

/* clang-format off */

const struct attribute attribute_table[] = {
	{ "ro", MOUNT_ATTR_RDONLY, "rw" },
	{ "nosuid", MOUNT_ATTR_NOSUID, "suid" },
	{ "nodev", MOUNT_ATTR_NODEV, "dev" },
	{ "noexec", MOUNT_ATTR_NOEXEC, "exec" },
	{ "nodiratime", MOUNT_ATTR_NODIRATIME, "diratime" },
	{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, "symfollow" },
	{ "atime", .bits = MOUNT_ATTR__ATIME },
	{ "noatime", .bits = MOUNT_ATTR_NOATIME },
	{ "strictatime", .bits = MOUNT_ATTR_STRICTATIME },
	{ "relatime", .bits = MOUNT_ATTR_RELATIME },
};

/* Those of a bit each. */
static const struct {
	unsigned int bit, flag, lock;
	const char *locked;
} bits[] = {
	{ MOUNT_ATTR_RDONLY, WORLD_RO, WORLD_LOCK_RO,
	  "ro is locked: it cannot be cleared in this mount namespace" },
	{ MOUNT_ATTR_NOSUID, WORLD_NOSUID, WORLD_LOCK_NOSUID,
	  "nosuid is locked: it cannot be cleared in this mount namespace" },
	{ MOUNT_ATTR_NODEV, WORLD_NODEV, WORLD_LOCK_NODEV,
	  "nodev is locked: it cannot be cleared in this mount namespace" },
	{ MOUNT_ATTR_NOEXEC, WORLD_NOEXEC, WORLD_LOCK_NOEXEC,
	  "noexec is locked: it cannot be cleared in this mount namespace" },
	{ MOUNT_ATTR_NODIRATIME, WORLD_NODIRATIME, 0, NULL },
	{ MOUNT_ATTR_NOSYMFOLLOW, WORLD_NOSYMFOLLOW, 0, NULL },
};

/* clang-format on */

const size_t nr_attributes = ARRAY_SIZE(attribute_table);

static bool is_word(const char *known, const char *name, size_t len)
{
	return known && !strncmp(known, name, len) && !known[len];
}

const struct attribute *attribute_named(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < nr_attributes; i++) {
		if (is_word(attribute_table[i].name, name, len))
			return &attribute_table[i];
	}
	return NULL;
}

static void ask_mode(struct operation *op, unsigned int mode)
{
	op->attr_clr |= MOUNT_ATTR__ATIME;
	op->attr_set &= ~MOUNT_ATTR__ATIME;
	op->attr_set |= mode;
}

bool attributes_ask(struct operation *op, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < nr_attributes; i++) {
		const struct attribute *a = &attribute_table[i];
		bool on = is_word(a->name, name, len);

		if (a->bits == MOUNT_ATTR__ATIME ||
		    (!on && !is_word(a->off, name, len)))
			continue;
		if (!a->off) {
			ask_mode(op, a->bits);
			return true;
		}
		op->attr_set &= ~a->bits;
		op->attr_clr &= ~a->bits;
		*(on ? &op->attr_set : &op->attr_clr) |= a->bits;
		return true;
	}
	return false;
}

static const char no_such[] = "there is no such attribute";

static const char *several_modes(unsigned int mode)
{
	if (mode && mode != MOUNT_ATTR_NOATIME &&
	    mode != MOUNT_ATTR_STRICTATIME)
		return "more than one mode of atime is set";
	return NULL;
}

const char *attributes_refused(const struct operation *op)
{
	unsigned int mode = op->attr_set & MOUNT_ATTR__ATIME;
	unsigned int cleared = op->attr_clr & MOUNT_ATTR__ATIME;

	if ((op->attr_set | op->attr_clr) & ~VALID)
		return no_such;
	if (!cleared)
		return mode ? "a mode of atime is set and none is cleared" :
			      NULL;
	if (cleared != MOUNT_ATTR__ATIME)
		return "one mode of atime is cleared and not all";
	return several_modes(mode);
}

const char *attributes_of_new_refused(const struct operation *op)
{
	if (op->attr_set & ~VALID)
		return no_such;
	return several_modes(op->attr_set & MOUNT_ATTR__ATIME);
}

static unsigned int to_flags(unsigned int attributes)
{
	unsigned int flags = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		if (attributes & bits[i].bit)
			flags |= bits[i].flag;
	}
	return flags;
}

static unsigned int mode_of(unsigned int attributes)
{
	switch (attributes & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_RELATIME:
		return WORLD_RELATIME;
	case MOUNT_ATTR_NOATIME:
		return WORLD_NOATIME;
	default:
		return 0;
	}
}

unsigned int attributes_changed(const struct operation *op,
				const struct world_mount *m)
{
	unsigned int flags = m->now.flags & ~to_flags(op->attr_clr);

	if (op->attr_clr & MOUNT_ATTR__ATIME) {
		flags &= ~(WORLD_RELATIME | WORLD_NOATIME);
		flags |= mode_of(op->attr_set);
	}
	return flags | to_flags(op->attr_set);
}

unsigned int attributes_of_new(const struct operation *op)
{
	return to_flags(op->attr_set) | mode_of(op->attr_set);
}

unsigned int attributes_remounted(const struct operation *op,
				  const struct world_mount *m)
{
	unsigned int flags = m->now.flags & ~WORLD_SETTABLE;

	flags |= to_flags(op->attr_set);
	if (op->attr_clr & MOUNT_ATTR__ATIME ||
	    op->attr_set & (MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME))
		return flags | mode_of(op->attr_set);
	return flags | (m->now.flags & WORLD_ATIME_MASK);
}

const char *attributes_locked(const struct world_mount *m, unsigned int flags)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		if (m->now.flags & bits[i].lock && !(flags & bits[i].flag))
			return bits[i].locked;
	}
	if (m->now.flags & WORLD_LOCK_ATIME &&
	    (m->now.flags ^ flags) & WORLD_ATIME_MASK)
		return "atime is locked: its mode cannot be changed in this mount namespace";
	return NULL;
}
