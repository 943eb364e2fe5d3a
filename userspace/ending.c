// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "ending.h"

/* A line before numbers are given. */
struct sight {
	const struct world_mount *m;
	char *place; /* actor, where, root: lines are sorted by it */
	size_t root_at; /* in it */
	bool made;
};

struct sights {
	struct sight *all;
	size_t nr;
};

/* What had no number yet gets the next one. */
struct numbering {
	uint64_t *known;
	size_t nr;
};

void ending_hide_base(struct audience *to, const struct world_mount *root)
{
	const struct world_mount *m = root;

	to->nr_base = 0;
	while (m != m->now.parent && to->nr_base < MAX_BASE) {
		m = m->now.parent;
		to->base[to->nr_base].major = m->root->sb->major;
		to->base[to->nr_base++].minor = m->root->sb->minor;
	}
}

static bool is_base(const struct audience *to, const struct world_mount *m)
{
	size_t i;

	for (i = 0; i < to->nr_base; i++) {
		if (m->root->sb->major == to->base[i].major &&
		    m->root->sb->minor == to->base[i].minor)
			return true;
	}
	return false;
}

static void print_where(FILE *f, const struct audience *to,
			const struct world_mount *m)
{
	const struct world_mount *parent = m->now.parent;
	const char *mountpoint = world_mountpoint(m);

	if (parent == m || is_base(to, parent))
		return;
	print_where(f, to, parent);
	fprintf(f, "%s", strcmp(mountpoint, "/") ? mountpoint : "/.");
}

static bool add_sight(struct sights *s, const struct audience *to,
		      unsigned int actor, const struct world_mount *m,
		      bool made)
{
	struct sight *sight = &s->all[s->nr];
	size_t len;
	FILE *f = open_memstream(&sight->place, &len);
	long begin;

	if (!f)
		return false;
	fprintf(f, "%u ", actor);
	begin = ftell(f);
	print_where(f, to, m);
	if (ftell(f) == begin)
		fprintf(f, "/");
	sight->root_at = ftell(f) + 1;
	fprintf(f, " %s%s", m->mnt_ns_file ? "(nsfs)" : m->root->path,
		m->root->unlinked && !m->mnt_ns_file ? "//deleted" : "");
	sight->m = m;
	sight->made = made;
	if (fclose(f))
		return false;
	s->nr++;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	return strcmp(x->place, y->place);
}

/* The kernel gives ids upwards, the model downwards from zero. */
static int by_id(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	return abs(x->m->id) < abs(y->m->id) ? -1 :
					       abs(x->m->id) > abs(y->m->id);
}

static size_t number_of(struct numbering *n, uint64_t what)
{
	size_t i;

	for (i = 0; i < n->nr && n->known[i] != what; i++)
		;
	if (i == n->nr)
		n->known[n->nr++] = what;
	return i + 1;
}

/* As in mountinfo. */
static void print_options(FILE *f, unsigned int flags)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} options[] = {
		{ WORLD_NOSUID, ",nosuid" },
		{ WORLD_NODEV, ",nodev" },
		{ WORLD_NOEXEC, ",noexec" },
		{ WORLD_NOATIME, ",noatime" },
		{ WORLD_NODIRATIME, ",nodiratime" },
		{ WORLD_RELATIME, ",relatime" },
		{ WORLD_NOSYMFOLLOW, ",nosymfollow" },
	};
	size_t i;

	if ((flags & WORLD_SETTABLE) == WORLD_RELATIME)
		return;
	fprintf(f, flags & WORLD_RO ? " ro" : " rw");
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (flags & options[i].flag)
			fprintf(f, "%s", options[i].name);
	}
}

static void print_mount(FILE *f, const struct sight *s, struct numbering *fs,
			struct numbering *groups)
{
	const struct world_state *now = &s->m->now;

	fprintf(f, "%.*sfs%zu:%s", (int)s->root_at, s->place,
		number_of(fs, (uintptr_t)s->m->root->sb),
		s->place + s->root_at);
	print_options(f, now->flags);
	if (now->flags & WORLD_SHARED)
		fprintf(f, " shared:%zu", number_of(groups, now->group_id));
	if (now->master)
		fprintf(f, " master:%zu",
			number_of(groups, now->master->now.group_id));
	if (now->flags & WORLD_UNBINDABLE)
		fprintf(f, " unbindable");
	fprintf(f, "\n");
}

static bool print_mounts(struct ending *e, struct sights *s)
{
	size_t room = 2 * s->nr + 1, len, i;
	struct numbering fs = { calloc(room, sizeof(uint64_t)), 0 };
	struct numbering groups = { calloc(room, sizeof(uint64_t)), 0 };
	FILE *f = open_memstream(&e->mounts, &len);
	bool done = f && fs.known && groups.known;

	if (s->nr)
		qsort(s->all, s->nr, sizeof(*s->all), by_place);
	for (i = 0; i < s->nr && done; i++)
		print_mount(f, &s->all[i], &fs, &groups);
	free(fs.known);
	free(groups.known);
	return f && !fclose(f) && done;
}

static bool print_made(struct ending *e, struct sights *s)
{
	size_t len, i;
	FILE *f = open_memstream(&e->made, &len);

	if (!f)
		return false;
	if (s->nr)
		qsort(s->all, s->nr, sizeof(*s->all), by_id);
	for (i = 0; i < s->nr; i++) {
		if (!s->all[i].made)
			continue;
		e->nr_made++;
		fprintf(f, "then %.*s\n", (int)s->all[i].root_at - 1,
			s->all[i].place);
	}
	return !fclose(f);
}

static bool is_shown(const struct audience *to, unsigned int actor,
		     const struct world_mount *m)
{
	return m->now.ns && m->now.ns == to->ns[actor] && !is_base(to, m);
}

static bool was_there(const struct world *w, const struct world *before,
		      const struct world_mount *m)
{
	const struct world_mount *old = m;

	/* Those below zero are the model's own. */
	if (w != before)
		old = m->id > 0 ? world_mount_of(before, m->id) : NULL;

	return old && old->before.ns;
}

int ending_look(struct ending *e, const struct world *w,
		const struct world *before, const struct audience *to)
{
	struct sights s = { calloc(w->nr_mounts + 1, sizeof(*s.all)), 0 };
	bool done = s.all;
	unsigned int actor;
	size_t i;

	e->mounts = NULL;
	e->made = NULL;
	e->nr_made = 0;
	for (actor = 0; actor < to->nr; actor++) {
		for (i = 0; i < w->nr_mounts && done; i++) {
			const struct world_mount *m = w->mounts[i];

			if (is_shown(to, actor, m))
				done = add_sight(&s, to, actor, m,
						 !was_there(w, before, m));
		}
	}
	done = done && print_mounts(e, &s) && print_made(e, &s);
	for (i = 0; i < s.nr; i++)
		free(s.all[i].place);
	free(s.all);
	if (done)
		return 0;
	ending_free(e);
	return -1;
}

void ending_free(struct ending *e)
{
	free(e->mounts);
	free(e->made);
	*e = (struct ending){};
}
