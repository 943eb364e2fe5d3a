// SPDX-License-Identifier: GPL-2.0-only
/* Addresses from tables of symbols: which tables are believed, and which not. */
#include <stdlib.h>

#include "builder.h"
#include "check.h"
#include "ksyms.h"

#define BASE 0xffffffff81000000ULL
#define DATA 0xffffffff82000000ULL
#define SHIFT 0x1c600000ULL
#define FUNCTIONS 400

#define HIDES                                                  \
	"hides the addresses; sysctl kernel.kptr_restrict=1, " \
	"and run as root with CAP_SYSLOG"
#define NO_DATA                                                       \
	"has no namespace_sem; without CONFIG_KALLSYMS_ALL it takes " \
	"the System.map that came with this kernel, --map names it"
#define TWICE "has mount_lock more than once, and one of them would be wrong"
#define ELSEWHERE(function)                                             \
	"not of the running kernel, which has " function " elsewhere; " \
	"find the one that came with it"
#define FEW(n)                                                       \
	"not of the running kernel: it has " n " of its functions; " \
	"find the one that came with it"
#define NO_TABLE "not ADDRESS TYPE NAME, so it is no table of symbols"
#define DEBIAN "The real System.map is in the linux-image-<version>-dbg package"

/* A table to be made, and what is odd about it. */
struct plan {
	uint64_t shift;
	size_t functions;
	bool no_data, hidden, twice, modules;
	int off; /* the number of a function that is elsewhere */
};

static void add(struct builder *b, const struct plan *p, uint64_t address,
		char type, const char *name)
{
	build(b, "%016llx %c %s\n",
	      p->hidden ? 0 : (unsigned long long)(address + p->shift), type,
	      name);
}

static void add_functions(struct builder *b, const struct plan *p)
{
	char name[32];
	size_t i;

	add(b, p, BASE, 'T', "_text");
	add(b, p, BASE, 'T', "_stext");
	for (i = 1; i < p->functions; i++) {
		uint64_t address = BASE + 64 * i;

		snprintf(name, sizeof(name), "function_%zu", i);
		add(b, p, address + (p->off == (int)i ? 16 : 0),
		    i % 3 ? 'T' : 't', name);
		/* names that tell nothing, as many have them */
		if (i % 10 == 0)
			add(b, p, address + 8 + 32 * (p->shift != 0), 't',
			    "cleanup");
	}
	/* a function of the same name is not the lock */
	add(b, p, BASE + 64 * i, 't', "sb_lock");
	add(b, p, BASE + 64 * i + 64, 'T', "_etext");
}

static char *make(const struct plan *p, struct ksyms_table *table)
{
	struct builder b = {};
	size_t i;

	add_functions(&b, p);
	for (i = 0; i < NR_KSYMS && !p->no_data; i++)
		add(&b, p, DATA + 64 * i, "dTtbRR"[i], ksym_names[i].symbol);
	if (p->twice)
		add(&b, p, DATA + 0x8000, 'b', "mount_lock");
	if (p->modules) {
		build(&b, "ffffffffc0001000 d sb_lock\t[bcache]\n");
		build(&b, "ffffffffc0001040 t function_3\t[other]\n");
	}
	fclose(b.f);
	table->text = b.text;
	table->len = b.len;
	return b.text;
}

static const struct plan whole = { .functions = FUNCTIONS };
static const struct plan running = { .functions = FUNCTIONS,
				     .shift = SHIFT,
				     .modules = true };
static const struct plan nameless = { .functions = FUNCTIONS,
				      .shift = SHIFT,
				      .no_data = true,
				      .modules = true };

static void check_found(const struct ksyms *found, uint64_t shift)
{
	size_t i;

	for (i = 0; i < NR_KSYMS; i++)
		CHECK(found->address[i] == DATA + 64 * i + shift);
}

static void check_nothing(const struct ksyms *found)
{
	size_t i;

	for (i = 0; i < NR_KSYMS; i++)
		CHECK(!found->address[i]);
}

static void kallsyms(const struct plan *p, struct ksyms *found,
		     const char *wanted)
{
	struct ksyms_table table = { .name = "kallsyms" };
	struct error err = {};
	char *text = make(p, &table);

	CHECK(ksyms_find(&table, found, &err) == (*wanted ? -1 : 0));
	CHECK_STR(err.text, wanted);
	free(text);
}

static void test_kallsyms(void)
{
	struct plan p = running;
	struct ksyms found;

	kallsyms(&p, &found, "");
	check_found(&found, SHIFT);
	p.no_data = true;
	kallsyms(&p, &found, "kallsyms: " NO_DATA);
	check_nothing(&found);
	p = running;
	p.twice = true;
	kallsyms(&p, &found, "kallsyms: " TWICE);
	check_nothing(&found);
}

static void test_hidden(void)
{
	static const char hides[] = "kallsyms: " HIDES;
	struct plan p = running;
	struct ksyms found;

	/* those of modules are zeros too, then */
	p.modules = false;
	p.hidden = true;
	kallsyms(&p, &found, hides);
	check_nothing(&found);
	p.no_data = true;
	kallsyms(&p, &found, hides);
}

/* A kernel without BTF is the module's business. */
static void test_no_btf(void)
{
	static const char text[] = "ffffffff81000000 T _stext\n"
				   "ffffffff81800000 T _etext\n"
				   "ffffffff82000000 d namespace_sem\n"
				   "ffffffff82000040 d mount_lock\n"
				   "ffffffff82000080 d sb_lock\n"
				   "ffffffff820000c0 d super_blocks\n";
	struct ksyms_table table = { "kallsyms", text, strlen(text) };
	struct ksyms found;
	struct error err;

	CHECK(!ksyms_find(&table, &found, &err));
	CHECK(found.address[KSYM_SUPER_BLOCKS] == DATA + 0xc0);
	CHECK(!found.address[KSYM_BTF_START] && !found.address[KSYM_BTF_STOP]);
}

/* A kernel for one CPU, built by clang; a function has that name. */
static void test_no_spinlock(void)
{
	static const char text[] = "ffffffff81000000 T _stext\n"
				   "ffffffff81000040 t sb_lock\n"
				   "ffffffff81800000 T _etext\n"
				   "ffffffff82000000 d namespace_sem\n"
				   "ffffffff82000040 d mount_lock\n"
				   "ffffffff820000c0 d super_blocks\n";
	struct ksyms_table table = { "kallsyms", text, strlen(text) };
	struct ksyms found;
	struct error err;

	CHECK(!ksyms_find(&table, &found, &err));
	CHECK(found.address[KSYM_SUPER_BLOCKS] == DATA + 0xc0);
	CHECK(!found.address[KSYM_SB_LOCK]);
}

/* A map's text beside a kernel that names no data, unless @kernel is another. */
static void map_text(const struct plan *kernel, const char *text, size_t len,
		     struct ksyms *found, const char *wanted)
{
	struct ksyms_table table = { .name = "kallsyms" };
	/* in a block of its own size, so that a byte too far is noticed */
	char *copy = memcpy(malloc(len + !len), text, len);
	struct ksyms_table map = { "map", copy, len };
	char *running_text = make(kernel, &table);
	struct error err = {};

	*found = (struct ksyms){};
	CHECK(ksyms_find_in_map(&map, &table, found, &err) ==
	      (*wanted ? -1 : 0));
	CHECK_STR(err.text, wanted);
	free(running_text);
	free(copy);
}

static void map(const struct plan *kernel, const struct plan *p,
		struct ksyms *found, const char *wanted)
{
	struct ksyms_table table;
	char *text = make(p, &table);

	map_text(kernel, text, table.len, found, wanted);
	free(text);
}

static void test_map(void)
{
	struct plan kernel = nameless;
	struct ksyms found;

	map(&kernel, &whole, &found, "");
	check_found(&found, SHIFT);
	kernel.shift = 0;
	map(&kernel, &whole, &found, "");
	check_found(&found, 0);
	/* downwards, too */
	kernel.shift = -SHIFT;
	map(&kernel, &whole, &found, "");
	check_found(&found, -SHIFT);
	kernel.hidden = true;
	kernel.modules = false;
	map(&kernel, &whole, &found, "kallsyms: " HIDES);
	check_nothing(&found);
}

static void test_known_stay(void)
{
	struct ksyms_table kernel, table;
	char *kernel_text = make(&nameless, &kernel);
	char *text = make(&whole, &table);
	struct ksyms found = { .address = { 4711 } };
	struct error err;

	table.name = "map";
	kernel.name = "kallsyms";
	CHECK(!ksyms_find_in_map(&table, &kernel, &found, &err));
	CHECK(found.address[0] == 4711);
	CHECK(found.address[1] == DATA + 64 + SHIFT);
	free(kernel_text);
	free(text);
}

static void test_one_off(void)
{
	struct plan p = whole;
	struct ksyms found;

	/* two lines before the first, and some for the nameless ones */
	p.off = 237;
	map(&nameless, &p, &found, "map:262: " ELSEWHERE("function_237"));
	check_nothing(&found);
	p.off = FUNCTIONS - 1;
	map(&nameless, &p, &found, "map:440: " ELSEWHERE("function_399"));
	check_nothing(&found);
}

static void test_another_kernel(void)
{
	struct plan p = whole;
	struct ksyms found;

	p.functions = 150;
	map(&nameless, &p, &found, "map: " FEW("152"));
	check_nothing(&found);
	map_text(&nameless, "", 0, &found, "map: " FEW("0"));
}

static void test_incomplete_map(void)
{
	struct plan p = whole;
	struct ksyms found;

	p.no_data = true;
	map(&nameless, &p, &found,
	    "map: has no namespace_sem; is it the whole file?");
	check_nothing(&found);
	p.no_data = false;
	p.twice = true;
	map(&nameless, &p, &found, "map: " TWICE);
	check_nothing(&found);
}

/* Where its code ends must be known, to tell a function from a lock. */
static void test_no_bounds(void)
{
	static const char text[] = "ffffffff81000000 T _stext\n"
				   "ffffffff82000000 d namespace_sem\n"
				   "ffffffff82000040 d mount_lock\n"
				   "ffffffff82000080 d sb_lock\n"
				   "ffffffff820000c0 d super_blocks\n";
	struct ksyms_table table = { "kallsyms", text, strlen(text) };
	struct error err = {};
	struct ksyms found;

	CHECK(ksyms_find(&table, &found, &err));
	CHECK_STR(err.text,
		  "kallsyms: has no _stext and _etext; is it the whole file?");
	check_nothing(&found);
}

static void test_stand_in(void)
{
	static const char debian[] = "ffffffffffffffff B " DEBIAN "\n";
	struct ksyms found;

	map_text(&nameless, debian, strlen(debian), &found,
		 "map: is not one: \"" DEBIAN "\"; install that");
	map_text(&nameless, debian, strlen(debian) - 1, &found,
		 "map: is not one: \"" DEBIAN "\"; install that");
	check_nothing(&found);
}

/* Whatever byte it ends at: all addresses are right, or there are none. */
static void test_truncated(void)
{
	struct plan p = { .functions = 210 }, kernel = p;
	struct ksyms_table kernel_table, table;
	char *kernel_text, *text = make(&p, &table);
	size_t len, good = 0;

	kernel.no_data = true;
	kernel_text = make(&kernel, &kernel_table);
	kernel_table.name = "kallsyms";
	table.name = "map";
	for (len = 0; len <= table.len; len++) {
		char *copy = memcpy(malloc(len + !len), text, len);
		struct ksyms_table part = { "map", copy, len };
		struct ksyms found = {};
		struct error err = {};
		size_t i;

		if (!ksyms_find_in_map(&part, &kernel_table, &found, &err))
			good++;
		else
			CHECK(*err.text);
		for (i = 0; i < NR_KSYMS; i++)
			CHECK(!found.address[i] ||
			      found.address[i] == DATA + 64 * i);
		free(copy);
	}
	/* whole, and without one or both of those that may be missing */
	CHECK(good == 3);
	free(kernel_text);
	free(text);
}

static void test_garbage(void)
{
	static const struct {
		const char *text, *wanted;
	} bad[] = {
		{ "\n", NO_TABLE },
		{ "ffffffff81000000 T\n", NO_TABLE },
		{ "T ffffffff81000000 x\n", NO_TABLE },
		{ "ffffffff81000000 Tx name\n", NO_TABLE },
		{ "1ffffffff81000000 T name\n", NO_TABLE },
		{ "ffffffff81000000 T two names\n", NO_TABLE },
		{ "ffffffff81000000 T name",
		  "has no newline, the file was cut off; get the whole one" },
	};
	struct ksyms found;
	char wanted[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(wanted, sizeof(wanted), "map:1: %s", bad[i].wanted);
		map_text(&nameless, bad[i].text, strlen(bad[i].text), &found,
			 wanted);
		check_nothing(&found);
	}
}

static const struct check_test tests[] = {
	{ "kallsyms that name data", test_kallsyms },
	{ "kallsyms that hide addresses", test_hidden },
	{ "a kernel without BTF", test_no_btf },
	{ "a kernel without spinlocks", test_no_spinlock },
	{ "a table without the bounds of the code", test_no_bounds },
	{ "a map, shifted or not", test_map },
	{ "a map does not change what is known", test_known_stay },
	{ "a map with one function elsewhere", test_one_off },
	{ "a map of another kernel", test_another_kernel },
	{ "a map without what is wanted, or with two of it",
	  test_incomplete_map },
	{ "Debian's stand-in for a map", test_stand_in },
	{ "a map cut off after every byte", test_truncated },
	{ "what is no table of symbols", test_garbage },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
