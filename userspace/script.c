// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "compiler.h"
#include "script.h"

const char *const operation_names[] = {
	[OP_MOUNT] = "mount",
	[OP_BIND] = "bind",
	[OP_MOVE] = "move",
	[OP_MOVE_BENEATH] = "beneath",
	[OP_SET_GROUP] = "set-group",
	[OP_UMOUNT] = "umount",
	[OP_MAKE] = "make",
	[OP_UNSHARE] = "unshare",
	[OP_OPEN_TREE] = "open-tree",
	[OP_PIVOT_ROOT] = "pivot-root",
	[OP_SETATTR] = "setattr",
	[OP_REMOUNT] = "remount",
	[OP_RECONFIGURE] = "reconfigure",
	[OP_REMOVE] = "remove",
	[OP_RENAME] = "rename",
	[OP_TREE_NAMESPACE] = "tree-namespace",
	[OP_FS_NAMESPACE] = "fs-namespace",
};

static const char *const other_names[] = {
	[DO_HOLD] = "hold",
	[DO_RELEASE] = "release",
	[DO_CHROOT] = "chroot",
	[DO_SETNS] = "setns",
};

static const char *const type_names[] = {
	[MAKE_SHARED] = "shared",
	[MAKE_SLAVE] = "slave",
	[MAKE_PRIVATE] = "private",
	[MAKE_UNBINDABLE] = "unbindable",
};

static void print_attributes(char sign, unsigned int bits, FILE *f)
{
	size_t i;

	for (i = 0; i < nr_attributes; i++) {
		unsigned int these = attribute_table[i].bits;

		if (!these || (bits & these) != these)
			continue;
		fprintf(f, " %c%s", sign, attribute_table[i].name);
		bits &= ~these;
	}
}

static const char *const operand_names[] = {
	[FROM_TREE] = "tree",
	[FROM_NS_FILE] = "ns",
	[FROM_HELD] = "held",
};

static void print_operand(enum request_operand what, int of, const char *path,
			  FILE *f)
{
	if (what != FROM_PATH)
		fprintf(f, " (%s%d)", operand_names[what], of);
	else if (path[0])
		fprintf(f, " %s", path);
}

static void print_step(const struct step *step, FILE *f)
{
	const struct request *r = &step->r;

	fprintf(f, "%d: %s", step->actor,
		r->what == DO_OPERATION ? operation_names[r->type] :
					  other_names[r->what]);
	if (r->recursive)
		fprintf(f, " -R");
	if (r->lazy)
		fprintf(f, " -l");
	if (r->expire)
		fprintf(f, " --expire");
	if (r->new_user_ns)
		fprintf(f, " --user");
	if (r->propagation != MAKE_NONE)
		fprintf(f, " %s", type_names[r->propagation]);
	print_attributes('+', r->attr_set, f);
	print_attributes('-', r->attr_clr, f);
	print_operand(r->from, r->of, r->source, f);
	print_operand(r->to, r->to_of, r->target, f);
	fprintf(f, "\n");
}

void script_print(const struct script *script, const char *before, FILE *f)
{
	int i;

	if (script->mount_max != WORLD_MOUNT_MAX)
		fprintf(f, "%smount-max %zu\n", before, script->mount_max);
	for (i = 0; i < script->nr_steps; i++) {
		fprintf(f, "%s", before);
		print_step(&script->steps[i], f);
	}
}

struct operation script_operation(const struct request *r)
{
	return (struct operation){
		.type = r->type,
		.recursive = r->recursive,
		.lazy = r->lazy,
		.expire = r->expire,
		.new_user_ns = r->new_user_ns,
		.propagation = r->propagation,
		.attr_set = r->attr_set,
		.attr_clr = r->attr_clr,
	};
}

struct place script_lookup(struct world *w, struct place root,
			   const struct request *r, const char *path)
{
	struct place place = {};

	if (path[0] && (r->what != DO_OPERATION ||
			(r->type != OP_REMOVE && r->type != OP_RENAME)))
		place = world_lookup(w, root, path);
	else if (path[0])
		place = world_lookup_name(w, root, path);
	if (place.mount)
		place.file = script_is_file(&place);
	return place;
}

bool script_is_file(const struct place *place)
{
	const char *path = place->path, *name;

	if (!strcmp(path, "/")) {
		const struct world_mount *m = place->mount;

		if (m->mnt_ns_file)
			return true;
		path = m->root->path;
	}
	name = strrchr(path, '/');
	return name && !strcmp(name, "/" ACTOR_FILE);
}

bool script_makes_user_ns(const struct script *script)
{
	int i;

	for (i = 0; i < script->nr_steps; i++) {
		if (script->steps[i].r.new_user_ns)
			return true;
	}
	return false;
}

/* Returns which of the names it is, -1 for none. */
static int find_name(const char *const *names, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (names[i] && !strcmp(names[i], word))
			return i;
	}
	return -1;
}

static bool parse_attribute(const char *word, struct request *r)
{
	const struct attribute *a = attribute_named(word + 1, strlen(word + 1));

	if (!a || (word[0] != '+' && word[0] != '-'))
		return false;
	if (word[0] == '+')
		r->attr_set |= a->bits;
	else
		r->attr_clr |= a->bits;
	return true;
}

static bool parse_option(const char *word, struct request *r)
{
	int type = find_name(type_names, ARRAY_SIZE(type_names), word);

	if (!strcmp(word, "-R"))
		r->recursive = true;
	else if (!strcmp(word, "-l"))
		r->lazy = true;
	else if (!strcmp(word, "--expire"))
		r->expire = true;
	else if (!strcmp(word, "--user"))
		r->new_user_ns = true;
	else if (type >= 0)
		r->propagation = type;
	else
		return parse_attribute(word, r);
	return true;
}

struct operand {
	enum request_operand what;
	int of;
	char path[ACTOR_PATH];
};

/* "(held1)", without a number that of the actor itself. */
static bool parse_reference(const char *word, int actor, struct operand *o)
{
	size_t len = strcspn(word, "0123456789)"), i;

	for (i = 0; i < ARRAY_SIZE(operand_names); i++) {
		if (operand_names[i] && len == strlen(operand_names[i]) &&
		    !strncmp(word, operand_names[i], len)) {
			o->what = i;
			o->of = word[len] == ')' ? actor : atoi(word + len);
			return o->of >= 0 && o->of < MAX_ACTORS;
		}
	}
	return false;
}

static bool parse_operand(const char *word, int actor, struct operand *o)
{
	if (word[0] == '(')
		return parse_reference(word + 1, actor, o);
	if (word[0] != '/' || strlen(word) >= ACTOR_PATH)
		return false;
	strcpy(o->path, word);
	return true;
}

static void set_source(struct request *r, const struct operand *o)
{
	r->from = o->what;
	r->of = o->of;
	strcpy(r->source, o->path);
}

static void set_target(struct request *r, const struct operand *o)
{
	r->to = o->what;
	r->to_of = o->of;
	strcpy(r->target, o->path);
}

/* Of one alone: is it what is done something with, or to? */
static void set_operands(struct request *r, const struct operand *all, int n)
{
	bool copied = r->type == OP_OPEN_TREE || r->type == OP_TREE_NAMESPACE;

	if (n == 2 || (n && copied))
		set_source(r, &all[0]);
	if (n && !(n == 1 && copied))
		set_target(r, &all[n - 1]);
}

/* Returns whether the line, which is taken apart, is a step. */
static bool parse_step(char *line, struct step *step)
{
	struct request *r = &step->r;
	struct operand operands[2] = {};
	int what, n = 0;
	char *word, *at;

	step->actor = strtol(line, &at, 10);
	if (at == line || *at != ':')
		return false;
	word = strtok_r(at + 1, " ", &at);
	if (!word)
		return false;
	what = find_name(other_names, ARRAY_SIZE(other_names), word);
	if (what >= 0) {
		r->what = what;
	} else {
		what = find_name(operation_names, NR_OPERATION_TYPES, word);
		if (what < 0)
			return false;
		r->type = what;
	}
	while ((word = strtok_r(NULL, " ", &at))) {
		if (parse_option(word, r))
			continue;
		if (n == ARRAY_SIZE(operands) ||
		    !parse_operand(word, step->actor, &operands[n++]))
			return false;
	}
	set_operands(r, operands, n);
	return true;
}

void script_parse(const char *text, struct script *script)
{
	char *copy = strdup(text), *line, *at;

	if (!copy)
		err(2, "a script");
	*script = (struct script){ .mount_max = WORLD_MOUNT_MAX };
	for (line = strtok_r(copy, "\n", &at); line;
	     line = strtok_r(NULL, "\n", &at)) {
		line += strspn(line, " \t");
		if (!*line || *line == '#' ||
		    sscanf(line, "mount-max %zu", &script->mount_max) == 1)
			continue;
		if (script->nr_steps == MAX_STEPS ||
		    !parse_step(line, &script->steps[script->nr_steps++]))
			errx(2, "step %d of a script cannot be read",
			     script->nr_steps);
	}
	free(copy);
}
