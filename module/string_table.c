// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strings of a snapshot. Namespaces are copies of each other: most of their
 * mounts have the paths, types and sources of others, and what was copied a
 * short time ago is not copied again.
 *
 * Strings are cached by the address of the object they belong to. namespace_sem keeps
 * attached mounts, and the dentries and superblocks they pin, until the walk ends.
 * Objects that unattached mounts pin can go at any time, but RCU keeps their memory,
 * so that their addresses stand for them until the RCU read lock is dropped (s->epoch).
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
#include "peek.h"
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
	s->long_left = STRINGS_LONG;
}

/**
 * mntprop_strings_forget_superblocks() - count mounts of superblocks from none again
 * @s:	the snapshot
 *
 * For when mounts are copied again that were counted.
 */
void mntprop_strings_forget_superblocks(struct mntprop_snapshot *s)
{
	memset(s->known_sbs, 0, sizeof(*s->known_sbs) << s->known_sb_bits);
}

/* How many bytes the next string may have; few while spinlocks are held. */
static size_t longest_now(const struct mntprop_snapshot *s)
{
	return s->long_left && !s->epoch ? PATH_MAX - 1 : STRING_SHORT;
}

/* Room for a string of @len and its NUL; NULL if there is none, but it is counted. */
static char *reserve(struct mntprop_snapshot *s, size_t len, u32 *offset)
{
	*offset = STRING_EMPTY;
	if (s->need.strings + len + 1 > STRINGS_MAX) {
		s->stopped |= STOPPED_ROOM;
		return NULL;
	}
	s->need.strings += len + 1;
	if (len > STRING_SHORT)
		s->long_left -= min(s->long_left, len);
	if (s->need.strings > s->room.strings)
		return NULL;
	s->longest = max(s->longest, len);
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
	return known->a == a && known->b == b &&
	       (!known->epoch || known->epoch == s->epoch);
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
 * Return: its offset; 0 if there was no room for it, with PATH_TOODEEP in @state.
 */
u32 mntprop_strings_path(struct mntprop_snapshot *s,
			 const struct dentry *dentry, const struct dentry *root,
			 unsigned int *state)
{
	struct mntprop_path path = { .dentry = dentry, .root = root };
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
	path.longest = longest_now(s);
	len = mntprop_path_copy(s->strings + s->strings_start,
				s->strings_start - sizeof(first), &path);
	s->work += path.steps;
	*state = path.state;
	if (!reserve(s, len, &offset))
		*state |= PATH_TOODEEP;
	*known = (struct mntprop_known){ dentry, root, offset, *state,
					 s->epoch };
	return offset;
}

/*
 * The type of a filesystem, with the subtype that fuse and the like have. *@offset is set
 * to the string; returns whether there is a type.
 */
static bool copy_type(struct mntprop_snapshot *s, const struct super_block *sb,
		      u32 *offset)
{
	const char *name, *subtype = sb->s_subtype;
	struct mntprop_known *known;
	long len, sub = 0;
	char *to;

	*offset = STRING_EMPTY;
	if (!peek_bytes(&name, &sb->s_type->name, sizeof(name)))
		return false;
	known = slot_of(s, name, subtype);
	if (is_known(s, known, name, subtype)) {
		*offset = known->offset;
		return true;
	}
	len = peek_strnlen(name, NAME_MAX);
	if (subtype)
		sub = peek_strnlen(subtype, NAME_MAX);
	if (len < 0 || sub < 0)
		return false;
	to = reserve(s, len + (sub ? sub + 1 : 0), offset);
	if (!to)
		return true;
	peek_bytes(to, name, len);
	to += len;
	if (sub) {
		*to++ = '.';
		peek_bytes(to, subtype, sub);
		to += sub;
	}
	*to = '\0';
	*known = (struct mntprop_known){ name, subtype, *offset, 0, s->epoch };
	return true;
}

/* As !strncmp(); false if @source cannot be read. */
static bool same_chars(const char *copy, const char *source, size_t max)
{
	size_t i;
	char c;

	for (i = 0; i < max; i++) {
		if (!peek_char(&c, source + i) || c != copy[i])
			return false;
		if (!c)
			break;
	}
	return true;
}

/*
 * As !strcmp(), likewise. Sources mostly are in memory of their own, which is aligned:
 * words of them can be read whole.
 */
static bool is_copy_of(const char *copy, const char *source)
{
	static const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long ours, theirs, nul;

	if (!IS_ALIGNED((unsigned long)source, sizeof(theirs)))
		return same_chars(copy, source, SIZE_MAX);
	for (;;) {
		memcpy(&ours, copy, sizeof(ours));
		if (!peek_long(&theirs, source))
			return false;
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

/* Returns whether there is a source. */
static bool copy_source(struct mntprop_snapshot *s,
			struct mntprop_known_sb *known, const char *source)
{
	long longest = longest_now(s);
	long len = peek_strnlen(source, longest + 1);
	char *to;

	known->source = STRING_EMPTY;
	known->cut = len > longest;
	if (len < 0)
		return false;
	len = min(len, longest);
	s->work += len / SMP_CACHE_BYTES;
	to = reserve(s, len, &known->source);
	if (!to) {
		known->cut = true;
		return true;
	}
	to[len] = '\0';
	if (peek_bytes(to, source, len))
		return true;
	known->source = STRING_EMPTY;
	return false;
}

/* Whether @source would be copied as it was the last time. */
static bool is_source(const struct mntprop_snapshot *s,
		      const struct mntprop_known_sb *known, const char *source)
{
	const char *copy = s->strings + known->source;

	if (!known->source)
		return false;
	return known->cut ? same_chars(copy, source, STRING_SHORT) :
			    is_copy_of(copy, source);
}

/* What the mounts of @sb have in common. */
static struct mntprop_known_sb *known_of(struct mntprop_snapshot *s,
					 const struct super_block *sb)
{
	struct mntprop_known_sb *known = mntprop_known_sb(s, sb);

	/* The table has superblocks with attached mounts, which stay. */
	if (s->epoch && known->sb != sb)
		known = &s->unattached_sb;
	if (known->sb == sb && (!known->epoch || known->epoch == s->epoch))
		return known;
	*known = (struct mntprop_known_sb){ .sb = sb, .epoch = s->epoch };
	known->no_type = !copy_type(s, sb, &known->type);
	return known;
}

/**
 * mntprop_strings_filesystem() - copy a filesystem's type and a mount's source
 * @s:		the snapshot; an attached mount of @sb is counted
 * @sb:		the superblock
 * @source:	the mount's source, which most mounts of a superblock share; or NULL
 * @type:	set to the offset of the type, as mountinfo shows it; 0 if there was
 *		no room for it
 * @state:	set to FILESYSTEM_* flags
 *
 * Context: namespace_sem, shared is enough, and RCU read lock held; a mount pins @sb.
 * Return: offset of the source; 0 if there is none, or was no room for it.
 */
u32 mntprop_strings_filesystem(struct mntprop_snapshot *s,
			       const struct super_block *sb, const char *source,
			       u32 *type, unsigned int *state)
{
	struct mntprop_known_sb *known = known_of(s, sb);

	if (!s->epoch)
		known->mounts++;
	*state = known->no_type ? FILESYSTEM_NO_TYPE : 0;
	*type = known->type;
	if (!source)
		return STRING_EMPTY;
	if (!is_source(s, known, source)) {
		/* Nothing is put down of an unattached mount for attached ones. */
		if (s->epoch && known != &s->unattached_sb) {
			s->unattached_sb = *known;
			known = &s->unattached_sb;
			known->epoch = s->epoch;
		}
		if (!copy_source(s, known, source))
			*state |= FILESYSTEM_NO_SOURCE;
	}
	if (known->cut)
		*state |= FILESYSTEM_CUT;
	return known->source;
}
