/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model says of an operation, as rows and counts. */
#ifndef MNTPROP_PREDICTION_H
#define MNTPROP_PREDICTION_H

#include "plan.h"
#include "text.h"
#include "view.h"

struct prediction {
	const struct options *o;
	const struct snapshot *s;
	struct plan plan;
	struct world *world;
	struct outcome outcome;
	/* of the next umount, if this one only marks it (MNT_EXPIRE) */
	struct outcome later;
	struct view *view;
	size_t *with; /* by index of the mount at the top: mounts of its tree */
	size_t mount_max;
	size_t namespaces; /* that are not anonymous */
	/* in so many of them */
	size_t appears, hidden, loses, changes, overflows;
	size_t rows;
};

/* A row: a mount, without those that only come along with it. */
struct row {
	const struct prediction *p;
	const struct world_change *change;
	bool hidden;
	struct world_mount *hidden_by;
};

/**
 * prediction_make() - try the operation that is asked for
 * @p:	set to what came of it, for prediction_free()
 * @s:	the snapshot, to live as long as @p
 * @o:	arguments: the operation and its paths; the limit of mounts
 *
 * Where there would be too many mounts, the changes are those that there would
 * be without the limit; where a mount is only marked, those of the next umount.
 * Does not return if it is not clear what is asked.
 */
void prediction_make(struct prediction *p, const struct snapshot *s,
		     const struct options *o);
void prediction_free(struct prediction *p);

/**
 * prediction_row() - whether a change is worth a row
 * @p:		the prediction
 * @change:	one of its outcome's
 * @row:	set to it, if it is
 *
 * What comes or goes with the mount above it is not, nor what slides beneath
 * or off another mount without changing its path.
 *
 * Return: whether it is.
 */
bool prediction_row(const struct prediction *p,
		    const struct world_change *change, struct row *row);

/* It was elsewhere before. */
#define CHANGE_GETS_PATH (CHANGE_MOVED | CHANGE_RENAMED)

/* In which namespace it happens. */
struct world_ns *change_ns(const struct world_change *c);

/* How many mounts a namespace has more than before. */
long long prediction_gain(const struct world_ns *ns);

/* How many more it can have; below 0 where the operation fails for that. */
long long prediction_left(const struct prediction *p,
			  const struct world_ns *ns);

/* As mount_propagation() has it; groups that are made are new1, new2, ... */
void prediction_add_type(struct text *out, const struct world_state *m,
			 bool now);

/* The options of a mount as in mountinfo: "rw,nosuid,relatime". @flags: WORLD_… */
void prediction_add_options(struct text *out, unsigned int flags);

/* A umount that is refused for what is in use, if that is not known. */
bool prediction_is_unknown(const struct prediction *p);

/* What comes of it, in a line. */
void prediction_add_verdict(struct text *out, const struct prediction *p);

/* Its path in the world that is predicted; free() it. */
char *prediction_path(const struct world_mount *m);

#endif
