/* SPDX-License-Identifier: ISC */
/*
 * ruling.h - what the refusal in an event means, and what was found for another
 * that differs from it in nothing that counts.
 *
 * Logs hold the same refusal a thousand times.  Counting needs its codes and its
 * class and not its text, so what was found for one is kept by the bytes of it, the
 * recipient's address and ids of messages left out.  It is bounded.
 */
#ifndef AUDIT_BOUNCE_RULING_H
#define AUDIT_BOUNCE_RULING_H
#include "audit/bounce/classify.h"
#include "audit/bounce/event.h"

struct ruling {
	struct reply reply;
	struct classified what;
	/* Out of memory: the reply has no text, and of what it names our address, the
	 * domain and the list are told, which live as long as the place they are kept in. */
	bool brief;
};

struct rulings;

/* One that asks C, which outlives it.  Never NULL. */
struct rulings *rulings_new(struct classifier *c);

/* Give it back; NULL is taken. */
void rulings_free(struct rulings *j);

/* What the reply of E means, whole; texts are owned by A, or views into E. */
void ruling_of(
    struct rulings *j, struct arena *a, const struct bounce_event *e, struct ruling *out);

/* The same, brief where that is known already. */
void ruling_briefly(
    struct rulings *j, struct arena *a, const struct bounce_event *e, struct ruling *out);

#endif
