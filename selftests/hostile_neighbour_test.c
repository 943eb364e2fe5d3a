// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root takes snapshots while an unprivileged user makes mounts that are as expensive to
 * look at as is known. Nobody waits for a spinlock for long, no process is killed for
 * memory, a killed reader ends, and what root has mounted is in every snapshot.
 *
 * MNTPROP_HOSTILE_MOUNTS says how many unattached mounts the user holds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "mountinfo.h"
#include "neighbour.h"
#include "util.h"

/* Paths of nearly 8 KiB: no system call takes them, but the kernel has them. */
#define DEPTH 3990

#define NR_UNATTACHED 20000
#define NR_MOUNTS 1000
#define NR_SLAVES 3000
#define NR_NAMESPACES 200
#define NR_LOOPS 2
#define NR_READERS 10000

#define SECOND 1000000000ULL

/* What others may wait at most: a second, or on a slow machine this many times as long
 * as they wait without a reader.
 */
#define LONGEST_WAIT SECOND
#define WAIT_FACTOR 10

/* How long a killed reader may take to end. */
#define LONGEST_DEATH (2 * SECOND)

#define READ_TIME (4 * SECOND)
#define MIN_READS 3

/* What a mount of the neighbour's may cost a reader, or it could blind root. */
#define MOUNT_MEMORY 4096UL

/* Memory that the readers of this test get, beside what they are known to need. */
#define SPARE_MEMORY (8UL << 20)

/* What the machine has left. */
#define LEFT_MEMORY (64UL << 20)

/* For each page that a process has, one of these is in a page of a table. */
#define ENTRIES_OF_PAGE_TABLE 512

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static unsigned int nr_unattached(void)
{
	const char *text = getenv("MNTPROP_HOSTILE_MOUNTS");

	return text ? (unsigned int)atoi(text) : scaled(NR_UNATTACHED);
}

/* The value after @name in a file of such lines. */
static unsigned long value_in(const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	char word[64];
	unsigned long value;

	if (!f)
		die("%s", path);
	while (fscanf(f, "%63s %lu%*[^\n]", word, &value) == 2) {
		if (!strcmp(word, name)) {
			fclose(f);
			return value;
		}
	}
	errno = 0;
	die("no %s in %s", name, path);
}

/*
 * A thread that does what takes the locks, over and over: sb_lock for ustat(2), and
 * mount_lock where the last reference but the holder's on an unattached mount goes.
 * A round includes a sleep: on a kernel for one CPU nobody spins, but nobody else
 * runs either.
 */
struct probe {
	pthread_t thread;
	atomic_bool stop;
	int unattached;
	dev_t dev;
	uint64_t longest;
};

static void *probe_rounds(void *arg)
{
	struct probe *p = arg;
	char room[256];

	while (!p->stop) {
		uint64_t start = now(), took;

		syscall(SYS_ustat, p->dev, room);
		close(openat(p->unattached, ".", O_PATH | O_CLOEXEC));
		usleep(1000);
		took = now() - start;
		if (took > p->longest)
			p->longest = took;
	}
	return NULL;
}

/* Its tmpfs is the last on the list of superblocks. */
static void probe_start(struct probe *p)
{
	struct stat st;

	must_mkdir("/mnt/probe");
	must_mount("probe", "/mnt/probe", "tmpfs", 0, NULL);
	p->unattached = open("/mnt/probe", O_PATH | O_CLOEXEC);
	if (p->unattached < 0 || fstat(p->unattached, &st))
		die("/mnt/probe");
	p->dev = makedev(major(st.st_dev), minor(st.st_dev));
	must_umount("/mnt/probe", MNT_DETACH);
	p->longest = 0;
	p->stop = false;
	if (pthread_create(&p->thread, NULL, probe_rounds, p))
		die("pthread_create");
}

/* Returns the longest that a round took. */
static uint64_t probe_stop(struct probe *p)
{
	p->stop = true;
	pthread_join(p->thread, NULL);
	close(p->unattached);
	return p->longest;
}

static int open_snapshot(void)
{
	return open(DEBUGFS_DIR "/snapshot", O_RDONLY | O_CLOEXEC);
}

/* Beside somebody who computes. */
static uint64_t wait_without_reader(void)
{
	struct probe p;
	uint64_t end;

	probe_start(&p);
	for (end = now() + READ_TIME / 2; now() < end;)
		;
	return probe_stop(&p);
}

/* Snapshots are taken as they are opened. */
static uint64_t wait_beside_reader(unsigned int *reads)
{
	struct probe p;
	uint64_t end;

	probe_start(&p);
	end = now() + READ_TIME;
	for (*reads = 0; *reads < MIN_READS || now() < end; ++*reads) {
		int fd = open_snapshot();

		if (fd < 0)
			die("open the snapshot");
		close(fd);
	}
	return probe_stop(&p);
}

#define WATCHDOG "/proc/sys/kernel/watchdog_thresh"

/* The kernel itself reports who keeps a CPU for twice as long: "soft lockup". */
static void set_watchdog(const char *seconds)
{
	if (!access(WATCHDOG, W_OK))
		must_write(WATCHDOG, seconds);
}

/* 0, or the error of open(2) or, if @whole, of read(2) to the end of the file. */
static int read_file(const char *name, bool whole)
{
	static char room[65536];
	char path[128];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), DEBUGFS_DIR "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	while (whole && (n = read(fd, room, sizeof(room))) > 0)
		;
	return n < 0 ? errno : 0;
}

/* A memory cgroup for readers. */
#define GROUPS "/sys/fs/cgroup"
#define GROUP GROUPS "/mntprop-hostile"
#define MEMBERS GROUP "/cgroup.procs"

static void limit_memory(unsigned long bytes)
{
	char text[32];

	must_mkdir(GROUP);
	snprintf(text, sizeof(text), "%lu", bytes);
	must_write(GROUP "/memory.max", text);
}

static bool have_memory_groups(void)
{
	int fd = open(GROUPS "/cgroup.subtree_control", O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, "+memory", 7) == 7;

	close(fd);
	return ok;
}

static unsigned long group_memory(void)
{
	FILE *f = fopen(GROUP "/memory.current", "re");
	unsigned long bytes;

	if (!f || fscanf(f, "%lu", &bytes) != 1)
		die(GROUP "/memory.current");
	fclose(f);
	return bytes;
}

/* If the OOM killer is called after all, the test goes on. */
static void be_first_victim(void)
{
	must_write("/proc/self/oom_score_adj", "1000");
}

/*
 * The result of read_file() in a process of its own, as of waitpid(2); it is in @group
 * unless that is NULL.
 */
static int status_of_reader(const char *group, const char *name, bool whole)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		be_first_victim();
		if (group)
			must_write(group, "0");
		_exit(read_file(name, whole));
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	return status;
}

/*
 * What the group has while one of its processes has a snapshot open. The first one may
 * have had to grow, the next has room as its like.
 */
static unsigned long memory_with_snapshot(unsigned long *without)
{
	unsigned long bytes;
	int ready[2];
	pid_t pid;
	char c;

	close(open_snapshot());
	limit_memory(1UL << 40);
	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		must_write(MEMBERS, "0");
		if (open_snapshot() < 0)
			die("open the snapshot");
		if (write(ready[1], "", 1) != 1)
			die("pipe");
		for (;;)
			pause();
	}
	close(ready[1]);
	if (pid < 0 || read(ready[0], &c, 1) != 1)
		die("a reader");
	close(ready[0]);
	bytes = group_memory();
	child_stop(pid);
	*without = group_memory();
	return bytes;
}

static unsigned long oom_kills(void)
{
	return value_in("/proc/vmstat", "oom_kill");
}

/* Memory that the kernel keeps for itself, up to where it begins to reclaim some. */
static unsigned long reserved_memory(void)
{
	FILE *f = fopen("/proc/sys/vm/min_free_kbytes", "re");
	unsigned long kbytes;

	if (!f || fscanf(f, "%lu", &kbytes) != 1)
		die("min_free_kbytes");
	fclose(f);
	return (kbytes << 10) / 4 * 5;
}

/* A process that has all memory but @leave bytes. */
static pid_t take_memory(unsigned long leave)
{
	unsigned long free = value_in("/proc/meminfo", "MemFree:") << 10;
	unsigned long bytes = value_in("/proc/meminfo", "MemAvailable:") << 10;
	int ready[2];
	pid_t pid;
	char c;

	/* Some that is free is for the kernel alone, some that is not can be had. */
	bytes = free < bytes ? free : bytes;
	leave += reserved_memory() + bytes / ENTRIES_OF_PAGE_TABLE;
	if (bytes < leave)
		return 0;
	bytes -= leave;
	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		be_first_victim();
		if (mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
			 0) == MAP_FAILED)
			die("mmap of %lu", bytes);
		if (write(ready[1], "", 1) != 1)
			die("pipe");
		for (;;)
			pause();
	}
	close(ready[1]);
	if (pid < 0 || read(ready[0], &c, 1) != 1)
		die("who takes the memory");
	close(ready[0]);
	return pid;
}

/* How long a reader lives on that is killed @delay_us after it has begun. */
static uint64_t time_to_die(unsigned int delay_us)
{
	uint64_t killed;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		for (;;)
			close(open_snapshot());
	}
	usleep(delay_us);
	killed = now();
	child_stop(pid);
	return now() - killed;
}

FIXTURE(hostile)
{
	struct neighbour neighbour;
	struct snapshot *s;
	unsigned long kills;
	pid_t ballast;
};

/* The module remembers how much room it last needed: each test begins without that. */
FIXTURE_SETUP(hostile)
{
	struct image image = module_image();

	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, module_load(&image, ""));
	free(image.data);
	own_namespace(MS_PRIVATE);
	self->kills = oom_kills();
}

FIXTURE_TEARDOWN(hostile)
{
	set_watchdog("10");
	if (self->ballast > 0)
		child_stop(self->ballast);
	EXPECT_EQ(self->kills, oom_kills());
	neighbour_stop(&self->neighbour);
	snapshot_free(self->s);
	rmdir(GROUP);
}

static void start_unattached(struct neighbour *n, unsigned int unattached)
{
	const struct neighbour_plan plan = {
		.depth = DEPTH,
		.mounts = scaled(NR_MOUNTS),
		.unattached = unattached,
	};
	uint64_t start = now();

	neighbour_start(n, &plan);
	printf("# %u unattached mounts, held by %u files, made in %llu ms\n",
	       plan.unattached, n->files,
	       (unsigned long long)(now() - start) / 1000000);
}

/* It is complete or says why not; and what root and other tasks have is there. */
static void expect_honest(struct __test_metadata *_metadata,
			  const struct snapshot *s)
{
	size_t i, unattached = 0;

	EXPECT_TRUE(s->complete || (s->stopped && *s->stopped));
	EXPECT_EQ(0, mountinfo_differences(s, 1, ""));
	EXPECT_EQ(0, mountinfo_differences(s, getpid(), ""));
	for (i = 0; i < s->nr_unattached; i++) {
		const struct mount *m = s->unattached[i];

		unattached += m->source && !strcmp(m->source, "neighbour");
	}
	TH_LOG("%zu mounts, %zu of them unattached ones of the neighbour, %s %s",
	       s->nr_mounts, unattached,
	       s->complete ? "complete" : "stopped at",
	       s->complete ? "" : s->stopped);
}

TEST_F_TIMEOUT(hostile, nobody_waits_for_long, 1500)
{
	uint64_t without, beside;
	unsigned int reads;

	start_unattached(&self->neighbour, nr_unattached());
	without = wait_without_reader();
	set_watchdog("1");
	beside = wait_beside_reader(&reads);
	set_watchdog("10");
	TH_LOG("longest wait %llu ms without a reader, %llu ms beside %u reads",
	       (unsigned long long)without / 1000000,
	       (unsigned long long)beside / 1000000, reads);
	EXPECT_TRUE(beside < LONGEST_WAIT || beside < WAIT_FACTOR * without);

	self->s = take_snapshot();
	expect_honest(_metadata, self->s);
}

TEST_F_TIMEOUT(hostile, killed_reader_ends, 1500)
{
	uint64_t took, longest = 0;
	unsigned int i;

	start_unattached(&self->neighbour, nr_unattached());
	for (i = 0; i < 5; i++) {
		took = time_to_die(100000 + 170000 * i);
		if (took > longest)
			longest = took;
	}
	TH_LOG("a killed reader lived on for %llu ms at most",
	       (unsigned long long)longest / 1000000);
	EXPECT_LT(longest, LONGEST_DEATH);
}

TEST_F_TIMEOUT(hostile, memory_of_a_group, 1500)
{
	unsigned long with, without, kills;
	int status;

	if (!have_memory_groups())
		SKIP(return, "this kernel has no memory cgroups");
	start_unattached(&self->neighbour, nr_unattached());
	with = memory_with_snapshot(&without);
	TH_LOG("a snapshot takes %lu KiB", (with - without) / 1024);
	EXPECT_LT((with - without) / nr_unattached(), MOUNT_MEMORY);
	limit_memory(without + (with - without) / 2);
	kills = value_in(GROUP "/memory.events", "oom_kill");
	status = status_of_reader(MEMBERS, "snapshot", false);
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(ENOMEM, WEXITSTATUS(status));
	EXPECT_EQ(kills, value_in(GROUP "/memory.events", "oom_kill"));
}

TEST_F_TIMEOUT(hostile, memory_of_the_machine, 1500)
{
	int status;

	/* Enough of them for a snapshot of 8 KiB a mount to have no room. */
	start_unattached(&self->neighbour, NR_UNATTACHED);
	self->ballast = take_memory(LEFT_MEMORY);
	status = status_of_reader(NULL, "snapshot", false);
	ASSERT_TRUE(WIFEXITED(status));
	TH_LOG("the reader: %s", strerror(WEXITSTATUS(status)));
	EXPECT_TRUE(!WEXITSTATUS(status) || WEXITSTATUS(status) == ENOMEM);
	EXPECT_EQ(self->kills, oom_kills());
}

TEST_F_TIMEOUT(hostile, slaves, 1500)
{
	static const char *const names[] = { "groups", "mounts", "namespaces",
					     "snapshot" };
	const struct neighbour_plan plan = {
		.depth = DEPTH,
		.mounts = scaled(NR_SLAVES),
		.slaves = true,
	};
	unsigned long with, without;
	size_t i;

	if (!have_memory_groups())
		SKIP(return, "this kernel has no memory cgroups");
	neighbour_start(&self->neighbour, &plan);
	with = memory_with_snapshot(&without);
	TH_LOG("a snapshot takes %lu KiB", (with - without) / 1024);
	limit_memory(with + SPARE_MEMORY);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		int status = status_of_reader(MEMBERS, names[i], true);

		EXPECT_EQ(0, status)
		{
			TH_LOG("%s", names[i]);
		}
	}
}

TEST_F_TIMEOUT(hostile, flood, 1500)
{
	const struct neighbour_plan plan = {
		.depth = DEPTH / 4,
		.mounts = 20,
		.namespaces = scaled(NR_NAMESPACES),
		.loops = NR_LOOPS,
	};
	unsigned int i, reads;
	uint64_t end;

	neighbour_start(&self->neighbour, &plan);
	end = now() + READ_TIME;
	for (reads = 0; reads < MIN_READS || now() < end; reads++) {
		self->s = take_snapshot();
		expect_honest(_metadata, self->s);
		for (i = 0; i < plan.namespaces; i++)
			ns_of_pid(self->s, self->neighbour.pids[i]);
		snapshot_free(self->s);
		self->s = NULL;
	}
}

/*
 * Who reads mountinfo stands on the list of mounts from Linux 5.8 to 6.7, behind the
 * mount that was read last.
 */
static void read_first_mount(rlim_t readers)
{
	const struct rlimit files = { readers + 64, readers + 64 };
	char c;

	if (setrlimit(RLIMIT_NOFILE, &files))
		die("setrlimit");
	for (; readers; readers--) {
		if (read(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), &c,
			 1) != 1)
			die("mountinfo");
	}
}

TEST_F(hostile, readers_of_mountinfo)
{
	read_first_mount(NR_READERS);
	self->s = take_snapshot();
	EXPECT_TRUE(self->s->complete);
	expect_honest(_metadata, self->s);
}

TEST_HARNESS_MAIN
