/* SPDX-License-Identifier: ISC */
/*
 * spf_value.h - what becomes of an address: a result, or a decision of opaque
 * terms that ends in one.  See spf_map.h, which is made of these.
 */
#ifndef CHECKS_SPF_VALUE_H
#define CHECKS_SPF_VALUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/spf_eval.h"

#define MAX_SPF_OPAQUE 64        /* opaque terms of a tree, six times the limit of lookups */
#define MAX_SPF_VALUES 4000      /* decisions; one sender has a handful */
#define MAX_SPF_MAP_WORK 2000000 /* intervals and decisions made for one name: some 20 ms */
#define SPF_VALUE_SLOTS 256

/*
 * What becomes of an address.  Two that are equal are one object.
 * A result, or, with YES set, a decision of opaque term OPAQUE; with TAIL the
 * result of the opaque redirect= OPAQUE, whatever that is.
 */
struct spf_value {
	enum spf_result result;
	size_t opaque;
	bool tail;
	bool error; /* permerror is among its results */
	const struct spf_value *yes, *no;
	uint64_t mask; /* the opaque terms that it hangs on */
	size_t index;
	const struct spf_value *next; /* of the same hash */
};

/* All values of one world, and the work done on them. */
struct spf_values {
	struct arena *arena;
	struct spf_value plain[RESULT_PERMERROR + 1];
	const struct spf_value *slots[SPF_VALUE_SLOTS];
	size_t n;
	size_t work;
	bool bad; /* a bound was passed, or the owner set it: nothing may be concluded */
};

/* Make S empty; what is derived is owned by A. */
void spf_values_init(struct spf_values *s, struct arena *a);

/* One step of work is done.  False when S is bad. */
bool spf_spend(struct spf_values *s);

/* The value that is the result R. */
const struct spf_value *spf_plain(struct spf_values *s, enum spf_result r);

/* The result of the opaque redirect= number OPAQUE. */
const struct spf_value *spf_tail(struct spf_values *s, size_t opaque);

/*
 * "When opaque term OPAQUE matches YES, else NO."  Kept also where both are the
 * same, for its lookup may fail.
 */
const struct spf_value *spf_decide(
    struct spf_values *s, size_t opaque, const struct spf_value *yes, const struct spf_value *no);

/*
 * The value of an address for which an included record says V: HIT where it
 * passes, MISS where it does not (RFC 7208 5.2).
 */
const struct spf_value *spf_included(struct spf_values *s, const struct spf_value *v,
    const struct spf_value *hit, const struct spf_value *miss);

#endif
