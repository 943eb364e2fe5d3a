// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model and the invariants on snapshots that no kernel would make, and
 * without memory: whatever is in them, each operation ends.
 */
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../../debugfs/format.h"
#include "builder.h"
#include "check.h"
#include "invariants.h"
#include "world.h"

#define NR_MOUNTS 12
#define ROUNDS 3000

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

static uint64_t state = 1;

static unsigned int pick(unsigned int n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

static const char *pick_of(const char *const *words, size_t n)
{
	return words[pick(n)];
}

static void random_mount(struct builder *b, int id)
{
	static const char *const paths[] = { "/", "/a", "/a/b", "/b",
					     "/a/b/c" };
	static const char *const flags[] = { "shared",	      "unbindable",
					     "shared,locked", "locked",
					     "shrinkable",    "ro" };
	static const char *const states[] = { "", " mp_state=deleted",
					      " mp_state=outside",
					      " root_state=deleted",
					      " mp_state=toodeep" };
	static const char *const where[] = {
		"ns=0", "ns=0", "ns=0", "ns=1", "ns=2", "state=unmounted"
	};
	int i, n;

	build(b,
	      "mount id=%d %s parent=%u mountpoint=%s mp_dentry=%016x root=%s root_dentry=%016x dev=0:%u type=%s flags=%s root_ino=%u%s",
	      id, pick_of(where, ARRAY_SIZE(where)), pick(NR_MOUNTS),
	      pick_of(paths, ARRAY_SIZE(paths)), pick(4),
	      pick_of(paths, ARRAY_SIZE(paths)), pick(4), pick(2),
	      pick(8) ? "tmpfs" : "nsfs", pick_of(flags, ARRAY_SIZE(flags)),
	      pick(4), pick(8) ? "" : pick_of(states, ARRAY_SIZE(states)));
	if (pick(2))
		build(b, " group=%u peer=%u", 1 + pick(3), pick(NR_MOUNTS));
	if (pick(2))
		build(b, " master=%u", pick(NR_MOUNTS));
	if (pick(2))
		build(b, " count=%u", pick(6));
	for (i = 0, n = pick(5); i < n; i++)
		build(b, "%s%u", i ? "," : " slaves=", pick(NR_MOUNTS));
	build(b, "\n");
}

static struct snapshot *random_snapshot(const char *release)
{
	struct builder b = {};
	struct error err = {};
	struct snapshot *s;
	int i;

	build(&b, "%s %d\n", MNTPROP_MAGIC, MNTPROP_VERSION);
	build(&b, "system release=%s mono=1 wall=2\n", release);
	build(&b,
	      "capture hold=3 retries=0 namespaces=3 mounts=%d complete=yes\n",
	      NR_MOUNTS);
	for (i = 0; i < 3; i++)
		build(&b,
		      "ns nr=%d inum=%d id=%u user_ns=%u anon=%d root=%u nr_mounts=%u found=1 event=1 tasks=1\n",
		      i, i == 2 ? 0 : i + 1, pick(4), 1 + pick(2), i == 2,
		      pick(NR_MOUNTS), pick(9));
	for (i = 0; i < NR_MOUNTS; i++)
		random_mount(&b, i);
	build_end(&b, 3, NR_MOUNTS);
	s = build_parse(&b, &err);
	CHECK_STR(err.text, "");
	return s;
}

static struct place random_place(struct world *w)
{
	static const char *const paths[] = { "/", "/", "/a", "/a/b" };

	return (struct place){
		.mount = w->mounts[pick(w->nr_mounts)],
		.path = pick_of(paths, ARRAY_SIZE(paths)),
		.here = pick(2),
	};
}

/* False without memory. */
static bool random_operation(struct world *w)
{
	struct operation op = {
		.type = pick(NR_OPERATION_TYPES),
		.recursive = pick(2),
		.lazy = pick(2),
		.new_user_ns = pick(2),
		.propagation = pick(MAKE_UNBINDABLE + 1),
		.attr_set = pick(2) ? MOUNT_ATTR_RDONLY : 0,
		.attr_clr = pick(2) ? MOUNT_ATTR_NODEV : 0,
		.ns = w->namespaces[pick(w->nr_namespaces)],
		.source = random_place(w),
		.target = random_place(w),
	};
	struct outcome o;
	struct error err;

	op.user_ns = op.ns->user_ns;
	if (pick(2) && op.source.mount->now.ns) {
		op.ns = op.source.mount->now.ns;
		op.user_ns = op.ns->user_ns;
	}
	if (world_apply(w, &op, &o, &err))
		return false;
	CHECK(!o.error || o.why);
	return true;
}

static void count(const struct violation *v, void *arg)
{
	(void)v;
	++*(long *)arg;
}

static void play(const char *release)
{
	struct snapshot *s = random_snapshot(release);
	struct error err;
	struct world *w;
	long n = 0;
	int i;

	if (!s)
		return;
	CHECK(invariants_check(s, NULL, count, &n) == n);
	w = world_new(s, NULL, &err);
	CHECK(w);
	for (i = 0; w && w->nr_mounts && i < 12 && w->nr_mounts < 5000; i++)
		CHECK(random_operation(w));
	world_free(w);
	snapshot_free(s);
}

static void test_broken(void)
{
	int i;

	/* One that does not end is a failure, too. */
	alarm(120);
	for (i = 0; i < ROUNDS; i++) {
		state = i;
		play(i % 2 ? "6.1.0" : "7.3.0");
	}
	alarm(0);
}

static void test_no_memory(void)
{
	struct snapshot *s;
	struct error err;
	struct world *w;
	int n, i, seed, failed = 0;

	for (seed = 0; seed < 20; seed++) {
		for (n = 0; n < 40; n++) {
			state = seed;
			s = random_snapshot("6.1.0");
			left = n;
			w = world_new(s, NULL, &err);
			for (i = 0; w && w->nr_mounts && i < 30; i++) {
				if (!random_operation(w))
					break;
			}
			failed += !w || i < 30;
			world_free(w);
			left = 0;
			CHECK(invariants_check(s, NULL, count, &(long){ 0 }) ==
			      -1);
			left = -1;
			snapshot_free(s);
		}
	}
	CHECK(failed > 20);
}

static const struct check_test tests[] = {
	{ "snapshots that no kernel makes", test_broken },
	{ "no memory", test_no_memory },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
