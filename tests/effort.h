/* SPDX-License-Identifier: ISC */
/*
 * effort.h - how much work something takes, as a multiple of other work of its kind
 * done by the same process at the same time.
 *
 * No seconds: a slow machine, a busy one, a sanitizer and valgrind slow both down.
 * What it cannot see is a factor of two; what it is for is the burden that
 * takes a thousand times as long as its size allows.
 */
#ifndef TESTS_EFFORT_H
#define TESTS_EFFORT_H

struct work {
	void (*run)(void *ctx);
	void *ctx;
};

/* Processor time of WORK over that of YARDSTICK, which is run before and after it. */
double effort_of(const struct work *work, const struct work *yardstick);

#endif
