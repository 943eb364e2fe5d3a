// SPDX-License-Identifier: GPL-2.0-only
/*
 * The snapshot against /proc/PID/mountinfo, mount by mount, in namespaces of
 * every kind.
 *
 * The two are not read in one moment: nothing mounts while they are compared,
 * but processes that the test before this one left to die may still be dying.
 * What they take with them is in no namespace that is compared.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "mountinfo.h"
#include "util.h"

#define HELD "/mnt/nsfs/held" /* nothing but this file holds a namespace */

/* Slave of where it came from, and master of whoever comes from it. */
static void setup_chain(void *arg)
{
	const pid_t *from = arg;
	char path[64];

	if (*from) {
		snprintf(path, sizeof(path), "/proc/%d/ns/mnt", *from);
		must_enter(path);
		if (unshare(CLONE_NEWNS))
			die("unshare");
	}
	must_make("/", MS_REC | MS_SLAVE);
	must_make("/", MS_REC | MS_SHARED);
	must_mkdir("/mnt/chain");
	must_mount("link", "/mnt/chain", "tmpfs", MS_NOSUID | MS_NODEV, NULL);
}

static void setup_chroot(void *arg)
{
	(void)arg;
	must_make("/mnt", MS_PRIVATE);
	must_mkdir("/mnt/jail");
	must_mkdir("/mnt/jail/in");
	must_mkdir("/mnt/jail/copy");
	must_mkdir("/mnt/jail/slave");
	must_mkdir("/mnt/jailer");
	must_mkdir("/mnt/middle");
	must_mount("in", "/mnt/jail/in", "tmpfs", MS_RDONLY, NULL);
	must_mount("out", "/mnt/jailer", "tmpfs", 0, NULL);
	/*
	 * in/copy, a shared peer -> middle, outside -> slave: of the two groups
	 * above the slave, only the farther can be seen in the jail.
	 */
	must_make("/mnt/jail/in", MS_SHARED);
	must_bind("/mnt/jail/in", "/mnt/jail/copy");
	must_bind("/mnt/jail/in", "/mnt/middle");
	must_make("/mnt/middle", MS_SLAVE);
	must_make("/mnt/middle", MS_SHARED);
	must_bind("/mnt/middle", "/mnt/jail/slave");
	must_make("/mnt/jail/slave", MS_SLAVE);
	if (chroot("/mnt/jail") || chdir("/"))
		die("chroot");
}

static void setup_pivot(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_PRIVATE);
	must_mkdir("/mnt/new");
	must_mount("new root", "/mnt/new", "tmpfs", 0, NULL);
	must_mkdir("/mnt/new/old");
	must_mkdir("/mnt/new/dir");
	if (chdir("/mnt/new") || syscall(SYS_pivot_root, ".", "old"))
		die("pivot_root");
	if (chdir("/"))
		die("chdir");
	must_umount("/old", MNT_DETACH);
	must_mount("dir", "/dir", "tmpfs", MS_NOEXEC | MS_NOATIME, NULL);
}

static void setup_shared_slave(void *arg)
{
	(void)arg;
	must_mkdir("/mnt/both");
	must_mount("both", "/mnt/both", "tmpfs", 0, NULL);
	must_make("/mnt/both", MS_SLAVE);
	must_make("/mnt/both", MS_SHARED);
	must_mkdir("/mnt/copy");
	must_bind("/mnt/both", "/mnt/copy");
}

static void setup_unbindable(void *arg)
{
	(void)arg;
	must_make("/mnt", MS_PRIVATE);
	must_mkdir("/mnt/unbindable");
	must_mount("unbindable", "/mnt/unbindable", "tmpfs", 0, NULL);
	must_make("/mnt/unbindable", MS_UNBINDABLE);
}

static void setup_held(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_PRIVATE);
	must_mkdir("/mnt/inside");
	must_mount("inside", "/mnt/inside", "tmpfs", 0, NULL);
	must_mount("covers", "/mnt/inside", "tmpfs", 0, NULL);
}

static void setup_enter(void *arg)
{
	must_enter(arg);
}

FIXTURE(truth)
{
	pid_t plain, user, jailed, pivoted, chain[3], both, unbindable;
	struct snapshot *s;
};

static void hold_namespace(void)
{
	char path[64];
	pid_t pid;

	/* Only a private mount may have the file of a mount namespace on it. */
	must_mkdir("/mnt/nsfs");
	must_mount("nsfs", "/mnt/nsfs", "tmpfs", 0, NULL);
	must_make("/mnt/nsfs", MS_PRIVATE);
	must_write(HELD, "");
	pid = child_start(0, setup_held, NULL);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	must_bind(path, HELD);
	child_stop(pid);
}

FIXTURE_SETUP(truth)
{
	pid_t from = 0;
	size_t i;

	own_namespace(MS_SHARED);
	self->plain = child_start(0, NULL, NULL);
	self->user = child_start(CLONE_NEWUSER, NULL, NULL);
	self->jailed = child_start(0, setup_chroot, NULL);
	self->pivoted = child_start(0, setup_pivot, NULL);
	for (i = 0; i < ARRAY_SIZE(self->chain); i++) {
		self->chain[i] = child_start(0, setup_chain, &from);
		from = self->chain[i];
	}
	self->both = child_start(0, setup_shared_slave, NULL);
	self->unbindable = child_start(0, setup_unbindable, NULL);
	hold_namespace();
	self->s = take_snapshot();
}

FIXTURE_TEARDOWN(truth)
{
	size_t i;

	snapshot_free(self->s);
	child_stop(self->plain);
	child_stop(self->user);
	child_stop(self->jailed);
	child_stop(self->pivoted);
	for (i = 0; i < ARRAY_SIZE(self->chain); i++)
		child_stop(self->chain[i]);
	child_stop(self->both);
	child_stop(self->unbindable);
}

/* A scene is worth something only if it has what it is about. */
static size_t count_mounts(const struct mnt_namespace *ns,
			   bool (*is)(const struct mount *m))
{
	size_t i, n = 0;

	for (i = 0; i < ns->nr_mounts; i++)
		n += is(ns->mounts[i]);
	return n;
}

static bool is_shared(const struct mount *m)
{
	return m->shared;
}

static bool is_slave(const struct mount *m)
{
	return m->master && !m->shared;
}

static bool is_shared_slave(const struct mount *m)
{
	return m->master && m->shared;
}

static bool is_unbindable(const struct mount *m)
{
	return m->unbindable;
}

static bool is_locked(const struct mount *m)
{
	return m->locked;
}

TEST_F(truth, snapshot_is_complete)
{
	EXPECT_TRUE(self->s->complete);
	EXPECT_GE(self->s->nr_namespaces, 12);
}

TEST_F(truth, initial_namespace)
{
	EXPECT_EQ(ns_of_pid(self->s, 1), &self->s->namespaces[0]);
	EXPECT_EQ(0, mountinfo_differences(self->s, 1, ""));
}

TEST_F(truth, own_namespace)
{
	EXPECT_GT(count_mounts(ns_of_pid(self->s, getpid()), is_shared), 1);
	EXPECT_EQ(0, mountinfo_differences(self->s, getpid(), ""));
}

TEST_F(truth, plain_clone)
{
	EXPECT_GT(count_mounts(ns_of_pid(self->s, self->plain), is_shared), 1);
	EXPECT_EQ(0, mountinfo_differences(self->s, self->plain, ""));
}

TEST_F(truth, new_user_namespace)
{
	const struct mnt_namespace *ns = ns_of_pid(self->s, self->user);

	EXPECT_NE(ns->user_ns, self->s->namespaces[0].user_ns);
	EXPECT_GT(count_mounts(ns, is_slave), 1);
	EXPECT_GT(count_mounts(ns, is_locked), 1);
	EXPECT_EQ(0, mountinfo_differences(self->s, self->user, ""));
}

TEST_F(truth, chroot)
{
	const struct mnt_namespace *ns = ns_of_pid(self->s, self->jailed);
	struct libmnt_table *table = mountinfo_of(self->jailed);
	struct libmnt_fs *fs;

	/* in, copy and slave; everything else is in the snapshot alone. */
	EXPECT_EQ(3, mnt_table_get_nents(table));
	EXPECT_GT(ns->nr_mounts, 6);
	EXPECT_NE(NULL, mount_at(ns, "/mnt/jailer"));
	EXPECT_NE(NULL, mount_at(ns, "/mnt/middle"));
	EXPECT_NE(NULL, mount_at(ns, "/mnt"));
	fs = mnt_table_find_target(table, "/slave", MNT_ITER_FORWARD);
	ASSERT_NE(NULL, fs);
	EXPECT_NE(NULL,
		  strstr(mnt_fs_get_optional_fields(fs), "propagate_from:"));
	EXPECT_EQ(0, mountinfo_differences(self->s, self->jailed, "/jail"));
	mnt_unref_table(table);
}

TEST_F(truth, pivoted)
{
	const struct mnt_namespace *ns = ns_of_pid(self->s, self->pivoted);
	const struct mount *root = mount_at(ns, "/");

	/* What lies under the root, dir, and no trace of the old root. */
	EXPECT_NE(NULL, mount_at(ns, "/dir"));
	EXPECT_EQ(NULL, mount_at(ns, "/old"));
	EXPECT_EQ(NULL, mount_at(ns, "/proc"));
	ASSERT_NE(NULL, root);
	EXPECT_STREQ("new root", root->source);
	EXPECT_EQ(0, mountinfo_differences(self->s, self->pivoted, ""));
}

TEST_F(truth, slave_chain)
{
	const struct mount *m =
		mount_at(ns_of_pid(self->s, self->chain[2]), "/mnt");
	size_t i;

	for (i = 0; i < 3; i++) {
		ASSERT_NE(NULL, m);
		m = m->master;
	}
	ASSERT_NE(NULL, m);
	EXPECT_EQ(mount_under(self->s, "/mnt")->group, m->group);
	EXPECT_EQ(NULL, m->master);
	for (i = 0; i < ARRAY_SIZE(self->chain); i++)
		EXPECT_EQ(0,
			  mountinfo_differences(self->s, self->chain[i], ""));
}

TEST_F(truth, shared_and_slave)
{
	EXPECT_LE(2, count_mounts(ns_of_pid(self->s, self->both),
				  is_shared_slave));
	EXPECT_EQ(0, mountinfo_differences(self->s, self->both, ""));
}

TEST_F(truth, unbindable)
{
	EXPECT_EQ(1, count_mounts(ns_of_pid(self->s, self->unbindable),
				  is_unbindable));
	EXPECT_EQ(0, mountinfo_differences(self->s, self->unbindable, ""));
}

/* Of a namespace without a process, by a descriptor of it. */
static void expect_held(struct __test_metadata *_metadata,
			const struct snapshot *s, int fd)
{
	const struct mnt_namespace *ns;
	struct snapshot *later;
	char path[64];
	pid_t pid;

	/* Through the descriptor: a clone does not get mounts of such files. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ns = snapshot_ns(s, inode_of(path));
	ASSERT_NE(NULL, ns);
	EXPECT_EQ(0, ns->tasks);
	EXPECT_EQ(0, ns->pid);

	/* Its mountinfo can be read only from inside; then it has a task. */
	pid = child_start(0, setup_enter, path);
	EXPECT_EQ(ns, ns_of_pid(s, pid));
	EXPECT_EQ(0, mountinfo_differences(s, pid, ""));
	later = take_snapshot();
	ns = ns_of_pid(later, pid);
	EXPECT_EQ(1, ns->tasks);
	EXPECT_EQ(pid, ns->pid);
	EXPECT_EQ(0, mountinfo_differences(later, pid, ""));
	snapshot_free(later);
	child_stop(pid);
}

TEST_F(truth, held_by_a_file)
{
	int fd = open(HELD, O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	expect_held(_metadata, self->s, fd);
	close(fd);
}

static void expect_found(struct __test_metadata *_metadata, int fd)
{
	struct snapshot *s = take_snapshot();

	expect_held(_metadata, s, fd);
	snapshot_free(s);
}

static void setup_slave(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_SLAVE);
}

static void setup_new_groups(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_PRIVATE);
	must_make("/", MS_REC | MS_SHARED);
}

/* Without the scenes of truth: there more than one way leads to a namespace. */
FIXTURE(found)
{
	int fd; /* of a namespace to which nothing but propagation leads */
};

FIXTURE_SETUP(found)
{
	own_namespace(MS_SHARED);
}

FIXTURE_TEARDOWN(found)
{
	close(self->fd);
}

TEST_F(found, by_its_peers)
{
	self->fd = ns_outlives(child_start(0, NULL, NULL));
	expect_found(_metadata, self->fd);
}

TEST_F(found, by_its_masters)
{
	self->fd = ns_outlives(child_start(0, setup_slave, NULL));
	expect_found(_metadata, self->fd);
}

TEST_F(found, by_its_slaves)
{
	pid_t master = child_start(0, setup_new_groups, NULL);
	pid_t slave = child_start(0, setup_chain, &master);

	self->fd = ns_outlives(master);
	expect_found(_metadata, self->fd);
	child_stop(slave);
}

static void *stay(void *arg)
{
	pause();
	return arg;
}

/* Namespaces belong to threads: this one leaves its process's. */
static void *leave(void *arg)
{
	if (unshare(CLONE_NEWNS))
		die("unshare");
	__atomic_store_n((pid_t *)arg, gettid(), __ATOMIC_RELEASE);
	return stay(arg);
}

TEST(tasks)
{
	const struct mnt_namespace *ns;
	pthread_t leaves, stays;
	struct snapshot *s;
	pid_t tid = 0;

	own_namespace(MS_SHARED);
	ASSERT_EQ(0, pthread_create(&stays, NULL, stay, NULL));
	ASSERT_EQ(0, pthread_create(&leaves, NULL, leave, &tid));
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		usleep(1000);
	s = take_snapshot();
	ns = ns_of_pid(s, getpid());
	EXPECT_EQ(2, ns->tasks);
	EXPECT_EQ(getpid(), ns->pid);
	EXPECT_STREQ(program_invocation_short_name, ns->comm);

	EXPECT_NE(ns, ns_of_pid(s, tid));
	ns = ns_of_pid(s, tid);
	EXPECT_EQ(1, ns->tasks);
	EXPECT_EQ(tid, ns->pid);
	EXPECT_EQ(0, mountinfo_differences(s, tid, ""));
	snapshot_free(s);
}

TEST_HARNESS_MAIN
