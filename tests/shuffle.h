/* SPDX-License-Identifier: ISC */
/*
 * shuffle.h - a source for tests: it answers what another source knows, but
 * later, one answer a turn of the loop, in an order drawn from a seed.
 */
#ifndef TESTS_SHUFFLE_H
#define TESTS_SHUFFLE_H
#include <stdint.h>
#include "audit/loop.h"
#include "audit/source.h"

/* Owns INNER, which must answer at once. */
struct source *shuffle_new(struct loop *loop, struct source *inner, uint64_t seed);

#endif
