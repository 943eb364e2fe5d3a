// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model against the kernel: random operations in several mount and user
 * namespaces.
 *
 * MNTPROP_DIFF_OPS says how many operations, MNTPROP_DIFF_SEED with which seed to
 * begin.  What differs is tried again with ever fewer operations before it, and
 * the shortest list that still shows it is printed, as a shell script first.  After
 * MNTPROP_DIFF_ENOUGH of them it ends.
 *
 * MNTPROP_DIFF_SCRIPT is a file with the text of a script (script.h), which is done in place
 * of random operations, and nothing else.
 *
 * MNTPROP_DIFF_FLIP names a rule of rules.c that is taken for its opposite: then
 * there have to be differences, and the shortest list shows what the rule is about.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>

#include "generator.h"
#include "kselftest_harness.h"
#include "pitfalls.h"
#include "provocations.h"
#include "reproduce.h"
#include "rules_probe.h"
#include "shrink.h"
#include "util.h"

#define DEFAULT_OPS 2000
#define DEFAULT_SEED 1
#define DEFAULT_ENOUGH 3

/* A world of processes and mounts begins anew at so many. */
#define MAX_MOUNTS 200

/* Of each type of operation, how many succeeded and were refused, as predicted. */
static uint64_t succeeded[NR_OPERATION_TYPES], refused[NR_OPERATION_TYPES];

/*
 * A world as the seed has it, with up to @max_ops operations.  Returns how many were
 * compared; @r->report is set by a difference, and @script then ends with it.  @reproducer
 * gets the shell script then, if it is not NULL.
 */
static uint64_t run_random(struct replay *r, struct script *script,
			   uint64_t seed, uint64_t max_ops,
			   const struct rules *rules, char **reproducer)
{
	uint64_t done = 0;
	bool same;

	*script = random_script(seed);
	replay_begin(r, script->mount_max, rules);
	same = !r->report;
	while (same && replay_has_roots(r) && script->nr_steps < MAX_STEPS &&
	       done < max_ops &&
	       r->w->nr_mounts < r->base_mounts + MAX_MOUNTS) {
		struct step *step = &script->steps[script->nr_steps];
		struct prediction_of_step p;

		random_step(r, script->nr_steps++, step, &p);
		same = replay_do(r, step, &p);
		if (step->r.what != DO_OPERATION)
			continue;
		done++;
		(p.o.error ? refused : succeeded)[step->r.type]++;
	}
	if (r->report && reproducer)
		*reproducer = reproduce(r);
	replay_end(r);
	return done;
}

static void keep_reproducer(struct replay *r, void *arg)
{
	*(char **)arg = reproduce(r);
}

/* Of the report, lines that begin with #. */
static void print_chosen(const char *text)
{
	const char *line, *end;

	for (line = text; *line; line = end + 1) {
		end = strchrnul(line, '\n');
		if (*line == '#')
			line++;
		printf("#> %.*s\n", (int)(end - line), line);
		if (!*end)
			break;
	}
}

/*
 * Lines with #> are what a reader of the log needs to see in any case (vm/tap.awk): what
 * can be mailed, how to see it again, and what differs in words.  @seed is 0 for what is
 * not random.
 */
static void tell(const struct script *script, const char *reproducer,
		 const char *report, uint64_t seed)
{
	const char *line, *end;

	for (line = reproducer ?: ""; *line; line = end + 1) {
		end = strchrnul(line, '\n');
		printf("#> %.*s\n", (int)(end - line), line);
	}
	puts("#> ");
	puts("#> MNTPROP_DIFF_SCRIPT=FILE make check TESTS=differential_test");
	puts("#> does it again; FILE has these lines:");
	script_print(script, "#>   ", stdout);
	if (seed)
		printf("#> found with MNTPROP_DIFF_SEED=%llu\n",
		       (unsigned long long)seed);
	print_chosen(report);
	fflush(stdout);
}

/*
 * What is known is said before anything is tried again: a kernel that is not as it should
 * be may not live that long.  Returns whether it could be asked again.
 */
static bool explain(struct script *script, const char *reproducer,
		    const struct replay *r, const struct rules *rules,
		    uint64_t seed)
{
	struct shrunk shortest;

	printf("# step %d of:\n", script->nr_steps);
	script_print(script, "#   ", stdout);
	printf("%s", r->report);
	fflush(stdout);
	if (r->broken) {
		print_chosen(r->report);
		return false;
	}
	if (!shrink(script, rules, r->report, &shortest)) {
		printf("#> %s: this guest is spent, and the script is the whole one\n",
		       shortest.why);
		tell(script, reproducer, r->report, seed);
		return false;
	}
	tell(&shortest.script, shortest.reproducer, shortest.report, seed);
	shrunk_free(&shortest);
	return true;
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

/* Found out by experiments; the table of releases has no say in what these decide. */
static struct rules_probe running_rules(void)
{
	struct rules_probe p;
	struct error why;

	if (rules_probe(&p, &why))
		die("%s", why.text);
	if (p.odd)
		die("experiments ended as by no rules: %#llx",
		    (unsigned long long)p.odd);
	return p;
}

static bool *rule_value(struct rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		if (!strcmp(rule_table[i].name, name))
			return (bool *)((char *)rules + rule_table[i].member);
	}
	errno = ENOENT;
	die("rule %s", name);
}

static struct rules flipped(struct rules rules, const char *name)
{
	bool *value = rule_value(&rules, name);

	*value = !*value;
	return rules;
}

/* Whether the script ends as it is predicted by the rules. */
static bool comes_true(const char *text, const struct rules *rules, bool print)
{
	char *reproducer = NULL;
	struct script script;
	struct replay r;

	script_parse(text, &script);
	replay_script(&r, &script, rules, keep_reproducer, &reproducer);
	if (r.report && print)
		tell(&script, reproducer, r.report, 0);
	free(reproducer);
	free(r.report);
	return !r.report;
}

/* The text of MNTPROP_DIFF_SCRIPT. */
static void replay_file(const char *path, struct script *script)
{
	char text[MAX_STEPS * 2 * ACTOR_PATH];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		die("%s", path);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	script_parse(text, script);
}

/* Why not to do what needs none. */
static const char *without_script(void)
{
	const char *file = getenv("MNTPROP_DIFF_SCRIPT");

	return file && *file ? "MNTPROP_DIFF_SCRIPT says what to do" : NULL;
}

/* Says so if it is not. */
static bool is_predicted(struct script *script, const struct rules *rules)
{
	char *reproducer = NULL;
	struct replay r;
	int done;

	done = replay_script(&r, script, rules, keep_reproducer, &reproducer);
	if (r.report) {
		script->nr_steps = done + 1;
		explain(script, reproducer, &r, rules, 0);
	}
	free(reproducer);
	free(r.report);
	return !r.report;
}

FIXTURE(model)
{
	struct script script; /* of the world that is tried */
	struct rules rules; /* of the running kernel */
	rules_mask idle; /* those that nothing depends on */
};

FIXTURE_SETUP(model)
{
	struct rules_probe p;

	own_namespace(MS_PRIVATE);
	p = running_rules();
	self->rules = p.rules;
	self->idle = p.idle;
}

FIXTURE_TEARDOWN(model)
{
}

/* Whether a provocation of the rule ends otherwise than by these rules; says how. */
static bool shows_that_it_differs(const char *name, const struct rules *rules)
{
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		const struct provocation *p = &provocations[i];

		if (strcmp(p->rule, name) || comes_true(p->script, rules, true))
			continue;
		printf("#> and MNTPROP_DIFF_FLIP=%s besides, or it expects what it finds\n",
		       name);
		return true;
	}
	return false;
}

/*
 * A backport is no mistake.  But what the newest release of the table has no later kernel
 * lost: where a rule is otherwise there, a patch made it so.
 */
TEST_F_TIMEOUT(model, keeps_the_rules_of_its_release, 1500)
{
	struct rules assumed;
	struct utsname u;
	bool newest;
	size_t i;

	SKIP_IF(without_script());
	if (uname(&u))
		die("uname");
	rules_for(u.release, &assumed);
	newest = rules_are_newest(u.release);
	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];
		bool holds = rules_get(&self->rules, rule);
		struct rules expected = self->rules;

		if (rule_is_again(i) || self->idle & rule_mask(rule) ||
		    holds == rules_get(&assumed, rule))
			continue;
		TH_LOG("unusual in %s: the rule %s is %s", u.release,
		       rule->name, holds ? "on" : "off");
		rules_set(&expected, rule, !holds);
		EXPECT_FALSE(newest &&
			     shows_that_it_differs(rule->name, &expected))
		{
			TH_LOG("this kernel changes what the newest release does: %s (%s)",
			       rule->what, rule->source);
		}
	}
}

TEST_F_TIMEOUT(model, predicts_the_kernel, 36000)
{
	uint64_t ops = number_from("MNTPROP_DIFF_OPS", DEFAULT_OPS);
	uint64_t seed = number_from("MNTPROP_DIFF_SEED", DEFAULT_SEED);
	const char *flip = getenv("MNTPROP_DIFF_FLIP");
	const char *file = getenv("MNTPROP_DIFF_SCRIPT");
	uint64_t enough = number_from("MNTPROP_DIFF_ENOUGH", DEFAULT_ENOUGH);
	uint64_t done = 0, worlds = 0, differences = 0;
	int type;

	if (flip && *flip)
		self->rules = flipped(self->rules, flip);
	if (file && *file) {
		replay_file(file, &self->script);
		EXPECT_TRUE(is_predicted(&self->script, &self->rules));
		return;
	}
	for (; done < ops && differences < enough; seed++) {
		char *reproducer = NULL;
		struct replay r;
		bool whole;

		done += run_random(&r, &self->script, seed, ops - done,
				   &self->rules, &reproducer);
		worlds++;
		if (!r.report)
			continue;
		differences++;
		printf("# not as predicted: seed %llu\n",
		       (unsigned long long)seed);
		whole = explain(&self->script, reproducer, &r, &self->rules,
				seed);
		free(reproducer);
		free(r.report);
		if (!whole)
			break;
	}
	TH_LOG("%llu operations in %llu worlds, %llu differences",
	       (unsigned long long)done, (unsigned long long)worlds,
	       (unsigned long long)differences);
	for (type = 0; type < NR_OPERATION_TYPES; type++)
		TH_LOG("%s: %llu done, %llu refused", operation_names[type],
		       (unsigned long long)succeeded[type],
		       (unsigned long long)refused[type]);
	EXPECT_EQ(0, differences);
}

/* By the rules of another kernel it must come out differently. */
TEST_F_TIMEOUT(model, tells_kernels_apart, 1500)
{
	const char *other = self->rules.umount_reworked ? "5.10.0" : "7.3.0";
	struct rules rules;
	struct replay r = {};
	uint64_t seed, done = 0;

	SKIP_IF(without_script());
	rules_for(other, &rules);
	for (seed = DEFAULT_SEED; !r.report && done < DEFAULT_OPS; seed++)
		done += run_random(&r, &self->script, seed, DEFAULT_OPS, &rules,
				   NULL);
	EXPECT_NE(NULL, r.report);
	TH_LOG("the rules of %s are found out after %llu operations", other,
	       (unsigned long long)done);
	free(r.report);
}

/*
 * Of a rule: each script comes true by the rules of this kernel, and one does not if
 * the rule is flipped.
 */
static void provoke(struct __test_metadata *_metadata, const char *name,
		    struct rules *rules)
{
	struct rules wrong = flipped(*rules, name);
	const char *needs = NULL;
	bool tried = false, noticed = false;
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		const struct provocation *p = &provocations[i];

		if (strcmp(p->rule, name))
			continue;
		EXPECT_TRUE(comes_true(p->script, rules, true))
		{
			TH_LOG("%s, provocation %zu", name, i);
		}
		if (p->needs && !*rule_value(rules, p->needs)) {
			needs = p->needs;
			continue;
		}
		tried = true;
		if (!noticed)
			noticed = !comes_true(p->script, &wrong, false);
	}
	if (!tried) {
		EXPECT_NE(NULL, needs);
		TH_LOG("%s does not show without %s", name, needs);
		return;
	}
	EXPECT_TRUE(noticed)
	{
		TH_LOG("%s is flipped and nothing is noticed", name);
	}
}

TEST_F_TIMEOUT(model, notices_each_rule, 1500)
{
	size_t i;

	SKIP_IF(without_script());
	for (i = 0; i < nr_rules; i++) {
		if (!rule_is_again(i))
			provoke(_metadata, rule_table[i].name, &self->rules);
	}
}

TEST_F_TIMEOUT(model, falls_into_no_pit, 1500)
{
	size_t i;

	SKIP_IF(without_script());
	/* EXPECT_TRUE() and what follows it are two statements. */
	for (i = 0; i < nr_pitfalls; i++) {
		EXPECT_TRUE(comes_true(pitfalls[i].script, &self->rules, true))
		{
			TH_LOG("%s", pitfalls[i].wrong);
		}
	}
}

TEST_HARNESS_MAIN
