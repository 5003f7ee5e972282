/* SPDX-License-Identifier: ISC */
/*
 * rewrites.h - whether the resolver answers for names that cannot exist.
 *
 * One question a run, for a name below .invalid (RFC 6761 6.4: it never
 * exists).  A resolver that has an address for it has one for every name
 * mistyped or gone, so what it says of existence means nothing.
 */
#ifndef AUDIT_REWRITES_H
#define AUDIT_REWRITES_H
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include "audit/judge.h"
#include "audit/sources/recording.h"
#include "audit/world.h"

struct rewrites {
	struct waiter waiter; /* first: the world hands it back */
	struct world *world;
	struct arena arena;
	struct inquiry q;
	struct question question;
	bool asked, waits;
};

/*
 * Ask W.  The name is made from NOW: another one each run, so that no cache
 * has it, and the same one when a recording of the run is replayed.
 */
void rewrites_ask(struct rewrites *p, struct world *w, time_t now);

/* Let LOOP turn until the answer is here, or it is UNTIL_MS by the loop's clock. */
void rewrites_wait(struct rewrites *p, struct loop *loop, uint64_t until_ms);

/* Tell J when the resolver rewrites, and keep the answer in R (NULL = nowhere). */
void rewrites_tell(const struct rewrites *p, struct judge *j, struct recorder *r);

/*
 * Whether nobody answered, once the waiting is over; then *WHO, which lives as long
 * as P, is the server that was asked last, "" when that is not known, and *WHY the
 * cause.
 */
bool rewrites_unanswered(const struct rewrites *p, struct str *who, enum answer_cause *why);

/* Wait no more, and give back what P holds; a zeroed P too. */
void rewrites_free(struct rewrites *p);

#endif
