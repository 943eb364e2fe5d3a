// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "holding.h"

bool holding_is_target(const struct holding *h, const struct mount *m)
{
	return m == h->subject.plan.target.mnt;
}

bool holding_is_held(const struct holding *h, const struct mount *m)
{
	return h->release.held[m - h->s->mounts];
}

bool holding_goes(const struct holding *h, const struct mount *m)
{
	return h->release.goes[m - h->s->mounts];
}

bool holding_succeeds(const struct holding *h)
{
	return !h->release.unknown && !h->release.error &&
	       holding_goes(h, h->subject.plan.target.mnt);
}

/* How many of the pins from the first on are of one task. */
static size_t of_one_task(const struct pin *pins, size_t nr)
{
	size_t n = 0;

	while (n < nr && pins[n].task == pins->task)
		n++;
	return n;
}

static void each_task(const struct holder *like, const struct pin *pins,
		      size_t nr, holder_func func, void *arg)
{
	struct holder row = *like;

	row.kind = HOLDER_TASK;
	for (; nr; nr -= row.nr, pins += row.nr) {
		row.pins = pins;
		row.nr = of_one_task(pins, nr);
		func(&row, arg);
	}
}

void holding_each_user(const struct holding *h, const struct mount *m,
		       holder_func func, void *arg)
{
	struct holder row = { .in = h, .m = m, .busy = holding_is_held(h, m) };
	const struct pin *pins;
	size_t nr;

	pins = pins_of(&h->pins, m, &nr);
	each_task(&row, pins, nr, func, arg);
	if (!m->ns || !m->ns->anon || !m->ns->root || m == m->ns->root)
		return;
	row.tree = true;
	pins = pins_of(&h->pins, m->ns->root, &nr);
	each_task(&row, pins, nr, func, arg);
}

void holding_each_below(const struct holding *h, const struct mount *m,
			holder_func func, void *arg)
{
	const struct mount *child;

	for (child = m->first_child; child; child = child->next_sibling) {
		struct holder row = { .in = h, .m = m, .by = child };

		row.kind = HOLDER_BELOW;
		row.busy = holding_is_held(h, m);
		func(&row, arg);
	}
}

void holding_each_keeper(const struct holding *h, const struct mount *m,
			 holder_func func, void *arg)
{
	struct holder row = { .in = h, .m = m };
	size_t i;

	if (!m->ns)
		return;
	for (i = 0; i < h->pins.nr_of_ns; i++) {
		if (h->pins.of_ns[i].ns == m->ns)
			each_task(&row, &h->pins.of_ns[i], 1, func, arg);
	}
	row.kind = HOLDER_NS_FILE;
	for (i = 0; m->ns->inum && i < h->nr_ns_files; i++) {
		row.by = h->ns_files[i];
		if (row.by->root_ino == m->ns->inum)
			func(&row, arg);
	}
}

/* Trees that are not attached are held by who has their root. */
static void choose_mounts(struct holding *h)
{
	const struct snapshot *s = h->s;
	size_t i;

	h->wanted = calloc(s->nr_mounts + 1, sizeof(*h->wanted));
	if (!h->wanted)
		out_of_memory();
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!subject_has(&h->subject, m))
			continue;
		h->mounts++;
		h->wanted[i] = true;
		if (m->ns && m->ns->anon && m->ns->root)
			h->wanted[m->ns->root - s->mounts] = true;
	}
}

/* The file of a namespace has its inode number as its own. */
static void find_ns_files(struct holding *h)
{
	size_t i;

	h->ns_files = calloc(h->s->nr_mounts + 1, sizeof(*h->ns_files));
	if (!h->ns_files)
		out_of_memory();
	for (i = 0; i < h->s->nr_mounts; i++) {
		const struct mount *m = &h->s->mounts[i];

		if (m->ns && !strcmp(m->type, "nsfs"))
			h->ns_files[h->nr_ns_files++] = m;
	}
}

static void find_processes(struct holding *h)
{
	struct error err;

	if (pins_read(&h->pins, h->s, h->wanted, &err))
		fatal("%s", err.text);
	if (h->pins.denied)
		warning("%zu process%s could not be looked into; run it as root of the machine",
			h->pins.denied, h->pins.denied == 1 ? "" : "es");
	if (h->pins.unplaced)
		warning("%zu loop device%s of another namespace: which mounts it uses is not known",
			h->pins.unplaced, h->pins.unplaced == 1 ? "" : "s");
	if (h->pins.no_kcmp)
		warning("threads' own directories are not told apart; that takes kcmp(2)");
	if (h->pins.partial)
		warning("not in the initial PID namespace: run it there to see all processes");
}

static void count(struct holding *h)
{
	size_t i;

	for (i = 0; i < h->s->nr_mounts; i++) {
		const struct mount *m = &h->s->mounts[i];

		if (!subject_has(&h->subject, m))
			continue;
		if (!holding_goes(h, m)) {
			h->stay++;
			h->stay_without_path += !m->ns || m->ns->anon;
		}
	}
}

void holding_find(struct holding *h, const struct snapshot *s,
		  const struct options *o)
{
	*h = (struct holding){ .o = o, .s = s };
	subject_find(&h->subject, s, o);
	choose_mounts(h);
	find_ns_files(h);
	if (!o->file)
		find_processes(h);
	release_try(&h->release, s, &h->subject.plan,
		    o->file ? NULL : &h->pins);
	count(h);
}

void holding_free(struct holding *h)
{
	release_free(&h->release);
	pins_free(&h->pins);
	free(h->ns_files);
	free(h->wanted);
	subject_free(&h->subject);
}
