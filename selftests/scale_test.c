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

#include "invariants.h"
#include "kselftest_harness.h"
#include "module.h"
#include "scenarios.h"
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

/*
 * Memory of the readers, the kernel's on their behalf included: snapshots are
 * charged to who takes them. Only kernels with the memory controller tell.
 */
#define GROUP "/sys/fs/cgroup/mntprop-readers"

static bool make_group(void)
{
	int fd = open("/sys/fs/cgroup/cgroup.subtree_control", O_WRONLY);
	bool ok = fd >= 0 && write(fd, "+memory", 7) == 7;

	if (fd >= 0)
		close(fd);
	if (!ok)
		return false;
	must_mkdir(GROUP);
	return !access(GROUP "/memory.current", R_OK);
}

static unsigned long group_memory(void)
{
	unsigned long value = 0;
	FILE *f = fopen(GROUP "/memory.current", "re");

	if (!f || fscanf(f, "%lu", &value) != 1)
		die(GROUP "/memory.current");
	fclose(f);
	return value;
}

/* What the group has more while one of its processes has a snapshot open. */
static unsigned long memory_of_open_file(void)
{
	unsigned long with, without;
	int to[2];
	char c;
	pid_t pid;

	if (pipe(to))
		die("pipe");
	pid = fork();
	if (!pid) {
		must_write(GROUP "/cgroup.procs", "0");
		if (open(DEBUGFS_DIR "/snapshot", O_RDONLY) < 0)
			die("snapshot");
		if (write(to[1], "", 1) != 1)
			die("pipe");
		for (;;)
			pause();
	}
	if (pid < 0 || read(to[0], &c, 1) != 1)
		die("a reader");
	with = group_memory();
	child_stop(pid);
	without = group_memory();
	close(to[0]);
	close(to[1]);
	return with - without;
}

FIXTURE(scale)
{
	struct scene scene;
};

FIXTURE_SETUP(scale)
{
	own_namespace(MS_PRIVATE);
}

FIXTURE_TEARDOWN(scale)
{
	scene_end(&self->scene);
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

TEST_F_TIMEOUT(scale, namespaces, 1500)
{
	unsigned int nr = scaled(NR_NAMESPACES), i;
	struct snapshot *s;
	size_t before;

	s = take_snapshot();
	before = s->nr_namespaces;
	snapshot_free(s);
	scene_copy(&self->scene, nr, NULL);

	s = take_snapshot();
	EXPECT_EQ(s->nr_namespaces, before + nr);
	expect_sound(_metadata, s);
	for (i = 0; i < nr; i++) {
		struct mnt_namespace *ns = ns_of_pid(s, self->scene.pids[i]);

		EXPECT_EQ(ns->pid, self->scene.pids[i]);
		EXPECT_EQ(ns->tasks, 1);
		EXPECT_EQ(ns->nr_mounts, ns_of_pid(s, getpid())->nr_mounts);
		EXPECT_NE(mount_at(ns, "/mnt"), NULL);
	}
	snapshot_free(s);
}

TEST_F_TIMEOUT(scale, mounts, 1500)
{
	static int ids[NR_MOUNTS + 1000];
	struct mnt_namespace *ns;
	const struct mount *below;
	size_t nr, nr_below = 0, i;
	struct snapshot *s;

	scene_fill(scaled(NR_MOUNTS));
	nr = mountinfo_ids(ids, ARRAY_SIZE(ids));
	ASSERT_GT(nr, scaled(NR_MOUNTS));
	ASSERT_LE(nr, ARRAY_SIZE(ids));

	s = take_snapshot();
	expect_sound(_metadata, s);
	ns = ns_of_pid(s, getpid());
	/* mountinfo does not have what / is mounted on, outside this process's root. */
	for (below = ns->root; below->overmount; below = below->overmount)
		nr_below++;
	EXPECT_EQ(ns->nr_mounts, nr + nr_below);
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

static void report_violation(const struct violation *v, void *unused)
{
	(void)unused;
	printf("# violated: %s\n", v->invariant->name);
}

/* Those that are made fast enough for a kernel with KASAN. */
static bool is_small(const struct scenario *scenario)
{
	return !strcmp(scenario->name, "services") ||
	       !strcmp(scenario->name, "chain") ||
	       !strcmp(scenario->name, "stack");
}

TEST_F_TIMEOUT(scale, machines, 1500)
{
	const struct scenario *scenario;
	unsigned int tried = 0;
	struct snapshot *s;
	size_t before;

	for (scenario = scenarios; scenario->name; scenario++) {
		if (!is_small(scenario))
			continue;
		tried++;
		s = take_snapshot();
		before = s->nr_mounts;
		snapshot_free(s);
		scenario->make(&self->scene);
		s = take_snapshot();
		TH_LOG("%s: %zu mounts more", scenario->name,
		       s->nr_mounts - before);
		EXPECT_GE(s->nr_mounts, before + 100);
		expect_sound(_metadata, s);
		EXPECT_EQ(0, invariants_check(s, NULL, report_violation, NULL));
		snapshot_free(s);
		scene_end(&self->scene);
	}
	EXPECT_EQ(3, tried);
}

/*
 * The readers compete for namespace_sem with clones of a large namespace, so
 * that some die while they wait for it, some in the walk and some in a read.
 */
TEST_F_TIMEOUT(scale, killed_readers, 1500)
{
	struct timespec pause = { 0 };
	unsigned long failed, one = 0;
	pid_t cloner, reader;
	unsigned int kills = scaled(NR_KILLS), i;
	bool group;

	scene_fill(2000);
	snapshot_free(take_snapshot());
	group = make_group();
	if (group)
		one = memory_of_open_file();
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
	for (i = 0; i < kills; i++) {
		reader = fork();
		ASSERT_GE(reader, 0);
		if (!reader) {
			if (group)
				must_write(GROUP "/cgroup.procs", "0");
			for (;;)
				snapshot_free(take_snapshot());
		}
		pause.tv_nsec = random() % 30000000;
		nanosleep(&pause, NULL);
		child_stop(reader);
	}
	child_stop(cloner);
	TH_LOG("%lu of %u readers died in open(2)",
	       stat_value("failed") - failed, kills);

	EXPECT_EQ(stat_value("open"), 0);
	if (group) {
		TH_LOG("a snapshot takes %lu bytes, %lu are left", one,
		       group_memory());
		EXPECT_GT(one, 2000 * 100);
		/* Charges lag behind; a leak is that of dozens of snapshots. */
		for (i = 0; i < 50 && group_memory() >= 4 * one; i++)
			usleep(100000);
		EXPECT_LT(group_memory(), 4 * one);
		rmdir(GROUP);
	} else {
		TH_LOG("no memory controller: only the module's own account");
	}
	snapshot_free(take_snapshot());
	EXPECT_EQ(module_unload(), 0);
	EXPECT_FALSE(module_is_loaded());
	struct image image = module_image();

	EXPECT_EQ(module_load(&image, ""), 0);
	free(image.data);
}

TEST_HARNESS_MAIN
