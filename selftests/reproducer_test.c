// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shell scripts that are to be mailed: on a kernel that does what is expected they
 * end with 0, and with 1 where it is not, with both.  There is no compiler in a guest: cc
 * is this program, which has what the scripts would build.
 *
 * A script takes seconds where the kernel is emulated.  MNTPROP_EVERY=1 tries all of them,
 * in place of every eighth.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "generator.h"
#include "kselftest_harness.h"
#include "pitfalls.h"
#include "provocations.h"
#include "reproduce.h"
#include "rules_probe.h"
#include "util.h"

#define main sys_main
#include "sys.c"
#undef main

#define FOLDER "/tmp/reproducer"
#define WORLDS 8
#define SEED 1

static void as_cc(char **argv)
{
	char text[8192], self[256];
	size_t n = fread(text, 1, sizeof(text) - 1, stdin);
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	text[n] = '\0';
	if (len < 0 || strcmp(argv[1], "-o") || strcmp(text, reproducer_sys))
		_exit(1);
	self[len] = '\0';
	_exit(symlink(self, argv[2]) ? 1 : 0);
}

/* By the name that it was called by. */
__attribute__((constructor)) static void be_another(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');

	name = name ? name + 1 : argv[0];
	if (!strcmp(name, "cc"))
		as_cc(argv);
	if (!strcmp(name, "sys"))
		exit(sys_main(argc, argv));
}

static unsigned int every(void)
{
	const char *text = getenv("MNTPROP_EVERY");
	unsigned int n = text ? strtoul(text, NULL, 10) : 0;

	return n ? n : 8;
}

static void keep(struct replay *r, void *arg)
{
	*(char **)arg = reproduce(r);
}

static void print_file(const char *path)
{
	char line[512];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		printf("#> %s%s", line, strchr(line, '\n') ? "" : "\n");
	if (f)
		fclose(f);
	fflush(stdout);
}

/*
 * Not by sh: that of the guest's is busybox, which has a mount of its own.
 *
 * Returns the exit status of the script, after saying more if it is not @wanted.
 */
static int run(const char *text, int wanted)
{
	FILE *f = fopen(FOLDER "/script", "w");
	int status;

	if (!f || fputs(text, f) < 0 || fclose(f))
		die("write a script");
	status = system("PATH=" FOLDER ":$PATH timeout 300 bash --posix " FOLDER
			"/script >" FOLDER "/output 2>&1 </dev/null");
	status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (status != wanted) {
		print_file(FOLDER "/script");
		print_file(FOLDER "/output");
	}
	return status;
}

static bool has_line(const char *what)
{
	char line[512];
	FILE *f = fopen(FOLDER "/output", "r");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strcmp(line, what);
	if (f)
		fclose(f);
	return found;
}

FIXTURE(reproducer)
{
	struct rules rules; /* of the running kernel */
	struct script script;
	char *text;
};

static void link_cc(void)
{
	char program[256];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (len < 0)
		die("/proc/self/exe");
	program[len] = '\0';
	mkdir("/tmp", 0755);
	mkdir(FOLDER, 0755);
	unlink(FOLDER "/cc");
	if (symlink(program, FOLDER "/cc"))
		die("symlink");
}

FIXTURE_SETUP(reproducer)
{
	struct rules_probe p;
	struct error why;

	own_namespace(MS_PRIVATE);
	link_cc();
	if (rules_probe(&p, &why))
		die("%s", why.text);
	self->rules = p.rules;
}

FIXTURE_TEARDOWN(reproducer)
{
	free(self->text);
}

TEST_F_TIMEOUT(reproducer, is_green_where_all_is_as_expected, 3000)
{
	size_t all = nr_provocations + nr_pitfalls, i;
	struct replay r;

	for (i = 0; i < all; i += every()) {
		const char *text = i < nr_provocations ?
					   provocations[i].script :
					   pitfalls[i - nr_provocations].script;

		script_parse(text, &self->script);
		replay_script(&r, &self->script, &self->rules, keep,
			      &self->text);
		ASSERT_EQ(NULL, r.report);
		ASSERT_NE(NULL, self->text);
		EXPECT_EQ(0, run(self->text, 0))
		{
			TH_LOG("script %zu", i);
		}
		free(self->text);
		self->text = NULL;
	}
}

/* What the model predicts by a wrong rule, the kernel does not do. */
TEST_F_TIMEOUT(reproducer, tells_what_is_expected_and_what_is_seen, 1500)
{
	unsigned int shown = 0, differing = 0;
	struct replay r;
	size_t i;

	for (i = 0; i < nr_provocations; i += every()) {
		const struct rule *rule = rule_named(provocations[i].rule);
		struct rules wrong = self->rules;

		rules_set(&wrong, rule, !rules_get(&wrong, rule));
		script_parse(provocations[i].script, &self->script);
		replay_script(&r, &self->script, &wrong, keep, &self->text);
		if (r.report) {
			differing++;
			/* What only the module sees is said to be so. */
			if (!strncmp(self->text, "#!", 2)) {
				shown++;
				EXPECT_EQ(1, run(self->text, 1))
				{
					TH_LOG("provocation %zu: %s", i,
					       rule->name);
				}
				EXPECT_TRUE(has_line("expected:\n"));
				EXPECT_TRUE(has_line("seen:\n"));
			} else {
				TH_LOG("provocation %zu does not show: %s", i,
				       rule->name);
			}
		}
		free(r.report);
		free(self->text);
		self->text = NULL;
	}
	TH_LOG("of %u scripts that end differently %u show it", differing,
	       shown);
	EXPECT_LT(every() == 1 ? differing * 8 / 10 : 0, shown);
}

static void random_world(struct replay *r, uint64_t seed,
			 const struct rules *rules, unsigned int nr_steps)
{
	struct script script = random_script(seed);
	struct prediction_of_step p;
	struct step step;
	bool same = true;

	replay_begin(r, script.mount_max, rules);
	while (same && replay_has_roots(r) &&
	       (unsigned int)script.nr_steps < nr_steps) {
		random_step(r, script.nr_steps++, &step, &p);
		same = replay_do(r, &step, &p);
	}
}

TEST_F_TIMEOUT(reproducer, does_random_steps, 3000)
{
	unsigned int nr = scaled(WORLDS), i;
	struct replay r;

	for (i = 0; i < nr; i += every()) {
		random_world(&r, SEED + i, &self->rules, 4 + 2 * i);
		EXPECT_EQ(NULL, r.report);
		self->text = reproduce(&r);
		replay_end(&r);
		free(r.report);
		if (!self->text)
			continue;
		EXPECT_EQ(0, run(self->text, 0))
		{
			TH_LOG("seed %u", SEED + i);
		}
		free(self->text);
		self->text = NULL;
	}
}

TEST_HARNESS_MAIN
