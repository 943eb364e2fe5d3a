// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers for peer groups and superblocks that are common to two snapshots.  A
 * kernel gives theirs out as they come; what is the same in both snapshots is
 * which mounts have one in common.
 */
#include <stdlib.h>

#include "match.h"
#include "pairing.h"

#define NONE ((size_t)-1)

/* Groups, or superblocks, of both snapshots: classes of their mounts. */
struct classes {
	size_t (*of)(const struct side *side, const struct placed *p);
	size_t nr[2];
	size_t *partner[2]; /* by class: that of the other snapshot, or NONE */
	size_t *number[2]; /* by class, 0: none yet */
	size_t last; /* number given out */
};

/* How many pairs of mounts two classes have in common. */
struct overlap {
	size_t nr, a, b;
};

static size_t group_of(const struct side *side, const struct placed *p)
{
	return p->m->group ? (size_t)(p->m->group - side->s->groups) : NONE;
}

static size_t fs_of(const struct side *side, const struct placed *p)
{
	(void)side;
	return p->fs;
}

/* Mounts have the class of theirs where the number comes to stand. */
static int find_superblocks(struct side *side, size_t *nr_fs,
			    struct arena *scratch)
{
	size_t nr = side->s->nr_mounts, i;
	struct keyed *list = arena_alloc(scratch, nr, sizeof(*list));

	if (!list)
		return -1;
	for (i = 0; i < nr; i++) {
		const struct mount *m = side->mounts[i].m;

		list[i] = (struct keyed){ (uint64_t)m->major << 32 | m->minor,
					  i };
	}
	match_sort(list, nr);
	for (i = 0; i < nr; i++) {
		if (i && list[i].key != list[i - 1].key)
			(*nr_fs)++;
		side->mounts[list[i].index].fs = *nr_fs;
	}
	(*nr_fs)++;
	return 0;
}

static int most_first(const void *a, const void *b)
{
	const struct overlap *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? 1 : -1;
	if (x->a != y->a)
		return x->a > y->a ? 1 : -1;
	return (x->b > y->b) - (x->b < y->b);
}

static size_t count_overlaps(const struct pairing *p, const struct classes *c,
			     struct keyed *pairs, struct overlap *overlaps)
{
	const struct side *side = p->side;
	size_t i, nr = 0, n = 0;

	for (i = 0; i < side[0].s->nr_mounts; i++) {
		const struct placed *m = &side[0].mounts[i];
		size_t a = c->of(&side[0], m), b;

		if (a == NONE || !m->pair)
			continue;
		b = c->of(&side[1], m->pair);
		if (b != NONE)
			pairs[nr++] =
				(struct keyed){ (uint64_t)a << 32 | b, i };
	}
	match_sort(pairs, nr);
	for (i = 0; i < nr; i++) {
		if (!i || pairs[i].key != pairs[i - 1].key)
			overlaps[n++] = (struct overlap){
				.a = pairs[i].key >> 32,
				.b = pairs[i].key & UINT32_MAX,
			};
		overlaps[n - 1].nr++;
	}
	qsort(overlaps, n, sizeof(*overlaps), most_first);
	return n;
}

static int find_partners(struct pairing *p, struct classes *c)
{
	size_t nr = p->side[0].s->nr_mounts, i, n;
	struct keyed *pairs = arena_alloc(p->scratch, nr, sizeof(*pairs));
	struct overlap *overlaps =
		arena_alloc(p->scratch, nr, sizeof(*overlaps));

	if (!pairs || !overlaps)
		return -1;
	n = count_overlaps(p, c, pairs, overlaps);
	for (i = 0; i < n; i++) {
		const struct overlap *o = &overlaps[i];

		if (c->partner[0][o->a] != NONE || c->partner[1][o->b] != NONE)
			continue;
		c->partner[0][o->a] = o->b;
		c->partner[1][o->b] = o->a;
	}
	return 0;
}

static void give_number(const struct pairing *p, struct classes *c, int which,
			const struct placed *m)
{
	size_t class = c->of(&p->side[which], m), partner;

	if (class == NONE || c->number[which][class])
		return;
	c->number[which][class] = ++c->last;
	partner = c->partner[which][class];
	if (partner != NONE)
		c->number[!which][partner] = c->last;
}

static void give_numbers(const struct pairing *p, struct classes *c)
{
	size_t i;
	int j;

	for (i = 0; i < p->nr_steps; i++) {
		for (j = 0; j < 2; j++) {
			if (p->steps[i].mount[j])
				give_number(p, c, j, p->steps[i].mount[j]);
		}
	}
}

static size_t *new_numbers(size_t nr, size_t value, struct arena *arena)
{
	size_t *numbers = arena_alloc(arena, nr, sizeof(*numbers)), i;

	for (i = 0; numbers && i < nr; i++)
		numbers[i] = value;
	return numbers;
}

static int number(struct pairing *p, struct classes *c)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		c->partner[i] = new_numbers(c->nr[i], NONE, p->scratch);
		c->number[i] = new_numbers(c->nr[i], 0, p->scratch);
		if (!c->partner[i] || !c->number[i])
			return -1;
	}
	if (find_partners(p, c))
		return -1;
	give_numbers(p, c);
	return 0;
}

static size_t number_of(const struct classes *c, const struct side *side,
			int which, const struct placed *p)
{
	size_t class = c->of(side, p);

	return class == NONE ? 0 : c->number[which][class];
}

static int number_groups(struct pairing *p)
{
	struct classes c = { .of = group_of };
	size_t i, j;

	for (i = 0; i < 2; i++)
		c.nr[i] = p->side[i].s->nr_groups;
	if (number(p, &c))
		return -1;
	for (i = 0; i < 2; i++) {
		const struct side *side = &p->side[i];

		for (j = 0; j < side->s->nr_mounts; j++) {
			struct placed *m = &side->mounts[j];
			const struct mount *master = m->m->master;

			m->group = number_of(&c, side, i, m);
			if (master)
				m->master = number_of(&c, side, i,
						      side_mount(side, master));
		}
	}
	return 0;
}

static int number_superblocks(struct pairing *p)
{
	struct classes c = { .of = fs_of };
	size_t i, j;

	for (i = 0; i < 2; i++) {
		if (find_superblocks(&p->side[i], &c.nr[i], p->scratch))
			return -1;
		arena_clear(p->scratch);
	}
	if (number(p, &c))
		return -1;
	for (i = 0; i < 2; i++) {
		const struct side *side = &p->side[i];

		for (j = 0; j < side->s->nr_mounts; j++) {
			struct placed *m = &side->mounts[j];

			m->fs = number_of(&c, side, i, m);
		}
	}
	return 0;
}

int pairing_number(struct pairing *p)
{
	if (number_groups(p))
		return -1;
	arena_clear(p->scratch);
	return number_superblocks(p);
}
