/* SPDX-License-Identifier: ISC */
/*
 * effort.c - how much work something takes, by processor time.
 */
#include "tests/effort.h"
#include <time.h>

#define MIN_TICKS (CLOCKS_PER_SEC / 200) /* of a yardstick, run as often as that takes */

static double
ticks_of(const struct work *w)
{
	clock_t began = clock(), took = 0;
	unsigned runs = 0;

	for (; took < MIN_TICKS; runs++) {
		w->run(w->ctx);
		took = clock() - began;
	}
	return (double)took / runs;
}

double
effort_of(const struct work *work, const struct work *yardstick)
{
	double before = ticks_of(yardstick), took, after;
	clock_t began = clock();

	work->run(work->ctx);
	took = (double)(clock() - began);
	after = ticks_of(yardstick);
	return 2 * took / (before + after);
}
