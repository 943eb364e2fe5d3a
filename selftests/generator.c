// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is drawn at random alone is mostly refused, and where it is not, there is
 * little to propagate.  So operands are drawn where much comes together, and again
 * as long as the model refuses them; some refusals are left in.
 */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "compiler.h"
#include "generator.h"
#include "pitfalls.h"

/* Of the steps, in percent, how many are drawn again if they are refused. */
#define WANTED 85
#define TRIES 12

/* That a world often begins with. */
#define FIRST_STEPS 4

/* Of the operands, in percent, how many are not found by a path. */
#define BY_REFERENCE 20

/* Of how many worlds one has room for a few mounts only, beginning with the first. */
#define SMALL_WORLDS 4

/* Of the paths, in percent, how many are those of files. */
#define FILES 8

/* How many worlds, in percent, begin with a pitfall: chance alone does not get there. */
#define BEGINNINGS 45

/* Of their steps, in percent, how many are left out, and have others before them. */
#define LEFT_OUT 6
#define PUT_BETWEEN 12

static struct script beginning;
static int begun;

static uint64_t random_state;

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

/* Begun with an even distribution of bits, and never zero. */
static void seed_random(uint64_t seed)
{
	random_state = (seed + 1) * 0x9E3779B97F4A7C15ULL;
	if (!random_state)
		random_state = 1;
	next_random();
}

struct script random_script(uint64_t seed)
{
	struct script script = { .mount_max = WORLD_MOUNT_MAX };

	seed_random(seed);
	beginning.nr_steps = 0;
	begun = 0;
	if (chance(BEGINNINGS))
		script_parse(pitfalls[pick(nr_pitfalls)].script, &beginning);
	/* often near the limit, which counts one by one */
	if (seed % SMALL_WORLDS == 1)
		script.mount_max = 4 + pick(12);
	else if (chance(10))
		script.mount_max = 10 + pick(40);
	return script;
}

static void random_path(const struct replay *r, const struct actor *actor,
			char *path)
{
	int n;

	do {
		size_t len = 0;

		path[0] = '\0';
		for (n = chance(5) ? 0 : 1 + pick(4); n; n--)
			len += snprintf(path + len, ACTOR_PATH - len, "/%c",
					chance(50) ? 'a' :
						     ACTOR_NAMES[pick(3)]);
		if (chance(FILES) && len + sizeof("/" ACTOR_FILE) < ACTOR_PATH)
			strcpy(path + len, "/" ACTOR_FILE);
		if (!path[0])
			strcpy(path, "/");
	} while (!replay_path_exists(r, actor, path));
}

/* Of attributes of a mount that were set before it was copied. */
#define FLAG_LOCKS                                              \
	(WORLD_LOCK_RO | WORLD_LOCK_NODEV | WORLD_LOCK_NOSUID | \
	 WORLD_LOCK_NOEXEC)

/* How much depends on a mount, and it on others. */
static int interest(const struct world_mount *m)
{
	const struct world_mount *parent = m->now.parent;

	return (world_next_peer(parent) != parent) +
	       !!world_next_slave(parent, NULL) + !!parent->now.master +
	       !!world_next_child(m, NULL) + !!m->now.master +
	       !!(m->now.flags & WORLD_LOCKED) + !!(m->now.flags & FLAG_LOCKS) +
	       !!strcmp(m->root->path, "/") +
	       !strcmp(world_mountpoint(m), "/") + !!m->busy;
}

/* A mount in the actor's namespace that can be reached by its path; or NULL. */
static const struct world_mount *random_mount(const struct replay *r,
					      const struct actor *actor)
{
	const struct mnt_namespace *ns = replay_ns(r, actor)->origin;
	int tries;

	for (tries = 0; tries < 20; tries++) {
		const struct mount *m = ns->mounts[pick(ns->nr_mounts)];
		const char *path = replay_path_of(r, actor, m);
		struct place place;

		if (!path || strlen(path) >= ACTOR_PATH)
			continue;
		place = world_lookup(r->w, replay_root(r, actor), path);
		if (place.mount->id == m->id && !strcmp(place.path, "/"))
			return place.mount;
	}
	return NULL;
}

static const struct world_mount *interesting_mount(const struct replay *r,
						   const struct actor *actor)
{
	const struct world_mount *best = random_mount(r, actor), *other;
	int more;

	for (more = pick(3); best && more; more--) {
		other = random_mount(r, actor);
		if (other && interest(other) > interest(best))
			best = other;
	}
	return best;
}

static void random_mountpoint(const struct replay *r, const struct actor *actor,
			      char *path)
{
	const struct world_mount *m = interesting_mount(r, actor);

	if (m)
		strcpy(path, replay_path_of(r, actor, m->origin));
	else
		random_path(r, actor, path);
}

static void random_target(const struct replay *r, const struct actor *actor,
			  char *path, unsigned int mountpoints)
{
	if (chance(mountpoints))
		random_mountpoint(r, actor, path);
	else
		random_path(r, actor, path);
}

/* A mount in a group, or slave of one, and one in none of the same filesystem. */
static void random_pair(const struct replay *r, const struct actor *actor,
			struct request *q)
{
	const struct world_mount *from, *to;
	int tries;

	for (tries = 0; tries < 40; tries++) {
		from = random_mount(r, actor);
		to = random_mount(r, actor);
		if (!from || !to)
			continue;
		strcpy(q->source, replay_path_of(r, actor, from->origin));
		strcpy(q->target, replay_path_of(r, actor, to->origin));
		if (from->root->sb == to->root->sb && !to->now.group_id &&
		    !to->now.master && (from->now.group_id || from->now.master))
			return;
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
	CHOOSE_EXPIRE,
	CHOOSE_MAKE,
	CHOOSE_MAKE_RECURSIVE,
	CHOOSE_UNSHARE,
	CHOOSE_OPEN_TREE,
	CHOOSE_PIVOT,
	CHOOSE_SETATTR,
	CHOOSE_REMOUNT,
	CHOOSE_RECONFIGURE,
	CHOOSE_REMOVE,
	CHOOSE_RENAME,
	CHOOSE_HOLD,
	CHOOSE_RELEASE,
	CHOOSE_CHROOT,
	CHOOSE_SETNS,
	CHOOSE_TREE_NAMESPACE,
	CHOOSE_FS_NAMESPACE,
};

static const struct {
	enum operation_type type;
	unsigned int weight;
} choices[] = {
	[CHOOSE_MOUNT] = { OP_MOUNT, 12 },
	[CHOOSE_BIND] = { OP_BIND, 14 },
	[CHOOSE_RBIND] = { OP_BIND, 8 },
	[CHOOSE_MOVE] = { OP_MOVE, 10 },
	[CHOOSE_BENEATH] = { OP_MOVE_BENEATH, 7 },
	[CHOOSE_SET_GROUP] = { OP_SET_GROUP, 10 },
	[CHOOSE_UMOUNT] = { OP_UMOUNT, 12 },
	[CHOOSE_LAZY] = { OP_UMOUNT, 6 },
	[CHOOSE_RECURSIVE] = { OP_UMOUNT, 2 },
	[CHOOSE_EXPIRE] = { OP_UMOUNT, 6 },
	[CHOOSE_MAKE] = { OP_MAKE, 18 },
	[CHOOSE_MAKE_RECURSIVE] = { OP_MAKE, 3 },
	[CHOOSE_UNSHARE] = { OP_UNSHARE, 6 },
	[CHOOSE_OPEN_TREE] = { OP_OPEN_TREE, 6 },
	[CHOOSE_PIVOT] = { OP_PIVOT_ROOT, 3 },
	[CHOOSE_SETATTR] = { OP_SETATTR, 14 },
	[CHOOSE_REMOUNT] = { OP_REMOUNT, 5 },
	[CHOOSE_RECONFIGURE] = { OP_RECONFIGURE, 4 },
	[CHOOSE_REMOVE] = { OP_REMOVE, 8 },
	[CHOOSE_RENAME] = { OP_RENAME, 6 },
	[CHOOSE_HOLD] = { OP_MOUNT, 4 },
	[CHOOSE_RELEASE] = { OP_MOUNT, 1 },
	[CHOOSE_CHROOT] = { OP_MOUNT, 2 },
	[CHOOSE_SETNS] = { OP_MOUNT, 3 },
	[CHOOSE_TREE_NAMESPACE] = { OP_TREE_NAMESPACE, 6 },
	[CHOOSE_FS_NAMESPACE] = { OP_FS_NAMESPACE, 2 },
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

static void random_pivot(const struct replay *r, const struct actor *actor,
			 struct request *q)
{
	size_t len;

	random_mountpoint(r, actor, q->source);
	len = strlen(q->source);
	if (len + 2 < ACTOR_PATH && len > 1)
		snprintf(q->target, ACTOR_PATH, "%.*s/%c", (int)len, q->source,
			 ACTOR_NAMES[pick(3)]);
	else
		random_path(r, actor, q->target);
}

static unsigned int random_attributes(void)
{
	static const unsigned int all[] = {
		MOUNT_ATTR_RDONLY,     MOUNT_ATTR_NOSUID,
		MOUNT_ATTR_NODEV,      MOUNT_ATTR_NOEXEC,
		MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NOSYMFOLLOW,
	};
	unsigned int n, attributes = 0;

	for (n = pick(4); n; n--)
		attributes |= all[pick(ARRAY_SIZE(all))];
	return attributes;
}

static bool is_remount(const struct request *q)
{
	return q->type == OP_REMOUNT || q->type == OP_RECONFIGURE;
}

static unsigned int random_mode(void)
{
	static const unsigned int modes[] = {
		MOUNT_ATTR_RELATIME,
		MOUNT_ATTR_NOATIME,
		MOUNT_ATTR_STRICTATIME,
	};

	return modes[pick(ARRAY_SIZE(modes))];
}

/* With what is to be cleared before; sometimes what makes no sense. */
static void random_atime(struct request *q)
{
	q->attr_set |= random_mode();
	if (is_remount(q) || chance(90))
		q->attr_clr |= MOUNT_ATTR__ATIME;
	else
		q->attr_clr |= random_mode();
}

/* One that @m has and that is locked, 0: none is. */
static unsigned int locked_attribute(const struct world_mount *m)
{
	static const struct {
		unsigned int lock, attribute;
	} locks[] = {
		{ WORLD_LOCK_RO, MOUNT_ATTR_RDONLY },
		{ WORLD_LOCK_NOSUID, MOUNT_ATTR_NOSUID },
		{ WORLD_LOCK_NODEV, MOUNT_ATTR_NODEV },
		{ WORLD_LOCK_NOEXEC, MOUNT_ATTR_NOEXEC },
	};
	size_t first = pick(ARRAY_SIZE(locks)), i;

	for (i = 0; i < ARRAY_SIZE(locks); i++) {
		size_t at = (first + i) % ARRAY_SIZE(locks);

		if (m->now.flags & locks[at].lock)
			return locks[at].attribute;
	}
	return 0;
}

/*
 * What is refused to any of the actors: @to of the request, or with -R often one below it,
 * has what is locked.
 */
static bool random_locked(const struct replay *r, struct step *step, char *to)
{
	struct request *q = &step->r;
	int tries;

	for (tries = 0; tries < 20; tries++) {
		int who = pick(r->actors.nr);
		const struct world_mount *m =
			random_mount(r, &r->actors.all[who]);
		unsigned int attribute = m ? locked_attribute(m) : 0;
		const char *path;

		if (!attribute)
			continue;
		if (q->recursive && chance(70) && m->now.parent->origin)
			m = m->now.parent;
		path = replay_path_of(r, &r->actors.all[who], m->origin);
		if (!path || strlen(path) >= ACTOR_PATH)
			continue;
		step->actor = who;
		strcpy(to, path);
		q->attr_set &= ~attribute;
		q->attr_clr |= attribute;
		return true;
	}
	return false;
}

static void random_changes(struct request *q)
{
	if (chance(85)) {
		q->attr_set = random_attributes();
		q->attr_clr = random_attributes();
		if (chance(35))
			random_atime(q);
	}
	if (chance(30))
		q->propagation = random_propagation();
}

static void random_open_tree(const struct replay *r, struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	struct request *q = &step->r;

	q->recursive = chance(60);
	if (chance(50))
		random_changes(q);
	if (!request_has_attributes(q) || !chance(25) ||
	    !random_locked(r, step, q->source))
		random_target(r, actor, q->source, 60);
}

static void random_setattr(const struct replay *r, struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	struct request *q = &step->r;

	q->recursive = chance(60);
	random_changes(q);
	if (chance(40) && random_locked(r, step, q->target))
		return;
	if (actor->tree_id && chance(30)) {
		q->to = FROM_TREE;
		q->to_of = step->actor;
	} else {
		random_target(r, actor, q->target, 95);
	}
}

static void random_remount(const struct replay *r, struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	struct request *q = &step->r;

	q->attr_set = random_attributes();
	if (!chance(40) || !random_locked(r, step, q->target))
		random_target(r, actor, q->target, 95);
	q->attr_clr = 0;
	if (chance(30))
		random_atime(q);
}

/* Most often one that is marked by MNT_EXPIRE, if there is one. */
static void random_marked(const struct replay *r, const struct actor *actor,
			  char *path)
{
	int tries;

	for (tries = 0; tries < 20; tries++) {
		const struct world_mount *m = random_mount(r, actor);

		if (m && m->now.flags & WORLD_EXPIRY_MARK && chance(70)) {
			strcpy(path, replay_path_of(r, actor, m->origin));
			return;
		}
	}
	random_target(r, actor, path, 95);
}

/* Where @actor finds what @m is mounted on, or its root; false: by no path. */
static bool find_name(const struct replay *r, const struct actor *actor,
		      const struct world_dentry *dentry, char *path)
{
	const struct mnt_namespace *ns = replay_ns(r, actor)->origin;
	size_t begin = pick(ns->nr_mounts), i;

	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *origin =
			ns->mounts[(begin + i) % ns->nr_mounts];
		const struct world_mount *m = world_mount_of(r->w, origin->id);
		const char *root = m->root->path, *below = dentry->path;
		const char *top = replay_path_of(r, actor, origin);
		struct place place;

		if (!top || m->root->sb != dentry->sb || m->root->unlinked)
			continue;
		if (strcmp(root, "/")) {
			if (strncmp(below, root, strlen(root)))
				continue;
			below += strlen(root);
		}
		if (below[0] != '/' || !below[1])
			continue;
		snprintf(path, ACTOR_PATH, "%s%s", strcmp(top, "/") ? top : "",
			 below);
		if (strlen(top) + strlen(below) >= ACTOR_PATH - 1 ||
		    !replay_path_exists(r, actor, path))
			continue;
		place = world_lookup_name(r->w, replay_root(r, actor), path);
		if (place.mount == m)
			return true;
	}
	return false;
}

/*
 * A name that can be removed, most often one that something is mounted on in another
 * namespace, or that is the root of a mount.
 */
static void random_name(const struct replay *r, const struct actor *actor,
			char *path)
{
	int tries;

	for (tries = 0; tries < 40; tries++) {
		const struct world_mount *m =
			r->w->mounts[pick(r->w->nr_mounts)];
		const struct world_dentry *d = chance(75) ? m->now.mountpoint :
							    m->root;

		if (m->now.ns && !d->unlinked &&
		    (m->now.ns != replay_ns(r, actor) || chance(20)) &&
		    find_name(r, actor, d, path) &&
		    replay_is_removable(r, actor, path))
			return;
	}
	for (tries = 0; tries < 40; tries++) {
		random_path(r, actor, path);
		if (replay_is_removable(r, actor, path))
			return;
	}
}

/* The same twice, most often on one mount. */
static void random_names(const struct replay *r, const struct actor *actor,
			 struct request *q)
{
	struct place root = replay_root(r, actor), from;
	int tries;

	random_name(r, actor, chance(50) ? q->source : q->target);
	for (tries = 0; tries < 40; tries++) {
		char *other = q->source[0] ? q->target : q->source;

		random_name(r, actor, other);
		from = world_lookup_name(r->w, root, q->source);
		if (from.mount ==
		    world_lookup_name(r->w, root, q->target).mount)
			return;
		if (tries < 39)
			other[0] = '\0';
	}
}

/* What some actor holds, or the root of its tree; or nothing. */
static enum request_operand random_reference(const struct replay *r,
					     const struct actor *actor, int *of)
{
	enum request_operand what;
	int tries;

	for (tries = 0; tries < 10; tries++) {
		what = chance(60) ? FROM_HELD : FROM_TREE;
		*of = pick(r->actors.nr);
		if (replay_has_reference(r, actor, what, *of))
			return what;
	}
	return FROM_PATH;
}

/* Sometimes what an actor has open takes the place of a path. */
static void draw_references(const struct replay *r, struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	struct request *q = &step->r;
	enum request_operand what;
	int of;

	/* these take names */
	if (q->type == OP_REMOVE || q->type == OP_RENAME)
		return;
	if (q->source[0] && chance(BY_REFERENCE)) {
		what = random_reference(r, actor, &of);
		if (what != FROM_PATH) {
			q->source[0] = '\0';
			q->from = what;
			q->of = of;
		}
	}
	if (q->target[0] && chance(BY_REFERENCE)) {
		what = random_reference(r, actor, &of);
		if (what != FROM_PATH) {
			q->target[0] = '\0';
			q->to = what;
			q->to_of = of;
		}
	}
}

static void draw(const struct replay *r, enum choice kind, struct step *step)
{
	const struct actor *actor;
	struct request *q = &step->r;

	*step = (struct step){ .actor = pick(r->actors.nr) };
	actor = &r->actors.all[step->actor];
	*q = (struct request){
		.type = choices[kind].type,
		.recursive = kind == CHOOSE_RBIND ||
			     kind == CHOOSE_MAKE_RECURSIVE ||
			     kind == CHOOSE_RECURSIVE,
		.lazy = kind == CHOOSE_LAZY,
		.expire = kind == CHOOSE_EXPIRE,
	};
	switch (kind) {
	case CHOOSE_OPEN_TREE:
		random_open_tree(r, step);
		break;
	case CHOOSE_MOVE:
	case CHOOSE_BENEATH:
		q->of = step->actor;
		if (actor->tree_id && chance(60))
			q->from = FROM_TREE;
		else
			random_target(r, actor, q->source, 95);
		random_target(r, actor, q->target,
			      kind == CHOOSE_BENEATH ? 95 : 30);
		break;
	case CHOOSE_SET_GROUP:
		random_pair(r, actor, q);
		break;
	case CHOOSE_PIVOT:
		random_pivot(r, actor, q);
		break;
	case CHOOSE_BIND:
	case CHOOSE_RBIND:
		random_target(r, actor, q->source, 60);
		random_target(r, actor, q->target, 25);
		break;
	case CHOOSE_MOUNT:
		random_target(r, actor, q->target, 25);
		break;
	case CHOOSE_REMOVE:
		random_name(r, actor, q->target);
		break;
	case CHOOSE_RENAME:
		random_names(r, actor, q);
		break;
	case CHOOSE_HOLD:
		q->what = DO_HOLD;
		random_target(r, actor, q->target, 70);
		break;
	case CHOOSE_RELEASE:
		q->what = DO_RELEASE;
		break;
	case CHOOSE_CHROOT:
		q->what = DO_CHROOT;
		random_mountpoint(r, actor, q->target);
		break;
	case CHOOSE_SETNS:
		q->what = DO_SETNS;
		q->to = FROM_NS_FILE;
		q->to_of = pick(r->actors.nr);
		break;
	case CHOOSE_MAKE:
	case CHOOSE_MAKE_RECURSIVE:
		q->propagation = random_propagation();
		random_target(r, actor, q->target, 95);
		break;
	case CHOOSE_SETATTR:
		random_setattr(r, step);
		break;
	case CHOOSE_REMOUNT:
	case CHOOSE_RECONFIGURE:
		random_remount(r, step);
		break;
	case CHOOSE_EXPIRE:
		random_marked(r, actor, q->target);
		break;
	case CHOOSE_UNSHARE:
		q->new_user_ns = chance(40);
		break;
	case CHOOSE_TREE_NAMESPACE:
		q->recursive = chance(60);
		q->new_user_ns = chance(50);
		random_target(r, actor, q->source, 80);
		break;
	case CHOOSE_FS_NAMESPACE:
		q->attr_set = random_attributes() & ~MOUNT_ATTR_RDONLY;
		if (chance(30))
			q->attr_set |= random_mode();
		q->new_user_ns = chance(60);
		break;
	default:
		random_target(r, actor, q->target, 95);
	}
	draw_references(r, step);
}

/*
 * What most systems begin with: all is shared, and copied.  Before that something is set
 * that the copy may have to keep.
 */
static void first_step(struct step *step, int nr)
{
	static const enum operation_type types[] = { OP_MAKE, OP_MOUNT,
						     OP_REMOUNT, OP_UNSHARE };

	*step = (struct step){
		.r = {
			.type = types[nr],
			.propagation = types[nr] == OP_MAKE ? MAKE_SHARED :
							      MAKE_NONE,
		},
	};
	if (types[nr] == OP_UNSHARE) {
		step->r.new_user_ns = chance(40);
		return;
	}
	strcpy(step->r.target,
	       types[nr] == OP_MAKE || (types[nr] == OP_REMOUNT && chance(50)) ?
		       "/" :
		       "/a");
	if (types[nr] == OP_REMOUNT)
		step->r.attr_set = random_attributes() | random_attributes();
}

/*
 * Kernels before "fix propagation graph breakage by MOVE_MOUNT_SET_GROUP
 * move_mount(2)" (6.16, and in stable kernels) put who joins a slave first on the
 * master's list: peers do not stand side by side any more, and what propagates
 * from then on is no subject of the model.  The step itself is one of
 * provocations.c.
 */
static bool breaks_slave_list(const struct replay *r, const struct step *step)
{
	const struct actor *actor = &r->actors.all[step->actor];
	const struct request *q = &step->r;
	struct place from;

	if (q->type != OP_SET_GROUP || r->w->rules->set_group_behind)
		return false;
	from = replay_source(r, actor, q);
	return from.mount && from.mount->now.master;
}

static bool is_subject(const struct replay *r, const struct step *step)
{
	return replay_applies(r, step) && !breaks_slave_list(r, step);
}

/* Of any kind that can be done now. */
static enum choice draw_any(const struct replay *r, struct step *step)
{
	enum choice choice;

	do {
		choice = random_choice();
		draw(r, choice, step);
	} while (!is_subject(r, step));
	return choice;
}

/* Of the refusals one that is worth to be seen. */
static bool is_locked_attribute(const struct step *step,
				const struct prediction_of_step *p)
{
	return p->o.error == EPERM &&
	       (step->r.type == OP_SETATTR || is_remount(&step->r));
}

/* Marked by MNT_EXPIRE, or at fs.mount-max: that has to come out right, too. */
static bool is_wanted_refusal(int error)
{
	return error == EAGAIN || (error == ENOSPC && chance(50));
}

/* The next step of the beginning, if there is one and now is its time. */
static bool next_of_beginning(const struct replay *r, struct step *step)
{
	while (begun < beginning.nr_steps && !chance(PUT_BETWEEN)) {
		*step = beginning.steps[begun++];
		if (!chance(LEFT_OUT) && is_subject(r, step))
			return true;
	}
	return false;
}

void random_step(struct replay *r, int nr, struct step *step,
		 struct prediction_of_step *p)
{
	int tries = chance(WANTED) ? TRIES : 1;
	struct step other;
	enum choice choice;

	if (next_of_beginning(r, step)) {
		replay_predict(r, step, p);
		return;
	}
	if (nr < FIRST_STEPS && !beginning.nr_steps && chance(70)) {
		first_step(step, nr);
		replay_predict(r, step, p);
		return;
	}
	choice = draw_any(r, step);
	replay_predict(r, step, p);
	/* What umount -R did before it was refused stays. */
	while (p->o.error && choice != CHOOSE_RECURSIVE && --tries &&
	       !is_wanted_refusal(p->o.error) &&
	       !(is_locked_attribute(step, p) && chance(60))) {
		/* It may be that nothing of the kind succeeds here. */
		if (tries < TRIES / 2)
			choice = draw_any(r, &other);
		else
			draw(r, choice, &other);
		if (!is_subject(r, &other))
			continue;
		*step = other;
		world_undo_use(r->w);
		replay_predict(r, step, p);
	}
}
