// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of what the module must know of struct mount, struct mnt_namespace
 * and their neighbours, and its resolution against a kernel's BTF.
 */
#include "layout.h"

enum structs {
	S_MNT_NAMESPACE,
	S_NS_COMMON,
	S_SUPER_BLOCK,
	S_MOUNT,
	S_MNT_PCP,
	NR_STRUCTS,
	S_NONE = NR_STRUCTS,
};

static const struct {
	const char *name;
	bool needed;
} structs[NR_STRUCTS] = {
	[S_MNT_NAMESPACE] = { "mnt_namespace", true },
	[S_NS_COMMON] = { "ns_common", true },
	[S_SUPER_BLOCK] = { "super_block", true },
	[S_MOUNT] = { "mount", true },
	[S_MNT_PCP] = { "mnt_pcp", false },
};

/* An enumerator is a candidate without a struct and a type. */
struct candidate {
	enum mntprop_fact fact;
	enum structs strct;
	const char *member;
	const char *type;
};

/* clang-format off */
/* By fact, newest kernel first; the release is the one that brought the line. */
static const struct candidate candidates[] = {
	{ F_NS_COMMON, S_MNT_NAMESPACE, "ns", "struct ns_common" },
	{ F_NS_ROOT, S_MNT_NAMESPACE, "root", "struct mount *" },
	{ F_NS_MOUNTS, S_MNT_NAMESPACE, "mounts", "struct rb_root" },		/* 6.8 */
	{ F_NS_MOUNTS, S_MNT_NAMESPACE, "list", "struct list_head" },
	{ F_NS_NR_MOUNTS, S_MNT_NAMESPACE, "nr_mounts", "u32" },		/* 6.8 */
	{ F_NS_NR_MOUNTS, S_MNT_NAMESPACE, "mounts", "u32" },
	{ F_NS_LOCK, S_MNT_NAMESPACE, "ns_lock", "struct spinlock" },		/* 5.8 to 6.7 */
	{ F_NS_USER_NS, S_MNT_NAMESPACE, "user_ns", "struct user_namespace *" },
	{ F_NS_EVENT, S_MNT_NAMESPACE, "event", "u64" },
	{ F_NS_IS_ANON, S_MNT_NAMESPACE, "is_anon", "bool" },			/* 6.19 */
	{ F_NS_ID, S_NS_COMMON, "ns_id", "u64" },				/* 6.18 */
	{ F_NS_ID, S_MNT_NAMESPACE, "seq", "u64" },
	{ F_NS_REFS, S_NS_COMMON, "__ns_ref", "struct refcount_struct" },	/* 6.18 */
	{ F_NS_REFS, S_NS_COMMON, "count", "struct refcount_struct" },		/* 5.11 */
	{ F_NS_REFS, S_MNT_NAMESPACE, "count", "struct {}" },

	{ F_SB_MOUNTS, S_SUPER_BLOCK, "s_mounts", "struct mount *" },		/* 6.18 */
	{ F_SB_MOUNTS, S_SUPER_BLOCK, "s_mounts", "struct list_head" },

	{ F_MOUNT_PARENT, S_MOUNT, "mnt_parent", "struct mount *" },
	{ F_MOUNT_MOUNTPOINT, S_MOUNT, "mnt_mountpoint", "struct dentry *" },
	{ F_MOUNT_MNT, S_MOUNT, "mnt", "struct vfsmount" },
	{ F_MOUNT_CHILDREN, S_MOUNT, "mnt_mounts", "struct list_head" },
	{ F_MOUNT_CHILD, S_MOUNT, "mnt_child", "struct list_head" },
	{ F_MOUNT_DEVNAME, S_MOUNT, "mnt_devname", "char *" },
	{ F_MOUNT_NODE, S_MOUNT, "mnt_node", "struct rb_node" },		/* 6.8 */
	{ F_MOUNT_NODE, S_MOUNT, "mnt_list", "struct list_head" },
	{ F_MOUNT_EXPIRE, S_MOUNT, "mnt_expire", "struct list_head" },
	{ F_MOUNT_EXPIRY_MARK, S_MOUNT, "mnt_expiry_mark", "s32" },
	{ F_MOUNT_SHARE, S_MOUNT, "mnt_share", "struct list_head" },
	{ F_MOUNT_SLAVES, S_MOUNT, "mnt_slave_list", "struct hlist_head" },	/* 6.17 */
	{ F_MOUNT_SLAVES, S_MOUNT, "mnt_slave_list", "struct list_head" },
	{ F_MOUNT_SLAVE, S_MOUNT, "mnt_slave", "struct hlist_node" },		/* 6.17 */
	{ F_MOUNT_SLAVE, S_MOUNT, "mnt_slave", "struct list_head" },
	{ F_MOUNT_MASTER, S_MOUNT, "mnt_master", "struct mount *" },
	{ F_MOUNT_NS, S_MOUNT, "mnt_ns", "struct mnt_namespace *" },
	{ F_MOUNT_ID, S_MOUNT, "mnt_id", "s32" },
	{ F_MOUNT_UNIQUE, S_MOUNT, "mnt_id_unique", "u64" },			/* 6.8 */
	{ F_MOUNT_GROUP, S_MOUNT, "mnt_group_id", "s32" },
	{ F_MOUNT_T_FLAGS, S_MOUNT, "mnt_t_flags", "s32" },			/* 6.17 */
	{ F_MOUNT_OVERMOUNT, S_MOUNT, "overmount", "struct mount *" },		/* 6.17 */
	{ F_MOUNT_INSTANCE, S_MOUNT, "mnt_next_for_sb", "struct mount *" },	/* 6.18 */
	{ F_MOUNT_INSTANCE, S_MOUNT, "mnt_instance", "struct list_head" },
	{ F_MOUNT_PCP, S_MOUNT, "mnt_pcp", "struct mnt_pcp *" },		/* SMP */
	{ F_MOUNT_COUNT, S_MOUNT, "mnt_count", "s32" },				/* UP */
	{ F_PCP_COUNT, S_MNT_PCP, "mnt_count", "s32" },				/* to 7.1 */
	{ F_PCP_GETS, S_MNT_PCP, "mnt_gets", "u32" },				/* 7.2 */
	{ F_PCP_PUTS, S_MNT_PCP, "mnt_puts", "u32" },				/* 7.2 */

	{ F_T_SHARED, S_NONE, "T_SHARED", NULL },					/* 6.17 */
	{ F_T_UNBINDABLE, S_NONE, "T_UNBINDABLE", NULL },				/* 6.17 */
	{ F_T_MARKED, S_NONE, "T_MARKED", NULL },					/* 6.17 */
	{ F_T_UMOUNT_CANDIDATE, S_NONE, "T_UMOUNT_CANDIDATE", NULL },		/* 6.17 */
};

/* clang-format on */

/* Every member that the walk follows, or that changes what a line means, is needed. */
enum need {
	OPTIONAL,
	NEEDED,
	NEEDED_WITH_T_FLAGS,
};

static const struct {
	const char *name;
	enum need need;
} facts[NR_FACTS] = {
	[F_NS_COMMON] = { "NS_COMMON", NEEDED },
	[F_NS_ROOT] = { "NS_ROOT", NEEDED },
	[F_NS_MOUNTS] = { "NS_MOUNTS", NEEDED },
	[F_NS_NR_MOUNTS] = { "NS_NR_MOUNTS", NEEDED },
	[F_NS_LOCK] = { "NS_LOCK", OPTIONAL },
	[F_NS_USER_NS] = { "NS_USER_NS", NEEDED },
	[F_NS_EVENT] = { "NS_EVENT", NEEDED },
	[F_NS_IS_ANON] = { "NS_IS_ANON", OPTIONAL },
	[F_NS_ID] = { "NS_ID", NEEDED },
	[F_NS_REFS] = { "NS_REFS", OPTIONAL },
	[F_SB_MOUNTS] = { "SB_MOUNTS", NEEDED },
	[F_MOUNT_PARENT] = { "MOUNT_PARENT", NEEDED },
	[F_MOUNT_MOUNTPOINT] = { "MOUNT_MOUNTPOINT", NEEDED },
	[F_MOUNT_MNT] = { "MOUNT_MNT", NEEDED },
	[F_MOUNT_CHILDREN] = { "MOUNT_CHILDREN", NEEDED },
	[F_MOUNT_CHILD] = { "MOUNT_CHILD", NEEDED },
	[F_MOUNT_DEVNAME] = { "MOUNT_DEVNAME", NEEDED },
	[F_MOUNT_NODE] = { "MOUNT_NODE", NEEDED },
	[F_MOUNT_EXPIRE] = { "MOUNT_EXPIRE", NEEDED },
	[F_MOUNT_EXPIRY_MARK] = { "MOUNT_EXPIRY_MARK", NEEDED },
	[F_MOUNT_SHARE] = { "MOUNT_SHARE", NEEDED },
	[F_MOUNT_SLAVES] = { "MOUNT_SLAVES", NEEDED },
	[F_MOUNT_SLAVE] = { "MOUNT_SLAVE", NEEDED },
	[F_MOUNT_MASTER] = { "MOUNT_MASTER", NEEDED },
	[F_MOUNT_NS] = { "MOUNT_NS", NEEDED },
	[F_MOUNT_ID] = { "MOUNT_ID", NEEDED },
	[F_MOUNT_UNIQUE] = { "MOUNT_UNIQUE", OPTIONAL },
	[F_MOUNT_GROUP] = { "MOUNT_GROUP", NEEDED },
	[F_MOUNT_T_FLAGS] = { "MOUNT_T_FLAGS", OPTIONAL },
	[F_MOUNT_OVERMOUNT] = { "MOUNT_OVERMOUNT", OPTIONAL },
	[F_MOUNT_INSTANCE] = { "MOUNT_INSTANCE", NEEDED },
	[F_MOUNT_PCP] = { "MOUNT_PCP", OPTIONAL },
	[F_MOUNT_COUNT] = { "MOUNT_COUNT", OPTIONAL },
	[F_PCP_COUNT] = { "PCP_COUNT", OPTIONAL },
	[F_PCP_GETS] = { "PCP_GETS", OPTIONAL },
	[F_PCP_PUTS] = { "PCP_PUTS", OPTIONAL },
	[F_T_SHARED] = { "T_SHARED", NEEDED_WITH_T_FLAGS },
	[F_T_UNBINDABLE] = { "T_UNBINDABLE", NEEDED_WITH_T_FLAGS },
	[F_T_MARKED] = { "T_MARKED", OPTIONAL },
	[F_T_UMOUNT_CANDIDATE] = { "T_UMOUNT_CANDIDATE", OPTIONAL },
};

/* Facts whose variants must be the same: the head of a list and its links. */
static const enum mntprop_fact pairs[][2] = {
	{ F_NS_MOUNTS, F_MOUNT_NODE },
	{ F_SB_MOUNTS, F_MOUNT_INSTANCE },
	{ F_MOUNT_SLAVES, F_MOUNT_SLAVE },
};

/* The text of what is missing, cut at the end of its buffer. */
struct text {
	char *buf;
	size_t size;
	size_t len;
};

static __printf(2, 3) void say(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->len += vscnprintf(t->buf + t->len, t->size - t->len, fmt, args);
	va_end(args);
}

/* What a kernel's BTF has in the place of a candidate. */
struct finding {
	int err;
	u32 value;
	char type[64];
};

static void look_up(const struct mntprop_btf *btf, const u32 *struct_id,
		    const struct candidate *c, struct finding *f)
{
	struct mntprop_btf_member m;

	f->type[0] = '\0';
	if (c->strct == S_NONE) {
		f->err = mntprop_btf_find_enumerator(btf, c->member, &f->value);
		return;
	}
	f->err = -ENOENT;
	if (!struct_id[c->strct])
		return;
	f->err = mntprop_btf_find_member(btf, struct_id[c->strct], c->member,
					 &m);
	if (f->err)
		return;
	f->value = m.offset;
	if (m.bitfield)
		memcpy(f->type, "bit field", sizeof("bit field"));
	else
		mntprop_btf_type_name(btf, m.type, f->type, sizeof(f->type));
}

static bool accepts(const struct candidate *c, const struct finding *f)
{
	return !f->err && (!c->type || !strcmp(f->type, c->type));
}

static const char *err_words(int err)
{
	switch (err) {
	case -ENOENT:
		return "is missing";
	case -EEXIST:
		return "is ambiguous";
	default:
		return "makes no sense";
	}
}

static void say_finding(struct text *t, const struct candidate *c,
			const struct finding *f)
{
	if (c->strct != S_NONE)
		say(t, "%s.", structs[c->strct].name);
	if (f->err)
		say(t, "%s %s", c->member, err_words(f->err));
	else
		say(t, "%s is %s, not %s", c->member, f->type, c->type);
}

/*
 * Takes the first candidate that fits. Where none does, a member that is there
 * but has another type counts as a miss even if the fact is optional: it means
 * something that this table does not know.
 */
static bool resolve_fact(struct mntprop_layout *layout,
			 const struct mntprop_btf *btf, const u32 *struct_id,
			 enum mntprop_fact fact, bool needed,
			 struct text *misses)
{
	struct finding found;
	struct text line = *misses;
	u8 variant = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(candidates); i++) {
		if (candidates[i].fact != fact)
			continue;
		look_up(btf, struct_id, &candidates[i], &found);
		if (accepts(&candidates[i], &found)) {
			layout->fact[fact].value = found.value;
			layout->fact[fact].variant = variant;
			layout->fact[fact].present = true;
			return true;
		}
		needed |= found.err != -ENOENT;
		say(&line, variant ? " and " : line.len ? "; " : "");
		say_finding(&line, &candidates[i], &found);
		variant++;
	}
	if (needed)
		*misses = line;
	else
		misses->buf[misses->len] = '\0';
	return !needed;
}

static bool is_needed(const struct mntprop_layout *layout,
		      enum mntprop_fact fact)
{
	switch (facts[fact].need) {
	case NEEDED:
		return true;
	case NEEDED_WITH_T_FLAGS:
		return layout->fact[F_MOUNT_T_FLAGS].present;
	default:
		return false;
	}
}

/* The structs first: one that is missing as a whole is said once. */
static bool find_structs(const struct mntprop_btf *btf, u32 *struct_id,
			 struct text *misses)
{
	bool ok = true;
	int i, err;

	for (i = 0; i < NR_STRUCTS; i++) {
		err = mntprop_btf_find_struct(btf, structs[i].name,
					      &struct_id[i]);
		if (!err || (err == -ENOENT && !structs[i].needed))
			continue;
		say(misses, "%sstruct %s %s", misses->len ? "; " : "",
		    structs[i].name, err_words(err));
		ok = false;
	}
	return ok;
}

/**
 * mntprop_layout_resolve() - find every fact in a kernel's BTF
 * @layout:	filled in
 * @btf:	opened
 * @misses:	on error, every miss as struct.member, in one line
 * @size:	of @misses, at least 1
 *
 * Return: 0, or -ENXIO when a needed fact is missing, is ambiguous or has an
 * unknown type.
 */
int mntprop_layout_resolve(struct mntprop_layout *layout,
			   const struct mntprop_btf *btf, char *misses,
			   size_t size)
{
	struct text text = { .buf = misses, .size = size };
	u32 struct_id[NR_STRUCTS] = { 0 };
	unsigned int fact;
	bool structs_ok, ok;
	size_t i;

	memset(layout, 0, sizeof(*layout));
	misses[0] = '\0';
	structs_ok = find_structs(btf, struct_id, &text);
	ok = structs_ok;
	for (fact = 0; structs_ok && fact < NR_FACTS; fact++)
		ok &= resolve_fact(layout, btf, struct_id, fact,
				   is_needed(layout, fact), &text);
	for (i = 0; ok && i < ARRAY_SIZE(pairs); i++) {
		if (layout->fact[pairs[i][0]].variant ==
		    layout->fact[pairs[i][1]].variant)
			continue;
		say(&text, "%s and %s are of different kinds",
		    facts[pairs[i][0]].name, facts[pairs[i][1]].name);
		ok = false;
	}
	return ok ? 0 : -ENXIO;
}

/**
 * mntprop_layout_describe() - describe a resolved fact
 * @layout:	resolved
 * @fact:	less than NR_FACTS
 * @line:	filled in, with the candidate in use if the fact is present
 */
void mntprop_layout_describe(const struct mntprop_layout *layout,
			     unsigned int fact,
			     struct mntprop_layout_line *line)
{
	u8 variant = 0;
	size_t i;

	memset(line, 0, sizeof(*line));
	line->fact = facts[fact].name;
	if (!layout->fact[fact].present)
		return;
	for (i = 0; i < ARRAY_SIZE(candidates); i++) {
		if (candidates[i].fact != fact ||
		    variant++ != layout->fact[fact].variant)
			continue;
		if (candidates[i].strct != S_NONE)
			line->strct = structs[candidates[i].strct].name;
		line->member = candidates[i].member;
		line->type = candidates[i].type;
		return;
	}
}
