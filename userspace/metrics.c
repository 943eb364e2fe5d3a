// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop metrics: figures for those who watch many machines, as a page in the
 * OpenMetrics text format, 1.0, which node_exporter's textfile collector reads.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "file.h"
#include "mount_max.h"

#define STATS "/sys/kernel/debug/mntprop/stats"

struct page {
	char *text;
	size_t len;
	FILE *f;
};

/* @unit has to be how the name ends; a number of things has none. */
static void begin(struct page *p, const char *name, const char *unit,
		  const char *help)
{
	fprintf(p->f, "# TYPE mntprop_%s gauge\n", name);
	if (unit)
		fprintf(p->f, "# UNIT mntprop_%s %s\n", name, unit);
	fprintf(p->f, "# HELP mntprop_%s %s\n", name, help);
}

static void add(struct page *p, const char *name, long long n, const char *help)
{
	begin(p, name, NULL, help);
	fprintf(p->f, "mntprop_%s %lld\n", name, n);
}

static void add_seconds(struct page *p, const char *name, uint64_t ns,
			const char *help)
{
	begin(p, name, "seconds", help);
	fprintf(p->f, "mntprop_%s %llu.%09llu\n", name,
		(unsigned long long)ns / 1000000000,
		(unsigned long long)ns % 1000000000);
}

static size_t largest_group(const struct snapshot *s)
{
	size_t i, most = 0;

	for (i = 0; i < s->nr_groups; i++) {
		if (s->groups[i].nr_members > most)
			most = s->groups[i].nr_members;
	}
	return most;
}

/* Masters above a group; @depths of those that are known are not 0 but one more. */
static size_t depth_of(const struct snapshot *s, const struct peer_group *group,
		       size_t *depths)
{
	const struct peer_group *g;
	size_t above = 0, depth;

	for (g = group; g && !depths[g - s->groups]; g = g->master_group)
		above++;
	depth = above + (g ? depths[g - s->groups] : 0);
	for (g = group; g && !depths[g - s->groups]; g = g->master_group)
		depths[g - s->groups] = depth--;
	return depths[group - s->groups] - 1;
}

/* How many masters one after the other an event passes on its way. */
static size_t deepest_chain(const struct snapshot *s)
{
	size_t *depths = calloc(s->nr_groups + 1, sizeof(*depths));
	size_t i, depth, most = 0;

	if (!depths)
		out_of_memory();
	for (i = 0; i < s->nr_groups; i++) {
		depth = depth_of(s, &s->groups[i], depths);
		depth += s->groups[i].nr_slaves > 0;
		if (depth > most)
			most = depth;
	}
	free(depths);
	return most;
}

static size_t hidden_mounts(const struct snapshot *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->nr_mounts; i++)
		n += s->mounts[i].hidden;
	return n;
}

static size_t unmounted_mounts(const struct snapshot *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->nr_unattached; i++)
		n += !strcmp(s->unattached[i]->state, "unmounted");
	return n;
}

static uint64_t largest_namespace(const struct snapshot *s)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (s->namespaces[i].nr_mounts_counted > most)
			most = s->namespaces[i].nr_mounts_counted;
	}
	return most;
}

static void add_snapshot(struct page *p, const struct snapshot *s,
			 const struct options *o)
{
	long long most = largest_namespace(s);
	long long left = (long long)mount_max(o) - most;

	add(p, "complete", s->complete && !s->source,
	    "1: all mounts were seen; 0: the kernel's lists did not end, or /proc was read instead.");
	add(p, "namespaces", s->nr_namespaces,
	    "Mount namespaces; anonymous ones only if complete.");
	add(p, "mounts", s->nr_mounts,
	    "Mounts; those in no namespace only if complete.");
	add(p, "peer_groups", s->nr_groups, "Peer groups of these mounts.");
	add(p, "largest_peer_group_mounts", largest_group(s),
	    "How many of these mounts are in the largest peer group.");
	add(p, "deepest_slave_chain_masters", deepest_chain(s),
	    "Masters among these mounts, one above the other, of the slave that has most.");
	add(p, "hidden_mounts", hidden_mounts(s),
	    "Those of these mounts that no path leads to, as others cover them.");
	/* Of these only the module knows. */
	if (!s->source)
		add(p, "unmounted_mounts", unmounted_mounts(s),
		    "Those of these mounts that are lazily unmounted and still in use.");
	add(p, "largest_namespace_mounts", most,
	    "Mounts in the namespace that has most; those beneath its root only if complete.");
	add(p, "mount_max_headroom_mounts", left,
	    "By how many that is less than fs.mount-max.");
}

/* The value of a line NAME VALUE; the file's layout may change. */
static uint64_t find_stat(const char *text, const char *name)
{
	const char *line = text;
	size_t len = strlen(name);

	while (line) {
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	fatal(STATS ": does not say %s; load the module of this version", name);
}

static void add_stats(struct page *p)
{
	uint64_t last, longest;
	char *raw, *text;
	struct error err;
	size_t len;

	if (file_read(STATS, &raw, &len, &err))
		fatal("%s", err.text);
	text = strndup(raw, len);
	if (!text)
		out_of_memory();
	last = find_stat(text, "last_hold_ns");
	longest = find_stat(text, "longest_hold_ns");
	add_seconds(p, "last_lock_hold_seconds", last,
		    "How long namespace_sem was held by the last snapshot.");
	add_seconds(p, "longest_lock_hold_seconds", longest,
		    "How long at most by one, since the module was loaded.");
	free(raw);
	free(text);
}

static int run(const struct options *o)
{
	struct snapshot *s = command_load(o);
	struct page p = {};
	struct error err;

	p.f = open_memstream(&p.text, &p.len);
	if (!p.f)
		out_of_memory();
	add_snapshot(&p, s, o);
	if (!o->file && !s->source)
		add_stats(&p);
	fprintf(p.f, "# EOF\n");
	if (fclose(p.f))
		out_of_memory();
	/* The collector mostly is not root. */
	if (file_write(o->output ? o->output : "-", p.text, p.len, 0644, &err))
		fatal("%s", err.text);
	free(p.text);
	snapshot_free(s);
	return EXIT_YES;
}

const struct command metrics_command = {
	.name = "metrics",
	.args = "",
	.options = "FOsx",
	.what = "Print figures as an OpenMetrics page, for node_exporter's textfile collector",
	.run = run,
};
