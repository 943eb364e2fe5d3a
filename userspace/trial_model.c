// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "outline.h"
#include "reproducer.h"
#include "trial.h"
#include "world.h"

/*
 * What the first actor begins with: a tmpfs, which it cannot leave, on the root of its
 * namespace.
 */
#define USER_NS 1
#define ROOT_ID 2
static const char beginning[] =
	"mntprop 1\n"
	"system release=0 mono=0 wall=0\n"
	"capture hold=0 retries=0 namespaces=1 mounts=2 complete=yes\n"
	"ns nr=0 inum=1 id=1 user_ns=1 anon=0 root=1 nr_mounts=2 found=2 event=1 tasks=1 pid=1 comm=actor\n"
	"mount id=1 ns=0 parent=1 mountpoint=/ mp_dentry=0000000000000001 root=/ root_dentry=0000000000000001 dev=0:1 type=rootfs flags=relatime overmount=2 count=2\n"
	"mount id=2 ns=0 parent=1 mountpoint=/ mp_dentry=0000000000000001 root=/ root_dentry=0000000000000002 dev=0:2 type=tmpfs flags=relatime count=2\n"
	"end namespaces=1 mounts=2\n";

/* One of the actors, as the model sees it. */
struct player {
	struct world_ns *ns;
	unsigned int user_ns;
	struct world_mount *root;
	struct world_mount *tree; /* what it made last by OP_OPEN_TREE, or NULL */
	struct world_mount *held; /* what it holds last, or NULL */
};

struct stage {
	struct world *w;
	struct player players[MAX_ACTORS];
	int nr;
};

static struct place root_of(struct world_mount *m)
{
	return (struct place){ .mount = m, .path = "/", .here = true };
}

static struct place look_up(struct stage *s, const struct player *p,
			    const struct request *q, const char *path)
{
	return script_lookup(s->w, root_of(p->root), q, path);
}

static struct place operand(struct stage *s, const struct player *p,
			    const struct request *q, enum request_operand what,
			    int of, const char *path)
{
	struct place place;

	if (what != FROM_TREE && what != FROM_HELD)
		return look_up(s, p, q, path);
	place = root_of(what == FROM_TREE ? s->players[of].tree :
					    s->players[of].held);
	place.file = script_is_file(&place);
	return place;
}

static void set_operands(struct stage *s, const struct player *p,
			 const struct request *q, struct operation *op)
{
	if (q->from == FROM_NS_FILE)
		op->ns_file = s->players[q->of].ns;
	op->source = operand(s, p, q, q->from, q->of, q->source);
	op->target = operand(s, p, q, q->to, q->to_of, q->target);
}

/* Who made it has its files open, too. */
static void new_player(struct stage *s, const struct player *from,
		       const struct operation *op, struct world_ns *ns)
{
	s->players[s->nr++] = (struct player){
		.ns = ns,
		.user_ns = op->new_user_ns ? 0 : op->user_ns,
		.root = world_root(s->w, ns).mount,
		.held = from->held,
	};
}

static bool is_move(const struct request *q)
{
	return q->type == OP_MOVE || q->type == OP_MOVE_BENEATH;
}

static int operate(struct stage *s, struct player *p, const struct request *q,
		   int *error, struct error *err)
{
	struct operation op = script_operation(q);
	struct outcome o;

	op.ns = p->ns;
	op.user_ns = p->user_ns;
	op.root = root_of(p->root);
	set_operands(s, p, q, &op);
	if (world_apply(s->w, &op, &o, err))
		return -1;
	*error = o.error;
	if (o.error)
		return 0;
	if (makes_namespace(op.type))
		new_player(s, p, &op, o.ns);
	else if (op.type == OP_OPEN_TREE)
		p->tree = o.ns->root;
	else if (is_move(q) && q->from == FROM_TREE)
		s->players[q->of].tree = NULL;
	return 0;
}

static void hold(struct stage *s, struct player *p, const struct request *q)
{
	struct place place = operand(s, p, q, q->to, q->to_of, q->target);

	place.mount->busy++;
	world_use(place.mount);
	p->held = strcmp(place.path, "/") ? NULL : place.mount;
}

/* What the step needs is there. */
static bool has_operand(const struct stage *s, enum request_operand what,
			int of)
{
	switch (what) {
	case FROM_TREE:
		return of < s->nr && s->players[of].tree;
	case FROM_HELD:
		return of < s->nr && s->players[of].held;
	default:
		return of < s->nr;
	}
}

static bool can_play(const struct stage *s, const struct step *step)
{
	const struct request *q = &step->r;

	return step->actor < s->nr && q->what != DO_RELEASE &&
	       q->what != DO_CHROOT && q->what != DO_SETNS &&
	       has_operand(s, q->from, q->of) &&
	       has_operand(s, q->to, q->to_of);
}

/* The new mount is where the path leads, or none was made. */
static bool leads_to_new(struct stage *s, const struct player *p,
			 const struct request *q, int last_id)
{
	struct place place = look_up(s, p, q, q->target);

	return place.mount && place.mount->id < last_id &&
	       !strcmp(place.path, "/");
}

/* What can be played.  Sets @d to what was done. */
static int play(struct stage *s, const struct step *step, struct deed *d,
		struct error *err)
{
	struct player *p = &s->players[step->actor];
	int last_id = s->w->last_mount_id;

	*d = (struct deed){ .actor = step->actor, .r = step->r };
	d->covered = world_mounted_on(s->w, p->root, p->root->root);
	if (step->r.what == DO_HOLD) {
		hold(s, p, &step->r);
		return 0;
	}
	if (operate(s, p, &step->r, &d->error, err))
		return -1;
	d->r.by_fd = step->r.type == OP_MOUNT && !d->error &&
		     !leads_to_new(s, p, &step->r, last_id);
	return 0;
}

static bool is_below(const struct world_mount *m, const struct world_mount *top)
{
	while (m != top && m != m->now.parent)
		m = m->now.parent;
	return m == top;
}

/* From @top on, as a process whose root it is reads in mountinfo. */
static void add_path(const struct world_mount *m, const struct world_mount *top,
		     FILE *f)
{
	const char *mountpoint = world_mountpoint(m);

	if (m == top)
		return;
	add_path(m->now.parent, top, f);
	if (strcmp(mountpoint, "/"))
		fprintf(f, "%s", mountpoint);
}

static int add_mount(struct outline *o, unsigned int nr,
		     const struct world_mount *m, const struct world_mount *top,
		     int last_id)
{
	struct outline_mount line = {
		.ns = nr,
		.id = m->id,
		.parent = m == top ? m->id : m->now.parent->id,
		.root = m->mnt_ns_file ? "(nsfs)" : (char *)m->root->path,
		.fs = (uintptr_t)m->root->sb,
		.group = m->now.group_id,
		.master = m->now.master ? m->now.master->now.group_id : 0,
		.unbindable = m->now.flags & WORLD_UNBINDABLE,
		.flags = m->now.flags & WORLD_SETTABLE,
		.made = m->id < last_id ? -m->id : 0,
	};
	size_t len;
	FILE *f = open_memstream(&line.path, &len);
	int rc;

	if (!f)
		return -1;
	add_path(m, top, f);
	if (!ftell(f))
		fputc('/', f);
	rc = fclose(f) || outline_add(o, &line);
	free(line.path);
	return rc ? -1 : 0;
}

/* @last_id: of the mounts that were there before the last step */
static int print_stage(const struct stage *s, int last_id, FILE *f)
{
	struct outline o = {};
	size_t i;
	int nr, rc = 0;

	for (nr = 0; nr < s->nr; nr++) {
		const struct player *p = &s->players[nr];

		for (i = 0; i < s->w->nr_mounts && !rc; i++) {
			const struct world_mount *m = s->w->mounts[i];

			if (m->now.ns == p->ns && is_below(m, p->root))
				rc = add_mount(&o, nr, m, p->root, last_id);
		}
	}
	if (!rc)
		outline_print(&o, f);
	outline_free(&o);
	return rc;
}

static void begin(struct stage *s)
{
	s->players[0] = (struct player){
		.ns = world_ns_of(s->w, 0),
		.user_ns = USER_NS,
		.root = world_mount_of(s->w, ROOT_ID),
	};
	s->nr = 1;
}

static int play_all(struct stage *s, const struct script *script, FILE *f,
		    struct error *err)
{
	int i, last_id = 0;
	struct deed d;

	begin(s);
	for (i = 0; i < script->nr_steps; i++) {
		last_id = s->w->last_mount_id;
		if (!can_play(s, &script->steps[i])) {
			fprintf(f, "-\n");
			continue;
		}
		if (play(s, &script->steps[i], &d, err))
			return -1;
		fprintf(f, "%s\n", d.error ? strerrorname_np(d.error) : "ok");
	}
	if (!print_stage(s, last_id, f))
		return 0;
	return error_set(err, "out of memory");
}

static int look(const struct stage *s, struct audience *to, int error,
		struct ending *e)
{
	for (to->nr = 0; to->nr < (unsigned int)s->nr; to->nr++)
		to->ns[to->nr] = s->players[to->nr].ns;
	e->error = error;
	return ending_look(e, s->w, s->w, to);
}

static int reproduce(struct stage *s, const struct script *script,
		     const char *release, FILE *f, struct error *err)
{
	struct deed deeds[MAX_STEPS];
	struct ending expected;
	struct reproducer r = {
		.deeds = deeds,
		.mount_max = script->mount_max,
		.release = release,
		.expected = &expected,
	};
	struct audience to;
	int i;

	begin(s);
	r.base_mounts = s->players[0].ns->nr_mounts;
	ending_hide_base(&to, s->players[0].root);
	for (i = 0; i < script->nr_steps; i++) {
		if (!can_play(s, &script->steps[i]))
			continue;
		if (play(s, &script->steps[i], &deeds[r.nr++], err))
			return -1;
	}
	r.last = r.nr ? r.nr - 1 : 0;
	if (look(s, &to, r.nr ? deeds[r.last].error : 0, &expected))
		return error_set(err, "out of memory");
	reproducer_print(&r, f);
	ending_free(&expected);
	return 0;
}

static int on_stage(const struct script *script, const struct rules *rules,
		    struct stage *s, struct snapshot **snapshot,
		    struct error *err)
{
	*snapshot = snapshot_parse(beginning, sizeof(beginning) - 1, "a trial",
				   err);
	if (!*snapshot)
		return -1;
	s->w = world_new_by_rules(*snapshot, rules, err);
	if (s->w)
		s->w->mount_max = script->mount_max;
	return s->w ? 0 : -1;
}

static void leave_stage(struct stage *s, struct snapshot *snapshot)
{
	world_free(s->w);
	snapshot_free(snapshot);
}

int trial_by_model(const struct script *script, const struct rules *rules,
		   FILE *f, struct error *err)
{
	struct snapshot *snapshot;
	struct stage s = {};
	int rc = on_stage(script, rules, &s, &snapshot, err);

	if (!rc)
		rc = play_all(&s, script, f, err);
	leave_stage(&s, snapshot);
	return rc;
}

int trial_reproducer(const struct script *script, const struct rules *rules,
		     const char *release, FILE *f, struct error *err)
{
	struct snapshot *snapshot;
	struct stage s = {};
	int rc = on_stage(script, rules, &s, &snapshot, err);

	if (!rc)
		rc = reproduce(&s, script, release, f, err);
	leave_stage(&s, snapshot);
	return rc;
}
