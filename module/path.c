// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path between two dentries of one filesystem.
 *
 * d_path() needs a vfsmount and asks the filesystem, dentry_path_raw() knows
 * only the filesystem's own root; this one ends at any dentry, and takes no
 * reference and calls nobody.
 */
#include <asm/word-at-a-time.h>
#include <linux/compiler.h>
#include <linux/dcache.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "path.h"
#include "peek.h"

/*
 * Copies a name up to the word with its NUL: a concurrent rename may show it with
 * the length of another, and mntprop_path_copy() sees from rename_lock that it must
 * start again. Words of names can be read whole, as dentry_string_cmp() does; what
 * stands behind the last of them at @to stays. Returns whether there is a name.
 */
static bool copy_name(char *to, const unsigned char *name, size_t len)
{
	static const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, behind, mask, nul;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		if (!peek_long(&word, name))
			return false;
		memcpy(to, &word, sizeof(word));
		if (has_zero(word, &nul, &constants))
			return true;
		name += sizeof(word);
		to += sizeof(word);
	}
	if (!len)
		return true;
	if (!peek_long(&word, name))
		return false;
	mask = bytemask_from_count(len);
	memcpy(&behind, to, sizeof(behind));
	word = (word & mask) | (behind & ~mask);
	memcpy(to, &word, sizeof(word));
	return true;
}

/*
 * Copies names backwards, the last of them to before @nul; where there is no more
 * room only the length is counted.
 */
static size_t copy_backwards(char *nul, size_t size, struct mntprop_path *path)
{
	const struct dentry *dentry = path->dentry, *parent;
	const unsigned char *name;
	size_t len = 0, n;

	path->state = 0;
	for (; dentry != path->root; dentry = parent) {
		path->steps++;
		if (!peek_pointer(&parent, &dentry->d_parent)) {
			path->state = PATH_BROKEN | PATH_TOODEEP;
			break;
		}
		if (parent == dentry) {
			if (path->root)
				path->state = PATH_OUTSIDE;
			break;
		}
		/* Pairs with the release in __d_set_name() and the like in d_move(). */
		name = smp_load_acquire(&dentry->d_name.name);
		n = READ_ONCE(dentry->d_name.len);
		if (len + n + 1 > path->longest) {
			path->state = PATH_TOODEEP;
			break;
		}
		len += n + 1;
		if (len >= size)
			continue;
		nul[-len] = '/';
		if (!copy_name(nul - len + 1, name, n)) {
			len -= n + 1;
			path->state = PATH_BROKEN | PATH_TOODEEP;
			break;
		}
	}
	return len;
}

/**
 * mntprop_path_copy() - the path from one dentry down to another
 * @end:	where the path and its NUL are to end; what is behind it stays, and
 *		a word of it can be read
 * @size:	of the room before @end
 * @path:	which one
 *
 * Context: RCU read lock held. The caller makes sure that the lower dentry stays (a
 * mount pins its root and its mountpoint); RCU keeps those above it. While others
 * rename, it takes rename_lock, for as many dentries as @path->longest has bytes.
 * Return: length of the path without the NUL. When it is not less than @size,
 * there is nothing useful before @end.
 */
size_t mntprop_path_copy(char *end, size_t size, struct mntprop_path *path)
{
	char *nul = end - 1;
	unsigned int seq;
	size_t len;

	path->steps = 0;
	seq = read_seqbegin(&rename_lock);
	len = copy_backwards(nul, size, path);
	if (read_seqretry(&rename_lock, seq)) {
		read_seqlock_excl(&rename_lock);
		len = copy_backwards(nul, size, path);
		read_sequnlock_excl(&rename_lock);
	}

	if (!len) {
		len = 1;
		if (len < size)
			nul[-1] = '/';
	}
	if (len < size)
		*nul = '\0';
	return len;
}
