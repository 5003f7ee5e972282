/* SPDX-License-Identifier: ISC */
/*
 * spf_fix.h - the corrected record, where the correction is certain.
 *
 * A term is only touched when there is one thing its writer can have meant, or
 * when it has no effect at all.  Nothing here weakens a record, adds an
 * address, or looks anything up.
 */
#ifndef CHECKS_SPF_FIX_H
#define CHECKS_SPF_FIX_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/arena.h"
#include "checks/core/rr.h"
#include "checks/spf_record.h"

struct spf_fix {
	struct arena *arena;
	const struct spf_record *record;
	struct str *words; /* one a term: what stands there afterwards; empty = nothing */
	bool *touched;
};

/* Begin with R as it is; what is derived is owned by A. */
void spf_fix_init(struct spf_fix *f, struct arena *a, const struct spf_record *r);

/* Drop term I, which has no effect. */
void spf_fix_drop(struct spf_fix *f, size_t i);

/* Put WORD, one term or several with blanks between them, in the place of term I. */
void spf_fix_put(struct spf_fix *f, size_t i, struct str word);

/*
 * Where in WORD, a part of the text of RR, two terms were glued because a blank
 * is missing between two character-strings (RFC 7208 3.3); 0 = nowhere.
 */
size_t spf_glued_at(const struct rr *rr, struct str word);

/* Put a blank into term I at OFFSET. */
void spf_fix_split(struct spf_fix *f, size_t i, size_t offset);

/*
 * Cure term I, which the grammar refuses.  False when it is not certain what
 * was meant.  May take in the term behind it, which is then touched too.
 */
bool spf_fix_term(struct spf_fix *f, size_t i);

/*
 * The whole record after the cures, owned by the arena; empty when nothing was
 * touched, or when the record is not sound (see below): a cure that makes an
 * `all` of a word in the middle would take from the writer all that stands
 * behind it.
 */
struct str spf_fix_text(const struct spf_fix *f);

/*
 * Whether the record TEXT has no fault, no term of its own that everybody
 * passes, and none that is never reached (is_spf_dead()).
 */
bool is_spf_sound(struct arena *a, struct str text);

/*
 * The mechanism or modifier that NAME is nearest to, by at most DISTANCE
 * letters left out, added, changed or swapped; empty when there is none.
 */
struct str spf_suggest(struct str name, bool modifier, unsigned distance);

#endif
