// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "plan.h"

/* clang-format off */
static const struct {
	const char *name;
	enum operation_type type;
	bool recursive, has_source;
	enum propagation propagation;
} operations[] = {
	{ "mount", OP_MOUNT, false, false, 0 },
	{ "bind", OP_BIND, false, true, 0 },
	{ "rbind", OP_BIND, true, true, 0 },
	{ "move", OP_MOVE, false, true, 0 },
	{ "umount", OP_UMOUNT, false, false, 0 },
	{ "make-shared", OP_MAKE, false, false, MAKE_SHARED },
	{ "make-rshared", OP_MAKE, true, false, MAKE_SHARED },
	{ "make-slave", OP_MAKE, false, false, MAKE_SLAVE },
	{ "make-rslave", OP_MAKE, true, false, MAKE_SLAVE },
	{ "make-private", OP_MAKE, false, false, MAKE_PRIVATE },
	{ "make-rprivate", OP_MAKE, true, false, MAKE_PRIVATE },
	{ "make-unbindable", OP_MAKE, false, false, MAKE_UNBINDABLE },
	{ "make-runbindable", OP_MAKE, true, false, MAKE_UNBINDABLE },
};

/* clang-format on */

static size_t find_operation(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		if (!strcmp(operations[i].name, name))
			return i;
	}
	fatal("%s: no such operation; see mntprop predict --help", name);
}

void plan_print_operations(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		printf("operation %s\n", operations[i].name);
}

static struct location look_up(struct plan *p, const char *path)
{
	struct location at = acting_lookup(&p->acting, path);

	if (!at.absent || p->absent)
		return at;
	p->absent = strdup(path);
	if (!p->absent)
		out_of_memory();
	return at;
}

void plan_make(struct plan *p, const struct snapshot *s,
	       const struct options *o)
{
	size_t i = find_operation(o->args[0]);
	int wanted = operations[i].has_source ? 3 : 2;

	if (o->nr_args != wanted)
		fatal("predict %s: needs %s; see mntprop predict --help",
		      o->args[0], wanted == 3 ? "two paths" : "one path");
	if ((o->lazy || o->recursive) && operations[i].type != OP_UMOUNT)
		fatal("predict %s: --lazy and --recursive are of umount",
		      o->args[0]);
	*p = (struct plan){ .op = { .type = operations[i].type,
				    .propagation = operations[i].propagation,
				    .recursive = operations[i].recursive ||
						 o->recursive,
				    .lazy = o->lazy } };
	acting_open(&p->acting, s, o, o->who);
	p->op.user_ns = acting_user_ns(&p->acting, o);
	if (operations[i].has_source)
		p->source = look_up(p, o->args[1]);
	p->target = look_up(p, o->args[wanted - 1]);
}

static struct place to_place(const struct world *w, const struct location *at)
{
	if (!at->mnt)
		return (struct place){};
	return (struct place){ .mount = world_mount_of(w, at->mnt->id),
			       .path = at->within };
}

void plan_place(struct plan *p, struct world *w)
{
	p->op.ns = world_ns_of(w, p->acting.ns->nr);
	p->op.source = to_place(w, &p->source);
	p->op.target = to_place(w, &p->target);
	p->op.root = to_place(w, &p->acting.start.root);
	p->op.root.here = true;
}

void plan_free(struct plan *p)
{
	location_free(&p->source);
	location_free(&p->target);
	free(p->absent);
	acting_close(&p->acting);
}
