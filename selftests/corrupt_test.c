// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel whose mounts are broken: the module has to tell which pointer leads nowhere, and
 * to survive. mntprop_corrupt.ko breaks mounts of the test's own, one pointer at a time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "invariants.h"
#include "kselftest_harness.h"
#include "util.h"

#define COMMAND "/sys/module/mntprop_corrupt/parameters/command"

/* What becomes of a pointer: no mount, no namespace, and mostly no memory at all. */
static const char *const values[] = { "garbage", "poison",   "odd",
				      "object",	 "unmapped", "freed" };

enum place {
	SHARED, /* its next peer is PEER */
	PEER,
	SLAVE, /* of SHARED */
	PARENT, /* private, as the others below */
	CHILD, /* on a directory of PARENT */
	COVER, /* on the root of PARENT's other child, COVERED */
	COVERED,
	UNATTACHED, /* in an anonymous namespace */
	NR_PLACES,
};

static const char *const paths[NR_PLACES] = {
	[SHARED] = "/mnt/shared",      [PEER] = "/mnt/peer",
	[SLAVE] = "/mnt/slave",	       [PARENT] = "/mnt/parent",
	[CHILD] = "/mnt/parent/child", [COVERED] = "/mnt/parent/covered",
};

FIXTURE(corrupt)
{
	const char *skip;
	int fds[NR_PLACES];
	int ids[NR_PLACES];
};

/* Says "poke ..." to the kernel, or "restore". */
static void tell(const char *command)
{
	int fd = open(COMMAND, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		die("%s: %s", COMMAND, command);
	close(fd);
}

/* Loads the module; returns why it cannot be. */
static const char *load(void)
{
	const char *ko = getenv("MNTPROP_CORRUPT_KO");
	int fd;

	if (!access(COMMAND, F_OK))
		return NULL;
	fd = ko ? open(ko, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return "MNTPROP_CORRUPT_KO names no module";
	if (syscall(SYS_finit_module, fd, "", 0))
		die("%s", ko);
	close(fd);
	return NULL;
}

/* Where a member is in struct mount; -1 if this kernel does not have it. */
static long offset_of(const char *fact)
{
	char line[256], name[64];
	long offset = -1;
	FILE *f = fopen(DEBUGFS_DIR "/layout", "re");

	if (!f)
		die(DEBUGFS_DIR "/layout");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s", name) == 1 && !strcmp(name, fact))
			sscanf(line, "%*s %*s %ld", &offset);
	}
	fclose(f);
	return offset;
}

/* From the struct vfsmount that a file leads to. */
static long from_vfsmount(const char *fact)
{
	return offset_of(fact) - offset_of("MOUNT_MNT");
}

/* Where a member of struct vfsmount is in it, as the compiler had it. */
static long in_vfsmount(const char *member)
{
	char path[96];
	long offset;
	FILE *f;

	snprintf(path, sizeof(path),
		 "/sys/module/mntprop_corrupt/parameters/%s", member);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%ld", &offset) != 1)
		die("%s", path);
	fclose(f);
	return offset;
}

static void make_tmpfs(enum place place)
{
	must_mkdir(paths[place]);
	must_mount("corrupt", paths[place], "tmpfs", 0, NULL);
}

static int open_path(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		die("%s", path);
	return fd;
}

static int id_of(int fd)
{
	char path[64];
	struct snapshot *s = take_snapshot();
	const struct mount *m;
	int id;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	m = mount_under(s, path);
	if (!m)
		die("%s: no mount", path);
	id = m->id;
	snapshot_free(s);
	return id;
}

FIXTURE_SETUP(corrupt)
{
	int i;

	self->skip = load();
	if (self->skip)
		return;
	own_namespace(MS_PRIVATE);
	make_tmpfs(SHARED);
	must_make(paths[SHARED], MS_SHARED);
	must_mkdir(paths[PEER]);
	must_bind(paths[SHARED], paths[PEER]);
	must_mkdir(paths[SLAVE]);
	must_bind(paths[SHARED], paths[SLAVE]);
	must_make(paths[SLAVE], MS_SLAVE);
	make_tmpfs(PARENT);
	make_tmpfs(CHILD);
	make_tmpfs(COVERED);
	for (i = 0; i < NR_PLACES; i++) {
		if (paths[i])
			self->fds[i] = open_path(paths[i]);
	}
	must_mount("corrupt", paths[COVERED], "tmpfs", 0, NULL);
	self->fds[COVER] = open_path(paths[COVERED]);
	self->fds[UNATTACHED] = syscall(SYS_open_tree, AT_FDCWD, paths[CHILD],
					1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
	if (self->fds[UNATTACHED] < 0)
		die("open_tree");
	for (i = 0; i < NR_PLACES; i++)
		self->ids[i] = id_of(self->fds[i]);
}

FIXTURE_TEARDOWN(corrupt)
{
	int i;

	for (i = 0; i < NR_PLACES && !self->skip; i++)
		close(self->fds[i]);
}

struct told {
	long all, pointers;
};

static void count(const struct violation *v, void *arg)
{
	struct told *told = arg;

	told->all++;
	told->pointers += !strcmp(v->invariant->name, "pointers-lead");
}

static struct told check(const struct snapshot *s)
{
	struct told told = {};

	if (invariants_check(s, NULL, count, &told) < 0)
		die("out of memory");
	return told;
}

/* What was poked is as before, and the module has come to no harm. */
static bool is_well(void)
{
	struct snapshot *s = take_snapshot();
	bool well = s->complete && !check(s).all;

	snapshot_free(s);
	return well;
}

/* The snapshot of a kernel in which the pointer at @place + @offset is @value. */
static struct snapshot *poked(int fd, long offset, const char *value)
{
	struct snapshot *s;
	char command[128];

	snprintf(command, sizeof(command), "poke %d %ld %s", fd, offset, value);
	tell(command);
	s = take_snapshot();
	tell("restore");
	return s;
}

static struct snapshot *led_to(int fd, long offset, int to, long to_offset)
{
	char value[64];

	snprintf(value, sizeof(value), "mount %d %ld", to, to_offset);
	return poked(fd, offset, value);
}

/* Of the mount whose pointer is broken; of @place by default, with @word in foreign=. */
static const struct pointer {
	const char *fact;
	enum place place, told_of;
	const char *word;
} pointers[] = {
	{ "MOUNT_NS", CHILD, CHILD, "ns" },
	{ "MOUNT_PARENT", CHILD, CHILD, "parent" },
	{ "MOUNT_MOUNTPOINT", CHILD, CHILD, "mountpoint" },
	{ "MOUNT_DEVNAME", CHILD, CHILD, "source" },
	{ "MOUNT_MASTER", SLAVE, SLAVE, "master" },
	{ "MOUNT_SHARE", PEER, PEER, "peer" },
	{ "MOUNT_OVERMOUNT", COVERED, COVERED, "overmount" },
};

static bool is_readable(const char *value)
{
	return !strcmp(value, "object") || !strcmp(value, "odd") ||
	       !strcmp(value, "freed");
}

TEST_F_TIMEOUT(corrupt, pointers, 1200)
{
	size_t i, j;

	SKIP_IF(self->skip);
	ASSERT_TRUE(is_well());
	for (i = 0; i < sizeof(pointers) / sizeof(*pointers); i++) {
		const struct pointer *p = &pointers[i];

		if (offset_of(p->fact) < 0)
			continue;
		for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
			struct snapshot *s = poked(self->fds[p->place],
						   from_vfsmount(p->fact),
						   values[j]);
			const struct mount *m =
				snapshot_mount(s, self->ids[p->told_of]);

			/* memory that is there may have any text in it */
			if (!strcmp(p->word, "source") &&
			    is_readable(values[j])) {
				EXPECT_TRUE(s->complete);
				snapshot_free(s);
				continue;
			}
			EXPECT_TRUE(s->complete);
			ASSERT_NE(NULL, m);
			EXPECT_TRUE(has_word(m->foreign, p->word))
			{
				TH_LOG("%s = %s: foreign=%s", p->fact,
				       values[j], m->foreign ?: "");
			}
			EXPECT_EQ(1, check(s).pointers);
			snapshot_free(s);
		}
		EXPECT_TRUE(is_well());
	}
}

/* A mount that the walk finds by its superblock alone. */
TEST_F(corrupt, namespace_of_one_on_no_list)
{
	size_t j;

	SKIP_IF(self->skip);
	for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
		struct snapshot *s = poked(self->fds[UNATTACHED],
					   from_vfsmount("MOUNT_NS"),
					   values[j]);
		const struct mount *m =
			snapshot_mount(s, self->ids[UNATTACHED]);

		EXPECT_TRUE(s->complete);
		ASSERT_NE(NULL, m);
		ASSERT_NE(NULL, m->ns);
		EXPECT_TRUE(has_word(m->ns->foreign, "ns"));
		EXPECT_EQ(1, check(s).pointers);
		snapshot_free(s);
	}
	EXPECT_TRUE(is_well());
}

/* What hangs on it is of no use any more: the list that led there ends. */
TEST_F(corrupt, no_mount_on_a_list)
{
	bool list = offset_of("NS_LOCK") >= 0;
	long offsets[5];
	size_t i, j;

	SKIP_IF(self->skip);
	offsets[0] = in_vfsmount("mnt_root");
	offsets[1] = in_vfsmount("mnt_sb");
	/* next, or parent and colour */
	offsets[2] = from_vfsmount("MOUNT_NODE");
	/* rb_right and rb_left; prev is not read */
	offsets[3] = offsets[2] + sizeof(long);
	offsets[4] = offsets[3] + sizeof(long);
	for (i = 0; i < (list ? 3 : 5); i++) {
		for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
			struct snapshot *s =
				poked(self->fds[CHILD], offsets[i], values[j]);

			if (i < 2 || list) {
				EXPECT_FALSE(s->complete);
				EXPECT_EQ(1, check(s).all);
				EXPECT_TRUE(has_word(s->stopped, "mounts"));
			}
			snapshot_free(s);
		}
	}
	EXPECT_TRUE(is_well());
}

/* Pointers to mounts, and to the wrong ones. */
TEST_F(corrupt, circles)
{
	struct snapshot *s;
	const struct mount *m;
	long share = from_vfsmount("MOUNT_SHARE"),
	     mount = from_vfsmount("MOUNT_PARENT") - offset_of("MOUNT_PARENT");

	SKIP_IF(self->skip);

	/* the ring without PEER */
	s = led_to(self->fds[SHARED], share, self->fds[SHARED], share);
	EXPECT_TRUE(s->complete);
	EXPECT_LT(0, check(s).all);
	EXPECT_EQ(0, check(s).pointers);
	snapshot_free(s);

	/* a ring that does not come back */
	s = led_to(self->fds[SHARED], share + sizeof(long), self->fds[CHILD],
		   share);
	m = snapshot_mount(s, self->ids[PEER]);
	EXPECT_LT(0, check(s).all);
	EXPECT_EQ(self->ids[CHILD], m->peer_back_id);
	snapshot_free(s);
	s = poked(self->fds[SHARED], share + sizeof(long), "object");
	m = snapshot_mount(s, self->ids[PEER]);
	EXPECT_TRUE(has_word(m->foreign, "peer_back"));
	snapshot_free(s);

	/* two that are mounted on each other */
	s = led_to(self->fds[PARENT], from_vfsmount("MOUNT_PARENT"),
		   self->fds[CHILD], mount);
	EXPECT_TRUE(s->complete);
	EXPECT_LT(0, check(s).all);
	EXPECT_EQ(self->ids[CHILD],
		  snapshot_mount(s, self->ids[PARENT])->parent_id);
	snapshot_free(s);

	/* a master in a circle */
	s = led_to(self->fds[SHARED], from_vfsmount("MOUNT_MASTER"),
		   self->fds[SLAVE], mount);
	EXPECT_TRUE(s->complete);
	EXPECT_LT(0, check(s).all);
	snapshot_free(s);

	EXPECT_TRUE(is_well());
}

/* Who has the slave on its list depends on the kernel; the last slave is SLAVE. */
TEST_F(corrupt, slave_lists)
{
	long slave = from_vfsmount("MOUNT_SLAVE"),
	     slaves = from_vfsmount("MOUNT_SLAVES");
	struct snapshot *s;
	enum place master;

	SKIP_IF(self->skip);
	s = take_snapshot();
	master = snapshot_mount(s, self->ids[SLAVE])->master_id ==
				 self->ids[SHARED] ?
			 SHARED :
			 PEER;
	snapshot_free(s);

	s = poked(self->fds[master], slaves, "object");
	EXPECT_TRUE(s->complete);
	EXPECT_TRUE(has_word(snapshot_mount(s, self->ids[master])->foreign,
			     "slaves"));
	EXPECT_EQ(1, check(s).all);
	snapshot_free(s);

	/* a slave that follows itself */
	s = led_to(self->fds[SLAVE], slave, self->fds[SLAVE], slave);
	EXPECT_FALSE(s->complete);
	EXPECT_TRUE(has_word(s->stopped, "slaves"));
	EXPECT_EQ(1, check(s).all);
	snapshot_free(s);

	EXPECT_TRUE(is_well());
}

TEST_HARNESS_MAIN
