/* SPDX-License-Identifier: ISC */
/*
 * tinyzone.h - for tests of checks: a few records in a string, a subject, one
 * check, and the slugs it gives.
 *
 * A zone is lines of NAME TYPE DATA.  Types are A, AAAA, MX, TXT, CNAME, PTR;
 * FAIL (lookups of the type in DATA, or of all without, fail); SUFFIX and
 * PRIVATE (NAME is a public suffix; a last label is one by itself); NOSUFFIX (what the
 * suffix of NAME is fails); NOLIBSPF2 (NAME is "-": libspf2 cannot be started).
 */
#ifndef TESTS_TINYZONE_H
#define TESTS_TINYZONE_H
#include "checks/check.h"

struct tiny_got {
	struct buf slugs; /* of the findings, joined by blanks */
	struct buf asked; /* the DNS questions of the last run, each with a blank behind */
};

/*
 * Run CHECK over SUBJECT with the answers of ZONE until nothing is pending,
 * into *OUT, which is initialised here and the caller's to free.  SEED 0 =
 * answers at once; else one at a time in an order drawn from it.
 */
void tiny_run(const char *zone, const struct subject *subject, void (*check)(struct audit *),
    uint64_t seed, struct tiny_got *out);
void tiny_got_free(struct tiny_got *got);

/*
 * The slugs into OUT; also with 5 seeds: fails the test when an order gives other findings or
 * questions.
 */
void tiny_check(const char *zone, const struct subject *subject, void (*check)(struct audit *),
    struct buf *out);

/* The name TEXT; a bad one fails the test. */
struct name tiny_name(const char *text);

/* An audit of SUBJECT that stays open, for functions of facts. */
struct tiny {
	const char *zone;
	struct arena arena;
	struct inquiry q;
	struct findings findings;
	struct facts facts;
	struct audit au;
};

/* Answers come at once.  Begins the first run. */
void tiny_init(struct tiny *t, const char *zone, const struct subject *subject);
void tiny_free(struct tiny *t);

#endif
