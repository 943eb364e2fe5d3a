/* SPDX-License-Identifier: GPL-2.0-only */
/* What tells that a new snapshot is worth taking. */
#ifndef MNTPROP_WAKEUP_H
#define MNTPROP_WAKEUP_H

#include "snapshot.h"

struct wakeup;

/**
 * wakeup_new() - begin to listen
 *
 * From here on SIGINT and SIGTERM only end wakeup_wait() and wakeup_can_write(),
 * and so does a reader of stdout who goes; SIGPIPE is ignored.
 *
 * The caller has one thread: it goes into the other namespaces for a moment.
 *
 * Return: never NULL, and not at all if something is missing for it.
 */
struct wakeup *wakeup_new(void);

/**
 * wakeup_follow() - listen to the namespaces of a snapshot
 * @w:	from wakeup_new()
 * @s:	the last one that was taken
 *
 * Those without a process, those that may not be entered, and those for which no
 * descriptor is left, are not listened to: what happens there is found when
 * wakeup_wait() has waited for as long as it may.
 *
 * Return: whether there are new ones: what has happened to them since the
 * snapshot was taken will wake nobody.
 */
bool wakeup_follow(struct wakeup *w, const struct snapshot *s);

/**
 * wakeup_wait() - sleep until something has happened
 * @w:		from wakeup_new()
 * @rest_ms:	but for at least this long
 * @limit_ms:	and for no longer than this
 *
 * Return: false if it is time to stop.
 */
bool wakeup_wait(struct wakeup *w, int rest_ms, int limit_ms);

/**
 * wakeup_can_write() - sleep until PIPE_BUF bytes can be written to stdout
 * @w:	from wakeup_new()
 *
 * Return: false if it is time to stop, and nobody takes what there is.
 */
bool wakeup_can_write(struct wakeup *w);
void wakeup_free(struct wakeup *w);

#endif
