// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts that no process sees: in namespaces without a process, in anonymous
 * ones, and in none. Each kind is made, found, and gone when nothing holds it.
 *
 * The last reference is often dropped by a worker of the kernel's, so what has
 * to go is waited for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "util.h"

#define WAIT_US 20000
#define WAITS 250

/* Mounts of @source, in @state unless that is NULL: how many, and the last. */
static size_t find(const struct snapshot *s, const char *source,
		   const char *state, const struct mount **found)
{
	size_t i, n = 0;

	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!m->source || strcmp(m->source, source) ||
		    (state && (!m->state || strcmp(m->state, state))))
			continue;
		*found = m;
		n++;
	}
	return n;
}

/* The one mount of @source that is not in our namespace, or NULL. */
static const struct mount *elsewhere(const struct snapshot *s,
				     const char *source)
{
	const struct mnt_namespace *own = ns_of_pid(s, getpid());
	const struct mount *found = NULL;
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!m->source || strcmp(m->source, source) || m->ns == own)
			continue;
		if (found)
			return NULL;
		found = m;
	}
	return found;
}

/* Whether no mount of @source is left, soon. */
static bool goes(const char *source)
{
	const struct mount *m;
	int i;

	for (i = 0; i < WAITS; i++) {
		struct snapshot *s = take_snapshot();
		size_t n = find(s, source, NULL, &m);

		snapshot_free(s);
		if (!n)
			return true;
		usleep(WAIT_US);
	}
	return false;
}

/* Whether there is no namespace of this number, soon. */
static bool goes_ns(unsigned int inum)
{
	int i;

	for (i = 0; i < WAITS; i++) {
		struct snapshot *s = take_snapshot();
		bool there = snapshot_ns(s, inum);

		snapshot_free(s);
		if (!there)
			return true;
		usleep(WAIT_US);
	}
	return false;
}

/* What cannot be, whatever is mounted. */
static size_t contradictions(const struct snapshot *s)
{
	size_t i, k, mounts = s->nr_unattached, bad = !s->complete;

	for (i = 0; i < s->nr_unattached; i++)
		bad += s->unattached[i]->ns || !s->unattached[i]->state;
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		mounts += ns->nr_mounts;
		bad += ns->nr_mounts != ns->found;
		bad += ns->nr_mounts != ns->nr_mounts_counted;
		bad += ns->anon != !ns->inum;
		for (k = 0; k < i; k++)
			bad += ns->inum && s->namespaces[k].inum == ns->inum;
	}
	/* Each once: the parser refuses a mount id that is there twice. */
	return bad + (mounts != s->nr_mounts);
}

static int clone_tree(const char *path, unsigned int flags)
{
	int fd = open_tree(AT_FDCWD, path,
			   flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (fd < 0)
		die("open_tree %s", path);
	return fd;
}

static int pending_mount(const char *source)
{
	int context = fsopen("tmpfs", FSOPEN_CLOEXEC), fd;

	if (context < 0 ||
	    fsconfig(context, FSCONFIG_SET_STRING, "source", source, 0) ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		die("fsopen");
	fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV);
	if (fd < 0)
		die("fsmount");
	close(context);
	return fd;
}

FIXTURE(unattached)
{
	struct snapshot *s;
	const struct mount *m;
};

/* the-tree, with the-sub in it, at /mnt/tree */
FIXTURE_SETUP(unattached)
{
	own_namespace(MS_PRIVATE);
	must_mkdir("/mnt/tree");
	must_mount("the-tree", "/mnt/tree", "tmpfs", 0, NULL);
	must_mkdir("/mnt/tree/sub");
	must_mount("the-sub", "/mnt/tree/sub", "tmpfs", 0, NULL);
	must_write("/mnt/tree/file", "");
}

FIXTURE_TEARDOWN(unattached)
{
	if (self->s)
		EXPECT_EQ(0, contradictions(self->s));
	snapshot_free(self->s);
}

#define EXPECT_ANONYMOUS(what, mounts)                          \
	do {                                                    \
		const struct mount *_m = (what);                \
		ASSERT_NE(NULL, _m);                            \
		ASSERT_NE(NULL, _m->ns);                        \
		EXPECT_EQ(NULL, _m->state);                     \
		EXPECT_TRUE(_m->ns->anon);                      \
		EXPECT_EQ(0, _m->ns->inum);                     \
		EXPECT_EQ(0, _m->ns->tasks);                    \
		EXPECT_EQ(_m, _m->ns->root);                    \
		EXPECT_EQ((size_t)(mounts), _m->ns->nr_mounts); \
	} while (0)

TEST_F(unattached, open_tree)
{
	int fd = clone_tree("/mnt/tree", 0);

	self->s = take_snapshot();
	self->m = elsewhere(self->s, "the-tree");
	EXPECT_ANONYMOUS(self->m, 1);
	EXPECT_EQ(NULL, self->m->parent);
	EXPECT_STREQ("/", self->m->path);
	EXPECT_EQ(NULL, elsewhere(self->s, "the-sub"));
	must_umount("/mnt/tree", MNT_DETACH);
	close(fd);
	EXPECT_TRUE(goes("the-tree"));
}

TEST_F(unattached, open_tree_recursive)
{
	int fd = clone_tree("/mnt/tree", AT_RECURSIVE);
	const struct mount *sub;

	self->s = take_snapshot();
	self->m = elsewhere(self->s, "the-tree");
	EXPECT_ANONYMOUS(self->m, 2);
	sub = elsewhere(self->s, "the-sub");
	ASSERT_NE(NULL, sub);
	EXPECT_EQ(self->m, sub->parent);
	EXPECT_EQ(self->m->ns, sub->ns);
	EXPECT_STREQ("/sub", sub->path);
	must_umount("/mnt/tree", MNT_DETACH);
	close(fd);
	EXPECT_TRUE(goes("the-tree"));
	EXPECT_TRUE(goes("the-sub"));
}

/*
 * The kernel leaves in the copy's root where the original was mounted, without
 * a reference: that must not be looked at.
 */
TEST_F(unattached, open_tree_of_what_is_gone)
{
	int fd = clone_tree("/mnt/tree", AT_RECURSIVE);

	must_umount("/mnt/tree", MNT_DETACH);
	ASSERT_EQ(0, rmdir("/mnt/tree"));
	must_write("/proc/sys/vm/drop_caches", "2");
	self->s = take_snapshot();
	self->m = elsewhere(self->s, "the-tree");
	EXPECT_ANONYMOUS(self->m, 2);
	EXPECT_STREQ("/", self->m->mountpoint);
	EXPECT_EQ(NULL, self->m->mp_state);
	EXPECT_STREQ(self->m->root_dentry, self->m->mp_dentry);
	close(fd);
	EXPECT_TRUE(goes("the-tree"));
}

/* Once it is attached it is in our namespace, and there is no other. */
TEST_F(unattached, open_tree_attached)
{
	int fd = clone_tree("/mnt/tree", 0);

	must_mkdir("/mnt/here");
	ASSERT_EQ(0, move_mount(fd, "", AT_FDCWD, "/mnt/here",
				MOVE_MOUNT_F_EMPTY_PATH));
	close(fd);
	self->s = take_snapshot();
	self->m = mount_at(ns_of_pid(self->s, getpid()), "/mnt/here");
	ASSERT_NE(NULL, self->m);
	EXPECT_STREQ("the-tree", self->m->source);
	EXPECT_EQ(2, find(self->s, "the-tree", NULL, &self->m));
	EXPECT_EQ(NULL, elsewhere(self->s, "the-tree"));
}

TEST_F(unattached, fsmount)
{
	int fd = pending_mount("pending");

	self->s = take_snapshot();
	EXPECT_EQ(1, find(self->s, "pending", NULL, &self->m));
	EXPECT_ANONYMOUS(self->m, 1);
	EXPECT_STREQ("tmpfs", self->m->type);
	EXPECT_TRUE(has_word(self->m->flags, "nodev"));
	close(fd);
	EXPECT_TRUE(goes("pending"));
}

TEST_F(unattached, lazily_unmounted)
{
	int dir = open("/mnt/tree", O_PATH | O_DIRECTORY | O_CLOEXEC), file;
	char propagation[64];
	long count;

	ASSERT_LE(0, dir);
	must_umount("/mnt/tree", MNT_DETACH);
	self->s = take_snapshot();
	ASSERT_EQ(1, find(self->s, "the-tree", NULL, &self->m));
	EXPECT_EQ(NULL, self->m->ns);
	EXPECT_STREQ("unmounted", self->m->state);
	EXPECT_TRUE(has_word(self->m->flags, "umount"));
	EXPECT_EQ(self->m->id, self->m->parent_id);
	EXPECT_FALSE(self->m->hidden);
	EXPECT_STREQ("/", self->m->path);
	EXPECT_STREQ("private", mount_propagation(self->m, propagation,
						  sizeof(propagation)));
	count = self->m->count;
	EXPECT_LT(0, count);
	EXPECT_EQ(0, contradictions(self->s));
	snapshot_free(self->s);

	/* An open file is one reference more. */
	file = openat(dir, "file", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, file);
	self->s = take_snapshot();
	ASSERT_EQ(1, find(self->s, "the-tree", "unmounted", &self->m));
	EXPECT_EQ(count + 1, self->m->count);

	/* Nobody is in the other one. */
	EXPECT_TRUE(goes("the-sub"));
	close(dir);
	close(file);
	EXPECT_TRUE(goes("the-tree"));
}

/* Bound again in a user namespace, the mounts of its parent stay together. */
static void setup_locked(void *arg)
{
	(void)arg;
	must_mkdir("/mnt/again");
	must_mount("/mnt/tree", "/mnt/again", NULL, MS_BIND | MS_REC, NULL);
	if (open("/mnt/again", O_PATH | O_DIRECTORY | O_CLOEXEC) < 0)
		die("/mnt/again");
	must_umount("/mnt/again", MNT_DETACH);
}

TEST_F(unattached, lazily_unmounted_tree)
{
	pid_t pid = child_start(CLONE_NEWUSER, setup_locked, NULL);
	const struct mount *sub;

	self->s = take_snapshot();
	ASSERT_EQ(1, find(self->s, "the-tree", "unmounted", &self->m));
	if (!find(self->s, "the-sub", "unmounted", &sub)) {
		child_stop(pid);
		SKIP(return, "this kernel takes even such trees apart");
	}
	EXPECT_EQ(self->m, sub->parent);
	EXPECT_EQ(self->m->id, sub->parent_id);
	EXPECT_STREQ("/", self->m->path);
	EXPECT_STREQ("/sub", sub->path);
	EXPECT_TRUE(sub->locked);
	child_stop(pid);
	must_umount("/mnt/tree", MNT_DETACH);
	EXPECT_TRUE(goes("the-tree"));
	EXPECT_TRUE(goes("the-sub"));
}

static void setup_only_here(void *arg)
{
	(void)arg;
	must_mkdir("/mnt/inside");
	must_mount("only-here", "/mnt/inside", "tmpfs", 0, NULL);
}

/* The namespace of setup_only_here(), with nobody in it. */
#define EXPECT_HELD(inum)                                                 \
	do {                                                              \
		const struct mnt_namespace *_ns;                          \
		self->s = take_snapshot();                                \
		_ns = snapshot_ns(self->s, inum);                         \
		ASSERT_NE(NULL, _ns);                                     \
		EXPECT_EQ(0, _ns->tasks);                                 \
		EXPECT_FALSE(_ns->anon);                                  \
		ASSERT_EQ(1, find(self->s, "only-here", NULL, &self->m)); \
		EXPECT_EQ(_ns, self->m->ns);                              \
		EXPECT_STREQ("/mnt/inside", self->m->path);               \
	} while (0)

TEST_F(unattached, namespace_held_by_a_descriptor)
{
	pid_t pid = child_start(0, setup_only_here, NULL);
	char path[64];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &st));
	child_stop(pid);
	EXPECT_HELD(st.st_ino);
	close(fd);
	EXPECT_TRUE(goes_ns(st.st_ino));
	EXPECT_TRUE(goes("only-here"));
}

TEST_F(unattached, namespace_held_by_a_mount)
{
	pid_t pid = child_start(0, setup_only_here, NULL);
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	must_write("/mnt/held", "");
	must_bind(path, "/mnt/held");
	ASSERT_EQ(0, stat("/mnt/held", &st));
	child_stop(pid);
	EXPECT_HELD(st.st_ino);
	must_umount("/mnt/held", 0);
	EXPECT_TRUE(goes_ns(st.st_ino));
	EXPECT_TRUE(goes("only-here"));
}

TEST_F(unattached, internal)
{
	static const char *const types[] = { "pipefs", "nsfs" };
	size_t i, k;

	self->s = take_snapshot();
	for (k = 0; k < ARRAY_SIZE(types); k++) {
		for (i = 0; i < self->s->nr_unattached; i++) {
			self->m = self->s->unattached[i];
			if (!strcmp(self->m->type, types[k]))
				break;
		}
		ASSERT_GT(self->s->nr_unattached, i)
		{
			TH_LOG("no %s", types[k]);
		}
		EXPECT_STREQ("internal", self->m->state);
		EXPECT_EQ(self->m->id, self->m->parent_id);
		EXPECT_LT(0, self->m->count);
	}
}

/* Overlayfs keeps mounts of its layers that nobody else can see. */
TEST_F(unattached, layers_of_an_overlay)
{
	must_mkdir("/mnt/overlay");
	must_mkdir("/mnt/tree/sub/upper");
	must_mkdir("/mnt/tree/sub/work");
	if (mount("overlay", "/mnt/overlay", "overlay", 0,
		  "lowerdir=/mnt/tree,upperdir=/mnt/tree/sub/upper,workdir=/mnt/tree/sub/work")) {
		if (errno == ENODEV)
			SKIP(return, "this kernel has no overlayfs");
		die("overlay");
	}
	self->s = take_snapshot();
	self->m = elsewhere(self->s, "the-tree");
	ASSERT_NE(NULL, self->m);
	EXPECT_EQ(NULL, self->m->ns);
	EXPECT_TRUE(!strcmp(self->m->state, "internal") ||
		    !strcmp(self->m->state, "detached"));
	must_umount("/mnt/tree/sub", MNT_DETACH);
	must_umount("/mnt/tree", 0);
	must_umount("/mnt/overlay", 0);
	EXPECT_TRUE(goes("the-tree"));
	EXPECT_TRUE(goes("the-sub"));
}

static void setup_everything(void *arg)
{
	(void)arg;
	setup_only_here(NULL);
	clone_tree("/mnt", AT_RECURSIVE);
	pending_mount("pending");
	if (open("/mnt/inside", O_PATH | O_DIRECTORY | O_CLOEXEC) < 0)
		die("/mnt/inside");
	must_umount("/mnt/inside", MNT_DETACH);
}

/* A process that dies leaves nothing, though nothing of it was in order. */
TEST_F(unattached, nothing_is_left)
{
	struct snapshot *before = take_snapshot();
	size_t mounts = before->nr_mounts, nr = before->nr_namespaces;
	pid_t pid = child_start(0, setup_everything, NULL);
	int i;

	snapshot_free(before);
	self->s = take_snapshot();
	EXPECT_EQ(nr + 3, self->s->nr_namespaces);
	EXPECT_LT(mounts, self->s->nr_mounts);
	child_stop(pid);
	for (i = 0; i < WAITS; i++) {
		snapshot_free(self->s);
		self->s = take_snapshot();
		if (self->s->nr_mounts == mounts)
			break;
		usleep(WAIT_US);
	}
	EXPECT_EQ(mounts, self->s->nr_mounts);
	EXPECT_EQ(nr, self->s->nr_namespaces);
}

TEST_HARNESS_MAIN
