/* SPDX-License-Identifier: ISC */
/*
 * spf_match.h - inside spf_eval(): the evaluation under way, and the mechanisms
 * of RFC 7208 section 5 but include.
 *
 * For spf_eval.c and spf_match.c alone.
 */
#ifndef CHECKS_SPF_MATCH_H
#define CHECKS_SPF_MATCH_H
#include <stdbool.h>
#include "checks/spf_eval.h"
#include "checks/spf_macro.h"

/* STOP: an answer is pending, or the whole evaluation has ended in an error. */
enum spf_match { MATCH_NO, MATCH_YES, MATCH_STOP };

/* One record under evaluation. */
struct spf_frame {
	const struct spf_frame *up; /* the one that leads here; NULL for the sender's */
	struct str domain;          /* <domain> of RFC 7208 4.1 */
	struct name name;           /* the same; n = 0 = no domain name */
	const struct spf_record *record;
	const struct spf_term *at; /* the term under evaluation; NULL = none */
	bool included;             /* an include stands above: no explanation from here */
	unsigned depth;
};

struct spf_run {
	struct audit *au;
	const struct spf_sender *s;
	struct spf_verdict *out;
	struct addr ip;
	struct spf_letters letters; /* but d and p, which each expansion sets */
	struct str compared;        /* leads into compared_text: what the term is compared with */
	char compared_text[MAX_SPF_COMPARED];
	struct spf_walk **last;
	size_t n_walk;
	bool decided; /* only the explanation is missing */
};

/*
 * The evaluation ends in the error that WHY means, at the part TERM of the record
 * of F; TARGET is the name at fault.  Returns MATCH_STOP.
 */
enum spf_match spf_stop(struct spf_run *r, const struct spf_frame *f, struct str term,
    enum spf_why why, struct str target);

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
