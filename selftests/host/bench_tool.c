// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_tool TOOL DIRECTORY [-i]: what the tool takes for the mounts of large
 * machines, beside findmnt(8) where that can do the same.  Medians of rounds in
 * which the commands take turns; -i has valgrind count instructions, too.  The
 * files are left in the directory.
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

/* clang-format off */

/* A and B are snapshots, of two boots, I is a mountinfo. */
static const char *const against_findmnt[] = {
	"mntprop tree -F A",
	"findmnt -l -F I",
	"findmnt -F I",
};

static const char *const commands[] = {
	"mntprop tree --all -F A",
	"mntprop groups -F A",
	"mntprop check -F A",
	"mntprop diff A B",
	"mntprop why /srv/0/x --to 1 -F A",
	"mntprop predict bind / /srv/0/x -F A",
	"mntprop predict rbind / /srv/0/x -F A",
	"mntprop predict make-rprivate / -F A",
};

/* clang-format on */

struct sample {
	double wall, cpu; /* ms */
	double peak; /* MB */
};

struct row {
	const char *command;
	struct sample samples[ROUNDS], median;
	int n;
	double instructions;
};

struct bench {
	const char *tool, *dir;
	bool instructions;
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

static struct sample run_command(const struct bench *bench, const char *command)
{
	char *copy = strdup(command), *words[MAX_WORDS];
	struct sample s;

	if (!copy)
		fail(command);
	add_words(bench, copy, words);
	s = run(bench, words);
	free(copy);
	return s;
}

/* In millions; what valgrind says last is "Collected : NUMBER". */
static double count_instructions(const struct bench *bench, const char *command)
{
	char *words[MAX_WORDS] = { "valgrind", "--tool=callgrind",
				   "--callgrind-out-file=/dev/null" };
	char *copy = strdup(command), line[256];
	double n = 0;
	FILE *f;

	if (!copy)
		fail(command);
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
			progress("%s, round %d", row->command, i + 1);
			row->samples[row->n++] =
				run_command(bench, row->command);
		}
	}
	for (row = rows; row < rows + nr; row++) {
		row->median.wall = median(row, offsetof(struct sample, wall));
		row->median.cpu = median(row, offsetof(struct sample, cpu));
		row->median.peak = median(row, offsetof(struct sample, peak));
		if (!bench->instructions || row->n < ROUNDS)
			continue;
		progress("%s, instructions", row->command);
		row->instructions = count_instructions(bench, row->command);
	}
	progress("%s", "");
}

static struct row *new_rows(const char *const *all, size_t nr)
{
	struct row *rows = calloc(nr, sizeof(*rows));
	size_t i;

	if (!rows)
		fail("rows");
	for (i = 0; i < nr; i++)
		rows[i].command = all[i];
	return rows;
}

/* With @nr of the commands. */
static void compare_with_findmnt(struct bench *bench, int n, size_t nr)
{
	size_t i;
	struct row *rows = new_rows(against_findmnt, nr);

	make_files(bench, &scenarios[0], n);
	measure(bench, rows, nr);
	printf("\n%d mounts of one namespace; × is what mntprop takes of it\n",
	       n);
	printf("%-34s %10s %10s %7s %8s %7s %6s %s\n", "command", "ms",
	       "CPU ms", "×", "peak MB", "×", "rounds",
	       bench->instructions ? "M instructions" : "");
	for (i = 0; i < nr; i++) {
		const struct sample *s = &rows[i].median, *our = &rows->median;

		printf("%-34s %10.1f %10.1f %7.3f %8.1f %7.2f %6d",
		       rows[i].command, s->wall, s->cpu, our->cpu / s->cpu,
		       s->peak, our->peak / s->peak, rows[i].n);
		if (rows[i].instructions)
			printf(" %14.1f", rows[i].instructions);
		putchar('\n');
	}
	fflush(stdout);
	free(rows);
}

static void compare_sizes(struct bench *bench, const struct scenario *which,
			  int few, int many)
{
	size_t nr = ARRAY_SIZE(commands), i;
	struct row *at_few = new_rows(commands, nr);
	struct row *at_many = new_rows(commands, nr);

	make_files(bench, which, few);
	measure(bench, at_few, nr);
	make_files(bench, which, many);
	measure(bench, at_many, nr);
	for (i = 0; i < nr; i++) {
		const struct sample *s = &at_few[i].median;
		const struct sample *t = &at_many[i].median;
		double per = (double)few / many;

		printf("%-10s %-34s %8.1f %8.1f %8.1f %5.2f %8.1f", which->name,
		       commands[i], s->cpu, t->cpu, t->wall,
		       t->cpu / s->cpu * per, t->peak);
		if (bench->instructions)
			printf(" %8.1f %8.1f %5.2f", at_few[i].instructions,
			       at_many[i].instructions,
			       at_many[i].instructions /
				       at_few[i].instructions * per);
		putchar('\n');
	}
	fflush(stdout);
	free(at_few);
	free(at_many);
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
	bench.instructions = argc > 3 && !strcmp(argv[3], "-i");
	if (mkdir(bench.dir, 0777) && errno != EEXIST)
		fail(bench.dir);
	snprintf(bench.errors, sizeof(bench.errors), "%s/errors", bench.dir);

	compare_with_findmnt(&bench, 50000, ARRAY_SIZE(against_findmnt));
	/* That findmnt's tree takes four times as long is known. */
	compare_with_findmnt(&bench, 100000, ARRAY_SIZE(against_findmnt) - 1);
	printf("\nCPU ms of 10,000 and 100,000 mounts; × is that per mount\n");
	printf("%-10s %-34s %8s %8s %8s %5s %8s %s\n", "mounts", "command",
	       "10,000", "100,000", "ms", "×", "peak MB",
	       bench.instructions ? "M instructions" : "");
	for (i = 0; i < nr_scenarios; i++)
		compare_sizes(&bench, &scenarios[i], 10000, 100000);
	return 0;
}
