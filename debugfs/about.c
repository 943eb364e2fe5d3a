// SPDX-License-Identifier: GPL-2.0-only
/* Files about the module itself: layout and stats. */
#include <linux/seq_file.h>

#include "../module/kernel.h"
#include "../module/layout.h"
#include "../module/mount.h"
#include "../module/snapshot.h"
#include "files.h"

static u64 layout_lines(const struct mntprop_view *view)
{
	return 1 + NR_FACTS;
}

static void layout_show(struct seq_file *m, const struct mntprop_view *view,
			u64 line)
{
	struct mntprop_layout_line l;

	if (!line--) {
		seq_printf(m, "%s\n", mntprop_btf_source);
		return;
	}
	mntprop_layout_describe(&mntprop_layout, line, &l);
	seq_printf(m, "%-20s ", l.fact);
	if (!l.member)
		seq_puts(m, "absent\n");
	else if (!l.strct)
		seq_printf(m, "%s = %u\n", l.member, value_of(line));
	else
		seq_printf(m, "%s.%s %u %s\n", l.strct, l.member,
			   value_of(line), l.type);
}

static u64 stats_lines(const struct mntprop_view *view)
{
	return 1;
}

static void stats_show(struct seq_file *m, const struct mntprop_view *view,
		       u64 line)
{
	const struct mntprop_stats *stats = &view->stats;

	seq_printf(m, "snapshots %llu\n", stats->taken);
	seq_printf(m, "failed %llu\n", stats->failed);
	seq_printf(m, "last_hold_ns %llu\n", stats->last_hold);
	seq_printf(m, "longest_hold_ns %llu\n", stats->longest_hold);
	seq_printf(m, "retries %llu\n", stats->retries);
	seq_printf(m, "open %u\n", stats->open);
	seq_printf(m, "namespaces %u\n", stats->namespaces);
	seq_printf(m, "mounts %u\n", stats->mounts);
	seq_printf(m, "bytes %zu\n", stats->bytes);
	seq_printf(m, "strings %zu\n", stats->strings);
}

const struct mntprop_file mntprop_file_layout = {
	.name = "layout",
	.lines = layout_lines,
	.show = layout_show,
};

const struct mntprop_file mntprop_file_stats = {
	.name = "stats",
	.lines = stats_lines,
	.show = stats_show,
};
