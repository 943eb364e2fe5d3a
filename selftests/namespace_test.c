// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tables of propagation say of several namespaces, of locks, of the root
 * and of room, in steps: each has the errno that is written here, and what holds
 * after it is compared with what the model predicted, mount by mount.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "compiler.h"
#include "kselftest_harness.h"
#include "replay.h"
#include "util.h"

FIXTURE(actors)
{
	struct replay r;
};

FIXTURE_SETUP(actors)
{
	own_namespace(MS_PRIVATE);
	replay_begin(&self->r, WORLD_MOUNT_MAX, NULL);
}

FIXTURE_TEARDOWN(actors)
{
	replay_end(&self->r);
}

/* Whether it is predicted and done as wanted; what is not is printed. */
static bool comes_true(struct replay *r, const struct step *step, int wanted)
{
	struct prediction_of_step p;
	bool same;

	if (!replay_applies(r, step)) {
		printf("# that is no step here\n");
		return false;
	}
	replay_predict(r, step, &p);
	if (p.o.error != wanted)
		printf("# predicted: %s (%s)\n", strerror(p.o.error),
		       p.o.why ? p.o.why : "");
	same = replay_do(r, step, &p);
	if (!same)
		printf("%s", r->report);
	free(r->report);
	r->report = NULL;
	return same && p.o.error == wanted;
}

/* @wanted: of each of the steps. */
static void run(struct __test_metadata *_metadata, struct replay *r,
		const char *text, int wanted)
{
	struct script script;
	int i;

	script_parse(text, &script);
	for (i = 0; i < script.nr_steps; i++) {
		EXPECT_TRUE(comes_true(r, &script.steps[i], wanted))
		{
			TH_LOG("step %d, wanted: %s", i + 1, strerror(wanted));
			script_print(&script, "#   ", stdout);
		}
	}
}

#define done(text) run(_metadata, &self->r, text, 0)
#define refused(error, text) run(_metadata, &self->r, text, error)

static const struct actor *actor(const struct replay *r, int who)
{
	return &r->actors.all[who];
}

/* The mount at a path of an actor's, NULL if there is none. */
static const struct world_mount *mount_of(struct replay *r, int who,
					  const char *path)
{
	struct place place =
		world_lookup(r->w, replay_root(r, actor(r, who)), path);

	return strcmp(place.path, "/") ? NULL : place.mount;
}

/* Its type, and whether it is locked; until the next call. */
static const char *state_of(struct replay *r, int who, const char *path)
{
	const struct world_mount *m = mount_of(r, who, path);
	unsigned int flags = m ? m->now.flags : 0;
	static char state[64];
	const char *type;

	if (!m)
		return "nothing";
	if (flags & WORLD_SHARED)
		type = m->now.master ? "shared+slave" : "shared";
	else if (m->now.master)
		type = "slave";
	else
		type = flags & WORLD_UNBINDABLE ? "unbindable" : "private";
	snprintf(state, sizeof(state), "%s%s", type,
		 flags & WORLD_LOCKED ? " locked" : "");
	return state;
}

static void __expect_state(struct __test_metadata *_metadata, int line,
			   struct replay *r, int who, const char *path,
			   const char *wanted)
{
	EXPECT_STREQ(wanted, state_of(r, who, path))
	{
		TH_LOG("line %d: %s of %d", line, path, who);
	}
}

#define expect_state(who, path, wanted) \
	__expect_state(_metadata, __LINE__, &self->r, who, path, wanted)

#define M(who, path) mount_of(&self->r, who, path)

static size_t nr_mounts(const struct replay *r, int who)
{
	return replay_ns(r, actor(r, who))->nr_mounts;
}

/* A mount of each type. */
static const char each_type[] = "0: mount /a\n"
				"0: mount /b\n"
				"0: make unbindable /b\n"
				"0: mount /c\n"
				"0: make shared /c\n"
				"0: bind /c /a/a\n"
				"0: make slave /a/a\n"
				"0: bind /c /a/b\n"
				"0: make slave /a/b\n"
				"0: make shared /a/b\n";

/* Of each type what a copy is, and in whose group its master is. */
struct copied {
	const char *path, *before, *after, *master;
};

static void expect_copied(struct __test_metadata *_metadata, struct replay *r,
			  const struct copied *copied)
{
	const struct world_mount *m, *master;

	for (; copied->path; copied++) {
		EXPECT_STREQ(copied->before, state_of(r, 0, copied->path));
		EXPECT_STREQ(copied->after, state_of(r, 1, copied->path))
		{
			TH_LOG("the copy of %s", copied->before);
		}
		if (!copied->master)
			continue;
		m = mount_of(r, 1, copied->path);
		master = mount_of(r, 0, copied->master);
		ASSERT_NE(NULL, m->now.master);
		EXPECT_EQ(master->now.group_id, m->now.master->now.group_id)
		{
			TH_LOG("the copy of %s", copied->before);
		}
	}
}

static const char *unbindable_copy(const struct replay *r, bool locked)
{
	if (!r->w->rules->clone_keeps_unbindable)
		return locked ? "private locked" : "private";
	return locked ? "unbindable locked" : "unbindable";
}

TEST_F(actors, unshare)
{
	const struct copied copied[] = {
		{ "/", "private", "private", NULL },
		{ "/a", "private", "private", NULL },
		{ "/b", "unbindable", unbindable_copy(&self->r, false), NULL },
		{ "/c", "shared", "shared", NULL },
		{ "/a/a", "slave", "slave", "/c" },
		{ "/a/b", "shared+slave", "shared+slave", "/c" },
		{},
	};

	done(each_type);
	done("0: unshare\n");
	expect_copied(_metadata, &self->r, copied);
	EXPECT_EQ(M(0, "/c")->now.group_id, M(1, "/c")->now.group_id);
	EXPECT_EQ(M(0, "/a/b")->now.group_id, M(1, "/a/b")->now.group_id);
}

TEST_F(actors, unshare_user)
{
	const struct copied copied[] = {
		{ "/", "private", "private locked", NULL },
		{ "/a", "private", "private locked", NULL },
		{ "/b", "unbindable", unbindable_copy(&self->r, true), NULL },
		{ "/c", "shared", "slave locked", "/c" },
		{ "/a/a", "slave", "slave locked", "/c" },
		{ "/a/b", "shared+slave", "slave locked", "/a/b" },
		{},
	};

	done(each_type);
	done("0: unshare --user\n");
	expect_copied(_metadata, &self->r, copied);
}

/* What is mounted on top decides alone, even if there are peers below. */
TEST_F(actors, topmost_decides)
{
	size_t before;

	done("0: mount /a\n"
	     "0: make shared /a\n"
	     "0: bind /a /b\n"
	     "0: mount /a\n"
	     "0: make private /a\n");
	before = nr_mounts(&self->r, 0);
	done("0: mount /a/c\n");
	expect_state(0, "/a/c", "private");
	expect_state(0, "/b/c", "nothing");
	EXPECT_EQ(before + 1, nr_mounts(&self->r, 0));
}

/* A tree of open_tree(2) is a peer and gets nothing. */
TEST_F(actors, detached_get_none)
{
	const struct world_mount *tree;

	done("0: mount /a\n"
	     "0: make shared /a\n"
	     "0: open-tree /a\n"
	     "0: bind /a /b\n"
	     "0: mount /a/c\n");
	expect_state(0, "/b/c", "shared");
	tree = world_mount_of(self->r.w, actor(&self->r, 0)->tree_id);
	ASSERT_NE(NULL, tree);
	EXPECT_EQ(M(0, "/a")->now.group_id, tree->now.group_id);
	EXPECT_EQ(NULL, world_next_child(tree, NULL));
}

/* 0 mounts where 1, less privileged, gets it: one mount on another. */
static const char two_arrive[] = "0: mount /a\n"
				 "0: make shared /a\n"
				 "0: mount /b\n"
				 "0: mount /b/a\n"
				 "0: unshare --user\n"
				 "0: bind -R /b /a/a\n";

TEST_F(actors, locked)
{
	done(two_arrive);
	expect_state(1, "/a", "slave locked");
	expect_state(1, "/a/a", "slave");
	expect_state(1, "/a/a/a", "slave locked");
	refused(EINVAL, "1: umount /a\n"
			"1: umount /a/a/a\n"
			"1: umount -l /a/a/a\n"
			"1: move /a/a/a /c\n"
			"1: bind /a/a /c\n"
			"1: open-tree /a/a\n");
	expect_state(1, "/a/a/a", "slave locked");
	expect_state(1, "/c", "nothing");

	done("1: bind -R /a/a /c\n");
	expect_state(1, "/c", "slave");
	expect_state(1, "/c/a", "slave locked");
	done("1: move /a/a /b/b\n");
	expect_state(1, "/b/b/a", "slave locked");
	done("1: umount -l /b/b\n"
	     "1: umount -l /c\n");
	expect_state(1, "/c", "nothing");
}

/* What is unmounted where it was mounted is unlocked everywhere, and goes. */
TEST_F(actors, umount_takes_locked)
{
	done(two_arrive);
	done("0: bind /b /a/b\n");
	expect_state(1, "/a/b", "slave");
	done("0: umount /a/b\n");
	expect_state(1, "/a/b", "nothing");

	done("0: umount /a/a/a\n");
	expect_state(1, "/a/a/a", "nothing");
	expect_state(1, "/a/a", "slave");
	done("0: umount /a/a\n");
	expect_state(1, "/a/a", "nothing");
	expect_state(1, "/a", "slave locked");
}

TEST_F(actors, umount_takes_locked_with_parent)
{
	done(two_arrive);
	done("0: umount -l /a/a\n");
	expect_state(1, "/a/a", "nothing");
	expect_state(1, "/a", "slave locked");
}

/* What goes with its parent alone stays where that stays, unless it is not locked. */
TEST_F(actors, umount_leaves_locked)
{
	done(two_arrive);
	done("0: mount /a/a/c\n"
	     "1: mount /a/a/b\n");
	expect_state(1, "/a/a/a", "slave locked");
	expect_state(1, "/a/a/b", "private");
	expect_state(1, "/a/a/c", "slave");
	done("0: umount -l /a/a\n");
	expect_state(0, "/a/a", "nothing");
	expect_state(1, "/a/a", "private");
	expect_state(1, "/a/a/a", "private locked");
	expect_state(1, "/a/a/b", "private");
	expect_state(1, "/a/a/c", "nothing");
	refused(EINVAL, "1: umount /a/a/a\n");
}

TEST_F(actors, umount_of_locked_in_use)
{
	done(two_arrive);
	done("1: hold /a/a/a\n");
	refused(EBUSY, "0: umount /a/a/a\n");
	expect_state(0, "/a/a/a", "shared");
	expect_state(1, "/a/a/a", "slave locked");
	done("0: umount -l /a/a/a\n");
	expect_state(1, "/a/a/a", "nothing");
}

/* What was there before the namespace is locked in it. */
TEST_F(actors, umount_of_what_was_copied)
{
	done("0: make shared /\n"
	     "0: mount /a\n"
	     "0: mount /b\n"
	     "0: mount /b/a\n"
	     "0: unshare --user\n"
	     "0: unshare\n"
	     "1: mount /b/b\n"
	     "0: umount /a\n");
	expect_state(1, "/a", "nothing");
	expect_state(2, "/a", "nothing");
	/* held by what is mounted on it, but unlocked */
	done("0: umount -l /b\n");
	expect_state(1, "/b", "private");
	expect_state(1, "/b/a", "private locked");
	expect_state(2, "/b", "nothing");
}

TEST_F(actors, pivot_root)
{
	int old = M(0, "/")->id, new;

	done("0: mount /a\n"
	     "0: mount /b\n");
	new = M(0, "/a")->id;
	refused(EINVAL, "0: pivot-root /a/c /a/c/b\n"); /* no mountpoint */
	refused(EBUSY, "0: pivot-root /a /c\n"); /* on the root's mount */
	refused(EINVAL, "0: pivot-root /a /b/c\n"); /* not below the new one */
	done("0: pivot-root /a /a/b\n");
	EXPECT_EQ(new, M(0, "/")->id);
	EXPECT_EQ(old, M(0, "/b")->id);
	expect_state(0, "/b/b", "private");
	expect_state(0, "/b/a", "nothing");
	done("0: umount -l /b\n");
	expect_state(0, "/b", "nothing");
}

/* The old root covers the new one; as runtimes do it. */
TEST_F(actors, pivot_root_onto_itself)
{
	int old = M(0, "/")->id, new;
	const struct world_mount *cover;

	done("0: mount /a\n");
	new = M(0, "/a")->id;
	done("0: pivot-root /a /a\n");
	EXPECT_EQ(new, M(0, "/")->id);
	cover = world_next_child(M(0, "/"), NULL);
	ASSERT_NE(NULL, cover);
	EXPECT_EQ(old, cover->id);
	EXPECT_STREQ("/", world_mountpoint(cover));
}

/* Neither put_old may be shared, nor what the new root or the old one is on. */
TEST_F(actors, pivot_root_shared)
{
	done("0: mount /a\n"
	     "0: mount /a/b\n"
	     "0: unshare\n"
	     "0: unshare\n");
	done("0: make shared /a/b\n");
	refused(EINVAL, "0: pivot-root /a/b /a/b/c\n");
	done("1: make shared /a\n");
	refused(EINVAL, "1: pivot-root /a/b /a/b/c\n");
	done("2: make shared /a\n"
	     "2: chroot /a/b\n"
	     "2: mount /c\n");
	refused(EINVAL, "2: pivot-root /c /c/a\n");
}

/* The same without what is in the way. */
TEST_F(actors, pivot_root_not_shared)
{
	int new;

	done("0: mount /a\n"
	     "0: mount /a/b\n"
	     "0: unshare\n"
	     "0: pivot-root /a/b /a/b/c\n"
	     "1: chroot /a/b\n"
	     "1: mount /c\n");
	new = M(1, "/c")->id;
	done("1: pivot-root /c /c/a\n");
	EXPECT_EQ(new, M(1, "/")->id);
}

/* The new root takes over the lock of the old one. */
TEST_F(actors, pivot_root_locked)
{
	done("0: mount /a\n"
	     "0: unshare --user\n");
	refused(EINVAL, "1: pivot-root /a /a/b\n");
	expect_state(1, "/", "private locked");
	done("1: mount /b\n"
	     "1: pivot-root /b /b/c\n");
	expect_state(1, "/", "private locked");
	expect_state(1, "/c", "private");
	expect_state(1, "/c/a", "private locked");
	done("1: umount -l /c\n");
	expect_state(1, "/c", "nothing");
}

/* Each bind mount of a shared tree in itself is made once for each that is there. */
static const size_t doubled[] = { 2, 4, 8, 16, 32, 64 };

TEST_F(actors, mounts_double)
{
	static const char *const steps[] = {
		"0: bind /a /a/a/a\n", "0: bind /a /a/a/b\n",
		"0: bind /a /a/a/c\n", "0: bind /a /a/b/a\n",
		"0: bind /a /a/b/b\n", "0: bind /a /a/b/c\n",
	};
	size_t others = nr_mounts(&self->r, 0), i;

	done("0: mount /a\n"
	     "0: make shared /a\n");
	for (i = 0; i < ARRAY_SIZE(doubled); i++) {
		done(steps[i]);
		EXPECT_EQ(others + doubled[i], nr_mounts(&self->r, 0));
	}
}

/* At one place they lie on top of each other; until fs.mount-max. */
TEST_F(actors, mounts_double_until_there_is_no_room)
{
	size_t others = nr_mounts(&self->r, 0), i;

	done("0: mount /a\n"
	     "0: make shared /a\n");
	for (i = 0; i < ARRAY_SIZE(doubled); i++) {
		done("0: bind /a /a\n");
		EXPECT_EQ(others + doubled[i], nr_mounts(&self->r, 0));
	}
	replay_set_mount_max(&self->r, others + 127);
	refused(ENOSPC, "0: bind /a /a\n");
	EXPECT_EQ(others + 64, nr_mounts(&self->r, 0));
	replay_set_mount_max(&self->r, others + 128);
	done("0: bind /a /a\n");
	EXPECT_EQ(others + 128, nr_mounts(&self->r, 0));
	refused(ENOSPC, "0: mount /b\n");
}

/* One namespace that is full is enough, be it another. */
TEST_F(actors, no_room_elsewhere)
{
	done("0: make shared /\n"
	     "0: unshare\n"
	     "0: unshare\n"
	     "1: make slave /\n"
	     "1: mount /b\n");
	replay_set_mount_max(&self->r, nr_mounts(&self->r, 1));
	EXPECT_EQ(self->r.mount_max - 1, nr_mounts(&self->r, 0));
	refused(ENOSPC, "0: mount /a\n");
	expect_state(0, "/a", "nothing");
	expect_state(2, "/a", "nothing");
	replay_set_mount_max(&self->r, self->r.mount_max + 1);
	done("0: mount /a\n");
	expect_state(0, "/a", "shared");
	expect_state(1, "/a", "slave");
	expect_state(2, "/a", "shared");
}

TEST_HARNESS_MAIN
