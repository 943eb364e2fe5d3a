// SPDX-License-Identifier: GPL-2.0-only
/* The parser: what it takes, what it refuses and how it says so. */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "../../debugfs/format.h"
#include "builder.h"
#include "check.h"
#include "rules.h"

#define STORY "data/story.snap"

#define NS_FIELDS "user_ns=1 anon=0 root=1 nr_mounts=1 found=1 event=1 tasks=0"
#define MOUNT_FIELDS                                               \
	"parent=1 mountpoint=/ mp_dentry=0123456789abcdef root=/ " \
	"root_dentry=fedcba9876543210 dev=0:1 type=tmpfs"

static const char *const small[] = {
	"mntprop 1",
	"system release=6.1.0 mono=1 wall=2",
	"capture hold=3 retries=0 namespaces=1 mounts=1 complete=yes",
	"ns nr=0 " NS_FIELDS,
	"mount id=1 ns=0 " MOUNT_FIELDS,
	"end namespaces=1 mounts=1",
};

/* The small snapshot with one line (from 1) replaced; NULL leaves it out. */
static struct snapshot *parse_with(int line, const char *text,
				   struct error *err)
{
	struct builder b = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(small); i++) {
		const char *s = (int)i + 1 == line ? text : small[i];

		if (s)
			build(&b, "%s\n", s);
	}
	return build_parse(&b, err);
}

static void load(struct builder *b)
{
	struct error err;

	if (snapshot_read(STORY, &b->text, &b->len, &err))
		printf("# %s\n", err.text);
}

static void test_story(void)
{
	struct error err = {};
	struct snapshot *s = snapshot_load(STORY, &err);
	const struct mnt_namespace *ns;
	const struct mount *m;

	CHECK(s);
	if (!s)
		return;
	CHECK(s->version == 1 && s->complete && s->hold == 41234);
	CHECK(s->nr_namespaces == 6 && s->nr_mounts == 28);
	CHECK_STR(s->release, "6.1.0-28-amd64");

	ns = snapshot_ns(s, 4026532202);
	CHECK(ns && ns->pid == 1302 && ns->tasks == 1 && ns->nr_mounts == 5);
	CHECK_STR(ns->comm, "ba sh");
	CHECK(!snapshot_ns(s, 0) && !snapshot_ns(s, 1));

	m = snapshot_mount(s, 33);
	CHECK(m && m->major == 0 && m->minor == 41 && m->count == 2);
	CHECK(m->ns == &s->namespaces[0] && m->parent_id == 32);
	CHECK(m->peer_id == 33 && !m->group_id && !m->shared);
	CHECK_STR(m->source, "on\\top");
	CHECK_STR(m->flags, "ro,relatime,expire");
	m = snapshot_mount(s, 120);
	CHECK(m && !m->source && !m->flags && m->count == -1);
	m = snapshot_mount(s, 72);
	CHECK(m && m->nr_slaves == 1 && m->slave_ids[0] == 111);
	CHECK(!snapshot_mount(s, 2));
	snapshot_free(s);
}

static void test_unknown(void)
{
	struct error err = {};
	struct snapshot *s;

	s = parse_with(4, "ns nr=0 new=\\\\x " NS_FIELDS "\nlater a b\nnswer",
		       &err);
	CHECK(s);
	snapshot_free(s);
	s = parse_with(6, "end namespaces=1 mounts=1 more=1\nafter x=1", &err);
	CHECK(s);
	snapshot_free(s);
}

static void test_no_namespace(void)
{
	static const char *const states[] = { "internal", "unmounted",
					      "detached", "something_new" };
	char line[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		struct error err = {};
		struct snapshot *s;

		snprintf(line, sizeof(line), "mount id=1 state=%s %s",
			 states[i], MOUNT_FIELDS);
		s = parse_with(5, line, &err);
		CHECK(s && !s->mounts[0].ns);
		if (s)
			CHECK_STR(s->mounts[0].state, states[i]);
		snapshot_free(s);
	}
}

static void refused(int line, const char *text, const char *wanted)
{
	struct error err = {};
	struct snapshot *s = parse_with(line, text, &err);

	CHECK(!s);
	CHECK_STR(err.text, wanted);
	snapshot_free(s);
}

static void test_versions(void)
{
	struct error err = {};
	struct snapshot *s = parse_with(0, NULL, &err);

	CHECK(s);
	snapshot_free(s);
	refused(1, "mntprop 2\nanything",
		"test:1: version: too new, this mntprop knows 1; use the mntprop that came with the module");
	refused(1, "mntprop 0", "test:1: version: not a number");
	refused(1, "mntprop 1 ", "test:1: version: not a number");
	refused(1, "mntprop 99999999999999999999",
		"test:1: version: not a number");
	refused(1, "mountinfo", "test:1: mntprop: not a snapshot of mntprop");
	CHECK(!snapshot_parse("", 0, "test", &err));
	CHECK_STR(err.text, "test:1: mntprop: not a snapshot of mntprop");
}

static void test_fields(void)
{
	refused(4, "ns nr=0 user_ns=1", "test:4: anon: missing");
	refused(5, "mount id=1 ns=0 parent=1", "test:5: mountpoint: missing");
	refused(2, "system mono=1 wall=2", "test:2: release: missing");
	refused(5, "mount id=1 ns=0 id=1 " MOUNT_FIELDS,
		"test:5: id: given twice");
	refused(5, "mount id=-1 ns=0 " MOUNT_FIELDS, "test:5: id: not an id");
	refused(5, "mount id=2147483648 ns=0 " MOUNT_FIELDS,
		"test:5: id: not an id");
	refused(5, "mount id= ns=0 " MOUNT_FIELDS, "test:5: id: not an id");
	refused(5, "mount id=1 ns=1 " MOUNT_FIELDS,
		"test:5: ns: there is no such ns record");
	refused(5, "mount id=1 " MOUNT_FIELDS, "test:5: ns: missing");
	refused(5, "mount id=1 ns=0 state=unmounted " MOUNT_FIELDS,
		"test:5: state: given, but the mount is in a namespace");
	refused(5, "mount id=1 state= " MOUNT_FIELDS,
		"test:5: state: not a word");
	refused(5, "mount id=1 state=a\\040b " MOUNT_FIELDS,
		"test:5: state: not a word");
	refused(5, "mount id=1 ns=0 count=9223372036854775808 " MOUNT_FIELDS,
		"test:5: count: not a number");
	refused(5, "mount id=1 ns=0 slaves=1,,2 " MOUNT_FIELDS,
		"test:5: slaves: not a list of ids");
	refused(5, "mount id=1 ns=0 slaves= " MOUNT_FIELDS,
		"test:5: slaves: not a list of ids");
	refused(5, "mount id=1 ns=0 source=a\\09 " MOUNT_FIELDS,
		"test:5: source: a backslash without three octal digits");
	refused(5, "mount id=1 ns=0 source=a\\000 " MOUNT_FIELDS,
		"test:5: source: a backslash without three octal digits");
	refused(5, "mount id=1 ns=0 source=a\tb " MOUNT_FIELDS,
		"test:5: source: a control character that is not escaped");
	refused(5, "mount id=1  ns=0 " MOUNT_FIELDS,
		"test:5: mount: a field that is not NAME=VALUE");
	refused(5, "mount id=1 ns=0 " MOUNT_FIELDS " ",
		"test:5: mount: a field that is not NAME=VALUE");
	refused(4, "ns nr=1 " NS_FIELDS,
		"test:4: nr: not the number of ns records before this one");
	refused(4, "ns nr=0 user_ns=1 anon=2", "test:4: anon: neither 0 nor 1");
}

static void test_values(void)
{
	refused(5, "mount id=1 ns=0 parent=1 mountpoint=tmp",
		"test:5: mountpoint: not a path");
	refused(5, "mount id=1 ns=0 mp_dentry=0123456789abcdeg",
		"test:5: mp_dentry: not 16 hexadecimal digits");
	refused(5, "mount id=1 ns=0 mp_dentry=0123",
		"test:5: mp_dentry: not 16 hexadecimal digits");
	refused(5, "mount id=1 ns=0 dev=8", "test:5: dev: not major:minor");
	refused(5, "mount id=1 ns=0 dev=8:4294967296",
		"test:5: dev: not major:minor");
	refused(3,
		"capture hold=18446744073709551616 retries=0 namespaces=1 mounts=1 complete=yes",
		"test:3: hold: not a number");
	refused(3,
		"capture hold=1 retries=0 namespaces=1 mounts=1 complete=true",
		"test:3: complete: neither yes nor no");
}

static void test_order(void)
{
	refused(2, NULL, "test:2: capture: comes too early");
	refused(3, NULL, "test:3: ns: comes too early");
	refused(4, NULL, "test:4: mount: comes too early");
	refused(2,
		"system release=6 mono=1 wall=2\n"
		"system release=6 mono=1 wall=2",
		"test:3: system: given twice");
	refused(6, "end namespaces=1 mounts=1\nmount id=2",
		"test:7: mount: comes too late");
	refused(5, "cgroup ns=0 pid=1 path=/",
		"test:5: cgroup: comes too early");
	refused(6,
		"end namespaces=1 mounts=1\n"
		"cgroup ns=0 pid=1 path=/\ncgroup ns=0 pid=1 path=/",
		"test:8: ns: a second cgroup record for this namespace");
	refused(2, "", "test:2: record: a line without a name");
}

static const struct rule *beneath;

static void expect_beneath(const struct snapshot *s, bool holds,
			   const char *origin)
{
	rules_mask mask = rule_mask(beneath);
	struct rules rules;

	CHECK(s && s->rules_known == mask);
	if (!s)
		return;
	CHECK(s->rules_probed == (strcmp(origin, RULE_PROBED) ? 0 : mask));
	CHECK(s->rules_idle == (strcmp(origin, RULE_IDLE) ? 0 : mask));
	CHECK(s->rules_odd == (strcmp(origin, RULE_ODD) ? 0 : mask));
	rules_of(s, &rules);
	CHECK(rules.beneath == holds);
	/* of the others the release tells: 6.1 */
	CHECK(rules.master_same_root && !rules.beneath_locked);
}

#define END "end namespaces=1 mounts=1\n"

static void test_rules(void)
{
	struct error err = {};
	struct snapshot *s;
	struct rules rules;

	beneath = rule_named("beneath");
	s = parse_with(6, END "rule name=beneath holds=yes origin=probed",
		       &err);
	expect_beneath(s, true, RULE_PROBED);
	snapshot_free(s);
	s = parse_with(6,
		       END "rule name=beneath holds=no origin=idle\n"
			   "rule name=of_tomorrow holds=yes origin=probed",
		       &err);
	expect_beneath(s, false, RULE_IDLE);
	snapshot_free(s);
	s = parse_with(6, END "rule name=beneath holds=yes origin=assumed",
		       &err);
	expect_beneath(s, true, RULE_ASSUMED);
	snapshot_free(s);
	s = parse_with(6,
		       END "rule name=beneath holds=yes origin=odd\n"
			   "cgroup ns=0 pid=1 path=/",
		       &err);
	expect_beneath(s, true, RULE_ODD);
	snapshot_free(s);
	s = parse_with(0, NULL, &err);
	CHECK(s && !s->rules_known);
	if (s)
		rules_of(s, &rules);
	CHECK(!rules.beneath);
	snapshot_free(s);
	refused(6,
		END "rule name=beneath holds=yes origin=probed\n"
		    "rule name=beneath holds=yes origin=probed",
		"test:8: name: a second rule record for this rule");
	refused(6, END "rule name=beneath holds=1 origin=probed",
		"test:7: holds: neither yes nor no");
	refused(6, END "rule name=beneath holds=yes",
		"test:7: origin: missing");
	refused(6, END "rule holds=yes origin=odd", "test:7: name: missing");
	refused(5, "rule name=beneath holds=yes origin=odd",
		"test:5: rule: comes too early");
}

static void test_counts(void)
{
	refused(3,
		"capture hold=3 retries=0 namespaces=1 mounts=2 complete=yes",
		"test:6: mounts: not the number of mount records");
	refused(3,
		"capture hold=3 retries=0 namespaces=2 mounts=1 complete=yes",
		"test:6: namespaces: not the number of ns records");
	refused(3,
		"capture hold=3 retries=0 namespaces=0 mounts=1 complete=yes",
		"test:3: namespaces: none, but there is always the initial one");
	refused(3,
		"capture hold=3 retries=0 namespaces=1 mounts=18446744073709551615 complete=yes",
		"test:3: mounts: more than the rest of the file can hold; it was cut off");
	refused(3,
		"capture hold=3 retries=0 namespaces=1 mounts=0 complete=yes",
		"test:5: mount: more records than the capture record announced");
	refused(4, "ns nr=0 " NS_FIELDS "\nns nr=0 " NS_FIELDS,
		"test:5: ns: more records than the capture record announced");
	refused(6, "end namespaces=1 mounts=2",
		"test:6: mounts: not the number of mount records");
	refused(6, NULL, "test:6: end: missing, the snapshot was cut off");
}

static void test_duplicate_id(void)
{
	struct builder b = {};
	struct error err = {};

	build_head(&b, 1, 3);
	build_ns(&b, 0, 1);
	build_mount(&b, 7, 7, "/", "");
	build_mount(&b, 5, 7, "/a", "");
	build_mount(&b, 7, 7, "/b", "");
	build_end(&b, 1, 3);
	CHECK(!build_parse(&b, &err));
	CHECK_STR(err.text, "test:7: id: 7 is that of another mount");
}

static void test_nul(void)
{
	struct builder b = {};
	struct error err = {};

	build_head(&b, 1, 1);
	build_ns(&b, 0, 1);
	build_mount(&b, 1, 1, "/", "");
	build_end(&b, 1, 1);
	fclose(b.f);
	b.text[b.len - 3] = 0;
	CHECK(!snapshot_parse(b.text, b.len, "test", &err));
	CHECK_STR(err.text, "test:6: line: has a NUL byte in it");
	free(b.text);
}

/* In a block of its own size, so that a byte too far is noticed. */
static struct snapshot *parse_copy(const char *text, size_t len,
				   struct error *err)
{
	char *copy = malloc(len ? len : 1);
	struct snapshot *s;

	memcpy(copy, text, len);
	s = snapshot_parse(copy, len, "copy", err);
	free(copy);
	return s;
}

static void test_truncated(void)
{
	struct builder b = {};
	struct error err;
	const char *end;
	size_t len, whole;

	load(&b);
	end = memmem(b.text, b.len, "\nend ", 5);
	whole = (char *)memchr(end + 1, '\n', b.len) + 1 - b.text;
	for (len = 0; len <= b.len; len++) {
		bool at_end = len >= whole && b.text[len - 1] == '\n';
		struct snapshot *s;

		err.text[0] = 0;
		s = parse_copy(b.text, len, &err);
		if (!s != !at_end || !s != !!*err.text) {
			printf("# cut at byte %zu: %s\n", len, err.text);
			CHECK(false);
		}
		snapshot_free(s);
	}
	free(b.text);
}

/* xorshift: the same everywhere, so that a failure can be had again */
static uint32_t random_number(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void mutate(char *text, size_t *len, uint32_t *state)
{
	size_t at = random_number(state) % *len;
	size_t n = random_number(state) % (*len - at) % 64;
	size_t from = random_number(state) % (*len - n);
	static const char handy[] = "0123456789 =,\\\n/-";

	switch (random_number(state) % 4) {
	case 0:
		text[at] = random_number(state);
		break;
	case 1:
		text[at] = handy[random_number(state) % (sizeof(handy) - 1)];
		break;
	case 2:
		memmove(text + at, text + from, n);
		break;
	case 3:
		memmove(text + at, text + at + n, *len - at - n);
		*len -= n;
		break;
	}
}

#define MUTATIONS 10000

static void test_mutations(void)
{
	struct builder b = {};
	uint32_t state = 20240229;
	size_t good = 0;
	int i, k;

	load(&b);
	for (i = 0; i < MUTATIONS; i++) {
		char *copy = malloc(b.len);
		size_t len = b.len;
		struct error err = {};
		struct snapshot *s;

		memcpy(copy, b.text, len);
		for (k = random_number(&state) % 4; k >= 0; k--)
			mutate(copy, &len, &state);
		s = parse_copy(copy, len, &err);
		if (!s == !*err.text)
			CHECK(false);
		good += !!s;
		snapshot_free(s);
		free(copy);
	}
	printf("# %d mutations, %zu still good\n", MUTATIONS, good);
	CHECK(good > 0 && good < MUTATIONS);
	free(b.text);
}

static void test_hostile_names(void)
{
	char component[257] = "/", path[4001] = "", *name;
	struct builder b = {};
	struct error err = {};
	struct snapshot *s;
	const char *raw = "/\xff\xfe\xc3(";

	memset(component + 1, 'x', 255);
	memset(path, 'y', 4000);
	for (name = path; name < path + 4000; name += 250)
		*name = '/';

	build_head(&b, 1, 5);
	build_ns(&b, 0, 1);
	build_mount(&b, 1, 1, "/", "");
	build_mount(&b, 2, 1, "/a\\040b\\011c\\012d\\134e\\001\\177\\377",
		    " source=\\012end\\040");
	build_mount(&b, 3, 1, raw, " source=");
	build_mount(&b, 4, 1, component, "");
	build_mount(&b, 5, 4, path, "");
	build_end(&b, 1, 5);
	s = build_parse(&b, &err);
	CHECK(s);
	if (!s)
		return;
	CHECK_STR(snapshot_mount(s, 2)->mountpoint,
		  "/a b\tc\nd\\e\001\177\377");
	CHECK_STR(snapshot_mount(s, 2)->source, "\nend ");
	CHECK_STR(snapshot_mount(s, 3)->path, raw);
	CHECK_STR(snapshot_mount(s, 3)->source, "");
	CHECK_STR(snapshot_mount(s, 4)->path, component);
	CHECK(strlen(snapshot_mount(s, 5)->path) == 4256);
	snapshot_free(s);
}

#define MANY 100000

static void test_many(void)
{
	struct timespec start, stop;
	struct builder b = {};
	struct error err = {};
	struct snapshot *s;
	double seconds;
	char more[64], path[64];
	int i;

	build_head(&b, 1, MANY);
	build_ns(&b, 0, 1);
	build_mount(&b, 1, 1, "/", "");
	for (i = 2; i <= MANY; i++) {
		snprintf(path, sizeof(path), "/some/where/%d", i);
		snprintf(more, sizeof(more), " flags=shared group=%d peer=%d",
			 i / 100 + 1, i % 100 == 99 ? i - 99 : i + 1);
		build_mount(&b, i, i % 3 ? 1 : i - 1, path, more);
	}
	build_end(&b, 1, MANY);
	fclose(b.f);

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	s = snapshot_consume(b.text, b.len, "many", &err);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &stop);
	CHECK(s && s->nr_mounts == MANY && s->nr_groups == MANY / 100 + 1);
	for (i = 2; s && i <= MANY; i++) {
		snprintf(path, sizeof(path), "/some/where/%d", i);
		if (s->mounts[i - 1].id != i ||
		    strcmp(s->mounts[i - 1].mountpoint, path))
			break;
	}
	CHECK(i == MANY + 1);
	seconds = stop.tv_sec - start.tv_sec +
		  (stop.tv_nsec - start.tv_nsec) / 1e9;
	printf("# %d mounts in %.3f s of the CPU\n", MANY, seconds);
	/* with sanitizers and on slow machines; a square would be minutes */
	CHECK(seconds < 10);
	snapshot_free(s);
}

/* What one mount has of the mount before it is there once, and leaves no trace. */
static void test_repeated(void)
{
	static const char *const more[] = {
		" source=a/long\\040one flags=relatime",
		" source=a/long\\040one flags=relatime",
		" source=a/long\\040one flags=ro",
		" sb_flags=ro flags=ro",
		" source=a/long\\040one sb_flags=ro",
	};
	struct builder b = {};
	struct error err;
	struct snapshot *s;
	const struct mount *m;
	size_t i;

	build_head(&b, 1, ARRAY_SIZE(more));
	build_ns(&b, 0, 1);
	for (i = 0; i < ARRAY_SIZE(more); i++)
		build_mount(&b, i + 1, 1, "/", more[i]);
	build_end(&b, 1, ARRAY_SIZE(more));
	s = build_parse(&b, &err);
	CHECK(s);
	m = s->mounts;
	CHECK(m[1].source == m[0].source && m[1].flags == m[0].flags);
	CHECK(m[2].source == m[0].source && !strcmp(m[2].flags, "ro"));
	CHECK(!m[3].source && m[3].flags == m[2].flags);
	CHECK(!strcmp(m[4].source, "a/long one") && !m[4].flags);
	CHECK(m[4].sb_flags == m[3].sb_flags && m[4].type == m[0].type);
	snapshot_free(s);
}

static const struct check_test tests[] = {
	{ "a whole snapshot", test_story },
	{ "unknown fields and records are skipped", test_unknown },
	{ "mounts in no namespace", test_no_namespace },
	{ "versions", test_versions },
	{ "fields that are missing, given twice or wrong", test_fields },
	{ "values of every kind", test_values },
	{ "words of the mount before", test_repeated },
	{ "order of records", test_order },
	{ "rules of the kernel", test_rules },
	{ "numbers of records", test_counts },
	{ "a mount id twice", test_duplicate_id },
	{ "a NUL byte", test_nul },
	{ "cut off after every byte", test_truncated },
	{ "10,000 mutations", test_mutations },
	{ "hostile names", test_hostile_names },
	{ "100,000 mounts", test_many },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
