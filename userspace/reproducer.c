// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/mount.h>

#include "compiler.h"
#include "reproducer.h"

const char reproducer_sys[] =
#include "sys.inc"
	;

/* What the script is made of. */
struct writer {
	const struct reproducer *r;
	FILE *f;
	int nr_actors;
	int user_ns[MAX_ACTORS]; /* the actor that came with it, 0: that of the caller */
	bool elsewhere[MAX_ACTORS]; /* where no programs are, and no /proc */
	int nr_held[MAX_ACTORS], nr_released[MAX_ACTORS];
	int nr_trees[MAX_ACTORS];
	int nr_fs; /* filled before they were mounted */
};

/* clang-format off */

/*
 * By enum operation_type: the program that does it, NULL if none does, and the system
 * call.  %S is the source, %F what move_mount(2) takes for it, %T the target, %P a type of
 * propagation, %A struct mount_attr, %a attributes; %r is r with -R, %l -l; flags are %f;
 * what removes it is %k; %u enters a user namespace before, if one is to be made.
 */
static const struct {
	const char *tool, *call;
} forms[] = {
	[OP_MOUNT] = { "mount -nc -t tmpfs t %T", "mount t %T tmpfs 0 0" },
	[OP_BIND] = { "mount -nc --%rbind %S %T", "mount %S %T 0 %f 0" },
	[OP_MOVE] = { "mount -nc --move %S %T", "move_mount %F -100 %T %f" },
	[OP_MOVE_BENEATH] = { NULL, "chroot . , move_mount %F -100 %T %f" },
	[OP_SET_GROUP] = { NULL, "move_mount %F -100 %T %f" },
	[OP_UMOUNT] = { "umount -n %l%T", "umount2 %T %f" },
	[OP_MAKE] = { "mount -nc --make-%r%P %T", "mount 0 %T 0 %f 0" },
	[OP_OPEN_TREE] = { NULL, "open_tree -100 %S %f" },
	[OP_PIVOT_ROOT] = { NULL, "chroot . , pivot_root %S %T" },
	[OP_SETATTR] = { NULL, "mount_setattr %F %f =%A 32" },
	[OP_REMOUNT] = { NULL, "mount 0 %T 0 %f 0" },
	[OP_RECONFIGURE] = { NULL, "mount 0 %T 0 %f 0" },
	[OP_REMOVE] = { "%k %T", "unlinkat -100 %T %f" },
	[OP_RENAME] = { NULL, "renameat2 -100 %S -100 %T 0" },
	[OP_TREE_NAMESPACE] = { NULL, "openat -100 %S 0x200000 , %uopen_tree 3 '' %f , "
				      "setns 4 0 , close 3 , close 4" },
	[OP_FS_NAMESPACE] = { NULL, "fsopen tmpfs 0 , fsconfig 3 6 0 0 0 , %ufsmount 3 %f %a , "
				    "setns 4 0 , close 3 , close 4" },
};

/* clang-format on */

static const char *const types[] = {
	[MAKE_SHARED] = "shared",
	[MAKE_SLAVE] = "slave",
	[MAKE_PRIVATE] = "private",
	[MAKE_UNBINDABLE] = "unbindable",
};

/* The system call for what is asked for. */
static const char *call_of(const struct request *r)
{
	if (r->type == OP_OPEN_TREE && request_has_attributes(r))
		return "open_tree_attr -100 %S %f =%A 32";
	return forms[r->type].call;
}

/* linux/mount.h and fcntl.h are not for the same file. */
#define CLONE_TREE 0x1
#define NEW_NAMESPACE 0x2
#define RECURSIVE 0x8000
#define EMPTY_PATH 0x4
#define AT_EMPTY 0x1000
#define SET_GROUP 0x100
#define BENEATH 0x200
#define REMOVE_DIR 0x200

static bool is_file(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strcmp(name, "/" ACTOR_FILE);
}

/* By fsmount(2), because the path does not lead to the new mount afterwards. */
static bool is_filled_first(const struct request *r)
{
	return r->what == DO_OPERATION && r->type == OP_MOUNT && r->by_fd &&
	       !is_file(r->target);
}

/* The tree of an actor is what it moves, or what has its attributes changed. */
static bool uses_tree(const struct request *r)
{
	if (r->type == OP_TREE_NAMESPACE)
		return false;
	return (r->type == OP_SETATTR ? r->to : r->from) == FROM_TREE;
}

static int owner_of_tree(const struct request *r)
{
	return r->type == OP_SETATTR ? r->to_of : r->of;
}

static unsigned long flags_of(const struct request *r)
{
	unsigned long empty = uses_tree(r) ? EMPTY_PATH : 0;

	switch (r->type) {
	case OP_BIND:
		return MS_BIND | (r->recursive ? MS_REC : 0);
	case OP_MAKE:
		return propagation_flags(r->propagation) |
		       (r->recursive ? MS_REC : 0);
	case OP_UMOUNT:
		return (r->lazy ? MNT_DETACH : 0) |
		       (r->expire ? MNT_EXPIRE : 0);
	case OP_REMOVE:
		return is_file(r->target) ? 0 : REMOVE_DIR;
	case OP_OPEN_TREE:
		return CLONE_TREE | (r->recursive ? RECURSIVE : 0);
	case OP_TREE_NAMESPACE:
		return NEW_NAMESPACE | AT_EMPTY |
		       (r->recursive ? RECURSIVE : 0);
	case OP_FS_NAMESPACE:
		return NEW_NAMESPACE;
	case OP_MOVE_BENEATH:
		return BENEATH | empty;
	case OP_SET_GROUP:
		return SET_GROUP | empty;
	case OP_REMOUNT:
	case OP_RECONFIGURE:
		return remount_flags(r);
	case OP_SETATTR:
		return (r->recursive ? RECURSIVE : 0) | (empty ? AT_EMPTY : 0);
	default:
		return empty;
	}
}

static bool makes_actor(const struct deed *d)
{
	return d->r.what == DO_OPERATION && makes_namespace(d->r.type) &&
	       !d->error;
}

/* From the actor's working directory. */
static const char *relative(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static void print_source(struct writer *w, const struct deed *d)
{
	const struct request *r = &d->r;

	if (r->from == FROM_NS_FILE)
		fprintf(w->f, "\"/proc/$p%d/ns/mnt\"", r->of);
	else if (r->from == FROM_HELD)
		fprintf(w->f, "\"/proc/$h%d_%d/fd/3\"", r->of,
			w->nr_held[r->of]);
	else if (r->from == FROM_TREE)
		fprintf(w->f, "\"/proc/$t%d_%d/fd/3\"", r->of,
			w->nr_trees[r->of]);
	else
		fprintf(w->f, "%s", relative(r->source));
}

static void print_form(struct writer *w, const struct deed *d, const char *form)
{
	const struct request *r = &d->r;

	for (; *form; form++) {
		if (*form != '%') {
			fputc(*form, w->f);
			continue;
		}
		switch (*++form) {
		case 'S':
			print_source(w, d);
			break;
		case 'F':
			if (uses_tree(r))
				fprintf(w->f, "3 ''");
			else
				fprintf(w->f, "-100 %s",
					relative(r->source[0] ? r->source :
								r->target));
			break;
		case 'A':
			fprintf(w->f, "%x,%x,%lx", r->attr_set, r->attr_clr,
				propagation_flags(r->propagation));
			break;
		case 'a':
			fprintf(w->f, "%#x", r->attr_set);
			break;
		case 'u':
			if (r->new_user_ns)
				fprintf(w->f, "unshare 0x10000000 , ");
			break;
		case 'T':
			fprintf(w->f, "%s", relative(r->target));
			break;
		case 'P':
			fprintf(w->f, "%s", types[r->propagation]);
			break;
		case 'r':
			fprintf(w->f, "%s", r->recursive ? "r" : "");
			break;
		case 'l':
			fprintf(w->f, "%s", r->lazy ? "-l " : "");
			break;
		case 'k':
			fprintf(w->f, is_file(r->target) ? "rm" : "rmdir");
			break;
		case 'f':
			fprintf(w->f, "%#lx", flags_of(r));
			break;
		}
	}
}

/* umount(8) goes by absolute paths, and by mountinfo. */
static bool has_tool(const struct writer *w, const struct deed *d)
{
	const struct request *r = &d->r;

	return r->what == DO_OPERATION && !w->elsewhere[d->actor] &&
	       r->type != OP_UNSHARE && forms[r->type].tool && !uses_tree(r) &&
	       !is_filled_first(r) && !r->expire &&
	       !(r->type == OP_UMOUNT && d->covered);
}

static bool is_last(const struct writer *w, const struct deed *d)
{
	return d >= w->r->deeds + w->r->last;
}

static bool is_done_by_call(const struct writer *w, const struct deed *d)
{
	const struct reproducer *r = w->r;

	if (d->r.what != DO_OPERATION || d->r.type == OP_UNSHARE)
		return false;
	if (!has_tool(w, d))
		return true;
	/* Programs say that it failed, and not always why. */
	return is_last(w, d) && r->seen && r->seen->error &&
	       r->expected->error && r->seen->error != r->expected->error;
}

static bool needs_sys(const struct writer *w)
{
	size_t i;

	for (i = 0; i < w->r->nr; i++) {
		if (is_done_by_call(w, &w->r->deeds[i]))
			return true;
	}
	return false;
}

/* What goes into the actor's namespaces; else sys does, when it has opened what it needs. */
static void print_in(const struct writer *w, int actor)
{
	if (!w->elsewhere[actor])
		fprintf(w->f, "$in%d ", actor);
}

static void print_enter(const struct writer *w, int actor)
{
	if (w->elsewhere[actor])
		fprintf(w->f, "enter \"$p%d\" , ", actor);
}

static void print_sys(const struct writer *w, int actor)
{
	print_in(w, actor);
	fprintf(w->f, "\"$d/sys\" ");
}

static void print_sys_in(const struct writer *w, int actor)
{
	print_sys(w, actor);
	print_enter(w, actor);
}

/*
 * The descriptor 3 of a tree, which open_tree(2) got, or 4 of a filesystem.  @first: of those
 * that sys is called with.
 */
static void print_call(struct writer *w, const struct deed *d, bool first)
{
	const struct request *r = &d->r;

	if (uses_tree(r))
		fprintf(w->f, "openat -100 \"/proc/$t%d_%d/fd/3\" 0x200000 , ",
			owner_of_tree(r), w->nr_trees[owner_of_tree(r)]);
	if (is_filled_first(r))
		fprintf(w->f, "openat -100 \"/proc/$m%d/fd/4\" 0x200000 , ",
			w->nr_fs);
	if (first)
		print_enter(w, d->actor);
	if (is_filled_first(r))
		fprintf(w->f, "move_mount 3 '' -100 %s 0x4",
			relative(r->target));
	else
		print_form(w, d, call_of(r));
}

/* Processes that hold something are waited for as they go. */
static void print_end(struct writer *w, const char *name)
{
	fprintf(w->f,
		"kill \"$%s\"; while [ -e \"/proc/$%s/fd/3\" ]; do :; done\n",
		name, name);
}

static void print_tree_end(struct writer *w, int actor)
{
	char name[32];

	snprintf(name, sizeof(name), "t%d_%d", actor, w->nr_trees[actor]);
	print_end(w, name);
}

static void print_fill(const struct writer *w, int actor, const char *path)
{
	if (w->elsewhere[actor])
		fprintf(w->f, "sh -c \"cd -P /proc/$p%d/cwd/%s && $fill\"\n",
			actor, path);
	else
		fprintf(w->f, "$in%d sh -c \"cd -P %s && $fill\"\n", actor,
			path);
}

static void release(struct writer *w, int actor)
{
	char name[32];

	while (w->nr_released[actor] < w->nr_held[actor]) {
		snprintf(name, sizeof(name), "h%d_%d", actor,
			 ++w->nr_released[actor]);
		print_end(w, name);
	}
}

static bool is_used(const struct writer *w, int actor)
{
	size_t i;

	for (i = 0; i < w->r->nr; i++) {
		if (w->r->deeds[i].actor == actor)
			return true;
	}
	return w->r->mount_max != WORLD_MOUNT_MAX && !actor;
}

static void name_actor(struct writer *w, int actor)
{
	if (!is_used(w, actor) || w->elsewhere[actor])
		return;
	fprintf(w->f, "in%d=\"nsenter %s-m -w -t $p%d\"\n", actor,
		w->user_ns[actor] ? "-U --preserve-credentials " : "", actor);
}

/* A process elsewhere has no program that does it, and no /proc to do it by. */
static void print_new_elsewhere(struct writer *w, const struct deed *d, int new)
{
	print_sys(w, d->actor);
	if (d->r.type == OP_UNSHARE) {
		print_enter(w, d->actor);
		print_form(w, d, "%uunshare 0x20000");
	} else {
		print_call(w, d, true);
	}
	fprintf(w->f, " , hold &)\n");
	if (d->r.new_user_ns)
		fprintf(w->f,
			"echo 0 0 1 | tee \"/proc/$p%d/uid_map\" >\"/proc/$p%d/gid_map\"\n",
			new, new);
	if (d->r.type == OP_FS_NAMESPACE)
		print_fill(w, new, ".");
}

static void print_new(struct writer *w, const struct deed *d)
{
	int new = w->nr_actors++;

	w->user_ns[new] = d->r.new_user_ns ? new : w->user_ns[d->actor];
	fprintf(w->f, "p%d=$(", new);
	if (w->elsewhere[new]) {
		print_new_elsewhere(w, d, new);
		return;
	}
	fprintf(w->f,
		"$in%d unshare %s--propagation unchanged sh -c \"$wait\" &)\n",
		d->actor, d->r.new_user_ns ? "-r -m " : "-m ");
	name_actor(w, new);
}

static void print_fsmount(struct writer *w, const struct deed *d)
{
	int nr = ++w->nr_fs;

	fprintf(w->f, "m%d=$(", nr);
	print_sys_in(w, d->actor);
	fprintf(w->f,
		"fsopen tmpfs 0 , fsconfig 3 6 0 0 0 , fsmount 3 0 0 , hold &)\n"
		"sh -c \"cd -P /proc/$m%d/fd/4 && $fill\"\n",
		nr);
}

/* What went is made again, so that all paths stay what they were. */
static void print_again(struct writer *w, const struct deed *d)
{
	const char *path = d->r.type == OP_RENAME ? d->r.source : d->r.target;

	if (d->r.type == OP_RENAME && !strcmp(path, d->r.target))
		return;
	if (!w->elsewhere[d->actor]) {
		fprintf(w->f, "$in%d %s %s\n", d->actor,
			is_file(path) ? "touch" : "mkdir", relative(path));
		return;
	}
	print_sys_in(w, d->actor);
	fprintf(w->f,
		is_file(path) ? "mknodat -100 %s 0100644 0 >\"$d/out\"\n" :
				"mkdirat -100 %s 0755 >\"$d/out\"\n",
		relative(path));
}

static void print_hold(struct writer *w, const struct deed *d)
{
	const char *path = relative(d->r.target);

	fprintf(w->f, "h%d_%d=$(", d->actor, ++w->nr_held[d->actor]);
	if (w->elsewhere[d->actor]) {
		print_sys_in(w, d->actor);
		fprintf(w->f, "openat -100 %s 0x200000 , hold &)\n", path);
	} else {
		fprintf(w->f, "$in%d sh -c \"exec 3<%s; $wait\" &)\n", d->actor,
			path);
	}
}

/* A step before the last: that it ends as it did is what the others build on. */
static void print_deed(struct writer *w, const struct deed *d)
{
	const struct request *r = &d->r;

	if (r->what == DO_HOLD) {
		print_hold(w, d);
		return;
	}
	if (r->what == DO_RELEASE) {
		release(w, d->actor);
		return;
	}
	if (makes_actor(d)) {
		print_new(w, d);
		return;
	}
	if (r->type == OP_OPEN_TREE && !d->error)
		fprintf(w->f, "t%d_%d=$(", d->actor, ++w->nr_trees[d->actor]);
	if (is_filled_first(r))
		print_fsmount(w, d);
	if (is_done_by_call(w, d)) {
		print_sys(w, d->actor);
		print_call(w, d, true);
	} else {
		print_in(w, d->actor);
		print_form(w, d, forms[r->type].tool);
	}
	if (d->error)
		fprintf(w->f, " || : refused\n");
	else if (r->type == OP_OPEN_TREE)
		fprintf(w->f, " , hold &)\n");
	else if (is_done_by_call(w, d))
		fprintf(w->f, " >\"$d/out\"\n");
	else
		fprintf(w->f, "\n");
	if (d->error)
		return;
	if (r->type == OP_MOUNT && !is_filled_first(r))
		print_fill(w, d->actor, relative(r->target));
	if (r->type == OP_REMOVE || r->type == OP_RENAME)
		print_again(w, d);
	if (uses_tree(r) && r->type != OP_SETATTR)
		print_tree_end(w, owner_of_tree(r));
}

static bool makes_process(const struct deed *d)
{
	return d->r.what != DO_OPERATION || makes_actor(d) ||
	       (d->r.type == OP_OPEN_TREE && !d->error);
}

static bool last_by_call(const struct writer *w)
{
	size_t i;

	for (i = w->r->last; i < w->r->nr; i++) {
		if (is_done_by_call(w, &w->r->deeds[i]))
			return true;
	}
	return false;
}

/* Of umount -R there are several, until one fails. */
static void print_last(struct writer *w)
{
	const struct deed *d = &w->r->deeds[w->r->last];
	bool by_call = last_by_call(w);
	size_t i;

	if (w->r->last == w->r->nr || makes_process(d)) {
		if (w->r->last < w->r->nr)
			print_deed(w, d);
		fprintf(w->f, "out=ok\n");
		return;
	}
	if (is_filled_first(&d->r))
		print_fsmount(w, d);
	fprintf(w->f, by_call ? "out=$(" : "if ");
	if (by_call)
		print_sys(w, d->actor);
	else
		print_in(w, d->actor);
	for (i = w->r->last; i < w->r->nr; i++) {
		d = &w->r->deeds[i];
		if (i > w->r->last && by_call)
			fprintf(w->f, " , ");
		else if (i > w->r->last)
			fprintf(w->f, " && $in%d ", d->actor);
		if (by_call)
			print_call(w, d, d == &w->r->deeds[w->r->last]);
		else
			print_form(w, d, forms[d->r.type].tool);
	}
	fprintf(w->f,
		by_call ? ") || :\n" : "; then out=ok; else out=refused; fi\n");
}

/* The names of all processes that there will be, for who ends them. */
static void print_names(const struct writer *w)
{
	int held[MAX_ACTORS] = {}, trees[MAX_ACTORS] = {}, actors = 1, fs = 0;
	size_t i;

	for (i = 0; i < w->r->nr; i++) {
		const struct deed *d = &w->r->deeds[i];

		if (d->r.what == DO_HOLD)
			fprintf(w->f, " $h%d_%d", d->actor, ++held[d->actor]);
		if (d->r.what != DO_OPERATION)
			continue;
		if (makes_actor(d))
			fprintf(w->f, " $p%d", actors++);
		if (d->r.type == OP_OPEN_TREE && !d->error)
			fprintf(w->f, " $t%d_%d", d->actor, ++trees[d->actor]);
		if (is_filled_first(&d->r))
			fprintf(w->f, " $m%d", ++fs);
	}
}

static void print_files(const struct writer *w)
{
	int i;

	for (i = 0; i < w->nr_actors; i++)
		fprintf(w->f, " \"/proc/$p%d/mountinfo\"", i);
}

/*
 * Counts against the limit are those of a namespace, with all that is in it but what can
 * be seen: so they are found out by mounting.
 */
static void print_limit(const struct writer *w)
{
	if (w->r->mount_max == WORLD_MOUNT_MAX)
		return;
	fprintf(w->f,
		"max=/proc/sys/fs/mount-max\n"
		"old=$(cat $max)\n"
		"n=1; echo 1 >$max\n"
		"until $in0 mount -nc -t tmpfs t a 2>/dev/null; do n=$((n + 1)); echo $n >$max; done\n"
		"$in0 umount a\n"
		"echo $((n - 1 + %ld)) >$max\n",
		(long)w->r->mount_max - (long)w->r->base_mounts);
}

/*
 * Whether a namespace may be bound in another is a matter of their ids, which Linux 6.18 gives
 * each CPU from a supply of its own (ns_tree_gen_id()).
 */
static bool goes_by_ns_ids(const struct writer *w)
{
	size_t i;

	for (i = 0; i < w->r->nr; i++) {
		if (w->r->deeds[i].r.from == FROM_NS_FILE)
			return true;
	}
	return false;
}

static void print_beginning(struct writer *w)
{
	bool limit = w->r->mount_max != WORLD_MOUNT_MAX;

	fprintf(w->f,
		"#!/bin/sh\n"
		"# Mount operations that ended otherwise than expected on Linux %s.\n"
		"# As root: exits with 0 if they end as expected, with 1 if not.\n"
		"set -e\n"
		"export LIBMOUNT_FORCE_MOUNT2=always\n"
		"d=$(mktemp -d) && mkdir \"$d/m\"\n"
		"wait='echo $$; exec sleep 1h >&-'\n"
		"fill='touch f && mkdir -p a/a a/b a/c b/a b/b b/c c/a c/b c/c'\n",
		w->r->release);
	if (goes_by_ns_ids(w))
		fprintf(w->f,
			"taskset -p 1 $$ >/dev/null # ids of namespaces are in order on one CPU\n");
	fprintf(w->f, "trap '%skill $p0", limit ? "echo $old >$max; " : "");
	print_names(w);
	fprintf(w->f, " 2>/dev/null; rm -r \"$d\"' EXIT\n");
	if (needs_sys(w))
		fprintf(w->f, "cc -o \"$d/sys\" -x c - <<'END'\n%sEND\n",
			reproducer_sys);
	fprintf(w->f,
		"p0=$(unshare -m sh -c \"mount -t tmpfs t $d/m && cd $d/m && $fill && $wait\" &)\n");
	name_actor(w, 0);
	print_limit(w);
}

/* clang-format off */

/* Of mountinfo: actor, place, root, device, id, links. */
static const char look[] =
	"	FNR == 1 { n++; top = index(e, \" \" (n - 1) \" \") ? \"\" : d }\n"
	"	index($5 \"/\", top \"/\") == 1 {\n"
	"		path[$1] = $5 == \"/\" ? \"\" : substr($5, length(top) + 1); up[$1] = $2\n"
	"		sub(/^mnt:.*/, \"(nsfs)\", $4); line[$1] = $4 \" \" $3 \" \" $1; who[$1] = n - 1\n"
	"		if ($6 != \"rw,relatime\") line[$1] = line[$1] \" \" $6\n"
	"		for (i = 7; $i != \"-\"; i++) if ($i !~ /^propagate/) line[$1] = line[$1] \" \" $i\n"
	"	}\n"
	"	function at(i) {\n"
	"		if (!(up[i] in path)) return \"\"\n"
	"		return at(up[i]) (path[i] == path[up[i]] ? \"/.\" : substr(path[i], length(path[up[i]]) + 1))\n"
	"	}\n"
	"	END { for (i in path) print who[i], (at(i) == \"\" ? \"/\" : at(i)), line[i] }\n"
	"'";

/* In numbers by order of appearance. */
static const char number[] =
	"	function nr(kind, x) { if (!((kind, x) in k)) k[kind, x] = ++c[kind]; return k[kind, x] }\n"
	"	{	all = $1 \" \" $2 \" fs\" nr(\"fs\", $4) \":\" $3\n"
	"		for (i = 6; i <= NF; i++) all = all \" \" (split($i, x, \":\") < 2 ? $i : x[1] \":\" nr(\"group\", x[2]))\n"
	"		print all }'\n";

/* clang-format on */

static const char compare[] =
	"[ \"$seen\" != \"$expected\" ] || { echo \"as expected\"; exit 0; }\n"
	"printf 'expected:\\n%s\\nseen:\\n%s\\n' \"$expected\" \"$seen\"\n"
	"exit 1\n";

static void print_lines(FILE *f, const char *lines, bool more)
{
	size_t len = strlen(lines);

	fprintf(f, "%.*s", (int)(len && !more ? len - 1 : len), lines);
}

/* Where the links are the same, the order in which mounts were made tells those of lists. */
static bool shows_order(const struct reproducer *r)
{
	const struct request *q = &r->deeds[r->last].r;

	if (r->expected->nr_made < 2 || r->last == r->nr ||
	    q->what != DO_OPERATION || uses_tree(q))
		return false;
	return !r->seen || (r->seen->error == r->expected->error &&
			    !strcmp(r->seen->mounts, r->expected->mounts));
}

/* Whose / is no folder of the script's. */
static void print_elsewhere(const struct writer *w)
{
	int i;

	for (i = 0; i < w->nr_actors; i++) {
		if (w->elsewhere[i])
			fprintf(w->f, " %d ", i);
	}
}

static void print_check(struct writer *w, bool order)
{
	const struct ending *e = w->r->expected;
	const char *outcome = "ok";

	if (e->error)
		outcome = last_by_call(w) ? strerror(e->error) : "refused";
	fprintf(w->f, "mounts=$(awk -v d=\"$d/m\" -v e=\"");
	print_elsewhere(w);
	fprintf(w->f, "\" '\n%s", look);
	print_files(w);
	fprintf(w->f,
		" | LC_ALL=C sort -s -k 1,3)\nseen=$(echo \"$out\"; echo \"$mounts\" | awk '\n%.*s",
		(int)(sizeof(number) - 2), number);
	if (order)
		fprintf(w->f,
			"\n\techo \"$mounts\" | sort -n -k 5,5 | awk -v old=\" $old_ids \" 'index(old, \" \" $5 \" \") == 0 { print \"then\", $1, $2 }'");
	fprintf(w->f, ")\nexpected='%s\n", outcome);
	print_lines(w->f, e->mounts, order && e->made[0]);
	print_lines(w->f, order ? e->made : "", false);
	fprintf(w->f, "'\n%s", compare);
}

/* What has the root of a namespace to itself, and who comes from there. */
static void find_elsewhere(struct writer *w)
{
	int actors = 1;
	size_t i;

	for (i = 0; i < w->r->nr; i++) {
		const struct deed *d = &w->r->deeds[i];

		if (makes_actor(d))
			w->elsewhere[actors++] = d->r.type != OP_UNSHARE ||
						 w->elsewhere[d->actor];
	}
}

/* What an actor holds that it did not open itself, no process of the script has. */
static bool held_itself(const struct reproducer *r, const struct deed *until,
			int actor)
{
	const struct deed *d;
	bool held = false;

	for (d = r->deeds; d < until; d++) {
		if (d->actor == actor && d->r.what == DO_HOLD)
			held = true;
		if (d->actor == actor && d->r.what == DO_RELEASE)
			held = false;
	}
	return held;
}

static bool has_known_operands(const struct writer *w, const struct deed *d)
{
	const struct reproducer *r = w->r;
	const struct request *q = &d->r;

	if (q->to != FROM_PATH && !(q->type == OP_SETATTR && uses_tree(q)))
		return false;
	/* no path into /proc leads there */
	if (w->elsewhere[d->actor] && q->from != FROM_PATH && !uses_tree(q))
		return false;
	switch (q->from) {
	case FROM_TREE:
		return q->type == OP_MOVE || q->type == OP_MOVE_BENEATH ||
		       q->type == OP_TREE_NAMESPACE;
	case FROM_HELD:
		return (q->type == OP_BIND || q->type == OP_OPEN_TREE ||
			q->type == OP_PIVOT_ROOT ||
			q->type == OP_TREE_NAMESPACE) &&
		       held_itself(r, d, q->of);
	default:
		return true;
	}
}

static bool is_known(const struct writer *w, const struct deed *d)
{
	if (!has_known_operands(w, d))
		return false;
	/* fs.mount-max is set to what the first actor has room for */
	if (w->elsewhere[d->actor] && w->r->mount_max != WORLD_MOUNT_MAX)
		return false;
	/* mountinfo has nothing of what its root would be mounted on */
	if (d->r.type == OP_TREE_NAMESPACE && d->r.recursive &&
	    d->r.from != FROM_PATH)
		return false;
	if (w->elsewhere[d->actor] && d->r.type == OP_MOVE_BENEATH)
		return false;
	if (d->r.what == DO_HOLD || d->r.what == DO_RELEASE)
		return true;
	/* it is refused because of the actor's root, which no process of the script has */
	if (d->r.what == DO_OPERATION && d->r.type == OP_UNSHARE && d->error)
		return false;
	return d->r.what == DO_OPERATION &&
	       (d->r.type == OP_UNSHARE ||
		(d->r.type < ARRAY_SIZE(forms) && forms[d->r.type].call));
}

void reproducer_print(const struct reproducer *r, FILE *f)
{
	struct writer w = { .r = r, .f = f, .nr_actors = 1 };
	bool order = shows_order(r);
	size_t i;

	find_elsewhere(&w);
	for (i = 0; i < r->nr; i++) {
		if (is_known(&w, &r->deeds[i]))
			continue;
		fprintf(f,
			"# No shell script: step %zu has no form in reproducer.c\n",
			i + 1);
		return;
	}
	print_beginning(&w);
	for (i = 0; i < r->last; i++)
		print_deed(&w, &r->deeds[i]);
	if (order) {
		fprintf(f, "old_ids=$(cut -d ' ' -f 1");
		print_files(&w);
		fprintf(f, " | tr '\\n' ' ')\n");
	}
	print_last(&w);
	print_check(&w, order);
}
