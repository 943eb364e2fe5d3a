// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model against the kernel: random operations in several mount and user
 * namespaces.
 *
 * MNTPROP_DIFF_OPS says how many operations, MNTPROP_DIFF_SEED with which seed to
 * begin.  What differs is tried again with ever fewer operations before it, and
 * the shortest list that still shows it is printed.
 *
 * MNTPROP_DIFF_FLIP names a rule of rules.c that is taken for its opposite: then
 * there have to be differences, and the shortest list shows what the rule is about.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "generator.h"
#include "kselftest_harness.h"
#include "pitfalls.h"
#include "provocations.h"
#include "replay.h"
#include "rules_probe.h"
#include "util.h"

#define DEFAULT_OPS 2000
#define DEFAULT_SEED 1

/* A world of processes and mounts begins anew at so many. */
#define MAX_MOUNTS 200

/* Of each type of operation, how many succeeded and were refused, as predicted. */
static uint64_t succeeded[NR_OPERATION_TYPES], refused[NR_OPERATION_TYPES];

/*
 * A world as the seed has it, with up to @max_ops operations.  Returns how many were
 * compared; @r->report is set by a difference, and @script then ends with it.
 */
static uint64_t run_random(struct replay *r, struct script *script,
			   uint64_t seed, uint64_t max_ops,
			   const struct rules *rules)
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
	replay_end(r);
	return done;
}

/* Whether the script without the @n steps from @from on still shows something. */
static bool still_differs(const struct script *script, int from, int n,
			  const struct rules *rules, struct script *shorter)
{
	struct replay r;
	int done;

	*shorter = *script;
	shorter->nr_steps -= n;
	memmove(&shorter->steps[from], &shorter->steps[from + n],
		(script->nr_steps - from - n) * sizeof(shorter->steps[0]));
	done = replay_script(&r, shorter, rules);
	if (!r.report)
		return false;
	free(r.report);
	shorter->nr_steps = done + 1;
	return true;
}

/* Delta debugging: takes out as much as can be, in halves, quarters, … */
static void shrink(struct script *script, const struct rules *rules)
{
	struct script shorter;
	int n, from;

	for (n = script->nr_steps / 2; n; n /= 2) {
		for (from = 0; from + n < script->nr_steps;) {
			if (still_differs(script, from, n, rules, &shorter))
				*script = shorter;
			else
				from += n;
		}
	}
	if (script->nr_steps > 2) {
		for (from = 0; from + 1 < script->nr_steps;) {
			if (still_differs(script, from, 1, rules, &shorter))
				*script = shorter;
			else
				from++;
		}
	}
}

/*
 * Takes the report.  What is known is said before anything is tried again: a kernel that
 * is not as it should be may not live that long.  Lines with #> are what a reader of the
 * log needs to see in any case (vm/tap.awk).
 */
static void explain(struct script *script, char *report, uint64_t seed,
		    const struct rules *rules)
{
	struct replay again;

	printf("# not as predicted: seed %llu, fs.mount-max %zu, step %d of:\n",
	       (unsigned long long)seed, script->mount_max, script->nr_steps);
	script_print(script, "#   ", stdout);
	printf("%s", report);
	free(report);
	fflush(stdout);
	shrink(script, rules);
	replay_script(&again, script, rules);
	printf("#> the shortest script that ends differently, with fs.mount-max %zu:\n",
	       script->mount_max);
	script_print(script, "#>   ", stdout);
	printf("#> found by MNTPROP_DIFF_SEED=%llu make check TESTS=differential_test\n",
	       (unsigned long long)seed);
	printf("%s", again.report ?
			     again.report :
			     "#> it ended as predicted when it was repeated\n");
	free(again.report);
	fflush(stdout);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

/* Found out by experiments; the table of releases has no say in what these decide. */
static struct rules running_rules(void)
{
	struct rules_probe p;
	struct error why;

	if (rules_probe(&p, &why))
		die("%s", why.text);
	if (p.odd)
		die("experiments ended as by no rules: %#llx",
		    (unsigned long long)p.odd);
	return p.rules;
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
	struct script script;
	struct replay r;

	script_parse(text, &script);
	replay_script(&r, &script, rules);
	if (r.report && print) {
		script_print(&script, "#>   ", stdout);
		printf("%s", r.report);
	}
	free(r.report);
	return !r.report;
}

FIXTURE(model)
{
	struct script script; /* of the world that is tried */
	struct rules rules; /* of the running kernel */
};

FIXTURE_SETUP(model)
{
	own_namespace(MS_PRIVATE);
	self->rules = running_rules();
}

FIXTURE_TEARDOWN(model)
{
}

TEST_F_TIMEOUT(model, predicts_the_kernel, 36000)
{
	uint64_t ops = number_from("MNTPROP_DIFF_OPS", DEFAULT_OPS);
	uint64_t seed = number_from("MNTPROP_DIFF_SEED", DEFAULT_SEED);
	const char *flip = getenv("MNTPROP_DIFF_FLIP");
	uint64_t done = 0, worlds = 0;
	int differences = 0, type;

	if (flip && *flip)
		self->rules = flipped(self->rules, flip);
	for (; done < ops && differences < 3; seed++) {
		struct replay r;

		done += run_random(&r, &self->script, seed, ops - done,
				   &self->rules);
		worlds++;
		if (!r.report)
			continue;
		differences++;
		explain(&self->script, r.report, seed, &self->rules);
	}
	TH_LOG("%llu operations in %llu worlds, %d differences",
	       (unsigned long long)done, (unsigned long long)worlds,
	       differences);
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

	rules_for(other, &rules);
	for (seed = DEFAULT_SEED; !r.report && done < DEFAULT_OPS; seed++)
		done += run_random(&r, &self->script, seed, DEFAULT_OPS,
				   &rules);
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

	for (i = 0; i < nr_rules; i++) {
		if (!rule_is_again(i))
			provoke(_metadata, rule_table[i].name, &self->rules);
	}
}

TEST_F_TIMEOUT(model, falls_into_no_pit, 1500)
{
	size_t i;

	/* EXPECT_TRUE() and what follows it are two statements. */
	for (i = 0; i < nr_pitfalls; i++) {
		EXPECT_TRUE(comes_true(pitfalls[i].script, &self->rules, true))
		{
			TH_LOG("%s", pitfalls[i].wrong);
		}
	}
}

TEST_HARNESS_MAIN
