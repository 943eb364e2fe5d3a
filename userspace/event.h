/* SPDX-License-Identifier: GPL-2.0-only */
/* A change as a line: for people, or a JSON object. */
#ifndef MNTPROP_EVENT_H
#define MNTPROP_EVENT_H

#include "changes.h"
#include "text.h"

/**
 * event_add() - a line for a change
 * @out:	where to add it, without encoding
 * @json:	as an object
 * @before:	the snapshot in which it had not happened yet
 * @after:	the one in which it had: its time is the event's
 * @c:		what changes_find() reported of the two
 */
void event_add(struct text *out, bool json, const struct snapshot *before,
	       const struct snapshot *after, const struct change *c);

/* The same of what is missing between them, if anything is. */
void event_add_gap(struct text *out, bool json, const struct snapshot *before,
		   const struct snapshot *after, const struct gap *gap);

#endif
