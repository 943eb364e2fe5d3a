// SPDX-License-Identifier: GPL-2.0-only
/* mntprop tree: what is mounted where */
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "command.h"
#include "who.h"

enum {
	TARGET,
	SOURCE,
	FSTYPE,
	PROPAGATION,
	PEERS,
	STATE,
	ID,
	PARENT,
	UNIQUE,
	NS,
	NR,
	OWNER,
	MAJ_MIN,
	FSROOT,
	ROOT_INO,
	ROOT_DENTRY,
	MP,
	MP_INO,
	MP_DENTRY,
	OPTIONS,
	SB_OPTIONS,
	FLAGS,
	GROUP,
	MASTER,
	MASTER_ID,
	SLAVES,
	OVERMOUNT,
	HIDDEN,
	HIDDEN_BY,
	REFS,
};

static const struct column columns[] = {
	[TARGET] = { "TARGET", COLUMN_TREE,
		     "path from the root of the namespace" },
	[SOURCE] = { "SOURCE", COLUMN_LONG,
		     "source, and [directory] of the filesystem" },
	[FSTYPE] = { "FSTYPE", COLUMN_TEXT, "filesystem type" },
	[PROPAGATION] = { "PROPAGATION", COLUMN_PROPAGATION,
			  "shared:GROUP, master:GROUP, private, unbindable" },
	[PEERS] = { "PEERS", COLUMN_LIST,
		    "the others in its group: namespace:path(owner)" },
	[STATE] = { "STATE", COLUMN_TEXT,
		    "hidden, locked, expiring, ...; why it is in no namespace" },
	[ID] = { "ID", COLUMN_NUMBER, "mount id, as in mountinfo" },
	[PARENT] = { "PARENT", COLUMN_NUMBER, "id of the parent" },
	[UNIQUE] = { "UNIQUE", COLUMN_NUMBER,
		     "64-bit mount id, never used again" },
	[NS] = { "NS", COLUMN_NUMBER, "inode number of the namespace" },
	[NR] = { "NR", COLUMN_NUMBER,
		 "number of the namespace in the snapshot" },
	[OWNER] = { "OWNER", COLUMN_TEXT,
		    "container or task of the namespace, or why it is in none" },
	[MAJ_MIN] = { "MAJ:MIN", COLUMN_TEXT, "device of the filesystem" },
	[FSROOT] = { "FSROOT", COLUMN_LONG,
		     "directory of the filesystem that is mounted" },
	[ROOT_INO] = { "ROOT-INO", COLUMN_NUMBER,
		       "inode number of that directory" },
	[ROOT_DENTRY] = { "ROOT-DENTRY", COLUMN_TEXT, "hash of its dentry" },
	[MP] = { "MP", COLUMN_LONG, "mountpoint within the parent" },
	[MP_INO] = { "MP-INO", COLUMN_NUMBER,
		     "inode number of the mountpoint" },
	[MP_DENTRY] = { "MP-DENTRY", COLUMN_TEXT, "hash of its dentry" },
	[OPTIONS] = { "OPTIONS", COLUMN_TEXT, "options of the mount" },
	[SB_OPTIONS] = { "SB-OPTIONS", COLUMN_TEXT,
			 "options of the filesystem" },
	[FLAGS] = { "FLAGS", COLUMN_TEXT, "all flags the kernel has set" },
	[GROUP] = { "GROUP", COLUMN_NUMBER, "peer group" },
	[MASTER] = { "MASTER", COLUMN_LONG, "the mount it is a slave of" },
	[MASTER_ID] = { "MASTER-ID", COLUMN_NUMBER, "id of that mount" },
	[SLAVES] = { "SLAVES", COLUMN_LIST, "the mounts that are its slaves" },
	[OVERMOUNT] = { "OVERMOUNT", COLUMN_NUMBER,
			"id of the mount on its root" },
	[HIDDEN] = { "HIDDEN", COLUMN_BOOL, "no path leads to it" },
	[HIDDEN_BY] = { "HIDDEN-BY", COLUMN_NUMBER,
			"id of the mount that hides it" },
	[REFS] = { "REFS", COLUMN_NUMBER, "references held on it" },
	{}
};

#define DEFAULTS "TARGET,SOURCE,FSTYPE,PROPAGATION,PEERS,STATE"
/* Programs get lists whole: peers for every peer would be the square of them. */
#define DEFAULTS_FOR_PROGRAMS "TARGET,SOURCE,FSTYPE,PROPAGATION,ID,STATE"

/* Names in a list for people; the rest is only counted. */
#define FEW 3

/* @list without @except; there may be holes in it. */
static void add_mounts(struct text *out, struct mount *const *list, size_t nr,
		       const struct mount *except)
{
	size_t i, n = 0;

	for (i = 0; i < nr; i++) {
		if (!list[i] || list[i] == except)
			continue;
		text_next(out);
		if (!out->full && n++ == FEW) {
			text_add(out, "+%zu", except ? nr - FEW - 1 : nr - FEW);
			return;
		}
		who_add_mount(out, list[i]);
	}
}

static void add_word(struct text *out, bool is_so, const char *word)
{
	if (is_so)
		text_add(out, "%s%s", out->len ? "," : "", word);
}

static void add_mount_options(struct text *out, const struct mount *m)
{
	static const char *const options[] = { "nosuid",     "nodev",
					       "noexec",     "noatime",
					       "nodiratime", "relatime",
					       "nosymfollow" };
	size_t i;

	text_add(out, has_word(m->flags, "ro") ? "ro" : "rw");
	for (i = 0; i < ARRAY_SIZE(options); i++)
		add_word(out, has_word(m->flags, options[i]), options[i]);
}

static void add_sb_options(struct text *out, const struct mount *m)
{
	if (!has_word(m->sb_flags, "ro"))
		text_add(out, "rw");
	add_word(out, m->sb_flags && *m->sb_flags, m->sb_flags);
}

static void add_state(struct text *out, const struct mount *m)
{
	if (m->state)
		text_add(out, "%s", m->state);
	else if (m->hidden_by)
		text_add(out, "hidden by %s (%d)", m->hidden_by->path,
			 m->hidden_by->id);
	else if (m->hidden)
		text_add(out, "hidden");
	add_word(out, has_word(m->mp_state, "deleted"), "mountpoint deleted");
	add_word(out, has_word(m->mp_state, "outside"),
		 "mountpoint moved away");
	add_word(out, has_word(m->mp_state, "toodeep"), "mountpoint cut short");
	add_word(out, has_word(m->root_state, "deleted"), "root deleted");
	add_word(out, has_word(m->root_state, "toodeep"), "root cut short");
	add_word(out, m->locked, "locked");
	add_word(out, has_word(m->flags, "expire"), "expire");
	add_word(out, has_word(m->flags, "expiry_mark"), "expiry mark");
	add_word(out, has_word(m->flags, "doomed"), "doomed");
	add_word(out, !m->state && has_word(m->flags, "umount"), "umount");
}

static void cell(struct text *out, int column, const void *item)
{
	const struct mount *m = item;
	char buf[64];

	switch (column) {
	case TARGET:
		text_add(out, "%s", m->path);
		break;
	case SOURCE:
		who_add_source(out, m);
		break;
	case FSTYPE:
		text_add(out, "%s", m->type);
		break;
	case PROPAGATION:
		text_add(out, "%s", mount_propagation(m, buf, sizeof(buf)));
		break;
	case PEERS:
		if (m->group)
			add_mounts(out, m->group->members, m->group->nr_members,
				   m);
		break;
	case STATE:
		add_state(out, m);
		break;
	case ID:
		text_add(out, "%d", m->id);
		break;
	case PARENT:
		text_add(out, "%d", m->parent_id);
		break;
	case UNIQUE:
		text_add_id(out, m->unique);
		break;
	case NS:
		text_add_id(out, m->ns ? m->ns->inum : 0);
		break;
	case NR:
		if (m->ns)
			text_add_number(out, m->ns->nr);
		break;
	case OWNER:
		who_add_mount_owner(out, m);
		break;
	case MAJ_MIN:
		text_add(out, "%u:%u", m->major, m->minor);
		break;
	case FSROOT:
		text_add(out, "%s", m->root);
		break;
	case ROOT_INO:
		text_add_id(out, m->root_ino);
		break;
	case ROOT_DENTRY:
		text_add(out, "%s", m->root_dentry ? m->root_dentry : "");
		break;
	case MP:
		text_add(out, "%s", m->mountpoint);
		break;
	case MP_INO:
		text_add_id(out, m->mp_ino);
		break;
	case MP_DENTRY:
		text_add(out, "%s", m->mp_dentry ? m->mp_dentry : "");
		break;
	case OPTIONS:
		add_mount_options(out, m);
		break;
	case SB_OPTIONS:
		add_sb_options(out, m);
		break;
	case FLAGS:
		text_add(out, "%s", m->flags ? m->flags : "");
		break;
	case GROUP:
		text_add_id(out, m->group_id);
		break;
	case MASTER:
		if (m->master)
			who_add_mount(out, m->master);
		break;
	case MASTER_ID:
		text_add_id(out, m->master_id);
		break;
	case SLAVES:
		add_mounts(out, m->slaves, m->nr_slaves, NULL);
		break;
	case OVERMOUNT:
		text_add_id(out, m->overmount_id);
		break;
	case HIDDEN:
		text_add(out, m->hidden ? "1" : "0");
		break;
	case HIDDEN_BY:
		text_add_id(out, m->hidden_by ? m->hidden_by->id : 0);
		break;
	case REFS:
		if (m->count >= 0)
			text_add(out, "%ld", m->count);
		break;
	}
}

static bool is_at_or_under(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (!strcmp(top, "/"))
		return true;
	return !strncmp(path, top, len) && (path[len] == '/' || !path[len]);
}

/* Namespaces and, as NULL, what is in none. */
static struct mount *const *
mounts_of(const struct snapshot *s, const struct mnt_namespace *ns, size_t *nr)
{
	*nr = ns ? ns->nr_mounts : s->nr_unattached;
	return ns ? ns->mounts : s->unattached;
}

/* Adds the mounts of a namespace at and under @top; returns how many. */
static size_t add_namespace(struct table *t, const struct snapshot *s,
			    const struct mnt_namespace *ns, const char *top,
			    struct table_row **rows)
{
	const struct mount *root, *m;
	struct mount *const *mounts;
	size_t i, nr, n = 0;

	mounts = mounts_of(s, ns, &nr);
	for (i = 0; i < nr; i++) {
		root = mounts[i];
		if (root->parent)
			continue;
		for (m = root; m; m = next_mnt(m, root)) {
			struct table_row *parent, *row;

			if (!is_at_or_under(m->path, top))
				continue;
			parent = m->parent ? rows[m->parent - s->mounts] : NULL;
			row = table_row(t, parent, m);
			if (m->hidden)
				table_color(row, COLOR_HIDDEN);
			rows[m - s->mounts] = row;
			n++;
		}
	}
	return n;
}

/*
 * Why a mount without a namespace is still there its references tell.  Where
 * no headings stand between the namespaces, columns tell them apart, and are
 * the same for all.
 */
static struct table *new_table(const struct options *o,
			       const struct mnt_namespace *ns)
{
	bool flat = o->format == FORMAT_PAIRS || o->format == FORMAT_RAW;
	const char *defaults = ns ? DEFAULTS : DEFAULTS ",REFS";

	if (o->format != FORMAT_TABLE)
		defaults = ns ? DEFAULTS_FOR_PROGRAMS :
				DEFAULTS_FOR_PROGRAMS ",REFS";
	if (flat && o->all)
		defaults = "NS,NR," DEFAULTS_FOR_PROGRAMS ",REFS";
	return table_new(o, "filesystems", defaults, cell);
}

static void set_title(struct table *t, const struct mnt_namespace *ns)
{
	struct text title = {};

	if (ns) {
		text_add(&title, "namespace ");
		who_add_namespace(&title, ns);
	} else {
		text_add(&title, "in no namespace");
	}
	table_title(t, title.data);
	text_free(&title);
}

static void print_json_number(const char *name, bool known, unsigned int number)
{
	printf("\n   \"%s\": ", name);
	if (known)
		printf("%u,", number);
	else
		printf("null,");
}

/* The table is an object in itself: what tells its namespace goes in front. */
static void print_json_namespace(struct table *t,
				 const struct mnt_namespace *ns, bool first)
{
	printf("%s{", first ? "" : ",");
	print_json_number("nr", ns, ns ? ns->nr : 0);
	print_json_number("ns", ns && ns->inum, ns ? ns->inum : 0);
	table_print_rest(t);
}

static size_t print_each(const struct options *o, const struct snapshot *s,
			 const struct mnt_namespace *ns, const char *top,
			 struct table_row **rows, bool first)
{
	struct table *t = new_table(o, ns);
	size_t n = add_namespace(t, s, ns, top, rows);

	if (n && o->format == FORMAT_JSON) {
		print_json_namespace(t, ns, first);
	} else if (n) {
		if (o->format == FORMAT_TABLE) {
			set_title(t, ns);
			if (!first)
				putchar('\n');
		}
		table_print(t);
	}
	table_free(t);
	return n;
}

static size_t print_all(const struct options *o, const struct snapshot *s,
			const char *top, struct table_row **rows)
{
	size_t i, n = 0;

	if (o->format == FORMAT_JSON)
		printf("{\"namespaces\": [\n");
	for (i = 0; i < s->nr_namespaces; i++)
		n += print_each(o, s, &s->namespaces[i], top, rows, !n);
	n += print_each(o, s, NULL, top, rows, !n);
	if (o->format == FORMAT_JSON)
		printf("]}\n");
	return n;
}

static size_t print_one(const struct options *o, const struct snapshot *s,
			const char *top, struct table_row **rows)
{
	const struct mnt_namespace *ns = NULL;
	struct table *t;
	size_t n;

	if (!who_is_none(o))
		ns = o->who ? who_find(s, o) : who_default(s, o);
	t = new_table(o, ns);
	n = add_namespace(t, s, ns, top, rows);
	table_print(t);
	table_free(t);
	return n;
}

/* Without symbolic links where the path is of the namespace we are in. */
static char *clean_path(const struct options *o)
{
	char *path = NULL, *from, *to;

	if (!o->nr_args)
		return strdup("/");
	if (!o->file && !o->who && !o->all)
		path = realpath(o->args[0], NULL);
	if (!path && *o->args[0] != '/')
		fatal("%s: not found from here; give a path that starts with /",
		      o->args[0]);
	if (path)
		return path;

	path = strdup(o->args[0]);
	if (!path)
		return NULL;
	for (from = to = path; *from; from++) {
		if (*from != '/' || (from[1] != '/' && (from[1] || to == path)))
			*to++ = *from;
	}
	*to = 0;
	return path;
}

static struct snapshot *load(const struct options *o)
{
	struct snapshot *s = command_load(o);

	if (who_is_none(o))
		command_need_module(s, "mounts that are in no namespace");
	return s;
}

static int run(const struct options *o)
{
	struct table_row **rows;
	struct snapshot *s;
	size_t n;
	char *top;

	if (o->to)
		return beside_run(o);
	s = load(o);
	rows = calloc(s->nr_mounts, sizeof(*rows));
	top = clean_path(o);
	if (!top || (!rows && s->nr_mounts))
		out_of_memory();
	n = o->all ? print_all(o, s, top, rows) : print_one(o, s, top, rows);
	if (!n)
		warning("%s: nothing is mounted there; see mntprop tree", top);
	free(top);
	free(rows);
	snapshot_free(s);
	return n ? EXIT_YES : EXIT_NO;
}

const struct command tree_command = {
	.name = "tree",
	.args = "[PATH]",
	.max_args = 1,
	.options = "aAcFJnoPrNst",
	.columns = columns,
	.columns_to = beside_columns,
	.what = "Show what is mounted where, with propagation, peers and hidden mounts",
	.run = run,
};
