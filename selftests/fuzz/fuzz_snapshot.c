// SPDX-License-Identifier: GPL-2.0-only
/* A saved snapshot, which may come from anywhere, and what is asked of it. */
#include <string.h>
#include <sys/mount.h>

#include "explain.h"
#include "fuzz.h"
#include "invariants.h"
#include "lookup.h"
#include "world.h"

/* Of each kind so many questions: the input has to be long to have more to ask of. */
#define QUESTIONS 6
#define MAX_MOUNTS 300

static void count(const struct violation *v, void *arg)
{
	FUZZ_REQUIRE(v->invariant);
	++*(long *)arg;
}

static void walk(const struct snapshot *s)
{
	const struct mount *m;
	char type[64];
	size_t i, n;

	for (i = 0; i < s->nr_mounts; i++) {
		m = &s->mounts[i];
		FUZZ_REQUIRE(snapshot_mount(s, m->id) == m);
		FUZZ_REQUIRE(m->path &&
			     *mount_propagation(m, type, sizeof(type)));
	}
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mount *root = s->namespaces[i].root;

		for (n = 0, m = root; m; m = next_mnt(m, root))
			FUZZ_REQUIRE(n++ < s->nr_mounts);
	}
}

static void ask_why(const struct snapshot *s, const struct location *at)
{
	struct explanation e;
	size_t i;

	for (i = 0; i < s->nr_namespaces && i < QUESTIONS; i++) {
		if (!explain(&e, s, at, &s->namespaces[i], NULL))
			explain_free(&e);
	}
}

static void look_up(const struct snapshot *s, const struct mnt_namespace *ns)
{
	struct start start = { .root_fd = -1, .cwd_fd = -1 };
	struct location at;
	struct error err;
	size_t i;

	if (location_root(ns, &start.root, &err))
		return;
	for (i = 0; i < ns->nr_mounts && i < QUESTIONS; i++) {
		char *path;

		if (location_lookup(&start, ns->mounts[i]->path, &at, &err))
			continue;
		FUZZ_REQUIRE(at.mnt && *at.within == '/');
		path = location_path(&at);
		FUZZ_REQUIRE(path && *path);
		free(path);
		ask_why(s, &at);
		location_free(&at);
	}
	location_free(&start.root);
}

/* The n-th operation, on mounts that differ from one to the next. */
static struct operation operation(const struct world *w, size_t n)
{
	struct world_mount *from = w->mounts[n * 7 % w->nr_mounts];
	struct world_mount *to = w->mounts[n * 5 % w->nr_mounts];
	struct world_ns *ns = to->now.ns ? to->now.ns : w->namespaces[0];

	return (struct operation){
		.type = n % NR_OPERATION_TYPES,
		.recursive = n % 2,
		.lazy = n % 3 == 0,
		.propagation = n % (MAKE_UNBINDABLE + 1),
		.attr_set = n % 3 ? 0 : MOUNT_ATTR_RDONLY,
		.attr_clr = n % 4 ? 0 : MOUNT_ATTR_NODEV,
		.ns = ns,
		.user_ns = ns->user_ns,
		.source = { .mount = from, .path = "/" },
		.target = { .mount = to, .path = n % 2 ? "/" : "/a/b" },
	};
}

/* @first: of the operations that are tried. */
static void predict(const struct snapshot *s, size_t first)
{
	struct world *w;
	struct outcome o;
	struct error err;
	size_t n;

	w = world_new(s, NULL, &err);
	if (!w)
		return;
	w->mount_max = MAX_MOUNTS;
	for (n = first; n < first + QUESTIONS && w->nr_mounts; n++) {
		struct operation op = operation(w, n);

		FUZZ_REQUIRE(!world_apply(w, &op, &o, &err));
		FUZZ_REQUIRE(!o.error || o.why);
	}
	world_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {};
	struct snapshot *s =
		snapshot_parse((const char *)data, size, "input", &err);
	long n = 0;
	size_t i;

	if (!s) {
		FUZZ_REQUIRE(*err.text && !strchr(err.text, '\n'));
		return 0;
	}
	FUZZ_REQUIRE(invariants_check(s, NULL, count, &n) == n);
	walk(s);
	for (i = 0; i < s->nr_namespaces && i < QUESTIONS; i++)
		look_up(s, &s->namespaces[i]);
	predict(s, size % 60);
	snapshot_free(s);
	return 0;
}
