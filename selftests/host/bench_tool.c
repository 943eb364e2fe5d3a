// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_tool TOOL DIRECTORY [-i]: what the tool takes for the mounts of large
 * machines, beside findmnt(8) where that can do the same.  Medians of rounds in
 * which the commands take turns; with -i instructions, as valgrind counts them, in
 * their place.  The files are left in the directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compiler.h"
#include "scenario.h"

#define ROUNDS 5
/* ms: what takes longer is not run again, as findmnt's tree, which is quadratic. */
#define PATIENCE 5000

#define MAX_WORDS 16
#define MAX_ROWS 16

/* In their words A and B are snapshots, of two boots, and I is a mountinfo. */
struct command {
	const char *name, *words;
};

/* clang-format off */

static const struct command against_findmnt[] = {
	{ "mntprop tree -F", "mntprop tree -F A" },
	{ "findmnt -l -F", "findmnt -l -F I" },
	{ "findmnt -F", "findmnt -F I" },
};

static const struct command commands[] = {
	{ "tree --all", "mntprop tree --all -F A" },
	{ "groups", "mntprop groups -F A" },
	{ "ns", "mntprop ns -F A" },
	{ "holders", "mntprop holders /srv/0 -F A" },
	{ "assert", "mntprop assert /srv/0|private -F A" },
	{ "why --need", "mntprop why /srv/0 --need shared -F A" },
	{ "graph --all, dot", "mntprop graph --all --format dot -F A" },
	{ "check", "mntprop check -F A" },
	{ "diff, one of ten moved", "mntprop diff A B" },
	{ "why", "mntprop why /srv/0 --to 1 -F A" },
	{ "why, another", "mntprop why /srv/0 --to 2 -F A" },
	{ "graph --why, dot", "mntprop graph --why /srv/0 --to 2 --format dot -F A" },
	{ "tree --to", "mntprop tree --to 2 -F A" },
	/* no limit, or from 100,000 mounts on there would be two worlds */
	{ "predict bind", "mntprop predict bind / /srv/0/x -F A --mount-max 999999" },
	{ "predict rbind /", "mntprop predict rbind / /srv/0/x -F A --mount-max 999999" },
	{ "predict umount", "mntprop predict umount /srv/0 -F A" },
	{ "predict umount -l -R", "mntprop predict umount -l -R /srv/0 -F A" },
	{ "predict move", "mntprop predict move /srv/0 /srv/x -F A" },
	{ "predict make-rprivate /", "mntprop predict make-rprivate / -F A" },
};

/* clang-format on */

struct sample {
	double wall, cpu; /* ms */
	double peak; /* MB */
};

struct row {
	const struct command *command;
	struct sample samples[ROUNDS], median;
	int n;
};

struct bench {
	const char *tool, *dir;
	char a[4096], b[4096], info[4096], errors[4096];
};

static void fail(const char *what)
{
	fprintf(stderr, "bench_tool: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* What is being done, where somebody sees it. */
static void progress(const char *fmt, ...) __printf(1, 2);
static void progress(const char *fmt, ...)
{
	va_list ap;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\033[K");
}

static void write_file(const char *path, struct builder *b)
{
	FILE *f = fopen(path, "we");

	fclose(b->f);
	if (!f || fwrite(b->text, b->len, 1, f) != 1 || fclose(f))
		fail(path);
	free(b->text);
	*b = (struct builder){};
}

static void write_files(const struct bench *bench, const struct scenario *which,
			int n)
{
	struct scene sc = {};
	struct builder b = {};

	scenario_make(&sc, which, n);
	scene_text(&sc, &b, "7.3.0");
	write_file(bench->a, &b);
	scene_mountinfo(&sc, &b, 0);
	write_file(bench->info, &b);
	scenario_reboot(&sc, 10);
	scene_text(&sc, &b, "7.3.0");
	write_file(bench->b, &b);
	scene_free(&sc);
}

/*
 * In a process of its own: the peak memory of a child begins with what its parent
 * has when it is made.
 */
static void make_files(struct bench *bench, const struct scenario *which, int n)
{
	int status;
	pid_t pid;

	snprintf(bench->a, sizeof(bench->a), "%s/%s-%d.snap", bench->dir,
		 which->name, n);
	snprintf(bench->b, sizeof(bench->b), "%s/%s-%d.rebooted.snap",
		 bench->dir, which->name, n);
	snprintf(bench->info, sizeof(bench->info), "%s/%s-%d.mountinfo",
		 bench->dir, which->name, n);
	progress("%s: making %d mounts", which->name, n);
	pid = fork();
	if (!pid) {
		write_files(bench, which, n);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		fail("cannot make the files");
}

/* Splits @command, whose @copy the words are in, after @words. */
static void add_words(const struct bench *bench, char *copy, char **words)
{
	const struct {
		const char *word, *means;
	} names[] = {
		{ "mntprop", bench->tool },
		{ "A", bench->a },
		{ "B", bench->b },
		{ "I", bench->info },
	};
	char *word;
	size_t i;

	for (word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
		*words = word;
		/* a blank within a word */
		if (strchr(word, '|'))
			*strchr(word, '|') = ' ';
		for (i = 0; i < ARRAY_SIZE(names); i++) {
			if (!strcmp(word, names[i].word))
				*words = (char *)names[i].means;
		}
		words++;
	}
	*words = NULL;
}

static double milliseconds(const struct timeval *t)
{
	return t->tv_sec * 1e3 + t->tv_usec / 1e3;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Ends the program if the command fails; to say "no" is none. */
static struct sample run(const struct bench *bench, char *const *words)
{
	posix_spawn_file_actions_t files;
	struct sample s;
	struct rusage usage;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, bench->errors,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	s.wall = now();
	errno = posix_spawnp(&pid, words[0], &files, NULL, words, environ);
	if (errno || wait4(pid, &status, 0, &usage) < 0)
		fail(words[0]);
	s.wall = now() - s.wall;
	posix_spawn_file_actions_destroy(&files);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fprintf(stderr, "bench_tool: %s %s failed, see %s\n", words[0],
			words[1], bench->errors);
		exit(1);
	}
	s.cpu = milliseconds(&usage.ru_utime) + milliseconds(&usage.ru_stime);
	s.peak = usage.ru_maxrss / 1024.0;
	return s;
}

static struct sample run_command(const struct bench *bench,
				 const struct command *command)
{
	char *copy = strdup(command->words), *words[MAX_WORDS];
	struct sample s;

	if (!copy)
		fail(command->name);
	add_words(bench, copy, words);
	s = run(bench, words);
	free(copy);
	return s;
}

/* In millions; what valgrind says last is "Collected : NUMBER". */
static double count_instructions(const struct bench *bench,
				 const struct command *command)
{
	char *words[MAX_WORDS] = { "valgrind", "--tool=callgrind",
				   "--callgrind-out-file=/dev/null" };
	char *copy = strdup(command->words), line[256];
	double n = 0;
	FILE *f;

	if (!copy)
		fail(command->name);
	add_words(bench, copy, words + 3);
	run(bench, words);
	free(copy);
	f = fopen(bench->errors, "re");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "==%*d== Collected : %lf", &n);
	if (f)
		fclose(f);
	return n / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of the member of samples that is @offset bytes from their beginning. */
static double median(const struct row *row, size_t offset)
{
	double all[ROUNDS];
	int i;

	for (i = 0; i < row->n; i++)
		all[i] = *(const double *)((const char *)&row->samples[i] +
					   offset);
	qsort(all, row->n, sizeof(all[0]), compare);
	return all[row->n / 2];
}

static void measure(const struct bench *bench, struct row *rows, size_t nr)
{
	struct row *row;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		for (row = rows; row < rows + nr; row++) {
			if (i && row->samples[0].wall > PATIENCE)
				continue;
			progress("%s, round %d", row->command->name, i + 1);
			row->samples[row->n++] =
				run_command(bench, row->command);
		}
	}
	for (row = rows; row < rows + nr; row++) {
		row->median.wall = median(row, offsetof(struct sample, wall));
		row->median.cpu = median(row, offsetof(struct sample, cpu));
		row->median.peak = median(row, offsetof(struct sample, peak));
	}
	progress("%s", "");
}

static struct row *new_rows(const struct command *all, size_t nr)
{
	struct row *rows = calloc(nr, sizeof(*rows));
	size_t i;

	if (!rows)
		fail("rows");
	for (i = 0; i < nr; i++)
		rows[i].command = &all[i];
	return rows;
}

/* With @nr of the commands. */
static void compare_with_findmnt(struct bench *bench, int n, size_t nr)
{
	struct row *rows = new_rows(against_findmnt, nr);
	const struct sample *our = &rows->median;
	size_t i;

	make_files(bench, &scenarios[0], n);
	measure(bench, rows, nr);
	printf("\n%d mounts of one namespace; ratio: mntprop's to that\n", n);
	printf("%-24s %9s %9s %8s %8s %7s %6s\n", "command", "ms", "CPU ms",
	       "ratio", "peak MB", "ratio", "rounds");
	for (i = 0; i < nr; i++) {
		const struct sample *s = &rows[i].median;

		printf("%-24s %9.1f %9.1f %8.4f %8.1f %7.2f %6d\n",
		       rows[i].command->name, s->wall, s->cpu,
		       our->cpu / s->cpu, s->peak, our->peak / s->peak,
		       rows[i].n);
	}
	fflush(stdout);
	free(rows);
}

static void compare_sizes(struct bench *bench, const struct scenario *which)
{
	size_t nr = ARRAY_SIZE(commands), i;
	struct row *few = new_rows(commands, nr);
	struct row *many = new_rows(commands, nr);

	make_files(bench, which, 10000);
	measure(bench, few, nr);
	make_files(bench, which, 100000);
	measure(bench, many, nr);
	for (i = 0; i < nr; i++) {
		const struct sample *s = &few[i].median, *t = &many[i].median;

		printf("%-10s %-24s %8.1f %8.1f %8.1f %6.2f %8.1f\n",
		       which->name, commands[i].name, s->cpu, t->cpu, t->wall,
		       t->cpu / s->cpu / 10, t->peak);
	}
	fflush(stdout);
	free(few);
	free(many);
}

static void count_for_sizes(struct bench *bench, const struct scenario *which)
{
	static const int sizes[] = { 1000, 10000 };
	double count[ARRAY_SIZE(commands)][ARRAY_SIZE(sizes)];
	size_t i, j;

	for (j = 0; j < ARRAY_SIZE(sizes); j++) {
		make_files(bench, which, sizes[j]);
		for (i = 0; i < ARRAY_SIZE(commands); i++) {
			progress("%s, instructions", commands[i].name);
			count[i][j] = count_instructions(bench, &commands[i]);
		}
	}
	progress("%s", "");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("%-10s %-24s %8.1f %8.1f %6.2f\n", which->name,
		       commands[i].name, count[i][0], count[i][1],
		       count[i][1] / count[i][0] / 10);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct bench bench = {};
	size_t i;

	if (argc < 3) {
		fprintf(stderr, "Usage: bench_tool TOOL DIRECTORY [-i]\n");
		return 1;
	}
	bench.tool = argv[1];
	bench.dir = argv[2];
	if (mkdir(bench.dir, 0777) && errno != EEXIST)
		fail(bench.dir);
	snprintf(bench.errors, sizeof(bench.errors), "%s/errors", bench.dir);

	if (argc > 3 && !strcmp(argv[3], "-i")) {
		printf("Million instructions of 1,000 and 10,000 mounts; per mount\n");
		for (i = 0; i < nr_scenarios; i++)
			count_for_sizes(&bench, &scenarios[i]);
		return 0;
	}
	/* What does not say who measured it, and when, cannot be compared. */
	if (system("date +%F; grep -m 1 '^model name' /proc/cpuinfo") ||
	    system("findmnt --version"))
		fail("findmnt");
	compare_with_findmnt(&bench, 50000, ARRAY_SIZE(against_findmnt));
	/* That findmnt's tree takes four times as long is known. */
	compare_with_findmnt(&bench, 100000, ARRAY_SIZE(against_findmnt) - 1);
	printf("\nCPU ms of 10,000 and 100,000 mounts; ratio: of those per mount\n");
	printf("%-10s %-24s %8s %8s %8s %6s %8s\n", "mounts", "command",
	       "10,000", "100,000", "ms", "ratio", "peak MB");
	for (i = 0; i < nr_scenarios; i++)
		compare_sizes(&bench, &scenarios[i]);
	return 0;
}
