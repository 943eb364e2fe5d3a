// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes snapshots: finds memory beforehand, lets the walk fill it, and starts
 * again with more when it was not enough.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "links.h"
#include "memory.h"
#include "snapshot.h"
#include "string_table.h"
#include "walk.h"

/*
 * A walk tells how many namespaces there are, or else how many mounts, or else how many
 * bytes of strings; the fourth has room for all, unless others make more meanwhile. The
 * last is taken as it is.
 */
#define MAX_TRIES 6

/* Of the first snapshot; enough for a small machine. */
static const struct mntprop_room first_room = {
	.namespaces = 64,
	.mounts = 512,
	.strings = 64 << 10,
};

/* Of strings that are known; more are no faster to look up. */
#define MIN_KNOWN 64
#define MAX_KNOWN 32768
/* Of known strings to a superblock. */
#define KNOWN_SB_SHIFT 2

static atomic_t nr_open = ATOMIC_INIT(0);
static DEFINE_MUTEX(stats_lock);
static struct mntprop_stats stats;
/* What the last snapshot needed, under stats_lock. */
static struct mntprop_room last_need;

static size_t bytes_for(const struct mntprop_room *room)
{
	const struct mntprop_snapshot *s;

	return sizeof(*s) + room->namespaces * sizeof(*s->namespaces) +
	       room->mounts * (sizeof(*s->mounts) + sizeof(*s->slaves)) +
	       room->strings;
}

static size_t bytes_of(const struct mntprop_snapshot *s)
{
	return bytes_for(&s->room) +
	       (sizeof(*s->ns_index.slots) << s->ns_index.bits);
}

/* It is of use only under the lock. */
static void free_known(struct mntprop_snapshot *s)
{
	kvfree(s->known);
	kvfree(s->known_sbs);
	s->known = NULL;
	s->known_sbs = NULL;
}

static void free_links(struct mntprop_snapshot *s)
{
	kvfree(s->links);
	s->links = NULL;
}

/**
 * mntprop_snapshot_free() - free a snapshot
 * @s:	the snapshot, or NULL
 */
void mntprop_snapshot_free(struct mntprop_snapshot *s)
{
	if (!s)
		return;
	index_free(&s->ns_index);
	kvfree(s->namespaces);
	kvfree(s->mounts);
	kvfree(s->slaves);
	free_known(s);
	free_links(s);
	kvfree(s->strings);
	kfree(s);
	atomic_dec(&nr_open);
}

/* As many as there are mounts: a path of two is in place. */
static bool allocate_known(struct mntprop_snapshot *s)
{
	size_t nr = clamp_t(size_t, s->room.mounts, MIN_KNOWN, MAX_KNOWN);

	BUILD_BUG_ON(MIN_KNOWN >> KNOWN_SB_SHIFT < 2);
	s->known_bits = ilog2(nr);
	s->known = mntprop_memory_get(1UL << s->known_bits, sizeof(*s->known),
				      __GFP_ZERO);
	s->known_sb_bits = s->known_bits - KNOWN_SB_SHIFT;
	s->known_sbs = mntprop_memory_get(1UL << s->known_sb_bits,
					  sizeof(*s->known_sbs), __GFP_ZERO);
	return s->known && s->known_sbs;
}

static struct mntprop_snapshot *allocate(const struct mntprop_room *room)
{
	const size_t size_ns = sizeof(struct mntprop_ns);
	struct mntprop_snapshot *s;

	if (!mntprop_memory_is_to_spare(bytes_for(room)))
		return NULL;
	s = kzalloc(sizeof(*s), MNTPROP_GFP);
	if (!s)
		return NULL;
	atomic_inc(&nr_open);
	s->room = *room;
	s->namespaces =
		mntprop_memory_get(room->namespaces, size_ns, __GFP_ZERO);
	s->mounts = mntprop_memory_get(room->mounts, sizeof(*s->mounts),
				       __GFP_ZERO);
	s->links = mntprop_memory_get(room->mounts, sizeof(*s->links), 0);
	s->slaves = mntprop_memory_get(room->mounts, sizeof(*s->slaves), 0);
	s->strings = mntprop_memory_get(room->strings + STRING_PADDING, 1, 0);
	if (!s->namespaces || !s->mounts || !s->links || !s->slaves ||
	    !s->strings || !allocate_known(s) ||
	    index_init(&s->ns_index, room->namespaces)) {
		mntprop_snapshot_free(s);
		return NULL;
	}
	return s;
}

static size_t grown(size_t need, u32 tries, size_t least)
{
	return max(need + need * (tries + 1) / 8, least);
}

/* Some slack, for what is mounted between two tries: more, if that was not enough. */
static struct mntprop_room room_for(const struct mntprop_room *need, u32 tries)
{
	return (struct mntprop_room){
		.namespaces =
			grown(need->namespaces, tries, first_room.namespaces),
		.mounts = grown(need->mounts, tries, first_room.mounts),
		.strings = grown(need->strings, tries, first_room.strings),
	};
}

/*
 * What a walk that ran out of room tells: mounts not looked at need strings, too, as
 * many as others do.
 */
static struct mntprop_room need_after(const struct mntprop_snapshot *s)
{
	struct mntprop_room need = s->need;

	if (need.mounts > s->nr_mounts && s->nr_mounts)
		need.strings = max(need.strings,
				   need.strings / s->nr_mounts * need.mounts);
	need.strings =
		clamp_t(size_t, need.strings, s->room.strings / 2, STRINGS_MAX);
	need.mounts = max_t(size_t, need.mounts, s->room.mounts / 2);
	need.namespaces = max_t(size_t, need.namespaces, s->nr_namespaces);
	return need;
}

/* Records that are looked at between two chances for others to run. */
#define REST_MOUNTS 1024

/* Ids begin at 0, keys of an index at 1. */
static unsigned long id_key(u32 id)
{
	return id + 1UL;
}

/**
 * mntprop_snapshot_index() - make an index of the mounts by id
 * @s:		the snapshot
 * @by_id:	to be given to index_free()
 *
 * Return: 0 or -ENOMEM.
 */
int mntprop_snapshot_index(const struct mntprop_snapshot *s,
			   struct mntprop_index *by_id)
{
	int err = index_init(by_id, s->nr_mounts);
	u32 i;

	if (err)
		return err;
	for (i = 0; i < s->nr_mounts; i++) {
		index_insert(by_id, id_key(s->mounts[i].id), i);
		if (i % REST_MOUNTS == 0)
			cond_resched();
	}
	return 0;
}

/**
 * mntprop_snapshot_mount() - find a mount by id
 * @s:		the snapshot
 * @by_id:	its index
 * @id:		of the mount
 *
 * Return: the mount, NULL if it is not in the snapshot.
 */
const struct mntprop_mount *
mntprop_snapshot_mount(const struct mntprop_snapshot *s,
		       const struct mntprop_index *by_id, u32 id)
{
	u32 i;

	return index_find(by_id, id_key(id), &i) ? &s->mounts[i] : NULL;
}

static void note_hold(u64 hold)
{
	mutex_lock(&stats_lock);
	stats.last_hold = hold;
	stats.longest_hold = max(stats.longest_hold, hold);
	mutex_unlock(&stats_lock);
}

static void note_end(const struct mntprop_snapshot *s, u32 retries)
{
	mutex_lock(&stats_lock);
	stats.retries += retries;
	if (IS_ERR(s)) {
		stats.failed++;
	} else {
		stats.taken++;
		stats.namespaces = s->nr_namespaces;
		stats.mounts = s->nr_mounts;
		stats.bytes = bytes_of(s);
		stats.strings = s->room.strings;
		last_need = s->need;
		last_need.namespaces = s->nr_namespaces;
	}
	mutex_unlock(&stats_lock);
}

static struct mntprop_snapshot *take(u32 *retries)
{
	struct mntprop_snapshot *s;
	struct mntprop_room room;
	int err;

	mutex_lock(&stats_lock);
	room = room_for(&last_need, 0);
	mutex_unlock(&stats_lock);

	for (*retries = 0;; ++*retries) {
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		s = allocate(&room);
		if (!s)
			return ERR_PTR(-ENOMEM);
		s->partial = *retries == MAX_TRIES - 1;
		err = mntprop_walk(s);
		free_known(s);
		if (err != -EINTR)
			note_hold(s->hold);
		if (err == -ENOSPC && s->partial) {
			s->stopped |= STOPPED_ROOM;
			err = 0;
		}
		if (!err)
			err = mntprop_links_resolve(s);
		free_links(s);
		if (!err) {
			s->retries = *retries;
			return s;
		}
		room = need_after(s);
		room = room_for(&room, *retries);
		mntprop_snapshot_free(s);
		if (err != -ENOSPC)
			return ERR_PTR(err);
	}
}

/**
 * mntprop_snapshot_take() - take a snapshot
 *
 * Context: Process context; sleeps, takes namespace_sem.
 * Return: the snapshot, to be given to mntprop_snapshot_free(); or an ERR_PTR:
 * -ENOMEM, -EINTR when the task is being killed. Where mounts multiply faster than
 * memory for them can be had, the snapshot says that it is not complete.
 */
struct mntprop_snapshot *mntprop_snapshot_take(void)
{
	struct mntprop_snapshot *s;
	u32 retries;

	s = take(&retries);
	note_end(s, retries);
	return s;
}

/**
 * mntprop_snapshot_stats() - the figures so far
 * @copy:	where to
 */
void mntprop_snapshot_stats(struct mntprop_stats *copy)
{
	mutex_lock(&stats_lock);
	*copy = stats;
	copy->open = atomic_read(&nr_open);
	mutex_unlock(&stats_lock);
}
