// SPDX-License-Identifier: GPL-2.0-only
/* mntprop graph: a picture of what propagates where */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "file.h"
#include "picture.h"

enum kind { KIND_SVG, KIND_HTML, KIND_PNG, KIND_DOT, NR_KINDS };

static const char *const names[NR_KINDS] = { "svg", "html", "png", "dot" };

static enum kind find_kind(const char *name, const char *said)
{
	size_t i;

	for (i = 0; i < NR_KINDS; i++) {
		if (name && !strcmp(name, names[i]))
			return i;
	}
	fatal("%s: neither svg, html, png nor dot; give one with --format",
	      said);
}

/* As --format says, or else the end of the file's name. */
static enum kind choose_kind(const struct options *o)
{
	const char *dot;

	if (o->picture)
		return find_kind(o->picture, o->picture);
	if (!o->output || !strcmp(o->output, "-"))
		return KIND_SVG;
	dot = strrchr(o->output, '.');
	return find_kind(dot ? dot + 1 : NULL, o->output);
}

/* What is to be written, of @len bytes. */
static char *draw(const struct picture *p, enum kind wanted, size_t *len)
{
	char *dot = picture_dot(p), *out, *page;

	if (wanted == KIND_DOT) {
		*len = strlen(dot);
		return dot;
	}
	out = graphviz_run(dot, wanted == KIND_PNG ? "png" : "svg", len);
	free(dot);
	if (wanted == KIND_PNG)
		return out;
	out = svg_finish(out, len);
	if (wanted == KIND_SVG)
		return out;
	page = picture_html(p, out, len);
	free(out);
	return page;
}

static void write_picture(const struct options *o, const struct picture *p)
{
	struct error err;
	size_t len;
	char *out = draw(p, choose_kind(o), &len);

	/* Who may not read the kernel's may not see it painted. */
	if (file_write(o->output ? o->output : "-", out, len, 0600, &err))
		fatal("%s", err.text);
	free(out);
}

static void check_options(const struct options *o, enum kind kind)
{
	if (o->predict && o->why)
		fatal("--predict and --why exclude each other; give one of them");
	if (o->why && !o->to)
		fatal("--why: give --to WHO, too; see mntprop graph --help");
	if (kind == KIND_PNG && !o->output && isatty(STDOUT_FILENO))
		fatal("png: not for a terminal; give -o FILE");
}

static int run(const struct options *o)
{
	struct question question;
	struct snapshot *s;
	struct picture picture;
	struct scope scope;
	size_t nr;

	check_options(o, choose_kind(o));
	/* A picture shows what there is; an answer is of all that there is. */
	s = o->predict || o->why ? command_load_complete(o) : command_load(o);
	question_make(&question, s, o);
	scope_choose(&scope, s, o, &question);
	nr = scope.nr_mounts;
	if (nr) {
		picture_make(&picture, &scope, &question);
		if (scope.left_out)
			warning("too many that are unlike: %zu namespaces are not drawn; %s",
				scope.left_out,
				"PATH, --task or --group leave others out");
		write_picture(o, &picture);
		picture_free(&picture);
	} else {
		warning("nothing propagates there from one mount namespace to another; %s",
			"--all draws all mounts");
	}
	scope_free(&scope);
	question_free(&question);
	snapshot_free(s);
	return nr ? EXIT_YES : EXIT_NO;
}

const struct command graph_command = {
	.name = "graph",
	.args = "[PATH]",
	.max_args = 1,
	.options = "adfFgNOsty",
	.by_rules = true,
	.what = "Draw what propagates where, as SVG, HTML, PNG or in Graphviz's language",
	.run = run,
};
