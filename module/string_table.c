// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strings of a snapshot. Namespaces are copies of each other: most of their
 * mounts have the paths, types and sources of others, and what was copied a
 * short time ago is not copied again.
 *
 * What is known is known by address. An address stays that of the same object
 * as long as namespace_sem is held if a mount of a namespace pins it, so only
 * strings of those are remembered (s->remember).
 */
#include <asm/word-at-a-time.h>
#include <linux/compiler.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "path.h"
#include "snapshot.h"
#include "string_table.h"

/* Before the other strings, which are put down from the end of the room. */
static const char first[STRING_SLASH + 1 + STRING_PADDING] = {
	[STRING_SLASH] = '/',
};

/** mntprop_strings_begin() - empty the strings of @s, whose room is there */
void mntprop_strings_begin(struct mntprop_snapshot *s)
{
	memcpy(s->strings, first, sizeof(first));
	memset(s->strings + s->room.strings, 0, STRING_PADDING);
	s->strings_start = s->room.strings;
	s->need.strings = sizeof(first);
}

/* Room for a string of @len and its NUL; NULL if there is none, but it is counted. */
static char *reserve(struct mntprop_snapshot *s, size_t len, u32 *offset)
{
	*offset = STRING_EMPTY;
	s->need.strings += len + 1;
	if (s->need.strings > s->room.strings)
		return NULL;
	s->strings_start -= len + 1;
	*offset = s->strings_start;
	return s->strings + s->strings_start;
}

/* Where what two addresses stand for would be; a later one takes its place. */
static struct mntprop_known *slot_of(const struct mntprop_snapshot *s,
				     const void *a, const void *b)
{
	unsigned long key = (unsigned long)a ^ ((unsigned long)b << 1);

	return &s->known[hash_long(key, s->known_bits)];
}

static bool is_known(const struct mntprop_snapshot *s,
		     const struct mntprop_known *known, const void *a,
		     const void *b)
{
	return s->remember && known->a == a && known->b == b;
}

static void remember(const struct mntprop_snapshot *s,
		     struct mntprop_known *known, const void *a, const void *b,
		     u32 offset, u32 state)
{
	if (s->remember)
		*known = (struct mntprop_known){ a, b, offset, state };
}

/**
 * mntprop_strings_path() - copy the path from one dentry down to another
 * @s:		the snapshot
 * @dentry:	the lower one
 * @root:	the upper one; NULL for the root of the filesystem
 * @state:	set to PATH_* flags
 *
 * Context: namespace_sem, shared is enough, and RCU read lock held; a mount pins
 * @dentry.
 * Return: its offset; 0 if there was no room for it.
 */
u32 mntprop_strings_path(struct mntprop_snapshot *s,
			 const struct dentry *dentry, const struct dentry *root,
			 unsigned int *state)
{
	struct mntprop_known *known;
	u32 offset;
	size_t len;

	if (dentry == root || (!root && IS_ROOT(dentry))) {
		*state = 0;
		return STRING_SLASH;
	}
	known = slot_of(s, dentry, root);
	if (is_known(s, known, dentry, root)) {
		*state = known->state;
		return known->offset;
	}
	/* It is made where it will stay: in the free part of the strings. */
	len = mntprop_path_copy(s->strings + s->strings_start,
				s->strings_start - sizeof(first), dentry, root,
				state);
	reserve(s, len, &offset);
	remember(s, known, dentry, root, offset, *state);
	return offset;
}

/* The type of a filesystem, with the subtype that fuse and the like have. */
static u32 copy_type(struct mntprop_snapshot *s, const struct super_block *sb)
{
	const char *name = sb->s_type->name, *subtype = sb->s_subtype;
	struct mntprop_known *known = slot_of(s, name, subtype);
	size_t len, sub;
	u32 offset;
	char *to;

	if (is_known(s, known, name, subtype))
		return known->offset;
	len = strnlen(name, NAME_MAX);
	sub = subtype ? strnlen(subtype, NAME_MAX) : 0;
	to = reserve(s, len + (sub ? sub + 1 : 0), &offset);
	if (!to)
		return STRING_EMPTY;
	memcpy(to, name, len);
	to += len;
	if (sub) {
		*to++ = '.';
		memcpy(to, subtype, sub);
		to += sub;
	}
	*to = '\0';
	remember(s, known, name, subtype, offset, 0);
	return offset;
}

/*
 * As !strcmp(). Sources mostly are in memory of their own, which is aligned: words
 * of them can be read whole.
 */
static bool is_copy_of(const char *copy, const char *source)
{
	static const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long ours, theirs, nul;

	if (!IS_ALIGNED((unsigned long)source, sizeof(theirs)))
		return !strcmp(copy, source);
	for (;;) {
		memcpy(&ours, copy, sizeof(ours));
		theirs = read_word_at_a_time(source);
		if (has_zero(theirs, &nul, &constants))
			break;
		if (ours != theirs)
			return false;
		copy += sizeof(ours);
		source += sizeof(theirs);
	}
	nul = create_zero_mask(prep_zero_mask(theirs, nul, &constants));
	return !((ours ^ theirs) & zero_bytemask(nul)) && !copy[find_zero(nul)];
}

static u32 copy_source(struct mntprop_snapshot *s, const char *source)
{
	size_t len = strnlen(source, PATH_MAX);
	u32 offset;
	char *to = reserve(s, len, &offset);

	if (!to)
		return STRING_EMPTY;
	memcpy(to, source, len);
	to[len] = '\0';
	return offset;
}

/**
 * mntprop_strings_filesystem() - copy a filesystem's type and a mount's source
 * @s:		the snapshot; where it remembers, one more mount of @sb is counted
 * @sb:		the superblock
 * @source:	the mount's source, which most mounts of a superblock share; or NULL
 * @type:	set to the offset of the type, as mountinfo shows it; 0 if there was
 *		no room for it
 *
 * Context: namespace_sem held, shared is enough; a mount pins @sb.
 * Return: offset of the source; 0 if there is none, or was no room for it.
 */
u32 mntprop_strings_filesystem(struct mntprop_snapshot *s,
			       const struct super_block *sb, const char *source,
			       u32 *type)
{
	struct mntprop_known_sb *known = mntprop_known_sb(s, sb);

	if (!s->remember) {
		*type = copy_type(s, sb);
		return source ? copy_source(s, source) : STRING_EMPTY;
	}
	if (known->sb != sb)
		*known = (struct mntprop_known_sb){
			.sb = sb,
			.type = copy_type(s, sb),
		};
	known->mounts++;
	*type = known->type;
	if (!source)
		return STRING_EMPTY;
	if (known->source && is_copy_of(s->strings + known->source, source))
		return known->source;
	known->source = copy_source(s, source);
	return known->source;
}
