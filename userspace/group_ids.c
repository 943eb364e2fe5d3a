// SPDX-License-Identifier: GPL-2.0-only
/*
 * The numbers of peer groups.  The kernel gives the smallest that no mount of the machine
 * has (mnt_group_ida), and takes it back when the last member leaves.  So that a group is
 * known as new the model has ids of its own, below 0, and notes the number of each.
 */
#include <string.h>

#include "arena.h"
#include "vfs.h"

#define GROUP_USED 1
/* By a mount that is in no namespace: it is not the model that takes it back. */
#define GROUP_HELD 2

/* What is beyond the table is looked at when it grows. */
static void note(struct world *w, int number, unsigned char what)
{
	if (number > 0 && (size_t)number < w->group_numbers_size)
		w->group_numbers[number] |= what;
}

static int make_table(struct world *w, size_t size)
{
	const struct snapshot *s = w->snapshot;
	unsigned char *table = arena_alloc(w->arena, size, sizeof(*table));
	size_t i;

	if (!table)
		return -1;
	w->group_numbers = table;
	w->group_numbers_size = size;
	for (i = 0; i < s->nr_unattached; i++)
		note(w, s->unattached[i]->group_id, GROUP_USED | GROUP_HELD);
	for (i = 0; i < w->nr_mounts; i++)
		note(w, world_group_number(w, w->mounts[i]->now.group_id),
		     GROUP_USED);
	return 0;
}

int group_numbers_init(struct world *w)
{
	size_t size = 64;

	/* each number that is used is that of a mount at least */
	while (size <= w->snapshot->nr_mounts)
		size *= 2;
	w->free_group_number = 1;
	return make_table(w, size);
}

/* The smallest that is free; 0 without memory. */
static int take_number(struct world *w)
{
	size_t n = w->free_group_number;

	while (1) {
		while (n < w->group_numbers_size && w->group_numbers[n])
			n++;
		if (n < w->group_numbers_size)
			break;
		if (make_table(w, n * 2))
			return 0;
	}
	note(w, n, GROUP_USED);
	w->free_group_number = n + 1;
	return n;
}

/* The number of the model's next group. */
static int note_number(struct world *w, int number)
{
	size_t n = -w->last_group_id;
	int *more;

	if (n == w->new_groups_room) {
		w->new_groups_room = n ? n * 2 : 16;
		more = arena_alloc(w->arena, w->new_groups_room, sizeof(*more));
		if (!more)
			return -1;
		if (n)
			memcpy(more, w->new_groups, n * sizeof(*more));
		w->new_groups = more;
	}
	w->new_groups[n] = number;
	return 0;
}

void mnt_alloc_group_id(struct world *w, struct world_mount *m)
{
	int number = take_number(w);

	if (!number || note_number(w, number))
		w->no_memory = true;
	else
		m->now.group_id = --w->last_group_id;
}

void mnt_release_group_id(struct world *w, struct world_mount *m)
{
	int number = world_group_number(w, m->now.group_id);

	m->now.group_id = 0;
	if ((size_t)number >= w->group_numbers_size ||
	    w->group_numbers[number] & GROUP_HELD)
		return;
	w->group_numbers[number] = 0;
	if (number < w->free_group_number)
		w->free_group_number = number;
}

int world_group_number(const struct world *w, int id)
{
	return id < 0 ? w->new_groups[-id - 1] : id;
}
