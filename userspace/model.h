/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps from records to a linked snapshot, in this order; for the library. */
#ifndef MNTPROP_MODEL_H
#define MNTPROP_MODEL_H

#include <stddef.h>

#include "arena.h"
#include "snapshot.h"

#define NOTHING ((size_t)-1)

/* All of it.  Returns 0, or -1 with @err set (a mount id twice, no memory). */
int model_link(struct snapshot *s, struct error *err);

/*
 * @next says for each of @n things which one it hangs from, or NOTHING.  Takes
 * one link out of every circle.  Returns -1 without memory.
 */
int model_cut_circles(size_t *next, size_t n, struct arena *scratch);

/* Sets hidden, hidden_by; @order has parents first.  -1 without memory. */
int model_hide(struct snapshot *s, struct mount **order, struct arena *scratch);

/* Makes the peer groups and their forest.  -1 without memory. */
int model_group(struct snapshot *s, struct arena *scratch);

#endif
