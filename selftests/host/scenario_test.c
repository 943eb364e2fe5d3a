// SPDX-License-Identifier: GPL-2.0-only
/* That what the bench measures is what it is called. */
#include <libmount.h>
#include <stdlib.h>

#include "check.h"
#include "compiler.h"
#include "invariants.h"
#include "pairing.h"
#include "scenario.h"

#define MOUNTS 3000

/* What there has to be of @MOUNTS mounts. */
static const struct {
	const char *name;
	size_t namespaces, mounts, on_host, groups;
	size_t members; /* of the group at /srv/0 */
	size_t slaves; /* of it, groups or not */
	size_t chain; /* masters above the last mount */
	size_t height; /* mounts on the first of /srv/0 */
} wanted[] = {
	{ "big", 2, 3000, 2999, 2999, 1, 0, 0, 0 },
	{ "containers", 100, 3000, 30, 30, 1, 99, 1, 0 },
	{ "systemd", 151, 2869, 19, 2869, 1, 150, 1, 0 },
	{ "peers", 1500, 3000, 2, 1, 1500, 0, 0, 0 },
	{ "chain", 100, 3000, 30, 3000, 1, 1, 99, 0 },
	{ "stack", 2, 3000, 2999, 2999, 1, 0, 0, 999 },
	{ "tower", 2, 3000, 2999, 1, 0, 0, 0, 2997 },
};

static struct snapshot *text_to_snapshot(struct scene *sc)
{
	struct builder b = {};
	struct snapshot *s;
	struct error err;

	scene_text(sc, &b, "7.3.0");
	s = build_parse(&b, &err);
	if (!s)
		bail("%s", err.text);
	return s;
}

static struct snapshot *make(struct scene *sc, size_t i)
{
	if (strcmp(scenarios[i].name, wanted[i].name))
		bail("%s: not known here", scenarios[i].name);
	scenario_make(sc, &scenarios[i], MOUNTS);
	return text_to_snapshot(sc);
}

static void tell(const struct violation *v, void *arg)
{
	printf("# %s: %s\n", (const char *)arg, v->invariant->what);
}

static const struct mount *first_srv(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		if (!strcmp(s->mounts[i].path, "/srv/0"))
			return &s->mounts[i];
	}
	bail("nothing is mounted on /srv/0");
	return NULL;
}

static void test_shapes(void)
{
	size_t i, n;

	for (i = 0; i < nr_scenarios; i++) {
		struct scene sc = {};
		struct snapshot *s = make(&sc, i);
		const struct mount *m = first_srv(s);
		const struct mount *last = &s->mounts[s->nr_mounts - 1];

		printf("# %s\n", scenarios[i].name);
		CHECK(!invariants_check(s, NULL, tell,
					(void *)scenarios[i].name));
		CHECK(s->nr_namespaces == wanted[i].namespaces);
		CHECK(s->nr_mounts == wanted[i].mounts);
		CHECK(s->namespaces[0].nr_mounts == wanted[i].on_host);
		CHECK(s->nr_groups == wanted[i].groups);
		CHECK(m->ns == &s->namespaces[0]);
		CHECK((m->group ? m->group->nr_members : 0) ==
		      wanted[i].members);
		CHECK(m->nr_slaves == wanted[i].slaves);
		for (n = 0; last->master; n++)
			last = last->master;
		CHECK(n == wanted[i].chain);
		for (n = 0; m->overmount; n++)
			m = m->overmount;
		CHECK(n == wanted[i].height);
		snapshot_free(s);
		scene_free(&sc);
	}
}

static void compare(const struct snapshot *s, struct libmnt_table *table)
{
	struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	size_t n = 0;

	while (!mnt_table_next_fs(table, it, &fs)) {
		const struct mount *m = snapshot_mount(s, mnt_fs_get_id(fs));

		n++;
		CHECK(m && m->ns == &s->namespaces[0]);
		if (!m)
			continue;
		CHECK(m->parent_id == mnt_fs_get_parent_id(fs));
		CHECK_STR(mnt_fs_get_target(fs), m->path);
		CHECK_STR(mnt_fs_get_source(fs), m->source);
	}
	CHECK(n == s->namespaces[0].nr_mounts);
	mnt_free_iter(it);
}

static void test_mountinfo(void)
{
	size_t i;

	for (i = 0; i < nr_scenarios; i++) {
		struct libmnt_table *table = mnt_new_table();
		struct scene sc = {};
		struct builder b = {};
		struct snapshot *s = make(&sc, i);
		FILE *f;

		scene_mountinfo(&sc, &b, 0);
		f = fmemopen(b.text, b.len, "r");
		if (!table || !f || mnt_table_parse_stream(table, f, "test"))
			bail("libmount does not take %s", scenarios[i].name);
		compare(s, table);
		fclose(f);
		fclose(b.f);
		free(b.text);
		mnt_unref_table(table);
		snapshot_free(s);
		scene_free(&sc);
	}
}

static size_t count_moved(const struct pairing *p, size_t *alone)
{
	const struct side *side = &p->side[0];
	size_t i, n = 0;

	*alone = 0;
	for (i = 0; i < side->s->nr_mounts; i++) {
		const struct placed *m = &side->mounts[i];

		*alone += !m->pair;
		n += m->pair && m->moved && !pairing_carried(p, m);
		CHECK(!m->pair || m->m->id != m->pair->m->id);
	}
	return n;
}

static void test_reboot(void)
{
	struct snapshot *before, *same, *other;
	struct scene sc = {};
	struct pairing p;
	size_t alone;

	before = make(&sc, 0);
	scenario_reboot(&sc, 0);
	same = text_to_snapshot(&sc);
	scenario_reboot(&sc, 10);
	other = text_to_snapshot(&sc);
	if (pairing_make(&p, before, same))
		bail("out of memory");
	CHECK(count_moved(&p, &alone) == 0 && !alone);
	pairing_free(&p);
	if (pairing_make(&p, before, other))
		bail("out of memory");
	/* each tenth but the root */
	CHECK(count_moved(&p, &alone) == MOUNTS / 10 - 1 && !alone);
	pairing_free(&p);
	snapshot_free(before);
	snapshot_free(same);
	snapshot_free(other);
	scene_free(&sc);
}

static const struct check_test tests[] = {
	{ "seven scenarios", test_shapes },
	{ "their mountinfo", test_mountinfo },
	{ "the next boot", test_reboot },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
