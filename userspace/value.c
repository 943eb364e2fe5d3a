// SPDX-License-Identifier: GPL-2.0-only
/* The values of fields, as debugfs/ABI has them. */
#include <limits.h>
#include <string.h>

#include "arena.h"
#include "parser.h"

/* No ns or mount record can be shorter, whatever its values are. */
#define SHORTEST_RECORD 32

bool slice_is(struct slice v, const char *s)
{
	return !strncmp(v.s, s, v.len) && !s[v.len];
}

struct slice slice_cut(struct slice *rest, char c)
{
	const char *end = memchr(rest->s, c, rest->len);
	struct slice head = { rest->s,
			      end ? (size_t)(end - rest->s) : rest->len };
	size_t taken = end ? head.len + 1 : head.len;

	rest->s += taken;
	rest->len -= taken;
	return head;
}

static bool to_number(struct slice v, uint64_t max, uint64_t *n)
{
	size_t i;

	if (!v.len)
		return false;
	for (*n = 0, i = 0; i < v.len; i++) {
		unsigned int digit = (unsigned char)v.s[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, digit, n) || *n > max)
			return false;
	}
	return true;
}

const char *get_u64(struct parser *p, struct slice v, void *to)
{
	(void)p;
	return to_number(v, UINT64_MAX, to) ? NULL : "not a number";
}

const char *get_uint(struct parser *p, struct slice v, void *to)
{
	uint64_t n;

	(void)p;
	if (!to_number(v, UINT_MAX, &n))
		return "not a 32-bit number";
	*(unsigned int *)to = n;
	return NULL;
}

const char *get_id(struct parser *p, struct slice v, void *to)
{
	uint64_t n;

	(void)p;
	if (!to_number(v, INT_MAX, &n))
		return "not an id";
	*(int *)to = n;
	return NULL;
}

const char *get_long(struct parser *p, struct slice v, void *to)
{
	bool minus = v.len && *v.s == '-';
	struct slice digits = { v.s + minus, v.len - minus };
	uint64_t n;

	(void)p;
	if (!to_number(digits, LONG_MAX, &n))
		return "not a number";
	*(long *)to = minus ? -(long)n : (long)n;
	return NULL;
}

const char *get_size(struct parser *p, struct slice v, void *to)
{
	uint64_t n;

	(void)p;
	if (!to_number(v, SIZE_MAX, &n))
		return "not a number";
	*(size_t *)to = n;
	return NULL;
}

const char *get_count(struct parser *p, struct slice v, void *to)
{
	const char *what = get_size(p, v, to);

	if (!what && *(size_t *)to > p->text.len / SHORTEST_RECORD)
		return "more than the rest of the file can hold; it was cut off";
	return what;
}

const char *get_bool(struct parser *p, struct slice v, void *to)
{
	(void)p;
	if (!slice_is(v, "0") && !slice_is(v, "1"))
		return "neither 0 nor 1";
	*(bool *)to = *v.s == '1';
	return NULL;
}

const char *get_yesno(struct parser *p, struct slice v, void *to)
{
	(void)p;
	if (!slice_is(v, "yes") && !slice_is(v, "no"))
		return "neither yes nor no";
	*(bool *)to = *v.s == 'y';
	return NULL;
}

/* The byte that \ooo at @s stands for, or -1. */
static int octal(const char *s, size_t len)
{
	int n;

	if (len < 4 || s[1] < '0' || s[1] > '3' || s[2] < '0' || s[2] > '7' ||
	    s[3] < '0' || s[3] > '7')
		return -1;
	n = (s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0');
	return n ? n : -1;
}

const char *get_string(struct parser *p, struct slice v, void *to)
{
	char *out = arena_alloc(p->s->arena, v.len + 1, 1);
	size_t i, len = 0;

	if (!out)
		return "out of memory";
	for (i = 0; i < v.len; i++) {
		int c = (unsigned char)v.s[i];

		if (c < ' ' || c == 0x7f)
			return "a control character that is not escaped";
		if (c == '\\') {
			c = octal(v.s + i, v.len - i);
			if (c < 0)
				return "a backslash without three octal digits";
			i += 3;
		}
		out[len++] = c;
	}
	*(char **)to = out;
	return NULL;
}

const char *get_repeated(struct parser *p, struct slice v, void *to)
{
	char **string = to, *before;
	const char *what = get_string(p, v, to);

	if (what || p->mounts < 2)
		return what;
	before = *(char **)((char *)to - sizeof(struct mount));
	if (before && !strcmp(before, *string)) {
		arena_undo(p->s->arena, *string);
		*string = before;
	}
	return NULL;
}

const char *get_word(struct parser *p, struct slice v, void *to)
{
	size_t i;

	for (i = 0; i < v.len; i++) {
		if ((v.s[i] < 'a' || v.s[i] > 'z') && v.s[i] != '_')
			return "not a word";
	}
	return v.len ? get_string(p, v, to) : "not a word";
}

const char *get_path(struct parser *p, struct slice v, void *to)
{
	if (!v.len || *v.s != '/')
		return "not a path";
	return get_string(p, v, to);
}

const char *get_hash(struct parser *p, struct slice v, void *to)
{
	size_t i;

	if (v.len != 16)
		return "not 16 hexadecimal digits";
	for (i = 0; i < v.len; i++) {
		char c = v.s[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return "not 16 hexadecimal digits";
	}
	return get_string(p, v, to);
}

const char *get_ns(struct parser *p, struct slice v, void *to)
{
	uint64_t nr;

	if (!to_number(v, UINT_MAX, &nr))
		return "not a number";
	if (nr >= p->namespaces)
		return "there is no such ns record";
	*(struct mnt_namespace **)to = &p->s->namespaces[nr];
	return NULL;
}

const char *get_dev(struct parser *p, struct slice v, void *to)
{
	struct mount *m = to;
	struct slice major = slice_cut(&v, ':');

	if (get_uint(p, major, &m->major) || get_uint(p, v, &m->minor))
		return "not major:minor";
	return NULL;
}

const char *get_slaves(struct parser *p, struct slice v, void *to)
{
	struct mount *m = to;
	size_t i, n = 1;

	for (i = 0; i < v.len; i++)
		n += v.s[i] == ',';
	m->slave_ids = arena_alloc(p->s->arena, n, sizeof(*m->slave_ids));
	if (!m->slave_ids)
		return "out of memory";
	for (i = 0; i < n; i++) {
		if (get_id(p, slice_cut(&v, ','), &m->slave_ids[i]))
			return "not a list of ids";
	}
	m->nr_slaves = n;
	return NULL;
}
