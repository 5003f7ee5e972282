/* SPDX-License-Identifier: ISC */
/*
 * rows.h - answers in memory for tests of checks: a few lines of text stand
 * for the whole of DNS.  No file, no server, no clock.
 */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H
#include <stdbool.h>
#include <stdint.h>
#include "checks/check.h"

#define ROWS_NOW 1795000000 /* the time */

/*
 * Lines "NAME TYPE DATA".  TYPE is A, AAAA, MX (DATA: the exchanger), TXT or SPF
 * (DATA to the end of the line, '|' parts character-strings, \xHH is a byte),
 * CNAME, PTR, ANY (the name exists, with nothing), FAIL (every question fails; FAILMX: those for
 * MX).  A name without a line does not exist, unless it is at or below one of type LOST: then
 * nobody knows.
 */
struct rows {
	const char *zone;
	struct arena arena; /* of answers under way */
	struct arena run;   /* given to the check */
	bool later;         /* answers come one a turn, by SEED */
	uint64_t seed;
	struct inquiry q;
	struct findings findings;
	struct facts facts;
	struct audit audit;
	unsigned runs;
};

/*
 * Run CHECK over S with the answers of ZONE until nothing is pending; SEED 0:
 * all answers at once.  What it found stands in R, which rows_free() gives back.
 */
void rows_run(struct rows *r, const char *zone, const struct subject *s,
    void (*check)(struct audit *), uint64_t seed);

/* Give back what rows_run() took. */
void rows_free(struct rows *r);

#endif
