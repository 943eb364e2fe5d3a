// SPDX-License-Identifier: GPL-2.0-only
/* 10,000 mounts, 500 namespaces, and readers that are killed in the middle. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

#define NR_MOUNTS 10000
#define NR_NAMESPACES 500
#define NR_KILLS 200

/* Mounts of the calling process as its mountinfo counts them; ids go to @ids. */
static size_t mountinfo_ids(int *ids, size_t max)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0, n = 0;

	if (!f)
		die("/proc/self/mountinfo");
	while (getline(&line, &room, f) > 0) {
		if (n < max)
			ids[n] = atoi(line);
		n++;
	}
	free(line);
	fclose(f);
	return n;
}

static unsigned long stat_value(const char *name)
{
	char word[64];
	unsigned long value;
	FILE *f = fopen(DEBUGFS_DIR "/stats", "re");

	if (!f)
		die("stats");
	while (fscanf(f, "%63s %lu", word, &value) == 2) {
		if (!strcmp(word, name)) {
			fclose(f);
			return value;
		}
	}
	die("no %s in stats", name);
}

/* How many pieces of memory the module holds in the vmalloc area. */
static unsigned int vmalloc_areas(void)
{
	FILE *f = fopen("/proc/vmallocinfo", "re");
	char line[512];
	unsigned int n = 0;

	if (!f)
		die("/proc/vmallocinfo");
	while (fgets(line, sizeof(line), f))
		n += strstr(line, "[mntprop]") && !strstr(line, "module_alloc");
	fclose(f);
	return n;
}

/* Binds of one directory to many, in a namespace of its own. */
static void many_mounts(unsigned int nr)
{
	char path[64];
	unsigned int i;

	must_mkdir("/mnt/source");
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "/mnt/%u", i);
		must_mkdir(path);
		must_mount("/mnt/source", path, NULL, MS_BIND, NULL);
	}
}

FIXTURE(scale)
{
	pid_t children[NR_NAMESPACES];
};

FIXTURE_SETUP(scale)
{
	own_namespace(MS_PRIVATE);
}

FIXTURE_TEARDOWN(scale)
{
	unsigned int i;

	for (i = 0; i < NR_NAMESPACES; i++) {
		if (self->children[i])
			child_stop(self->children[i]);
	}
}

static void expect_sound(struct __test_metadata *_metadata,
			 const struct snapshot *s)
{
	size_t i;

	EXPECT_TRUE(s->complete);
	for (i = 0; i < s->nr_namespaces; i++) {
		EXPECT_EQ(s->namespaces[i].found,
			  s->namespaces[i].nr_mounts_counted);
		EXPECT_EQ(s->namespaces[i].found, s->namespaces[i].nr_mounts);
	}
}

TEST_F_TIMEOUT(scale, namespaces, 300)
{
	struct snapshot *s;
	size_t before;
	unsigned int i;

	s = take_snapshot();
	before = s->nr_namespaces;
	snapshot_free(s);
	for (i = 0; i < NR_NAMESPACES; i++)
		self->children[i] = child_start(0, NULL, NULL);

	s = take_snapshot();
	EXPECT_EQ(s->nr_namespaces, before + NR_NAMESPACES);
	expect_sound(_metadata, s);
	for (i = 0; i < NR_NAMESPACES; i++) {
		struct mnt_namespace *ns = ns_of_pid(s, self->children[i]);

		EXPECT_EQ(ns->pid, self->children[i]);
		EXPECT_EQ(ns->tasks, 1);
		EXPECT_EQ(ns->nr_mounts, ns_of_pid(s, getpid())->nr_mounts);
		EXPECT_NE(mount_at(ns, "/mnt"), NULL);
	}
	snapshot_free(s);
}

TEST_F_TIMEOUT(scale, mounts, 300)
{
	static int ids[NR_MOUNTS + 1000];
	struct mnt_namespace *ns;
	struct snapshot *s;
	size_t nr, i;

	many_mounts(NR_MOUNTS);
	nr = mountinfo_ids(ids, ARRAY_SIZE(ids));
	ASSERT_GT(nr, NR_MOUNTS);
	ASSERT_LE(nr, ARRAY_SIZE(ids));

	s = take_snapshot();
	expect_sound(_metadata, s);
	ns = ns_of_pid(s, getpid());
	/* mountinfo does not have what / is mounted on, outside this process's root. */
	EXPECT_EQ(ns->nr_mounts, nr + !!ns->root->hidden_by);
	for (i = 0; i < nr; i++) {
		struct mount *m = snapshot_mount(s, ids[i]);

		ASSERT_NE(m, NULL)
		{
			TH_LOG("mount %d is in mountinfo only", ids[i]);
		}
		ASSERT_EQ(m->ns, ns);
	}
	snapshot_free(s);
}

/*
 * The readers compete for namespace_sem with clones of a large namespace, so
 * that some die while they wait for it, some in the walk and some in a read.
 */
TEST_F_TIMEOUT(scale, killed_readers, 300)
{
	struct timespec pause = { 0 };
	unsigned long failed;
	pid_t cloner, reader;
	unsigned int i;

	many_mounts(2000);
	snapshot_free(take_snapshot());
	failed = stat_value("failed");
	cloner = fork();
	ASSERT_GE(cloner, 0);
	if (!cloner) {
		for (;;) {
			if (unshare(CLONE_NEWNS))
				die("unshare");
		}
	}
	srandom(20261123);
	for (i = 0; i < NR_KILLS; i++) {
		reader = fork();
		ASSERT_GE(reader, 0);
		if (!reader) {
			for (;;)
				snapshot_free(take_snapshot());
		}
		pause.tv_nsec = random() % 30000000;
		nanosleep(&pause, NULL);
		child_stop(reader);
	}
	child_stop(cloner);
	TH_LOG("%lu of %u readers died in open(2)",
	       stat_value("failed") - failed, NR_KILLS);

	EXPECT_EQ(vmalloc_areas(), 0);
	snapshot_free(take_snapshot());
	EXPECT_EQ(module_unload(), 0);
	EXPECT_FALSE(module_is_loaded());
	struct image image = module_image();

	EXPECT_EQ(module_load(&image, ""), 0);
	free(image.data);
}

TEST_HARNESS_MAIN
