// SPDX-License-Identifier: GPL-2.0-only
/* What is asked of a snapshot once it is loaded. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "snapshot.h"

struct mount *snapshot_mount(const struct snapshot *s, int id)
{
	size_t low = 0, high = s->nr_mounts;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->by_id[mid]->id == id)
			return s->by_id[mid];
		if (s->by_id[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Orders the mounts of all namespaces by namespace, filesystem, and snapshot. */
struct by_filesystem {
	struct mount **mounts;
	size_t nr;
};

static int compare_filesystem(const struct mount *m, unsigned int ns,
			      const struct mount *like)
{
	if (m->ns->nr != ns)
		return m->ns->nr < ns ? -1 : 1;
	if (m->major != like->major)
		return m->major < like->major ? -1 : 1;
	return (m->minor > like->minor) - (m->minor < like->minor);
}

static int by_filesystem(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;
	int order = compare_filesystem(x, y->ns->nr, y);

	return order ? order : (x > y) - (x < y);
}

static struct by_filesystem *index_filesystems(const struct snapshot *s)
{
	struct by_filesystem *all =
		arena_alloc(s->arena, 1, sizeof(*s->by_filesystem));
	size_t i;

	if (!all)
		return NULL;
	all->mounts = arena_alloc(s->arena, s->nr_mounts, sizeof(*all->mounts));
	if (!all->mounts)
		return NULL;
	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].ns)
			all->mounts[all->nr++] = &s->mounts[i];
	}
	qsort(all->mounts, all->nr, sizeof(*all->mounts), by_filesystem);
	return all;
}

int snapshot_filesystem(const struct snapshot *s,
			const struct mnt_namespace *ns,
			const struct mount *like, struct mount *const **mounts,
			size_t *nr)
{
	const struct by_filesystem *all = s->by_filesystem;
	size_t low = 0, high, end;

	if (!all)
		all = index_filesystems(s);
	if (!all)
		return -1;
	((struct snapshot *)s)->by_filesystem = (struct by_filesystem *)all;
	for (high = all->nr; low < high;) {
		size_t mid = low + (high - low) / 2;

		if (compare_filesystem(all->mounts[mid], ns->nr, like) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < all->nr &&
			!compare_filesystem(all->mounts[end], ns->nr, like);)
		end++;
	*mounts = all->mounts + low;
	*nr = end - low;
	return 0;
}

struct mnt_namespace *snapshot_ns(const struct snapshot *s, unsigned int inum)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (inum && s->namespaces[i].inum == inum)
			return &s->namespaces[i];
	}
	return NULL;
}

struct peer_group *snapshot_group(const struct snapshot *s, int id)
{
	size_t i;

	for (i = 0; i < s->nr_groups; i++) {
		if (s->groups[i].id == id)
			return &s->groups[i];
	}
	return NULL;
}

struct mount *next_mnt(const struct mount *m, const struct mount *top)
{
	if (m->first_child)
		return m->first_child;
	while (m != top && !m->next_sibling)
		m = m->parent;
	return m == top ? NULL : m->next_sibling;
}

bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (words) {
		if (!strncmp(words, word, len) &&
		    (words[len] == ',' || !words[len]))
			return true;
		words = strchr(words, ',');
		if (words)
			words++;
	}
	return false;
}

bool snapshot_lists_ended(const struct snapshot *s)
{
	if (s->complete)
		return true;
	if (has_word(s->stopped, "mounts") || has_word(s->stopped, "slaves"))
		return false;
	return has_word(s->stopped, "superblocks") ||
	       has_word(s->stopped, "room");
}

bool mount_is_slave(const struct mount *m)
{
	return m->master_id || m->master_group;
}

/* '/' before other bytes. */
int path_compare(const char *a, const char *b)
{
	const unsigned char *p = (const unsigned char *)a;
	const unsigned char *q = (const unsigned char *)b;

	while (*p && *p == *q) {
		p++;
		q++;
	}
	if (*p == *q)
		return 0;
	if (!*p || (*p == '/' && *q))
		return -1;
	if (!*q || *q == '/')
		return 1;
	return *p < *q ? -1 : 1;
}

/* The group of a master that is not in the snapshot is not known: "?". */
const char *mount_propagation(const struct mount *m, char *buf, size_t size)
{
	char all[64];
	size_t len = 0;

	if (m->shared)
		len += snprintf(all, sizeof(all), "shared:%d ", m->group_id);
	if (m->master)
		len += snprintf(all + len, sizeof(all) - len, "master:%d ",
				m->master->group_id);
	else if (m->master_group)
		len += snprintf(all + len, sizeof(all) - len, "master:%d ",
				m->master_group);
	else if (m->master_id)
		len += snprintf(all + len, sizeof(all) - len, "master:? ");
	if (m->unbindable)
		len += snprintf(all + len, sizeof(all) - len, "unbindable ");
	if (!len)
		len = snprintf(all, sizeof(all), "private ");
	snprintf(buf, size, "%.*s", (int)len - 1, all);
	return buf;
}
