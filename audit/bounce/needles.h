/* SPDX-License-Identifier: ISC */
/*
 * needles.h - many literals looked for in one pass over a text (Aho and
 * Corasick, Communications of the ACM 18(6), 1975).
 *
 * Pure.  Letters of either case are one; the needles are lower-case.
 */
#ifndef AUDIT_BOUNCE_NEEDLES_H
#define AUDIT_BOUNCE_NEEDLES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/str.h"

#define MAX_NEEDLE_STATES 65535 /* numbered by 16 bits; the sum of the needles' lengths */

struct needles;

/* The N literals at LITERALS, which outlive it; an empty one is never found.  Never NULL. */
struct needles *needles_new(const struct str *literals, size_t n);

/* Give it back; NULL is taken. */
void needles_free(struct needles *nd);

/*
 * Call FOUND for each place where a literal ends: ID is its index (the first
 * of equal ones), END the offset behind it.  In order of END.
 */
void needles_scan(const struct needles *nd, struct str text,
    void (*found)(void *ctx, size_t id, size_t end), void *ctx);

#endif
