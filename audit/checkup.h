/* SPDX-License-Identifier: ISC */
/*
 * checkup.h - the checks of one subject: which have run, which are left, and
 * what they found.
 *
 * A check that met a pending answer is undone and run again, from the start,
 * when there is news for it.  A check that met none has run: the same answers
 * would give the same bytes, so it is not run again, and what it found, derived
 * and asked is kept.  It waits for nothing itself: the engine says when.
 */
#ifndef AUDIT_CHECKUP_H
#define AUDIT_CHECKUP_H
#include "checks/check.h"

#define MAX_ARENA ((size_t)32 << 20) /* bytes the checks of a subject may derive */

/* What one check found. */
struct found {
	struct finding *first, **last;
	size_t n;
};

struct checkup {
	const struct subject *subject;
	const struct check *checks;
	unsigned n_checks;
	struct inquiry *q;
	struct inquiry before; /* asks Q of the state before a change, if the subject is compared */
	struct arena arena;    /* what checks that ran derived, behind it the one that runs */
	struct findings findings; /* of the check that runs; after checkup_end() of all */
	struct facts facts;
	/* Bit I is check I: it is wanted; has run; is to run; an answer came that it asked for. */
	uint64_t wanted, ran, left, news;
	const char *limit; /* the bound that was passed; NULL = none */
	bool found_over;   /* a check found more than MAX_FINDINGS */
	bool whole;        /* a bound was passed: all checks run each time, in their order */
	struct found found[MAX_CHECKS];
};

/*
 * Make C ready to run those of the N CHECKS that WANTED has a bit for, on
 * SUBJECT, which asks by Q.  Everything is kept by reference.
 */
void checkup_init(struct checkup *c, const struct subject *subject, struct inquiry *q,
    const struct check *list, size_t n);

/* Give back what C holds; its arena too. */
void checkup_free(struct checkup *c);

/*
 * Run the checks that are left and have news; those with a bit in WAITING, which
 * have not all they asked for, only when there are no others.  In the LAST turn
 * all that are left run, and one that meets a pending answer is not undone.
 *
 * What is found when a bound is passed must not hang on the order in which
 * answers came, and so on which check ended first.  So from then on each turn
 * runs all checks anew, one after the other.
 */
void checkup_turn(struct checkup *c, uint64_t waiting, bool last);

/*
 * Join what the checks found into one list, in their order, with audit-limit behind
 * it; and note what was taken for granted.
 */
void checkup_end(struct checkup *c);

#endif
