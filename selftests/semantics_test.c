// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of Documentation/filesystems/sharedsubtree.rst and what
 * mount_namespaces(7) says, cell by cell: what the kernel does is compared with
 * the table, and with what the model predicted.  Of several namespaces they are
 * in namespace_test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compare.h"
#include "kselftest_harness.h"
#include "util.h"

enum type {
	SHARED,
	SLAVE,
	SHARED_SLAVE,
	PRIVATE,
	UNBINDABLE,
	NR_TYPES,
};

static const char *const type_names[] = { "shared", "slave", "shared+slave",
					  "private", "unbindable" };

static const unsigned long make_flags[] = {
	[MAKE_SHARED] = MS_SHARED,
	[MAKE_SLAVE] = MS_SLAVE,
	[MAKE_PRIVATE] = MS_PRIVATE,
	[MAKE_UNBINDABLE] = MS_UNBINDABLE,
};

/* What an operation is predicted and compared with. */
struct cell {
	struct snapshot *s;
	struct world *w;
	struct outcome o;
};

static unsigned int own_user_ns(void)
{
	struct stat st;

	if (stat("/proc/self/ns/user", &st))
		die("/proc/self/ns/user");
	return st.st_ino;
}

static void look(struct cell *c)
{
	struct error err;

	c->s = take_snapshot();
	c->w = world_new(c->s, NULL, &err);
	if (!c->w)
		die("%s", err.text);
}

static void forget(struct cell *c)
{
	world_free(c->w);
	snapshot_free(c->s);
}

static struct operation operation(struct cell *c, enum operation_type type,
				  const char *source, const char *target)
{
	struct operation op = { .type = type, .user_ns = own_user_ns() };
	struct place root;

	op.ns = world_ns_of(c->w, ns_of_pid(c->s, getpid())->nr);
	root = world_root(c->w, op.ns);
	if (source)
		op.source = world_lookup(c->w, root, source);
	if (target)
		op.target = world_lookup(c->w, root, target);
	return op;
}

static void predict(struct cell *c, const struct operation *op)
{
	struct error err;

	if (world_apply(c->w, op, &c->o, &err))
		die("%s", err.text);
}

/* After the kernel did it: how it differs from what was predicted. */
static int differences(struct cell *c, int error)
{
	struct cell after;
	int n;

	look(&after);
	n = compare_worlds(c->w, after.w, stdout);
	if (c->o.error != error) {
		printf("#  predicted: %s (%s)\n", strerror(c->o.error),
		       c->o.why ? c->o.why : "");
		n++;
	}
	forget(&after);
	forget(c);
	return n;
}

/* 0 or the errno of mount(2), without data. */
static int try_mount(const char *source, const char *target, const char *type,
		     unsigned long flags)
{
	return mount(source, target, type, flags, NULL) ? errno : 0;
}

/* @error: of the kernel; it has to be what is @wanted and what was predicted. */
static void expect_done(struct __test_metadata *_metadata, int wanted,
			struct cell *c, int error, const char *fmt, ...)
	__printf(5, 6);
static void expect_done(struct __test_metadata *_metadata, int wanted,
			struct cell *c, int error, const char *fmt, ...)
{
	char what[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	EXPECT_EQ(wanted, error)
	{
		TH_LOG("%s", what);
	}
	EXPECT_EQ(0, differences(c, error))
	{
		TH_LOG("prediction of %s", what);
	}
}

static const char *type_at(const char *path)
{
	struct snapshot *s = take_snapshot();
	const struct mount *m = mount_at(ns_of_pid(s, getpid()), path);
	const char *type;

	if (!m)
		type = "nothing";
	else if (m->unbindable)
		type = m->shared || m->master ? "unbindable and more" :
						"unbindable";
	else if (m->shared)
		type = m->master ? "shared+slave" : "shared";
	else
		type = m->master ? "slave" : "private";
	snapshot_free(s);
	return type;
}

static void mount_tmpfs(const char *path)
{
	must_mkdir(path);
	must_mount("semantics", path, "tmpfs", 0, NULL);
}

static void name_of(char *name, const char *path, const char *suffix)
{
	snprintf(name, 64, "%s%s", path, suffix);
}

/* A mount of a type, with a peer at PATH-p and a master at PATH-m if it has such. */
static void mount_of_type(const char *path, enum type type, bool with_peer)
{
	char other[64];

	mount_tmpfs(path);
	if (type == SLAVE || type == SHARED_SLAVE) {
		must_make(path, MS_SHARED);
		name_of(other, path, "-m");
		must_mkdir(other);
		must_bind(path, other);
		must_make(path, MS_SLAVE);
	}
	if (type == SHARED || type == SHARED_SLAVE)
		must_make(path, MS_SHARED);
	if (type == UNBINDABLE)
		must_make(path, MS_UNBINDABLE);
	if (with_peer && (type == SHARED || type == SHARED_SLAVE)) {
		name_of(other, path, "-p");
		must_mkdir(other);
		must_bind(path, other);
	}
	name_of(other, path, "/dir");
	must_mkdir(other);
}

/* A place of its own for each cell: nothing is left of the one before. */
static void clean(void)
{
	must_umount("/mnt", MNT_DETACH);
	must_mount("semantics", "/mnt", "tmpfs", 0, NULL);
	must_make("/mnt", MS_PRIVATE);
}

TEST(make)
{
	static const enum type after[NR_TYPES][4] = {
		/* asked: shared, slave, private, unbindable */
		[SHARED] = { SHARED, SLAVE, PRIVATE, UNBINDABLE },
		[SLAVE] = { SHARED_SLAVE, SLAVE, PRIVATE, UNBINDABLE },
		[SHARED_SLAVE] = { SHARED_SLAVE, SLAVE, PRIVATE, UNBINDABLE },
		[PRIVATE] = { SHARED, PRIVATE, PRIVATE, UNBINDABLE },
		[UNBINDABLE] = { SHARED, UNBINDABLE, PRIVATE, UNBINDABLE },
	};
	enum propagation asked;
	int before, peer, i;

	own_namespace(MS_PRIVATE);
	for (before = 0; before < NR_TYPES; before++) {
		for (i = 0; i < 8; i++) {
			enum type wanted = after[before][i % 4];
			struct operation op;
			struct cell c;

			asked = MAKE_SHARED + i % 4;
			peer = i / 4;
			/* alone in its group, it has no master to be slave of */
			if (before == SHARED && asked == MAKE_SLAVE && !peer)
				wanted = PRIVATE;
			mount_of_type("/mnt/m", before, peer);
			look(&c);
			op = operation(&c, OP_MAKE, NULL, "/mnt/m");
			op.propagation = asked;
			predict(&c, &op);
			expect_done(_metadata, 0, &c,
				    try_mount(NULL, "/mnt/m", NULL,
					      make_flags[asked]),
				    "make %s %d", type_names[before], asked);
			EXPECT_STREQ(type_names[wanted], type_at("/mnt/m"))
			{
				TH_LOG("%s, with peer: %d, asked: %d",
				       type_names[before], peer, asked);
			}
			clean();
		}
	}
}

/* Of all mounts below one, of each type. */
TEST(make_recursive)
{
	enum propagation asked;
	int type;

	own_namespace(MS_PRIVATE);
	for (asked = MAKE_SHARED; asked <= MAKE_UNBINDABLE; asked++) {
		struct operation op;
		char path[64];
		struct cell c;

		mount_tmpfs("/mnt/m");
		for (type = 0; type < NR_TYPES; type++) {
			name_of(path, "/mnt/m/", type_names[type]);
			mount_of_type(path, type, true);
		}
		look(&c);
		op = operation(&c, OP_MAKE, NULL, "/mnt/m");
		op.propagation = asked;
		op.recursive = true;
		predict(&c, &op);
		expect_done(_metadata, 0, &c,
			    try_mount(NULL, "/mnt/m", NULL,
				      MS_REC | make_flags[asked]),
			    "make-r %d", asked);
		clean();
	}
}

static void try_bind_or_move(struct __test_metadata *_metadata, bool move)
{
	/* law: shared if either is, and slave if the source is */
	static const enum type after[2][NR_TYPES] = {
		{ SHARED, SLAVE, SHARED_SLAVE, PRIVATE, UNBINDABLE },
		{ SHARED, SHARED_SLAVE, SHARED_SLAVE, SHARED, UNBINDABLE },
	};
	int to, from;

	for (to = 0; to < NR_TYPES; to++) {
		for (from = 0; from < NR_TYPES; from++) {
			bool shared = to == SHARED || to == SHARED_SLAVE;
			bool fails = from == UNBINDABLE && (!move || shared);
			struct operation op;
			struct cell c;

			mount_of_type("/mnt/to", to, true);
			mount_of_type("/mnt/from", from, true);
			look(&c);
			op = operation(&c, move ? OP_MOVE : OP_BIND,
				       "/mnt/from", "/mnt/to/dir");
			predict(&c, &op);
			expect_done(_metadata, fails ? EINVAL : 0, &c,
				    try_mount("/mnt/from", "/mnt/to/dir", NULL,
					      move ? MS_MOVE : MS_BIND),
				    "%s of %s to %s", move ? "move" : "bind",
				    type_names[from], type_names[to]);
			if (!fails)
				EXPECT_STREQ(type_names[after[shared][from]],
					     type_at("/mnt/to/dir"))
				{
					TH_LOG("%s to %s", type_names[from],
					       type_names[to]);
				}
			clean();
		}
	}
}

TEST(bind_cells)
{
	own_namespace(MS_PRIVATE);
	try_bind_or_move(_metadata, false);
}

TEST(move_cells)
{
	own_namespace(MS_PRIVATE);
	try_bind_or_move(_metadata, true);
}

/* A new filesystem is a private source. */
TEST(new_mount)
{
	int to;

	own_namespace(MS_PRIVATE);
	for (to = 0; to < NR_TYPES; to++) {
		bool shared = to == SHARED || to == SHARED_SLAVE;
		struct operation op;
		struct cell c;

		mount_of_type("/mnt/to", to, true);
		look(&c);
		op = operation(&c, OP_MOUNT, NULL, "/mnt/to/dir");
		predict(&c, &op);
		expect_done(_metadata, 0, &c,
			    try_mount("semantics", "/mnt/to/dir", "tmpfs", 0),
			    "mount on %s", type_names[to]);
		EXPECT_STREQ(shared ? "shared" : "private",
			     type_at("/mnt/to/dir"));
		clean();
	}
}

/* rbind takes the tree along, but for what is below unbindable mounts. */
TEST(rbind)
{
	struct operation op;
	struct cell c;
	char path[64];
	int type;

	own_namespace(MS_PRIVATE);
	mount_of_type("/mnt/to", SHARED, true);
	mount_tmpfs("/mnt/from");
	for (type = 0; type < NR_TYPES; type++) {
		name_of(path, "/mnt/from/", type_names[type]);
		mount_of_type(path, type, true);
		strcat(path, "/below");
		mount_tmpfs(path);
	}
	look(&c);
	op = operation(&c, OP_BIND, "/mnt/from", "/mnt/to/dir");
	op.recursive = true;
	predict(&c, &op);
	expect_done(_metadata, 0, &c,
		    try_mount("/mnt/from", "/mnt/to/dir", NULL,
			      MS_BIND | MS_REC),
		    "rbind");
	EXPECT_STREQ("shared", type_at("/mnt/to/dir"));
	EXPECT_STREQ("shared+slave", type_at("/mnt/to/dir/slave"));
	EXPECT_STREQ("shared", type_at("/mnt/to-p/dir/private/below"));
	EXPECT_STREQ("nothing", type_at("/mnt/to/dir/unbindable"));
	EXPECT_STREQ("nothing", type_at("/mnt/to/dir/unbindable/below"));
}

/* Peers, slaves, slaves of shared slaves, and no further than a pure slave. */
TEST(receivers)
{
	struct operation op;
	struct cell c;

	own_namespace(MS_PRIVATE);
	mount_of_type("/mnt/m", SHARED, true);
	must_mkdir("/mnt/slave");
	must_bind("/mnt/m", "/mnt/slave");
	must_make("/mnt/slave", MS_SLAVE);
	must_mkdir("/mnt/both");
	must_bind("/mnt/slave", "/mnt/both");
	must_make("/mnt/both", MS_SHARED);
	must_mkdir("/mnt/last");
	must_bind("/mnt/both", "/mnt/last");
	must_make("/mnt/last", MS_SLAVE);
	must_mkdir("/mnt/private");
	must_bind("/mnt/m", "/mnt/private");
	must_make("/mnt/private", MS_PRIVATE);
	/* the mountpoint is its root, and not in it at all */
	must_mkdir("/mnt/root");
	must_bind("/mnt/m/dir", "/mnt/root");
	must_mkdir("/mnt/m/other");
	must_mkdir("/mnt/outside");
	must_bind("/mnt/m/other", "/mnt/outside");
	/* covered there: it arrives beneath that */
	must_make("/mnt/last", MS_PRIVATE);
	must_make("/mnt/last", MS_SHARED);
	must_mkdir("/mnt/covered");
	must_bind("/mnt/slave", "/mnt/covered");
	must_mount("semantics", "/mnt/covered/dir", "tmpfs", 0, NULL);

	look(&c);
	op = operation(&c, OP_MOUNT, NULL, "/mnt/m/dir");
	predict(&c, &op);
	expect_done(_metadata, 0, &c,
		    try_mount("semantics", "/mnt/m/dir", "tmpfs", 0),
		    "mount on a group");
	EXPECT_STREQ("shared", type_at("/mnt/m/dir"));
	EXPECT_STREQ("shared", type_at("/mnt/m-p/dir"));
	EXPECT_STREQ("slave", type_at("/mnt/slave/dir"));
	EXPECT_STREQ("shared+slave", type_at("/mnt/both/dir"));
	EXPECT_STREQ("nothing", type_at("/mnt/last/dir"));
	EXPECT_STREQ("nothing", type_at("/mnt/private/dir"));
	EXPECT_STREQ("shared", type_at("/mnt/root"));
	EXPECT_STREQ("nothing", type_at("/mnt/outside/dir"));
	EXPECT_STREQ("private", type_at("/mnt/covered/dir"));

	/* and nothing goes up from a slave */
	look(&c);
	op = operation(&c, OP_MOUNT, NULL, "/mnt/slave/dir");
	predict(&c, &op);
	expect_done(_metadata, 0, &c,
		    try_mount("semantics", "/mnt/slave/dir", "tmpfs", 0),
		    "mount on the copy of a slave");
	EXPECT_STREQ("private", type_at("/mnt/slave/dir"));
}

static void expect_umount(struct __test_metadata *_metadata, const char *path,
			  int flags, int wanted)
{
	struct operation op;
	struct cell c;

	look(&c);
	op = operation(&c, OP_UMOUNT, NULL, path);
	op.lazy = flags & MNT_DETACH;
	predict(&c, &op);
	expect_done(_metadata, wanted, &c, umount2(path, flags) ? errno : 0,
		    "umount of %s", path);
}

TEST(umount_takes_copies)
{
	int fd;

	own_namespace(MS_PRIVATE);
	/* each copy goes, but for one on which something is mounted */
	mount_of_type("/mnt/m", SHARED, true);
	must_mkdir("/mnt/q");
	must_bind("/mnt/m", "/mnt/q");
	mount_tmpfs("/mnt/m/dir");
	mount_tmpfs("/mnt/q/dir/on");
	must_make("/mnt/q/dir", MS_PRIVATE);
	mount_tmpfs("/mnt/q/dir/more");
	expect_umount(_metadata, "/mnt/m/dir/on", 0, 0);
	expect_umount(_metadata, "/mnt/m/dir", 0, 0);
	EXPECT_STREQ("nothing", type_at("/mnt/m-p/dir"));
	EXPECT_STREQ("private", type_at("/mnt/q/dir"));
	clean();

	/* one that is covered goes, and the cover slides down */
	mount_of_type("/mnt/m", SHARED, true);
	mount_tmpfs("/mnt/m/dir");
	must_make("/mnt/m-p/dir", MS_PRIVATE);
	must_mount("semantics", "/mnt/m-p/dir", "tmpfs", 0, NULL);
	expect_umount(_metadata, "/mnt/m/dir", 0, 0);
	EXPECT_STREQ("private", type_at("/mnt/m-p/dir"));
	clean();

	/* one that is in use makes it fail, but not if it is lazy */
	mount_of_type("/mnt/m", SHARED, true);
	mount_tmpfs("/mnt/m/dir");
	fd = open("/mnt/m-p/dir", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	expect_umount(_metadata, "/mnt/m/dir", 0, EBUSY);
	expect_umount(_metadata, "/mnt/m/dir", MNT_DETACH, 0);
	EXPECT_STREQ("nothing", type_at("/mnt/m-p/dir"));
	close(fd);
}

/* A copy that stays and has no master any more is private. */
TEST(umount_of_the_master)
{
	own_namespace(MS_PRIVATE);
	mount_of_type("/mnt/m", SHARED, true);
	must_make("/mnt/m-p", MS_SLAVE);
	mount_tmpfs("/mnt/m/dir");
	EXPECT_STREQ("slave", type_at("/mnt/m-p/dir"));
	mount_tmpfs("/mnt/m-p/dir/on");
	expect_umount(_metadata, "/mnt/m/dir", 0, 0);
	EXPECT_STREQ("private", type_at("/mnt/m-p/dir"));
}

static void expect_mount_error(struct __test_metadata *_metadata,
			       enum operation_type type, unsigned long flags,
			       const char *source, const char *target,
			       int wanted)
{
	struct operation op;
	struct cell c;

	look(&c);
	op = operation(&c, type, source, target);
	predict(&c, &op);
	expect_done(_metadata, wanted, &c,
		    try_mount(source, target, NULL, flags), "%s to %s", source,
		    target);
}

TEST(errors)
{
	own_namespace(MS_PRIVATE);
	mount_of_type("/mnt/shared", SHARED, true);
	mount_tmpfs("/mnt/shared/dir");
	mount_tmpfs("/mnt/tree");
	mount_of_type("/mnt/tree/u", UNBINDABLE, false);
	must_mkdir("/mnt/tree/x");
	must_mkdir("/mnt/x");

	/* out of a shared parent */
	expect_mount_error(_metadata, OP_MOVE, MS_MOVE, "/mnt/shared/dir",
			   "/mnt/x", EINVAL);
	/* a tree with an unbindable mount to a shared one */
	expect_mount_error(_metadata, OP_MOVE, MS_MOVE, "/mnt/tree",
			   "/mnt/shared/dir", EINVAL);
	expect_mount_error(_metadata, OP_MOVE, MS_MOVE, "/mnt/tree",
			   "/mnt/tree/x", ELOOP);
	expect_mount_error(_metadata, OP_MOVE, MS_MOVE, "/mnt/x", "/mnt/tree/x",
			   EINVAL);
	expect_mount_error(_metadata, OP_BIND, MS_BIND, "/mnt/tree/u", "/mnt/x",
			   EINVAL);
	expect_umount(_metadata, "/mnt/x", 0, EINVAL);
	expect_umount(_metadata, "/mnt/tree", 0, EBUSY);
}

/* One that there is only once (get_tree_single()) is there already, by its root. */
TEST(same_filesystem)
{
	struct mnt_namespace *own;
	struct operation op;
	struct cell c;

	own_namespace(MS_PRIVATE);
	must_mkdir("/mnt/debug");
	must_mount("semantics", "/mnt/debug", "debugfs", 0, NULL);
	look(&c);
	op = operation(&c, OP_MOUNT, NULL, "/mnt/debug");
	op.filesystem = op.target.mount;
	predict(&c, &op);
	expect_done(_metadata, EBUSY, &c,
		    try_mount("semantics", "/mnt/debug", "debugfs", 0),
		    "mount of the same filesystem on itself");
	/* elsewhere it is one more mount of it */
	must_mkdir("/mnt/more");
	look(&c);
	op = operation(&c, OP_MOUNT, NULL, "/mnt/more");
	own = ns_of_pid(c.s, getpid());
	op.filesystem = world_mount_of(c.w, mount_at(own, "/mnt/debug")->id);
	predict(&c, &op);
	expect_done(_metadata, 0, &c,
		    try_mount("semantics", "/mnt/more", "debugfs", 0),
		    "mount of the same filesystem elsewhere");
}

TEST_HARNESS_MAIN
