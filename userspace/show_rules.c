// SPDX-License-Identifier: GPL-2.0-only
/* mntprop rules: what the answers take for granted about this kernel */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "command.h"
#include "kernel_rules.h"

enum {
	RULE,
	HOLDS,
	FROM,
	WHAT,
	HISTORY,
};

/* clang-format off */
static const struct column columns[] = {
	[RULE] = { "RULE", COLUMN_TEXT, "name of the rule" },
	[HOLDS] = { "HOLDS", COLUMN_BOOL, "whether it does" },
	[FROM] = { "FROM", COLUMN_TEXT,
		   "probed by an experiment, assumed from the release, idle or odd" },
	[WHAT] = { "WHAT", COLUMN_LONG, "what it says" },
	[HISTORY] = { "HISTORY", COLUMN_LONG, "which kernels it is from" },
	{}
};

/* clang-format on */

#define DEFAULTS "RULE,HOLDS,FROM,WHAT"

struct line {
	const struct rule *rule;
	bool holds;
	const char *from;
};

static void cell(struct text *out, int column, const void *item)
{
	const struct line *line = item;

	switch (column) {
	case RULE:
		text_add(out, "%s", line->rule->name);
		break;
	case HOLDS:
		text_add(out, "%s", line->holds ? "1" : "0");
		break;
	case FROM:
		text_add(out, "%s", line->from);
		break;
	case WHAT:
		text_add(out, "%s", line->rule->what);
		break;
	case HISTORY:
		text_add(out, "%s", line->rule->source);
		break;
	}
}

static void of_file(struct rules_probe *p, const struct options *o)
{
	struct snapshot *s = command_load(o);

	rules_of(s, &p->rules);
	p->probed = s->rules_probed;
	p->idle = s->rules_idle;
	p->odd = s->rules_odd;
	snapshot_free(s);
}

static void of_kernel(struct rules_probe *p)
{
	struct utsname uts;
	struct error why;

	if (kernel_rules(p, true, &why))
		warning("rules assumed from %s: %s",
			uname(&uts) ? "the newest kernel" : uts.release,
			why.text);
}

/* The script on one line. */
static void add_script(struct text *out, const char *script)
{
	size_t len;

	for (; *script; script += len + !!script[len]) {
		len = strcspn(script, "\n");
		text_add(out, "%.*s%s", (int)len, script,
			 script[len] && script[len + 1] ? "; " : "");
	}
}

static void warn_of_odd(const struct rules_probe *p)
{
	struct text script = {};
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if (!(p->odd & rule_mask(rule)))
			continue;
		text_clear(&script);
		add_script(&script, rules_probe_script(rule->name));
		warning("this kernel is none that mntprop knows: %s? %s",
			rule->what, script.data);
	}
	text_free(&script);
}

static int run(const struct options *o)
{
	struct table *t = table_new(o, "rules", DEFAULTS, cell);
	struct rules_probe p = {};
	size_t i;

	if (o->file)
		of_file(&p, o);
	else
		of_kernel(&p);
	for (i = 0; i < nr_rules; i++) {
		struct line line = {
			.rule = &rule_table[i],
			.holds = rules_get(&p.rules, &rule_table[i]),
			.from = rule_origin(&p, &rule_table[i]),
		};

		if (!rule_is_again(i))
			table_row(t, NULL, &line);
	}
	table_print(t);
	table_free(t);
	warn_of_odd(&p);
	return p.odd ? EXIT_NO : EXIT_YES;
}

const struct command rules_command = {
	.name = "rules",
	.args = "",
	.options = "AcFJnoPr",
	.columns = columns,
	.what = "Find out by experiments what this kernel's mount operations do",
	.more = "Mount operations are tried in a namespace of their own; no module is needed.\n"
		"Fails (1) if the kernel does what no rules explain.\n",
	.run = run,
};
