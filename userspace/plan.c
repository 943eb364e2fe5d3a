// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "attributes.h"
#include "fatal.h"
#include "plan.h"

/* clang-format off */
static const struct {
	const char *name;
	enum operation_type type;
	bool recursive, has_source;
	enum propagation propagation;
	bool has_attributes;
} operations[] = {
	{ "mount", .type = OP_MOUNT },
	{ "bind", .type = OP_BIND, .has_source = true },
	{ "rbind", .type = OP_BIND, .recursive = true, .has_source = true },
	{ "move", .type = OP_MOVE, .has_source = true },
	{ "beneath", .type = OP_MOVE_BENEATH, .has_source = true },
	{ "set-group", .type = OP_SET_GROUP, .has_source = true },
	{ "umount", .type = OP_UMOUNT },
	{ "make-shared", .type = OP_MAKE, .propagation = MAKE_SHARED },
	{ "make-rshared", .type = OP_MAKE, .propagation = MAKE_SHARED, .recursive = true },
	{ "make-slave", .type = OP_MAKE, .propagation = MAKE_SLAVE },
	{ "make-rslave", .type = OP_MAKE, .propagation = MAKE_SLAVE, .recursive = true },
	{ "make-private", .type = OP_MAKE, .propagation = MAKE_PRIVATE },
	{ "make-rprivate", .type = OP_MAKE, .propagation = MAKE_PRIVATE, .recursive = true },
	{ "make-unbindable", .type = OP_MAKE, .propagation = MAKE_UNBINDABLE },
	{ "make-runbindable", .type = OP_MAKE, .propagation = MAKE_UNBINDABLE, .recursive = true },
	{ "setattr", .type = OP_SETATTR, .has_attributes = true },
	{ "remount", .type = OP_REMOUNT, .has_attributes = true },
	{ "remove", .type = OP_REMOVE },
	{ "rename", .type = OP_RENAME, .has_source = true },
};

/* Types that setattr takes among the attributes. */
static const struct {
	const char *name;
	enum propagation propagation;
} types[] = {
	{ "shared", MAKE_SHARED },
	{ "slave", MAKE_SLAVE },
	{ "private", MAKE_PRIVATE },
	{ "unbindable", MAKE_UNBINDABLE },
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

static void print_attributes(void)
{
	size_t i;

	for (i = 0; i < nr_attributes; i++) {
		const struct attribute *a = &attribute_table[i];

		if (a->bits != MOUNT_ATTR__ATIME)
			printf(" %s", a->name);
		if (a->off)
			printf(" %s", a->off);
	}
}

static void print_types(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		printf(" %s", types[i].name);
}

void plan_print_operations(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		printf("operation %s", operations[i].name);
		if (operations[i].has_attributes)
			print_attributes();
		if (operations[i].type == OP_SETATTR)
			print_types();
		printf("\n");
	}
}

static bool ask_type(struct operation *op, const char *name, size_t len)
{
	size_t i;

	if (op->type != OP_SETATTR)
		return false;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (strncmp(types[i].name, name, len) || types[i].name[len])
			continue;
		if (op->propagation != MAKE_NONE)
			fatal("predict setattr: more than one type; give one");
		op->propagation = types[i].propagation;
		return true;
	}
	return false;
}

/* "ro,nosuid,private" */
static void ask_attributes(struct operation *op, const struct options *o)
{
	const char *word = o->args[1];
	size_t len;

	for (;; word += len + 1) {
		len = strcspn(word, ",");
		if (!attributes_ask(op, word, len) && !ask_type(op, word, len))
			fatal("predict %s: %.*s: no such attribute; see mntprop predict --help",
			      o->args[0], (int)len, word);
		if (!word[len])
			return;
	}
}

/*
 * A name that is removed or renamed is not followed to what is mounted there.  One that
 * something is renamed to need not be there.
 */
static struct location look_up(struct plan *p, const char *path,
			       bool may_be_new)
{
	struct location at = plan_takes_names(p) ?
				     acting_lookup_name(&p->acting, path) :
				     acting_lookup(&p->acting, path);

	if (!at.absent || p->absent || (may_be_new && at.new_name))
		return at;
	p->absent = strdup(path);
	if (!p->absent)
		out_of_memory();
	return at;
}

/* Options that are of some operations only. */
static void check_options(const struct options *o, enum operation_type type)
{
	if ((o->lazy || o->expire) && type != OP_UMOUNT)
		fatal("predict %s: --lazy and --expire are of umount",
		      o->args[0]);
	if (o->recursive && type != OP_UMOUNT && type != OP_SETATTR)
		fatal("predict %s: --recursive is of umount and setattr",
		      o->args[0]);
	if (o->recursive && o->expire)
		fatal("predict umount: --expire and --recursive exclude each other; give one of them");
}

void plan_make(struct plan *p, const struct snapshot *s,
	       const struct options *o)
{
	size_t i = find_operation(o->args[0]);
	bool attributes = operations[i].has_attributes;
	int wanted = operations[i].has_source || attributes ? 3 : 2;

	if (o->nr_args != wanted)
		fatal("predict %s: needs %s; see mntprop predict --help",
		      o->args[0],
		      attributes  ? "attributes and a path" :
		      wanted == 3 ? "two paths" :
				    "one path");
	check_options(o, operations[i].type);
	*p = (struct plan){ .op = { .type = operations[i].type,
				    .propagation = operations[i].propagation,
				    .recursive = operations[i].recursive ||
						 o->recursive,
				    .lazy = o->lazy,
				    .expire = o->expire } };
	if (attributes)
		ask_attributes(&p->op, o);
	acting_open(&p->acting, s, o, o->who);
	p->op.user_ns = acting_user_ns(&p->acting, o);
	if (operations[i].has_source)
		p->source = look_up(p, o->args[1], false);
	p->target = look_up(p, o->args[wanted - 1], p->op.type == OP_RENAME);
}

bool plan_attaches(const struct plan *p)
{
	return p->op.type == OP_MOUNT || p->op.type == OP_BIND ||
	       p->op.type == OP_MOVE || p->op.type == OP_MOVE_BENEATH;
}

bool plan_changes_mounts(const struct plan *p)
{
	return p->op.type == OP_MAKE || p->op.type == OP_SET_GROUP ||
	       p->op.type == OP_SETATTR || p->op.type == OP_REMOUNT;
}

bool plan_takes_names(const struct plan *p)
{
	return p->op.type == OP_REMOVE || p->op.type == OP_RENAME;
}

static struct place to_place(const struct world *w, const struct plan *p,
			     const struct location *at)
{
	if (!at->mnt)
		return (struct place){};
	return (struct place){ .mount = world_mount_of(w, at->mnt->id),
			       .path = at->within,
			       .here = plan_takes_names(p) };
}

void plan_place(struct plan *p, struct world *w)
{
	p->op.ns = world_ns_of(w, p->acting.ns->nr);
	p->op.source = to_place(w, p, &p->source);
	p->op.target = to_place(w, p, &p->target);
	p->op.root = to_place(w, p, &p->acting.start.root);
	p->op.root.here = true;
}

void plan_free(struct plan *p)
{
	location_free(&p->source);
	location_free(&p->target);
	free(p->absent);
	acting_close(&p->acting);
}
