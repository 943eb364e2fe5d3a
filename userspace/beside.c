// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop tree --to: the mounts of two namespaces side by side, each on one line
 * with that which gets what is mounted on it, or would have to.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "beside.h"
#include "command.h"
#include "who.h"

enum {
	TARGET,
	PROPAGATION,
	LINK,
	TO,
	TO_PROPAGATION,
	REASON,
	ID,
	TO_ID,
};

const struct column beside_columns[] = {
	[TARGET] = { "TARGET", COLUMN_TREE,
		     "path from the root of the namespace" },
	[PROPAGATION] = { "PROPAGATION", COLUMN_PROPAGATION,
			  "shared:GROUP, master:GROUP, private, unbindable" },
	[LINK] = { "LINK", COLUMN_TEXT,
		   "to the other: peer, slave, master (which it is), or cut" },
	[TO] = { "TO", COLUMN_LONG, "path of the mount there" },
	[TO_PROPAGATION] = { "TO-PROPAGATION", COLUMN_PROPAGATION,
			     "of that one" },
	[REASON] = { "REASON", COLUMN_LONG, "why nothing passes" },
	[ID] = { "ID", COLUMN_NUMBER, "mount id, as in mountinfo" },
	[TO_ID] = { "TO-ID", COLUMN_NUMBER, "that of the other" },
	{}
};

#define DEFAULTS "TARGET,PROPAGATION,LINK,TO,TO-PROPAGATION,REASON"

enum link {
	LINK_NONE,
	LINK_PEER,
	LINK_SLAVE,
	LINK_MASTER,
	LINK_CUT,
};

static const struct {
	const char *word, *drawn, *ascii;
} links[] = {
	[LINK_NONE] = { "", "", "" },
	[LINK_PEER] = { "peer", "═══", "===" },
	[LINK_SLAVE] = { "slave", "──▶", "-->" },
	[LINK_MASTER] = { "master", "◀──", "<--" },
	[LINK_CUT] = { "cut", "─╳─", "-X-" },
};

/* A line: a mount here and one there, either may be missing. */
struct line {
	const struct beside *b;
	const struct mount *here, *there;
	enum link link;
	const char *where, *reason; /* it is cut */
	bool hidden; /* what arrives there */
};

struct beside {
	const struct options *o;
	const struct snapshot *s;
	struct acting acting;
	const struct mnt_namespace *to;
	struct location path;
	char *top; /* the path from the root of the namespace */
	bool *linked; /* by index of the mount there */
	struct table_row **rows; /* by index of the mount here */
	struct table *t;
};

static void add_type(struct text *out, const struct mount *m)
{
	char buf[64];

	if (m)
		text_add(out, "%s", mount_propagation(m, buf, sizeof(buf)));
}

static void add_link(struct text *out, const struct line *line)
{
	const struct options *o = line->b->o;

	if (o->format != FORMAT_TABLE)
		text_add(out, "%s", links[line->link].word);
	else if (table_is_ascii(o))
		text_add(out, "%s", links[line->link].ascii);
	else
		text_add(out, "%s", links[line->link].drawn);
}

static void cell(struct text *out, int column, const void *item)
{
	const struct line *line = item;

	switch (column) {
	case TARGET:
		if (line->here)
			text_add(out, "%s", line->here->path);
		break;
	case PROPAGATION:
		add_type(out, line->here);
		break;
	case LINK:
		add_link(out, line);
		break;
	case TO:
		if (line->there)
			text_add(out, "%s", line->there->path);
		break;
	case TO_PROPAGATION:
		add_type(out, line->there);
		break;
	case REASON:
		if (line->reason)
			text_add(out, "%s %s", line->where, line->reason);
		else if (line->hidden)
			text_add(out, "arrives hidden there");
		break;
	case ID:
		if (line->here)
			text_add(out, "%d", line->here->id);
		break;
	case TO_ID:
		if (line->there)
			text_add(out, "%d", line->there->id);
		break;
	}
}

/* That of the slave to its master: it is broken the other way only. */
static bool gets(const struct explanation *e)
{
	return (e->broken == BROKEN_SLAVE || e->broken == BROKEN_USER_NS) &&
	       e->at == e->source;
}

static void set_link(struct line *line, const struct explanation *e,
		     const struct location *at)
{
	if (e->yes) {
		line->there = e->target;
		line->link = e->target->group && e->target->group ==
							 at->mnt->group ?
				     LINK_PEER :
				     LINK_SLAVE;
		line->hidden = e->hidden;
	} else if (answer_is_cut(e, at)) {
		line->there = e->target;
		line->link = gets(e) ? LINK_MASTER : LINK_CUT;
		line->where = e->at == e->source ? "this" : "that";
		line->reason = answer_words(e->broken);
	}
}

static struct table_row *add_row(struct beside *b, struct table_row *parent,
				 const struct line *line)
{
	struct table_row *row = table_row(b->t, parent, line);

	if (line->link == LINK_CUT)
		table_color_cell(row, LINK, COLOR_CUT);
	return row;
}

static void add_here(struct beside *b, const struct location *at)
{
	struct line line = { .b = b, .here = at->mnt };
	struct table_row *parent = NULL;
	struct explanation e;

	if (explain(&e, b->s, at, b->to, NULL))
		out_of_memory();
	set_link(&line, &e, at);
	if (line.there)
		b->linked[line.there - b->s->mounts] = true;
	if (at->mnt->parent)
		parent = b->rows[at->mnt->parent - b->s->mounts];
	b->rows[at->mnt - b->s->mounts] = add_row(b, parent, &line);
	explain_free(&e);
}

/* At the path and below it; first what covers it, if that begins above. */
static void add_all_here(struct beside *b)
{
	const struct mnt_namespace *ns = b->acting.ns;
	const struct mount *m;

	if (!path_below(b->path.mnt->path, b->top))
		add_here(b, &b->path);
	for (m = ns->root; m; m = next_mnt(m, ns->root)) {
		struct location root = { .mnt = (struct mount *)m,
					 .within = (char *)"/" };

		if (path_below(m->path, b->top))
			add_here(b, &root);
	}
}

static void add_others_there(struct beside *b)
{
	const struct mount *m;

	for (m = b->to->root; m; m = next_mnt(m, b->to->root)) {
		struct line line = { .b = b, .there = m };

		if (!path_below(m->path, b->top) || b->linked[m - b->s->mounts])
			continue;
		add_row(b, NULL, &line);
	}
}

static void set_title(struct beside *b)
{
	struct text title = {};

	who_add_namespace(&title, b->acting.ns);
	text_add(&title, ", beside it ");
	who_add_namespace(&title, b->to);
	if (b->o->format == FORMAT_TABLE)
		table_title(b->t, title.data);
	text_free(&title);
}

int beside_run(const struct options *o)
{
	struct snapshot *s;
	struct beside b = { .o = o };

	if (o->all || who_is_none(o))
		fatal("--to: of one namespace to another; leave out --all and none");
	s = command_load(o);
	b.s = s;
	acting_open(&b.acting, s, o, o->who);
	b.to = who_named(s, o, o->to);
	if (b.to == b.acting.ns)
		fatal("--to %s: that is the namespace itself; name another one",
		      o->to);
	b.path = acting_lookup(&b.acting, o->nr_args ? o->args[0] : "/");
	b.top = location_path(&b.path);
	b.linked = calloc(s->nr_mounts + 1, sizeof(*b.linked));
	b.rows = calloc(s->nr_mounts + 1, sizeof(struct table_row *));
	if (!b.top || !b.linked || !b.rows)
		out_of_memory();
	b.t = table_new(o, "mounts", DEFAULTS, cell);
	set_title(&b);
	add_all_here(&b);
	add_others_there(&b);
	table_print(b.t);
	table_free(b.t);
	free(b.rows);
	free(b.linked);
	free(b.top);
	location_free(&b.path);
	acting_close(&b.acting);
	snapshot_free(s);
	return EXIT_YES;
}
