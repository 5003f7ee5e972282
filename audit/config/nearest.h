/* SPDX-License-Identifier: ISC */
/*
 * nearest.h - the word that somebody probably meant: one or two slips away.
 */
#ifndef AUDIT_CONFIG_NEAREST_H
#define AUDIT_CONFIG_NEAREST_H
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_NEAREST 64 /* longer words are not compared: slugs have at most 40 bytes */

struct nearest {
	struct str typed, best; /* best.n = 0 = nothing is near */
	size_t slips;
};

/* Begin looking for what TYPED, which must live as long, may have meant. */
void nearest_init(struct nearest *s, struct str typed);

/*
 * CANDIDATE is a word there is.  A letter more, less, other, or two in a row
 * exchanged is a slip; one in three letters may be.  The first of equals stays.
 */
void nearest_try(struct nearest *s, struct str candidate);

/* "WHY; is X meant?" for the best of S, owned by A; OTHERWISE where nothing is near. */
const char *nearest_meant(
    const struct nearest *s, struct arena *a, const char *why, const char *otherwise);

#endif
