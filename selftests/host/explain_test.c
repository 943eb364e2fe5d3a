// SPDX-License-Identifier: GPL-2.0-only
/* Where paths lead, and whether what is mounted there appears elsewhere. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder.h"
#include "check.h"
#include "explain.h"

/*
 * A host (namespace 0), containers (1, 2), one of another user namespace (3) and
 * an anonymous namespace (4).  Device 8 is the disk, whose /data all but one see.
 */
#define NAMESPACES 5
#define MOUNTS 26
#define NFS 15

static struct snapshot *world;

/* Any 16 digits that are the same for the same path. */
static unsigned long long hash(const char *path)
{
	unsigned long long h = 14695981039346656037ULL;

	while (*path)
		h = (h ^ (unsigned char)*path++) * 1099511628211ULL;
	return h;
}

static void add(struct builder *b, int ns, int id, int parent,
		const char *mountpoint, int dev, const char *root,
		const char *more)
{
	build(b,
	      "mount id=%d ns=%d parent=%d mountpoint=%s mp_dentry=0123456789abcdef root=%s root_dentry=%016llx dev=0:%d type=%s%s\n",
	      id, ns, parent, mountpoint, root, hash(root) + dev, dev,
	      dev == NFS ? "nfs4" : "tmpfs", more);
}

static void build_world(void)
{
	struct builder b = {};
	struct error err = {};
	int i;

	build_head(&b, NAMESPACES, MOUNTS);
	for (i = 0; i < NAMESPACES; i++)
		build(&b,
		      "ns nr=%d inum=%u user_ns=%d anon=%d root=%d nr_mounts=1 found=1 event=1 tasks=1\n",
		      i, BUILD_INUM + i, i == 3 ? 2 : 1, i == 4, i * 100 + 1);

	add(&b, 0, 1, 1, "/", 1, "/", " flags=shared group=1 peer=101");
	add(&b, 0, 2, 1, "/", 8, "/", " flags=shared group=2");
	add(&b, 0, 3, 2, "/data", 8, "/data",
	    " flags=shared group=3 peer=103 slaves=203,303,401");
	add(&b, 0, 4, 2, "/covered", 8, "/data",
	    " flags=shared group=3 peer=3 overmount=5");
	add(&b, 0, 5, 4, "/", 8, "/data", "");
	add(&b, 0, 6, 2, "/unbindable", 8, "/data", " flags=unbindable");
	add(&b, 0, 7, 2, "/part", 8, "/data/part",
	    " flags=shared group=3 peer=4");
	add(&b, 0, 8, 2, "/mnt", 9, "/", " flags=shared group=9");
	add(&b, 0, 9, 2, "/gone", 9, "/", " mp_state=deleted");
	add(&b, 0, 10, 3, "/busy", 10, "/", "");
	add(&b, 0, 11, 3, "/busy/inner", 10, "/", "");
	add(&b, 0, 12, 2, "/nfs", NFS, "/", "");

	add(&b, 1, 101, 101, "/", 1, "/", " flags=shared group=1 peer=1");
	add(&b, 1, 103, 101, "/srv", 8, "/data",
	    " flags=shared group=3 peer=7");
	add(&b, 1, 104, 103, "/here", 11, "/", "");
	add(&b, 1, 105, 101, "/srv2", 8, "/data", " flags=shared group=30");

	add(&b, 2, 201, 201, "/", 12, "/", "");
	add(&b, 2, 203, 201, "/srv", 8, "/data",
	    " flags=shared group=4 master=3 slaves=204,206");
	add(&b, 2, 204, 201, "/in/part", 8, "/data/part", " master=203");
	add(&b, 2, 205, 201, "/private", 8, "/data", "");
	add(&b, 2, 206, 201, "/under", 8, "/data", " master=203");
	add(&b, 2, 207, 206, "/", 13, "/", "");

	add(&b, 3, 301, 301, "/", 14, "/", "");
	add(&b, 3, 303, 301, "/data", 8, "/data", " master=3");
	add(&b, 3, 304, 301, "/only", 8, "/data/part", "");

	add(&b, 4, 401, 401, "/", 8, "/data", " master=3");
	build_end(&b, NAMESPACES, MOUNTS);
	world = build_parse(&b, &err);
	if (!world)
		bail("%s", err.text);
}

static int lookup(int ns, const char *path, struct location *at)
{
	struct start start = { .root_fd = -1, .cwd_fd = -1 };
	struct error err = {};
	int rc;

	CHECK(!location_root(&world->namespaces[ns], &start.root, &err));
	rc = location_lookup(&start, path, at, &err);
	location_free(&start.root);
	CHECK(!!rc == !!*err.text);
	return rc;
}

static void check_lookup(int ns, const char *path, int id, const char *within)
{
	struct location at = {};

	CHECK(!lookup(ns, path, &at));
	if (!at.mnt || at.mnt->id != id)
		printf("# %s: in %d, not in %d\n", path,
		       at.mnt ? at.mnt->id : -1, id);
	CHECK(at.mnt && at.mnt->id == id);
	CHECK_STR(at.within, within);
	location_free(&at);
}

static void test_lookup(void)
{
	check_lookup(0, "/", 2, "/");
	check_lookup(0, "//./data/../data/", 3, "/");
	check_lookup(0, "/data/x/y", 3, "/x/y");
	check_lookup(0, "/database", 2, "/database");
	check_lookup(0, "/covered/x", 5, "/x");
	check_lookup(0, "/covered/x/..", 5, "/");
	check_lookup(0, "/covered/..", 2, "/");
	check_lookup(0, "/gone/x", 2, "/gone/x");
	check_lookup(0, "/data/busy/inner/x", 10, "/inner/x");
	check_lookup(0, "/data/busy/inner/../../z", 3, "/z");
	check_lookup(0, "/../../..", 2, "/");
	check_lookup(2, "/under", 207, "/");
}

static void test_lookup_fails(void)
{
	char longest[5000] = "/";
	struct location at;

	CHECK(lookup(0, "data", &at));
	CHECK(lookup(0, "", &at));
	memset(longest, '/', sizeof(longest) - 1);
	CHECK(lookup(0, longest, &at));
}

/* A directory to begin in that is not the root, and a root below the root. */
static void test_chroot(void)
{
	struct start start = { .root_fd = -1, .cwd_fd = -1 };
	struct location at;
	struct error err;

	start.root.mnt = snapshot_mount(world, 2);
	start.root.within = (char *)"/jail";
	start.cwd.mnt = snapshot_mount(world, 3);
	start.cwd.within = (char *)"/x";
	CHECK(!location_lookup(&start, "/../../data", &at, &err));
	CHECK(at.mnt->id == 2);
	CHECK_STR(at.within, "/jail/data");
	location_free(&at);
	CHECK(!location_lookup(&start, "../busy/./y", &at, &err));
	CHECK(at.mnt->id == 10);
	CHECK_STR(at.within, "/y");
	location_free(&at);
	CHECK(!location_lookup(&start, "../../jail/../../z", &at, &err));
	CHECK_STR(at.within, "/jail/z");
	location_free(&at);
}

/* What a path leads to where there are symbolic links. */
static void check_link(const struct start *start, const char *path, int id,
		       const char *within)
{
	struct location at = {};
	struct error err;

	CHECK(!location_lookup(start, path, &at, &err));
	CHECK(at.mnt && at.mnt->id == id);
	CHECK_STR(at.within, within);
	location_free(&at);
}

static void make_links(int dir)
{
	CHECK(!mkdirat(dir, "a", 0700) && !mkdirat(dir, "a/b", 0700) &&
	      !mkdirat(dir, "nfs", 0700) && !symlinkat("b", dir, "a/near") &&
	      !symlinkat("/a/near/x", dir, "far") &&
	      !symlinkat("../data", dir, "a/mounted") &&
	      !symlinkat("/a", dir, "nfs/link") &&
	      !symlinkat("loop", dir, "loop"));
}

static void remove_links(int dir)
{
	static const char *const files[] = { "a/near", "far", "a/mounted",
					     "nfs/link", "loop" };
	static const char *const dirs[] = { "a/b", "a", "nfs" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		CHECK(!unlinkat(dir, files[i], 0));
	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		CHECK(!unlinkat(dir, dirs[i], AT_REMOVEDIR));
}

static void test_links(void)
{
	char dir[] = "/tmp/mntprop.XXXXXX";
	struct start start = { .cwd_fd = -1 };
	struct location at;
	struct error err = {};

	CHECK(mkdtemp(dir));
	start.root_fd = open(dir, O_PATH);
	CHECK(start.root_fd >= 0);
	make_links(start.root_fd);
	CHECK(!location_root(&world->namespaces[0], &start.root, &err));

	check_link(&start, "/a/near", 2, "/a/b");
	check_link(&start, "/a/near/../c", 2, "/a/c");
	check_link(&start, "/far/../near/y", 2, "/a/b/near/y");
	check_link(&start, "/a/mounted/y", 3, "/y");
	check_link(&start, "/a/none/../near", 2, "/a/near");
	/* a server that may be dead is not asked */
	check_link(&start, "/nfs/link", 12, "/link");
	CHECK(location_lookup(&start, "/loop/x", &at, &err));
	CHECK_STR(err.text, "loop: too many symbolic links");

	location_free(&start.root);
	remove_links(start.root_fd);
	close(start.root_fd);
	CHECK(!rmdir(dir));
}

static void ask(struct explanation *e, int from, const char *path, int to,
		const char *to_path)
{
	struct location source = {}, target = {};

	CHECK(!lookup(from, path, &source));
	if (to_path)
		CHECK(!lookup(to, to_path, &target));
	CHECK(!explain(e, world, &source, &world->namespaces[to],
		       to_path ? &target : NULL));
	location_free(&source);
	location_free(&target);
}

/* @chain: ids of the mounts on the way. */
static void check_yes(int from, const char *path, int to, const char *to_path,
		      const char *appears, const char *chain)
{
	struct explanation e;
	char ids[64] = "";
	size_t i;

	ask(&e, from, path, to, to_path);
	CHECK(e.yes && e.broken == BROKEN_NOTHING);
	CHECK_STR(e.path, appears);
	for (i = 0; i < e.nr_chain; i++)
		sprintf(ids + strlen(ids), "%s%d", i ? " " : "",
			e.chain[i]->id);
	CHECK_STR(ids, chain);
	explain_free(&e);
}

static void test_yes(void)
{
	/* a peer, a slave, a slave of a slave */
	check_yes(0, "/data/x", 1, NULL, "/srv/x", "3 103");
	check_yes(0, "/data/x", 2, NULL, "/srv/x", "3 203");
	check_yes(1, "/srv/x", 2, NULL, "/srv/x", "103 3 203");
	check_yes(1, "/srv/part/y", 2, "/in/part/y", "/in/part/y",
		  "103 3 203 204");
	check_yes(0, "/data/x", 3, NULL, "/data/x", "3 303");
	/* not the first that shows it, but the one at the path */
	check_yes(0, "/data/part/y", 0, "/part/y", "/part/y", "3 7");
	/* the mount itself, in its own namespace */
	check_yes(0, "/data/x", 0, NULL, "/data/x", "3");
	check_yes(2, "/private/x", 2, NULL, "/private/x", "205");
	/* a part of the filesystem sees what is mounted in the whole */
	check_yes(0, "/part/y", 1, NULL, "/srv/part/y", "7 103");
}

static void check_hidden(int from, const char *path, int to,
			 const char *to_path, int by, bool beneath)
{
	struct explanation e;

	ask(&e, from, path, to, to_path);
	CHECK(e.yes && e.hidden);
	CHECK(e.hidden_by && e.hidden_by->id == by);
	CHECK(e.beneath == beneath);
	explain_free(&e);
}

static void test_hidden(void)
{
	/* something is mounted there already */
	check_hidden(0, "/data/here", 1, NULL, 104, true);
	check_hidden(0, "/data/here", 1, "/srv/here", 104, true);
	/* and above */
	check_hidden(0, "/data/here/x", 1, NULL, 104, false);
	check_hidden(0, "/data/x", 2, "/under/x", 207, false);
	check_hidden(0, "/data", 2, "/under", 207, true);
}

static void check_no(int from, const char *path, int to, const char *to_path,
		     enum broken broken, int at)
{
	struct explanation e;

	ask(&e, from, path, to, to_path);
	CHECK(!e.yes);
	if (e.broken != broken || (e.at ? e.at->id : 0) != at)
		printf("# %s to %d: %d at %d, not %d at %d\n", path, to,
		       e.broken, e.at ? e.at->id : 0, broken, at);
	CHECK(e.broken == broken);
	CHECK((e.at ? e.at->id : 0) == at);
	explain_free(&e);
}

static void test_no(void)
{
	check_no(2, "/private/x", 0, NULL, BROKEN_PRIVATE, 205);
	check_no(0, "/unbindable/x", 1, NULL, BROKEN_UNBINDABLE, 6);
	check_no(0, "/covered/x", 1, NULL, BROKEN_COVERED, 5);
	/* covers, but what is below would not reach that far */
	check_no(2, "/under/x", 0, NULL, BROKEN_PRIVATE, 207);
	check_no(2, "/in/part/x", 0, NULL, BROKEN_SLAVE, 204);
	check_no(3, "/data/x", 0, NULL, BROKEN_USER_NS, 303);
	/* shared, and a slave of the group that is asked for */
	check_no(2, "/srv/x", 0, NULL, BROKEN_SLAVE, 203);
	check_no(2, "/srv/x", 0, "/data/x", BROKEN_SLAVE, 203);
	/* the other side */
	check_no(0, "/data/x", 2, "/private/x", BROKEN_ELSEWHERE, 0);
	check_no(0, "/data/x", 1, "/srv2/x", BROKEN_ELSEWHERE, 0);
	check_no(1, "/srv2/x", 0, NULL, BROKEN_GROUP, 3);
	check_no(1, "/srv2/x", 2, "/private/x", BROKEN_PRIVATE, 205);
	check_no(1, "/srv2/x", 0, "/unbindable/x", BROKEN_UNBINDABLE, 6);
	check_no(1, "/srv2/x", 3, "/only", BROKEN_DIRECTORY, 304);
	check_no(0, "/mnt/x", 2, NULL, BROKEN_FILESYSTEM, 0);
	check_no(0, "/mnt/x", 2, "/srv", BROKEN_DIRECTORY, 203);
	check_no(0, "/other", 1, NULL, BROKEN_OUTSIDE, 103);
	check_no(0, "/data/x", 4, NULL, BROKEN_ANONYMOUS, 401);
}

/* The same, by following the links downwards, as the kernel does. */
static void mark(const struct mount *m, bool *marked)
{
	const struct mount *peer = m;
	size_t i;

	do {
		marked[peer - world->mounts] = true;
		for (i = 0; i < peer->nr_slaves; i++)
			mark(peer->slaves[i], marked);
		peer = peer->peer;
	} while (peer != m);
}

static void test_receives(void)
{
	bool marked[MOUNTS];
	struct rules rules;
	size_t from, to;

	rules_for(world->release, &rules);
	for (from = 0; from < world->nr_mounts; from++) {
		const struct mount *m = &world->mounts[from];

		memset(marked, 0, sizeof(marked));
		marked[from] = true;
		if (m->shared)
			mark(m, marked);
		for (to = 0; to < world->nr_mounts; to++) {
			const struct mount *other = &world->mounts[to];

			CHECK(receives(&rules, other, m) ==
			      (marked[to] && (to == from || !other->ns->anon)));
		}
	}
}

static const struct check_test tests[] = {
	{ "lookup of paths", test_lookup },
	{ "paths that lead nowhere", test_lookup_fails },
	{ "a root and a working directory of one's own", test_chroot },
	{ "symbolic links", test_links },
	{ "who gets what is mounted", test_receives },
	{ "yes, and by what way", test_yes },
	{ "yes, but hidden", test_hidden },
	{ "no, and where it is broken", test_no },
};

int main(void)
{
	int rc;

	build_world();
	rc = check_all(tests, ARRAY_SIZE(tests));
	snapshot_free(world);
	return rc;
}
