// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "reproduce.h"
#include "util.h"

/* A state that the model goes on from, with what it is seen by. */
struct view {
	struct replay r;
	struct audience to;
	struct ending ending;
};

static void add_audience(struct view *v, const struct actors *actors)
{
	int i;

	v->to = v->r.base;
	for (i = 0; i < actors->nr; i++)
		v->to.ns[v->to.nr++] = replay_ns(&v->r, &actors->all[i]);
}

static void look(struct view *v, const struct world *before, int error)
{
	if (ending_look(&v->ending, v->r.w, before, &v->to))
		die("no memory");
	v->ending.error = error;
}

/* The lists that are compared in the order in which they are walked. */
static bool differ(const struct ending *a, const struct ending *b)
{
	return a->error != b->error || strcmp(a->mounts, b->mounts) ||
	       strcmp(a->made, b->made);
}

/* As the model has it before the last step, and then after it. */
static void enter_predicted(struct view *v, const struct replay *r)
{
	struct prediction_of_step p;

	*v = (struct view){ .r = *r };
	v->r.actors = r->last.actors;
	v->r.s = r->last.s;
	v->r.w = replay_world(r, v->r.s);
	world_inherit(v->r.w, r->last.w);
	add_audience(v, &r->last.actors);
	replay_predict(&v->r, &r->last.step, &p);
	if (r->last.new_ns)
		v->to.ns[v->to.nr++] = p.o.ns;
	v->r.actors = r->actors;
	v->r.actors.nr = r->last.actors.nr;
}

static void enter_actual(struct view *v, const struct replay *r)
{
	*v = (struct view){ .r = *r };
	v->r.w = replay_world(r, r->s);
	world_inherit(v->r.w, r->last.w);
	add_audience(v, &r->actors);
	v->r.actors.nr = r->last.actors.nr;
}

static void leave(struct view *v)
{
	world_free(v->r.w);
	ending_free(&v->ending);
}

/* Returns whether it can be done. */
static bool go_on(struct view *v, const struct step *step)
{
	struct prediction_of_step p;

	if (!replay_has_roots(&v->r) || !replay_applies(&v->r, step))
		return false;
	replay_predict(&v->r, step, &p);
	if (step->r.type == OP_MOUNT && !p.o.error &&
	    !replay_leads_to_new(&v->r, step))
		return false;
	look(v, v->r.w, p.o.error);
	return true;
}

/* If it shows something, @d is what is done, and both endings are set. */
static bool shows(const struct replay *r, const struct step *step,
		  struct deed *d, struct ending *expected, struct ending *seen)
{
	struct view predicted, actual;
	struct world_mount *root;
	bool found = false;

	enter_predicted(&predicted, r);
	enter_actual(&actual, r);
	*d = (struct deed){ .actor = step->actor, .r = step->r };
	root = replay_root(&actual.r, &r->actors.all[step->actor]).mount;
	d->covered = root && world_mounted_on(actual.r.w, root, root->root);
	if (go_on(&predicted, step) && go_on(&actual, step) &&
	    differ(&predicted.ending, &actual.ending)) {
		found = true;
		*expected = predicted.ending;
		*seen = actual.ending;
		predicted.ending = (struct ending){};
		actual.ending = (struct ending){};
	}
	leave(&predicted);
	leave(&actual);
	return found;
}

static const struct request probes[] = {
	{ .type = OP_MOUNT },
	{ .type = OP_UMOUNT },
	{ .type = OP_UMOUNT, .lazy = true },
	{ .type = OP_BIND, .target = "/c" },
	{ .type = OP_MAKE, .propagation = MAKE_PRIVATE },
	{ .type = OP_MAKE, .propagation = MAKE_SLAVE },
};

/* The paths "", "/a", "/b", "/c", "/a/a", …: @n in the base of their number plus one. */
static void number_to_path(int n, char *path)
{
	static const int base = sizeof(ACTOR_NAMES) - 1;
	char names[ACTOR_PATH / 2];
	int len = 0;

	for (; n; n = (n - 1) / base)
		names[len++] = ACTOR_NAMES[(n - 1) % base];
	*path = '\0';
	while (len--) {
		*path++ = '/';
		*path++ = names[len];
		*path = '\0';
	}
}

#define NR_PATHS (1 + 3 + 9 + 27)

static bool find_showing(const struct replay *r, struct deed *d,
			 struct ending *expected, struct ending *seen)
{
	struct step step;
	size_t i;
	int path;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		for (path = 1; path < NR_PATHS; path++) {
			for (step.actor = 0; step.actor < r->last.actors.nr;
			     step.actor++) {
				step.r = probes[i];
				number_to_path(path, step.r.type == OP_BIND ?
							     step.r.source :
							     step.r.target);
				if (shows(r, &step, d, expected, seen))
					return true;
			}
		}
	}
	return false;
}

static void print(const struct replay *r, const struct deed *more,
		  const struct ending *expected, const struct ending *seen,
		  FILE *f)
{
	struct deed *deeds = calloc(r->nr_deeds + 1, sizeof(*deeds));
	struct reproducer script = {
		.deeds = deeds,
		.nr = r->nr_deeds,
		.last = r->last.deed,
		.mount_max = r->mount_max,
		.base_mounts = r->first_mounts,
		.release = r->s->release,
		.expected = expected,
		.seen = r->report ? seen : NULL,
	};

	if (!deeds)
		die("calloc");
	memcpy(deeds, r->deeds, r->nr_deeds * sizeof(*deeds));
	if (more) {
		deeds[script.nr] = *more;
		script.last = script.nr++;
	}
	reproducer_print(&script, f);
	free(deeds);
}

static void look_at_last(const struct replay *r, struct ending *expected,
			 struct ending *seen)
{
	struct view predicted = { .r = *r }, actual = { .r = *r };

	predicted.r.s = r->last.s;
	predicted.r.w = r->last.w;
	add_audience(&predicted, &r->last.actors);
	if (r->last.new_ns)
		predicted.to.ns[predicted.to.nr++] = r->last.new_ns;
	look(&predicted, r->last.w, r->last.predicted);
	add_audience(&actual, &r->actors);
	look(&actual, r->last.w, r->last.error);
	*expected = predicted.ending;
	*seen = actual.ending;
}

char *reproduce(const struct replay *r)
{
	struct ending expected, seen, later_expected, later_seen;
	struct deed more;
	char *text = NULL;
	size_t len;
	FILE *f;

	if (!r->nr_deeds || !r->last.s)
		return NULL;
	f = open_memstream(&text, &len);
	if (!f)
		die("open_memstream");
	look_at_last(r, &expected, &seen);
	if (!r->report || differ(&expected, &seen)) {
		print(r, NULL, &expected, &seen, f);
	} else if (find_showing(r, &more, &later_expected, &later_seen)) {
		print(r, &more, &later_expected, &later_seen, f);
		ending_free(&later_expected);
		ending_free(&later_seen);
	} else {
		fprintf(f,
			"# What differs shows neither in mountinfo nor by one more operation; so this\n"
			"# says nothing of it, and has only the operations.\n");
		print(r, NULL, &expected, &seen, f);
	}
	ending_free(&expected);
	ending_free(&seen);
	fclose(f);
	return text;
}
