// SPDX-License-Identifier: GPL-2.0-only
/*
 * A benchmark, not a test: a snapshot against what one would do without it.
 *
 * Each figure is the median of rounds in which everything is done in turn, and
 * ratios are of the medians.  What there is to do is named by arguments, or
 * $MNTPROP_BENCH, by comma; else all of it is done.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "module.h"
#include "scenarios.h"
#include "statmount.h"
#include "util.h"

#define ROUNDS 5

/* Of what is repeated next to a loop of mount and umount, and for how long. */
#define DELAYED_MOUNTS 10000
#define DELAYS 400

struct round {
	double hold; /* of namespace_sem, by the module's own account */
	double snapshot; /* open, read to the end, close */
	double mountinfo; /* the same for every namespace */
	double statmount; /* listmount and statmount of all of these */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Reads a file to its end; the first kilobyte goes to @head. Returns its size. */
static size_t read_file(const char *path, char *head, size_t size)
{
	static char buf[1 << 17];
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s", path);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (!len && head)
			snprintf(head, size, "%.*s", (int)MIN((size_t)n, size),
				 buf);
		len += n;
	}
	if (n < 0)
		die("%s", path);
	close(fd);
	return len;
}

static double stat_value(const char *name)
{
	char text[4096], *at;

	read_file(DEBUGFS_DIR "/stats", text, sizeof(text));
	at = strstr(text, name);
	return at ? atof(at + strlen(name)) : 0;
}

static void read_snapshot(struct round *r)
{
	char head[1024];
	const char *hold;
	double start = now();

	read_file(DEBUGFS_DIR "/snapshot", head, sizeof(head));
	r->snapshot = now() - start;
	hold = strstr(head, " hold=");
	r->hold = hold ? atof(hold + strlen(" hold=")) / 1e6 : 0;
}

static void read_mountinfo(struct round *r, const struct snapshot *s)
{
	double start = now();
	char path[64];
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (!s->namespaces[i].pid)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/mountinfo",
			 s->namespaces[i].pid);
		read_file(path, NULL, 0);
	}
	r->mountinfo = now() - start;
}

static void ask_statmount(struct round *r, const struct snapshot *s)
{
	double start = now();
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (s->namespaces[i].pid)
			statmount_all(statmount_ns(s->namespaces[i].pid));
	}
	r->statmount = now() - start;
}

static void measure(struct round *r, const struct snapshot *s)
{
	*r = (struct round){};
	read_snapshot(r);
	read_mountinfo(r, s);
	if (statmount_known())
		ask_statmount(r, s);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(const struct round *rounds, size_t offset)
{
	double values[ROUNDS];
	size_t i;

	for (i = 0; i < ROUNDS; i++)
		memcpy(&values[i], (const char *)&rounds[i] + offset,
		       sizeof(double));
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

/* Of what is there now. Returns how many mounts that are. */
static size_t take_medians(struct round *medians)
{
	struct round rounds[ROUNDS], warm_up;
	struct snapshot *s = take_snapshot();
	size_t i, nr = s->nr_mounts;

	measure(&warm_up, s);
	for (i = 0; i < ROUNDS; i++)
		measure(&rounds[i], s);
	snapshot_free(s);
	medians->hold = median(rounds, offsetof(struct round, hold));
	medians->snapshot = median(rounds, offsetof(struct round, snapshot));
	medians->mountinfo = median(rounds, offsetof(struct round, mountinfo));
	medians->statmount = median(rounds, offsetof(struct round, statmount));
	return nr;
}

/* In a process of its own, so that its mounts go with it. */
static void apart(void (*work)(const void *arg), const void *arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		own_namespace(MS_PRIVATE);
		work(arg);
		fflush(stdout);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		die("a part of the bench failed");
}

static void cost(const void *arg)
{
	const struct scenario *scenario = arg;
	struct scene scene = {};
	struct round r;
	size_t nr;

	scenario->make(&scene);
	nr = take_medians(&r);
	printf("%-10s %7zu %8.2f %8.1f %8.1f %6.2f %6.2f", scenario->name, nr,
	       r.hold, r.snapshot, r.mountinfo, r.hold / r.mountinfo,
	       r.snapshot / r.mountinfo);
	if (r.statmount)
		printf(" %8.1f %6.2f", r.statmount, r.snapshot / r.statmount);
	else
		printf(" %8s %6s", "-", "-");
	printf(" %6.0f\n", (stat_value("bytes") - stat_value("strings")) / nr);
	scene_end(&scene);
}

static void costs(void)
{
	const struct scenario *s;

	printf("a snapshot beside mountinfo of every namespace and listmount(2) with statmount(2)\n"
	       "ms, medians of %d rounds; bytes of the kernel's memory for a mount besides strings\n"
	       "%-10s %7s %8s %8s %8s %6s %6s %8s %6s %6s\n",
	       ROUNDS, "", "mounts", "hold", "snapshot", "minfo", "hold/m",
	       "snap/m", "statm", "snap/s", "bytes");
	for (s = scenarios; s->name; s++)
		apart(cost, s);
	for (s = scenarios; s->name; s++)
		printf("  %s: %s\n", s->name, s->what);
}

struct size {
	unsigned int mounts, namespaces;
};

static void size(const void *arg)
{
	const struct size *size = arg;
	struct scene scene = {};
	struct round r;
	size_t nr;

	scene_fill(size->mounts / size->namespaces);
	scene_copy(&scene, size->namespaces - 1, NULL);
	nr = take_medians(&r);
	printf("%7u %10u %7zu %10.2f %10.1f %10.0f %10.0f %11.0f\n",
	       size->mounts, size->namespaces, nr, r.hold, r.snapshot,
	       r.hold * 1e6 / nr, r.snapshot * 1e6 / nr,
	       r.mountinfo * 1e6 / nr);
	scene_end(&scene);
}

static void growth(void)
{
	static const struct size sizes[] = {
		{ 1000, 1 },	{ 10000, 1 },	 { 100000, 1 },
		{ 1000, 1000 }, { 10000, 1000 }, { 100000, 1000 },
	};
	size_t i;

	must_write("/proc/sys/fs/mount-max", "200000");
	printf("how it grows; the system's own mounts are in each namespace\n"
	       "%7s %10s %7s %10s %10s %10s %10s %11s\n",
	       "mounts", "namespaces", "found", "hold, ms", "snap, ms",
	       "hold, ns/m", "snap, ns/m", "minfo, ns/m");
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		apart(size, &sizes[i]);
}

static void read_snapshots(void *unused)
{
	(void)unused;
	for (;;)
		read_file(DEBUGFS_DIR "/snapshot", NULL, 0);
}

static void read_mountinfos(void *unused)
{
	(void)unused;
	for (;;)
		read_file("/proc/self/mountinfo", NULL, 0);
}

static pid_t start(void (*work)(void *unused))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		work(NULL);
	return pid;
}

/* How long a mount and its umount take. */
static void delays(double *ms)
{
	double begin;
	size_t i;

	for (i = 0; i < DELAYS; i++) {
		begin = now();
		must_mount("delayed", "/mnt/delayed", "tmpfs", 0, NULL);
		must_umount("/mnt/delayed", 0);
		ms[i] = now() - begin;
	}
	qsort(ms, DELAYS, sizeof(*ms), compare);
}

static void print_delays(const char *beside, const double *ms)
{
	printf("%-28s %8.2f %8.2f %8.2f\n", beside, ms[DELAYS / 2],
	       ms[DELAYS * 99 / 100], ms[DELAYS - 1]);
}

static void delay(const void *unused)
{
	static const struct {
		const char *name;
		void (*work)(void *unused);
	} beside[] = {
		{ "nobody", NULL },
		{ "snapshots, back to back", read_snapshots },
		{ "mountinfo, back to back", read_mountinfos },
	};
	double ms[DELAYS];
	size_t i;

	(void)unused;
	scene_fill(DELAYED_MOUNTS);
	must_mkdir("/mnt/delayed");
	for (i = 0; i < sizeof(beside) / sizeof(*beside); i++) {
		pid_t pid = beside[i].work ? start(beside[i].work) : 0;

		delays(ms);
		if (pid)
			child_stop(pid);
		print_delays(beside[i].name, ms);
	}
}

static void delays_of_others(void)
{
	printf("how long mount and umount take a process, at %d mounts; ms, of %d\n"
	       "%-28s %8s %8s %8s\n",
	       DELAYED_MOUNTS, DELAYS, "beside", "p50", "p99", "max");
	apart(delay, NULL);
}

static void loading(void)
{
	struct image image = module_image();
	double insmod[ROUNDS], kallsyms[ROUNDS], begin;
	size_t i;

	for (i = 0; i < ROUNDS; i++) {
		if (module_unload())
			die("rmmod");
		begin = now();
		if (module_load(&image, getenv("MNTPROP_PARAMS") ?: ""))
			die("insmod");
		insmod[i] = now() - begin;
		begin = now();
		read_file("/proc/kallsyms", NULL, 0);
		kallsyms[i] = now() - begin;
	}
	free(image.data);
	qsort(insmod, ROUNDS, sizeof(*insmod), compare);
	qsort(kallsyms, ROUNDS, sizeof(*kallsyms), compare);
	printf("insmod until its files are there: %.1f ms; cat /proc/kallsyms: %.1f; ratio %.2f\n",
	       insmod[ROUNDS / 2], kallsyms[ROUNDS / 2],
	       insmod[ROUNDS / 2] / kallsyms[ROUNDS / 2]);
}

static const struct {
	const char *name;
	void (*work)(void);
} parts[] = {
	{ "cost", costs },
	{ "growth", growth },
	{ "delay", delays_of_others },
	{ "load", loading },
};

int main(void)
{
	const char *wanted = getenv("MNTPROP_BENCH");
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (wanted && !strstr(wanted, parts[i].name))
			continue;
		parts[i].work();
		fflush(stdout);
	}
	return 0;
}
