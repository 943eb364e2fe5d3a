// SPDX-License-Identifier: GPL-2.0-only
/*
 * An address that is wrong would make the module take a lock that is none, so
 * a table is believed whole or not at all.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ksyms.h"

/* A kernel has tens of thousands; fewer than this prove nothing (to a fuzzer, they do). */
#ifndef ENOUGH
#define ENOUGH 200
#endif

/* What Debian puts in place of a System.map. */
#define STAND_IN "The real System.map is in "

/* What can be wrong, and what to do about it. */
#define CUT_OFF "has no newline, the file was cut off; get the whole one"
#define NO_TABLE "not ADDRESS TYPE NAME, so it is no table of symbols"
#define TWICE "more than once, and one of them would be wrong"
#define NOT_WHOLE "is it the whole file?"
#define NO_DATA                           \
	"without CONFIG_KALLSYMS_ALL it " \
	"takes the System.map that came " \
	"with this kernel, --map names it"
#define HIDES                                             \
	"hides the addresses; "                           \
	"sysctl kernel.kptr_restrict=1, and run as root " \
	"with CAP_SYSLOG"
#define FEW                                             \
	"not of the running kernel: it has %zu of its " \
	"functions; find the one that came with it"
#define ELSEWHERE                                    \
	"not of the running kernel, which has %.*s " \
	"elsewhere; find the one that came with it"

const struct ksym_name ksym_names[NR_KSYMS] = {
	[KSYM_NAMESPACE_SEM] = { "namespace_sem", "namespace_sem", true },
	[KSYM_MOUNT_LOCK] = { "mount_lock", "mount_lock", true },
	/* A kernel for one CPU may have none: there a spinlock has no bytes. */
	[KSYM_SB_LOCK] = { "sb_lock", "sb_lock", false },
	[KSYM_SUPER_BLOCKS] = { "super_blocks", "super_blocks", true },
	[KSYM_BTF_START] = { "__start_BTF", "btf_start", false },
	[KSYM_BTF_STOP] = { "__stop_BTF", "btf_stop", false },
};

struct symbol {
	uint64_t address;
	const char *name; /* not ended by NUL */
	size_t len, line;
	char type;
};

struct symbols {
	struct symbol *list;
	size_t nr;
};

/* Where the kernel's code lies, by its own symbols. */
static const struct {
	const char *start, *end;
} code[] = {
	{ "_stext", "_etext" },
	{ "_sinittext", "_einittext" },
};

static int no_memory(const struct ksyms_table *table, struct error *err)
{
	return error_set(err, "%s: out of memory", table->name);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = memchr(digits, c, 16);

	return at ? at - digits : -1;
}

/* "ADDRESS TYPE NAME"; false if the line is something else. */
static bool take_line(const char *line, const char *end, struct symbol *s)
{
	const char *p = line;

	for (s->address = 0; p < end && hex_digit(*p) >= 0; p++)
		s->address = s->address << 4 | hex_digit(*p);
	if (p == line || p - line > 16 || end - p < 4 || p[0] != ' ' ||
	    p[2] != ' ')
		return false;
	s->type = p[1];
	s->name = p + 3;
	s->len = end - s->name;
	return !memchr(s->name, ' ', s->len);
}

/* Those of modules, of BPF and of trampolines come with a tab and [whose]. */
static bool is_kernels_own(const struct symbol *s)
{
	return !memchr(s->name, '\t', s->len);
}

static size_t count_lines(const struct ksyms_table *table)
{
	const char *p = table->text, *end = table->text + table->len;
	size_t n = 0;

	while (p < end && (p = memchr(p, '\n', end - p))) {
		p++;
		n++;
	}
	return n;
}

static int read_table(struct arena *a, const struct ksyms_table *table,
		      struct symbols *symbols, struct error *err)
{
	const char *p = table->text, *stop = table->text + table->len;
	size_t line = 0;

	symbols->nr = 0;
	symbols->list =
		arena_alloc(a, count_lines(table), sizeof(*symbols->list));
	if (!symbols->list)
		return no_memory(table, err);
	while (p < stop) {
		const char *end = memchr(p, '\n', stop - p);
		struct symbol s;

		line++;
		/* a name cut short could be another one's */
		if (!end)
			return error_set(err, "%s:%zu: " CUT_OFF, table->name,
					 line);
		if (!take_line(p, end, &s))
			return error_set(err, "%s:%zu: " NO_TABLE, table->name,
					 line);
		s.line = line;
		if (is_kernels_own(&s))
			symbols->list[symbols->nr++] = s;
		p = end + 1;
	}
	return 0;
}

static bool is_text(const struct symbol *s)
{
	return s->type == 't' || s->type == 'T' || s->type == 'w' ||
	       s->type == 'W';
}

static bool is_named(const struct symbol *s, const char *name)
{
	return s->len == strlen(name) && !memcmp(s->name, name, s->len);
}

static uint64_t address_of(const struct symbols *symbols, const char *name)
{
	size_t i;

	for (i = 0; i < symbols->nr; i++) {
		if (is_named(&symbols->list[i], name))
			return symbols->list[i].address;
	}
	return 0;
}

/*
 * A function may have the name of what is looked for.  The type does not tell:
 * some linkers call data text, where it lies in a section with both.
 */
static bool is_code(const struct symbols *symbols, const struct symbol *s)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(code); i++) {
		if (s->address >= address_of(symbols, code[i].start) &&
		    s->address < address_of(symbols, code[i].end))
			return true;
	}
	return false;
}

/* Puts those that are not known yet into @found; @why: one may not be there. */
static int look_up(const struct symbols *symbols, const char *where,
		   uint64_t shift, const char *why, struct ksyms *found,
		   struct error *err)
{
	struct ksyms here = {};
	const char *missing = NULL;
	size_t i, k;

	if (!address_of(symbols, code[0].start) ||
	    !address_of(symbols, code[0].end))
		return error_set(err, "%s: has no %s and %s; %s", where,
				 code[0].start, code[0].end, NOT_WHOLE);
	for (i = 0; i < symbols->nr; i++) {
		const struct symbol *s = &symbols->list[i];

		for (k = 0; k < NR_KSYMS; k++) {
			if (!is_named(s, ksym_names[k].symbol) ||
			    is_code(symbols, s))
				continue;
			if (here.address[k])
				return error_set(err, "%s: has %s " TWICE,
						 where, ksym_names[k].symbol);
			here.address[k] = s->address + shift;
		}
	}
	for (k = 0; k < NR_KSYMS; k++) {
		if (!found->address[k])
			found->address[k] = here.address[k];
		if (!found->address[k] && ksym_names[k].needed && !missing)
			missing = ksym_names[k].symbol;
	}
	return missing ? error_set(err, "%s: has no %s; %s", where, missing,
				   why) :
			 0;
}

static bool hides_addresses(const struct symbols *symbols)
{
	size_t i;

	for (i = 0; i < symbols->nr; i++) {
		if (symbols->list[i].address)
			return false;
	}
	return true;
}

static int read_kallsyms(struct arena *a, const struct ksyms_table *kallsyms,
			 struct symbols *symbols, struct error *err)
{
	if (read_table(a, kallsyms, symbols, err))
		return -1;
	if (hides_addresses(symbols))
		return error_set(err, "%s: " HIDES, kallsyms->name);
	return 0;
}

int ksyms_find(const struct ksyms_table *kallsyms, struct ksyms *found,
	       struct error *err)
{
	struct arena *a = arena_new();
	struct symbols symbols;
	int rc;

	*found = (struct ksyms){};
	if (!a)
		return no_memory(kallsyms, err);
	rc = read_kallsyms(a, kallsyms, &symbols, err);
	if (!rc)
		rc = look_up(&symbols, kallsyms->name, 0, NO_DATA, found, err);
	arena_free(a);
	return rc;
}

static int compare_names(const struct symbol *x, const struct symbol *y)
{
	size_t len = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->name, y->name, len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static int by_name(const void *a, const void *b)
{
	return compare_names(a, b);
}

/* Of the text, the names that only one symbol has; sorted by them. */
static void keep_unique_text(struct symbols *symbols)
{
	struct symbol *list = symbols->list;
	size_t i, same, n = 0;

	for (i = 0; i < symbols->nr; i++) {
		if (is_text(&list[i]))
			list[n++] = list[i];
	}
	symbols->nr = n;
	qsort(list, n, sizeof(*list), by_name);
	for (i = n = 0; i < symbols->nr; i += same) {
		for (same = 1; i + same < symbols->nr; same++) {
			if (compare_names(&list[i], &list[i + same]))
				break;
		}
		if (same == 1)
			list[n++] = list[i];
	}
	symbols->nr = n;
}

/* A symbol that both have: that of the map, and its address in the kernel. */
struct pair {
	struct symbol s;
	uint64_t address;
};

static int by_address(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->address != y->address)
		return x->address > y->address ? 1 : -1;
	return compare_names(&x->s, &y->s);
}

static size_t pair_up(const struct symbols *map, const struct symbols *kernel,
		      struct pair *pairs)
{
	size_t i = 0, k = 0, n = 0;

	while (i < map->nr && k < kernel->nr) {
		int order = compare_names(&map->list[i], &kernel->list[k]);

		if (!order)
			pairs[n++] = (struct pair){ map->list[i],
						    kernel->list[k].address };
		i += order <= 0;
		k += order >= 0;
	}
	qsort(pairs, n, sizeof(*pairs), by_address);
	return n;
}

static int find_shift(const char *where, const struct pair *pairs, size_t n,
		      uint64_t *shift, struct error *err)
{
	size_t i;

	if (n < ENOUGH)
		return error_set(err, "%s: " FEW, where, n);
	*shift = pairs[0].address - pairs[0].s.address;
	for (i = 1; i < n; i++) {
		const struct symbol *s = &pairs[i].s;

		if (s->address + *shift == pairs[i].address)
			continue;
		return error_set(err, "%s:%zu: " ELSEWHERE, where, s->line,
				 (int)s->len, s->name);
	}
	return 0;
}

static int match(struct arena *a, const struct ksyms_table *map,
		 const struct ksyms_table *kallsyms, uint64_t *shift,
		 struct error *err)
{
	struct symbols in_map, in_kernel;
	struct pair *pairs;

	if (read_kallsyms(a, kallsyms, &in_kernel, err) ||
	    read_table(a, map, &in_map, err))
		return -1;
	keep_unique_text(&in_map);
	keep_unique_text(&in_kernel);
	pairs = arena_alloc(a, in_map.nr, sizeof(*pairs));
	if (!pairs)
		return no_memory(map, err);
	return find_shift(map->name, pairs, pair_up(&in_map, &in_kernel, pairs),
			  shift, err);
}

static int refuse_stand_in(const struct ksyms_table *map, struct error *err)
{
	const char *says =
		memmem(map->text, map->len, STAND_IN, strlen(STAND_IN));
	const char *end;

	if (!says)
		return 0;
	end = memchr(says, '\n', map->text + map->len - says);
	return error_set(err, "%s: is not one: \"%.*s\"; install that",
			 map->name,
			 (int)((end ? end : map->text + map->len) - says),
			 says);
}

int ksyms_find_in_map(const struct ksyms_table *map,
		      const struct ksyms_table *kallsyms, struct ksyms *found,
		      struct error *err)
{
	struct symbols symbols;
	struct arena *a;
	uint64_t shift = 0;
	int rc;

	if (refuse_stand_in(map, err))
		return -1;
	a = arena_new();
	if (!a)
		return no_memory(map, err);
	rc = match(a, map, kallsyms, &shift, err);
	if (!rc)
		rc = read_table(a, map, &symbols, err);
	if (!rc)
		rc = look_up(&symbols, map->name, shift, NOT_WHOLE, found, err);
	arena_free(a);
	return rc;
}
