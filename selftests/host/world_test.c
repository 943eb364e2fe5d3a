// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model of mount operations, by what Documentation/filesystems/
 * sharedsubtree.rst and mount_namespaces(7) say, and by what kernels were seen to
 * do where these are silent.  The differential test has the rest.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "compiler.h"
#include "invariants.h"
#include "rules.h"
#include "scene.h"

static const char *const releases[] = { "5.10.0-46-amd64", "6.1.0-56-amd64",
					"6.12.117+deb12-amd64", "7.2.12-amd64",
					"7.3.4-amd64" };

static const char *const *const no_release = releases + ARRAY_SIZE(releases);

static bool is_new_kernel(const char *release)
{
	return release[0] == '7';
}

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

/*
 * Mount @id at @path becomes one of @type, with peers and masters of its own: a
 * peer @id + 1 at @path-p and a master @id + 2 at @path-m.
 */
static void add_mount(struct scene *sc, int id, const char *path,
		      enum type type, bool with_peer)
{
	char other[64];

	scene_mount(sc, 0, id, 1, path, id);
	if (type == UNBINDABLE)
		strcpy(scene_find(sc, id)->flags, "unbindable");
	if (type == SHARED || type == SHARED_SLAVE)
		scene_shared(sc, id, id);
	if (with_peer && (type == SHARED || type == SHARED_SLAVE)) {
		snprintf(other, sizeof(other), "%s-p", path);
		scene_mount(sc, 0, id + 1, 1, other, id);
		scene_peer(sc, id, id + 1, id);
	}
	if (type == SLAVE || type == SHARED_SLAVE) {
		snprintf(other, sizeof(other), "%s-m", path);
		scene_mount(sc, 0, id + 2, 1, other, id);
		scene_shared(sc, id + 2, id + 2);
		scene_slave(sc, id + 2, id);
		if (with_peer && type == SHARED_SLAVE)
			scene_slave(sc, id + 2, id + 1);
	}
}

static void one_namespace(struct scene *sc)
{
	scene_ns(sc, 1, SCENE_USER_NS);
	scene_mount(sc, 0, 1, 1, "/", 1);
}

static struct outcome run(struct scene *sc, int ns, enum operation_type type,
			  const char *source, const char *target)
{
	struct operation op = scene_operation(sc, ns, type, source, target);

	return scene_do(sc, &op);
}

static struct outcome make(struct scene *sc, const char *path,
			   enum propagation to, bool recursive)
{
	struct operation op = scene_operation(sc, 0, OP_MAKE, NULL, path);

	op.propagation = to;
	op.recursive = recursive;
	return scene_do(sc, &op);
}

/* @is has to be @wanted; if not, @what and @release say where. */
static void expect(const char *is, const char *wanted, const char *release,
		   const char *fmt, ...) __printf(4, 5);
static void expect(const char *is, const char *wanted, const char *release,
		   const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (strcmp(is, wanted))
		printf("# on %s: %s\n", release, what);
	CHECK_STR(is, wanted);
}

static void test_make(void)
{
	static const enum type after[NR_TYPES][4] = {
		/* asked: shared, slave, private, unbindable */
		[SHARED] = { SHARED, SLAVE, PRIVATE, UNBINDABLE },
		[SLAVE] = { SHARED_SLAVE, SLAVE, PRIVATE, UNBINDABLE },
		[SHARED_SLAVE] = { SHARED_SLAVE, SLAVE, PRIVATE, UNBINDABLE },
		[PRIVATE] = { SHARED, PRIVATE, PRIVATE, UNBINDABLE },
		[UNBINDABLE] = { SHARED, UNBINDABLE, PRIVATE, UNBINDABLE },
	};
	const char *const *r;
	int before, asked, peer;

	for (r = releases; r < no_release; r++) {
		for (before = 0; before < NR_TYPES; before++) {
			for (asked = 0; asked < 8; asked++) {
				struct scene sc = {};
				enum type wanted = after[before][asked % 4];
				enum propagation to = MAKE_SHARED + asked % 4;

				peer = asked / 4;
				if (before == SHARED && to == MAKE_SLAVE &&
				    !peer)
					wanted = PRIVATE; /* alone in it */
				one_namespace(&sc);
				add_mount(&sc, 10, "/m", before, peer);
				scene_world(&sc, *r);
				CHECK(!make(&sc, "/m", to, false).error);
				expect(scene_type(world_mount_of(sc.w, 10)),
				       type_names[wanted], *r,
				       "%s%s asked to be %d",
				       type_names[before],
				       peer ? " with a peer" : "", to);
				scene_free(&sc);
			}
		}
	}
}

static void test_bind_and_move(void)
{
	/* law: shared if either is, and slave if the source is */
	static const enum type after[2][NR_TYPES] = {
		{ SHARED, SLAVE, SHARED_SLAVE, PRIVATE, UNBINDABLE },
		{ SHARED, SHARED_SLAVE, SHARED_SLAVE, SHARED, UNBINDABLE },
	};
	const char *const *r;
	int to, from, move;

	for (r = releases; r < no_release; r++) {
		for (to = 0; to < NR_TYPES; to++) {
			for (from = 0; from < 2 * NR_TYPES; from++) {
				bool shared = to == SHARED ||
					      to == SHARED_SLAVE;
				enum type type = from % NR_TYPES;
				bool fails = type == UNBINDABLE;
				struct scene sc = {};
				struct outcome o;

				move = from >= NR_TYPES;
				if (move && !shared)
					fails = false;
				one_namespace(&sc);
				add_mount(&sc, 10, "/to", to, true);
				add_mount(&sc, 20, "/from", type, true);
				scene_world(&sc, *r);
				o = run(&sc, 0, move ? OP_MOVE : OP_BIND,
					"/from", "/to/dir");
				CHECK(o.error == (fails ? EINVAL : 0));
				CHECK(!o.why == !fails);
				if (!fails)
					expect(scene_type(scene_at(&sc, 0,
								   "/to/dir")),
					       type_names[after[shared][type]],
					       *r, "%s of %s to %s",
					       move ? "move" : "bind",
					       type_names[type],
					       type_names[to]);
				scene_free(&sc);
			}
		}
	}
}

static void test_new_mount(void)
{
	const char *const *r;
	int to;

	for (r = releases; r < no_release; r++) {
		for (to = 0; to < NR_TYPES; to++) {
			struct scene sc = {};

			one_namespace(&sc);
			add_mount(&sc, 10, "/to", to, true);
			scene_world(&sc, *r);
			CHECK(!run(&sc, 0, OP_MOUNT, NULL, "/to/dir").error);
			expect(scene_type(scene_at(&sc, 0, "/to/dir")),
			       to == SHARED || to == SHARED_SLAVE ? "shared" :
								    "private",
			       *r, "new mount on %s", type_names[to]);
			scene_free(&sc);
		}
	}
}

/*
 * Namespace 0 has /top (10, group 10), a peer of which is /top in namespace 1
 * (110); a slave 210 and a shared slave 310 (group 310) in 2 and 3, which has a
 * slave 410 in 4 and so on: 510 is a slave of the pure slave's namespace, but of
 * nothing that gets copies.
 */
static void chain(struct scene *sc, const char *release)
{
	int ns;

	for (ns = 0; ns < 6; ns++) {
		scene_ns(sc, 100 * ns + 1, SCENE_USER_NS + (ns > 2));
		scene_mount(sc, ns, 100 * ns + 1, 100 * ns + 1, "/", 1);
		scene_mount(sc, ns, 100 * ns + 10, 100 * ns + 1, "/top",
			    ns == 5 ? 11 : 10);
	}
	scene_peer(sc, 10, 110, 10);
	scene_slave(sc, 110, 210);
	scene_slave(sc, 110, 310);
	scene_shared(sc, 310, 310);
	scene_slave(sc, 310, 410);
	scene_world(sc, release);
}

static void test_who_gets_a_copy(void)
{
	static const char *const types[] = { "shared",	     "shared", "slave",
					     "shared+slave", "slave",  "" };
	const char *const *r;
	size_t i;
	int ns;

	for (r = releases; r < no_release; r++) {
		struct world_mount *copy[6];
		struct scene sc = {};
		struct outcome o;

		chain(&sc, *r);
		o = run(&sc, 0, OP_MOUNT, NULL, "/top/dir");
		CHECK(!o.error && o.nr_changes == 5);
		for (i = 0; i < o.nr_changes; i++)
			CHECK(o.changes[i].what == CHANGE_APPEARED);
		for (ns = 0; ns < 5; ns++) {
			copy[ns] = scene_at(&sc, ns, "/top/dir");
			CHECK(copy[ns]->id < 0);
			CHECK(copy[ns]->now.parent->id == 100 * ns + 10);
			expect(scene_type(copy[ns]), types[ns], *r,
			       "copy in namespace %d", ns);
			CHECK(world_ns_of(sc.w, ns)->nr_mounts == 3);
			CHECK(world_ns_of(sc.w, ns)->nr_mounts_before == 2);
			/* locked where others rule, but not the root of it */
			CHECK(!(copy[ns]->now.flags & WORLD_LOCKED));
			CHECK(!(copy[ns]->now.flags & WORLD_LOCK_ATIME) ==
			      (ns < 3));
		}
		CHECK(scene_at(&sc, 5, "/top/dir")->id == 510);
		CHECK(world_next_peer(copy[0]) == copy[1]);
		CHECK(world_next_peer(copy[1]) == copy[0]);
		CHECK(copy[0]->now.group_id == copy[1]->now.group_id);
		CHECK(copy[2]->now.master == copy[1] ||
		      copy[2]->now.master == copy[0]);
		CHECK(copy[3]->now.master == copy[2]->now.master);
		CHECK(copy[4]->now.master == copy[3]);
		scene_free(&sc);
	}
}

static void test_slave_sends_nothing_up(void)
{
	struct scene sc = {};
	struct outcome o;

	chain(&sc, releases[1]);
	o = run(&sc, 2, OP_MOUNT, NULL, "/top/dir");
	CHECK(!o.error && o.nr_changes == 1);
	CHECK_STR(scene_type(scene_at(&sc, 2, "/top/dir")), "private");
	o = run(&sc, 3, OP_MOUNT, NULL, "/top/dir");
	CHECK(!o.error && o.nr_changes == 2);
	CHECK(scene_at(&sc, 4, "/top/dir")->id < 0);
	scene_free(&sc);
}

static void test_private_on_top(void)
{
	struct scene sc = {};
	struct outcome o;

	one_namespace(&sc);
	add_mount(&sc, 10, "/m", SHARED, true);
	scene_mount(&sc, 0, 20, 10, "/", 20);
	scene_world(&sc, releases[1]);
	o = run(&sc, 0, OP_MOUNT, NULL, "/m/dir");
	CHECK(!o.error && o.nr_changes == 1);
	CHECK(scene_at(&sc, 0, "/m/dir")->now.parent->id == 20);
	CHECK(scene_at(&sc, 0, "/m-p/dir")->id == 11);
	scene_free(&sc);
}

/* A receiver that shows /in alone, and one that shows what is mounted on. */
static void test_mountpoint_in_receiver(void)
{
	struct scene sc = {};
	struct world_mount *over;
	struct outcome o;

	one_namespace(&sc);
	scene_mount(&sc, 0, 10, 1, "/m", 10);
	strcpy(scene_mount(&sc, 0, 11, 1, "/in", 10)->root, "/in");
	strcpy(scene_mount(&sc, 0, 12, 1, "/dir", 10)->root, "/in/dir");
	strcpy(scene_mount(&sc, 0, 13, 1, "/out", 10)->root, "/in/di");
	scene_peer(&sc, 10, 11, 10);
	scene_peer(&sc, 10, 12, 10);
	scene_peer(&sc, 10, 13, 10);
	scene_world(&sc, releases[1]);
	o = run(&sc, 0, OP_MOUNT, NULL, "/m/in/dir");
	CHECK(!o.error && o.nr_changes == 3);
	CHECK(scene_at(&sc, 0, "/in/dir")->id < 0);
	CHECK_STR(world_mountpoint(scene_at(&sc, 0, "/in/dir")), "/dir");
	over = scene_at(&sc, 0, "/dir");
	CHECK(over->id < 0 && over->now.parent->id == 12);
	CHECK_STR(world_mountpoint(over), "/");
	CHECK(scene_at(&sc, 0, "/out/dir")->id == 13);
	scene_free(&sc);
}

static void test_tucked_beneath(void)
{
	struct world_mount *old, *copy;
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		unsigned int appeared = 0, moved = 0;
		struct scene sc = {};
		struct outcome o;
		size_t i;

		one_namespace(&sc);
		add_mount(&sc, 10, "/m", SHARED, true);
		scene_mount(&sc, 0, 20, 11, "/dir", 20);
		scene_world(&sc, *r);
		o = run(&sc, 0, OP_MOUNT, NULL, "/m/dir");
		CHECK(!o.error && o.nr_changes == 3);
		old = world_mount_of(sc.w, 20);
		copy = old->now.parent;
		CHECK(copy->id < 0 && copy->now.parent->id == 11);
		CHECK_STR(world_mountpoint(copy), "/dir");
		CHECK_STR(world_mountpoint(old), "/");
		CHECK(scene_at(&sc, 0, "/m-p/dir") == old);
		for (i = 0; i < o.nr_changes; i++) {
			if (o.changes[i].mount == old)
				moved = o.changes[i].what;
			if (o.changes[i].mount == copy)
				appeared = o.changes[i].what;
		}
		CHECK(moved == CHANGE_MOVED);
		CHECK(appeared == (CHANGE_APPEARED | CHANGE_BENEATH));
		scene_free(&sc);
	}
}

static void test_locked_copies(void)
{
	struct world_mount *copy, *below;
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct scene sc = {};
		struct operation op;

		scene_ns(&sc, 1, SCENE_USER_NS);
		scene_ns(&sc, 101, SCENE_USER_NS + 1);
		scene_mount(&sc, 0, 1, 1, "/", 1);
		scene_mount(&sc, 0, 10, 1, "/m", 10);
		scene_mount(&sc, 0, 20, 1, "/tree", 20);
		strcpy(scene_mount(&sc, 0, 21, 20, "/a", 21)->flags,
		       "ro,nosuid");
		scene_mount(&sc, 1, 101, 101, "/", 1);
		scene_mount(&sc, 1, 110, 101, "/m", 10);
		scene_shared(&sc, 10, 10);
		scene_slave(&sc, 10, 110);
		scene_world(&sc, *r);
		op = scene_operation(&sc, 0, OP_BIND, "/tree", "/m/t");
		op.recursive = true;
		CHECK(!scene_do(&sc, &op).error);
		copy = scene_at(&sc, 1, "/m/t");
		below = scene_at(&sc, 1, "/m/t/a");
		CHECK(copy->id < 0 && below->now.parent == copy);
		CHECK(!(copy->now.flags & WORLD_LOCKED));
		CHECK(below->now.flags & WORLD_LOCKED);
		CHECK(below->now.flags & WORLD_LOCK_RO);
		CHECK(below->now.flags & WORLD_LOCK_NOSUID);
		CHECK(!(below->now.flags & WORLD_LOCK_NOEXEC));
		CHECK(!(scene_at(&sc, 0, "/m/t/a")->now.flags & WORLD_LOCKED));
		/* a part of it cannot be had alone, but with what is locked to it */
		op = scene_operation(&sc, 1, OP_BIND, "/m/t", "/x");
		CHECK(scene_do(&sc, &op).error == EINVAL);
		op.recursive = true;
		CHECK(!scene_do(&sc, &op).error);
		CHECK(scene_at(&sc, 1, "/x/a")->now.flags & WORLD_LOCKED);
		CHECK(run(&sc, 1, OP_UMOUNT, NULL, "/m/t/a").error == EINVAL);
		CHECK(run(&sc, 1, OP_MOVE, "/m/t/a", "/y").error == EINVAL);
		scene_free(&sc);
	}
}

/* Every link of every mount, as a text. */
static char *picture(const struct world *w)
{
	char *text;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	for (i = 0; i < w->snapshot->nr_mounts; i++) {
		const struct world_mount *m = w->mounts[i], *x = NULL;

		fprintf(f, "%d: %d %s %d %d %d %x:", m->id, m->now.parent->id,
			world_mountpoint(m), m->now.group_id,
			m->now.master ? m->now.master->id : 0,
			world_next_peer(m)->id, m->now.flags);
		while ((x = world_next_slave(m, x)))
			fprintf(f, " %d", x->id);
		fprintf(f, ";");
		while ((x = world_next_child(m, x)))
			fprintf(f, " %d", x->id);
		fprintf(f, "\n");
	}
	fclose(f);
	return text;
}

static void test_no_room(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		char *before, *after;
		struct scene sc = {};
		struct operation op;
		struct outcome o;

		chain(&sc, *r);
		before = picture(sc.w);
		sc.w->mount_max = 2;
		o = run(&sc, 0, OP_MOUNT, NULL, "/top/dir");
		CHECK(o.error == ENOSPC && !o.nr_changes);
		/* the others have room, namespace 4 has not */
		sc.w->mount_max = 3;
		world_ns_of(sc.w, 4)->nr_mounts = 3;
		op = scene_operation(&sc, 0, OP_BIND, "/", "/top/dir");
		op.recursive = true;
		o = scene_do(&sc, &op);
		CHECK(o.error == ENOSPC && !o.nr_changes);
		o = run(&sc, 0, OP_BIND, "/top", "/top/dir");
		CHECK(o.error == ENOSPC && !o.nr_changes);
		after = picture(sc.w);
		CHECK_STR(after, before);
		sc.w->mount_max = 4;
		CHECK(!run(&sc, 0, OP_BIND, "/top", "/top/dir").error);
		free(before);
		free(after);
		scene_free(&sc);
	}
}

static void check_errors(const char *release)
{
	struct scene sc = {};
	struct operation op;

	scene_ns(&sc, 1, SCENE_USER_NS);
	scene_ns(&sc, 101, SCENE_USER_NS + 1);
	scene_mount(&sc, 0, 1, 1, "/", 1);
	scene_mount(&sc, 1, 101, 101, "/", 1);
	add_mount(&sc, 10, "/shared", SHARED, true);
	add_mount(&sc, 20, "/private", PRIVATE, false);
	scene_mount(&sc, 0, 30, 10, "/child", 30);
	scene_mount(&sc, 0, 31, 20, "/child", 31);
	strcpy(scene_mount(&sc, 0, 32, 31, "/unb", 32)->flags, "unbindable");
	strcpy(scene_mount(&sc, 0, 33, 1, "/locked", 33)->flags, "locked");
	scene_world(&sc, release);

	CHECK(run(&sc, 0, OP_MOVE, "/shared/child", "/x").error == EINVAL);
	CHECK(run(&sc, 0, OP_MOVE, "/locked", "/x").error == EINVAL);
	CHECK(run(&sc, 0, OP_UMOUNT, NULL, "/locked").error == EINVAL);
	CHECK(run(&sc, 0, OP_MOVE, "/private", "/shared/x").error == EINVAL);
	CHECK(run(&sc, 0, OP_MOVE, "/private", "/private/x").error == ELOOP);
	CHECK(run(&sc, 0, OP_MOVE, "/private/child", "/private/child/x").error ==
	      ELOOP);
	CHECK(run(&sc, 0, OP_MOVE, "/nothing", "/x").error == EINVAL);
	CHECK(run(&sc, 0, OP_UMOUNT, NULL, "/nothing").error == EINVAL);
	CHECK(run(&sc, 0, OP_UMOUNT, NULL, "/private").error == EBUSY);
	CHECK(make(&sc, "/nothing", MAKE_SHARED, false).error == EINVAL);
	/* non-recursive bind over locked children */
	CHECK(run(&sc, 0, OP_BIND, "/", "/x").error == EINVAL);
	/* the same filesystem at the same place */
	op = scene_operation(&sc, 0, OP_MOUNT, NULL, "/private");
	op.filesystem = world_mount_of(sc.w, 20);
	CHECK(scene_do(&sc, &op).error == EBUSY);
	op.filesystem = world_mount_of(sc.w, 10);
	CHECK(!scene_do(&sc, &op).error);
	/* into another namespace */
	op = scene_operation(&sc, 1, OP_MOUNT, NULL, "/x");
	op.ns = world_ns_of(sc.w, 0);
	op.user_ns = SCENE_USER_NS;
	CHECK(scene_do(&sc, &op).error == EINVAL);
	/* without privileges over it */
	op = scene_operation(&sc, 0, OP_MOUNT, NULL, "/x");
	op.user_ns = SCENE_USER_NS + 1;
	CHECK(scene_do(&sc, &op).error == EPERM);
	scene_free(&sc);
}

static void test_errors(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++)
		check_errors(*r);
}

static void test_group_in_the_middle(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct scene sc = {};

		chain(&sc, *r);
		/* the slaves of a group that dissolves go to its master … */
		CHECK(!run(&sc, 3, OP_UMOUNT, NULL, "/top").error);
		CHECK(world_mount_of(sc.w, 410)->now.master->id == 110);
		/* … those of one that loses a member to a peer … */
		CHECK(!run(&sc, 1, OP_UMOUNT, NULL, "/top").error);
		CHECK(world_mount_of(sc.w, 410)->now.master->id == 10);
		CHECK(world_mount_of(sc.w, 210)->now.master->id == 10);
		/* … and without a master they are private */
		CHECK(!run(&sc, 0, OP_UMOUNT, NULL, "/top").error);
		CHECK_STR(scene_type(world_mount_of(sc.w, 410)), "private");
		CHECK_STR(scene_type(world_mount_of(sc.w, 210)), "private");
		scene_free(&sc);
	}
}

/* Whether a peer with the same root is preferred to the next one as master. */
static void test_master_with_the_same_root(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct scene sc = {};

		one_namespace(&sc);
		scene_mount(&sc, 0, 10, 1, "/m", 10);
		strcpy(scene_mount(&sc, 0, 11, 1, "/sub", 10)->root, "/sub");
		scene_mount(&sc, 0, 12, 1, "/n", 10);
		scene_peer(&sc, 10, 12, 10);
		scene_peer(&sc, 10, 11, 10);
		scene_world(&sc, *r);
		CHECK(world_next_peer(world_mount_of(sc.w, 10))->id == 11);
		CHECK(!make(&sc, "/m", MAKE_SLAVE, false).error);
		CHECK(world_mount_of(sc.w, 10)->now.master->id ==
		      (is_new_kernel(*r) ? 11 : 12));
		scene_free(&sc);
	}
}

/* /m and /m-p are peers, and on both is the copy of one mount at dir. */
static void copies(struct scene *sc)
{
	one_namespace(sc);
	add_mount(sc, 10, "/m", SHARED, true);
	scene_mount(sc, 0, 20, 10, "/dir", 20);
	scene_mount(sc, 0, 21, 11, "/dir", 20);
	scene_peer(sc, 20, 21, 20);
}

static void test_umount(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct scene sc = {};
		struct operation op;
		struct outcome o;

		copies(&sc);
		scene_world(&sc, *r);
		o = run(&sc, 0, OP_UMOUNT, NULL, "/m/dir");
		CHECK(!o.error && o.nr_changes == 2);
		CHECK(o.changes[0].what == CHANGE_GONE &&
		      o.changes[1].what == CHANGE_GONE);
		CHECK(world_ns_of(sc.w, 0)->nr_mounts == 3);
		scene_free(&sc);

		/* a copy with something mounted on it stays, alone in its group */
		copies(&sc);
		scene_mount(&sc, 0, 30, 21, "/on", 30);
		scene_world(&sc, *r);
		o = run(&sc, 0, OP_UMOUNT, NULL, "/m/dir");
		CHECK(!o.error && o.nr_changes == 1);
		CHECK(world_mount_of(sc.w, 21)->now.ns);
		CHECK_STR(scene_type(world_mount_of(sc.w, 21)), "shared");
		scene_free(&sc);

		/* one that is covered goes, and the cover slides down */
		copies(&sc);
		scene_mount(&sc, 0, 30, 21, "/", 30);
		scene_world(&sc, *r);
		o = run(&sc, 0, OP_UMOUNT, NULL, "/m/dir");
		CHECK(!o.error && o.nr_changes == 3);
		CHECK(!world_mount_of(sc.w, 21)->now.ns);
		CHECK(world_mount_of(sc.w, 30)->now.parent->id == 11);
		CHECK_STR(world_mountpoint(world_mount_of(sc.w, 30)), "/dir");
		scene_free(&sc);

		/* one that is in use makes it fail, but not if it is lazy */
		copies(&sc);
		scene_find(&sc, 21)->busy = 1;
		scene_world(&sc, *r);
		o = run(&sc, 0, OP_UMOUNT, NULL, "/m/dir");
		CHECK(o.error == EBUSY && !o.nr_changes);
		op = scene_operation(&sc, 0, OP_UMOUNT, NULL, "/m/dir");
		op.lazy = true;
		o = scene_do(&sc, &op);
		CHECK(!o.error && o.nr_changes == 2);
		scene_free(&sc);
	}
}

/* A copy that stays loses its master, and is private then. */
static void test_umount_leaves_private(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct scene sc = {};

		one_namespace(&sc);
		scene_mount(&sc, 0, 10, 1, "/m", 10);
		scene_mount(&sc, 0, 11, 1, "/s", 10);
		scene_shared(&sc, 10, 10);
		scene_slave(&sc, 10, 11);
		scene_mount(&sc, 0, 20, 10, "/dir", 20);
		scene_mount(&sc, 0, 21, 11, "/dir", 20);
		scene_shared(&sc, 20, 20);
		scene_slave(&sc, 20, 21);
		scene_mount(&sc, 0, 30, 21, "/on", 30);
		scene_world(&sc, *r);
		CHECK(!run(&sc, 0, OP_UMOUNT, NULL, "/m/dir").error);
		CHECK(world_mount_of(sc.w, 21)->now.ns);
		CHECK_STR(scene_type(world_mount_of(sc.w, 21)), "private");
		scene_free(&sc);
	}
}

/* The master is one tree deeper than what is locked: all of it or nothing. */
static void test_umount_locked(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct scene sc = {};
		struct operation op;

		copies(&sc);
		scene_mount(&sc, 0, 30, 20, "/on", 30);
		strcpy(scene_mount(&sc, 0, 31, 21, "/on", 30)->flags, "locked");
		scene_peer(&sc, 30, 31, 30);
		scene_world(&sc, *r);
		op = scene_operation(&sc, 0, OP_UMOUNT, NULL, "/m/dir");
		op.lazy = true;
		CHECK(scene_do(&sc, &op).nr_changes == 4);
		CHECK(!world_mount_of(sc.w, 31)->now.ns);
		scene_free(&sc);
	}
}

static void test_umount_recursive(void)
{
	struct scene sc = {};
	struct operation op;

	one_namespace(&sc);
	scene_mount(&sc, 0, 10, 1, "/m", 10);
	scene_mount(&sc, 0, 11, 10, "/a", 11);
	scene_mount(&sc, 0, 12, 11, "/b", 12);
	scene_mount(&sc, 0, 13, 10, "/c", 13);
	scene_find(&sc, 11)->busy = 1;
	scene_world(&sc, releases[1]);
	op = scene_operation(&sc, 0, OP_UMOUNT, NULL, "/m");
	op.recursive = true;
	/* it ends where it fails: what went before is gone */
	CHECK(scene_do(&sc, &op).error == EBUSY);
	CHECK(!world_mount_of(sc.w, 13)->now.ns);
	CHECK(!world_mount_of(sc.w, 12)->now.ns);
	CHECK(world_mount_of(sc.w, 11)->now.ns);
	world_mount_of(sc.w, 11)->busy = 0;
	CHECK(!scene_do(&sc, &op).error);
	CHECK(world_ns_of(sc.w, 0)->nr_mounts == 1);
	scene_free(&sc);
}

static void test_new_namespace(void)
{
	static const enum type after[2][NR_TYPES] = {
		{ SHARED, SLAVE, SHARED_SLAVE, PRIVATE, UNBINDABLE },
		{ SLAVE, SLAVE, SLAVE, PRIVATE, UNBINDABLE },
	};
	const char *const *r;
	int type, user;

	for (r = releases; r < no_release; r++) {
		for (type = 0; type < 2 * NR_TYPES; type++) {
			struct world_mount *m, *old;
			struct scene sc = {};
			struct operation op;
			struct outcome o;

			user = type / NR_TYPES;
			one_namespace(&sc);
			add_mount(&sc, 10, "/m", type % NR_TYPES, true);
			scene_world(&sc, *r);
			op = scene_operation(&sc, 0, OP_UNSHARE, NULL, NULL);
			op.new_user_ns = user;
			o = scene_do(&sc, &op);
			CHECK(!o.error && o.ns && o.ns->nr_mounts > 1);
			m = scene_at(&sc, o.ns->nr, "/m");
			old = world_mount_of(sc.w, 10);
			CHECK(m->id < 0);
			expect(scene_type(m),
			       type_names[after[user][type % NR_TYPES]], *r,
			       "copy of %s%s", type_names[type % NR_TYPES],
			       user ? " for a user namespace" : "");
			CHECK(!(m->now.flags & WORLD_LOCKED) == !user);
			if (!user)
				CHECK(m->now.group_id == old->now.group_id &&
				      m->now.master == old->now.master);
			else if (old->now.group_id)
				CHECK(m->now.master == old);
			/* only the root of it can be locked or not */
			CHECK(!(o.ns->root->now.flags & WORLD_LOCKED) ==
			      (!user || is_new_kernel(*r)));
			scene_free(&sc);
		}
	}
}

static void test_open_tree(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct world_mount *tree, *m;
		struct scene sc = {};
		struct operation op;
		struct outcome o;

		one_namespace(&sc);
		add_mount(&sc, 10, "/m", SHARED, true);
		scene_mount(&sc, 0, 20, 10, "/a", 20);
		scene_world(&sc, *r);
		op = scene_operation(&sc, 0, OP_OPEN_TREE, "/m", NULL);
		op.recursive = true;
		o = scene_do(&sc, &op);
		CHECK(!o.error && o.ns && o.ns->anon && o.ns->nr_mounts == 2);
		tree = o.ns->root;
		CHECK(tree->now.group_id == 10);
		/* what is mounted meanwhile does not come to it */
		o = run(&sc, 0, OP_MOUNT, NULL, "/m/b");
		CHECK(!o.error && o.nr_changes == 2);
		op = scene_operation(&sc, 0, OP_MOVE, NULL, "/x");
		op.source = (struct place){ .mount = tree, .path = "/" };
		o = scene_do(&sc, &op);
		CHECK(!o.error);
		m = scene_at(&sc, 0, "/x/a");
		CHECK(m->now.parent == tree && tree->now.parent->id == 1);
		CHECK_STR(scene_type(tree), "shared");
		scene_free(&sc);
	}
}

static void test_beneath(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		bool has;
		struct world_mount *from, *over;
		struct scene sc = {};
		struct outcome o;

		has = !strncmp(*r, "6.12", 4) || is_new_kernel(*r);
		one_namespace(&sc);
		scene_mount(&sc, 0, 5, 1, "/d", 5);
		scene_mount(&sc, 0, 10, 5, "/m", 10);
		scene_mount(&sc, 0, 20, 1, "/from", 20);
		scene_world(&sc, *r);
		o = run(&sc, 0, OP_MOVE_BENEATH, "/from", "/d/m");
		CHECK(o.error == (has ? 0 : EINVAL));
		from = world_mount_of(sc.w, 20);
		over = world_mount_of(sc.w, 10);
		if (has)
			CHECK(over->now.parent == from &&
			      from->now.parent->id == 5);
		/* only where something is mounted */
		CHECK(run(&sc, 0, OP_MOVE_BENEATH, "/d", "/nothing").error ==
		      EINVAL);
		scene_free(&sc);
	}
}

static void test_set_group(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct world_mount *m;
		struct scene sc = {};

		one_namespace(&sc);
		add_mount(&sc, 10, "/from", SHARED_SLAVE, true);
		scene_mount(&sc, 0, 20, 1, "/to", 10);
		scene_mount(&sc, 0, 21, 1, "/other", 21);
		scene_world(&sc, *r);
		CHECK(run(&sc, 0, OP_SET_GROUP, "/from", "/other").error ==
		      EINVAL);
		CHECK(run(&sc, 0, OP_SET_GROUP, "/other", "/to").error ==
		      EINVAL);
		CHECK(!run(&sc, 0, OP_SET_GROUP, "/from", "/to").error);
		m = world_mount_of(sc.w, 20);
		CHECK_STR(scene_type(m), "shared+slave");
		CHECK(m->now.group_id == 10 && m->now.master->id == 12);
		CHECK(world_next_peer(world_mount_of(sc.w, 10)) == m);
		CHECK(run(&sc, 0, OP_SET_GROUP, "/from", "/to").error ==
		      EINVAL);
		scene_free(&sc);
	}
}

static void test_pivot_root(void)
{
	const char *const *r;

	for (r = releases; r < no_release; r++) {
		struct world_mount *root, *new;
		struct scene sc = {};

		one_namespace(&sc);
		scene_mount(&sc, 0, 2, 1, "/", 2);
		scene_mount(&sc, 0, 10, 2, "/new", 10);
		scene_mount(&sc, 0, 11, 2, "/other", 11);
		scene_world(&sc, *r);
		CHECK(run(&sc, 0, OP_PIVOT_ROOT, "/new", "/other").error ==
		      EINVAL);
		CHECK(run(&sc, 0, OP_PIVOT_ROOT, "/new", "/old").error ==
		      EBUSY);
		CHECK(run(&sc, 0, OP_PIVOT_ROOT, "/new/dir", "/new/old").error ==
		      EINVAL);
		CHECK(!make(&sc, "/", MAKE_SHARED, false).error);
		CHECK(run(&sc, 0, OP_PIVOT_ROOT, "/new", "/new/old").error ==
		      EINVAL);
		CHECK(!make(&sc, "/", MAKE_PRIVATE, false).error);
		CHECK(!run(&sc, 0, OP_PIVOT_ROOT, "/new", "/new/old").error);
		new = world_mount_of(sc.w, 10);
		root = world_mount_of(sc.w, 2);
		CHECK(new->now.parent->id == 1 && root->now.parent == new);
		CHECK_STR(world_mountpoint(root), "/old");
		CHECK(scene_at(&sc, 0, "/old/other")->id == 11);
		scene_free(&sc);
	}
}

static int group_at(struct scene *sc, const char *path)
{
	return world_group_number(sc->w, scene_at(sc, 0, path)->now.group_id);
}

/* The smallest number that is free, and it is free again when the last member leaves. */
static void test_group_numbers(void)
{
	struct scene sc = {};

	one_namespace(&sc);
	scene_mount(&sc, 0, 10, 1, "/a", 10);
	scene_mount(&sc, 0, 11, 1, "/b", 11);
	scene_mount(&sc, 0, 12, 1, "/c", 12);
	scene_shared(&sc, 12, 2);
	scene_world(&sc, "7.3.4");
	CHECK(!make(&sc, "/a", MAKE_SHARED, false).error);
	CHECK(!make(&sc, "/b", MAKE_SHARED, false).error);
	CHECK(group_at(&sc, "/a") == 1 && group_at(&sc, "/b") == 3);
	CHECK(!run(&sc, 0, OP_BIND, "/a", "/d").error);
	CHECK(!make(&sc, "/a", MAKE_PRIVATE, false).error);
	CHECK(!make(&sc, "/c", MAKE_PRIVATE, false).error);
	CHECK(!make(&sc, "/c", MAKE_SHARED, false).error);
	CHECK(group_at(&sc, "/c") == 2);
	CHECK(!run(&sc, 0, OP_UMOUNT, NULL, "/d").error);
	CHECK(!make(&sc, "/a", MAKE_SHARED, true).error);
	CHECK(group_at(&sc, "/a") == 1);
	/* what is refused takes none */
	sc.w->mount_max = 4;
	CHECK(run(&sc, 0, OP_MOUNT, NULL, "/b/x").error == ENOSPC);
	sc.w->mount_max = WORLD_MOUNT_MAX;
	CHECK(!make(&sc, "/", MAKE_SHARED, false).error);
	CHECK(group_at(&sc, "/") == 4);
	scene_free(&sc);
}

static void test_removed_names(void)
{
	struct scene sc = {};

	one_namespace(&sc);
	scene_ns(&sc, 2, SCENE_USER_NS);
	scene_mount(&sc, 1, 2, 2, "/", 1);
	scene_mount(&sc, 1, 20, 2, "/a", 20);
	scene_mount(&sc, 1, 21, 20, "/x", 21);
	scene_mount(&sc, 1, 22, 2, "/b", 22);
	scene_mount(&sc, 1, 23, 2, "/c", 23);
	scene_world(&sc, "7.3.4");
	CHECK(run(&sc, 1, OP_REMOVE, NULL, "/a").error == EBUSY);
	CHECK(run(&sc, 0, OP_REMOVE, NULL, "/").error == EBUSY);
	CHECK(!run(&sc, 0, OP_REMOVE, NULL, "/a").error);
	CHECK(!world_mount_of(sc.w, 20)->now.ns);
	CHECK(!world_mount_of(sc.w, 21)->now.ns);
	CHECK(world_ns_of(sc.w, 1)->nr_mounts == 3);
	CHECK(run(&sc, 1, OP_RENAME, "/b", "/d").error == EBUSY);
	CHECK(run(&sc, 0, OP_RENAME, "/b", "/c").error == 0);
	CHECK(!world_mount_of(sc.w, 23)->now.ns);
	CHECK(scene_at(&sc, 1, "/c")->id == 22);
	CHECK(scene_at(&sc, 1, "/b")->id == 2);
	scene_free(&sc);
}

/* What has a mountpoint or the root of a mount in it is not empty. */
static void test_names_in_use(void)
{
	struct scene sc = {};

	one_namespace(&sc);
	scene_ns(&sc, 2, SCENE_USER_NS);
	scene_mount(&sc, 1, 2, 2, "/", 1);
	scene_mount(&sc, 1, 20, 2, "/a/x", 20);
	strcpy(scene_mount(&sc, 1, 21, 2, "/m", 1)->root, "/b/y");
	scene_world(&sc, "7.3.4");
	CHECK(run(&sc, 0, OP_REMOVE, NULL, "/a").error == ENOTEMPTY);
	CHECK(run(&sc, 0, OP_RENAME, "/c", "/a").error == ENOTEMPTY);
	CHECK(!run(&sc, 0, OP_REMOVE, NULL, "/a/x").error);
	CHECK(!run(&sc, 0, OP_REMOVE, NULL, "/a").error);
	CHECK(run(&sc, 0, OP_REMOVE, NULL, "/b").error == ENOTEMPTY);
	CHECK(!run(&sc, 0, OP_REMOVE, NULL, "/b/y").error);
	CHECK(!run(&sc, 0, OP_REMOVE, NULL, "/b").error);
	scene_free(&sc);
}

static void test_expire(void)
{
	struct scene sc = {};
	struct operation op;

	one_namespace(&sc);
	scene_mount(&sc, 0, 10, 1, "/a", 10);
	scene_mount(&sc, 0, 11, 10, "/b", 11);
	scene_world(&sc, "7.3.4");
	op = scene_operation(&sc, 0, OP_UMOUNT, NULL, "/a");
	op.expire = true;
	CHECK(scene_do(&sc, &op).error == EBUSY);
	op.target = scene_operation(&sc, 0, OP_UMOUNT, NULL, "/a/b").target;
	op.lazy = true;
	CHECK(scene_do(&sc, &op).error == EINVAL);
	op.lazy = false;
	CHECK(scene_do(&sc, &op).error == EAGAIN);
	CHECK(!make(&sc, "/a/b", MAKE_PRIVATE, false).error);
	CHECK(scene_do(&sc, &op).error == EAGAIN);
	CHECK(!scene_do(&sc, &op).error);
	CHECK(!world_mount_of(sc.w, 11)->now.ns);
	scene_free(&sc);
}

/* Of what is a file and what a directory the caller has to tell. */
static void test_files(void)
{
	struct scene sc = {};
	struct operation op;

	one_namespace(&sc);
	scene_world(&sc, "7.3.4");
	op = scene_operation(&sc, 0, OP_BIND, "/dir", "/file");
	op.target.file = true;
	CHECK(scene_do(&sc, &op).error == ENOTDIR);
	op.source.file = true;
	CHECK(!scene_do(&sc, &op).error);
	op = scene_operation(&sc, 0, OP_MOUNT, NULL, "/file");
	op.target.file = true;
	CHECK(scene_do(&sc, &op).error == ENOTDIR);
	scene_free(&sc);
}

/* @n peers, each in a place of its own in one namespace. */
static uint64_t steps_with(int n, const char *release, bool umount)
{
	struct scene sc = {};
	char path[32];
	uint64_t steps;
	int i;

	one_namespace(&sc);
	for (i = 0; i < n; i++) {
		struct scene_mount *m;

		snprintf(path, sizeof(path), "/m%d", i);
		m = scene_mount(&sc, 0, 10 + i, 1, path, 10);
		strcpy(m->flags, "shared");
		m->group = 10;
		m->peer = 10 + (i + 1) % n;
	}
	scene_world(&sc, release);
	sc.w->mount_max = 1000000;
	sc.w->steps = 0;
	CHECK(run(&sc, 0, OP_MOUNT, NULL, "/m0/dir").nr_changes == (size_t)n);
	if (umount) {
		sc.w->steps = 0;
		CHECK(run(&sc, 0, OP_UMOUNT, NULL, "/m0/dir").nr_changes ==
		      (size_t)n);
	}
	steps = sc.w->steps;
	scene_free(&sc);
	return steps;
}

/* Ten times the peers: ten times the work, with some room. */
static void test_cost(void)
{
	const char *const *r;
	int umount;

	for (r = releases; r < no_release; r++) {
		for (umount = 0; umount < 2; umount++) {
			uint64_t few = steps_with(1000, *r, umount);
			uint64_t many = steps_with(10000, *r, umount);

			CHECK(many < 11 * few);
			CHECK(many < 20 * 10000);
		}
	}
}

static void test_rules(void)
{
	struct rules r;
	size_t i, j;

	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		CHECK(rule->member < sizeof(struct rules));
		CHECK(*rule->name && *rule->what && *rule->source);
		CHECK(rule->since < rule->until);
		for (j = 0; j < i; j++)
			CHECK(rule_table[j].member != rule->member ||
			      rule_table[j].until <= rule->since);
	}
	rules_for("6.1.0-56-cloud-amd64", &r);
	CHECK(!r.beneath && r.set_group && r.set_group_behind);
	rules_for("5.10.0", &r);
	CHECK(r.set_group && !r.set_group_behind);
	rules_for("5.14.0", &r);
	CHECK(!r.set_group);
	rules_for("6.18.3", &r);
	CHECK(r.umount_reworked && !r.clone_keeps_unbindable);
	rules_for("6.16.12", &r);
	CHECK(r.anonymous_use && !r.umount_reworked && r.children_are_counted);
	rules_for("7.0.4", &r);
	CHECK(!r.beneath_locked && !r.beneath_root && !r.cover_takes_lock);
	rules_for("7.1.0", &r);
	CHECK(r.beneath_locked && r.beneath_root && r.cover_takes_lock);
	rules_for("6.5-rc1", &r);
	CHECK(r.beneath && !r.umount_reworked);
	/* what is not understood is new */
	rules_for("mainline", &r);
	CHECK(r.umount_reworked && r.clone_keeps_unbindable);
}

static const struct check_test tests[] = {
	{ "rules", test_rules },
	{ "make-X", test_make },
	{ "bind and move", test_bind_and_move },
	{ "a new filesystem", test_new_mount },
	{ "who gets a copy", test_who_gets_a_copy },
	{ "a slave sends nothing to its master", test_slave_sends_nothing_up },
	{ "a private mount on top", test_private_on_top },
	{ "the mountpoint is in the receiver", test_mountpoint_in_receiver },
	{ "tucked beneath", test_tucked_beneath },
	{ "locked copies", test_locked_copies },
	{ "fs.mount-max", test_no_room },
	{ "errors", test_errors },
	{ "a group in the middle", test_group_in_the_middle },
	{ "master with the same root", test_master_with_the_same_root },
	{ "umount", test_umount },
	{ "umount leaves a private copy", test_umount_leaves_private },
	{ "umount of what is locked", test_umount_locked },
	{ "umount -R", test_umount_recursive },
	{ "a new namespace", test_new_namespace },
	{ "open_tree", test_open_tree },
	{ "MOVE_MOUNT_BENEATH", test_beneath },
	{ "MOVE_MOUNT_SET_GROUP", test_set_group },
	{ "pivot_root", test_pivot_root },
	{ "numbers of groups", test_group_numbers },
	{ "names that go", test_removed_names },
	{ "names of directories that are not empty", test_names_in_use },
	{ "MNT_EXPIRE", test_expire },
	{ "files", test_files },
	{ "cost", test_cost },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
