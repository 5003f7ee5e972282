/* SPDX-License-Identifier: ISC */
/*
 * spf_run.h - inside spf_eval(): the evaluation under way, and its verdict while it is
 * written.
 *
 * For spf_eval.c and spf_match.c alone.
 */
#ifndef CHECKS_SPF_RUN_H
#define CHECKS_SPF_RUN_H
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

/* Add a line to the walk, if it is wanted; COMPARED is copied. */
void spf_walk_add(struct spf_run *r, const struct spf_frame *f, struct str term,
    struct str compared, enum spf_outcome outcome);

/* The term TERM of F decided, or, empty, none did: the path to it is the verdict's. */
void spf_settle(struct spf_run *r, const struct spf_frame *f, struct str term);

/*
 * The evaluation ends in the error that WHY means, at the part TERM of the record
 * of F; TARGET is the name at fault.  Returns MATCH_STOP.
 */
enum spf_match spf_stop(struct spf_run *r, const struct spf_frame *f, struct str term,
    enum spf_why why, struct str target);

#endif
