// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader of BTF. The format is that of Documentation/bpf/btf.rst; the
 * numbers of the kinds are part of the kernel's ABI.
 */
#include "btf.h"

#define BTF_MAGIC 0xeb9f
#define BTF_VERSION 1
#define BTF_MAX_TYPES 0x1000000

enum btf_kind {
	KIND_INT = 1,
	KIND_PTR,
	KIND_ARRAY,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ENUM,
	KIND_FWD,
	KIND_TYPEDEF,
	KIND_VOLATILE,
	KIND_CONST,
	KIND_RESTRICT,
	KIND_FUNC,
	KIND_FUNC_PROTO,
	KIND_VAR,
	KIND_DATASEC,
	KIND_FLOAT,
	KIND_DECL_TAG,
	KIND_TYPE_TAG,
	KIND_ENUM64,
};

struct btf_header_v1 {
	u16 magic;
	u8 version;
	u8 flags;
	u32 hdr_len;
	u32 type_off;
	u32 type_len;
	u32 str_off;
	u32 str_len;
};

struct type_head {
	u32 name_off;
	u32 info;
	u32 size_or_type;
};

struct member_entry {
	u32 name_off;
	u32 type;
	u32 offset;
};

struct enum_entry {
	u32 name_off;
	u32 value;
};

/* Unnamed members are searched in turn; real structs nest two or three deep. */
#define SEARCH_STACK 16
#define SEARCH_STEPS 64
/* The longest chain of typedefs and qualifiers that is followed. */
#define MODIFIER_CHAIN 32

/*
 * 7 bits for the kind and 24 for the number of members, as of 7.3; before it
 * was 5 and 16, with zeroes between.
 */
static u32 type_kind(const struct type_head *t)
{
	return t->info >> 24 & 0x7f;
}

static u32 type_vlen(const struct type_head *t)
{
	return t->info & 0xffffff;
}

static bool type_kind_flag(const struct type_head *t)
{
	return t->info >> 31;
}

/* Size of what follows the head of a type; negative for an unknown kind. */
static s32 type_tail(const struct type_head *t)
{
	switch (type_kind(t)) {
	case KIND_PTR:
	case KIND_FWD:
	case KIND_TYPEDEF:
	case KIND_VOLATILE:
	case KIND_CONST:
	case KIND_RESTRICT:
	case KIND_FUNC:
	case KIND_FLOAT:
	case KIND_TYPE_TAG:
		return 0;
	case KIND_INT:
	case KIND_VAR:
	case KIND_DECL_TAG:
		return 4;
	case KIND_ARRAY:
		return 12;
	case KIND_ENUM:
	case KIND_FUNC_PROTO:
		return type_vlen(t) * 8;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_DATASEC:
	case KIND_ENUM64:
		return type_vlen(t) * 12;
	default:
		return -1;
	}
}

/* A blob need not be aligned, so it is read by copy. */
static bool read_types(const struct mntprop_btf *btf, u32 off, void *to,
		       u32 len)
{
	if (off > btf->types_len || len > btf->types_len - off)
		return false;
	memcpy(to, btf->types + off, len);
	return true;
}

static bool read_head(const struct mntprop_btf *btf, u32 id,
		      struct type_head *t)
{
	if (!id || id >= btf->nr_types)
		return false;
	return read_types(btf, btf->offset[id], t, sizeof(*t));
}

static bool read_entry(const struct mntprop_btf *btf, u32 id, u32 i, void *to,
		       u32 size)
{
	return read_types(btf,
			  btf->offset[id] + sizeof(struct type_head) + i * size,
			  to, size);
}

/* Names are valid as far as the string section, which ends in NUL, reaches. */
static const char *name_at(const struct mntprop_btf *btf, u32 off)
{
	return off < btf->strs_len ? btf->strs + off : "";
}

/* Counts the types; with @offset, also notes where each begins. */
static int scan_types(const struct mntprop_btf *btf, u32 *offset, u32 *nr_types,
		      const char **why)
{
	struct type_head t;
	u32 off = 0, id = 1;
	s32 tail;

	while (off < btf->types_len) {
		if (!read_types(btf, off, &t, sizeof(t))) {
			*why = "the last type is cut off";
			return -EINVAL;
		}
		tail = type_tail(&t);
		if (tail < 0) {
			*why = "a type is of an unknown kind";
			return -EINVAL;
		}
		if ((u32)tail > btf->types_len - off - sizeof(t)) {
			*why = "the last type is cut off";
			return -EINVAL;
		}
		if (id == BTF_MAX_TYPES) {
			*why = "too many types";
			return -EINVAL;
		}
		if (offset)
			offset[id] = off;
		off += sizeof(t) + tail;
		id++;
	}
	*nr_types = id;
	return 0;
}

/**
 * mntprop_btf_open() - check a blob and index its types
 * @btf:	filled in; to be closed with mntprop_btf_close() on success
 * @data:	the blob, which must outlive @btf
 * @size:	its size in bytes
 * @why:	on error, what is wrong, in words
 *
 * A header longer than the one known is accepted: later versions of the format
 * add to its end.
 *
 * Return: 0, -EINVAL for a blob that is not sound, -ENOMEM.
 */
int mntprop_btf_open(struct mntprop_btf *btf, const void *data, size_t size,
		     const char **why)
{
	struct btf_header_v1 h;
	size_t body;
	int err;

	memset(btf, 0, sizeof(*btf));
	if (size < sizeof(h)) {
		*why = "it is shorter than a header";
		return -EINVAL;
	}
	memcpy(&h, data, sizeof(h));
	if (h.magic != BTF_MAGIC || h.version != BTF_VERSION) {
		*why = "it does not begin as BTF version 1 of this machine's byte order does";
		return -EINVAL;
	}
	if (h.hdr_len < sizeof(h) || h.hdr_len > size) {
		*why = "the header's length is wrong";
		return -EINVAL;
	}
	body = size - h.hdr_len;
	if (h.type_off > body || h.type_len > body - h.type_off ||
	    h.str_off > body || h.str_len > body - h.str_off) {
		*why = "a section reaches past the end";
		return -EINVAL;
	}
	btf->types = (const u8 *)data + h.hdr_len + h.type_off;
	btf->types_len = h.type_len;
	btf->strs = (const char *)data + h.hdr_len + h.str_off;
	btf->strs_len = h.str_len;
	if (!h.str_len || btf->strs[0] || btf->strs[h.str_len - 1]) {
		*why = "the strings do not begin and end with NUL";
		return -EINVAL;
	}

	err = scan_types(btf, NULL, &btf->nr_types, why);
	if (err)
		return err;
	btf->offset =
		kvmalloc_array(btf->nr_types, sizeof(*btf->offset), GFP_KERNEL);
	if (!btf->offset) {
		*why = "no memory to index it";
		return -ENOMEM;
	}
	return scan_types(btf, btf->offset, &btf->nr_types, why);
}

/**
 * mntprop_btf_close() - free the index
 * @btf:	opened or zeroed
 */
void mntprop_btf_close(struct mntprop_btf *btf)
{
	kvfree(btf->offset);
	memset(btf, 0, sizeof(*btf));
}

/**
 * mntprop_btf_find_struct() - find a struct by its name
 * @btf:	opened
 * @name:	its tag
 * @id:		its type id
 *
 * Return: 0, -ENOENT when there is none, -EEXIST when there are several (two
 * compilation units disagree, and nobody can say who is right).
 */
int mntprop_btf_find_struct(const struct mntprop_btf *btf, const char *name,
			    u32 *id)
{
	struct type_head t;
	int err = -ENOENT;
	u32 i;

	for (i = 1; i < btf->nr_types; i++) {
		if (!read_head(btf, i, &t) || type_kind(&t) != KIND_STRUCT ||
		    strcmp(name_at(btf, t.name_off), name))
			continue;
		if (!err)
			return -EEXIST;
		*id = i;
		err = 0;
	}
	return err;
}

/* Steps over typedefs and qualifiers; 0 is void, and what a broken chain gives. */
static u32 strip_modifiers(const struct mntprop_btf *btf, u32 id)
{
	struct type_head t;
	int i;

	for (i = 0; i < MODIFIER_CHAIN; i++) {
		if (!read_head(btf, id, &t))
			return 0;
		switch (type_kind(&t)) {
		case KIND_TYPEDEF:
		case KIND_VOLATILE:
		case KIND_CONST:
		case KIND_RESTRICT:
		case KIND_TYPE_TAG:
			id = t.size_or_type;
			break;
		default:
			return id;
		}
	}
	return 0;
}

static bool is_aggregate(const struct mntprop_btf *btf, u32 id)
{
	struct type_head t;

	return read_head(btf, id, &t) &&
	       (type_kind(&t) == KIND_STRUCT || type_kind(&t) == KIND_UNION);
}

/**
 * mntprop_btf_find_member() - find a member of a struct by its name
 * @btf:	opened
 * @id:		type id of the struct
 * @name:	of the member
 * @member:	filled in
 *
 * Members of unnamed members count as the struct's own, as in C, whether or
 * not the type of the unnamed member has a name (ns_common's struct ns_tree
 * since 7.0).
 *
 * Return: 0, -ENOENT when there is none, -EINVAL when the description makes
 * no sense.
 */
int mntprop_btf_find_member(const struct mntprop_btf *btf, u32 id,
			    const char *name, struct mntprop_btf_member *member)
{
	struct {
		u32 id;
		u32 bits;
	} stack[SEARCH_STACK] = { { .id = id } };
	u32 depth = 1, steps, i, bits, base, size = 0;
	struct member_entry m;
	struct type_head t;

	for (steps = 0; depth && steps < SEARCH_STEPS; steps++) {
		id = stack[--depth].id;
		base = stack[depth].bits;
		if (!is_aggregate(btf, id) || !read_head(btf, id, &t))
			return -EINVAL;
		if (!steps)
			size = t.size_or_type;
		for (i = 0; i < type_vlen(&t); i++) {
			if (!read_entry(btf, id, i, &m, sizeof(m)))
				return -EINVAL;
			bits = base + (type_kind_flag(&t) ?
					       m.offset & 0xffffff :
					       m.offset);
			if (bits < base || bits / 8 >= size)
				continue;
			if (!strcmp(name_at(btf, m.name_off), name)) {
				member->offset = bits / 8;
				member->type = m.type;
				member->bitfield =
					bits % 8 ||
					(type_kind_flag(&t) && m.offset >> 24);
				return 0;
			}
			if (*name_at(btf, m.name_off))
				continue;
			m.type = strip_modifiers(btf, m.type);
			if (!is_aggregate(btf, m.type))
				continue;
			if (depth == SEARCH_STACK)
				return -EINVAL;
			stack[depth].id = m.type;
			stack[depth++].bits = bits;
		}
	}
	return depth ? -EINVAL : -ENOENT;
}

/**
 * mntprop_btf_find_enumerator() - find a constant of any enum
 * @btf:	opened
 * @name:	of the constant
 * @value:	its value
 *
 * Return: 0, -ENOENT, -EEXIST when enums disagree on its value.
 */
int mntprop_btf_find_enumerator(const struct mntprop_btf *btf, const char *name,
				u32 *value)
{
	struct enum_entry e;
	struct type_head t;
	int err = -ENOENT;
	u32 id, i;

	for (id = 1; id < btf->nr_types; id++) {
		if (!read_head(btf, id, &t) || type_kind(&t) != KIND_ENUM)
			continue;
		for (i = 0; i < type_vlen(&t); i++) {
			if (!read_entry(btf, id, i, &e, sizeof(e)) ||
			    strcmp(name_at(btf, e.name_off), name))
				continue;
			if (!err && *value != e.value)
				return -EEXIST;
			*value = e.value;
			err = 0;
		}
	}
	return err;
}

static __printf(4, 5) void append(char *buf, size_t size, size_t *len,
				  const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	*len += vscnprintf(buf + *len, size - *len, fmt, args);
	va_end(args);
}

/**
 * mntprop_btf_type_name() - write a type as C would, without typedefs
 * @btf:	opened
 * @id:		its type id
 * @buf:	for the text
 * @size:	of @buf, at least 1
 *
 * Typedefs and qualifiers are stepped over, and integers are named by size and
 * sign, so that one name stands for one representation: u64 is "u64" whatever
 * the compiler calls it. "?" stands for what the blob does not say.
 */
void mntprop_btf_type_name(const struct mntprop_btf *btf, u32 id, char *buf,
			   size_t size)
{
	struct type_head t = { 0 };
	u32 stars = 0, enc = 0;
	const char *name;
	size_t len = 0;

	buf[0] = '\0';
	id = strip_modifiers(btf, id);
	while (read_head(btf, id, &t) && type_kind(&t) == KIND_PTR &&
	       stars < 8) {
		stars++;
		id = strip_modifiers(btf, t.size_or_type);
	}

	if (!id || !read_head(btf, id, &t)) {
		append(buf, size, &len, "void");
	} else {
		name = name_at(btf, t.name_off);
		switch (type_kind(&t)) {
		case KIND_INT:
			if (!read_types(btf, btf->offset[id] + sizeof(t), &enc,
					sizeof(enc)))
				enc = 0;
			if (!strcmp(name, "char"))
				append(buf, size, &len, "char");
			else if (enc >> 24 & 4)
				append(buf, size, &len, "bool");
			else
				append(buf, size, &len, "%c%u",
				       enc >> 24 & 1 ? 's' : 'u', enc & 0xff);
			break;
		case KIND_STRUCT:
			append(buf, size, &len, "struct %s",
			       *name ? name : "{}");
			break;
		case KIND_UNION:
			append(buf, size, &len, "union %s",
			       *name ? name : "{}");
			break;
		case KIND_FWD:
			append(buf, size, &len, "%s %s",
			       type_kind_flag(&t) ? "union" : "struct", name);
			break;
		case KIND_ENUM:
		case KIND_ENUM64:
			append(buf, size, &len, "enum %s", *name ? name : "{}");
			break;
		case KIND_ARRAY:
			append(buf, size, &len, "array");
			break;
		case KIND_FUNC_PROTO:
			append(buf, size, &len, "function");
			break;
		default:
			append(buf, size, &len, "?");
		}
	}
	if (stars)
		append(buf, size, &len, " ");
	while (stars--)
		append(buf, size, &len, "*");
}
