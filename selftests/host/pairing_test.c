// SPDX-License-Identifier: GPL-2.0-only
/* Which mount of one snapshot is which of another, and what differs then. */
#include <stdlib.h>

#include "../../debugfs/format.h"
#include "builder.h"
#include "check.h"
#include "match.h"
#include "pairing.h"

/* Allocations that succeed before all fail; below 0: none fails. */
static long left = -1;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	if (!left)
		return NULL;
	if (left > 0)
		left--;
	return __real_calloc(n, size);
}

/* Two snapshots in the making. */
static struct builder text[2];
static struct snapshot *s[2];
static struct pairing p;

/* Namespaces by the names of their tasks, and how many mounts. */
static void begin(int which, const char *boot, const char *const *names,
		  size_t mounts)
{
	struct builder *b = &text[which];
	unsigned int i, nr = 0;

	while (names[nr])
		nr++;
	build(b, "%s %d\nsystem release=6.1.0 boot_id=%s mono=1 wall=2\n",
	      MNTPROP_MAGIC, MNTPROP_VERSION, boot);
	build(b,
	      "capture hold=3 retries=0 namespaces=%u mounts=%zu complete=yes\n",
	      nr, mounts);
	for (i = 0; i < nr; i++)
		build(b,
		      "ns nr=%u inum=%u id=%u user_ns=1 anon=0 nr_mounts=1 found=1 event=1 tasks=1 pid=%u comm=%s\n",
		      i, which * 100 + i + 1, which * 10 + i + 1, i + 1,
		      names[i]);
}

static void add(int which, int id, int ns, int parent, const char *mountpoint,
		int dev, const char *more)
{
	build(&text[which],
	      "mount id=%d ns=%d parent=%d mountpoint=%s mp_dentry=0123456789abcdef root=/ root_dentry=fedcba9876543210 dev=%d:%d type=tmpfs source=s%d%s\n",
	      id, ns, parent, mountpoint, which, dev, dev, more);
}

static void pair_up(void)
{
	size_t nr[2] = {}, mounts[2] = {};
	struct error err;
	const char *line;
	int i;

	for (i = 0; i < 2; i++) {
		for (line = text[i].text; line; line = strchr(line, '\n')) {
			line += *line == '\n';
			nr[i] += !strncmp(line, "ns ", 3);
			mounts[i] += !strncmp(line, "mount ", 6);
			if (!*line)
				break;
		}
		build_end(&text[i], nr[i], mounts[i]);
		s[i] = build_parse(&text[i], &err);
		if (!s[i])
			bail("%s", err.text);
	}
	if (pairing_make(&p, s[0], s[1]))
		bail("no memory");
}

static void finish(void)
{
	pairing_free(&p);
	snapshot_free(s[0]);
	snapshot_free(s[1]);
}

/* Of a mount in the first; below 0: it has moved; 0: it has none. */
static int pair_of(int id)
{
	const struct placed *a =
		side_mount(&p.side[0], snapshot_mount(s[0], id));

	if (!a->pair)
		return 0;
	return a->moved ? -a->pair->m->id : a->pair->m->id;
}

static unsigned int differ(int id)
{
	return pairing_differ(side_mount(&p.side[0], snapshot_mount(s[0], id)));
}

static size_t count_differences(void)
{
	size_t i, n = 0;

	for (i = 0; i < p.nr_steps; i++) {
		const struct step *step = &p.steps[i];

		n += !step->ns[0] || !step->ns[1] ||
		     !step->mount[0] != !step->mount[1] ||
		     (step->mount[0] && pairing_differ(step->mount[0]));
	}
	return n;
}

static const char *const one[] = { "init", NULL };
static const char *const two[] = { "init", "w", NULL };

/* Other ids, numbers of groups and devices, in another order. */
static void other_numbers(void)
{
	begin(0, "a", two, 6);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, " flags=shared group=1 peer=3 slaves=6");
	add(0, 3, 0, 1, "/b", 2, " flags=shared group=1 peer=2");
	add(0, 4, 0, 2, "/", 3, " flags=shared group=2");
	add(0, 5, 1, 5, "/", 1, "");
	add(0, 6, 1, 5, "/c", 2, " master=2");
	begin(1, "b", two, 6);
	add(1, 96, 1, 95, "/c", 2, " master=93");
	add(1, 94, 0, 92, "/", 3, " flags=shared group=7");
	add(1, 93, 0, 91, "/b", 2, " flags=shared group=9 peer=92 slaves=96");
	add(1, 92, 0, 91, "/a", 2, " flags=shared group=9 peer=93");
	add(1, 95, 1, 95, "/", 1, "");
	add(1, 91, 0, 91, "/", 1, "");
	pair_up();
	CHECK(!count_differences());
	CHECK(p.nr_steps == 9);
	CHECK(pair_of(4) == 94);
	CHECK(pair_of(6) == 96);
	finish();
}

static void added_and_removed(void)
{
	begin(0, "a", one, 3);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, " flags=shared group=1");
	add(0, 3, 0, 1, "/b", 3, "");
	begin(1, "b", one, 3);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/a", 2, " flags=shared group=1 peer=4");
	add(1, 4, 0, 1, "/c", 2, " flags=shared group=1 peer=2");
	pair_up();
	CHECK(pair_of(3) == 0);
	/* who joins a group changes nothing for those that were in it */
	CHECK(!differ(2));
	CHECK(count_differences() == 2);
	finish();
}

/* At one place: another filesystem, or another part of it, is another mount. */
static void replaced(void)
{
	begin(0, "a", one, 2);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, "");
	begin(1, "b", one, 2);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/a", 3, "");
	pair_up();
	CHECK(pair_of(2) == 0);
	CHECK(count_differences() == 2);
	finish();
}

static void retyped_and_changed(void)
{
	begin(0, "a", one, 5);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, " flags=ro,shared group=1");
	add(0, 3, 0, 1, "/b", 3, "");
	add(0, 4, 0, 1, "/c", 4, " flags=nosuid,unbindable");
	add(0, 5, 0, 1, "/d", 5, " flags=nosuid,ro");
	begin(1, "b", one, 5);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/a", 2, " flags=ro");
	add(1, 3, 0, 1, "/b", 3, " flags=unbindable");
	add(1, 4, 0, 1, "/c", 4, " flags=shared group=1");
	add(1, 5, 0, 1, "/d", 5, " flags=nosuid");
	pair_up();
	CHECK(differ(2) == DIFFER_TYPE);
	CHECK(differ(3) == DIFFER_TYPE);
	CHECK(differ(4) == (DIFFER_TYPE | DIFFER_FLAGS));
	CHECK(differ(5) == DIFFER_FLAGS);
	finish();
}

/* The same numbers, but one has gone over to the other group. */
static void regrouped(void)
{
	begin(0, "a", one, 6);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, " flags=shared group=1 peer=3");
	add(0, 3, 0, 1, "/b", 2, " flags=shared group=1 peer=4");
	add(0, 4, 0, 1, "/c", 2, " flags=shared group=1 peer=2");
	add(0, 5, 0, 1, "/d", 2, " flags=shared group=2 slaves=6");
	add(0, 6, 0, 1, "/e", 2, " master=5");
	begin(1, "b", one, 6);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/a", 2, " flags=shared group=2 peer=3 slaves=6");
	add(1, 3, 0, 1, "/b", 2, " flags=shared group=2 peer=2");
	add(1, 4, 0, 1, "/c", 2, " flags=shared group=1 peer=5");
	add(1, 5, 0, 1, "/d", 2, " flags=shared group=1 peer=4");
	add(1, 6, 0, 1, "/e", 2, " master=2");
	pair_up();
	CHECK(!differ(2));
	CHECK(!differ(3));
	CHECK(differ(4) == DIFFER_GROUPS);
	CHECK(!differ(5));
	CHECK(differ(6) == DIFFER_GROUPS);
	finish();
}

/* Two mounts of one superblock, or of two that look the same. */
static void other_superblock(void)
{
	begin(0, "a", one, 3);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, "");
	add(0, 3, 0, 1, "/b", 2, "");
	begin(1, "b", one, 3);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/a", 2, "");
	build(&text[1],
	      "mount id=3 ns=0 parent=1 mountpoint=/b mp_dentry=0123456789abcdef root=/ root_dentry=fedcba9876543210 dev=1:7 type=tmpfs source=s2\n");
	pair_up();
	CHECK(!differ(2));
	CHECK(differ(3) == DIFFER_FLAGS);
	CHECK(count_differences() == 1);
	finish();
}

/* One more beneath others on the same path; and two that change places. */
static void stacked(void)
{
	begin(0, "a", one, 5);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/m", 2, "");
	add(0, 3, 0, 2, "/", 3, "");
	add(0, 4, 0, 1, "/n", 4, "");
	add(0, 5, 0, 4, "/", 5, "");
	begin(1, "b", one, 6);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/m", 2, "");
	add(1, 7, 0, 2, "/", 7, "");
	add(1, 3, 0, 7, "/", 3, "");
	add(1, 5, 0, 1, "/n", 5, "");
	add(1, 4, 0, 5, "/", 4, "");
	pair_up();
	CHECK(pair_of(2) == 2);
	CHECK(pair_of(3) == 3);
	CHECK((pair_of(4) == 4) + (pair_of(5) == 5) == 1);
	CHECK((pair_of(4) == -4) + (pair_of(5) == -5) == 1);
	finish();
}

static void build_move(const char *boot)
{
	begin(0, "a", one, 5);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 0, 1, "/a", 2, "");
	add(0, 3, 0, 2, "/x", 3, "");
	add(0, 4, 0, 2, "/y", 3, "");
	add(0, 5, 0, 1, "/e", 3, "");
	begin(1, boot, one, 5);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 0, 1, "/b", 2, "");
	add(1, 3, 0, 2, "/x", 3, "");
	add(1, 4, 0, 2, "/y", 3, "");
	add(1, 5, 0, 1, "/a", 3, "");
	pair_up();
}

static bool carried(int id)
{
	return pairing_carried(&p, side_mount(&p.side[0],
					      snapshot_mount(s[0], id)));
}

/* All of 3, 4, 5 look the same: those on it are told by where they are on it. */
static void moved(void)
{
	build_move("b");
	CHECK(pair_of(2) == -2);
	CHECK(pair_of(3) == -3);
	CHECK(pair_of(4) == -4);
	CHECK(pair_of(5) == -5);
	CHECK(!carried(2));
	CHECK(carried(3));
	CHECK(carried(4));
	CHECK(!carried(5));
	CHECK(!differ(2));
	finish();
}

/* In one boot it is the id that tells: 5 has gone, and 6 has come. */
static void moved_in_one_boot(void)
{
	build_move("a");
	CHECK(pair_of(2) == -2);
	CHECK(pair_of(5) == -5);
	finish();

	begin(0, "a", one, 2);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 5, 0, 1, "/e", 3, "");
	begin(1, "a", one, 2);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 6, 0, 1, "/a", 3, "");
	pair_up();
	CHECK(pair_of(5) == 0);
	finish();

	/* without a unique one (before 6.8) it may be that of another mount */
	begin(0, "a", one, 2);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 5, 0, 1, "/e", 3, "");
	begin(1, "a", one, 2);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 5, 0, 1, "/a", 4, "");
	pair_up();
	CHECK(pair_of(5) == 0);
	finish();

	/* with it, that mount may look the same */
	begin(0, "a", one, 2);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 5, 0, 1, "/e", 3, " unique=7");
	begin(1, "a", one, 2);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 5, 0, 1, "/a", 3, " unique=8");
	pair_up();
	CHECK(pair_of(5) == 0);
	finish();
}

/* A fourth among three that look alike but for one mount. */
static void namespace_in_the_middle(void)
{
	static const char *const three[] = { "init", "w", "w", NULL };
	static const char *const four[] = { "init", "w", "w", "w", NULL };

	begin(0, "a", three, 5);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 1, 2, "/", 2, "");
	add(0, 3, 1, 2, "/a", 3, "");
	add(0, 4, 2, 4, "/", 2, "");
	add(0, 5, 2, 4, "/b", 3, "");
	begin(1, "b", four, 7);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 1, 2, "/", 2, "");
	add(1, 3, 1, 2, "/a", 3, "");
	add(1, 6, 2, 6, "/", 2, "");
	add(1, 7, 2, 6, "/c", 3, "");
	add(1, 4, 3, 4, "/", 2, "");
	add(1, 5, 3, 4, "/b", 3, "");
	pair_up();
	CHECK(pair_of(3) == 3);
	CHECK(pair_of(5) == 5);
	CHECK(count_differences() == 3);
	/* numbers are common to both, in the order of the first and the second */
	CHECK(p.side[0].namespaces[2].nr == 3);
	CHECK(p.side[1].namespaces[2].nr == 2);
	CHECK(p.side[1].namespaces[3].nr == 3);
	finish();
}

/* The other way about, and other names: then the root counts. */
static void namespaces_by_what_is_in_them(void)
{
	static const char *const before[] = { "init", "x", "y", NULL };
	static const char *const after[] = { "init", "y", "z", NULL };

	begin(0, "a", before, 3);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 1, 2, "/", 2, "");
	add(0, 3, 2, 3, "/", 3, "");
	begin(1, "b", after, 3);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 3, 1, 3, "/", 3, "");
	add(1, 2, 2, 2, "/", 2, "");
	pair_up();
	CHECK(pair_of(2) == 2);
	CHECK(pair_of(3) == 3);
	CHECK(!count_differences());
	finish();
}

/* What their tasks have in common says less than what is mounted there. */
static void namespaces_by_their_mounts(void)
{
	static const char *const before[] = { "init", "x", "y", NULL };
	static const char *const after[] = { "init", "y", "x", NULL };

	begin(0, "a", before, 5);
	add(0, 1, 0, 1, "/", 1, "");
	add(0, 2, 1, 2, "/", 2, "");
	add(0, 3, 1, 2, "/a", 3, "");
	add(0, 4, 2, 4, "/", 2, "");
	add(0, 5, 2, 4, "/b", 3, "");
	begin(1, "b", after, 5);
	add(1, 1, 0, 1, "/", 1, "");
	add(1, 2, 1, 2, "/", 2, "");
	add(1, 3, 1, 2, "/a", 3, "");
	add(1, 4, 2, 4, "/", 2, "");
	add(1, 5, 2, 4, "/b", 3, "");
	pair_up();
	CHECK(pair_of(3) == 3);
	CHECK(pair_of(5) == 5);
	CHECK(!count_differences());
	finish();
}

static void longest_in_order(void)
{
	static const uint64_t a[] = { 1, 2, 3, 4, 5, 6, 9 };
	static const uint64_t b[] = { 1, 6, 2, 3, 7, 4, 9 };
	size_t x[7], y[7], i;
	struct keys ka = { a, 7, x }, kb = { b, 7, y };
	struct arena *arena = arena_new();

	for (i = 0; i < 7; i++) {
		x[i] = NO_PAIR;
		y[i] = NO_PAIR;
	}
	CHECK(!match_in_order(&ka, &kb, arena));
	CHECK(x[0] == 0 && x[6] == 6);
	CHECK(x[1] == 2 && x[2] == 3 && x[3] == 5);
	CHECK(x[4] == NO_PAIR && x[5] == NO_PAIR);
	CHECK(y[1] == NO_PAIR && y[4] == NO_PAIR);
	arena_free(arena);
}

static uint64_t state = 1;

static unsigned int pick(unsigned int n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

/* Whatever links there are: parents in circles, masters that are not there. */
static void add_random(int which, int id)
{
	static const char *const paths[] = { "/", "/a", "/a/b", "/b" };
	char more[128];
	unsigned int group = pick(4);

	snprintf(more, sizeof(more), "%s", pick(3) ? "" : " master=5");
	if (group)
		snprintf(more, sizeof(more),
			 " flags=shared group=%u peer=%u master=%u", group,
			 pick(12) + 1, pick(12) + 1);
	add(which, id, pick(2), pick(12) + 1, paths[pick(4)], pick(3), more);
}

/* Pairs are mutual, and each mount is in the steps once, of each snapshot. */
static void check_steps(void)
{
	size_t seen[2] = {}, i;
	int j;

	for (i = 0; i < p.nr_steps; i++) {
		const struct step *step = &p.steps[i];

		for (j = 0; j < 2; j++)
			seen[j] += !!step->mount[j];
		if (step->mount[0] && step->mount[1])
			CHECK(step->mount[0]->pair == step->mount[1]);
	}
	for (j = 0; j < 2; j++) {
		CHECK(seen[j] == s[j]->nr_mounts);
		for (i = 0; i < s[j]->nr_mounts; i++) {
			const struct placed *m = &p.side[j].mounts[i];

			CHECK(!m->pair || m->pair->pair == m);
		}
	}
}

static void random_snapshots(void)
{
	int round, which, id;

	for (round = 0; round < 2000; round++) {
		for (which = 0; which < 2; which++) {
			begin(which, pick(2) ? "a" : "b", two, 12);
			for (id = 1; id <= 12; id++)
				add_random(which, id);
		}
		pair_up();
		check_steps();
		finish();
	}
}

static void no_memory(void)
{
	struct pairing q;
	int rc = -1;
	long n;

	build_move("b");
	for (n = 0; rc && n < 10000; n++) {
		left = n;
		rc = pairing_make(&q, s[0], s[1]);
		left = -1;
	}
	CHECK(n > 1);
	CHECK(!rc);
	pairing_free(&q);
	finish();
}

static const struct check_test tests[] = {
	{ "numbers of another boot", other_numbers },
	{ "added and removed", added_and_removed },
	{ "replaced", replaced },
	{ "retyped, and other flags", retyped_and_changed },
	{ "regrouped", regrouped },
	{ "another superblock", other_superblock },
	{ "stacked", stacked },
	{ "moved", moved },
	{ "moved in one boot", moved_in_one_boot },
	{ "a namespace in the middle", namespace_in_the_middle },
	{ "namespaces by what is in them", namespaces_by_what_is_in_them },
	{ "namespaces by their mounts", namespaces_by_their_mounts },
	{ "the longest in order", longest_in_order },
	{ "random snapshots", random_snapshots },
	{ "no memory", no_memory },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
