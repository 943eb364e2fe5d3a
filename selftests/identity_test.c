// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dentries by their hashes, inodes by their numbers: what is one object in the
 * kernel is one in the snapshot, and stat(2) knows the inodes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "util.h"

FIXTURE(identity)
{
	struct snapshot *s;
};

FIXTURE_SETUP(identity)
{
	own_namespace(MS_SHARED);
}

FIXTURE_TEARDOWN(identity)
{
	snapshot_free(self->s);
}

static uint64_t inode_of_fd(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		die("fstat");
	return st.st_ino;
}

/* What a mount is about to cover can be asked for its inode only through this. */
static int open_before_mount(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		die("open %s", path);
	return fd;
}

static void setup_slave(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_SLAVE);
}

TEST_F(identity, one_mountpoint_in_three_namespaces)
{
	const struct mount *own, *peer, *slave;
	pid_t peer_pid, slave_pid;
	int fd;

	must_mkdir("/mnt/x");
	must_mkdir("/mnt/y");
	peer_pid = child_start(0, NULL, NULL);
	slave_pid = child_start(0, setup_slave, NULL);
	fd = open_before_mount("/mnt/x");
	must_mount("x", "/mnt/x", "tmpfs", 0, NULL);
	must_mount("y", "/mnt/y", "tmpfs", 0, NULL);
	self->s = take_snapshot();

	own = mount_under(self->s, "/mnt/x");
	peer = mount_at(ns_of_pid(self->s, peer_pid), "/mnt/x");
	slave = mount_at(ns_of_pid(self->s, slave_pid), "/mnt/x");
	ASSERT_TRUE(own && peer && slave);

	/* Three mounts on three parents, but one mountpoint and one root. */
	EXPECT_NE(own->id, peer->id);
	EXPECT_NE(own->id, slave->id);
	EXPECT_NE(own->parent_id, peer->parent_id);
	EXPECT_NE(own->parent_id, slave->parent_id);
	EXPECT_STREQ(own->mp_dentry, peer->mp_dentry);
	EXPECT_STREQ(own->mp_dentry, slave->mp_dentry);
	EXPECT_STREQ(own->root_dentry, peer->root_dentry);
	EXPECT_STREQ(own->root_dentry, slave->root_dentry);
	EXPECT_EQ(inode_of_fd(fd), own->mp_ino);
	EXPECT_EQ(inode_of_fd(fd), peer->mp_ino);
	EXPECT_EQ(inode_of_fd(fd), slave->mp_ino);

	EXPECT_STRNE(own->mp_dentry, mount_under(self->s, "/mnt/y")->mp_dentry);
	close(fd);
	child_stop(peer_pid);
	child_stop(slave_pid);
}

TEST_F(identity, root_of_a_bind_is_its_source)
{
	const struct mount *a, *b, *through_b, *other, *on_source;

	must_mkdir("/mnt/source");
	must_mkdir("/mnt/source/sub");
	must_mkdir("/mnt/other");
	must_mkdir("/mnt/a");
	must_mkdir("/mnt/b");
	must_mkdir("/mnt/c");
	must_mkdir("/mnt/d");
	/* A shared parent would give the cover to the binds too. */
	must_make("/mnt", MS_PRIVATE);
	must_bind("/mnt/source", "/mnt/a");
	must_bind("/mnt", "/mnt/b");
	must_bind("/mnt/b/source", "/mnt/c");
	must_bind("/mnt/other", "/mnt/d");
	/* Its mountpoint is the directory that the others have as root. */
	must_mount("cover", "/mnt/source", "tmpfs", 0, NULL);
	self->s = take_snapshot();

	a = mount_under(self->s, "/mnt/a");
	b = mount_under(self->s, "/mnt/b");
	through_b = mount_under(self->s, "/mnt/c");
	other = mount_under(self->s, "/mnt/d");
	on_source = mount_under(self->s, "/mnt/source");
	ASSERT_TRUE(a && b && through_b && other && on_source);

	EXPECT_STREQ(on_source->mp_dentry, a->root_dentry);
	EXPECT_STREQ(on_source->mp_dentry, through_b->root_dentry);
	EXPECT_EQ(on_source->mp_ino, a->root_ino);
	EXPECT_STREQ(mount_under(self->s, "/mnt")->root_dentry, b->root_dentry);

	EXPECT_STRNE(a->root_dentry, other->root_dentry);
	EXPECT_STRNE(a->root_dentry, b->root_dentry);
	EXPECT_STRNE(a->root_dentry, on_source->root_dentry);
	EXPECT_STRNE(a->root_dentry, a->mp_dentry);
	EXPECT_EQ(inode_of("/mnt/a"), a->root_ino);
	EXPECT_EQ(inode_of("/mnt/d"), other->root_ino);
	EXPECT_NE(a->root_ino, other->root_ino);
}

/* A dentry is not its inode: a hard link is another dentry. */
TEST_F(identity, hard_links)
{
	const struct mount *a, *b;
	int fd;

	must_write("/mnt/file", "");
	ASSERT_EQ(0, link("/mnt/file", "/mnt/link"));
	must_write("/mnt/a", "");
	must_write("/mnt/b", "");
	fd = open_before_mount("/mnt/b");
	must_bind("/mnt/file", "/mnt/a");
	must_bind("/mnt/link", "/mnt/b");
	self->s = take_snapshot();

	a = mount_under(self->s, "/mnt/a");
	b = mount_under(self->s, "/mnt/b");
	ASSERT_TRUE(a && b);
	EXPECT_STREQ("/file", a->root);
	EXPECT_STREQ("/link", b->root);
	EXPECT_EQ(inode_of("/mnt/file"), a->root_ino);
	EXPECT_EQ(a->root_ino, b->root_ino);
	EXPECT_STRNE(a->root_dentry, b->root_dentry);
	EXPECT_EQ(inode_of_fd(fd), b->mp_ino);
	close(fd);
}

/* Nor is an inode its number. */
TEST_F(identity, two_filesystems_with_equal_inode_numbers)
{
	const struct mount *a, *b;

	must_mkdir("/mnt/a");
	must_mkdir("/mnt/b");
	must_mount("a", "/mnt/a", "tmpfs", 0, NULL);
	must_mount("b", "/mnt/b", "tmpfs", 0, NULL);
	/* tmpfs counts its inodes from 1 in each superblock (since 5.9). */
	ASSERT_EQ(inode_of("/mnt/a"), inode_of("/mnt/b"));
	self->s = take_snapshot();

	a = mount_under(self->s, "/mnt/a");
	b = mount_under(self->s, "/mnt/b");
	ASSERT_TRUE(a && b);
	EXPECT_EQ(inode_of("/mnt/a"), a->root_ino);
	EXPECT_EQ(a->root_ino, b->root_ino);
	EXPECT_STRNE(a->root_dentry, b->root_dentry);
	EXPECT_TRUE(a->major != b->major || a->minor != b->minor);
}

TEST_F(identity, overmounts)
{
	const struct mount *lower, *upper;
	uint64_t below, middle, top;
	int fd, lower_id;

	must_mkdir("/mnt/o");
	below = inode_of("/mnt/o");
	must_mount("lower", "/mnt/o", "tmpfs", 0, NULL);
	/* So that the two roots differ in their inode numbers. */
	must_mkdir("/mnt/o/dir");
	must_bind("/mnt/o/dir", "/mnt/o");
	middle = inode_of("/mnt/o");
	self->s = take_snapshot();
	lower_id = mount_under(self->s, "/mnt/o")->id;
	snapshot_free(self->s);
	fd = open_before_mount("/mnt/o");
	must_mount("upper", "/mnt/o", "tmpfs", 0, NULL);
	top = inode_of("/mnt/o");
	self->s = take_snapshot();

	lower = snapshot_mount(self->s, lower_id);
	upper = mount_under(self->s, "/mnt/o");
	ASSERT_TRUE(lower && upper);
	EXPECT_EQ(upper, lower->overmount);
	EXPECT_EQ(lower, upper->parent);
	EXPECT_STREQ("/", upper->mountpoint);
	EXPECT_STREQ(lower->root_dentry, upper->mp_dentry);
	EXPECT_EQ(inode_of_fd(fd), upper->mp_ino);
	EXPECT_EQ(middle, upper->mp_ino);
	EXPECT_EQ(middle, lower->root_ino);
	EXPECT_EQ(top, upper->root_ino);
	EXPECT_TRUE(lower->hidden);
	EXPECT_FALSE(upper->hidden);

	/* Three mounts down there is the directory that was there first. */
	ASSERT_NE(NULL, lower->parent);
	EXPECT_EQ(below, lower->parent->mp_ino);
	EXPECT_STREQ("/o", lower->parent->mountpoint);
	close(fd);

	/* Off again, each layer has the inode that it had. */
	must_umount("/mnt/o", 0);
	EXPECT_EQ(middle, inode_of("/mnt/o"));
	snapshot_free(self->s);
	self->s = take_snapshot();
	EXPECT_EQ(lower_id, mount_under(self->s, "/mnt/o")->id);
	EXPECT_EQ(NULL, mount_under(self->s, "/mnt/o")->overmount);
}

/* Everything that this process can get at, of whatever filesystem. */
TEST_F(identity, every_root_has_the_inode_of_its_path)
{
	const struct mnt_namespace *ns;
	size_t i, seen = 0;

	self->s = take_snapshot();
	ns = ns_of_pid(self->s, getpid());
	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *m = ns->mounts[i];

		if (m->hidden)
			continue;
		seen++;
		EXPECT_EQ(m, mount_under(self->s, m->path))
		{
			TH_LOG("at %s", m->path);
		}
		EXPECT_EQ(inode_of(m->path), m->root_ino)
		{
			TH_LOG("at %s", m->path);
		}
	}
	EXPECT_GT(seen, 4);
}

/* Overmounted is what has a child whose mountpoint is its root dentry. */
TEST_F(identity, every_overmount)
{
	size_t i, seen = 0;

	must_mkdir("/mnt/o");
	must_mount("lower", "/mnt/o", "tmpfs", 0, NULL);
	must_mount("upper", "/mnt/o", "tmpfs", 0, NULL);
	self->s = take_snapshot();
	for (i = 0; i < self->s->nr_mounts; i++) {
		const struct mount *m = &self->s->mounts[i];
		const struct mount *child = m->first_child;

		while (child && strcmp(child->mp_dentry, m->root_dentry))
			child = child->next_sibling;
		EXPECT_EQ(child, m->overmount);
		EXPECT_EQ(child ? child->id : 0, m->overmount_id);
		seen += !!child;
	}
	EXPECT_LE(1, seen);
}

TEST_F(identity, hashes_stay)
{
	const struct mnt_namespace *ns;
	struct snapshot *later;
	size_t i;

	self->s = take_snapshot();
	must_mkdir("/mnt/new");
	must_mount("new", "/mnt/new", "tmpfs", 0, NULL);
	later = take_snapshot();
	ns = ns_of_pid(self->s, getpid());
	EXPECT_GT(ns->nr_mounts, 4);
	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *a = ns->mounts[i];
		const struct mount *b = snapshot_mount(later, a->id);

		ASSERT_NE(NULL, b);
		EXPECT_STREQ(a->mp_dentry, b->mp_dentry);
		EXPECT_STREQ(a->root_dentry, b->root_dentry);
	}
	snapshot_free(later);
}

TEST_HARNESS_MAIN
