// SPDX-License-Identifier: GPL-2.0-only
/* mntprop save: keep a snapshot */
#include <stdlib.h>

#include "../debugfs/format.h"
#include "cgroup.h"
#include "command.h"
#include "escape.h"
#include "file.h"
#include "kernel_rules.h"

/* The records that only we can add: neither tasks nor kernel will be there later. */
static void add_records(const struct snapshot *s,
			const struct rules_probe *rules, char **text,
			size_t *len)
{
	char *all = NULL;
	size_t all_len, i;
	FILE *f = open_memstream(&all, &all_len);

	if (!f)
		out_of_memory();
	fwrite(*text, 1, *len, f);
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		if (!ns->cgroup)
			continue;
		fprintf(f, "%s %s=%u %s=%d %s=", MNTPROP_REC_CGROUP,
			MNTPROP_F_NS, ns->nr, MNTPROP_F_PID, ns->pid,
			MNTPROP_F_PATH);
		escape_write(f, ns->cgroup);
		fputc('\n', f);
	}
	kernel_rules_write(rules, f);
	if (fclose(f))
		out_of_memory();
	free(*text);
	*text = all;
	*len = all_len;
}

static int run(const struct options *o)
{
	const char *file = o->args[0];
	const char *name = o->source ? "/proc" : "snapshot";
	struct snapshot *s;
	size_t len;
	char *text;
	struct rules_probe rules;
	struct error err;

	if (!o->file)
		command_find_rules(&rules);
	command_read(o, &text, &len);
	s = snapshot_parse(text, len, o->file ? o->file : name, &err);
	if (!s || (!o->file && cgroup_read(s, &err)))
		fatal("%s", err.text);
	command_warn(s);
	if (!o->file)
		add_records(s, &rules, &text, &len);
	/* Who may not read the kernel's may not read a copy of it. */
	if (file_write(file, text, len, 0600, &err))
		fatal("%s", err.text);
	free(text);
	snapshot_free(s);
	return EXIT_YES;
}

const struct command save_command = {
	.name = "save",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = "Fs",
	.what = "Keep a snapshot in FILE (- is stdout), with the containers known now",
	.run = run,
};
