// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which rules explain how the experiments ended is found out by the model: beginning with
 * what is assumed, each rule is set to what its own experiments say, and then turned into
 * its opposite if more outcomes are explained by that.
 */
#include <stdlib.h>
#include <string.h>

#include "provocations.h"
#include "rules_probe.h"
#include "trial.h"

/* How often all rules are gone through. */
#define MAX_ROUNDS 8

/* What the model says of the provocation; NULL without memory. */
static char *predicted(const struct provocation *p, const struct rules *rules)
{
	struct script script;
	struct error why;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (!f)
		return NULL;
	script_parse(p->script, &script);
	rc = trial_by_model(&script, rules, f, &why);
	if (fclose(f) || rc) {
		free(text);
		return NULL;
	}
	return text;
}

/* Whether the model ends the provocation as the kernel did; -1: no memory. */
static int is_explained(const struct provocation *p, const char *outcome,
			const struct rules *rules)
{
	char *text = predicted(p, rules);
	int same = text ? !strcmp(text, outcome) : -1;

	free(text);
	return same;
}

/* How many outcomes the rules do not explain; -1: no memory. */
static int count_odd(const struct rules *rules, const char *const *outcomes)
{
	int n = 0, same;
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		if (!outcomes[i][0])
			continue;
		same = is_explained(&provocations[i], outcomes[i], rules);
		if (same < 0)
			return -1;
		n += !same;
	}
	return n;
}

/* The best of what is near: the rules, and how many outcomes they do not explain. */
struct best {
	struct rules rules;
	int odd;
};

static int try_rules(struct best *best, const struct rules *rules,
		     const char *const *outcomes)
{
	int odd = count_odd(rules, outcomes);

	if (odd < 0)
		return -1;
	if (odd < best->odd)
		*best = (struct best){ *rules, odd };
	return 0;
}

static void flip(struct rules *rules, size_t member)
{
	bool *values = (bool *)rules;

	values[member] = !values[member];
}

/* Turns each rule, and each pair of them, into its opposite. */
static int try_flips(struct best *best, const char *const *outcomes)
{
	const struct rules begin = best->rules;
	size_t i, j;

	for (i = 0; i < sizeof(struct rules); i++) {
		for (j = i; j < sizeof(struct rules); j++) {
			struct rules rules = begin;

			flip(&rules, i);
			if (j != i)
				flip(&rules, j);
			if (try_rules(best, &rules, outcomes))
				return -1;
		}
	}
	return 0;
}

/*
 * Sets each rule to what its own experiments say while the others are as they are.
 * Returns how many rules changed, -1: no memory.
 */
static int set_each(struct rules *rules, const char *const *outcomes)
{
	int changes = 0, as_is, flipped;
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		const struct provocation *shows = &provocations[i];
		const struct rule *rule = rule_named(shows->rule);
		struct rules opposite = *rules;

		if (!outcomes[i][0])
			continue;
		flip(&opposite, rule->member);
		as_is = is_explained(shows, outcomes[i], rules);
		flipped = is_explained(shows, outcomes[i], &opposite);
		if (as_is < 0 || flipped < 0)
			return -1;
		if (!as_is && flipped) {
			*rules = opposite;
			changes++;
		}
	}
	return changes;
}

/* Until nothing changes; then as long as some rule, or two together, explain more. */
static int find_rules(struct rules *rules, const char *const *outcomes)
{
	struct best best;
	int before, changes = 1, round;

	for (round = 0; changes && round < MAX_ROUNDS; round++) {
		changes = set_each(rules, outcomes);
		if (changes < 0)
			return -1;
	}
	best = (struct best){ *rules, count_odd(rules, outcomes) };
	do {
		before = best.odd;
		if (before < 0 || (before && try_flips(&best, outcomes)))
			return -1;
	} while (best.odd < before);
	*rules = best.rules;
	return 0;
}

/* A rule is proven where an outcome is explained by it and not by its opposite. */
static int note_proof(struct rules_probe *p, const struct provocation *shows,
		      const char *outcome)
{
	const struct rule *rule = rule_named(shows->rule);
	struct rules opposite = p->rules;
	int with, without;

	if (!outcome[0])
		return 0;
	flip(&opposite, rule->member);
	with = is_explained(shows, outcome, &p->rules);
	without = is_explained(shows, outcome, &opposite);
	if (with < 0 || without < 0)
		return -1;
	if (!with)
		p->odd |= rule_mask(rule);
	else if (!without)
		p->probed |= rule_mask(rule);
	return 0;
}

/* Not if what it needs is known not to hold. */
static bool has_effect(const struct rules_probe *p,
		       const struct provocation *shows)
{
	const struct rule *needed;
	rules_mask mask;

	if (!shows->needs)
		return true;
	needed = rule_named(shows->needs);
	mask = rule_mask(needed);
	if (p->idle & mask)
		return false;
	return rules_get(&p->rules, needed) || !(p->probed & ~p->odd & mask);
}

/*
 * Rules of which all experiments need another rule, which does not hold or is of no
 * effect itself.
 */
static void note_idle(struct rules_probe *p, const char *const *outcomes)
{
	rules_mask before, idle, effective;
	size_t i;

	do {
		before = p->idle;
		idle = 0;
		effective = p->probed | p->odd;
		for (i = 0; i < nr_provocations; i++) {
			const struct provocation *shows = &provocations[i];
			rules_mask mask = rule_mask(rule_named(shows->rule));

			if (outcomes[i][0] && !has_effect(p, shows))
				idle |= mask;
			else
				effective |= mask;
		}
		p->idle = idle & ~effective;
	} while (p->idle != before);
}

/* What nothing shows is as it was assumed. */
static void restore_others(struct rules_probe *p, const struct rules *assumed)
{
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if (!(p->probed & ~p->odd & rule_mask(rule)))
			rules_set(&p->rules, rule, rules_get(assumed, rule));
	}
}

int rules_explain(struct rules_probe *p, const char *const *outcomes)
{
	const struct rules assumed = p->rules;
	size_t i;

	if (find_rules(&p->rules, outcomes))
		return -1;
	p->complete = true;
	for (i = 0; i < nr_provocations; i++) {
		if (note_proof(p, &provocations[i], outcomes[i]))
			return -1;
		p->complete = p->complete && outcomes[i][0];
	}
	p->complete = p->complete && !p->odd;
	note_idle(p, outcomes);
	restore_others(p, &assumed);
	return 0;
}
