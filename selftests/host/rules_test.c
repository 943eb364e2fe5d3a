// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rules are found out from the outcomes of experiments.  Here the model tells the
 * outcomes, by rules that are those of no kernel, too.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compiler.h"
#include "provocations.h"
#include "rules_probe.h"
#include "trial.h"

static const char *const releases[] = { "5.10.0", "6.1.0", "6.8.0", "6.12.0",
					"6.17.0", "7.1.0", "7.2.0", "7.3.0" };

#define MAX_PROVOCATIONS 64

static void expect(bool holds, const char *fmt, ...) __printf(2, 3);
static void expect(bool holds, const char *fmt, ...)
{
	va_list ap;

	if (holds)
		return;
	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	CHECK(false);
}

static void outcomes_of(const struct rules *rules, char **outcomes)
{
	struct script script;
	struct error err;
	size_t i, len;
	FILE *f;

	for (i = 0; i < nr_provocations; i++) {
		f = open_memstream(&outcomes[i], &len);
		script_parse(provocations[i].script, &script);
		expect(f && !trial_by_model(&script, rules, f, &err),
		       "provocation %zu: %s", i, err.text);
		fclose(f);
	}
}

static void forget(char **outcomes)
{
	size_t i;

	for (i = 0; i < nr_provocations; i++)
		free(outcomes[i]);
}

/* Begins with the rules of @assumed. */
static struct rules_probe explained(const char *assumed, char **outcomes)
{
	struct rules_probe p = {};

	rules_for(assumed, &p.rules);
	expect(!rules_explain(&p, (const char *const *)outcomes), "memory");
	return p;
}

static bool is_invisible(const struct rule *rule)
{
	return !(rules_decidable() & rule_mask(rule));
}

static void expect_rules(const struct rules *wanted, const char *assumed,
			 const char *what)
{
	char *outcomes[MAX_PROVOCATIONS];
	struct rules_probe p;
	size_t i;

	outcomes_of(wanted, outcomes);
	p = explained(assumed, outcomes);
	expect(!p.odd && p.complete, "%s, from %s: odd %#llx", what, assumed,
	       (unsigned long long)p.odd);
	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];
		rules_mask mask = rule_mask(rule);

		if (is_invisible(rule)) {
			expect(!((p.probed | p.idle) & mask), "%s", rule->name);
			continue;
		}
		expect((p.probed | p.idle) & mask,
		       "%s, from %s: %s not decided", what, assumed,
		       rule->name);
		expect(p.idle & mask || rules_get(&p.rules, rule) ==
						rules_get(wanted, rule),
		       "%s, from %s: %s is wrong", what, assumed, rule->name);
	}
	forget(outcomes);
}

/* The release that is assumed has nothing to say. */
static void each_release_from_each(void)
{
	struct rules rules;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(releases); i++) {
		rules_for(releases[i], &rules);
		for (j = 0; j < ARRAY_SIZE(releases); j++)
			expect_rules(&rules, releases[j], releases[i]);
	}
}

/* As by a backport, or a patch of somebody's own. */
static void each_rule_alone(void)
{
	char what[80];
	struct rules rules;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(releases); i++) {
		for (j = 0; j < nr_rules; j++) {
			const struct rule *rule = &rule_table[j];

			if (is_invisible(rule))
				continue;
			rules_for(releases[i], &rules);
			rules_set(&rules, rule, !rules_get(&rules, rule));
			snprintf(what, sizeof(what), "%s without its %s",
				 releases[i], rule->name);
			expect_rules(&rules, releases[i], what);
		}
	}
}

static void who_is_newest(void)
{
	expect(rules_are_newest("7.3.4-amd64"), "7.3.4");
	expect(rules_are_newest("7.4.0-rc1"), "7.4.0-rc1");
	expect(rules_are_newest("linux-next"), "linux-next");
	expect(!rules_are_newest("7.3.0-rc7+"), "7.3.0-rc7+");
	expect(!rules_are_newest("7.2.12"), "7.2.12");
	expect(!rules_are_newest("6.1.0-57-cloud-amd64"), "6.1");
}

static void by_no_rules(void)
{
	char *outcomes[MAX_PROVOCATIONS];
	struct rules_probe p;
	struct rules rules;
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		const struct rule *rule = rule_named(provocations[i].rule);

		rules_for("7.3.0", &rules);
		outcomes_of(&rules, outcomes);
		outcomes[i][0] = '?';
		p = explained("7.3.0", outcomes);
		expect(p.odd == rule_mask(rule) && !p.complete, "%s: odd %#llx",
		       rule->name, (unsigned long long)p.odd);
		expect(!memcmp(&p.rules, &rules, sizeof(rules)),
		       "%s: not as assumed", rule->name);
		forget(outcomes);
	}
}

/* As where no user namespace can be made. */
static void not_tried(void)
{
	char *outcomes[MAX_PROVOCATIONS];
	struct rules_probe p;
	struct rules rules;
	size_t i;

	rules_for("7.3.0", &rules);
	outcomes_of(&rules, outcomes);
	for (i = 0; i < nr_provocations; i++)
		outcomes[i][0] = 0;
	p = explained("6.1.0", outcomes);
	rules_for("6.1.0", &rules);
	expect(!p.probed && !p.odd && !p.idle && !p.complete,
	       "something was found out");
	expect(!memcmp(&p.rules, &rules, sizeof(rules)), "not as assumed");
	forget(outcomes);
}

static const struct check_test tests[] = {
	{ "each release from each", each_release_from_each },
	{ "each rule alone", each_rule_alone },
	{ "who is newest", who_is_newest },
	{ "by no rules", by_no_rules },
	{ "not tried", not_tried },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
