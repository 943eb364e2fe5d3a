// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path between two dentries of one filesystem.
 *
 * d_path() needs a vfsmount and asks the filesystem, dentry_path_raw() knows
 * only the filesystem's own root; this one ends at any dentry, and takes no
 * reference and calls nobody.
 */
#include <linux/dcache.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "path.h"

/*
 * PATH_MAX bounds the names that are given to system calls, not the depth of a
 * tree: anybody with a user namespace can make one without end.
 */
#define LONGEST_PATH (2 * PATH_MAX)

/*
 * Copies a name up to its NUL: a concurrent rename may show it with the length of
 * another, and the caller of copy_backwards() sees from rename_lock that it must
 * start again. Most are so short that to call memcpy() takes longer.
 */
static void copy_name(char *to, const char *name, size_t len)
{
	for (; len && *name; len--)
		*to++ = *name++;
}

/*
 * Copies names from the end of @buf backwards; where there is no more room only
 * the length is counted.
 */
static size_t copy_backwards(char *buf, size_t size,
			     const struct dentry *dentry,
			     const struct dentry *root, unsigned int *state)
{
	const struct dentry *parent;
	const char *name;
	size_t len = 0, n;

	*state = 0;
	for (; dentry != root; dentry = parent) {
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry) {
			if (root)
				*state = PATH_OUTSIDE;
			break;
		}
		/* Pairs with the release in __d_set_name() and the like in d_move(). */
		name = smp_load_acquire(&dentry->d_name.name);
		n = READ_ONCE(dentry->d_name.len);
		if (len + n + 1 > LONGEST_PATH) {
			*state = PATH_TOODEEP;
			break;
		}
		len += n + 1;
		if (len < size) {
			buf[size - len] = '/';
			copy_name(buf + size - len + 1, name, n);
		}
	}
	return len;
}

/**
 * mntprop_path_copy() - the path from one dentry down to another
 * @buf:	for the path and a NUL
 * @size:	of @buf
 * @dentry:	the lower one
 * @root:	the upper one; NULL for the root of the filesystem
 * @state:	set to PATH_* flags
 *
 * Context: Any. The caller makes sure that @dentry stays (a mount pins its root
 * and its mountpoint); RCU keeps those above it.
 * Return: length of the path without the NUL. When it is not less than @size,
 * @buf has nothing useful in it.
 */
size_t mntprop_path_copy(char *buf, size_t size, const struct dentry *dentry,
			 const struct dentry *root, unsigned int *state)
{
	unsigned int seq;
	size_t len;

	rcu_read_lock();
	seq = read_seqbegin(&rename_lock);
	len = copy_backwards(buf, size, dentry, root, state);
	if (read_seqretry(&rename_lock, seq)) {
		read_seqlock_excl(&rename_lock);
		len = copy_backwards(buf, size, dentry, root, state);
		read_sequnlock_excl(&rename_lock);
	}
	rcu_read_unlock();

	if (!len) {
		if (size > 1)
			strcpy(buf, "/");
		return 1;
	}
	if (len < size) {
		memmove(buf, buf + size - len, len);
		buf[len] = '\0';
	}
	return len;
}
