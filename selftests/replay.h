/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model against the kernel, step by step: the model predicts from what a
 * snapshot shows, the kernel does it, and a new snapshot is compared with the
 * prediction.  It is what the next step begins with.
 */
#ifndef MNTPROP_TEST_REPLAY_H
#define MNTPROP_TEST_REPLAY_H

#include "actors.h"
#include "reproducer.h"
#include "rules.h"
#include "script.h"
#include "world.h"

struct replay {
	struct actors actors;
	int proc;
	struct snapshot *s;
	struct world *w; /* of it, or what was predicted from it */
	size_t mount_max, base_mounts; /* those of the system */
	/* By actor: where its tree was copied from, which a snapshot does not tell. */
	uint64_t origins[MAX_ACTORS];
	const struct rules *rules; /* NULL: those of the running kernel */
	char *report; /* of the first difference, NULL if there is none */
	bool broken; /* that was there before the first operation */
	/* All that the actors did, see reproducer.h. */
	struct deed *deeds;
	size_t nr_deeds;
	size_t first_mounts; /* that the first actor began with */
	struct audience base; /* what is not the actors' */
	struct last_step {
		struct step step;
		size_t deed; /* the first of it */
		int predicted, error;
		struct actors actors; /* as they were before it */
		struct snapshot *s; /* before it; NULL: there was none yet */
		struct world *w; /* what was predicted from that */
		struct world_ns *new_ns; /* in it, or NULL */
	} last;
};

struct prediction_of_step {
	struct outcome o;
	/* What umount -R begins at; NULL: it is no mountpoint. */
	const struct mount *top;
};

/* A world of a snapshot, by the rules and with the limit of the replay. */
struct world *replay_world(const struct replay *r, const struct snapshot *s);

/*
 * Begins with one actor, see actors.h.  @rules stay the caller's.  The report is set if the
 * kernel's lists are broken already.
 */
void replay_begin(struct replay *r, size_t mount_max,
		  const struct rules *rules);
void replay_end(struct replay *r);

/* For the steps to come. */
void replay_set_mount_max(struct replay *r, size_t max);

/* Whether the step makes sense: one of a shortened script may not any more. */
bool replay_applies(const struct replay *r, const struct step *step);

/*
 * Makes the world what it is after the step; what fails leaves it as it was, but
 * for umount -R.
 */
void replay_predict(struct replay *r, const struct step *step,
		    struct prediction_of_step *p);

/*
 * Has the kernel do what was predicted.  Returns whether that came true, with the
 * report set if not.
 */
bool replay_do(struct replay *r, const struct step *step,
	       const struct prediction_of_step *p);

/*
 * From the beginning to the end, or to the first difference; then @show, if it is not NULL,
 * is given what there is.  Returns how many steps came true; the report is to be freed.
 */
int replay_script(struct replay *r, const struct script *script,
		  const struct rules *rules,
		  void (*show)(struct replay *r, void *arg), void *arg);

/*
 * Whether the target of what the model did leads to the new mount: a copy of what is
 * mounted can cover the way to it.
 */
bool replay_leads_to_new(const struct replay *r, const struct step *step);

/*
 * Whether the root of each actor is mounted.  One that was moved beneath another
 * can be unmounted by what its parent's peers do (7.2 lets that happen), and the
 * model has only what is in a namespace.
 */
bool replay_has_roots(const struct replay *r);

/*
 * Whether the actor can use this FROM_TREE or FROM_HELD of the actor @of: it is there, and
 * may be opened.
 */
bool replay_has_reference(const struct replay *r, const struct actor *actor,
			  enum request_operand what, int of);

/* Path of a mount from the actor's root; NULL: it is not below that. */
const char *replay_path_of(const struct replay *r, const struct actor *actor,
			   const struct mount *m);

/* Where the operands of a request are; without a mount if there is none. */
struct place replay_source(const struct replay *r, const struct actor *actor,
			   const struct request *q);
struct place replay_target(const struct replay *r, const struct actor *actor,
			   const struct request *q);

/* The actor's root, for lookups; without a mount if it is not mounted. */
struct place replay_root(const struct replay *r, const struct actor *actor);

/* The actor's mount namespace. */
struct world_ns *replay_ns(const struct replay *r, const struct actor *actor);

/*
 * Whether the path can be looked up: below no filesystem's root are more
 * directories than ACTOR_DEPTH.
 */
bool replay_path_exists(const struct replay *r, const struct actor *actor,
			const char *path);

/*
 * Whether what is at the path, which exists, is something that can be removed: a directory
 * has to be empty.
 */
bool replay_is_removable(const struct replay *r, const struct actor *actor,
			 const char *path);

#endif
