// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mntprop why and predict go by, held against each other and against the
 * snapshot's own idea of paths, on many snapshots that are made at random.
 */
#include <stdlib.h>

#include "builder.h"
#include "check.h"
#include "explain.h"
#include "view.h"

#define ROUNDS 200
#define NAMESPACES 4
#define MAX_MOUNTS 24
#define DEVS 2

static const char *const paths[] = {
	"/", "/a", "/a/b", "/b", "/a/b/c", "/a-b/c"
};

static const char *const roots[] = { "/", "/a", "/a/b" };

/* As it is in the file to be. */
struct mnt {
	int id, ns, dev, group, master;
	bool unbindable;
	struct mnt *parent;
	const char *mountpoint, *root;
};

static struct mnt mounts[MAX_MOUNTS];
static int nr_mounts;
static unsigned long long seed;

static unsigned int any(unsigned int n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % n;
}

static unsigned long long hash(int dev, const char *root, const char *path)
{
	unsigned long long h = 14695981039346656037ULL + dev;
	const char *const parts[] = { strcmp(root, "/") ? root : "",
				      strcmp(path, "/") ? path : "" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *c;

		for (c = parts[i]; *c; c++)
			h = (h ^ (unsigned char)*c) * 1099511628211ULL;
	}
	return h;
}

static bool is_taken(const struct mnt *parent, const char *mountpoint)
{
	int i;

	for (i = 0; i < nr_mounts; i++) {
		if (mounts[i].parent == parent &&
		    !strcmp(mounts[i].mountpoint, mountpoint))
			return true;
	}
	return false;
}

/* A shared mount of the same filesystem, or NULL. */
static const struct mnt *any_shared(int dev)
{
	const struct mnt *found = NULL;
	int i, n = 0;

	for (i = 0; i < nr_mounts; i++) {
		if (mounts[i].dev == dev && mounts[i].group && !any(++n))
			found = &mounts[i];
	}
	return found;
}

static void choose_type(struct mnt *m)
{
	const struct mnt *shared = any_shared(m->dev);
	unsigned int type = any(8);

	if (type == 1) {
		m->unbindable = true;
	} else if (type == 2 || (type > 2 && !shared)) {
		m->group = m->id;
	} else if (type == 3 || type == 4) {
		m->group = shared->group;
		m->master = shared->master;
	} else if (type > 4) {
		m->master = shared->id;
		m->group = type == 7 ? m->id : 0;
	}
}

static void choose_mounts(void)
{
	int i, n = NAMESPACES + any(MAX_MOUNTS - NAMESPACES);

	nr_mounts = 0;
	for (i = 0; i < n; i++) {
		struct mnt *m = &mounts[i];

		*m = (struct mnt){ .id = i + 1,
				   .ns = i,
				   .mountpoint = "/",
				   .dev = 1 + any(DEVS),
				   .root = roots[any(ARRAY_SIZE(roots))] };
		while (i >= NAMESPACES && is_taken(m->parent, m->mountpoint)) {
			m->parent = &mounts[any(i)];
			m->mountpoint = paths[any(ARRAY_SIZE(paths))];
			m->ns = m->parent->ns;
		}
		choose_type(m);
		nr_mounts++;
	}
}

/* Next in the ring: the next of the group, or its first. */
static int peer_of(const struct mnt *m)
{
	int i;

	for (i = 1; i <= nr_mounts; i++) {
		const struct mnt *other = &mounts[(m - mounts + i) % nr_mounts];

		if (other->group == m->group)
			return other->id;
	}
	return m->id;
}

/* Peers side by side, in the order of their ring. */
static void add_slaves(struct builder *b, const struct mnt *master)
{
	const char *before = " slaves=";
	int i, j;

	for (i = 0; i < nr_mounts; i++) {
		const struct mnt *m = &mounts[i];

		if (m->master != master->id || (m->group && m->group != m->id))
			continue;
		for (j = i; j < nr_mounts; j++) {
			if (j != i &&
			    (!m->group || mounts[j].group != m->group))
				continue;
			build(b, "%s%d", before, mounts[j].id);
			before = ",";
		}
	}
}

static void add_mount(struct builder *b, const struct mnt *m)
{
	const struct mnt *parent = m->parent ? m->parent : m;

	build(b, "mount id=%d ns=%d parent=%d mountpoint=%s ", m->id, m->ns,
	      parent->id, m->mountpoint);
	build(b, "mp_dentry=%016llx root=%s root_dentry=%016llx ",
	      hash(parent->dev, parent->root, m->mountpoint), m->root,
	      hash(m->dev, m->root, "/"));
	build(b, "dev=0:%d type=tmpfs flags=relatime%s%s", m->dev,
	      m->group ? ",shared" : "", m->unbindable ? ",unbindable" : "");
	if (m->group && peer_of(m) != m->id)
		build(b, " peer=%d", peer_of(m));
	if (m->group)
		build(b, " group=%d", m->group);
	if (m->master)
		build(b, " master=%d", m->master);
	add_slaves(b, m);
	build(b, "\n");
}

static struct snapshot *build_any(unsigned long long number)
{
	static const char *const releases[] = { "5.10.0", "6.1.0", "7.3.0" };
	struct builder b = {};
	struct snapshot *s;
	struct error err;
	int i;

	seed = number;
	choose_mounts();
	build(&b, "mntprop 1\nsystem release=%s mono=1 wall=2\n",
	      releases[any(ARRAY_SIZE(releases))]);
	build(&b,
	      "capture hold=1 retries=0 namespaces=%d mounts=%d complete=yes\n",
	      NAMESPACES, nr_mounts);
	for (i = 0; i < NAMESPACES; i++)
		build(&b,
		      "ns nr=%d inum=%u user_ns=%d anon=%d root=%d nr_mounts=1 found=1 event=1 tasks=1\n",
		      i, BUILD_INUM + i, 1 + (i == 2), i == 3, i + 1);
	for (i = 0; i < nr_mounts; i++)
		add_mount(&b, &mounts[i]);
	build_end(&b, NAMESPACES, nr_mounts);
	s = build_parse(&b, &err);
	if (!s)
		bail("snapshot %llu: %s", number, err.text);
	return s;
}

/* hide.c sorts siblings, view.c looks paths up. */
static void check_view(const struct snapshot *s)
{
	struct error err;
	struct world *w = world_new(s, NULL, &err);
	struct view *v = w ? view_new(w) : NULL;
	size_t i;

	if (!v)
		bail("out of memory");
	for (i = 0; i < s->nr_mounts; i++) {
		struct world_mount *by, *m = world_mount_of(w, s->mounts[i].id);
		char *path = view_path(m);

		CHECK(view_hidden(v, m, &by) == s->mounts[i].hidden);
		CHECK((by ? by->origin : NULL) == s->mounts[i].hidden_by);
		CHECK_STR(path, s->mounts[i].path);
		free(path);
	}
	view_free(v);
	world_free(w);
}

static void test_view(void)
{
	unsigned long long i;

	for (i = 1; i <= ROUNDS && !check_failed; i++) {
		struct snapshot *s = build_any(i);

		check_view(s);
		if (check_failed)
			printf("# snapshot %llu\n", i);
		snapshot_free(s);
	}
}

/* What the model says of a mount there. */
struct predicted {
	struct world *w;
	struct view *v;
	struct outcome o;
};

static void predict(struct predicted *p, const struct snapshot *s,
		    const struct mnt_namespace *ns, const struct location *at)
{
	struct operation op = { .type = OP_MOUNT, .user_ns = ns->user_ns };
	struct error err;

	p->w = world_new(s, NULL, &err);
	if (!p->w)
		bail("%s", err.text);
	op.ns = world_ns_of(p->w, ns->nr);
	op.target.mount = world_mount_of(p->w, at->mnt->id);
	op.target.path = at->within;
	if (world_apply(p->w, &op, &p->o, &err))
		bail("%s", err.text);
	CHECK(!p->o.error);
	p->v = view_new(p->w);
	if (!p->v)
		bail("out of memory");
}

/* The copy in the namespace, that at the path if there is one; NULL: none. */
static struct world_mount *find(const struct predicted *p,
				const struct mnt_namespace *ns,
				const char *path, size_t *copies)
{
	struct world_mount *found = NULL;
	size_t i;

	for (*copies = 0, i = 0; i < p->o.nr_changes; i++) {
		struct world_mount *m = p->o.changes[i].mount;
		char *is;

		if (!(p->o.changes[i].what & CHANGE_APPEARED) ||
		    m->now.ns->nr != ns->nr)
			continue;
		++*copies;
		is = view_path(m);
		if (!path || !strcmp(is, path))
			found = m;
		free(is);
	}
	return found;
}

/* A copy may be hidden by another copy, which is not in the snapshot. */
static void check_hiding(const struct predicted *p, const struct explanation *e,
			 const struct mnt_namespace *ns)
{
	size_t i;

	for (i = 0; i < p->o.nr_changes; i++) {
		struct world_mount *by, *m = p->o.changes[i].mount;
		bool hidden;

		if (!(p->o.changes[i].what & CHANGE_APPEARED) ||
		    m->now.ns->nr != ns->nr ||
		    m->now.parent->origin != e->target)
			continue;
		hidden = view_hidden(p->v, m, &by);
		if (by && !by->origin)
			continue;
		CHECK(hidden == e->hidden);
		CHECK((by ? by->origin : NULL) == e->hidden_by);
	}
}

static int asked, answered_yes, answered_hidden;

static void compare(const struct predicted *p, const struct snapshot *s,
		    const struct location *from, const struct mnt_namespace *ns,
		    const struct location *to)
{
	char *path = to ? location_path(to) : NULL;
	struct world_mount *copy;
	struct explanation e;
	size_t copies;

	if (explain(&e, s, from, ns, to))
		bail("out of memory");
	copy = find(p, ns, path, &copies);
	CHECK(e.yes == !!copy);
	CHECK(e.copies == copies);
	CHECK(e.yes == (e.broken == BROKEN_NOTHING));
	if (e.yes && to)
		CHECK_STR(e.path, path);
	if (e.yes)
		check_hiding(p, &e, ns);
	asked++;
	answered_yes += e.yes;
	answered_hidden += e.yes && e.hidden;
	explain_free(&e);
	free(path);
}

static void look_up(const struct mnt_namespace *ns, const char *path,
		    struct location *at)
{
	struct start start = { .root_fd = -1, .cwd_fd = -1 };
	struct error err;

	if (location_root(ns, &start.root, &err) ||
	    location_lookup(&start, path, at, &err))
		bail("%s", err.text);
	location_free(&start.root);
}

/* From one path to all namespaces, and to all paths in them. */
static void check_path(const struct snapshot *s, const struct mnt_namespace *ns,
		       const char *path)
{
	struct location from, to;
	struct predicted p = {};
	size_t i, j;

	look_up(ns, path, &from);
	predict(&p, s, ns, &from);
	for (i = 0; i < s->nr_namespaces; i++) {
		compare(&p, s, &from, &s->namespaces[i], NULL);
		for (j = 0; j < ARRAY_SIZE(paths); j++) {
			look_up(&s->namespaces[i], paths[j], &to);
			compare(&p, s, &from, &s->namespaces[i], &to);
			location_free(&to);
		}
	}
	view_free(p.v);
	world_free(p.w);
	location_free(&from);
}

static void test_agreement(void)
{
	unsigned long long i;
	size_t j;

	for (i = 1; i <= ROUNDS && !check_failed; i++) {
		struct snapshot *s = build_any(i);

		for (j = 0; j < 3 * ARRAY_SIZE(paths) && !check_failed; j++) {
			check_path(s, &s->namespaces[j % 3], paths[j / 3]);
			if (check_failed)
				printf("# snapshot %llu, namespace %zu, %s\n",
				       i, j % 3, paths[j / 3]);
		}
		snapshot_free(s);
	}
	printf("# asked %d, yes %d, hidden %d\n", asked, answered_yes,
	       answered_hidden);
	/* or there was nothing to compare */
	CHECK(answered_yes > asked / 20 && answered_yes < asked / 2);
	CHECK(answered_hidden > 100);
}

static const struct check_test tests[] = {
	{ "view: as the snapshot has paths and what is hidden", test_view },
	{ "why and predict agree", test_agreement },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
