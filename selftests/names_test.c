// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names that a careless format or parser would trip over. Whatever is in them,
 * they must come back byte for byte, and the rest of the snapshot with them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "mountinfo.h"
#include "util.h"

FIXTURE(names)
{
	struct snapshot *s;
};

FIXTURE_SETUP(names)
{
	own_namespace(MS_PRIVATE);
}

FIXTURE_TEARDOWN(names)
{
	snapshot_free(self->s);
}

/* A new snapshot; no name in it may have harmed another mount. */
static void look(struct __test_metadata *_metadata, struct snapshot **s)
{
	snapshot_free(*s);
	*s = take_snapshot();
	EXPECT_EQ(0, mountinfo_differences(*s, 1, ""));
	EXPECT_EQ(0, mountinfo_differences(*s, getpid(), ""));
}

/* @len times @c */
static char *repeat(char c, size_t len)
{
	char *s = malloc(len + 1);

	if (!s)
		die("malloc");
	memset(s, c, len);
	s[len] = '\0';
	return s;
}

static void check_name(struct __test_metadata *_metadata, struct snapshot **s,
		       const char *name)
{
	const struct mount *m, *bound;
	char path[PATH_MAX], copy[PATH_MAX];

	snprintf(path, sizeof(path), "/mnt/%s", name);
	snprintf(copy, sizeof(copy), "/mnt/%s/%s", name, name);
	must_mkdir(path);
	must_mount(name, path, "tmpfs", 0, NULL);
	must_mkdir(copy);
	/* Now the name is a root as well. */
	must_bind(copy, copy);
	look(_metadata, s);

	bound = mount_under(*s, copy);
	ASSERT_NE(NULL, bound);
	m = bound->parent;
	ASSERT_NE(NULL, m);
	EXPECT_STREQ(name, m->source);
	EXPECT_STREQ(path + strlen("/mnt"), m->mountpoint);
	EXPECT_STREQ(path, m->path);
	EXPECT_STREQ(copy, bound->path);
	EXPECT_STREQ(path + strlen("/mnt"), bound->root);
	EXPECT_STREQ(name, bound->source);
	must_umount(copy, 0);
	must_umount(path, 0);
}

TEST_F(names, characters)
{
	static const char *const names[] = {
		" ",
		"  two  spaces  ",
		"tab\tbed",
		"line\nfeed",
		"\n",
		"return\rreturn",
		"back\\slash",
		"\\",
		"\\040",
		"\\\\134",
		"trailing\\",
		"#",
		"#hash",
		"k=v",
		"=",
		"a,b",
		"-",
		"...",
		"\"quoted\"",
		"per%cent %s %n",
		"\x01\x02\x1b[31m\x1f\x7f",
		"\xff\xfe\x80",
		"cut off \xe2\x82",
		"\xc3\xa9t\xc3\xa9",
		"x\nmount id=1 ns=0 parent=1",
		"x\nend namespaces=1 mounts=1\n",
		"x id=1 parent=1",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		check_name(_metadata, &self->s, names[i]);
}

TEST_F(names, every_byte)
{
	char name[256];
	size_t len = 0;
	int c;

	for (c = 1; c < 256; c++) {
		if (c != '/')
			name[len++] = c;
	}
	name[len] = '\0';
	check_name(_metadata, &self->s, name);
}

TEST_F(names, longest_component)
{
	char *name = repeat('n', NAME_MAX);

	check_name(_metadata, &self->s, name);
	free(name);
	/* Four bytes each in the file. */
	name = repeat('\n', NAME_MAX);
	check_name(_metadata, &self->s, name);
	free(name);
}

TEST_F(names, sources)
{
	const size_t longest = PATH_MAX - 1;
	const struct mount *m;
	char *source;

	must_mkdir("/mnt/a");
	must_mkdir("/mnt/b");
	must_mkdir("/mnt/none");
	source = repeat('s', longest);
	must_mount(source, "/mnt/a", "tmpfs", 0, NULL);
	must_mount(NULL, "/mnt/none", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	m = mount_under(self->s, "/mnt/a");
	ASSERT_TRUE(m && m->source);
	EXPECT_STREQ(source, m->source);
	m = mount_under(self->s, "/mnt/none");
	ASSERT_TRUE(m && m->source);
	EXPECT_STREQ("none", m->source);
	free(source);

	source = repeat('\\', longest);
	must_mount(source, "/mnt/b", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	m = mount_under(self->s, "/mnt/b");
	ASSERT_TRUE(m && m->source);
	EXPECT_STREQ(source, m->source);
	free(source);
}

TEST_F(names, empty_source)
{
	const struct mount *m;

	must_mkdir("/mnt/empty");
	if (mount("", "/mnt/empty", "tmpfs", 0, NULL)) {
		ASSERT_EQ(EINVAL, errno);
		SKIP(return, "this kernel refuses an empty source");
	}
	look(_metadata, &self->s);
	m = mount_under(self->s, "/mnt/empty");
	ASSERT_TRUE(m && m->source);
	EXPECT_STREQ("", m->source);
	EXPECT_STREQ("/mnt/empty", m->path);
}

/*
 * Makes @depth directories of 255 bytes each below the working directory, goes
 * there, and mounts on the last. Returns its path from /mnt, where it started.
 */
static char *mount_deep(size_t depth)
{
	char *name = repeat('d', NAME_MAX), *path;
	size_t i, len;

	path = malloc(strlen("/mnt") + depth * (NAME_MAX + 1) + 1);
	if (!path)
		die("malloc");
	len = sprintf(path, "/mnt");
	if (chdir("/mnt"))
		die("chdir");
	for (i = 0; i < depth; i++) {
		must_mkdir(name);
		if (chdir(name))
			die("chdir");
		len += sprintf(path + len, "/%s", name);
	}
	must_mount("deep", ".", "tmpfs", 0, NULL);
	/* Over the mountpoint and down again, into the mount. */
	if (chdir("..") || chdir(name))
		die("chdir");
	free(name);
	return path;
}

/* As many whole names of it as have room in PATH_MAX. */
static void check_end(struct __test_metadata *_metadata, const char *path,
		      const struct mount *m)
{
	size_t len = strlen(m->mountpoint);

	EXPECT_STREQ("toodeep", m->mp_state);
	EXPECT_LT(len, PATH_MAX);
	EXPECT_GT(len, PATH_MAX - NAME_MAX - 2);
	ASSERT_LT(len, strlen(path));
	EXPECT_STREQ(path + strlen(path) - len, m->mountpoint);
	EXPECT_EQ('/', m->mountpoint[0]);
	EXPECT_EQ(0, strncmp(m->path, "...", 3));
}

static void check_deep(struct __test_metadata *_metadata, struct snapshot **s,
		       size_t depth)
{
	char *path = mount_deep(depth);
	const struct mount *m, *below;

	/* One that has the long path only in its parent. */
	must_mkdir("below");
	must_mount("below", "below", "tmpfs", 0, NULL);
	look(_metadata, s);
	m = mount_under(*s, ".");
	below = mount_under(*s, "below");
	ASSERT_TRUE(m && below);
	EXPECT_STREQ("deep", m->source);
	if (strlen(path + strlen("/mnt")) < PATH_MAX) {
		EXPECT_STREQ(path + strlen("/mnt"), m->mountpoint);
		EXPECT_EQ(NULL, m->mp_state);
		EXPECT_STREQ(path, m->path);
	} else {
		check_end(_metadata, path, m);
	}
	EXPECT_STREQ("/below", below->mountpoint);
	EXPECT_EQ(m, below->parent);
	free(path);
	if (chdir("/"))
		die("chdir");
}

TEST_F(names, long_path)
{
	/* As long as one system call takes it. */
	check_deep(_metadata, &self->s, 15);
}

TEST_F(names, path_longer_than_path_max)
{
	check_deep(_metadata, &self->s, 20);
}

TEST_F(names, very_long_path)
{
	check_deep(_metadata, &self->s, 31);
}

/* Where the path is many dentries, and few bytes. */
static const struct mount *mount_low(struct __test_metadata *_metadata,
				     struct snapshot **s, size_t depth)
{
	size_t i;

	if (chdir("/mnt"))
		die("chdir");
	for (i = 0; i < depth; i++) {
		must_mkdir("d");
		if (chdir("d"))
			die("chdir");
	}
	must_mount("low", ".", "tmpfs", 0, NULL);
	if (chdir("../d"))
		die("chdir");
	look(_metadata, s);
	return mount_under(*s, ".");
}

TEST_F(names, deep_path)
{
	const struct mount *m = mount_low(_metadata, &self->s, 2000);

	ASSERT_NE(NULL, m);
	EXPECT_STREQ("low", m->source);
	EXPECT_EQ(NULL, m->mp_state);
	EXPECT_EQ(2 * 2000, strlen(m->mountpoint));
}

/* The module goes up so far and no farther, and says so. */
TEST_F(names, too_deep_path)
{
	const struct mount *m = mount_low(_metadata, &self->s, 5000);

	ASSERT_NE(NULL, m);
	EXPECT_STREQ("low", m->source);
	ASSERT_NE(NULL, m->mp_state);
	EXPECT_STREQ("toodeep", m->mp_state);
	EXPECT_LE(2 * 2000, strlen(m->mountpoint));
	EXPECT_GT(PATH_MAX, strlen(m->mountpoint));
}

TEST_F(names, deleted_root)
{
	const struct mount *m;

	must_mkdir("/mnt/gone");
	must_mkdir("/mnt/dir");
	must_write("/mnt/gone file", "");
	must_write("/mnt/file", "");
	must_bind("/mnt/gone", "/mnt/dir");
	must_bind("/mnt/gone file", "/mnt/file");
	look(_metadata, &self->s);
	EXPECT_EQ(NULL, mount_under(self->s, "/mnt/dir")->root_state);
	EXPECT_EQ(NULL, mount_under(self->s, "/mnt/file")->root_state);

	ASSERT_EQ(0, rmdir("/mnt/gone"));
	ASSERT_EQ(0, unlink("/mnt/gone file"));
	look(_metadata, &self->s);
	m = mount_under(self->s, "/mnt/dir");
	ASSERT_NE(NULL, m);
	EXPECT_STREQ("/gone", m->root);
	ASSERT_NE(NULL, m->root_state);
	EXPECT_STREQ("deleted", m->root_state);
	m = mount_under(self->s, "/mnt/file");
	ASSERT_NE(NULL, m);
	EXPECT_STREQ("/gone file", m->root);
	ASSERT_NE(NULL, m->root_state);
	EXPECT_STREQ("deleted", m->root_state);

	/* Not the one of that name which comes afterwards. */
	must_mkdir("/mnt/gone");
	look(_metadata, &self->s);
	m = mount_under(self->s, "/mnt/dir");
	EXPECT_STREQ("/gone", m->root);
	ASSERT_NE(NULL, m->root_state);
	EXPECT_STREQ("deleted", m->root_state);
	EXPECT_NE(inode_of("/mnt/gone"), m->root_ino);
}

static void setup_victim(void *arg)
{
	(void)arg;
	must_mount("victim", "/mnt/victim", "tmpfs", 0, NULL);
	must_mkdir("/mnt/victim/sub");
	must_mount("sub", "/mnt/victim/sub", "tmpfs", 0, NULL);
}

/*
 * A directory that is a mountpoint in another namespace alone can be removed;
 * the kernel then detaches what is mounted there (since 3.18, 8ed936b5671b).
 */
TEST_F(names, deleted_mountpoint)
{
	const struct mnt_namespace *ns;
	int id, sub_id;
	pid_t child;

	must_mkdir("/mnt/victim");
	child = child_start(0, setup_victim, NULL);
	look(_metadata, &self->s);
	ns = ns_of_pid(self->s, child);
	ASSERT_NE(NULL, mount_at(ns, "/mnt/victim"));
	ASSERT_NE(NULL, mount_at(ns, "/mnt/victim/sub"));
	id = mount_at(ns, "/mnt/victim")->id;
	sub_id = mount_at(ns, "/mnt/victim/sub")->id;
	EXPECT_EQ(0, mountinfo_differences(self->s, child, ""));

	ASSERT_EQ(0, rmdir("/mnt/victim"));
	look(_metadata, &self->s);
	EXPECT_EQ(NULL, mount_at(ns_of_pid(self->s, child), "/mnt/victim"));
	EXPECT_EQ(NULL, snapshot_mount(self->s, id));
	EXPECT_EQ(NULL, snapshot_mount(self->s, sub_id));
	EXPECT_EQ(0, mountinfo_differences(self->s, child, ""));
	child_stop(child);
}

TEST_F(names, renamed_parent_directory)
{
	const struct mount *m;
	int id;

	must_mkdir("/mnt/old name");
	must_mkdir("/mnt/old name/m");
	must_mount("m", "/mnt/old name/m", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	m = mount_at(ns_of_pid(self->s, getpid()), "/mnt/old name/m");
	ASSERT_NE(NULL, m);
	id = m->id;

	ASSERT_EQ(0, rename("/mnt/old name", "/mnt/new\nname"));
	look(_metadata, &self->s);
	m = snapshot_mount(self->s, id);
	ASSERT_NE(NULL, m);
	EXPECT_STREQ("/new\nname/m", m->mountpoint);
	EXPECT_STREQ("/mnt/new\nname/m", m->path);
	EXPECT_EQ(NULL, m->mp_state);
	EXPECT_EQ(m, mount_under(self->s, "/mnt/new\nname/m"));
}

/* Bound is a part of the filesystem, and the mountpoint moves out of that part. */
TEST_F(names, mountpoint_renamed_outside)
{
	const struct mount *m;
	int id;

	must_mkdir("/mnt/part");
	must_mkdir("/mnt/part/sub");
	must_mkdir("/mnt/part/sub/dir");
	must_mkdir("/mnt/view");
	must_bind("/mnt/part", "/mnt/view");
	must_mount("m", "/mnt/view/sub/dir", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	m = mount_under(self->s, "/mnt/view/sub/dir");
	ASSERT_NE(NULL, m);
	id = m->id;
	EXPECT_STREQ("/sub/dir", m->mountpoint);
	EXPECT_FALSE(m->hidden);

	ASSERT_EQ(0, rename("/mnt/part/sub", "/mnt/away"));
	look(_metadata, &self->s);
	m = snapshot_mount(self->s, id);
	/* No path leads there, so mountinfo does not have it. */
	ASSERT_NE(NULL, m);
	ASSERT_NE(NULL, m->mp_state);
	EXPECT_STREQ("outside", m->mp_state);
	EXPECT_STREQ("/away/dir", m->mountpoint);
	EXPECT_TRUE(m->hidden);
	EXPECT_EQ(inode_of("/mnt/away/dir"), m->mp_ino);

	ASSERT_EQ(0, rename("/mnt/away", "/mnt/part/back"));
	look(_metadata, &self->s);
	m = snapshot_mount(self->s, id);
	ASSERT_NE(NULL, m);
	EXPECT_EQ(NULL, m->mp_state);
	EXPECT_STREQ("/mnt/view/back/dir", m->path);
	EXPECT_FALSE(m->hidden);
}

/* A process can call itself anything. */
static void setup_comm(void *arg)
{
	prctl(PR_SET_NAME, arg);
}

TEST_F(names, names_of_processes)
{
	static const char *const names[] = { "a\nns nr=0", "x\nmount id=1\\",
					     "\xff = \t#" };
	pid_t child;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		child = child_start(0, setup_comm, (void *)names[i]);
		look(_metadata, &self->s);
		EXPECT_STREQ(names[i], ns_of_pid(self->s, child)->comm);
		child_stop(child);
	}
}

TEST_HARNESS_MAIN
