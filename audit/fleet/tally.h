/* SPDX-License-Identifier: ISC */
/*
 * tally.h - numbers for strings: the first gets 0, the next new one 1, and so on,
 * so that an array beside it holds what is counted.
 */
#ifndef AUDIT_FLEET_TALLY_H
#define AUDIT_FLEET_TALLY_H
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

/* Of one tally: 4 million names take about 400 MB, more than a machine should give a report. */
#define MAX_TALLY ((size_t)4 << 20)
#define TALLY_FULL SIZE_MAX

struct tally {
	struct arena arena; /* the strings */
	struct str *key;    /* by number */
	uint32_t *slot;     /* number + 1, by hash; 0 = free */
	size_t n, cap, n_slots;
};

/* Make T empty.  Allocates nothing. */
void tally_init(struct tally *t);

/* Give back what T holds. */
void tally_free(struct tally *t);

/* The number of KEY, which is copied when it is new; TALLY_FULL over MAX_TALLY. */
size_t tally_number(struct tally *t, struct str key);

#endif
