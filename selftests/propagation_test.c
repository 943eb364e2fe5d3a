// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers, slaves and masters, built step by step. What is expected follows from
 * the steps, by the rules in Documentation/filesystems/sharedsubtree.rst and
 * mount_namespaces(7), and not from anything that a snapshot said.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "mountinfo.h"
#include "util.h"

/* How many mounts there are that a ring could have. */
static size_t ring_length(const struct snapshot *s, const struct mount *m)
{
	const struct mount *p = m;
	size_t n = 0;

	do {
		p = snapshot_mount(s, p->peer_id);
		n++;
	} while (p && p != m && n <= s->nr_mounts);
	return p == m ? n : 0;
}

static bool has_slave(const struct mount *master, int id)
{
	size_t i, n = 0;

	for (i = 0; i < master->nr_slaves; i++)
		n += master->slave_ids[i] == id;
	return n == 1;
}

/* What holds for all mounts of a kernel at any time. */
static void expect_sound(struct __test_metadata *_metadata,
			 const struct snapshot *s)
{
	size_t i, j;

	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];
		const struct mount *peer = snapshot_mount(s, m->peer_id);
		const struct mount *master = m->master;

		ASSERT_NE(NULL, peer);
		EXPECT_NE(0, ring_length(s, m));
		EXPECT_EQ(m->group_id, peer->group_id);
		EXPECT_EQ(m->shared, m->group_id > 0);
		EXPECT_EQ(m->shared, peer->shared);
		EXPECT_EQ(!m->master_id, !master);
		if (master) {
			EXPECT_TRUE(has_slave(master, m->id));
			EXPECT_TRUE(master->shared);
		}
		for (j = 0; j < m->nr_slaves; j++) {
			const struct mount *slave =
				snapshot_mount(s, m->slave_ids[j]);

			ASSERT_NE(NULL, slave);
			EXPECT_EQ(m->id, slave->master_id);
		}
	}
}

/* A new snapshot in place of the old one. */
static void look(struct __test_metadata *_metadata, struct snapshot **s)
{
	snapshot_free(*s);
	*s = take_snapshot();
	expect_sound(_metadata, *s);
	EXPECT_EQ(0, mountinfo_differences(*s, getpid(), ""));
}

static struct mount *must_find(const struct snapshot *s, const char *path)
{
	struct mount *m = mount_at(ns_of_pid(s, getpid()), path);

	if (!m) {
		errno = ENOENT;
		die("no mount at %s", path);
	}
	return m;
}

static struct mount *must_find_in(const struct snapshot *s, pid_t pid,
				  const char *path)
{
	struct mount *m = mount_at(ns_of_pid(s, pid), path);

	if (!m) {
		errno = ENOENT;
		die("no mount at %s in the namespace of %d", path, pid);
	}
	return m;
}

/* @want: the ring, beginning at any of its members, and NULL. */
static void __expect_ring(struct __test_metadata *_metadata,
			  struct mount **want)
{
	const struct mount *m = want[0];
	size_t n;

	EXPECT_NE(0, m->group_id);
	for (n = 0; want[n]; n++) {
		const struct mount *next = want[n + 1] ? want[n + 1] : want[0];

		EXPECT_EQ(next->id, want[n]->peer_id)
		{
			TH_LOG("after %s", want[n]->path);
		}
		EXPECT_EQ(m->group_id, want[n]->group_id);
		EXPECT_EQ(m->master_id, want[n]->master_id);
		EXPECT_TRUE(want[n]->shared);
	}
}

#define expect_ring(...) \
	__expect_ring(_metadata, (struct mount *[]){ __VA_ARGS__, NULL })

/* @want: the slave list in order, and NULL. */
static void __expect_slaves(struct __test_metadata *_metadata,
			    const struct mount *master, struct mount **want)
{
	size_t n;

	for (n = 0; want[n]; n++) {
		EXPECT_EQ(master->id, want[n]->master_id)
		{
			TH_LOG("of %s", want[n]->path);
		}
		if (n < master->nr_slaves)
			EXPECT_EQ(want[n]->id, master->slave_ids[n]);
	}
	EXPECT_EQ(n, master->nr_slaves);
}

#define expect_slaves(master, ...)         \
	__expect_slaves(_metadata, master, \
			(struct mount *[]){ __VA_ARGS__, NULL })

static const char *type_of(const struct mount *m)
{
	if (m->unbindable && (m->shared || m->master_id))
		return "unbindable and more";
	if (m->unbindable)
		return "unbindable";
	if (m->shared)
		return m->master_id ? "shared+slave" : "shared";
	return m->master_id ? "slave" : "private";
}

/* 0: none. */
static int master_group(const struct mount *m)
{
	return m->master ? m->master->group_id : 0;
}

/* A directory with a tmpfs on it, private. */
static void mount_private(const char *path)
{
	must_mkdir(path);
	must_mount("mntprop-test", path, "tmpfs", 0, NULL);
	must_make(path, MS_PRIVATE);
}

static void mount_shared(const char *path)
{
	mount_private(path);
	must_make(path, MS_SHARED);
}

static void bind(const char *source, const char *target)
{
	must_mkdir(target);
	must_bind(source, target);
}

static void bind_slave(const char *source, const char *target)
{
	bind(source, target);
	must_make(target, MS_SLAVE);
}

#define M(path) must_find(self->s, path)
#define MC(pid, path) must_find_in(self->s, pid, path)

FIXTURE(propagation)
{
	struct snapshot *s;
};

FIXTURE_SETUP(propagation)
{
	own_namespace(MS_PRIVATE);
}

FIXTURE_TEARDOWN(propagation)
{
	snapshot_free(self->s);
}

/* clone_mnt() puts a new peer behind the one it is a copy of. */
TEST_F(propagation, ring_grows_by_bind)
{
	int group;

	mount_private("/mnt/a");
	look(_metadata, &self->s);
	EXPECT_STREQ("private", type_of(M("/mnt/a")));
	EXPECT_EQ(M("/mnt/a")->id, M("/mnt/a")->peer_id);

	must_make("/mnt/a", MS_SHARED);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"));
	group = M("/mnt/a")->group_id;

	bind("/mnt/a", "/mnt/b");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/b"));

	bind("/mnt/a", "/mnt/c");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/c"), M("/mnt/b"));

	bind("/mnt/b", "/mnt/d");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/c"), M("/mnt/b"), M("/mnt/d"));
	EXPECT_EQ(group, M("/mnt/d")->group_id);

	/* Shared again changes nothing. */
	must_make("/mnt/d", MS_SHARED);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/c"), M("/mnt/b"), M("/mnt/d"));
	EXPECT_EQ(group, M("/mnt/d")->group_id);
}

TEST_F(propagation, ring_closes_when_one_leaves)
{
	int group;

	mount_shared("/mnt/a");
	bind("/mnt/a", "/mnt/b");
	bind("/mnt/b", "/mnt/c");
	bind("/mnt/c", "/mnt/d");
	look(_metadata, &self->s);
	group = M("/mnt/a")->group_id;
	expect_ring(M("/mnt/a"), M("/mnt/b"), M("/mnt/c"), M("/mnt/d"));

	must_make("/mnt/b", MS_PRIVATE);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/c"), M("/mnt/d"));
	EXPECT_STREQ("private", type_of(M("/mnt/b")));
	EXPECT_EQ(M("/mnt/b")->id, M("/mnt/b")->peer_id);

	must_umount("/mnt/c", 0);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/d"));

	must_make("/mnt/d", MS_UNBINDABLE);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"));
	EXPECT_EQ(group, M("/mnt/a")->group_id);
	EXPECT_STREQ("unbindable", type_of(M("/mnt/d")));

	/* A mount never comes back to a group by being made shared. */
	must_make("/mnt/b", MS_SHARED);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/b"));
	EXPECT_NE(group, M("/mnt/b")->group_id);
}

/* A peer made slave becomes the first slave of one that it leaves behind. */
TEST_F(propagation, new_slave_comes_first)
{
	mount_shared("/mnt/a");
	bind_slave("/mnt/a", "/mnt/s1");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"));
	expect_slaves(M("/mnt/a"), M("/mnt/s1"));
	EXPECT_EQ(0, M("/mnt/s1")->group_id);

	bind_slave("/mnt/a", "/mnt/s2");
	bind_slave("/mnt/a", "/mnt/s3");
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/a"), M("/mnt/s3"), M("/mnt/s2"), M("/mnt/s1"));

	/* A slave's bind is a slave of the same master, behind it. */
	bind("/mnt/s2", "/mnt/s4");
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/a"), M("/mnt/s3"), M("/mnt/s2"), M("/mnt/s4"),
		      M("/mnt/s1"));
	EXPECT_STREQ("slave", type_of(M("/mnt/s4")));

	/* Slave again changes the type of nothing. */
	must_make("/mnt/s3", MS_SLAVE);
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/a"), M("/mnt/s3"), M("/mnt/s2"), M("/mnt/s4"),
		      M("/mnt/s1"));

	must_umount("/mnt/s2", 0);
	must_make("/mnt/s4", MS_PRIVATE);
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/a"), M("/mnt/s3"), M("/mnt/s1"));
	EXPECT_STREQ("private", type_of(M("/mnt/s4")));
}

/* With equal roots every kernel takes the next peer as master. */
TEST_F(propagation, master_is_the_next_peer)
{
	mount_shared("/mnt/a");
	bind("/mnt/a", "/mnt/b");
	bind("/mnt/b", "/mnt/c");
	bind_slave("/mnt/c", "/mnt/s");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/b"), M("/mnt/c"));
	/* s stood between c and a. */
	expect_slaves(M("/mnt/a"), M("/mnt/s"));

	must_make("/mnt/b", MS_SLAVE);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/c"));
	expect_slaves(M("/mnt/c"), M("/mnt/b"));
	expect_slaves(M("/mnt/a"), M("/mnt/s"));

	/* c takes its slaves to its new master: they are the group's, not c's. */
	must_make("/mnt/c", MS_SLAVE);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"));
	EXPECT_EQ(M("/mnt/c")->id, M("/mnt/a")->slave_ids[0]);
	EXPECT_EQ(3, M("/mnt/a")->nr_slaves);
	EXPECT_EQ(0, M("/mnt/c")->nr_slaves);
	EXPECT_EQ(M("/mnt/a")->id, M("/mnt/b")->master_id);
}

/* Peers with other roots: the master is in the group, which one is the kernel's. */
TEST_F(propagation, master_with_another_root)
{
	mount_shared("/mnt/a");
	must_mkdir("/mnt/a/sub");
	bind("/mnt/a/sub", "/mnt/sub");
	bind("/mnt/a", "/mnt/s");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/s"), M("/mnt/sub"));
	must_make("/mnt/s", MS_SLAVE);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), M("/mnt/sub"));
	EXPECT_EQ(M("/mnt/a")->group_id, master_group(M("/mnt/s")));
}

TEST_F(propagation, slave_that_is_shared)
{
	mount_shared("/mnt/a");
	bind_slave("/mnt/a", "/mnt/s");
	bind_slave("/mnt/a", "/mnt/other");
	must_make("/mnt/s", MS_SHARED);
	look(_metadata, &self->s);
	EXPECT_STREQ("shared+slave", type_of(M("/mnt/s")));
	EXPECT_NE(M("/mnt/a")->group_id, M("/mnt/s")->group_id);
	expect_ring(M("/mnt/s"));

	/* Peers of one group stand together on their master's list. */
	bind("/mnt/s", "/mnt/t");
	bind("/mnt/s", "/mnt/u");
	look(_metadata, &self->s);
	expect_ring(M("/mnt/s"), M("/mnt/u"), M("/mnt/t"));
	expect_slaves(M("/mnt/a"), M("/mnt/other"), M("/mnt/s"), M("/mnt/u"),
		      M("/mnt/t"));

	/* A slave of the slaves. */
	bind_slave("/mnt/u", "/mnt/v");
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/t"), M("/mnt/v"));
	EXPECT_STREQ("slave", type_of(M("/mnt/v")));

	/* Made slave once more, it stays with the peers that it leaves. */
	must_make("/mnt/t", MS_SLAVE);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/s"), M("/mnt/u"));
	expect_slaves(M("/mnt/s"), M("/mnt/t"), M("/mnt/v"));
	expect_slaves(M("/mnt/a"), M("/mnt/other"), M("/mnt/s"), M("/mnt/u"));
}

/* When the last peer goes, the slaves of the group move up to its master. */
TEST_F(propagation, group_in_the_middle_dissolves)
{
	mount_shared("/mnt/a");
	bind_slave("/mnt/a", "/mnt/middle");
	must_make("/mnt/middle", MS_SHARED);
	bind_slave("/mnt/middle", "/mnt/s");
	bind("/mnt/middle", "/mnt/peer");
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/a"), M("/mnt/middle"), M("/mnt/peer"));
	expect_slaves(M("/mnt/middle"), M("/mnt/s"));

	must_make("/mnt/middle", MS_PRIVATE);
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/peer"), M("/mnt/s"));
	expect_slaves(M("/mnt/a"), M("/mnt/peer"));

	must_umount("/mnt/peer", 0);
	look(_metadata, &self->s);
	expect_slaves(M("/mnt/a"), M("/mnt/s"));

	/* And without a master there is none for them. */
	must_make("/mnt/a", MS_PRIVATE);
	look(_metadata, &self->s);
	EXPECT_STREQ("private", type_of(M("/mnt/s")));
	EXPECT_EQ(0, M("/mnt/a")->nr_slaves);
}

TEST_F(propagation, namespace_copies_peers)
{
	pid_t child;

	mount_shared("/mnt/a");
	bind("/mnt/a", "/mnt/b");
	bind_slave("/mnt/a", "/mnt/s");
	mount_private("/mnt/p");
	child = child_start(0, NULL, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), MC(child, "/mnt/a"), M("/mnt/b"),
		    MC(child, "/mnt/b"));
	/* s stood between a and b when it was made slave. */
	expect_slaves(M("/mnt/b"), M("/mnt/s"), MC(child, "/mnt/s"));
	EXPECT_STREQ("private", type_of(MC(child, "/mnt/p")));
	EXPECT_EQ(0, mountinfo_differences(self->s, child, ""));

	child_stop(child);
}

/* One process's death is another's mount less, in the same ring. */
TEST_F(propagation, namespace_goes)
{
	pid_t child;
	size_t i;

	mount_shared("/mnt/a");
	bind("/mnt/a", "/mnt/b");
	child = child_start(0, NULL, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"), MC(child, "/mnt/a"), M("/mnt/b"),
		    MC(child, "/mnt/b"));
	child_stop(child);
	/* waitpid() can be ahead of the namespace's last reference. */
	for (i = 0; i < 100; i++) {
		look(_metadata, &self->s);
		if (M("/mnt/a")->peer_id == M("/mnt/b")->id)
			break;
		usleep(20000);
	}
	expect_ring(M("/mnt/a"), M("/mnt/b"));
}

TEST_F(propagation, user_namespace_copies_slaves)
{
	pid_t child;

	mount_shared("/mnt/a");
	bind_slave("/mnt/a", "/mnt/s");
	bind_slave("/mnt/a", "/mnt/both");
	must_make("/mnt/both", MS_SHARED);
	child = child_start(CLONE_NEWUSER, NULL, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a"));
	expect_ring(M("/mnt/both"));
	/* The copy of a shared mount: first of its own slaves; of a slave: behind it. */
	expect_slaves(M("/mnt/a"), MC(child, "/mnt/a"), M("/mnt/both"),
		      M("/mnt/s"), MC(child, "/mnt/s"));
	expect_slaves(M("/mnt/both"), MC(child, "/mnt/both"));
	EXPECT_STREQ("slave", type_of(MC(child, "/mnt/a")));
	EXPECT_STREQ("slave", type_of(MC(child, "/mnt/both")));
	EXPECT_TRUE(MC(child, "/mnt/a")->locked);
	EXPECT_FALSE(M("/mnt/a")->locked);

	child_stop(child);
}

/*
 * a - b are peers, a -> s, a -> both (shared) -> below, and p was bound from a
 * and made private: who gets what is mounted where?
 */
static const char *const places[] = { "a", "b", "s", "both", "below", "p" };

static void build_places(void)
{
	size_t i;
	char path[64];

	mount_shared("/mnt/a");
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "/mnt/a/%s", places[i]);
		must_mkdir(path);
	}
	bind("/mnt/a", "/mnt/b");
	bind_slave("/mnt/a", "/mnt/s");
	bind_slave("/mnt/a", "/mnt/both");
	must_make("/mnt/both", MS_SHARED);
	bind_slave("/mnt/both", "/mnt/below");
	bind("/mnt/a", "/mnt/p");
	must_make("/mnt/p", MS_PRIVATE);
}

/* @want: for each of places, the type of the mount on NAME in it, or NULL. */
static void expect_arrived(struct __test_metadata *_metadata,
			   const struct snapshot *s, const char *name,
			   const char *const *want)
{
	const struct mnt_namespace *ns = ns_of_pid(s, getpid());
	const struct mount *m;
	char path[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "/mnt/%s/%s", places[i], name);
		m = mount_at(ns, path);
		EXPECT_STREQ(want[i] ? want[i] : "nothing",
			     m ? type_of(m) : "nothing")
		{
			TH_LOG("at %s", path);
		}
	}
}

TEST_F(propagation, mount_event_goes_down)
{
	static const char *const nowhere[ARRAY_SIZE(places)] = { NULL };
	static const struct {
		const char *at;
		const char *want[ARRAY_SIZE(places)];
	} events[] = {
		{ "a",
		  { "shared", "shared", "slave", "shared+slave", "slave",
		    NULL } },
		{ "b",
		  { "shared", "shared", "slave", "shared+slave", "slave",
		    NULL } },
		{ "s", { NULL, NULL, "private", NULL, NULL, NULL } },
		{ "both", { NULL, NULL, NULL, "shared", "slave", NULL } },
		{ "below", { NULL, NULL, NULL, NULL, "private", NULL } },
		{ "p", { NULL, NULL, NULL, NULL, NULL, "private" } },
	};
	char path[64];
	size_t i;

	build_places();
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		const char *at = events[i].at;

		snprintf(path, sizeof(path), "/mnt/%s/%s", at, at);
		must_mount("event", path, "tmpfs", 0, NULL);
		look(_metadata, &self->s);
		expect_arrived(_metadata, self->s, at, events[i].want);
		/* And away again everywhere. */
		must_umount(path, 0);
		look(_metadata, &self->s);
		expect_arrived(_metadata, self->s, at, nowhere);
	}
}

/* The copies are tied to one another as their parents are. */
TEST_F(propagation, copies_are_linked_as_their_parents)
{
	struct mount *both;
	int group;

	build_places();
	must_mount("event", "/mnt/a/a", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a/a"), M("/mnt/b/a"));
	group = M("/mnt/a/a")->group_id;
	EXPECT_EQ(group, master_group(M("/mnt/s/a")));
	both = M("/mnt/both/a");
	EXPECT_EQ(group, master_group(both));
	EXPECT_NE(group, both->group_id);
	expect_ring(both);
	expect_slaves(both, M("/mnt/below/a"));
}

/* Where something is mounted already, the copy goes beneath it. */
TEST_F(propagation, copy_goes_beneath)
{
	const struct mount *old, *copy;
	int id;

	mount_shared("/mnt/a");
	must_mkdir("/mnt/a/x");
	bind_slave("/mnt/a", "/mnt/s");
	must_mount("old", "/mnt/s/x", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	id = M("/mnt/s/x")->id;
	must_mount("new", "/mnt/a/x", "tmpfs", 0, NULL);
	look(_metadata, &self->s);

	old = snapshot_mount(self->s, id);
	ASSERT_NE(NULL, old);
	EXPECT_EQ(old, mount_under(self->s, "/mnt/s/x"));
	EXPECT_STREQ("/", old->mountpoint);
	copy = old->parent;
	ASSERT_NE(NULL, copy);
	EXPECT_STREQ("new", copy->source);
	EXPECT_STREQ("/x", copy->mountpoint);
	EXPECT_EQ(old, copy->overmount);
	EXPECT_TRUE(copy->hidden);
	EXPECT_EQ(M("/mnt/a/x")->group_id, master_group(copy));
}

/* A receiver gets a mount only where its own root has the mountpoint below it. */
TEST_F(propagation, receiver_with_another_root)
{
	mount_shared("/mnt/a");
	must_mkdir("/mnt/a/x");
	must_mkdir("/mnt/a/x/deep");
	must_mkdir("/mnt/a/y");
	bind("/mnt/a/x", "/mnt/x");
	bind("/mnt/a/y", "/mnt/y");
	must_mount("event", "/mnt/a/x/deep", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a/x/deep"), M("/mnt/x/deep"));
	EXPECT_EQ(NULL, mount_at(ns_of_pid(self->s, getpid()), "/mnt/y/deep"));
	/* On y itself: that is the root of the peer, which is covered too. */
	must_mount("event", "/mnt/a/y", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a/y"), M("/mnt/y"));
	EXPECT_STREQ("/", M("/mnt/y")->mountpoint);
}

TEST_F(propagation, mount_event_crosses_namespaces)
{
	pid_t peer, slave;

	mount_shared("/mnt/a");
	must_mkdir("/mnt/a/x");
	mount_private("/mnt/p");
	must_mkdir("/mnt/p/x");
	peer = child_start(0, NULL, NULL);
	slave = child_start(CLONE_NEWUSER, NULL, NULL);
	must_mount("event", "/mnt/a/x", "tmpfs", 0, NULL);
	must_mount("event", "/mnt/p/x", "tmpfs", 0, NULL);
	look(_metadata, &self->s);
	expect_ring(M("/mnt/a/x"), MC(peer, "/mnt/a/x"));
	EXPECT_STREQ("slave", type_of(MC(slave, "/mnt/a/x")));
	EXPECT_EQ(M("/mnt/a/x")->group_id, master_group(MC(slave, "/mnt/a/x")));
	EXPECT_EQ(NULL, mount_at(ns_of_pid(self->s, peer), "/mnt/p/x"));
	EXPECT_EQ(NULL, mount_at(ns_of_pid(self->s, slave), "/mnt/p/x"));
	EXPECT_EQ(0, mountinfo_differences(self->s, peer, ""));
	EXPECT_EQ(0, mountinfo_differences(self->s, slave, ""));

	child_stop(peer);
	child_stop(slave);
}

/* rbind leaves out what is unbindable, and all below it. */
TEST_F(propagation, rbind_prunes_unbindable)
{
	mount_private("/mnt/tree");
	mount_private("/mnt/tree/keep");
	mount_private("/mnt/tree/not");
	mount_private("/mnt/tree/not/below");
	must_make("/mnt/tree/not", MS_UNBINDABLE);
	must_mkdir("/mnt/copy");
	must_mount("/mnt/tree", "/mnt/copy", NULL, MS_BIND | MS_REC, NULL);
	look(_metadata, &self->s);
	EXPECT_STREQ("private", type_of(M("/mnt/copy/keep")));
	EXPECT_EQ(NULL,
		  mount_at(ns_of_pid(self->s, getpid()), "/mnt/copy/not"));
	EXPECT_EQ(NULL, mount_at(ns_of_pid(self->s, getpid()),
				 "/mnt/copy/not/below"));
}

/* The five types, as one makes them; "alone" is shared without a peer. */
static void make_type(const char *path, const char *type)
{
	char other[64];

	snprintf(other, sizeof(other), "%s.other", path);
	if (!strcmp(type, "slave") || !strcmp(type, "shared+slave")) {
		mount_shared(other);
		bind_slave(other, path);
		if (!strcmp(type, "shared+slave"))
			must_make(path, MS_SHARED);
		return;
	}
	mount_private(path);
	if (!strcmp(type, "shared")) {
		must_make(path, MS_SHARED);
		bind(path, other);
	} else if (!strcmp(type, "alone")) {
		must_make(path, MS_SHARED);
	} else if (!strcmp(type, "unbindable")) {
		must_make(path, MS_UNBINDABLE);
	}
}

/* A clean place for one cell of a table. */
static void new_cell(void)
{
	mount_private("/mnt/cell");
}

static void end_cell(void)
{
	must_umount("/mnt/cell", MNT_DETACH);
}

static const struct {
	const char *as; /* for make_type(), if not the same as before */
	const char *before;
	const char *shared, *slave, *private, *unbindable;
} make_table[] = {
	{ NULL, "shared", "shared", "slave", "private", "unbindable" },
	{ "alone", "shared", "shared", "private", "private", "unbindable" },
	{ NULL, "slave", "shared+slave", "slave", "private", "unbindable" },
	{ NULL, "shared+slave", "shared+slave", "slave", "private",
	  "unbindable" },
	{ NULL, "private", "shared", "private", "private", "unbindable" },
	{ NULL, "unbindable", "shared", "unbindable", "private", "unbindable" },
};

static void make_cell(struct __test_metadata *_metadata, struct snapshot **s,
		      size_t row, unsigned long asked, const char *after)
{
	const char *before = make_table[row].before;

	new_cell();
	make_type("/mnt/cell/m", make_table[row].as ?: before);
	look(_metadata, s);
	EXPECT_STREQ(before, type_of(must_find(*s, "/mnt/cell/m")));
	must_make("/mnt/cell/m", asked);
	look(_metadata, s);
	EXPECT_STREQ(after, type_of(must_find(*s, "/mnt/cell/m")))
	{
		TH_LOG("%s, asked for %#lx", before, asked);
	}
	end_cell();
}

TEST_F(propagation, make)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(make_table); i++) {
		make_cell(_metadata, &self->s, i, MS_SHARED,
			  make_table[i].shared);
		make_cell(_metadata, &self->s, i, MS_SLAVE,
			  make_table[i].slave);
		make_cell(_metadata, &self->s, i, MS_PRIVATE,
			  make_table[i].private);
		make_cell(_metadata, &self->s, i, MS_UNBINDABLE,
			  make_table[i].unbindable);
	}
}

static const char *const destinations[] = {
	"shared", "shared+slave", "slave", "private", "unbindable",
};

/* NULL: EINVAL. */
static const struct {
	const char *source, *to_shared, *to_others;
} attach_table[] = {
	{ "shared", "shared", "shared" },
	{ "private", "shared", "private" },
	{ "slave", "shared+slave", "slave" },
	{ "shared+slave", "shared+slave", "shared+slave" },
	{ "unbindable", NULL, NULL },
};

static const char *attach_result(const char *destination, size_t row, bool move)
{
	if (!strncmp(destination, "shared", strlen("shared")))
		return attach_table[row].to_shared;
	if (move && !strcmp(attach_table[row].source, "unbindable"))
		return "unbindable";
	return attach_table[row].to_others;
}

static int try_mount(const char *from, const char *to, unsigned long flags)
{
	return mount(from, to, NULL, flags, NULL) ? errno : 0;
}

/* One cell of the table. */
static void attach(struct __test_metadata *_metadata, struct snapshot **s,
		   const char *destination, size_t row, bool move)
{
	const char *want = attach_result(destination, row, move);
	const char *source = attach_table[row].source;
	int group, master, error;
	const struct mount *m;

	new_cell();
	make_type("/mnt/cell/to", destination);
	must_mkdir("/mnt/cell/to/x");
	make_type("/mnt/cell/from", source);
	look(_metadata, s);
	m = must_find(*s, "/mnt/cell/from");
	group = m->group_id;
	master = master_group(m);

	error = try_mount("/mnt/cell/from", "/mnt/cell/to/x",
			  move ? MS_MOVE : MS_BIND);
	look(_metadata, s);
	m = mount_at(ns_of_pid(*s, getpid()), "/mnt/cell/to/x");
	EXPECT_EQ(want ? 0 : EINVAL, error)
	{
		TH_LOG("%s of %s to %s", move ? "move" : "bind", source,
		       destination);
	}
	EXPECT_STREQ(want ? want : "nothing", m ? type_of(m) : "nothing")
	{
		TH_LOG("%s of %s to %s", move ? "move" : "bind", source,
		       destination);
	}
	if (m) {
		/* The group and the master are those of the source. */
		EXPECT_EQ(master, master_group(m));
		if (group)
			EXPECT_EQ(group, m->group_id);
	}
	end_cell();
}

static void attach_all(struct __test_metadata *_metadata, struct snapshot **s,
		       bool move)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(destinations); i++) {
		for (j = 0; j < ARRAY_SIZE(attach_table); j++)
			attach(_metadata, s, destinations[i], j, move);
	}
}

TEST_F(propagation, bind)
{
	attach_all(_metadata, &self->s, false);
}

TEST_F(propagation, move)
{
	attach_all(_metadata, &self->s, true);
}

TEST_HARNESS_MAIN
