// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model against the kernel: random operations in several mount and user
 * namespaces.  Before each the model predicts from a snapshot, then the kernel
 * does it, then a new snapshot is compared with the prediction.
 *
 * MNTPROP_DIFF_OPS says how many operations, MNTPROP_DIFF_SEED with which seed to
 * begin.  What differs is tried again with ever fewer operations before it, and
 * the shortest list that still shows it is printed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "actors.h"
#include "compare.h"
#include "invariants.h"
#include "kselftest_harness.h"
#include "rules.h"
#include "util.h"

#define DEFAULT_OPS 2000
#define DEFAULT_SEED 1

/* A world of processes and mounts begins anew after so many. */
#define MAX_STEPS 60
#define MAX_MOUNTS 200

#define MOUNT_MAX "/proc/sys/fs/mount-max"

struct step {
	int actor;
	struct request r;
};

struct script {
	size_t mount_max;
	int nr_steps;
	struct step steps[MAX_STEPS];
};

/* While a script is carried out. */
struct run {
	struct actors actors;
	struct snapshot *s;
	struct world *w;
	size_t base_mounts; /* of the system */
	uint64_t done; /* operations that were compared */
	char *report; /* of the difference, NULL if there is none */
};

static uint64_t random_state;

/* Of each type of operation, how many succeeded and were refused, as predicted. */
static uint64_t succeeded[OP_PIVOT_ROOT + 1], refused[OP_PIVOT_ROOT + 1];

/* Whose rules are predicted by; NULL: those of the running kernel. */
static const char *rules_of;

/* xorshift64* */
static uint64_t next_random(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545F4914F6CDD1DULL;
}

static unsigned int pick(unsigned int n)
{
	return (next_random() >> 32) % n;
}

static bool chance(unsigned int percent)
{
	return pick(100) < percent;
}

static void set_mount_max(size_t max)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu\n", max);
	must_write(MOUNT_MAX, text);
}

static void look(struct run *run)
{
	struct error err;

	run->s = take_snapshot();
	run->w = world_new(run->s, rules_of, &err);
	if (!run->w)
		die("%s", err.text);
}

static void forget(struct snapshot *s, struct world *w)
{
	world_free(w);
	snapshot_free(s);
}

static struct world_ns *ns_of(const struct run *run, const struct actor *actor)
{
	const struct mnt_namespace *ns = ns_of_pid(run->s, actor->pid);

	return world_ns_of(run->w, ns->nr);
}

static struct place root_of(const struct run *run, const struct actor *actor)
{
	return (struct place){
		.mount = world_mount_of(run->w, actor->root_id),
		.path = "/",
		.here = true,
	};
}

static int depth_of(const char *path)
{
	int depth = 0;

	for (; path[0] == '/' && path[1]; path = strchrnul(path + 1, '/'))
		depth++;
	return depth;
}

/*
 * Whether the path can be looked up: below no filesystem's root are more
 * directories than ACTOR_DEPTH.
 */
static bool exists(struct run *run, const struct actor *actor, const char *path)
{
	char part[ACTOR_PATH] = "/";
	struct place place = root_of(run, actor);
	const char *end;

	for (end = path; *end;) {
		struct place next;

		end = strchrnul(end + 1, '/');
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		next = world_lookup(run->w, place, part);
		if (!strcmp(next.path, "/"))
			continue;
		if (depth_of(next.mount->root->path) + depth_of(next.path) >
		    ACTOR_DEPTH)
			return false;
	}
	return true;
}

static void random_path(struct run *run, const struct actor *actor, char *path)
{
	int n;

	do {
		size_t len = 0;

		path[0] = '\0';
		for (n = chance(5) ? 0 : 1 + pick(4); n; n--)
			len += snprintf(path + len, ACTOR_PATH - len, "/%c",
					chance(50) ? 'a' :
						     ACTOR_NAMES[pick(3)]);
		if (!path[0])
			strcpy(path, "/");
	} while (!exists(run, actor, path));
}

/* The path of a mount in the actor's namespace that can be reached. */
static void random_mountpoint(struct run *run, const struct actor *actor,
			      char *path)
{
	const struct mnt_namespace *ns = ns_of(run, actor)->origin;
	int tries;

	for (tries = 0; tries < 20; tries++) {
		const struct mount *m = ns->mounts[pick(ns->nr_mounts)];
		struct place place;

		if (strlen(m->path) >= ACTOR_PATH)
			continue;
		place = world_lookup(run->w, root_of(run, actor), m->path);
		if (place.mount->id == m->id && !strcmp(place.path, "/")) {
			strcpy(path, m->path);
			return;
		}
	}
	random_path(run, actor, path);
}

/* Mostly something that makes sense there. */
static void random_target(struct run *run, const struct actor *actor,
			  char *path, bool mountpoint)
{
	if (chance(mountpoint ? 92 : 15))
		random_mountpoint(run, actor, path);
	else
		random_path(run, actor, path);
}

/* Of two mounts of one filesystem, or two of any. */
static void random_pair(struct run *run, const struct actor *actor,
			struct request *r)
{
	int tries;

	for (tries = 0; tries < 20; tries++) {
		struct place from, to;

		random_mountpoint(run, actor, r->source);
		random_mountpoint(run, actor, r->target);
		from = world_lookup(run->w, root_of(run, actor), r->source);
		to = world_lookup(run->w, root_of(run, actor), r->target);
		if (from.mount != to.mount &&
		    from.mount->now.flags & WORLD_SHARED &&
		    from.mount->root->sb == to.mount->root->sb)
			break;
	}
}

static enum propagation random_propagation(void)
{
	static const enum propagation all[] = {
		MAKE_SHARED,  MAKE_SHARED,  MAKE_SHARED,
		MAKE_SHARED,  MAKE_SLAVE,   MAKE_SLAVE,
		MAKE_PRIVATE, MAKE_PRIVATE, MAKE_UNBINDABLE,
	};

	return all[pick(ARRAY_SIZE(all))];
}

enum choice {
	CHOOSE_MOUNT,
	CHOOSE_BIND,
	CHOOSE_RBIND,
	CHOOSE_MOVE,
	CHOOSE_BENEATH,
	CHOOSE_SET_GROUP,
	CHOOSE_UMOUNT,
	CHOOSE_LAZY,
	CHOOSE_RECURSIVE,
	CHOOSE_MAKE,
	CHOOSE_MAKE_RECURSIVE,
	CHOOSE_UNSHARE,
	CHOOSE_OPEN_TREE,
	CHOOSE_PIVOT,
	CHOOSE_HOLD,
	CHOOSE_RELEASE,
};

static const struct {
	enum operation_type type;
	unsigned int weight;
} choices[] = {
	[CHOOSE_MOUNT] = { OP_MOUNT, 16 },
	[CHOOSE_BIND] = { OP_BIND, 16 },
	[CHOOSE_RBIND] = { OP_BIND, 8 },
	[CHOOSE_MOVE] = { OP_MOVE, 10 },
	[CHOOSE_BENEATH] = { OP_MOVE_BENEATH, 6 },
	[CHOOSE_SET_GROUP] = { OP_SET_GROUP, 5 },
	[CHOOSE_UMOUNT] = { OP_UMOUNT, 12 },
	[CHOOSE_LAZY] = { OP_UMOUNT, 7 },
	[CHOOSE_RECURSIVE] = { OP_UMOUNT, 3 },
	[CHOOSE_MAKE] = { OP_MAKE, 18 },
	[CHOOSE_MAKE_RECURSIVE] = { OP_MAKE, 5 },
	[CHOOSE_UNSHARE] = { OP_UNSHARE, 6 },
	[CHOOSE_OPEN_TREE] = { OP_OPEN_TREE, 4 },
	[CHOOSE_PIVOT] = { OP_PIVOT_ROOT, 2 },
	[CHOOSE_HOLD] = { OP_MOUNT, 2 },
	[CHOOSE_RELEASE] = { OP_MOUNT, 1 },
};

static enum choice random_choice(void)
{
	unsigned int all = 0, i, n;

	for (i = 0; i < ARRAY_SIZE(choices); i++)
		all += choices[i].weight;
	n = pick(all);
	for (i = 0; n >= choices[i].weight; i++)
		n -= choices[i].weight;
	return i;
}

static void random_step(struct run *run, struct step *step)
{
	enum choice choice = random_choice();
	const struct actor *actor;
	struct request *r = &step->r;

	*step = (struct step){ .actor = pick(run->actors.nr) };
	actor = &run->actors.all[step->actor];
	*r = (struct request){
		.type = choices[choice].type,
		.recursive = choice == CHOOSE_RBIND ||
			     choice == CHOOSE_MAKE_RECURSIVE ||
			     choice == CHOOSE_RECURSIVE,
		.lazy = choice == CHOOSE_LAZY,
		.propagation = random_propagation(),
		.new_user_ns = chance(40),
	};
	if (choice == CHOOSE_HOLD)
		r->what = DO_HOLD;
	if (choice == CHOOSE_RELEASE)
		r->what = DO_RELEASE;
	switch (choice) {
	case CHOOSE_OPEN_TREE:
		r->recursive = chance(60);
		random_target(run, actor, r->source, chance(50));
		break;
	case CHOOSE_MOVE:
	case CHOOSE_BENEATH:
		r->from_tree = actor->tree_id && chance(60);
		random_target(run, actor, r->source, true);
		random_target(run, actor, r->target, choice == CHOOSE_BENEATH);
		break;
	case CHOOSE_SET_GROUP:
		random_pair(run, actor, r);
		break;
	case CHOOSE_PIVOT:
		random_target(run, actor, r->source, true);
		random_target(run, actor, r->target, false);
		break;
	case CHOOSE_BIND:
	case CHOOSE_RBIND:
		random_target(run, actor, r->source, chance(50));
		random_target(run, actor, r->target, false);
		break;
	case CHOOSE_MOUNT:
	case CHOOSE_HOLD:
		random_target(run, actor, r->target, false);
		break;
	default:
		random_target(run, actor, r->target, true);
	}
}

/* What most systems begin with: all is shared, and copied. */
static void first_step(struct step *step, int nr)
{
	static const enum operation_type types[] = { OP_MAKE, OP_MOUNT,
						     OP_UNSHARE };

	*step = (struct step){
		.r = {
			.type = types[nr],
			.propagation = MAKE_SHARED,
			.new_user_ns = chance(30),
		},
	};
	strcpy(step->r.target, nr == 1 ? "/a" : "/");
}

/* In a root that is not mounted any more, or read-only, little can be done. */
static bool ends_root(struct run *run, const struct actor *actor,
		      const struct request *r)
{
	struct place place;

	if (r->type != OP_UMOUNT)
		return false;
	place = world_lookup(run->w, root_of(run, actor), r->target);
	return place.mount->id == actor->root_id;
}

/* A step of a shortened script may make no sense any more. */
static bool applies(struct run *run, const struct step *step)
{
	const struct request *r = &step->r;
	const struct actor *actor = &run->actors.all[step->actor];

	if (step->actor >= run->actors.nr)
		return false;
	if (r->what != DO_OPERATION)
		return r->what == DO_RELEASE ||
		       (actor->holds < 4 && exists(run, actor, r->target));
	if (r->type == OP_UNSHARE && run->actors.nr == MAX_ACTORS)
		return false;
	/* One tree at a time: a second would end the first. */
	if (r->type == OP_OPEN_TREE && actor->tree_id)
		return false;
	if (r->from_tree && !actor->tree_id)
		return false;
	if (r->source[0] && !r->from_tree && !exists(run, actor, r->source))
		return false;
	return !r->target[0] ||
	       (exists(run, actor, r->target) && !ends_root(run, actor, r));
}

static const char *const operation_names[] = {
	[OP_MOUNT] = "mount",	      [OP_BIND] = "bind",
	[OP_MOVE] = "move",	      [OP_MOVE_BENEATH] = "beneath",
	[OP_SET_GROUP] = "set-group", [OP_UMOUNT] = "umount",
	[OP_MAKE] = "make",	      [OP_UNSHARE] = "unshare",
	[OP_OPEN_TREE] = "open-tree", [OP_PIVOT_ROOT] = "pivot-root",
};

static void print_step(FILE *f, const struct step *step)
{
	static const char *const types[] = { "shared", "slave", "private",
					     "unbindable" };
	const struct request *r = &step->r;

	fprintf(f, "#   %d: ", step->actor);
	if (r->what == DO_OPERATION)
		fprintf(f, "%s", operation_names[r->type]);
	else
		fprintf(f, "%s", r->what == DO_HOLD ? "hold" : "release");
	fprintf(f, "%s%s", r->recursive ? " -R" : "", r->lazy ? " -l" : "");
	if (r->type == OP_MAKE)
		fprintf(f, " %s", types[r->propagation]);
	if (r->type == OP_UNSHARE && r->new_user_ns)
		fprintf(f, " --user");
	fprintf(f, " %s %s\n", r->from_tree ? "(tree)" : r->source, r->target);
}

static struct operation to_operation(struct run *run, const struct step *step)
{
	const struct request *r = &step->r;
	const struct actor *actor = &run->actors.all[step->actor];
	struct operation op = {
		.type = r->type,
		.recursive = r->recursive,
		.lazy = r->lazy,
		.new_user_ns = r->new_user_ns,
		.propagation = r->propagation,
		.ns = ns_of(run, actor),
		.user_ns = actor->user_ns,
		.root = root_of(run, actor),
	};

	if (r->from_tree)
		op.source = (struct place){
			.mount = world_mount_of(run->w, actor->tree_id),
			.path = "/",
			.here = true,
		};
	else if (r->source[0])
		op.source = world_lookup(run->w, op.root, r->source);
	if (r->target[0])
		op.target = world_lookup(run->w, op.root, r->target);
	return op;
}

static void report_violation(const struct violation *v, void *arg)
{
	fprintf(arg, "#  violated: %s: mount %d, other %d, namespace %u\n",
		v->invariant->name, v->mount ? v->mount->id : 0,
		v->other ? v->other->id : 0, v->ns ? v->ns->inum : 0);
}

/* Returns whether it is as predicted. */
static bool compare(struct run *run, const struct outcome *o, int error,
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
	compare_worlds(run->w, actual, f);
	if (invariants_check(actual->snapshot, report_violation, f) < 0)
		die("invariants");
	fclose(f);
	if (len) {
		run->report = text;
		return false;
	}
	free(text);
	return true;
}

/* A copy of what is mounted can cover the way to it. */
static bool leads_to_new(struct run *run, const struct step *step)
{
	const struct actor *actor = &run->actors.all[step->actor];
	struct place place =
		world_lookup(run->w, root_of(run, actor), step->r.target);

	return place.mount->id < 0 && !strcmp(place.path, "/");
}

/* A new snapshot in place of the old one. Returns whether it is as predicted. */
static bool look_again(struct run *run, const struct outcome *o, int error)
{
	struct snapshot *before = run->s;
	struct world *predicted = run->w;
	struct run after;
	bool same;

	look(&after);
	same = compare(run, o, error, after.w);
	run->s = after.s;
	run->w = after.w;
	forget(before, predicted);
	return same;
}

static int by_id_downwards(const void *a, const void *b)
{
	const struct mount *x = *(struct mount *const *)a,
			   *y = *(struct mount *const *)b;

	return (x->id < y->id) - (x->id > y->id);
}

/* As umount(8) -R does: by path, what is mounted on a mount before it. */
static int umount_below(struct run *run, int who, const struct mount *m)
{
	struct request r = { .type = OP_UMOUNT };
	const struct mount **children, *child;
	size_t n = 0, i;
	int error = 0;

	for (child = m->first_child; child; child = child->next_sibling)
		n++;
	children = calloc(n + 1, sizeof(*children));
	if (!children)
		die("calloc");
	n = 0;
	for (child = m->first_child; child; child = child->next_sibling)
		children[n++] = child;
	qsort(children, n, sizeof(*children), by_id_downwards);
	for (i = 0; i < n && !error; i++)
		error = umount_below(run, who, children[i]);
	free(children);
	if (error)
		return error;
	snprintf(r.target, sizeof(r.target), "%s", m->path);
	error = actors_do(&run->actors, who, &r);
	/* umount(8) does not try what is not mounted. */
	return error == ENOENT ? EINVAL : error;
}

/* @top: what umount -R begins at, NULL if that is not a mountpoint. */
static int do_in_kernel(struct run *run, const struct step *step,
			const struct mount *top)
{
	struct request r = step->r;

	r.by_fd = r.type == OP_MOUNT && !leads_to_new(run, step);
	if (r.type != OP_UMOUNT || !r.recursive)
		return actors_do(&run->actors, step->actor, &r);
	return top ? umount_below(run, step->actor, top) : EINVAL;
}

static bool do_step(struct run *run, const struct step *step)
{
	struct operation op = to_operation(run, step);
	const struct mount *top = NULL;
	struct outcome o;
	struct error err;
	int error;

	if (op.target.mount && !strcmp(op.target.path, "/"))
		top = op.target.mount->origin;
	if (world_apply(run->w, &op, &o, &err))
		die("%s", err.text);
	error = do_in_kernel(run, step, top);
	run->done++;
	(error ? refused : succeeded)[op.type]++;
	return look_again(run, &o, error);
}

/* What the model has nothing to do with: all stays as it is. */
static bool do_other(struct run *run, const struct step *step)
{
	const struct outcome o = {};

	return look_again(run, &o,
			  actors_do(&run->actors, step->actor, &step->r));
}

static void run_begin(struct run *run, size_t mount_max)
{
	*run = (struct run){};
	actors_start(&run->actors);
	set_mount_max(mount_max);
	look(run);
	run->w->mount_max = mount_max;
	run->base_mounts = run->w->nr_mounts;
}

static void run_end(struct run *run)
{
	forget(run->s, run->w);
	actors_stop(&run->actors);
	set_mount_max(WORLD_MOUNT_MAX);
}

/* As far as it is as predicted: returns how many steps were, run->report if not. */
static int run_script(struct run *run, const struct script *script)
{
	int i;

	run_begin(run, script->mount_max);
	for (i = 0; i < script->nr_steps; i++) {
		const struct step *step = &script->steps[i];

		run->w->mount_max = script->mount_max;
		if (!applies(run, step))
			continue;
		if (step->r.what == DO_OPERATION ? !do_step(run, step) :
						   !do_other(run, step))
			break;
	}
	run_end(run);
	return i;
}

/* Makes the script as it goes along. */
static void run_random(struct run *run, struct script *script, uint64_t max_ops)
{
	*script = (struct script){
		.mount_max = chance(10) ? 10 + pick(40) : WORLD_MOUNT_MAX,
	};
	run_begin(run, script->mount_max);
	while (script->nr_steps < MAX_STEPS && run->done < max_ops &&
	       run->w->nr_mounts < run->base_mounts + MAX_MOUNTS) {
		struct step *step = &script->steps[script->nr_steps];

		run->w->mount_max = script->mount_max;
		if (script->nr_steps < 3 && chance(70))
			first_step(step, script->nr_steps);
		else
			random_step(run, step);
		if (!applies(run, step))
			continue;
		script->nr_steps++;
		if (step->r.what == DO_OPERATION ? !do_step(run, step) :
						   !do_other(run, step))
			break;
	}
	run_end(run);
}

/* Whether the script without the @n steps from @from on still shows something. */
static bool still_differs(const struct script *script, int from, int n,
			  struct script *shorter)
{
	struct run run;
	int done;

	*shorter = *script;
	shorter->nr_steps -= n;
	memmove(&shorter->steps[from], &shorter->steps[from + n],
		(script->nr_steps - from - n) * sizeof(shorter->steps[0]));
	done = run_script(&run, shorter);
	if (!run.report)
		return false;
	free(run.report);
	shorter->nr_steps = done + 1;
	return true;
}

/* Delta debugging: takes out as much as can be, in halves, quarters, … */
static void shrink(struct script *script)
{
	struct script shorter;
	int n, from;

	for (n = script->nr_steps / 2; n; n /= 2) {
		for (from = 0; from + n < script->nr_steps;) {
			if (still_differs(script, from, n, &shorter))
				*script = shorter;
			else
				from += n;
		}
	}
	if (script->nr_steps > 2) {
		for (from = 0; from + 1 < script->nr_steps;) {
			if (still_differs(script, from, 1, &shorter))
				*script = shorter;
			else
				from++;
		}
	}
}

static void explain(struct script *script, struct run *run, uint64_t seed)
{
	struct run again;
	int i;

	printf("# seed %llu: it is not as predicted:\n%s",
	       (unsigned long long)seed, run->report);
	free(run->report);
	shrink(script);
	run_script(&again, script);
	printf("# shortest, with fs.mount-max %zu:\n", script->mount_max);
	for (i = 0; i < script->nr_steps; i++)
		print_step(stdout, &script->steps[i]);
	printf("%s", again.report ? again.report : "#  (not when repeated)\n");
	free(again.report);
	fflush(stdout);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

/* Begun with an even distribution of bits, and never zero. */
static void seed_random(uint64_t seed)
{
	random_state = (seed + 1) * 0x9E3779B97F4A7C15ULL;
	if (!random_state)
		random_state = 1;
	next_random();
}

FIXTURE(model)
{
	struct script script; /* of the world that is tried */
};

FIXTURE_SETUP(model)
{
	own_namespace(MS_PRIVATE);
}

FIXTURE_TEARDOWN(model)
{
}

TEST_F_TIMEOUT(model, predicts_the_kernel, 36000)
{
	uint64_t ops = number_from("MNTPROP_DIFF_OPS", DEFAULT_OPS);
	uint64_t seed = number_from("MNTPROP_DIFF_SEED", DEFAULT_SEED);
	uint64_t done = 0, worlds = 0;
	int differences = 0, type;

	for (; done < ops && differences < 3; seed++) {
		struct run run;

		seed_random(seed);
		run_random(&run, &self->script, ops - done);
		done += run.done;
		worlds++;
		if (!run.report)
			continue;
		differences++;
		explain(&self->script, &run, seed);
	}
	TH_LOG("%llu operations in %llu worlds, %d differences",
	       (unsigned long long)done, (unsigned long long)worlds,
	       differences);
	for (type = 0; type <= OP_PIVOT_ROOT; type++)
		TH_LOG("%s: %llu done, %llu refused", operation_names[type],
		       (unsigned long long)succeeded[type],
		       (unsigned long long)refused[type]);
	EXPECT_EQ(0, differences);
}

/* By the rules of another kernel it must come out differently. */
TEST_F_TIMEOUT(model, tells_kernels_apart, 1500)
{
	struct snapshot *s = take_snapshot();
	struct rules rules;
	struct run run = {};
	uint64_t seed, done = 0;

	rules_for(s->release, &rules);
	rules_of = rules.umount_reworked ? "5.10.0" : "7.3.0";
	snapshot_free(s);
	for (seed = DEFAULT_SEED; !run.report && done < DEFAULT_OPS; seed++) {
		seed_random(seed);
		run_random(&run, &self->script, DEFAULT_OPS);
		done += run.done;
	}
	EXPECT_NE(NULL, run.report);
	TH_LOG("the rules of %s are found out after %llu operations", rules_of,
	       (unsigned long long)done);
	free(run.report);
}

TEST_HARNESS_MAIN
