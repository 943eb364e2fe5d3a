// SPDX-License-Identifier: GPL-2.0-only
/* Snapshots of one boot compared, and the lines that are printed of it. */
#include <stdlib.h>
#include <unistd.h>

#include "changes.h"
#include "check.h"
#include "colors.h"
#include "event.h"

/* clang-format off */

/*
 * Namespaces 100 and 101 are there all the time; mounts 10 and 11 are peers in
 * them, 12 is their slave, 40 is unmounted and in use, 50 is in an anonymous
 * namespace.  %s: unique ids, or nothing.
 */
static const char start[] =
"mntprop 1\n"
"system release=6.1.0 mono=1 wall=1000000000\n"
"capture hold=3 retries=0 namespaces=3 mounts=8 complete=yes\n"
"ns nr=0 inum=100 id=1 user_ns=1 anon=0 root=1 nr_mounts=3 found=3 event=20 tasks=1 pid=1 comm=init\n"
"ns nr=1 inum=101 id=2 user_ns=1 anon=0 root=2 nr_mounts=3 found=3 event=18 tasks=1 pid=2 comm=web\n"
"ns nr=2 user_ns=1 anon=1 root=50 nr_mounts=1 found=1 event=0 tasks=0\n"
"mount id=1 ns=0 parent=1 mountpoint=/ mp_dentry=0101010101010101 root=/ root_dentry=0101010101010101 dev=0:1 type=tmpfs\n"
"mount id=10 ns=0 parent=1 mountpoint=/a mp_dentry=0a0a0a0a0a0a0a0a root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs source=src flags=shared group=5 peer=11 slaves=12\n"
"mount id=13 ns=0 parent=1 mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d root=/ root_dentry=0606060606060606 dev=0:6 type=tmpfs flags=nosuid,relatime\n"
"mount id=2 ns=1 parent=2 mountpoint=/ mp_dentry=0202020202020202 root=/ root_dentry=0202020202020202 dev=0:1 type=tmpfs\n"
"mount id=11 ns=1 parent=2 mountpoint=/a mp_dentry=0b0b0b0b0b0b0b0b root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs flags=shared group=5 peer=10\n"
"mount id=12 ns=1 parent=2 mountpoint=/b mp_dentry=0c0c0c0c0c0c0c0c root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs master=10\n"
"mount id=40 state=unmounted parent=40 mountpoint=/ mp_dentry=0707070707070707 root=/ root_dentry=0707070707070707 dev=0:7 type=tmpfs\n"
"mount id=50 ns=2 parent=50 mountpoint=/ mp_dentry=0808080808080808 root=/ root_dentry=0808080808080808 dev=0:8 type=tmpfs\n"
"end namespaces=3 mounts=8\n";

#define MOUNT_12 "mount id=12 ns=1 parent=2 mountpoint=/b mp_dentry=0c0c0c0c0c0c0c0c root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs master=10\n"
#define MOUNT_2 "mount id=2 ns=1 parent=2 mountpoint=/ mp_dentry=0202020202020202 root=/ root_dentry=0202020202020202 dev=0:1 type=tmpfs\n"
#define MOUNT_11 "mount id=11 ns=1 parent=2 mountpoint=/a mp_dentry=0b0b0b0b0b0b0b0b root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs flags=shared group=5 peer=10\n"
#define MOUNT_13 "mount id=13 ns=0 parent=1 mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d root=/ root_dentry=0606060606060606 dev=0:6 type=tmpfs flags=nosuid,relatime\n"
#define MOUNT_40 "mount id=40 state=unmounted parent=40 mountpoint=/ mp_dentry=0707070707070707 root=/ root_dentry=0707070707070707 dev=0:7 type=tmpfs\n"
#define NS_101 "ns nr=1 inum=101 id=2 user_ns=1 anon=0 root=2 nr_mounts=3 found=3 event=18 tasks=1 pid=2 comm=web\n"
#define MOUNT_20 "mount id=20 ns=0 parent=10 mountpoint=/x mp_dentry=0e0e0e0e0e0e0e0e root=/ root_dentry=0909090909090909 dev=0:9 type=ext4 source=/dev/sd\\134\\042\n"
#define EVENT(n) { "event=20 ", "event=" #n " " }
#define MOUNTS(n) { "mounts=8 complete", "mounts=" #n " complete" }
#define ALL_MOUNTS(n) { "namespaces=3 mounts=8\n", "namespaces=3 mounts=" #n "\n" }

#define TIME "{\"time\":2.000000,\"since\":1.000000,\"event\":"
#define INIT "\"ns\":100,\"ns_id\":1,\"owner\":\"1 init\","
#define WEB "\"ns\":101,\"ns_id\":2,\"owner\":\"2 web\","

/* Each pair is replaced in the second snapshot; what is printed then. */
static const struct {
	const char *name;
	const char *pairs[8][2];
	const char *json, *line; /* @line without the time */
} cases[] = {
	{ "nothing", { { NULL } }, "", "" },
	{ "mounted",
	  { EVENT(21), MOUNTS(9), ALL_MOUNTS(9), { MOUNT_13, MOUNT_13 MOUNT_20 } },
	  TIME "\"mounted\"," INIT
	  "\"target\":\"/a/x\",\"id\":20,\"source\":\"/dev/sd\\\\\\\"\",\"fstype\":\"ext4\",\"propagation\":\"private\"}\n",
	  "mounted    100:/a/x(1 init) /dev/sd\\\" ext4 private\n" },
	{ "mounted, from an anonymous namespace",
	  { EVENT(21), {
	    "id=50 ns=2 parent=50 mountpoint=/ mp_dentry=0808080808080808",
	    "id=50 ns=0 parent=1 mountpoint=/y mp_dentry=0f0f0f0f0f0f0f0f"
	   } },
	  TIME "\"mounted\"," INIT
	  "\"target\":\"/y\",\"id\":50,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\"}\n",
	  "mounted    100:/y(1 init) tmpfs private\n" },
	{ "unmounted",
	  { EVENT(21), MOUNTS(7), ALL_MOUNTS(7), { MOUNT_13, "" } },
	  TIME "\"unmounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"in_use\":false}\n",
	  "unmounted  100:/d(1 init) tmpfs private\n" },
	{ "unmounted, still in use",
	  { EVENT(21), {
	    "id=13 ns=0 parent=1 mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d",
	    "id=13 state=unmounted parent=13 mountpoint=/ mp_dentry=0606060606060606"
	   } },
	  TIME "\"unmounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"in_use\":true}\n",
	  "unmounted  100:/d(1 init) tmpfs private, still in use\n" },
	{ "freed",
	  { MOUNTS(7), ALL_MOUNTS(7), { MOUNT_40, "" } },
	  TIME
	  "\"freed\",\"target\":\"/\",\"id\":40,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\"}\n",
	  "freed      unmounted:/() tmpfs private\n" },
	{ "created",
	  { MOUNTS(9), ALL_MOUNTS(9), { MOUNT_40, MOUNT_40
	  "mount id=60 state=detached parent=60 mountpoint=/ mp_dentry=0909090909090909 root=/ root_dentry=0909090909090909 dev=0:9 type=xfs source=s\n"

	   } },
	  TIME
	  "\"created\",\"target\":\"/\",\"id\":60,\"source\":\"s\",\"fstype\":\"xfs\",\"propagation\":\"private\"}\n",
	  "created    detached:/(s) s xfs private\n" },
	{ "moved",
	  { EVENT(21), {
	    "parent=1 mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d",
	    "parent=10 mountpoint=/e mp_dentry=1d1d1d1d1d1d1d1d"
	   } },
	  TIME "\"moved\"," INIT
	  "\"target\":\"/a/e\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"before\":\"/d\"}\n",
	  "moved      100:/a/e(1 init) from /d\n" },
	{ "renamed",
	  { { "parent=1 mountpoint=/d ", "parent=1 mountpoint=/new/d " } },
	  TIME "\"renamed\"," INIT
	  "\"target\":\"/new/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"before\":\"/d\"}\n",
	  "renamed    100:/new/d(1 init) from /d\n" },
	{ "became",
	  { { "type=tmpfs master=10", "type=tmpfs" }, { " slaves=12", "" } },
	  TIME "\"became\"," WEB
	  "\"target\":\"/b\",\"id\":12,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"before\":\"master:5\"}\n",
	  "became     101:/b(2 web) private, was master:5\n" },
	{ "became unbindable",
	  { { "flags=nosuid,relatime", "flags=nosuid,relatime,unbindable" } },
	  TIME "\"became\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"unbindable\",\"before\":\"private\"}\n",
	  "became     100:/d(1 init) unbindable, was private\n" },
	{ "regrouped",
	  { {
	    "group=5 peer=11",
	    "group=5 peer=10"
	   }, {
	    "group=5 peer=10\nmount id=12",
	    "group=7 peer=11\nmount id=12"
	   } },
	  TIME "\"regrouped\"," WEB
	  "\"target\":\"/a\",\"id\":11,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"shared:7\",\"before\":\"shared:5\"}\n",
	  "regrouped  101:/a(2 web) shared:7, was shared:5\n" },
	{ "remounted",
	  { EVENT(21), { "flags=nosuid,relatime", "flags=ro,nodev,relatime,locked" } },
	  TIME "\"remounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"options\":\"ro,nodev,relatime\",\"before\":\"rw,nosuid,relatime\"}\n",
	  "remounted  100:/d(1 init) ro,nodev,relatime, was rw,nosuid,relatime\n" },
	{ "went",
	  { { "namespaces=3 mounts=8 complete", "namespaces=2 mounts=5 complete" },
	    { "namespaces=3 mounts=8\n", "namespaces=2 mounts=5\n" },
	    { "peer=11 slaves=12", "peer=10" }, { NS_101 "ns nr=2 ", "ns nr=1 " },
	    { MOUNT_2, "" }, { MOUNT_11, "" }, { MOUNT_12, "" }, { "id=50 ns=2", "id=50 ns=1" } },
	  TIME "\"went\"," WEB "\"mounts\":3}\n",
	  "went       namespace 101(2 web) with 3 mounts\n" },
	{ "another with the same inode number",
	  { { "inum=101 id=2", "inum=101 id=3" } },
	  TIME "\"came\",\"ns\":101,\"ns_id\":3,\"owner\":\"2 web\",\"mounts\":3}\n"
	  TIME "\"went\"," WEB "\"mounts\":3}\n",
	  "came       namespace 101(2 web) with 3 mounts\n"
	  "went       namespace 101(2 web) with 3 mounts\n" },
	{ "another with the same id, elsewhere",
	  { EVENT(22), {
	    "mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d root=/ root_dentry=0606060606060606",
	    "mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d root=/ root_dentry=6666666666666666"
	   } },
	  TIME "\"unmounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"in_use\":false}\n"
	  TIME "\"mounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\"}\n",
	  "unmounted  100:/d(1 init) tmpfs private\n"
	  "mounted    100:/d(1 init) tmpfs private\n" },
	{ "a gap",
	  { EVENT(24) },
	  TIME "\"gap\",\"changes\":4,\"mounts\":0,\"namespaces\":0,\"in\":[100]}\n",
	  "gap        at least 4 changes with nothing left to see in 100(1 init)\n"
	   },
	{ "a gap besides what is seen",
	  { EVENT(24), { "flags=nosuid,relatime", "flags=relatime" } },
	  TIME "\"remounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"options\":\"rw,relatime\",\"before\":\"rw,nosuid,relatime\"}\n"
	  TIME "\"gap\",\"changes\":3,\"mounts\":0,\"namespaces\":0,\"in\":[]}\n",
	  "remounted  100:/d(1 init) rw,relatime, was rw,nosuid,relatime\n"
	  "gap        at least 3 changes with nothing left to see\n"
	   },
	{ "a gap in one of two namespaces",
	  { { "event=18 ", "event=21 " }, { "flags=nosuid,relatime", "flags=relatime" } },
	  TIME "\"remounted\"," INIT
	  "\"target\":\"/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"options\":\"rw,relatime\",\"before\":\"rw,nosuid,relatime\"}\n"
	  TIME "\"gap\",\"changes\":1,\"mounts\":0,\"namespaces\":0,\"in\":[101]}\n",
	  "remounted  100:/d(1 init) rw,relatime, was rw,nosuid,relatime\n"
	  "gap        at least 1 change with nothing left to see in 101(2 web)\n"
	   },
	{ "a gap besides what is not counted",
	  { EVENT(23), { "parent=1 mountpoint=/d ", "parent=1 mountpoint=/new/d " },
	    { MOUNT_40,
	      "mount id=60 ns=2 parent=60 mountpoint=/ mp_dentry=0909090909090909 root=/ root_dentry=0909090909090909 dev=0:9 type=xfs source=s\n"
	    } },
	  TIME
	  "\"freed\",\"target\":\"/\",\"id\":40,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\"}\n"
	  TIME "\"renamed\"," INIT
	  "\"target\":\"/new/d\",\"id\":13,\"source\":\"\",\"fstype\":\"tmpfs\",\"propagation\":\"private\",\"before\":\"/d\"}\n"
	  TIME
	  "\"created\",\"owner\":\"anonymous\",\"target\":\"/\",\"id\":60,\"source\":\"s\",\"fstype\":\"xfs\",\"propagation\":\"private\"}\n"
	  TIME "\"gap\",\"changes\":3,\"mounts\":0,\"namespaces\":0,\"in\":[]}\n",
	  "freed      unmounted:/() tmpfs private\n"
	  "renamed    100:/new/d(1 init) from /d\n"
	  "created    anon#2:/(anonymous) s xfs private\n"
	  "gap        at least 3 changes with nothing left to see\n"
	   },
	{ "a namespace that was not seen, and the youngest is there",
	  { { "inum=100 id=1", "inum=100 id=4" } },
	  TIME "\"came\",\"ns\":100,\"ns_id\":4,\"owner\":\"1 init\",\"mounts\":3}\n"
	  TIME "\"went\"," INIT "\"mounts\":3}\n"
	  TIME "\"gap\",\"changes\":0,\"mounts\":0,\"namespaces\":1,\"in\":[]}\n",
	  "came       namespace 100(1 init) with 3 mounts\n"
	  "went       namespace 100(1 init) with 3 mounts\n"
	  "gap        at least 1 namespace made and gone\n" },
	{ "namespaces that were not seen",
	  { { "inum=101 id=2", "inum=102 id=9" } },
	  TIME "\"came\",\"ns\":102,\"ns_id\":9,\"owner\":\"2 web\",\"mounts\":3}\n"
	  TIME "\"went\"," WEB "\"mounts\":3}\n"
	  TIME "\"gap\",\"changes\":0,\"mounts\":0,\"namespaces\":6,\"in\":[]}\n",
	  "came       namespace 102(2 web) with 3 mounts\n"
	  "went       namespace 101(2 web) with 3 mounts\n"
	  "gap        at least 6 namespaces made and gone\n" },
};

/* clang-format on */

/* @old, which is there once, becomes @new; frees @text. */
static char *replace(char *text, const char *old, const char *new)
{
	char *at = strstr(text, old), *made;

	CHECK(at && !strstr(at + 1, old));
	if (!at)
		exit(1);
	if (asprintf(&made, "%.*s%s%s", (int)(at - text), text, new,
		     at + strlen(old)) < 0)
		exit(1);
	free(text);
	return made;
}

/* Frees @text. */
static struct snapshot *parse(char *text)
{
	struct error err = {};
	struct snapshot *s = snapshot_parse(text, strlen(text), "test", &err);

	CHECK_STR(err.text, "");
	if (!s)
		exit(1);
	free(text);
	return s;
}

struct printing {
	const struct snapshot *before, *after;
	bool json;
	struct text out;
};

static void print(const struct change *c, void *arg)
{
	struct printing *p = arg;

	event_add(&p->out, p->json, p->before, p->after, c);
}

/* What is printed of two snapshots, which are freed; free() it. */
static char *printed(struct snapshot *before, struct snapshot *after, bool json,
		     struct counted *counted)
{
	struct printing p = { .before = before, .after = after, .json = json };
	struct gap gap;

	text_add(&p.out, "%s", "");
	CHECK(!changes_find(before, after, counted, print, &p, &gap));
	event_add_gap(&p.out, json, before, after, &gap);
	gap_free(&gap);
	snapshot_free(before);
	snapshot_free(after);
	return p.out.data;
}

static char *second(size_t i)
{
	char *text =
		replace(strdup(start), "wall=1000000000", "wall=2000000000");
	size_t j;

	for (j = 0; j < ARRAY_SIZE(cases[i].pairs) && cases[i].pairs[j][0]; j++)
		text = replace(text, cases[i].pairs[j][0],
			       cases[i].pairs[j][1]);
	return text;
}

static void cut_times(char *text)
{
	static const char time[] = "1970-01-01 00:00:02.000 ";
	char *at;

	while ((at = strstr(text, time)))
		memmove(at, at + strlen(time), strlen(at + strlen(time)) + 1);
}

static void test_each(bool json)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct counted counted = {};
		char *text = printed(parse(strdup(start)), parse(second(i)),
				     json, &counted);
		const char *wanted = cases[i].json;

		if (!json) {
			wanted = cases[i].line;
			cut_times(text);
		}
		if (strcmp(text, wanted))
			printf("# %s:\n", cases[i].name);
		CHECK_STR(text, wanted);
		free(text);
	}
}

static void test_json(void)
{
	test_each(true);
}

static void test_lines(void)
{
	test_each(false);
}

/* The word for the event, and nothing of what is for programs. */
static void test_colors(void)
{
	static const struct {
		const char *name;
		enum color color;
	} events[] = {
		{ "mounted", COLOR_ADDED },
		{ "unmounted", COLOR_REMOVED },
	};
	size_t i, j, seen = 0;

	colors_init("always", true);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (j = 0; j < ARRAY_SIZE(events); j++) {
			struct counted counted = {};
			char start_of_line[64], *text;

			if (strcmp(cases[i].name, events[j].name))
				continue;
			seen++;
			snprintf(start_of_line, sizeof(start_of_line),
				 " %s%-10s%s 100:/",
				 color_start(STDOUT_FILENO, events[j].color),
				 events[j].name,
				 color_end(STDOUT_FILENO, events[j].color));
			text = printed(parse(strdup(start)), parse(second(i)),
				       false, &counted);
			CHECK(strstr(text, start_of_line));
			free(text);
			counted = (struct counted){};
			text = printed(parse(strdup(start)), parse(second(i)),
				       true, &counted);
			CHECK(*text && !strchr(text, '\033'));
			free(text);
		}
	}
	CHECK(seen == ARRAY_SIZE(events));
	colors_init("never", true);
}

/* Mounts 13 and 12 with unique ids. */
static char *with_ids(int of_13, int of_12)
{
	char more[64], *text = strdup(start);

	snprintf(more, sizeof(more), "mount id=13 unique=%d ", of_13);
	text = replace(text, "mount id=13 ", more);
	snprintf(more, sizeof(more), "mount id=12 unique=%d ", of_12);
	return replace(text, "mount id=12 ", more);
}

static void test_unique_ids(void)
{
	struct counted counted = {};
	char *text = printed(parse(with_ids(1000, 1001)),
			     parse(with_ids(1000, 1001)), true, &counted);

	CHECK_STR(text, "");
	free(text);
	/* all else is the same, and it is another mount */
	text = printed(parse(with_ids(1000, 1001)), parse(with_ids(1000, 1003)),
		       true, &counted);
	CHECK(strstr(text, "\"unmounted\""));
	CHECK(strstr(text, "\"unique\":1003"));
	CHECK(strstr(text, "\"changes\":0,\"mounts\":1,\"namespaces\":0"));
	free(text);
	/* the youngest is there, and not one of those that were made since */
	counted = (struct counted){};
	text = printed(parse(with_ids(1000, 1001)), parse(with_ids(1003, 1001)),
		       true, &counted);
	CHECK(strstr(text, "\"changes\":0,\"mounts\":1,\"namespaces\":0"));
	free(text);
	/* what went while the youngest was away is not told twice */
	text = printed(parse(with_ids(1000, 1002)), parse(with_ids(1000, 1003)),
		       true, &counted);
	CHECK(strstr(text, "\"mounted\"") && !strstr(text, "\"gap\""));
	free(text);
}

/* Who has counted furthest may go, and come back with what was counted before. */
static void test_counter_stays(void)
{
	struct counted counted = {};
	char *text =
		printed(parse(replace(strdup(start), "event=20 ", "event=30 ")),
			parse(strdup(start)), true, &counted);

	/* a counter that goes back is none, but the namespace is not the same */
	CHECK(strstr(text, "\"changes\":1,") && strstr(text, "\"in\":[100]"));
	CHECK(counted.event == 30);
	free(text);
	text = printed(parse(strdup(start)),
		       parse(replace(strdup(start), "event=18 ", "event=32 ")),
		       true, &counted);
	CHECK(strstr(text, "\"changes\":2,") && strstr(text, "\"in\":[101]"));
	free(text);
}

/* As /proc tells it: the paths of dentries, and counters that stand still. */
static char *of_proc(char *text)
{
	char *at, *end;

	while ((at = strstr(text, " mp_dentry=")) ||
	       (at = strstr(text, " root_dentry="))) {
		end = strchr(at + 1, ' ');
		memmove(at, end, strlen(end) + 1);
	}
	return replace(text, "release=6.1.0", "release=6.1.0 source=proc");
}

static void test_of_proc(void)
{
	struct counted counted = {};
	char *text = printed(parse(of_proc(strdup(start))),
			     parse(of_proc(replace(strdup(start), "event=20 ",
						   "event=30 "))),
			     true, &counted);
	char *other;

	CHECK_STR(text, "");
	free(text);
	text = printed(parse(of_proc(strdup(start))),
		       parse(of_proc(replace(strdup(start), "mountpoint=/d ",
					     "mountpoint=/e "))),
		       true, &counted);
	CHECK(strstr(text, "\"moved\"") && strstr(text, "\"before\":\"/d\""));
	CHECK(!strstr(text, "\"gap\""));
	free(text);
	other = replace(strdup(start), "root=/ root_dentry=06",
			"root=/x root_dentry=06");
	text = printed(parse(of_proc(strdup(start))), parse(of_proc(other)),
		       true, &counted);
	CHECK(strstr(text, "\"unmounted\"") && strstr(text, "\"mounted\""));
	free(text);
}

static const struct check_test tests[] = {
	{ "of /proc", test_of_proc },
	{ "JSON", test_json },
	{ "lines", test_lines },
	{ "lines in colours", test_colors },
	{ "unique ids", test_unique_ids },
	{ "the counter of the kernel", test_counter_stays },
};

int main(void)
{
	setenv("TZ", "UTC", 1);
	return check_all(tests, ARRAY_SIZE(tests));
}
