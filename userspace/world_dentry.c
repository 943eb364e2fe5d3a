// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dentries.  The kernel compares them by address; here one object is made for
 * each name in a filesystem, so that the same can be done.  The snapshot has
 * hashes of those that are a root or a mountpoint; of the others only the path
 * is known, and where several go by that path the one that can be looked up is
 * meant.
 */
#include <string.h>

#include "arena.h"
#include "vfs.h"

static struct world_sb **sb_chain(struct world *w, unsigned int major,
				  unsigned int minor)
{
	/* Nearly all are of major 0, with minors that follow one another. */
	return &w->sb_hash[(major * 257 + minor) & (w->sb_hash_size - 1)];
}

static struct world_sb *add_sb(struct world *w, unsigned int major,
			       unsigned int minor)
{
	struct world_sb *sb = arena_alloc(w->arena, 1, sizeof(*sb));
	struct world_sb **chain = sb_chain(w, major, minor);

	if (!sb) {
		w->no_memory = true;
		return NULL;
	}
	sb->major = major;
	sb->minor = minor;
	sb->user_ns = WORLD_INIT_USER_NS;
	sb->next = *chain;
	*chain = sb;
	return sb;
}

struct world_sb *world_sb_get(struct world *w, unsigned int major,
			      unsigned int minor)
{
	struct world_sb *sb;

	for (sb = *sb_chain(w, major, minor); sb; sb = sb->next) {
		if (sb->major == major && sb->minor == minor)
			return sb;
	}
	return add_sb(w, major, minor);
}

/* No device has the highest number: minors have 20 bits. */
struct world_sb *world_sb_new(struct world *w)
{
	return add_sb(w, ~0U, ~0U);
}

void world_inherit(struct world *w, const struct world *other)
{
	const struct world_sb *from;
	struct world_sb *sb;
	size_t i;

	for (i = 0; i < other->sb_hash_size; i++) {
		for (from = other->sb_hash[i]; from; from = from->next) {
			if (from->major == ~0U)
				continue;
			sb = world_sb_get(w, from->major, from->minor);
			if (sb)
				sb->user_ns = from->user_ns;
		}
	}
}

static size_t hash_of(const struct world_sb *sb, const char *path)
{
	uint64_t hash = 14695981039346656037ULL ^ (uintptr_t)sb;

	while (*path)
		hash = (hash ^ (unsigned char)*path++) * 1099511628211ULL;
	return hash ^ hash >> 32;
}

static bool is_named(const struct world_dentry *d, const char *hash,
		     bool unlinked)
{
	if (!hash)
		return !d->unlinked && !d->opaque;
	if (d->hash)
		return !strcmp(d->hash, hash);
	return !unlinked;
}

static void grow(struct world *w)
{
	size_t size = w->dentry_hash_size * 2, i;
	struct world_dentry **table =
		arena_alloc(w->arena, size, sizeof(*table));

	/* Then it goes on with longer chains. */
	if (!table)
		return;
	for (i = 0; i < w->dentry_hash_size; i++) {
		struct world_dentry *d, *next, **to;

		for (d = w->dentry_hash[i]; d; d = next) {
			next = d->next_in_hash;
			to = &table[hash_of(d->sb, d->path) & (size - 1)];
			d->next_in_hash = *to;
			*to = d;
		}
	}
	w->dentry_hash = table;
	w->dentry_hash_size = size;
}

static struct world_dentry **
chain_of(struct world *w, const struct world_sb *sb, const char *path)
{
	return &w->dentry_hash[hash_of(sb, path) & (w->dentry_hash_size - 1)];
}

static struct world_dentry *find(struct world *w, const struct world_sb *sb,
				 const char *path, const char *hash,
				 bool unlinked)
{
	struct world_dentry *d;

	for (d = *chain_of(w, sb, path); d; d = d->next_in_hash) {
		if (d->sb == sb && !strcmp(d->path, path) &&
		    is_named(d, hash, unlinked))
			break;
	}
	return d;
}

struct world_dentry *world_dentry_get(struct world *w, struct world_sb *sb,
				      const char *path, const char *hash,
				      const char *words)
{
	bool unlinked = has_word(words, "deleted");
	struct world_dentry *d, **chain;

	if (!sb)
		return NULL;
	d = find(w, sb, path, hash, unlinked);
	if (d) {
		if (!d->hash)
			d->hash = hash;
		return d;
	}
	d = arena_alloc(w->arena, 1, sizeof(*d));
	if (!d) {
		w->no_memory = true;
		return NULL;
	}
	if (w->nr_dentries >= w->dentry_hash_size)
		grow(w);
	chain = chain_of(w, sb, path);
	d->sb = sb;
	d->path = path;
	d->hash = hash;
	d->unlinked = unlinked;
	d->opaque = has_word(words, "toodeep");
	d->next_in_hash = *chain;
	*chain = d;
	w->nr_dentries++;
	return d;
}

static void unhash(struct world *w, const struct world_dentry *d)
{
	struct world_dentry **at = chain_of(w, d->sb, d->path);

	while (*at != d)
		at = &(*at)->next_in_hash;
	*at = d->next_in_hash;
}

static void set_path(struct world *w, struct world_dentry *d, const char *path)
{
	struct world_dentry **chain;

	unhash(w, d);
	d->path = path;
	d->renamed = w->operations;
	chain = chain_of(w, d->sb, path);
	d->next_in_hash = *chain;
	*chain = d;
}

static bool is_named_below(const struct world_dentry *d,
			   const struct world_dentry *top)
{
	size_t len = strlen(top->path);

	return d->sb == top->sb && !d->unlinked &&
	       !strncmp(d->path, top->path, len) && d->path[len] == '/';
}

/* All that are below @top; returns how many, and 0 without memory. */
static size_t find_below(struct world *w, const struct world_dentry *top,
			 struct world_dentry ***all)
{
	struct world_dentry *d;
	size_t i, n = 0;

	*all = arena_alloc(w->arena, w->nr_dentries, sizeof(**all));
	if (!*all) {
		w->no_memory = true;
		return 0;
	}
	for (i = 0; i < w->dentry_hash_size; i++) {
		for (d = w->dentry_hash[i]; d; d = d->next_in_hash) {
			if (is_named_below(d, top))
				(*all)[n++] = d;
		}
	}
	return n;
}

void world_dentry_rename(struct world *w, struct world_dentry *d,
			 const char *path)
{
	struct world_dentry **below;
	size_t n = find_below(w, d, &below), len = strlen(d->path);
	const char *whole;

	while (n--) {
		whole = arena_join(w->arena, path, below[n]->path + len);
		if (!whole) {
			w->no_memory = true;
			return;
		}
		set_path(w, below[n], whole);
	}
	set_path(w, d, path);
}

/* "/" adds nothing to what follows it. */
static size_t prefix_len(const struct world_dentry *top)
{
	return strcmp(top->path, "/") ? strlen(top->path) : 0;
}

const char *world_path_join(struct world *w, const struct world_dentry *top,
			    const char *path)
{
	char *whole;

	if (!strcmp(path, "/"))
		return top->path;
	if (!prefix_len(top))
		return path;
	whole = arena_join(w->arena, top->path, path);
	if (!whole)
		w->no_memory = true;
	return whole;
}

struct world_dentry *
world_dentry_below(struct world *w, struct world_dentry *top, const char *path)
{
	const char *whole;

	if (!strcmp(path, "/"))
		return top;
	whole = world_path_join(w, top, path);
	if (whole == path)
		whole = arena_strdup(w->arena, path);
	if (!whole) {
		w->no_memory = true;
		return NULL;
	}
	return world_dentry_get(w, top->sb, whole, NULL, NULL);
}

struct world_dentry *world_dentry_find(struct world *w,
				       const struct world_dentry *top,
				       const char *path)
{
	const char *whole = world_path_join(w, top, path);

	return whole ? find(w, top->sb, whole, NULL, false) : NULL;
}

const char *world_path_in(const struct world_mount *m,
			  const struct world_dentry *d)
{
	if (d == m->root)
		return "/";
	return is_subdir(d, m->root) ? d->path + prefix_len(m->root) : d->path;
}

bool is_subdir(const struct world_dentry *d, const struct world_dentry *top)
{
	size_t len;

	if (d == top)
		return true;
	/* A directory that was removed has nothing in it. */
	if (d->sb != top->sb || top->unlinked || top->opaque || d->opaque)
		return false;
	if (!strcmp(top->path, "/"))
		return true;
	len = strlen(top->path);
	return !strncmp(d->path, top->path, len) && d->path[len] == '/';
}
