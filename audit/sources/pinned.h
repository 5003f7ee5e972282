/* SPDX-License-Identifier: ISC */
/*
 * pinned.h - one memory of what is outside, for worlds that are compared.
 *
 * Two worlds that differ in some records only (before and after a change) must
 * not differ in anything else: an answer that came from the network once more, or
 * that failed the second time, would look like an effect of the change.  So each
 * question that goes past what differs is asked once of REST, and every world
 * gets that answer, whatever its TTL, and a failure too.
 *
 * It judges nothing and forgets nothing: it holds what a run asks.
 */
#ifndef AUDIT_SOURCES_PINNED_H
#define AUDIT_SOURCES_PINNED_H
#include "audit/source.h"
#include "audit/world.h"

struct pinned;

/*
 * An empty memory of what REST answers.  REST stays the caller's, has the loop of
 * the worlds that are to use it, and lives longer than they.
 */
struct pinned *pinned_new(struct world *rest);

/* Give P back, after all worlds that have a source of it. */
void pinned_free(struct pinned *p);

/*
 * A source that answers every question out of P: the last of a world, which owns
 * it.  A chain of CNAMEs that REST walked is cut, as a resolver's is, at the first
 * name that an earlier source owns.
 */
struct source *pinned_source(struct pinned *p);

#endif
