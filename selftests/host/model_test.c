// SPDX-License-Identifier: GPL-2.0-only
/* The model: links, paths, what is hidden, propagation, groups. */
#include <stdlib.h>

#include "builder.h"
#include "check.h"

/* One namespace whose root is mount 1; @n mounts follow. */
static void start(struct builder *b, size_t n)
{
	build_head(b, 1, n + 1);
	build_ns(b, 0, 1);
	build_mount(b, 1, 1, "/", "");
}

static struct snapshot *finish(struct builder *b, size_t n)
{
	struct error err = {};
	struct snapshot *s;

	build_end(b, 1, n + 1);
	s = build_parse(b, &err);
	CHECK_STR(err.text, "");
	if (!s)
		exit(1);
	return s;
}

static const char *path(const struct snapshot *s, int id)
{
	return snapshot_mount(s, id)->path;
}

/* Id of the mount that hides @id, -1 for none though hidden, 0: not hidden. */
static int hidden_by(const struct snapshot *s, int id)
{
	const struct mount *m = snapshot_mount(s, id);

	if (!m->hidden) {
		CHECK(!m->hidden_by);
		return 0;
	}
	return m->hidden_by ? m->hidden_by->id : -1;
}

static void test_paths(void)
{
	struct builder b = {};
	struct snapshot *s;

	start(&b, 6);
	build_mount(&b, 7, 3, "/", "");
	build_mount(&b, 6, 7, "/deep", "");
	build_mount(&b, 2, 1, "/", "");
	build_mount(&b, 3, 2, "/a/b", "");
	build_mount(&b, 4, 3, "/c", "");
	build_mount(&b, 5, 999, "/lost", "");
	s = finish(&b, 6);
	CHECK_STR(path(s, 1), "/");
	CHECK_STR(path(s, 2), "/");
	CHECK_STR(path(s, 3), "/a/b");
	CHECK_STR(path(s, 4), "/a/b/c");
	CHECK_STR(path(s, 5), "/lost");
	CHECK_STR(path(s, 6), "/a/b/deep");
	CHECK_STR(path(s, 7), "/a/b");
	CHECK(!snapshot_mount(s, 5)->parent && !snapshot_mount(s, 1)->parent);
	CHECK(s->namespaces[0].root == snapshot_mount(s, 1));
	snapshot_free(s);
}

static void test_walk(void)
{
	static const int order[] = { 1, 2, 4, 3, 5 };
	struct builder b = {};
	const struct mount *m;
	struct snapshot *s;
	size_t i = 0;

	start(&b, 4);
	build_mount(&b, 5, 3, "/y", "");
	build_mount(&b, 3, 1, "/b", "");
	build_mount(&b, 2, 1, "/a", "");
	build_mount(&b, 4, 2, "/x", "");
	s = finish(&b, 4);
	for (m = snapshot_mount(s, 1); m; m = next_mnt(m, snapshot_mount(s, 1)))
		CHECK(i < ARRAY_SIZE(order) && m->id == order[i++]);
	CHECK(i == ARRAY_SIZE(order));
	m = snapshot_mount(s, 2);
	CHECK(next_mnt(m, m)->id == 4 && !next_mnt(next_mnt(m, m), m));
	snapshot_free(s);
}

static void test_overmounts(void)
{
	struct builder b = {};
	struct snapshot *s;

	start(&b, 6);
	build_mount(&b, 2, 1, "/", "");
	build_mount(&b, 3, 1, "/old", "");
	build_mount(&b, 4, 3, "/below", "");
	build_mount(&b, 5, 2, "/mnt", "");
	build_mount(&b, 6, 5, "/", "");
	build_mount(&b, 7, 5, "/sub", "");
	s = finish(&b, 6);
	CHECK(hidden_by(s, 1) == 2);
	CHECK(hidden_by(s, 2) == 0);
	CHECK(hidden_by(s, 3) == 2);
	CHECK(hidden_by(s, 4) == 2);
	CHECK(hidden_by(s, 5) == 6);
	CHECK(hidden_by(s, 6) == 0);
	CHECK(hidden_by(s, 7) == 6);
	snapshot_free(s);
}

static void test_hidden_stack(void)
{
	struct builder b = {};
	struct snapshot *s;

	/* a stack of three, on something that a sibling covers */
	start(&b, 5);
	build_mount(&b, 2, 1, "/a/b", "");
	build_mount(&b, 3, 2, "/", "");
	build_mount(&b, 4, 3, "/", "");
	build_mount(&b, 5, 4, "/x", "");
	build_mount(&b, 6, 1, "/a", "");
	s = finish(&b, 5);
	CHECK(hidden_by(s, 2) == 6);
	CHECK(hidden_by(s, 3) == 6);
	CHECK(hidden_by(s, 4) == 6);
	CHECK(hidden_by(s, 5) == 6);
	CHECK(hidden_by(s, 6) == 0);
	snapshot_free(s);
}

static void test_siblings(void)
{
	struct builder b = {};
	struct snapshot *s;

	/* '-' and '.' sort before '/': they must not come between */
	start(&b, 8);
	build_mount(&b, 2, 1, "/a", "");
	build_mount(&b, 3, 1, "/a-b", "");
	build_mount(&b, 4, 1, "/a.b/c", "");
	build_mount(&b, 5, 1, "/a/b", "");
	build_mount(&b, 6, 1, "/a/b/c", "");
	build_mount(&b, 7, 1, "/ab", "");
	build_mount(&b, 8, 1, "/ab\\001", "");
	build_mount(&b, 9, 1, "/ab/\\377", "");
	s = finish(&b, 8);
	CHECK(hidden_by(s, 2) == 0);
	CHECK(hidden_by(s, 3) == 0);
	CHECK(hidden_by(s, 4) == 0);
	CHECK(hidden_by(s, 5) == 2);
	CHECK(hidden_by(s, 6) == 2);
	CHECK(hidden_by(s, 7) == 0);
	CHECK(hidden_by(s, 8) == 0);
	CHECK(hidden_by(s, 9) == 7);
	snapshot_free(s);
}

static void test_lost_mountpoints(void)
{
	struct builder b = {};
	struct snapshot *s;

	start(&b, 5);
	build_mount(&b, 2, 1, "/a", " mp_state=deleted");
	build_mount(&b, 3, 1, "/a/b", "");
	build_mount(&b, 4, 2, "/c", "");
	build_mount(&b, 5, 1, "/", " mp_state=outside");
	build_mount(&b, 6, 1, "/tail/of/it", " mp_state=toodeep");
	s = finish(&b, 5);
	CHECK(hidden_by(s, 1) == 0);
	CHECK(hidden_by(s, 2) == -1);
	CHECK(hidden_by(s, 3) == 0);
	CHECK(hidden_by(s, 4) == -1);
	CHECK(hidden_by(s, 5) == -1);
	CHECK(hidden_by(s, 6) == 0);
	snapshot_free(s);
}

static void check_propagation(const struct snapshot *s, int id,
			      const char *wanted)
{
	char buf[64], one[1];

	CHECK_STR(mount_propagation(snapshot_mount(s, id), buf, sizeof(buf)),
		  wanted);
	mount_propagation(snapshot_mount(s, id), one, sizeof(one));
	CHECK(!*one);
}

static void test_propagation(void)
{
	struct builder b = {};
	struct snapshot *s;

	start(&b, 7);
	build_mount(&b, 2, 1, "/a", " flags=ro,shared group=5");
	build_mount(&b, 3, 1, "/b", " master=2");
	build_mount(&b, 4, 1, "/c", " flags=shared group=6 master=2");
	build_mount(&b, 5, 1, "/d", " flags=unbindable");
	build_mount(&b, 6, 1, "/e", " flags=unbindable master=4");
	build_mount(&b, 7, 1, "/f", " master=99");
	build_mount(&b, 8, 1, "/g", " flags=locked,sharedx");
	s = finish(&b, 7);
	check_propagation(s, 1, "private");
	check_propagation(s, 2, "shared:5");
	check_propagation(s, 3, "master:5");
	check_propagation(s, 4, "shared:6 master:5");
	check_propagation(s, 5, "unbindable");
	check_propagation(s, 6, "master:6 unbindable");
	check_propagation(s, 7, "master:?");
	check_propagation(s, 8, "private");
	CHECK(snapshot_mount(s, 8)->locked && !snapshot_mount(s, 7)->locked);
	snapshot_free(s);
}

static void test_groups(void)
{
	struct builder b = {};
	struct snapshot *s;
	struct peer_group *g;

	/* ring 2 → 6 → 4 → 2; groups 8 and 9 below it, 10 below 9 */
	start(&b, 9);
	build_mount(&b, 4, 1, "/4", " flags=shared group=7 peer=2");
	build_mount(&b, 2, 1, "/2", " flags=shared group=7 peer=6 slaves=9,3");
	build_mount(&b, 6, 1, "/6", " flags=shared group=7 peer=4 slaves=5,99");
	build_mount(&b, 9, 1, "/9", " flags=shared group=9 master=2 slaves=7");
	build_mount(&b, 5, 1, "/5", " flags=shared group=8 master=6");
	build_mount(&b, 3, 1, "/3", " master=2");
	build_mount(&b, 7, 1, "/7", " flags=shared group=10 master=9");
	build_mount(&b, 8, 1, "/8", " flags=shared group=3");
	build_mount(&b, 10, 1, "/10", " master=7");
	s = finish(&b, 9);
	CHECK(s->nr_groups == 5);
	CHECK(s->groups[0].id == 3 && s->groups[4].id == 10);

	g = snapshot_group(s, 7);
	CHECK(g->nr_members == 3 && !g->master && !g->master_group);
	CHECK(g->members[0]->id == 2 && g->members[1]->id == 6 &&
	      g->members[2]->id == 4);
	CHECK(snapshot_mount(s, 4)->group == g);
	CHECK(snapshot_mount(s, 2)->peer == snapshot_mount(s, 6));
	CHECK(g->nr_slave_groups == 2 && g->slave_groups[0]->id == 8 &&
	      g->slave_groups[1]->id == 9);
	CHECK(g->nr_slaves == 1 && g->slaves[0]->id == 3);

	g = snapshot_group(s, 9);
	CHECK(g->master->id == 2 && g->master_group->id == 7);
	CHECK(g->nr_slave_groups == 1 && g->slave_groups[0]->id == 10);
	CHECK(snapshot_group(s, 10)->slaves[0]->id == 10);
	CHECK(snapshot_group(s, 3)->nr_members == 1);
	CHECK(!snapshot_group(s, 1));

	CHECK(snapshot_mount(s, 6)->slaves[0]->id == 5);
	CHECK(!snapshot_mount(s, 6)->slaves[1]);
	CHECK(snapshot_mount(s, 2)->slaves[0]->id == 9);
	snapshot_free(s);
}

/* A group whose ring leaves it, and one whose ring misses a member. */
static void test_broken_rings(void)
{
	struct builder b = {};
	struct snapshot *s;
	struct peer_group *g;

	start(&b, 6);
	build_mount(&b, 2, 1, "/2", " group=5 peer=5");
	build_mount(&b, 3, 1, "/3", " group=5 peer=99");
	build_mount(&b, 4, 1, "/4", " group=6 peer=6");
	build_mount(&b, 5, 1, "/5", " group=6 peer=5");
	build_mount(&b, 6, 1, "/6", " group=6 peer=6");
	build_mount(&b, 7, 1, "/7", " group=2147483647 peer=1");
	s = finish(&b, 6);
	g = snapshot_group(s, 5);
	CHECK(g->members[0]->id == 2 && g->members[1]->id == 3);
	g = snapshot_group(s, 6);
	CHECK(g->nr_members == 3 && g->members[0]->id == 4 &&
	      g->members[1]->id == 6 && g->members[2]->id == 5);
	CHECK(!snapshot_mount(s, 3)->peer);
	snapshot_free(s);
}

static size_t depth(const struct mount *m)
{
	size_t n;

	for (n = 0; m; m = m->parent)
		n++;
	return n;
}

static void test_circles(void)
{
	struct builder b = {};
	const struct mount *m;
	struct snapshot *s;
	size_t i;

	start(&b, 8);
	build_mount(&b, 2, 3, "/2", "");
	build_mount(&b, 3, 4, "/3", "");
	build_mount(&b, 4, 2, "/4", "");
	build_mount(&b, 5, 4, "/5", "");
	build_mount(&b, 6, 1, "/6", " flags=shared group=1 master=7");
	build_mount(&b, 7, 1, "/7", " flags=shared group=2 master=8");
	build_mount(&b, 8, 1, "/8", " flags=shared group=1 peer=6 master=7");
	build_mount(&b, 9, 1, "/9", " master=9");
	s = finish(&b, 8);
	for (i = 0; i < s->nr_mounts; i++) {
		CHECK(depth(&s->mounts[i]) <= 5);
		CHECK(*s->mounts[i].path == '/');
		for (m = &s->mounts[i]; m; m = m->master)
			;
	}
	CHECK(snapshot_mount(s, 5)->parent == snapshot_mount(s, 4));
	CHECK(!snapshot_group(s, 1)->master_group ||
	      !snapshot_group(s, 2)->master_group);
	CHECK(!snapshot_mount(s, 9)->master);
	CHECK(snapshot_mount(s, 9)->master_id == 9);
	snapshot_free(s);
}

static void test_unknown_ids(void)
{
	struct builder b = {};
	const struct mount *m;
	struct snapshot *s;

	start(&b, 1);
	build_mount(&b, 2, 70, "/2",
		    " group=3 peer=71 master=72 slaves=73,74 overmount=75");
	s = finish(&b, 1);
	m = snapshot_mount(s, 2);
	CHECK(!m->parent && !m->peer && !m->master && !m->overmount);
	CHECK(m->nr_slaves == 2 && !m->slaves[0] && !m->slaves[1]);
	CHECK(m->parent_id == 70 && m->peer_id == 71 && m->master_id == 72);
	CHECK(m->slave_ids[1] == 74 && m->overmount_id == 75);
	snapshot_free(s);
}

static void test_foreign_parent(void)
{
	struct builder b = {};
	struct error err = {};
	struct snapshot *s;

	build_head(&b, 2, 2);
	build_ns(&b, 0, 1);
	build_ns(&b, 1, 50);
	build_mount(&b, 1, 1, "/", "");
	build(&b,
	      "mount id=2 ns=1 parent=1 mountpoint=/x mp_dentry=0123456789abcdef root=/ root_dentry=0123456789abcdef dev=0:1 type=tmpfs\n");
	build_end(&b, 2, 2);
	s = build_parse(&b, &err);
	CHECK(s && !snapshot_mount(s, 2)->parent);
	CHECK(!s->namespaces[1].root && s->namespaces[1].nr_mounts == 1);
	snapshot_free(s);
}

static void test_no_namespace(void)
{
	struct builder b = {};
	struct peer_group *g;
	struct snapshot *s;

	/* a tree that is still connected, one whose parent is gone, and two
	 * parents that are on the other side
	 */
	start(&b, 7);
	build_mount(&b, 2, 1, "/a", " flags=shared group=5 peer=3 slaves=6");
	build_unattached(&b, 3, 3, "/", " flags=shared group=5 peer=2");
	build_unattached(&b, 4, 3, "/x", " overmount=5");
	build_unattached(&b, 5, 4, "/", "");
	build_unattached(&b, 6, 99, "/lost", " master=2");
	build_unattached(&b, 7, 2, "/b", "");
	build_mount(&b, 8, 3, "/c", "");
	s = finish(&b, 7);
	CHECK(s->nr_unattached == 5 && s->namespaces[0].nr_mounts == 3);
	CHECK(s->unattached[0]->id == 3 && s->unattached[4]->id == 7);
	CHECK(!snapshot_mount(s, 3)->ns && !snapshot_mount(s, 1)->state);
	CHECK(snapshot_mount(s, 4)->parent == snapshot_mount(s, 3));
	CHECK(snapshot_mount(s, 4)->overmount == snapshot_mount(s, 5));
	CHECK(!snapshot_mount(s, 6)->parent && !snapshot_mount(s, 7)->parent);
	CHECK(!snapshot_mount(s, 8)->parent);
	CHECK_STR(path(s, 3), "/");
	CHECK_STR(path(s, 5), "/x");
	CHECK_STR(path(s, 6), "/lost");
	CHECK_STR(path(s, 7), "/b");
	CHECK(!hidden_by(s, 3) && !hidden_by(s, 4) && !hidden_by(s, 5));
	g = snapshot_group(s, 5);
	CHECK(g->nr_members == 2 && g->members[1]->id == 3);
	CHECK(g->nr_slaves == 1 && g->slaves[0]->id == 6);
	snapshot_free(s);
}

#define DEEP 20000

static void test_deep(void)
{
	struct builder b = {};
	struct snapshot *s;
	int i;

	/* one below the other, then a stack on one root */
	start(&b, 2 * DEEP);
	for (i = 2; i <= DEEP + 1; i++)
		build_mount(&b, i, i - 1, "/d", "");
	for (; i <= 2 * DEEP + 1; i++)
		build_mount(&b, i, i - 1, "/", "");
	s = finish(&b, 2 * DEEP);
	CHECK_STR(path(s, 4), "/d/d/d");
	CHECK(!strncmp(path(s, DEEP + 1), "...", 3));
	CHECK(path(s, DEEP + 1) == path(s, 2 * DEEP + 1));
	CHECK(hidden_by(s, DEEP + 1) == DEEP + 2);
	CHECK(hidden_by(s, 2 * DEEP) == 2 * DEEP + 1);
	CHECK(hidden_by(s, 2 * DEEP + 1) == 0);
	CHECK(depth(snapshot_mount(s, 2 * DEEP + 1)) == 2 * DEEP + 1);
	snapshot_free(s);
}

static void test_words(void)
{
	CHECK(has_word("a,bc", "a") && has_word("a,bc", "bc"));
	CHECK(!has_word("a,bc", "b") && !has_word("abc", "bc"));
	CHECK(!has_word("", "a") && !has_word(NULL, "a"));
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *cgroup, *container;
} containers[] = {
	{ "/docker/" HEX64, HEX64 },
	{ "/system.slice/docker-" HEX64 ".scope", HEX64 },
	{ "/kubepods/besteffort/pod12-34/" HEX64, HEX64 },
	{ "/kubepods.slice/cri-containerd-" HEX64 ".scope", HEX64 },
	{ "/system.slice/pod.slice:cri-containerd:" HEX64, HEX64 },
	{ "/kubepods.slice/crio-" HEX64 ".scope/container", HEX64 },
	{ "/machine.slice/libpod-" HEX64 ".scope/container", HEX64 },
	{ "/machine.slice/libpod-conmon-" HEX64 ".scope", NULL },
	{ "/libpod_parent/libpod-" HEX64, HEX64 },
	{ "/docker/" HEX64 "/system.slice/cron.service", HEX64 },
	{ "/docker/" HEX64 "0", NULL },
	{ "/lxc/web/system.slice", "web" },
	{ "/lxc.payload.web\\0401", "web 1" },
	{ "/lxc.monitor.web", NULL },
	{ "/machine.slice/systemd-nspawn@debian.service/payload", "debian" },
	{ "/machine.slice/machine-my\\134x2dbox.scope", "my-box" },
	{ "/machine.slice/machine-.scope", NULL },
	{ "/user.slice/user-1000.slice/session-1.scope", NULL },
	{ "/", NULL },
};

static void test_containers(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(containers); i++) {
		struct builder b = {};
		struct snapshot *s;

		start(&b, 0);
		build_end(&b, 1, 1);
		build(&b, "cgroup ns=0 pid=1 path=%s\n", containers[i].cgroup);
		s = build_parse(&b, &(struct error){});
		CHECK(s);
		CHECK_STR(s->namespaces[0].container, containers[i].container);
		snapshot_free(s);
	}
}

/* Set to let all but this many of the following allocations fail. */
static long allocations = -1;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	if (!allocations)
		return NULL;
	if (allocations > 0)
		allocations--;
	return __real_calloc(n, size);
}

/* Whether it leaks is for the sanitizer to say. */
static void test_no_memory(void)
{
	struct error err = {};
	struct snapshot *s = NULL;
	size_t len;
	char *text;
	long n;

	CHECK(!snapshot_read("data/story.snap", &text, &len, &err));
	for (n = 0; !s && n < 1000; n++) {
		allocations = n;
		s = snapshot_parse(text, len, "test", &err);
		allocations = -1;
		CHECK(s || strstr(err.text, "out of memory"));
	}
	printf("# loaded with %ld allocations\n", n - 1);
	CHECK(s && n > 3);
	snapshot_free(s);
	free(text);
}

static const struct check_test tests[] = {
	{ "paths are composed from the parents", test_paths },
	{ "a walk has parents first", test_walk },
	{ "hidden: overmounted", test_overmounts },
	{ "hidden: a stack below a covered mountpoint", test_hidden_stack },
	{ "hidden: siblings on the way", test_siblings },
	{ "hidden: mountpoints gone", test_lost_mountpoints },
	{ "propagation", test_propagation },
	{ "peer groups and the forest of slaves", test_groups },
	{ "rings that do not close", test_broken_rings },
	{ "circles of parents, masters and groups", test_circles },
	{ "ids of nothing", test_unknown_ids },
	{ "a parent in another namespace", test_foreign_parent },
	{ "mounts in no namespace", test_no_namespace },
	{ "thousands deep", test_deep },
	{ "words", test_words },
	{ "container ids in cgroups", test_containers },
	{ "no memory", test_no_memory },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
