// SPDX-License-Identifier: GPL-2.0-only
/* A picture in Graphviz's language. */
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "picture.h"
#include "who.h"

/* Verdana has the widths of DejaVu Sans, so that text fits where that is missing. */
#define SANS "DejaVu Sans,Verdana,sans-serif"
#define MONO "DejaVu Sans Mono,Menlo,Consolas,monospace"

/* Points, and those that a character of MONO is wide. */
#define FONT_SIZE 11
#define CHARACTER (0.602 * FONT_SIZE)
#define BOLD_CHARACTER 8.5 /* of a heading, and below it, about that */
#define SMALL_CHARACTER 5.4
#define PADDING 8 /* around the text of a box, and of a badge */
#define BADGE 6
#define LOCK_WIDTH 12
#define INDENT 2 /* characters */
#define TITLE_LINE 110 /* characters */
#define MAX_DEPTH 8 /* that is shown by the indent */

/* Characters of a path that are shown: some of its beginning, more of its end. */
#define PATH_HEAD 14
#define PATH_TAIL 27

/* For those who do not see some colours: far apart in lightness, too, where used
 * with each other; what they say is said by shapes and words as well.
 */
#define GREEN "#007A5A"
#define LIGHT_GREEN "#E3F3EC"
#define RED "#C4320A"
#define INK "#222222"
#define GREY "#767676"
#define LIGHT_GREY "#F6F6F4"
#define FRAME "#BBBBBB"

/* Dark enough for white numbers on them. */
static const char *const hues[] = { "#0067A5", "#A85400", "#8A3FA0",
				    "#6B6B00", "#B0246A", "#4A4AA8" };

static const char *hue_of(const struct picture_group *g)
{
	return g && g->hue ? hues[(g->hue - 1) % ARRAY_SIZE(hues)] : GREY;
}

/* What takes part in the picture, for the legend. */
struct seen {
	bool peers, slaves, groups, masters, privates, unbindable, locked,
		hidden;
	bool same, others, appears, arrives_hidden, cut, goes;
};

struct drawing {
	const struct picture *p;
	FILE *f;
	struct seen seen;
	size_t new_boxes, keys;
};

/* Not of XML, although of Unicode. */
static bool is_noncharacter(const char *s)
{
	return !strncmp(s, "\xef\xbf\xbe", 3) || !strncmp(s, "\xef\xbf\xbf", 3);
}

/*
 * Text for a label that is like HTML.  Backslashes are doubled, as Graphviz has
 * escapes there, too.
 */
static void put_part(FILE *f, const char *s, size_t len)
{
	const char *end = s + len;

	for (; s < end; s++) {
		if (is_noncharacter(s)) {
			fputs("\xef\xbf\xbd", f);
			s += 2;
		} else if (*s == '\\') {
			fputs("&#92;&#92;", f);
		} else if (strchr("&<>\"'", *s)) {
			fprintf(f, "&#%d;", *s);
		} else {
			fputc(*s, f);
		}
	}
}

static void put_markup(FILE *f, const char *s)
{
	put_part(f, s, strlen(s));
}

/* The same of text from elsewhere. */
static void put_text(FILE *f, const char *s)
{
	struct text t = { .encode = true };

	text_add(&t, "%s", s);
	if (t.data)
		put_markup(f, t.data);
	text_free(&t);
}

static void put_number_of(FILE *f, size_t n, const char *one)
{
	fprintf(f, "%zu %s%s", n, one, n == 1 ? "" : "s");
}

static bool is_start(char c)
{
	return (c & 0xc0) != 0x80;
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += is_start(*s);
	return n;
}

static const char *skip(const char *s, size_t n)
{
	for (; *s && n; n--) {
		do {
			s++;
		} while (!is_start(*s));
	}
	return s;
}

/* A path, shortened; @out encodes what cannot be shown. */
static void add_path(struct text *out, const char *path)
{
	struct text all = { .encode = true };
	size_t n;

	text_add(&all, "%s", path);
	n = characters(all.data);
	out->encode = false;
	if (n > PATH_HEAD + 1 + PATH_TAIL)
		text_add(out, "%.*s…%s",
			 (int)(skip(all.data, PATH_HEAD) - all.data), all.data,
			 skip(all.data, n - PATH_TAIL));
	else
		text_add(out, "%s", all.data);
	text_free(&all);
}

static size_t same_as(const struct picture_box *box)
{
	return box->count / box->in->count - 1;
}

static const char *path_of(const struct picture_box *box)
{
	return box->m ? box->m->path : box->ghost->path;
}

static void add_label(struct text *out, const struct picture_box *box)
{
	if (box->m && box->m->unbindable)
		text_add(out, "⊠ ");
	if (!box->m)
		text_add(out, "+ ");
	add_path(out, path_of(box));
	if (box->m && box->m->state) {
		text_add(out, " ");
		add_path(out, box->m->state);
	}
	if (same_as(box))
		text_add(out, "  +%zu the same", same_as(box));
}

static unsigned int indent_of(const struct picture_box *box)
{
	return INDENT * (box->depth < MAX_DEPTH ? box->depth : MAX_DEPTH);
}

/* The name of a unit in a path of cgroups, or NULL. */
static const char *unit_of(const struct mnt_namespace *ns)
{
	const char *last = ns->cgroup ? strrchr(ns->cgroup, '/') : NULL;
	size_t len = last ? strlen(last) : 0;

	return len > strlen("/.service") &&
			       !strcmp(last + len - strlen(".service"),
				       ".service") ?
		       last + 1 :
		       NULL;
}

void picture_add_name(struct text *out, const struct mnt_namespace *ns)
{
	const char *unit;

	if (!ns) {
		text_add(out, "in no namespace");
		return;
	}
	unit = unit_of(ns);
	if (!ns->nr && ns->pid == 1)
		text_add(out, "host");
	else if (!ns->container && unit)
		text_add(out, "%s", unit);
	else
		who_add_owner(out, ns);
}

static void add_subheading(struct text *out, const struct mnt_namespace *ns)
{
	bool named;

	if (!ns)
		return;
	named = ns->container || unit_of(ns) || (!ns->nr && ns->pid == 1);
	if (ns->pid && named)
		text_add(out, "%d %s, ", ns->pid, ns->comm ? ns->comm : "");
	who_add_ns(out, ns);
}

/* The number in a badge, and that there are others of the kind. */
static void add_badge(struct text *out, const char *arrow, int id,
		      const struct picture_group *g)
{
	text_add(out, "%s%d%s", arrow, id, g && g->count > 1 ? "…" : "");
}

static void add_own_badge(struct text *out, const struct picture_box *box)
{
	if (box->group)
		add_badge(out, "", box->m->group_id, box->group);
}

static void add_master_badge(struct text *out, const struct picture_box *box)
{
	const struct mount *m = box->m;

	if (m && mount_is_slave(m))
		add_badge(out, "←",
			  m->master ? m->master->group_id : m->master_group,
			  box->master);
}

/* In points, with what is around it. */
static double badge_width(const struct picture_box *box,
			  void (*add)(struct text *out,
				      const struct picture_box *box))
{
	struct text badge = {};
	double width;

	add(&badge, box);
	width = badge.len ? characters(badge.data) * CHARACTER + BADGE : 0;
	text_free(&badge);
	return width;
}

/* What of the width of a line the box of the mount does not get. */
static double width_aside(const struct picture_box *box)
{
	return indent_of(box) * CHARACTER + badge_width(box, add_own_badge) +
	       badge_width(box, add_master_badge);
}

static bool has_badge(const struct picture_box *box)
{
	return box->group || (box->m && mount_is_slave(box->m));
}

static bool is_locked(const struct picture_box *box)
{
	return box->m && box->m->locked;
}

static double heading_width(const struct picture_ns *ns)
{
	struct text name = {}, more = {};
	double a, b;

	picture_add_name(&name, ns->ns);
	add_subheading(&more, ns->ns);
	a = characters(name.data) * BOLD_CHARACTER;
	b = more.len ? characters(more.data) * SMALL_CHARACTER : 0;
	text_free(&name);
	text_free(&more);
	return a > b ? a : b;
}

/* Lines below a mount's, under its box: what becomes of it, and why. */
struct note {
	bool bad;
	const char *color, *words, *more;
};

#define MAX_NOTES 5

static size_t list_notes(const struct picture_box *box, struct note *notes)
{
	const struct ghost *ghost = box->ghost;
	const struct fate *fate = box->fate;
	size_t n = 0;

	if (ghost && ghost->hidden)
		notes[n++] = (struct note){ false, GREEN, "will be hidden ",
					    ghost->by ? ghost->by : "" };
	if (ghost)
		return n;
	if (fate->cut)
		notes[n++] = (struct note){ true, RED, fate->cut, "" };
	if (fate->goes)
		notes[n++] = (struct note){ true, RED, "goes", "" };
	if (fate->moves)
		notes[n++] = (struct note){ true, RED, "moves away", "" };
	if (fate->becomes)
		notes[n++] =
			(struct note){ false, INK, "becomes ", fate->becomes };
	return n;
}

/* In two parts, the second NULL if there is nothing to say of the first. */
static const char *split_note(char *words)
{
	char *colon = strstr(words, ": ");

	if (!colon)
		return NULL;
	colon[1] = 0;
	return colon + 2;
}

static void add_note(struct text *out, const struct note *note)
{
	out->encode = true;
	text_add(out, "%s%s%s", note->bad ? "✕ " : "", note->words, note->more);
}

static double note_width(const struct note *note)
{
	struct text words = {};
	const char *second;
	size_t n, m;

	add_note(&words, note);
	second = split_note(words.data);
	n = characters(words.data);
	m = second ? characters(second) : 0;
	text_free(&words);
	return (n > m ? n : m) * SMALL_CHARACTER;
}

/* All lines of a namespace have one width. */
static double width_of(const struct picture_ns *ns)
{
	double width = heading_width(ns), n;
	const struct picture_box *box;
	struct note notes[MAX_NOTES];
	size_t i;

	for (box = ns->first; box; box = box->next) {
		struct text label = {};

		add_label(&label, box);
		n = width_aside(box) + characters(label.data) * CHARACTER +
		    PADDING + (is_locked(box) ? LOCK_WIDTH : 0);
		if (n > width)
			width = n;
		for (i = list_notes(box, notes); i-- > 0;) {
			n = indent_of(box) * CHARACTER + note_width(&notes[i]);
			if (n > width)
				width = n;
		}
		text_free(&label);
	}
	return width;
}

/* Words for a style sheet, and for those who count. */
static void put_classes(FILE *f, const struct picture_box *box)
{
	const struct mount *m = box->m;

	if (!m) {
		fprintf(f, "new%s", box->ghost->hidden ? " hidden" : "");
		return;
	}
	fprintf(f, "mount%s%s%s", m->shared ? " shared" : "",
		mount_is_slave(m) ? " slave" : "",
		m->shared || mount_is_slave(m) ? "" : " private");
	fprintf(f, "%s%s%s%s", m->unbindable ? " unbindable" : "",
		m->locked ? " locked" : "", m->hidden ? " hidden" : "",
		box->fate->goes ? " goes" : "");
	fprintf(f, "%s%s", box->fate->moves ? " moves" : "",
		box->fate->cut || box->fate->cut_from_source ? " broken" : "");
	if (box->group)
		fprintf(f, " peers%d", box->group->group->id);
	if (box->master)
		fprintf(f, " peers%d", box->master->group->id);
}

static void put_title(FILE *f, const struct picture_box *box)
{
	struct text title = {};
	char buf[64];

	text_add(&title, "%s", path_of(box));
	if (box->m) {
		text_add(&title, ": %s, mount %d, %s ",
			 mount_propagation(box->m, buf, sizeof(buf)),
			 box->m->id, box->m->type);
		who_add_source(&title, box->m);
	} else if (box->ghost->type) {
		text_add(&title, ": %s", box->ghost->type);
	}
	put_text(f, title.data);
	text_free(&title);
}

static bool is_bad(const struct fate *fate)
{
	return fate->goes || fate->moves || fate->cut;
}

static const char *border_color(const struct picture_box *box)
{
	if (!box->m)
		return GREEN;
	if (is_bad(box->fate))
		return RED;
	if (box->fate->carries)
		return GREEN;
	return hue_of(box->group && (box->group->hue || !box->master) ?
			      box->group :
			      box->master);
}

/* What the border says; colours only say it again. */
static void put_border(struct drawing *d, const struct picture_box *box)
{
	const struct mount *m = box->m;
	bool hidden = m ? m->hidden : box->ghost->hidden;
	const char *color = border_color(box);
	bool thick = !m || box->fate->carries || is_bad(box->fate);

	fprintf(d->f, " BORDER=\"%d\" COLOR=\"%s\" BGCOLOR=\"%s\"%s",
		thick ? 2 : 1, color, m || hidden ? "white" : LIGHT_GREEN,
		hidden ? " STYLE=\"dashed\"" : "");
	d->seen.hidden |= m && hidden;
	d->seen.appears |= !m && !hidden;
	d->seen.arrives_hidden |= !m && hidden;
	d->seen.privates |= m && !m->shared && !mount_is_slave(m);
	d->seen.unbindable |= m && m->unbindable;
	d->seen.same |= same_as(box) || box->in->count > 1;
	d->seen.goes |= m && (box->fate->goes || box->fate->moves);
}

/* A padlock of two cells: few fonts have one. */
#define PADLOCK                                                           \
	"<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">"        \
	"<TR><TD></TD><TD BORDER=\"1\" SIDES=\"LTR\" FIXEDSIZE=\"TRUE\" " \
	"WIDTH=\"5\" HEIGHT=\"5\"></TD><TD></TD></TR>"                    \
	"<TR><TD COLSPAN=\"3\" BGCOLOR=\"" INK "\" FIXEDSIZE=\"TRUE\" "   \
	"WIDTH=\"9\" HEIGHT=\"6\"></TD></TR></TABLE>"

#define LOCK "<TD>" PADLOCK "</TD>"

static void put_badges(struct drawing *d, const struct picture_box *box,
		       const char *port)
{
	const char *last = badge_width(box, add_master_badge) ? "" : port;
	struct text badge = {};

	add_own_badge(&badge, box);
	if (badge.len)
		fprintf(d->f,
			"<TD%s WIDTH=\"%.0f\" BGCOLOR=\"%s\" BORDER=\"1\" COLOR=\"%s\"><FONT COLOR=\"white\"><B>%s</B></FONT></TD>",
			last, badge_width(box, add_own_badge),
			hue_of(box->group), hue_of(box->group), badge.data);
	d->seen.groups |= badge.len;
	d->seen.others |= (box->group && box->group->count > 1) ||
			  (box->master && box->master->count > 1);
	text_clear(&badge);
	add_master_badge(&badge, box);
	if (badge.len)
		fprintf(d->f,
			"<TD%s WIDTH=\"%.0f\" BORDER=\"1\" COLOR=\"%s\" BGCOLOR=\"white\">%s</TD>",
			port, badge_width(box, add_master_badge),
			hue_of(box->master), badge.data);
	d->seen.masters |= badge.len;
	text_free(&badge);
}

#define NOTE_CELL "COLSPAN=\"3\" ALIGN=\"LEFT\" CELLPADDING=\"1\""
#define NOTE_FONT "FACE=\"" SANS "\" POINT-SIZE=\"9\""

static void put_notes(struct drawing *d, const struct picture_box *box)
{
	struct note notes[MAX_NOTES];
	size_t i, n = list_notes(box, notes);

	for (i = 0; i < n; i++) {
		struct text words = {};
		const char *second;

		add_note(&words, &notes[i]);
		second = split_note(words.data);
		fprintf(d->f, "<TR>%s<TD " NOTE_CELL ">",
			box->depth ? "<TD></TD>" : "");
		fprintf(d->f, "<FONT " NOTE_FONT " COLOR=\"%s\">",
			notes[i].color);
		put_markup(d->f, words.data);
		fprintf(d->f, "<BR ALIGN=\"LEFT\"/>");
		if (second) {
			put_markup(d->f, second);
			fprintf(d->f, "<BR ALIGN=\"LEFT\"/>");
		}
		fprintf(d->f, "</FONT></TD></TR>");
		text_free(&words);
	}
}

/*
 * A mount is a line: port l, its box, and r, its last badge, are where links come
 * to it.
 */
static void put_row(struct drawing *d, const struct picture_box *box,
		    double width)
{
	double inside = width - width_aside(box);
	const char *color =
		box->m && !box->group && !mount_is_slave(box->m) ? GREY : INK;
	bool struck = box->m && (box->fate->goes || box->fate->moves);
	struct text label = {};
	char port[32];

	add_label(&label, box);
	snprintf(port, sizeof(port), " PORT=\"r%zu\"", box->row);
	fprintf(d->f,
		"<TR><TD ALIGN=\"LEFT\"><TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" HREF=\"#\" ID=\"");
	if (box->m)
		fprintf(d->f, "m%d ", box->m->id);
	else
		fprintf(d->f, "new%zu ", ++d->new_boxes);
	put_classes(d->f, box);
	fprintf(d->f, "\" TITLE=\"");
	put_title(d->f, box);
	fprintf(d->f, "\"><TR>");
	if (box->depth)
		fprintf(d->f,
			"<TD WIDTH=\"%.0f\" ALIGN=\"RIGHT\" CELLPADDING=\"0\"><FONT COLOR=\"" GREY
			"\">└</FONT></TD>",
			indent_of(box) * CHARACTER);
	fprintf(d->f, "<TD PORT=\"l%zu\" WIDTH=\"%.0f\"", box->row, inside);
	put_border(d, box);
	fprintf(d->f,
		" CELLPADDING=\"0\"><TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLBORDER=\"0\" CELLPADDING=\"2\"><TR><TD ALIGN=\"LEFT\" WIDTH=\"%.0f\"><FONT COLOR=\"%s\">%s",
		inside - 4 - (is_locked(box) ? LOCK_WIDTH : 0), color,
		struck ? "<S>" : "");
	put_markup(d->f, label.data);
	fprintf(d->f, "%s</FONT></TD>%s</TR></TABLE></TD>",
		struck ? "</S>" : "", is_locked(box) ? LOCK : "");
	d->seen.locked |= is_locked(box);
	put_badges(d, box, port);
	fprintf(d->f, "</TR>");
	put_notes(d, box);
	fprintf(d->f, "</TABLE></TD></TR>\n");
	text_free(&label);
}

static void put_heading(FILE *f, const struct picture_ns *ns)
{
	struct text name = {}, more = {};

	picture_add_name(&name, ns->ns);
	add_subheading(&more, ns->ns);
	fprintf(f,
		"<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\"><TR><TD ALIGN=\"LEFT\"><FONT POINT-SIZE=\"12\"><B>");
	put_text(f, name.data);
	fprintf(f, "</B></FONT></TD></TR>");
	if (more.len) {
		fprintf(f,
			"<TR><TD ALIGN=\"LEFT\"><FONT POINT-SIZE=\"9\" COLOR=\"" GREY
			"\">");
		put_text(f, more.data);
		fprintf(f, "</FONT></TD></TR>");
	}
	if (ns->count > 1)
		fprintf(f,
			"<TR><TD ALIGN=\"LEFT\"><FONT POINT-SIZE=\"10\"><B>+%zu the same</B></FONT></TD></TR>",
			ns->count - 1);
	fprintf(f, "</TABLE>");
	text_free(&name);
	text_free(&more);
}

static size_t index_of(const struct drawing *d, const struct picture_ns *ns)
{
	return ns - d->p->namespaces;
}

static void put_namespace(struct drawing *d, const struct picture_ns *ns)
{
	const struct picture_box *box;
	double width = width_of(ns);
	size_t i = index_of(d, ns);

	fprintf(d->f,
		"subgraph cluster_%zu { id=\"ns%zu\"; class=\"namespace\"; style=\"rounded,filled\";\n"
		"pencolor=\"" FRAME "\"; fillcolor=\"" LIGHT_GREY
		"\"; penwidth=%s;\n"
		"margin=10; labeljust=l; label=<",
		i, i, ns->count > 1 ? "2.5" : "1");
	put_heading(d->f, ns);
	fprintf(d->f,
		">;\nn%zu [class=\"mounts\", label=<<TABLE BORDER=\"0\" CELLSPACING=\"3\" CELLPADDING=\"0\">\n",
		i);
	for (box = ns->first; box; box = box->next)
		put_row(d, box, width);
	fprintf(d->f, "</TABLE>>];\n}\n");
}

static void put_group(struct drawing *d, const struct picture_group *g)
{
	fprintf(d->f,
		"g%zu [id=\"group%d\", class=\"group peers%d\", shape=oval, peripheries=2,\n"
		"color=\"%s\", fontname=\"" SANS "\", fontsize=10,\n"
		"margin=\"0.04,0.02\", label=<",
		g->nr, g->group->id, g->group->id, hue_of(g));
	if (g->count > 1)
		fprintf(d->f, "<B>%zu groups</B><BR/>of ", g->count);
	else
		fprintf(d->f, "<B>group %d</B><BR/>", g->group->id);
	if (g->peers < g->group->nr_members)
		fprintf(d->f, "%zu of ", g->peers);
	put_number_of(d->f, g->group->nr_members, "peer");
	fprintf(d->f, ">];\n");
}

/* Where a link begins or ends. */
struct end {
	const struct picture_box *box;
	const struct picture_group *group;
};

/* The namespace that it belongs to: a group is where its first member is. */
static size_t place_of(const struct drawing *d, const struct end *e)
{
	return index_of(d, e->box ? e->box->in : e->group->boxes[0]->in);
}

static void put_end(const struct drawing *d, const struct end *e, bool right)
{
	if (e->group)
		fprintf(d->f, "g%zu", e->group->nr);
	else
		fprintf(d->f, "n%zu:%c%zu:%c", index_of(d, e->box->in),
			right && has_badge(e->box) ? 'r' : 'l', e->box->row,
			right ? 'e' : 'w');
}

/*
 * From left to right, whichever way it goes: that is what makes the columns.  A
 * group stands to the right of its first member.
 */
static void put_ends(const struct drawing *d, const struct picture_link *link)
{
	struct end from = { link->from, link->from_group };
	struct end to = { link->to, link->to_group };
	size_t i = place_of(d, &from), j = place_of(d, &to);
	bool back = i > j || (i == j && from.group && to.box);

	put_end(d, back ? &to : &from, true);
	fprintf(d->f, " -> ");
	put_end(d, back ? &from : &to, i == j && from.box && to.box);
	fprintf(d->f, " [minlen=%d", from.box && to.box ? 2 : 1);
	if (link->kind == LINK_PEER)
		fprintf(d->f, ", dir=none");
	else if (back)
		fprintf(d->f, ", dir=back");
}

static void put_link(struct drawing *d, const struct picture_link *link)
{
	const char *color = link->gets ? GREEN : hue_of(link->group);
	const char *width = link->gets ? "2" : "1.2";

	put_ends(d, link);
	fprintf(d->f, ", class=\"%s%s",
		link->kind == LINK_PEER ? "peer" : "slave",
		!link->gets ? "" :
		link->hides ? " hides" :
			      " carries");
	if (link->group)
		fprintf(d->f, " peers%d", link->group->group->id);
	fprintf(d->f, "\"%s",
		link->gets && link->hides ? ", style=dashed" : "");
	if (link->kind == LINK_PEER)
		fprintf(d->f, ", color=\"%s:white:%s\", penwidth=%s];\n", color,
			color, width);
	else
		fprintf(d->f, ", color=\"%s\", penwidth=%s];\n", color, width);
	d->seen.peers |= link->kind == LINK_PEER;
	d->seen.slaves |= link->kind == LINK_SLAVE;
}

/* The cross of a cut stands in the line, so it is a node. */
static void put_crosses(struct drawing *d)
{
	size_t i;

	for (i = 0; i < d->p->nr_links; i++) {
		if (d->p->links[i].kind != LINK_CUT)
			continue;
		fprintf(d->f,
			"x%zu [class=\"cross\", label=<<FONT COLOR=\"" RED
			"\" POINT-SIZE=\"18\"><B>✕</B></FONT>>];\n",
			i);
		d->seen.cut = true;
	}
}

/* To the cross, and what it is cut off from. */
static void put_cut(const struct drawing *d, size_t nr)
{
	static const char attributes[] =
		"dir=none, style=dashed, penwidth=1.6, color=\"" RED "\"];\n";
	const struct picture_link *link = &d->p->links[nr];
	struct end from = { .box = link->from }, to = { .box = link->to };
	bool same = place_of(d, &from) == place_of(d, &to);

	put_end(d, &from, true);
	fprintf(d->f, " -> x%zu [class=\"cut\", %s", nr, attributes);
	if (!same)
		fprintf(d->f, "x%zu -> ", nr);
	put_end(d, &to, same);
	if (same)
		fprintf(d->f, " -> x%zu", nr);
	fprintf(d->f, " [class=\"cut-off\", %s", attributes);
}

static void put_links(struct drawing *d)
{
	const struct picture *p = d->p;
	size_t i;

	for (i = 0; i < p->nr_links; i++) {
		if (p->links[i].kind == LINK_CUT)
			put_cut(d, i);
		else
			put_link(d, &p->links[i]);
	}
	for (i = 1; i < p->nr_namespaces; i++) {
		if (!p->namespaces[i].nr_links)
			fprintf(d->f, "n0 -> n%zu [style=invis, minlen=2];\n",
				i);
	}
}

/* Those in a line of the legend. */
#define KEYS 7

/* @columns: that the words may take, for the first one not to become wide. */
static void put_wide_key(struct drawing *d, bool seen, const char *cell,
			 const char *words, size_t columns)
{
	if (!seen)
		return;
	if (d->keys++ % KEYS == 0)
		fprintf(d->f, "%s<TR>", d->keys > 1 ? "</TR>\n" : "");
	fprintf(d->f,
		"<TD>%s</TD><TD COLSPAN=\"%zu\" ALIGN=\"LEFT\">%s&#160;&#160;&#160;</TD>",
		cell, columns, words);
}

static void put_key(struct drawing *d, bool seen, const char *cell,
		    const char *words)
{
	put_wide_key(d, seen, cell, words, 1);
}

/* A small box with what @attributes say. */
#define KEY(attributes, inside)                                       \
	"<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\"><TR>" \
	"<TD " attributes ">" inside "</TD></TR></TABLE>"

/* Only of what is in the picture. */
static void put_legend(struct drawing *d)
{
	const struct seen *s = &d->seen;

	fprintf(d->f,
		"labelloc=b; labeljust=l; label=<<TABLE BORDER=\"0\" CELLSPACING=\"2\" CELLPADDING=\"1\">\n");
	put_key(d, s->peers, "<B>═══</B>", "peers: both ways");
	put_key(d, s->slaves, "──▶", "master to slave: one way");
	put_key(d, s->groups,
		KEY("BGCOLOR=\"#555555\" COLOR=\"#555555\"",
		    "<FONT COLOR=\"white\"><B>7</B></FONT>"),
		"in peer group 7");
	put_key(d, s->masters, KEY("COLOR=\"#555555\"", "←7"), "slave of it");
	put_key(d, s->others, KEY("COLOR=\"#555555\"", "7…"), "and others");
	put_key(d, s->privates,
		KEY("COLOR=\"" GREY "\"", "<FONT COLOR=\"" GREY "\">/p</FONT>"),
		"private");
	put_key(d, s->unbindable, "⊠", "unbindable");
	put_key(d, s->locked, PADLOCK, "locked");
	put_key(d, s->hidden, KEY("STYLE=\"dashed\" COLOR=\"" GREY "\"", "/p"),
		"hidden");
	put_key(d, s->appears,
		KEY("BORDER=\"2\" COLOR=\"" GREEN "\" BGCOLOR=\"" LIGHT_GREEN
		    "\"",
		    "+ /p"),
		"will be there");
	put_key(d, s->arrives_hidden,
		KEY("BORDER=\"2\" STYLE=\"dashed\" COLOR=\"" GREEN "\"",
		    "+ /p"),
		"will be there, hidden");
	put_key(d, s->cut, "<FONT COLOR=\"" RED "\">╌<B>✕</B>╌</FONT>",
		"nothing passes");
	put_key(d, s->goes, KEY("BORDER=\"2\" COLOR=\"" RED "\"", "<S>/p</S>"),
		"goes");
	put_wide_key(d, s->same, "<B>+N</B>",
		     d->p->names ? "as many with the same mounts and links" :
				   "as many, by other names",
		     d->keys < KEYS ? 1 : 2 * (KEYS - d->keys % KEYS) - 1);
	/* a table cannot be empty */
	fprintf(d->f, "%s<TD></TD></TR></TABLE>>;\n", d->keys ? "" : "<TR>");
}

/* In lines that are not much wider than a picture. */
static void put_lines(FILE *f, const char *s)
{
	const char *end, *blank;

	while (characters(s) > TITLE_LINE) {
		end = skip(s, TITLE_LINE);
		blank = memrchr(s, ' ', end - s);
		if (blank)
			end = blank + 1;
		put_part(f, s, end - s);
		fprintf(f, "<BR ALIGN=\"LEFT\"/>");
		s = end;
	}
	put_markup(f, s);
	fprintf(f, "<BR ALIGN=\"LEFT\"/>");
}

char *picture_dot(const struct picture *p)
{
	struct drawing d = { .p = p };
	char *text = NULL;
	size_t len, i;

	d.f = open_memstream(&text, &len);
	if (!d.f)
		out_of_memory();
	fprintf(d.f,
		"digraph mntprop {\n"
		"rankdir=LR; ranksep=0.5; nodesep=0.3; bgcolor=white;\n"
		"fontname=\"" SANS "\"; fontsize=10; fontcolor=\"" INK "\";\n"
		"node [shape=plain, fontname=\"" MONO
		"\", fontsize=%d, fontcolor=\"" INK "\"];\n"
		"edge [fontname=\"" SANS "\", fontsize=10, arrowsize=0.8];\n",
		FONT_SIZE);
	fprintf(d.f,
		"subgraph cluster_all { id=\"picture\"; class=\"picture\"; pencolor=transparent; labeljust=l; label=<<FONT POINT-SIZE=\"13\" COLOR=\"%s\"><B>",
		p->question->verdict == VERDICT_NO ? RED :
		p->question->verdict		   ? GREEN :
						     INK);
	put_lines(d.f, p->title);
	fprintf(d.f, "</B></FONT>>;\n");
	/* those of a column come out from the last one down to the first */
	for (i = p->nr_namespaces; i-- > 0;)
		put_namespace(&d, &p->namespaces[i]);
	for (i = 0; i < p->nr_groups; i++) {
		if (p->groups[i].nr)
			put_group(&d, &p->groups[i]);
	}
	put_crosses(&d);
	fprintf(d.f, "}\n");
	put_links(&d);
	put_legend(&d);
	fprintf(d.f, "}\n");
	if (fclose(d.f))
		out_of_memory();
	return text;
}
