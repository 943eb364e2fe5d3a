// SPDX-License-Identifier: GPL-2.0-only
/*
 * A benchmark, not a test: a snapshot against what one would do without it,
 * reading the mountinfo of every mount namespace.
 *
 * The mounts are spread over ten namespaces. Each figure is the median of
 * rounds in which both are done in turn; ratios are of the medians.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

#define NR_NAMESPACES 10
#define ROUNDS 9

struct round {
	double hold; /* of namespace_sem, by the module's own account */
	double snapshot; /* open, read to the end, close */
	double mountinfo; /* the same for every namespace */
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
			snprintf(head, size, "%.*s", (int)n, buf);
		len += n;
	}
	if (n < 0)
		die("%s", path);
	close(fd);
	return len;
}

static void measure(struct round *r, const struct snapshot *s)
{
	char path[64], head[1024];
	const char *hold;
	double start;
	size_t i;

	start = now();
	read_file(DEBUGFS_DIR "/snapshot", head, sizeof(head));
	r->snapshot = now() - start;
	hold = strstr(head, " hold=");
	r->hold = hold ? atof(hold + strlen(" hold=")) / 1e6 : 0;

	start = now();
	for (i = 0; i < s->nr_namespaces; i++) {
		if (!s->namespaces[i].pid)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/mountinfo",
			 s->namespaces[i].pid);
		read_file(path, NULL, 0);
	}
	r->mountinfo = now() - start;
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

static void bench(unsigned int nr_mounts)
{
	struct round rounds[ROUNDS], warm_up;
	double hold, total, mountinfo;
	struct snapshot *s;
	unsigned int i;

	s = take_snapshot();
	measure(&warm_up, s);
	for (i = 0; i < ROUNDS; i++)
		measure(&rounds[i], s);
	hold = median(rounds, offsetof(struct round, hold));
	total = median(rounds, offsetof(struct round, snapshot));
	mountinfo = median(rounds, offsetof(struct round, mountinfo));
	printf("%8u %8zu %10.3f %10.3f %10.3f %14.2f %14.2f\n", nr_mounts,
	       s->nr_mounts, hold, total, mountinfo, hold / mountinfo,
	       total / mountinfo);
	fflush(stdout);
	snapshot_free(s);
}

/* So many mounts in this namespace that copies of it make @nr in all. */
static void fill(unsigned int *have, unsigned int nr)
{
	char path[64];

	for (; *have < nr; ++*have) {
		snprintf(path, sizeof(path), "/mnt/%u", *have);
		must_mkdir(path);
		must_mount("/mnt", path, NULL, MS_BIND, NULL);
	}
}

int main(void)
{
	static const unsigned int sizes[] = { 100, 1000, 10000 };
	pid_t children[NR_NAMESPACES - 1];
	unsigned int i, j, have = 0;

	own_namespace(MS_PRIVATE);
	printf("milliseconds, medians of %d rounds; mounts spread over %d namespaces\n",
	       ROUNDS, NR_NAMESPACES);
	printf("%8s %8s %10s %10s %10s %14s %14s\n", "mounts", "found", "hold",
	       "snapshot", "mountinfo", "hold/mountinfo", "total/mountinfo");
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		fill(&have, sizes[i] / NR_NAMESPACES);
		for (j = 0; j < NR_NAMESPACES - 1; j++)
			children[j] = child_start(0, NULL, NULL);
		bench(sizes[i]);
		for (j = 0; j < NR_NAMESPACES - 1; j++)
			child_stop(children[j]);
	}
	return 0;
}
