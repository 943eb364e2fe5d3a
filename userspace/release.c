// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "fatal.h"
#include "release.h"

static void apply(struct world *w, const struct operation *op,
		  struct outcome *o)
{
	struct error err;

	if (world_apply(w, op, o, &err))
		fatal("%s", err.text);
}

/* With refcounts=0 the module counts nobody: who is found has to do. */
static void count_pins(struct world *w, const struct pins *pins)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		const struct mount *m = w->mounts[i]->origin;
		size_t nr;

		if (!pins || m->count >= 0)
			continue;
		pins_of(pins, m, &nr);
		w->mounts[i]->busy = nr;
	}
}

/*
 * Lets go whoever it is refused for, one after another, until it is not: a
 * umount that fails changes nothing.  What is mounted below it has to be
 * unmounted, which a lazy one does, too.
 */
static void try_all(struct release *r, const struct snapshot *s,
		    struct world *w, struct operation *op)
{
	struct outcome o;

	apply(w, op, &o);
	r->error = o.error;
	r->why = o.why;
	while (o.error == EBUSY && o.busy && o.busy->origin) {
		r->held[o.busy->origin - s->mounts] = true;
		if (!o.busy->busy)
			break;
		o.busy->busy = 0;
		apply(w, op, &o);
	}
	if (o.error) {
		op->lazy = true;
		apply(w, op, &o);
	}
}

void release_try(struct release *r, const struct snapshot *s, struct plan *plan,
		 const struct pins *pins)
{
	const struct mount *target = plan->target.mnt;
	struct world *w;
	struct error err;
	size_t i;

	*r = (struct release){
		.unknown = target && target->count < 0 && !pins,
		.held = calloc(s->nr_mounts + 1, sizeof(*r->held)),
		.goes = calloc(s->nr_mounts + 1, sizeof(*r->goes)),
	};
	if (!r->held || !r->goes)
		out_of_memory();
	if (!target)
		return;
	w = world_new(s, NULL, &err);
	if (!w)
		fatal("%s", err.text);
	count_pins(w, pins);
	plan_place(plan, w);
	try_all(r, s, w, &plan->op);
	for (i = 0; i < w->nr_mounts; i++) {
		const struct world_mount *m = w->mounts[i];

		if (m->origin && m->origin->ns && !m->now.ns)
			r->goes[m->origin - s->mounts] = true;
	}
	world_free(w);
}

void release_free(struct release *r)
{
	free(r->held);
	free(r->goes);
}
