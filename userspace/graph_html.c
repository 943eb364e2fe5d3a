// SPDX-License-Identifier: GPL-2.0-only
/* A picture as a page that needs nothing else: no network, no script. */
#include <stdlib.h>
#include <string.h>

#include "../debugfs/format.h"
#include "fatal.h"
#include "lookup.h"
#include "picture.h"
#include "who.h"

static const char style[] =
	"body { margin: 1.5em; color: #222; background: #fff; font: 14px DejaVu Sans, Verdana, sans-serif; }\n"
	"svg { max-width: 100%; height: auto; }\n"
	"table { border-collapse: collapse; margin-top: 1em; }\n"
	"th, td { text-align: left; padding: 0.15em 1em 0.15em 0; border-bottom: 1px solid #ddd; }\n"
	"footer { margin-top: 1em; color: #767676; font-size: 12px; }\n"
	"@media print { body { margin: 0; } }\n";

static void put_text(FILE *f, const char *s)
{
	struct text t = { .encode = true };
	const char *c;

	text_add(&t, "%s", s);
	for (c = t.data; c && *c; c++) {
		if (strchr("&<>\"'", *c))
			fprintf(f, "&#%d;", *c);
		else
			fputc(*c, f);
	}
	text_free(&t);
}

/* The pointer on a group, or on one of its mounts or links, shows all of it. */
static void put_highlights(FILE *f, const struct picture *p)
{
	size_t i;

	for (i = 0; i < p->nr_groups; i++) {
		int id = p->groups[i].group->id;

		if (p->groups[i].linked)
			fprintf(f,
				"svg:has(.peers%d:hover) :is(.mount, .new, .edge, .group):not(.peers%d) { opacity: 0.2; }\n",
				id, id);
	}
}

static void put_namespaces(FILE *f, const struct picture *p)
{
	size_t i;

	fprintf(f,
		"<table>\n<tr><th>mount namespace</th><th>number</th><th>root</th><th>tasks</th><th>the same</th></tr>\n");
	for (i = 0; i < p->nr_namespaces; i++) {
		const struct mnt_namespace *ns = p->namespaces[i].ns;
		struct text name = {}, number = {};

		picture_add_name(&name, ns);
		fprintf(f, "<tr><td>");
		put_text(f, name.data);
		fprintf(f, "</td><td>");
		if (ns)
			who_add_ns(&number, ns);
		put_text(f, number.len ? number.data : "");
		fprintf(f, "</td><td>");
		put_text(f, ns && ns->root ? topmost(ns->root)->type : "");
		fprintf(f, "</td><td>");
		if (ns)
			fprintf(f, "%llu", (unsigned long long)ns->tasks);
		fprintf(f, "</td><td>");
		if (p->namespaces[i].count > 1)
			fprintf(f, "+%zu", p->namespaces[i].count - 1);
		fprintf(f, "</td></tr>\n");
		text_free(&name);
		text_free(&number);
	}
	fprintf(f, "</table>\n");
}

static const char *class_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_YES:
		return "yes";
	case VERDICT_HIDDEN:
		return "hidden";
	case VERDICT_NO:
		return "no";
	default:
		return "none";
	}
}

char *picture_html(const struct picture *p, const char *svg, size_t *len)
{
	const char *inside = strstr(svg, "<svg");
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	if (!f)
		out_of_memory();
	if (!inside)
		fatal("dot: made an SVG that is not understood");
	fprintf(f,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
	put_text(f, p->title);
	fprintf(f, "</title>\n<style>\n%s", style);
	put_highlights(f, p);
	fprintf(f, "</style>\n</head>\n<body class=\"%s\">\n%s",
		class_of(p->question->verdict), inside);
	put_namespaces(f, p);
	fprintf(f, "<footer>mntprop " MNTPROP_RELEASE
		   "</footer>\n</body>\n</html>\n");
	if (fclose(f))
		out_of_memory();
	return text;
}
