/* SPDX-License-Identifier: ISC */
/*
 * decision.h - which row decided, and what was decided kept for the next
 * refusal of the same kind.
 */
#ifndef AUDIT_BOUNCE_DECISION_H
#define AUDIT_BOUNCE_DECISION_H
#include "audit/bounce/signature.h"
#include "checks/core/arena.h"

struct decision {
	const struct signature *sig; /* NULL = none */
	enum confidence confidence;
};

struct decision_cache;

/* An empty cache of bounded size.  Never NULL. */
struct decision_cache *decision_cache_new(void);

/* Give it back; NULL is taken. */
void decision_cache_free(struct decision_cache *c);

/*
 * What makes two refusals one kind, owned by A: the masked TEXT, the codes, the
 * phase, the provider and the N literals FOUND.  Empty when too long to keep.
 */
struct str decision_key(
    struct arena *a, const struct refusal *q, struct str text, const size_t *found, size_t n);

/* What was kept for KEY, into *OUT; false when nothing is. */
bool decision_cache_find(const struct decision_cache *c, struct str key, struct decision *out);

/* Keep D for KEY, in the place of another if need be. */
void decision_cache_keep(struct decision_cache *c, struct str key, const struct decision *d);

#endif
