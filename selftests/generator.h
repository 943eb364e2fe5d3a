/* SPDX-License-Identifier: GPL-2.0-only */
/* Random steps, the same ones for the same seed and kernel. */
#ifndef MNTPROP_TEST_GENERATOR_H
#define MNTPROP_TEST_GENERATOR_H

#include <stdint.h>

#include "replay.h"

/* Begins a world: returns an empty script with its fs.mount-max. */
struct script random_script(uint64_t seed);

/*
 * The next step of a world, of which @nr came before, and what it will do.  Most are
 * such that the model says it will succeed: it has done it then.
 */
void random_step(struct replay *r, int nr, struct step *step,
		 struct prediction_of_step *p);

#endif
