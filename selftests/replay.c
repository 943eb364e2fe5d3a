// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "compare.h"
#include "invariants.h"
#include "replay.h"
#include "util.h"

#define MOUNT_MAX "/proc/sys/fs/mount-max"

/* In us, as mntprop check gives a namespace. */
#define LAST_BREATH 1000000

static void set_mount_max(size_t max)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu\n", max);
	must_write(MOUNT_MAX, text);
}

void replay_set_mount_max(struct replay *r, size_t max)
{
	r->mount_max = max;
	r->w->mount_max = max;
	set_mount_max(max);
}

static void set_origins(const struct replay *r, struct world *w)
{
	int i;

	for (i = 0; i < r->actors.nr; i++) {
		const struct world_mount *tree =
			world_mount_of(w, r->actors.all[i].tree_id);

		if (tree && tree->now.ns->anon)
			tree->now.ns->seq_origin = r->origins[i];
	}
}

struct world *replay_world(const struct replay *r, const struct snapshot *s)
{
	struct error err;
	struct world *w = r->rules ? world_new_by_rules(s, r->rules, &err) :
				     world_new(s, NULL, &err);

	if (!w)
		die("%s", err.text);
	w->mount_max = r->mount_max;
	set_origins(r, w);
	return w;
}

static void look(struct replay *r)
{
	r->s = take_snapshot();
	r->w = replay_world(r, r->s);
}

static void forget(struct snapshot *s, struct world *w)
{
	world_free(w);
	snapshot_free(s);
}

struct world_ns *replay_ns(const struct replay *r, const struct actor *actor)
{
	return world_ns_of(r->w, snapshot_ns(r->s, actor->mnt_ns)->nr);
}

static struct place root_of(struct world_mount *m)
{
	return (struct place){
		.mount = m,
		.path = "/",
		.here = true,
	};
}

struct place replay_root(const struct replay *r, const struct actor *actor)
{
	return root_of(world_mount_of(r->w, actor->root_id));
}

bool replay_has_roots(const struct replay *r)
{
	int i;

	for (i = 0; i < r->actors.nr; i++) {
		if (!replay_root(r, &r->actors.all[i]).mount)
			return false;
	}
	return true;
}

static int depth_of(const char *path)
{
	int depth = 0;

	for (; path[0] == '/' && path[1]; path = strchrnul(path + 1, '/'))
		depth++;
	return depth;
}

/* How deep in its filesystem. */
static int depth_in_sb(const struct place *place)
{
	return depth_of(place->mount->root->path) + depth_of(place->path);
}

/* Whether the place, whose parent is there, is there, too. */
static bool is_there(const struct place *place)
{
	if (!strcmp(place->path, "/"))
		return true;
	if (place->mount->root->unlinked)
		return false;
	return depth_in_sb(place) <= (script_is_file(place) ? 1 : ACTOR_DEPTH);
}

bool replay_path_exists(const struct replay *r, const struct actor *actor,
			const char *path)
{
	char part[ACTOR_PATH] = "/";
	struct place place = replay_root(r, actor);
	const char *end;

	for (end = path; *end;) {
		struct place next;

		end = strchrnul(end + 1, '/');
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		next = world_lookup(r->w, place, part);
		if (!is_there(&next) || (*end && script_is_file(&next)))
			return false;
	}
	return true;
}

bool replay_is_removable(const struct replay *r, const struct actor *actor,
			 const char *path)
{
	struct place place =
		world_lookup_name(r->w, replay_root(r, actor), path);

	return strcmp(place.path, "/") && !place.mount->root->unlinked &&
	       (script_is_file(&place) || depth_in_sb(&place) == ACTOR_DEPTH);
}

static bool are_removable(const struct replay *r, const struct actor *actor,
			  const struct request *q)
{
	if (q->type == OP_RENAME && !replay_is_removable(r, actor, q->source))
		return false;
	return (q->type != OP_REMOVE && q->type != OP_RENAME) ||
	       replay_is_removable(r, actor, q->target);
}

/* What an actor has open; without a mount: nothing, or the snapshot has it not. */
static struct place reference(const struct replay *r, enum request_operand what,
			      int of)
{
	const struct actor *owner = &r->actors.all[of];
	int id = what == FROM_TREE ? owner->tree_id : owner->held_id;

	return root_of(world_mount_of(r->w, id) ?: world_unmounted(r->w, id));
}

static struct place operand(const struct replay *r, const struct actor *actor,
			    const struct request *q, enum request_operand what,
			    int of, const char *path)
{
	struct place place;

	if (what != FROM_TREE && what != FROM_HELD)
		return script_lookup(r->w, replay_root(r, actor), q, path);
	place = reference(r, what, of);
	place.file = script_is_file(&place);
	return place;
}

struct place replay_source(const struct replay *r, const struct actor *actor,
			   const struct request *q)
{
	return operand(r, actor, q, q->from, q->of, q->source);
}

struct place replay_target(const struct replay *r, const struct actor *actor,
			   const struct request *q)
{
	return operand(r, actor, q, q->to, q->to_of, q->target);
}

/* In a root that is not mounted any more, or read-only, little can be done. */
static bool ends_root(const struct replay *r, const struct actor *actor,
		      const struct request *q)
{
	const struct world_mount *m = replay_target(r, actor, q).mount, *over;

	if (q->type != OP_UMOUNT)
		return false;
	if (m->id == actor->root_id)
		return true;
	/* umount(2) goes on to what is mounted on an open file, too */
	while ((over = world_mounted_on(r->w, m, m->root)))
		m = over;
	return m->id == actor->root_id;
}

/*
 * Whether the actor may look into /proc/PID/fd of the other one, see ptrace_may_access():
 * in the same user namespace it may, and the first actor's has no parent that anybody is in.
 */
static bool may_look_into(const struct replay *r, const struct actor *actor,
			  const struct actor *other)
{
	return actor == other || actor->user_ns == other->user_ns ||
	       actor->user_ns == r->actors.all[0].user_ns;
}

bool replay_has_reference(const struct replay *r, const struct actor *actor,
			  enum request_operand what, int of)
{
	return of < r->actors.nr &&
	       may_look_into(r, actor, &r->actors.all[of]) &&
	       reference(r, what, of).mount;
}

static bool has_operand(const struct replay *r, const struct actor *actor,
			enum request_operand what, int of, const char *path)
{
	switch (what) {
	case FROM_TREE:
	case FROM_HELD:
		return replay_has_reference(r, actor, what, of);
	case FROM_NS_FILE:
		return of < r->actors.nr;
	default:
		return !path[0] || replay_path_exists(r, actor, path);
	}
}

/* What is not an operation of the model has to succeed. */
static bool can_do_other(const struct replay *r, const struct actor *actor,
			 const struct request *q)
{
	const struct actor *other = &r->actors.all[q->to_of];
	struct place place;

	switch (q->what) {
	case DO_HOLD:
		return actor->holds < ACTOR_HOLDS;
	case DO_CHROOT:
		place = replay_target(r, actor, q);
		return place.mount->now.ns && !strcmp(place.path, "/");
	case DO_SETNS:
		return may_look_into(r, actor, other) &&
		       (actor->user_ns == r->actors.all[0].user_ns ||
			actor->user_ns == replay_ns(r, other)->user_ns);
	default:
		return true;
	}
}

const char *replay_path_of(const struct replay *r, const struct actor *actor,
			   const struct mount *m)
{
	const struct world_mount *root = replay_root(r, actor).mount;
	const char *top = root->origin->path;
	size_t len = strcmp(top, "/") ? strlen(top) : 0;

	if (strncmp(m->path, top, len))
		return NULL;
	if (!m->path[len])
		return "/";
	return m->path[len] == '/' ? m->path + len : NULL;
}

/*
 * Without the fixes that came with namespace_files_checked (6.1.192 has them in part) a copy
 * of a namespace's file that is unmounted is marked as unmounted, too: in a namespace that
 * breaks the kernel's lists, so it is not tried.
 */
static bool copies_unmounted(const struct replay *r, const struct actor *actor,
			     const struct request *q)
{
	struct place from;

	if ((q->type != OP_BIND && q->type != OP_OPEN_TREE) ||
	    r->w->rules->namespace_files_checked)
		return false;
	from = replay_source(r, actor, q);
	return from.mount && !from.mount->now.ns;
}

/*
 * What an actor holds, or the kernel has of its own, is nothing to make read-only: files that
 * are removed may be among the first.
 */
static bool may_reconfigure(const struct replay *r, const struct actor *actor,
			    const struct request *q)
{
	struct place place = replay_target(r, actor, q);
	int i;

	for (i = 0; i < r->actors.nr && q->attr_set & MOUNT_ATTR_RDONLY; i++) {
		if (r->actors.all[i].holds)
			return false;
	}
	return !place.mount->mnt_ns_file;
}

bool replay_applies(const struct replay *r, const struct step *step)
{
	const struct request *q = &step->r;
	const struct actor *actor = &r->actors.all[step->actor];

	if (step->actor >= r->actors.nr || !replay_root(r, actor).mount)
		return false;
	if (!has_operand(r, actor, q->from, q->of, q->source) ||
	    !has_operand(r, actor, q->to, q->to_of, q->target))
		return false;
	if (q->what != DO_OPERATION)
		return can_do_other(r, actor, q);
	/* umount(8) takes paths. */
	if (q->type == OP_UMOUNT && q->recursive && q->to != FROM_PATH)
		return false;
	if (makes_namespace(q->type) && r->actors.nr == MAX_ACTORS)
		return false;
	/* It has to be filled. */
	if (q->type == OP_FS_NAMESPACE && q->attr_set & MOUNT_ATTR_RDONLY)
		return false;
	if (copies_unmounted(r, actor, q))
		return false;
	/* One tree at a time: a second would end the first. */
	if (q->type == OP_OPEN_TREE && actor->tree_id)
		return false;
	if (q->type == OP_RECONFIGURE && !may_reconfigure(r, actor, q))
		return false;
	return are_removable(r, actor, q) && !ends_root(r, actor, q);
}

static struct operation to_operation(struct replay *r, const struct step *step)
{
	const struct request *q = &step->r;
	const struct actor *actor = &r->actors.all[step->actor];
	struct operation op = script_operation(q);

	op.ns = replay_ns(r, actor);
	op.user_ns = actor->user_ns;
	op.root = replay_root(r, actor);
	if (q->from == FROM_NS_FILE)
		op.ns_file = replay_ns(r, &r->actors.all[q->of]);
	op.source = replay_source(r, actor, q);
	op.target = replay_target(r, actor, q);
	return op;
}

static void use_target(struct replay *r, const struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	struct place place = replay_target(r, actor, &step->r);

	if (place.mount)
		world_use(place.mount);
}

void replay_predict(struct replay *r, const struct step *step,
		    struct prediction_of_step *p)
{
	struct operation op;
	struct error err;

	*p = (struct prediction_of_step){};
	/* The model has nothing to do with the others: nearly all stays as it is. */
	if (step->r.what != DO_OPERATION) {
		use_target(r, step);
		return;
	}
	op = to_operation(r, step);
	if (op.target.mount && !strcmp(op.target.path, "/"))
		p->top = op.target.mount->origin;
	if (world_apply(r->w, &op, &p->o, &err))
		die("%s", err.text);
}

struct findings {
	FILE *f;
	bool dying; /* namespaces without references, which may be about to go */
	bool told; /* those, too */
};

static void report_violation(const struct violation *v, void *arg)
{
	struct findings *to = arg;

	if (!to->told && !strcmp(v->invariant->name, "namespace-alive")) {
		to->dying = true;
		return;
	}
	fprintf(to->f, "#  violated: %s: mount %d, other %d, namespace %u\n",
		v->invariant->name, v->mount ? v->mount->id : 0,
		v->other ? v->other->id : 0, v->ns ? v->ns->inum : 0);
}

static void check_invariants(const struct snapshot *s,
			     const struct snapshot *earlier,
			     struct findings *to)
{
	if (invariants_check(s, earlier, report_violation, to) < 0)
		die("invariants");
}

/*
 * All of them, after what was there before the step.  What nobody refers to is
 * given the time to go that it may take on a busy machine.
 */
static void look_for_violations(const struct snapshot *s,
				const struct snapshot *before, FILE *f)
{
	struct findings to = { .f = f };
	struct snapshot *later;

	check_invariants(s, before, &to);
	if (!to.dying)
		return;
	usleep(LAST_BREATH);
	later = take_snapshot();
	to.told = true;
	check_invariants(later, s, &to);
	snapshot_free(later);
}

/* Returns whether it is as predicted. */
static bool compare(struct replay *r, const struct outcome *o, int error,
		    struct world *actual)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		die("open_memstream");
	if (o->error != error)
		fprintf(f, "#  predicted: %s (%s), actual: %s\n",
			o->error ? strerror(o->error) : "success",
			o->why ? o->why : "", strerror(error));
	compare_worlds(r->w, actual, f);
	look_for_violations(actual->snapshot, r->s, f);
	fclose(f);
	if (len) {
		r->report = text;
		return false;
	}
	free(text);
	return true;
}

/* A new snapshot in place of the old one. Returns whether it is as predicted. */
static bool look_again(struct replay *r, const struct outcome *o, int error)
{
	struct replay after = *r;
	bool same;

	look(&after);
	same = compare(r, o, error, after.w);
	r->last.predicted = o->error;
	r->last.error = error;
	r->last.new_ns = o->error || !makes_namespace(r->last.step.r.type) ?
				 NULL :
				 o->ns;
	r->last.s = r->s;
	r->last.w = r->w;
	r->s = after.s;
	r->w = after.w;
	return same;
}

static void forget_last(struct replay *r)
{
	if (r->last.s)
		forget(r->last.s, r->last.w);
	r->last.s = NULL;
	r->last.w = NULL;
}

/* What is to be done next; returns it. */
static struct deed *plan(struct replay *r, int who, const struct request *q)
{
	struct world_mount *root = replay_root(r, &r->actors.all[who]).mount;
	struct deed *d;

	r->deeds = reallocarray(r->deeds, r->nr_deeds + 1, sizeof(*r->deeds));
	if (!r->deeds)
		die("reallocarray");
	d = &r->deeds[r->nr_deeds++];
	*d = (struct deed){ .actor = who, .r = *q };
	d->covered = root && world_mounted_on(r->w, root, root->root);
	return d;
}

bool replay_leads_to_new(const struct replay *r, const struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	struct place place = replay_target(r, actor, &step->r);

	return place.mount->id < 0 && !strcmp(place.path, "/");
}

/*
 * Whether OP_MOUNT can be done by fsmount(2): on a tree that is in no namespace of an actor
 * only move_mount(2) can mount.
 */
static bool can_mount_by_fd(const struct replay *r, const struct step *step)
{
	const struct request *q = &step->r;
	const struct actor *actor = &r->actors.all[step->actor];
	struct place place = replay_target(r, actor, q);

	if (!place.mount->now.ns || place.mount->now.ns->anon)
		return false;
	return q->to != FROM_PATH || !replay_leads_to_new(r, step);
}

static int by_id_downwards(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;

	return (x->id < y->id) - (x->id > y->id);
}

/* As umount(8) -R does: by path, what is mounted on a mount before it. */
static void plan_umounts(struct replay *r, int who, const struct mount *m)
{
	struct request umount = { .type = OP_UMOUNT };
	const struct mount **children, *child;
	size_t n = 0, i;

	for (child = m->first_child; child; child = child->next_sibling)
		n++;
	children = calloc(n + 1, sizeof(*children));
	if (!children)
		die("calloc");
	n = 0;
	for (child = m->first_child; child; child = child->next_sibling)
		children[n++] = child;
	qsort(children, n, sizeof(*children), by_id_downwards);
	for (i = 0; i < n; i++)
		plan_umounts(r, who, children[i]);
	free(children);
	snprintf(umount.target, sizeof(umount.target), "%s",
		 replay_path_of(r, &r->actors.all[who], m) ?: m->path);
	plan(r, who, &umount);
}

static int umount_planned(struct replay *r)
{
	int error = 0;
	size_t i;

	for (i = r->last.deed; i < r->nr_deeds && !error; i++)
		error = actors_do(&r->actors, r->deeds[i].actor,
				  &r->deeds[i].r);
	/* umount(8) does not try what is not mounted. */
	return error == ENOENT ? EINVAL : error;
}

static int do_in_kernel(struct replay *r, const struct step *step,
			const struct mount *top)
{
	const struct request *q = &step->r;
	struct deed *d;

	if (q->what == DO_OPERATION && q->type == OP_UMOUNT && q->recursive) {
		if (top)
			plan_umounts(r, step->actor, top);
		return top ? umount_planned(r) : EINVAL;
	}
	d = plan(r, step->actor, q);
	d->r.by_fd = q->what == DO_OPERATION && q->type == OP_MOUNT &&
		     can_mount_by_fd(r, step);
	d->error = actors_do(&r->actors, step->actor, &d->r);
	return d->error;
}

bool replay_do(struct replay *r, const struct step *step,
	       const struct prediction_of_step *p)
{
	int error;

	forget_last(r);
	r->last.step = *step;
	r->last.deed = r->nr_deeds;
	r->last.actors = r->actors;
	error = do_in_kernel(r, step, p->top);
	if (step->r.type == OP_OPEN_TREE && p->o.ns)
		r->origins[step->actor] = p->o.ns->seq_origin;
	return look_again(r, &p->o, error);
}

/* What is wrong before anything was done is not blamed on the first step. */
static void look_at_beginning(struct replay *r)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		die("open_memstream");
	look_for_violations(r->s, NULL, f);
	r->broken = ftell(f);
	if (r->broken)
		fprintf(f, "#  broken before the first operation\n");
	fclose(f);
	if (len)
		r->report = text;
	else
		free(text);
}

void replay_begin(struct replay *r, size_t mount_max, const struct rules *rules)
{
	*r = (struct replay){ .mount_max = mount_max, .rules = rules };
	r->proc = open("/proc", O_PATH | O_CLOEXEC);
	if (r->proc < 0)
		die("/proc");
	actors_start(&r->actors, r->proc);
	set_mount_max(mount_max);
	look(r);
	r->base_mounts = r->w->nr_mounts;
	r->first_mounts = replay_ns(r, &r->actors.all[0])->nr_mounts;
	ending_hide_base(&r->base, replay_root(r, &r->actors.all[0]).mount);
	look_at_beginning(r);
}

void replay_end(struct replay *r)
{
	forget_last(r);
	forget(r->s, r->w);
	free(r->deeds);
	r->deeds = NULL;
	actors_stop(&r->actors);
	close(r->proc);
	set_mount_max(WORLD_MOUNT_MAX);
}

int replay_script(struct replay *r, const struct script *script,
		  const struct rules *rules,
		  void (*show)(struct replay *r, void *arg), void *arg)
{
	int i;

	replay_begin(r, script->mount_max, rules);
	for (i = 0; i < script->nr_steps && !r->report; i++) {
		const struct step *step = &script->steps[i];
		struct prediction_of_step p;

		if (!replay_applies(r, step))
			continue;
		replay_predict(r, step, &p);
		if (!replay_do(r, step, &p))
			break;
	}
	if (show)
		show(r, arg);
	replay_end(r);
	return i;
}
