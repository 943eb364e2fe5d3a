// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a snapshot's text to records.  debugfs/ABI says what the text looks
 * like.  It may come from anywhere, so nothing in it is believed: not even the
 * number of records, by which the arrays are sized.
 */
#include <stdlib.h>
#include <string.h>

#include "../debugfs/format.h"
#include "arena.h"
#include "huge.h"
#include "model.h"
#include "parser.h"
#include "rules.h"

#define STRING(x) #x
#define EXPAND(x) STRING(x)
#define TOO_NEW                                \
	"too new, this mntprop knows " EXPAND( \
		MNTPROP_VERSION) "; use the mntprop that came with the module"

static int fail(struct parser *p, const char *field, const char *what)
{
	return error_set(p->err, "%s:%zu: %s: %s", p->s->name, p->line, field,
			 what);
}

struct field {
	const char *name;
	getter *get;
	size_t offset;
	bool required;
};

#define AT(type, member) offsetof(struct type, member)

struct record {
	const char *name;
	const struct field *fields;
	size_t nr_fields;
	enum stage stage, after;
	bool repeats;
	int (*take)(struct parser *p, const struct record *r,
		    struct slice rest);
};

/* Fields mostly come in one order, so the search goes on where it ended. */
static const struct field *find_field(const struct record *r, struct slice name,
				      size_t *at)
{
	size_t i;

	for (i = 0; i < r->nr_fields; i++) {
		const struct field *f = &r->fields[*at];

		if (++*at == r->nr_fields)
			*at = 0;
		if (slice_is(name, f->name))
			return f;
	}
	return NULL;
}

/* @rest is what follows the record's first word. */
static int take_fields(struct parser *p, const struct record *r,
		       struct slice rest, void *to)
{
	const char *s = rest.s, *end = rest.s + rest.len;
	uint64_t seen = 0;
	size_t i, at = 0;

	while (s < end) {
		const char *word = s + 1;
		const char *blank = memchr(word, ' ', end - word);
		struct slice value = { word, (blank ? blank : end) - word };
		struct slice name = slice_cut(&value, '=');
		const struct field *f;
		const char *what;

		s = blank ? blank : end;
		/* Without one, all of it has been cut off. */
		if (value.s == word + name.len)
			return fail(p, r->name,
				    "a field that is not NAME=VALUE");
		f = find_field(r, name, &at);
		if (!f)
			continue;
		if (seen & (1ULL << (f - r->fields)))
			return fail(p, f->name, "given twice");
		seen |= 1ULL << (f - r->fields);
		what = f->get(p, value, (char *)to + f->offset);
		if (what)
			return fail(p, f->name, what);
	}
	for (i = 0; i < r->nr_fields; i++) {
		if (r->fields[i].required && !(seen & (1ULL << i)))
			return fail(p, r->fields[i].name, "missing");
	}
	return 0;
}

static const struct field system_fields[] = {
	{ MNTPROP_F_RELEASE, get_string, AT(snapshot, release), true },
	{ MNTPROP_F_BOOT_ID, get_string, AT(snapshot, boot_id), false },
	{ MNTPROP_F_MONO, get_u64, AT(snapshot, mono), true },
	{ MNTPROP_F_WALL, get_u64, AT(snapshot, wall), true },
	{ MNTPROP_F_SOURCE, get_word, AT(snapshot, source), false },
};

static int take_system(struct parser *p, const struct record *r,
		       struct slice rest)
{
	return take_fields(p, r, rest, p->s);
}

static const struct field capture_fields[] = {
	{ MNTPROP_F_HOLD, get_u64, AT(snapshot, hold), true },
	{ MNTPROP_F_RETRIES, get_u64, AT(snapshot, retries), true },
	{ MNTPROP_F_NAMESPACES, get_count, AT(snapshot, nr_namespaces), true },
	{ MNTPROP_F_MOUNTS, get_count, AT(snapshot, nr_mounts), true },
	{ MNTPROP_F_COMPLETE, get_yesno, AT(snapshot, complete), true },
	{ MNTPROP_F_STOPPED, get_string, AT(snapshot, stopped), false },
	{ MNTPROP_F_UNSEEN, get_u64, AT(snapshot, unseen), false },
	{ MNTPROP_F_DENIED, get_u64, AT(snapshot, denied), false },
	{ MNTPROP_F_NO_INIT, get_bool, AT(snapshot, no_init), false },
};

static int take_capture(struct parser *p, const struct record *r,
			struct slice rest)
{
	struct snapshot *s = p->s;

	if (take_fields(p, r, rest, s))
		return -1;
	if (!s->nr_namespaces)
		return fail(p, MNTPROP_F_NAMESPACES,
			    "none, but there is always the initial one");
	s->namespaces =
		arena_alloc(s->arena, s->nr_namespaces, sizeof(*s->namespaces));
	s->mounts = arena_alloc(s->arena, s->nr_mounts, sizeof(*s->mounts));
	if (!s->namespaces || !s->mounts)
		return fail(p, MNTPROP_REC_CAPTURE, "out of memory");
	return 0;
}

static const struct field ns_fields[] = {
	{ MNTPROP_F_NR, get_uint, AT(mnt_namespace, nr), true },
	{ MNTPROP_F_INUM, get_uint, AT(mnt_namespace, inum), false },
	{ MNTPROP_F_ID, get_u64, AT(mnt_namespace, id), false },
	{ MNTPROP_F_USER_NS, get_uint, AT(mnt_namespace, user_ns), true },
	{ MNTPROP_F_ANON, get_bool, AT(mnt_namespace, anon), true },
	{ MNTPROP_F_ROOT, get_id, AT(mnt_namespace, root_id), false },
	{ MNTPROP_F_NR_MOUNTS, get_u64, AT(mnt_namespace, nr_mounts_counted),
	  true },
	{ MNTPROP_F_FOUND, get_u64, AT(mnt_namespace, found), true },
	{ MNTPROP_F_EVENT, get_u64, AT(mnt_namespace, event), true },
	{ MNTPROP_F_REFS, get_long, AT(mnt_namespace, refs), false },
	{ MNTPROP_F_TASKS, get_u64, AT(mnt_namespace, tasks), true },
	{ MNTPROP_F_PID, get_id, AT(mnt_namespace, pid), false },
	{ MNTPROP_F_COMM, get_string, AT(mnt_namespace, comm), false },
	{ MNTPROP_F_FOREIGN, get_string, AT(mnt_namespace, foreign), false },
};

static int take_ns(struct parser *p, const struct record *r, struct slice rest)
{
	struct mnt_namespace *ns = &p->s->namespaces[p->namespaces];

	if (p->namespaces == p->s->nr_namespaces)
		return fail(p, MNTPROP_REC_NS,
			    "more records than the capture record announced");
	ns->refs = -1;
	if (take_fields(p, r, rest, ns))
		return -1;
	if (ns->nr != p->namespaces++)
		return fail(p, MNTPROP_F_NR,
			    "not the number of ns records before this one");
	return 0;
}

static const struct field mount_fields[] = {
	{ MNTPROP_F_ID, get_id, AT(mount, id), true },
	{ MNTPROP_F_UNIQUE, get_u64, AT(mount, unique), false },
	{ MNTPROP_F_NS, get_ns, AT(mount, ns), false },
	{ MNTPROP_F_STATE, get_word, AT(mount, state), false },
	{ MNTPROP_F_PARENT, get_id, AT(mount, parent_id), true },
	{ MNTPROP_F_MP, get_path, AT(mount, mountpoint), true },
	{ MNTPROP_F_MP_DENTRY, get_hash, AT(mount, mp_dentry), false },
	{ MNTPROP_F_MP_INO, get_u64, AT(mount, mp_ino), false },
	{ MNTPROP_F_MP_STATE, get_string, AT(mount, mp_state), false },
	{ MNTPROP_F_ROOT, get_path, AT(mount, root), true },
	{ MNTPROP_F_ROOT_DENTRY, get_hash, AT(mount, root_dentry), false },
	{ MNTPROP_F_ROOT_INO, get_u64, AT(mount, root_ino), false },
	{ MNTPROP_F_ROOT_STATE, get_string, AT(mount, root_state), false },
	{ MNTPROP_F_DEV, get_dev, 0, true },
	{ MNTPROP_F_TYPE, get_repeated, AT(mount, type), true },
	{ MNTPROP_F_SOURCE, get_repeated, AT(mount, source), false },
	{ MNTPROP_F_FLAGS, get_repeated, AT(mount, flags), false },
	{ MNTPROP_F_SB_FLAGS, get_repeated, AT(mount, sb_flags), false },
	{ MNTPROP_F_GROUP, get_id, AT(mount, group_id), false },
	{ MNTPROP_F_PEER, get_id, AT(mount, peer_id), false },
	{ MNTPROP_F_PEER_BACK, get_id, AT(mount, peer_back_id), false },
	{ MNTPROP_F_MASTER, get_id, AT(mount, master_id), false },
	{ MNTPROP_F_MASTER_GROUP, get_id, AT(mount, master_group), false },
	{ MNTPROP_F_SLAVES, get_slaves, 0, false },
	{ MNTPROP_F_OVERMOUNT, get_id, AT(mount, overmount_id), false },
	{ MNTPROP_F_COUNT, get_long, AT(mount, count), false },
	{ MNTPROP_F_FOREIGN, get_string, AT(mount, foreign), false },
};

static int take_mount(struct parser *p, const struct record *r,
		      struct slice rest)
{
	struct mount *m = &p->s->mounts[p->mounts];

	if (p->mounts == p->s->nr_mounts)
		return fail(p, MNTPROP_REC_MOUNT,
			    "more records than the capture record announced");
	p->mounts++;
	m->line = p->line;
	m->count = -1;
	if (take_fields(p, r, rest, m))
		return -1;
	/* only the module knows these */
	if (!p->s->source && !m->mp_dentry)
		return fail(p, MNTPROP_F_MP_DENTRY, "missing");
	if (!p->s->source && !m->root_dentry)
		return fail(p, MNTPROP_F_ROOT_DENTRY, "missing");
	if (!m->ns && !m->state)
		return fail(p, MNTPROP_F_NS, "missing");
	if (m->ns && m->state)
		return fail(p, MNTPROP_F_STATE,
			    "given, but the mount is in a namespace");
	if (!m->peer_id)
		m->peer_id = m->id;
	if (!m->peer_back_id)
		m->peer_back_id = m->id;
	m->shared = has_word(m->flags, "shared");
	m->unbindable = has_word(m->flags, "unbindable");
	m->locked = has_word(m->flags, "locked");
	return 0;
}

struct end {
	size_t namespaces, mounts;
};

static const struct field end_fields[] = {
	{ MNTPROP_F_NAMESPACES, get_size, AT(end, namespaces), true },
	{ MNTPROP_F_MOUNTS, get_size, AT(end, mounts), true },
};

static int take_end(struct parser *p, const struct record *r, struct slice rest)
{
	struct end end;

	if (take_fields(p, r, rest, &end))
		return -1;
	if (end.namespaces != p->namespaces ||
	    p->namespaces != p->s->nr_namespaces)
		return fail(p, MNTPROP_F_NAMESPACES,
			    "not the number of ns records");
	if (end.mounts != p->mounts || p->mounts != p->s->nr_mounts)
		return fail(p, MNTPROP_F_MOUNTS,
			    "not the number of mount records");
	return 0;
}

struct cgroup {
	struct mnt_namespace *ns;
	int pid;
	char *path;
};

static const struct field cgroup_fields[] = {
	{ MNTPROP_F_NS, get_ns, AT(cgroup, ns), true },
	{ MNTPROP_F_PID, get_id, AT(cgroup, pid), true },
	{ MNTPROP_F_PATH, get_path, AT(cgroup, path), true },
};

static int take_cgroup(struct parser *p, const struct record *r,
		       struct slice rest)
{
	struct cgroup cgroup;

	if (take_fields(p, r, rest, &cgroup))
		return -1;
	if (cgroup.ns->cgroup)
		return fail(p, MNTPROP_F_NS,
			    "a second cgroup record for this namespace");
	cgroup.ns->cgroup = cgroup.path;
	return 0;
}

struct rule_record {
	char *name, *origin;
	bool holds;
};

static const struct field rule_fields[] = {
	{ MNTPROP_F_NAME, get_string, AT(rule_record, name), true },
	{ MNTPROP_F_HOLDS, get_yesno, AT(rule_record, holds), true },
	{ MNTPROP_F_ORIGIN, get_string, AT(rule_record, origin), true },
};

/* Newer ones have rules that are not known here. */
static int take_rule(struct parser *p, const struct record *r,
		     struct slice rest)
{
	struct rule_record record = {};
	const struct rule *rule;
	rules_mask mask;

	if (take_fields(p, r, rest, &record))
		return -1;
	rule = rule_named(record.name);
	if (!rule)
		return 0;
	mask = rule_mask(rule);
	if (p->s->rules_known & mask)
		return fail(p, MNTPROP_F_NAME,
			    "a second rule record for this rule");
	p->s->rules_known |= mask;
	if (record.holds)
		p->s->rules_hold |= mask;
	if (!strcmp(record.origin, RULE_PROBED))
		p->s->rules_probed |= mask;
	else if (!strcmp(record.origin, RULE_IDLE))
		p->s->rules_idle |= mask;
	else if (!strcmp(record.origin, RULE_ODD))
		p->s->rules_odd |= mask;
	return 0;
}

static const struct record records[] = {
	{ MNTPROP_REC_MOUNT, mount_fields, ARRAY_SIZE(mount_fields), MOUNT, NS,
	  true, take_mount },
	{ MNTPROP_REC_NS, ns_fields, ARRAY_SIZE(ns_fields), NS, CAPTURE, true,
	  take_ns },
	{ MNTPROP_REC_CGROUP, cgroup_fields, ARRAY_SIZE(cgroup_fields), CGROUP,
	  END, true, take_cgroup },
	{ MNTPROP_REC_RULE, rule_fields, ARRAY_SIZE(rule_fields), CGROUP, END,
	  true, take_rule },
	{ MNTPROP_REC_SYSTEM, system_fields, ARRAY_SIZE(system_fields), SYSTEM,
	  START, false, take_system },
	{ MNTPROP_REC_CAPTURE, capture_fields, ARRAY_SIZE(capture_fields),
	  CAPTURE, SYSTEM, false, take_capture },
	{ MNTPROP_REC_END, end_fields, ARRAY_SIZE(end_fields), END, NS, false,
	  take_end },
};

static int take_line(struct parser *p, struct slice line)
{
	const char *blank = memchr(line.s, ' ', line.len);
	struct slice word = { line.s,
			      blank ? (size_t)(blank - line.s) : line.len };
	struct slice rest = { line.s + word.len, line.len - word.len };
	size_t i;

	if (!word.len)
		return fail(p, "record", "a line without a name");
	for (i = 0; i < ARRAY_SIZE(records); i++) {
		const struct record *r = &records[i];

		if (!slice_is(word, r->name))
			continue;
		if (p->stage < r->after)
			return fail(p, r->name, "comes too early");
		if (p->stage > r->stage)
			return fail(p, r->name, "comes too late");
		if (p->stage == r->stage && !r->repeats)
			return fail(p, r->name, "given twice");
		p->stage = r->stage;
		return r->take(p, r, rest);
	}
	return 0;
}

/* The next line without its newline; false at the end or where it was cut. */
static bool next_line(struct parser *p, struct slice *line)
{
	if (!memchr(p->text.s, '\n', p->text.len))
		return false;
	*line = slice_cut(&p->text, '\n');
	p->line++;
	return true;
}

static int take_version(struct parser *p)
{
	unsigned int *version = &p->s->version;
	struct slice line;

	if (!next_line(p, &line) ||
	    !slice_is(slice_cut(&line, ' '), MNTPROP_MAGIC)) {
		p->line = 1;
		return fail(p, MNTPROP_MAGIC, "not a snapshot of mntprop");
	}
	if (get_uint(p, line, version) || !*version)
		return fail(p, "version", "not a number");
	if (*version > MNTPROP_VERSION)
		return fail(p, "version", TOO_NEW);
	return 0;
}

static int check_no_nul(struct parser *p)
{
	const char *nul = memchr(p->text.s, 0, p->text.len), *s;

	if (!nul)
		return 0;
	for (p->line = 1, s = p->text.s; s < nul; s++)
		p->line += *s == '\n';
	return fail(p, "line", "has a NUL byte in it");
}

static int take_text(struct parser *p)
{
	struct slice line;

	if (check_no_nul(p) || take_version(p))
		return -1;
	while (next_line(p, &line)) {
		if (take_line(p, line))
			return -1;
		if (p->read)
			p->read = release_huge_pages(p->read, p->text.s);
	}
	p->line++;
	if (p->stage < END)
		return fail(p, MNTPROP_REC_END,
			    "missing, the snapshot was cut off");
	if (p->text.len)
		return fail(p, "line",
			    "has no newline, the snapshot was cut off");
	return 0;
}

static struct snapshot *new_snapshot(const char *name)
{
	struct arena *arena = arena_new();
	struct snapshot *s = arena ? arena_alloc(arena, 1, sizeof(*s)) : NULL;

	if (s) {
		s->arena = arena;
		s->name = arena_strdup(arena, name);
	}
	if (!s || !s->name) {
		arena_free(arena);
		return NULL;
	}
	return s;
}

static struct snapshot *parse(struct parser *p, const char *name)
{
	p->s = new_snapshot(name);
	if (!p->s) {
		error_set(p->err, "%s: out of memory", name);
		return NULL;
	}
	if (take_text(p) || model_link(p->s, p->err)) {
		snapshot_free(p->s);
		return NULL;
	}
	return p->s;
}

struct snapshot *snapshot_parse(const char *text, size_t len, const char *name,
				struct error *err)
{
	struct parser p = { .text = { text, len }, .err = err };

	return parse(&p, name);
}

struct snapshot *snapshot_consume(char *text, size_t len, const char *name,
				  struct error *err)
{
	struct parser p = { .text = { text, len }, .read = text, .err = err };
	struct snapshot *s = parse(&p, name);

	free(text);
	return s;
}

void snapshot_free(struct snapshot *s)
{
	if (s)
		arena_free(s->arena);
}
