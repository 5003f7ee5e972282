/* SPDX-License-Identifier: ISC */
/*
 * spf_match.h - inside spf_eval(): the mechanisms of RFC 7208 section 5 but include.
 *
 * For spf_eval.c and spf_match.c alone.
 */
#ifndef CHECKS_SPF_MATCH_H
#define CHECKS_SPF_MATCH_H
#include "checks/spf_run.h"

/*
 * TEXT with its macros expanded in F, owned by the arena.  MATCH_NO: it cannot
 * be expanded, or is too long; MATCH_STOP: pending.
 */
enum spf_match spf_expand(
    struct spf_run *r, const struct spf_frame *f, struct str text, bool explain, struct str *out);

/*
 * The target-name of TERM (RFC 7208 4.8) as text, and as a name into *NAME,
 * with n = 0 when it is none.  MATCH_YES, or MATCH_STOP: pending.
 */
enum spf_match spf_target_of(struct spf_run *r, const struct spf_frame *f,
    const struct spf_term *term, struct str *text, struct name *name);

/* Whether the mechanism F->at, any but include, matches. */
enum spf_match spf_match_term(struct spf_run *r, const struct spf_frame *f);

/* Ask ahead for what the terms of F from F->at on will probably ask. */
void spf_look_ahead(struct spf_run *r, const struct spf_frame *f);

#endif
