// SPDX-License-Identifier: GPL-2.0-only
/*
 * The snapshot against listmount(2) and statmount(2), for all mounts of all namespaces, and
 * against what nsfs says of these: who is there, in which order, how many mounts it has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "statmount.h"
#include "util.h"

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x200000
#endif
#define LISTED 4096

/* Two below /mnt, and what it is mounted on is mounted over. */
static void setup_covered(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_SLAVE);
	must_make("/mnt", MS_SHARED);
	must_mkdir("/mnt/below");
	must_mount("below", "/mnt/below", "tmpfs", 0, NULL);
	must_mount("cover", "/mnt", "tmpfs", MS_STRICTATIME, NULL);
}

static void setup_types(void)
{
	must_mkdir("/mnt/a b");
	must_mkdir("/mnt/a b/\t\\");
	must_mkdir("/mnt/slave");
	must_mkdir("/mnt/unbindable");
	must_mkdir("/mnt/private");
	must_bind("/mnt/a b/\t\\", "/mnt/a b");
	must_bind("/mnt", "/mnt/slave");
	must_make("/mnt/slave", MS_SLAVE);
	must_mount("of a b", "/mnt/slave/a b", "tmpfs",
		   MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=1M");
	must_mount("u", "/mnt/unbindable", "tmpfs", MS_NOATIME, NULL);
	must_make("/mnt/unbindable", MS_UNBINDABLE);
	must_mount("p", "/mnt/private", "tmpfs", MS_NODIRATIME, NULL);
	must_make("/mnt/private", MS_PRIVATE);
	if (mount(NULL, "/mnt/private", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		  NULL))
		die("remount");
}

FIXTURE(statmount)
{
	struct snapshot *s;
	struct mount_stat *stat;
	pid_t covered, user;
	const char *skip;
};

FIXTURE_SETUP(statmount)
{
	if (!statmount_known()) {
		self->skip = "this kernel lists no mounts of other namespaces";
		return;
	}
	own_namespace(MS_SHARED);
	setup_types();
	self->covered = child_start(0, setup_covered, NULL);
	self->user = child_start(CLONE_NEWUSER, NULL, NULL);
	self->s = take_snapshot();
	self->stat = malloc(MOUNT_STAT_SIZE);
	if (!self->stat)
		die("malloc");
}

FIXTURE_TEARDOWN(statmount)
{
	if (self->skip)
		return;
	snapshot_free(self->s);
	free(self->stat);
	child_stop(self->covered);
	child_stop(self->user);
}

static uint64_t attributes_of(const struct mount *m)
{
	static const struct {
		const char *word;
		uint64_t attribute;
	} known[] = {
		{ "ro", MOUNT_ATTR_RDONLY },
		{ "nosuid", MOUNT_ATTR_NOSUID },
		{ "nodev", MOUNT_ATTR_NODEV },
		{ "noexec", MOUNT_ATTR_NOEXEC },
		{ "noatime", MOUNT_ATTR_NOATIME },
		{ "nodiratime", MOUNT_ATTR_NODIRATIME },
		{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW },
	};
	uint64_t attributes = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (has_word(m->flags, known[i].word))
			attributes |= known[i].attribute;
	}
	if (!has_word(m->flags, "noatime") && !has_word(m->flags, "relatime"))
		attributes |= MOUNT_ATTR_STRICTATIME;
	return attributes;
}

static uint64_t propagation_of(const struct mount *m)
{
	uint64_t type = (m->shared ? MS_SHARED : 0) |
			(m->master_id ? MS_SLAVE : 0) |
			(m->unbindable ? MS_UNBINDABLE : 0);

	return type ?: MS_PRIVATE;
}

/* Says which of them it is. */
#define SAME(wanted, seen)                                              \
	do {                                                            \
		EXPECT_EQ(wanted, seen)                                 \
		{                                                       \
			TH_LOG("mount %d, %s: " #seen, m->id, m->path); \
		}                                                       \
	} while (0)

static void compare_names(struct __test_metadata *_metadata,
			  const struct mount *m, const struct mount_stat *stat)
{
	EXPECT_STREQ(m->type, stat->text + stat->type);
	EXPECT_STREQ(m->root, stat->text + stat->root);
	/* none of what the topmost root covers */
	if (!m->hidden) {
		EXPECT_STREQ(m->path, stat->text + stat->path);
	}
	if (stat->said & STAT_SOURCE) {
		EXPECT_STREQ(m->source, stat->text + stat->source);
	}
}

static void compare(struct __test_metadata *_metadata, const struct mount *m,
		    const struct mount_stat *stat)
{
	SAME(m->unique, stat->unique);
	SAME((uint32_t)m->id, stat->id);
	SAME((uint32_t)m->parent_id, stat->parent_id);
	SAME(m->parent ? m->parent->unique : m->unique, stat->parent_unique);
	SAME(m->ns->id, stat->ns);
	SAME(m->major, stat->major);
	SAME(m->minor, stat->minor);
	SAME(has_word(m->sb_flags, "ro"), stat->sb_flags & MS_RDONLY);
	SAME(attributes_of(m), stat->attributes);
	SAME(propagation_of(m), stat->propagation);
	SAME((uint64_t)m->group_id, stat->group_id);
	SAME((uint64_t)(m->master ? m->master->group_id : 0),
	     stat->master_group);
	compare_names(_metadata, m, stat);
}

static struct mount *by_unique(const struct snapshot *s, uint64_t unique)
{
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].unique == unique)
			return &s->mounts[i];
	}
	return NULL;
}

/* grab_requested_root(): the caller's root, and elsewhere the first mount on the root. */
static const struct mount *root_of_list(const struct snapshot *s,
					const struct mnt_namespace *ns)
{
	const struct mount *child, *first = NULL;

	if (ns == ns_of_pid(s, getpid()))
		return mount_under(s, "/");
	for (child = ns->root->first_child; child;
	     child = child->next_sibling) {
		if (!first || child->unique < first->unique)
			first = child;
	}
	return first;
}

/* What is not below that root is not listed. */
static size_t nr_below(const struct snapshot *s, const struct mount *root)
{
	const struct mount *m;
	size_t i, nr = 0;

	for (i = 0; i < s->nr_mounts; i++) {
		if (s->mounts[i].ns != root->ns)
			continue;
		for (m = &s->mounts[i]; m && m != root;)
			m = m->parent;
		if (m)
			nr++;
	}
	return nr;
}

TEST_F(statmount, says_the_same_of_each_mount)
{
	uint64_t ids[LISTED], back[LISTED];
	size_t i, j, nr, nr_ns = 0;

	SKIP_IF(self->skip);
	for (i = 0; i < self->s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &self->s->namespaces[i];

		const struct mount *root;

		if (ns->anon || !ns->refs)
			continue;
		root = root_of_list(self->s, ns);
		if (!root)
			continue;
		nr_ns++;
		/* few at a time: who goes on misses none */
		nr = statmount_list(ns->id, false, 3, ids, LISTED);
		EXPECT_EQ(nr_below(self->s, root), nr);
		EXPECT_EQ(nr, statmount_list(ns->id, true, 5, back, LISTED));
		for (j = 0; j < nr; j++) {
			const struct mount *m = by_unique(self->s, ids[j]);

			EXPECT_EQ(ids[j], back[nr - 1 - j]);
			ASSERT_NE(NULL, m);
			EXPECT_EQ(ns, m->ns);
			ASSERT_EQ(0, statmount_get(ns->id, ids[j], STAT_ALL,
						   self->stat));
			compare(_metadata, m, self->stat);
		}
	}
	EXPECT_LT(2, nr_ns);
}

/* It is asked by id, and none is found by that of another one. */
TEST_F(statmount, knows_no_mount_without_namespace)
{
	uint64_t ns, newest;
	struct mount *m;
	size_t i;
	int fd;

	SKIP_IF(self->skip);
	ns = statmount_ns(getpid());
	fd = syscall(SYS_open_tree, AT_FDCWD, "/mnt/private",
		     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	ASSERT_LE(0, fd);
	snapshot_free(self->s);
	self->s = take_snapshot();
	newest = 0;
	for (i = 0; i < self->s->nr_mounts; i++) {
		m = &self->s->mounts[i];
		if (m->unique > newest)
			newest = m->unique;
		if (m->ns && m->ns->id == ns)
			continue;
		EXPECT_EQ(ENOENT,
			  statmount_get(ns, m->unique, STAT_ALL, self->stat))
		{
			TH_LOG("mount %d", m->id);
		}
	}
	EXPECT_EQ(ENOENT,
		  statmount_get(ns, newest + 1000, STAT_ALL, self->stat));
	close(fd);
}

static size_t nr_listed(const struct snapshot *s)
{
	size_t i, nr = 0;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (!s->namespaces[i].anon)
			nr++;
	}
	return nr;
}

static const struct mnt_namespace *ns_by_id(const struct snapshot *s,
					    uint64_t id)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (s->namespaces[i].id == id)
			return &s->namespaces[i];
	}
	return NULL;
}

/* From one of them to the last in this direction; returns how many that were. */
static size_t walk(struct __test_metadata *_metadata, const struct snapshot *s,
		   int from, uint64_t id, bool newer)
{
	struct ns_stat stat;
	size_t nr = 0;
	int fd = dup(from), next;

	while ((next = ns_next(fd, newer, &stat)) >= 0) {
		const struct mnt_namespace *ns = ns_by_id(s, stat.id);

		if (newer) {
			EXPECT_LT(id, stat.id);
		} else {
			EXPECT_GT(id, stat.id);
		}
		id = stat.id;
		if (ns) {
			/* all but the root, whether that is covered or not */
			EXPECT_EQ(ns->nr_mounts_counted, stat.nr_mounts + 1);
			nr++;
		}
		close(fd);
		fd = next;
	}
	EXPECT_EQ(ENOENT, errno);
	close(fd);
	return nr;
}

TEST_F(statmount, nsfs_has_the_same_namespaces)
{
	struct ns_stat stat;
	size_t nr;
	int fd, next;

	SKIP_IF(self->skip);
	fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	next = ns_next(fd, true, &stat);
	if (next < 0 && errno == ENOTTY)
		SKIP(return, "nsfs does not go from one to the next");
	close(next);
	nr = 1 + walk(_metadata, self->s, fd, statmount_ns(getpid()), true) +
	     walk(_metadata, self->s, fd, statmount_ns(getpid()), false);
	EXPECT_EQ(nr_listed(self->s), nr);
	close(fd);
}

TEST_HARNESS_MAIN
