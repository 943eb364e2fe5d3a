// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "colors.h"
#include "event.h"
#include "who.h"

#define NS_PER_S 1000000000ULL

static const char *const names[] = {
	[NAMESPACE_CAME] = "came",	 [NAMESPACE_WENT] = "went",
	[MOUNT_CREATED] = "created",	 [MOUNT_MOUNTED] = "mounted",
	[MOUNT_MOVED] = "moved",	 [MOUNT_REPARENTED] = "reparented",
	[MOUNT_RENAMED] = "renamed",	 [MOUNT_BECAME] = "became",
	[MOUNT_REGROUPED] = "regrouped", [MOUNT_REMOUNTED] = "remounted",
	[MOUNT_UNMOUNTED] = "unmounted", [MOUNT_FREED] = "freed",
};

static enum color color_of(enum change_kind kind)
{
	switch (kind) {
	case NAMESPACE_CAME:
	case MOUNT_CREATED:
	case MOUNT_MOUNTED:
		return COLOR_ADDED;
	case NAMESPACE_WENT:
	case MOUNT_UNMOUNTED:
	case MOUNT_FREED:
		return COLOR_REMOVED;
	default:
		return COLOR_CHANGED;
	}
}

static void add_time(struct text *out, const struct snapshot *s)
{
	time_t seconds = s->wall / NS_PER_S;
	char text[64] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%F %T", &tm);
	text_add(out, "%s.%03u ", text,
		 (unsigned int)(s->wall % NS_PER_S / 1000000));
}

/* The start of a line, before what it is about. */
static void add_start(struct text *out, const struct snapshot *s,
		      const char *name, enum color color)
{
	add_time(out, s);
	text_add(out, "%s%-10s%s ", color_start(STDOUT_FILENO, color), name,
		 color_end(STDOUT_FILENO, color));
}

static void add_options(struct text *out, const struct mount *m)
{
	size_t i;

	text_add(out, has_word(m->flags, "ro") ? "ro" : "rw");
	for (i = 1; i < NR_MOUNT_OPTIONS; i++) {
		if (has_word(m->flags, mount_options[i]))
			text_add(out, ",%s", mount_options[i]);
	}
}

static void add_propagation(struct text *out, const struct mount *m)
{
	char buf[64];

	text_add(out, "%s", mount_propagation(m, buf, sizeof(buf)));
}

/* What has changed of a mount, as it is in one of the snapshots. */
static void add_state(struct text *out, enum change_kind kind,
		      const struct mount *m)
{
	switch (kind) {
	case MOUNT_MOVED:
	case MOUNT_RENAMED:
		text_add(out, "%s", m->path);
		break;
	case MOUNT_REPARENTED:
		text_add(out, "%d", m->parent_id);
		break;
	case MOUNT_BECAME:
	case MOUNT_REGROUPED:
		add_propagation(out, m);
		break;
	case MOUNT_REMOUNTED:
		add_options(out, m);
		break;
	default:
		break;
	}
}

static void add_mount(struct text *out, const struct change *c)
{
	const struct mount *m = c->is ? c->is : c->was;

	/* where it was says more than where it is not */
	who_add_mount(out, c->kind == MOUNT_UNMOUNTED ? c->was : m);
	switch (c->kind) {
	case MOUNT_MOVED:
	case MOUNT_RENAMED:
		text_add(out, " from ");
		add_state(out, c->kind, c->was);
		break;
	case MOUNT_REPARENTED:
		text_add(out, " from parent ");
		add_state(out, c->kind, c->was);
		text_add(out, " to ");
		add_state(out, c->kind, c->is);
		break;
	case MOUNT_BECAME:
	case MOUNT_REGROUPED:
	case MOUNT_REMOUNTED:
		text_add(out, " ");
		add_state(out, c->kind, c->is);
		text_add(out, ", was ");
		add_state(out, c->kind, c->was);
		break;
	default:
		text_add(out, m->source ? " " : "");
		who_add_source(out, m);
		text_add(out, " %s ", m->type);
		add_propagation(out, c->kind == MOUNT_UNMOUNTED ? c->was : m);
		if (c->kind == MOUNT_UNMOUNTED && c->is)
			text_add(out, ", still in use");
		break;
	}
}

static void add_ns(struct text *out, const struct change *c)
{
	text_add(out, "namespace ");
	who_add_ns(out, c->ns);
	text_add(out, "(");
	who_add_owner(out, c->ns);
	text_add(out, ") with %zu mounts", c->ns->nr_mounts);
}

static void add_line(struct text *out, const struct change *c,
		     const struct snapshot *after)
{
	struct text text = { .encode = true };

	if (c->is || c->was)
		add_mount(&text, c);
	else
		add_ns(&text, c);
	add_start(out, after, names[c->kind], color_of(c->kind));
	text_add(out, "%s\n", text.data);
	text_free(&text);
}

/* @text is printable: what is left are the characters that JSON itself uses. */
static void add_string(struct text *out, const char *s)
{
	size_t len;

	text_add(out, "\"");
	for (; *s; s += len) {
		len = strcspn(s, "\"\\");
		if (len) {
			text_add(out, "%.*s", (int)len, s);
			continue;
		}
		len = 1;
		text_add(out, "\\%c", *s);
	}
	text_add(out, "\"");
}

static void add_json_number(struct text *out, const char *name, uint64_t number)
{
	text_add(out, ",\"%s\":%llu", name, (unsigned long long)number);
}

/* Prints what has been put into @text, and empties it. */
static void add_json_text(struct text *out, const char *name, struct text *text)
{
	text_add(out, ",\"%s\":", name);
	add_string(out, text->len ? text->data : "");
	text_clear(text);
}

static void add_json_seconds(struct text *out, const char *name, uint64_t ns)
{
	text_add(out, "\"%s\":%llu.%06llu", name,
		 (unsigned long long)(ns / NS_PER_S),
		 (unsigned long long)(ns % NS_PER_S / 1000));
}

/* Up to the first field that not all events have. */
static void add_json_start(struct text *out, const struct snapshot *before,
			   const struct snapshot *after, const char *event)
{
	text_add(out, "{");
	add_json_seconds(out, "time", after->wall);
	text_add(out, ",");
	add_json_seconds(out, "since", before->wall);
	text_add(out, ",\"event\":\"%s\"", event);
}

static void add_json_ns_fields(struct text *out, const struct mnt_namespace *ns,
			       struct text *text)
{
	if (ns->inum)
		add_json_number(out, "ns", ns->inum);
	if (ns->id)
		add_json_number(out, "ns_id", ns->id);
	who_add_owner(text, ns);
	add_json_text(out, "owner", text);
}

static void add_json_mount_fields(struct text *out, const struct change *c,
				  struct text *text)
{
	const struct mount *m = c->is ? c->is : c->was;
	const struct mount *at = c->kind == MOUNT_UNMOUNTED ? c->was : m;

	text_add(text, "%s", at->path);
	add_json_text(out, "target", text);
	add_json_number(out, "id", m->id);
	if (m->unique)
		add_json_number(out, "unique", m->unique);
	who_add_source(text, m);
	add_json_text(out, "source", text);
	text_add(text, "%s", m->type);
	add_json_text(out, "fstype", text);
	add_propagation(text, at);
	add_json_text(out, "propagation", text);
	if (c->kind == MOUNT_UNMOUNTED)
		text_add(out, ",\"in_use\":%s", c->is ? "true" : "false");
	else if (c->kind == MOUNT_REMOUNTED)
		add_options(text, m);
	if (text->len)
		add_json_text(out, "options", text);
	if (c->was && c->is)
		add_state(text, c->kind, c->was);
	if (text->len)
		add_json_text(out, "before", text);
}

static void add_object(struct text *out, const struct change *c,
		       const struct snapshot *before,
		       const struct snapshot *after)
{
	struct text text = { .encode = true };

	add_json_start(out, before, after, names[c->kind]);
	if (c->ns)
		add_json_ns_fields(out, c->ns, &text);
	if (c->is || c->was)
		add_json_mount_fields(out, c, &text);
	else
		add_json_number(out, "mounts", c->ns->nr_mounts);
	text_add(out, "}\n");
	text_free(&text);
}

void event_add(struct text *out, bool json, const struct snapshot *before,
	       const struct snapshot *after, const struct change *c)
{
	if (json)
		add_object(out, c, before, after);
	else
		add_line(out, c, after);
}

static void add_count(struct text *out, uint64_t n, const char *what)
{
	text_add_number(out, n);
	text_add(out, " %s%s", what, n == 1 ? "" : "s");
}

static void add_gap_line(struct text *out, const struct snapshot *after,
			 const struct gap *gap)
{
	struct text text = { .encode = true, .separator = ", " };
	size_t i;

	if (gap->changes) {
		add_count(&text, gap->changes, "change");
		text_add(&text, " with nothing left to see");
		for (i = 0; i < gap->nr_in; i++) {
			text_add(&text, i ? ", " : " in ");
			who_add_ns(&text, gap->in[i]);
			text_add(&text, "(");
			who_add_owner(&text, gap->in[i]);
			text_add(&text, ")");
		}
	}
	if (gap->mounts) {
		text_next(&text);
		add_count(&text, gap->mounts, "mount");
		text_add(&text, " made and gone");
	}
	if (gap->namespaces) {
		text_next(&text);
		add_count(&text, gap->namespaces, "namespace");
		text_add(&text, " made and gone");
	}
	add_start(out, after, "gap", COLOR_WARNING);
	text_add(out, "at least %s\n", text.data);
	text_free(&text);
}

static void add_gap_object(struct text *out, const struct snapshot *before,
			   const struct snapshot *after, const struct gap *gap)
{
	size_t i;

	add_json_start(out, before, after, "gap");
	add_json_number(out, "changes", gap->changes);
	add_json_number(out, "mounts", gap->mounts);
	add_json_number(out, "namespaces", gap->namespaces);
	text_add(out, ",\"in\":[");
	for (i = 0; i < gap->nr_in; i++)
		text_add(out, "%s%u", i ? "," : "", gap->in[i]->inum);
	text_add(out, "]}\n");
}

void event_add_gap(struct text *out, bool json, const struct snapshot *before,
		   const struct snapshot *after, const struct gap *gap)
{
	if (!gap->changes && !gap->mounts && !gap->namespaces)
		return;
	if (json)
		add_gap_object(out, before, after, gap);
	else
		add_gap_line(out, after, gap);
}
