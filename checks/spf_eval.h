/* SPDX-License-Identifier: ISC */
/*
 * spf_eval.h - check_host() of RFC 7208: what a receiver concludes about one
 * address that sends as one name.
 *
 * A fact function: any check may call it.  It evaluates as a receiver does,
 * term by term and no further than the one that decides, and tells which that
 * was.  It judges nothing and proposes nothing.
 */
#ifndef CHECKS_SPF_EVAL_H
#define CHECKS_SPF_EVAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/check.h"
#include "checks/spf_record.h"

#define SPF_PTR_LIMIT 10         /* RFC 7208 4.6.4: names beyond are ignored */
#define MAX_SPF_EXPLANATION 2048 /* a reply of four lines; a longer text is taken for none */
#define MAX_SPF_WALK 4000        /* lines of the walk kept: 11 records of ordinary size */
#define MAX_SPF_COMPARED 1000    /* bytes told of what one term was compared with */

/* Why an evaluation ended in temperror or permerror. */
enum spf_why {
	WHY_NONE,
	WHY_LOOKUP_FAILED,  /* temperror: nobody could say (RFC 7208 4.4, 5) */
	WHY_SYNTAX,         /* the record is at fault (4.6) */
	WHY_SEVERAL,        /* several records at one name (4.5) */
	WHY_TARGET_NONE,    /* include: or redirect= leads to no record (5.2, 6.1) */
	WHY_LOOKUPS,        /* more than 10 terms that cause lookups (4.6.4) */
	WHY_VOIDS,          /* more than 2 lookups that found nothing (4.6.4) */
	WHY_MX_NAMES,       /* more than 10 exchangers (4.6.4) */
	WHY_TOO_MANY_TERMS, /* temperror: the record has more terms than are read here */
	WHY_COUNT
};

/* What became of a term of the walk. */
enum spf_outcome {
	OUTCOME_NO_MATCH,
	OUTCOME_MATCH,
	OUTCOME_ENTER, /* include: or redirect=: the lines below, one deeper, belong to it */
	OUTCOME_ERROR  /* it ended the evaluation */
};

/* Who sends.  Views are the caller's and live as long as the verdict. */
struct spf_sender {
	struct addr ip;      /* an IPv4-mapped one counts as IPv4 (RFC 7208 5) */
	struct str helo;     /* as said; empty = not known: then it is the domain of MAIL FROM */
	struct str local;    /* of MAIL FROM; empty = "postmaster" (RFC 7208 4.3) */
	struct str domain;   /* of MAIL FROM; empty = null reverse-path: HELO counts (2.4) */
	struct str receiver; /* %{r}; empty = "unknown" (RFC 7208 7.3) */
	bool walk;           /* keep the walk */
};

/* One record on the way to the term that decided. */
struct spf_step {
	struct str domain; /* whose record it is */
	struct str term;   /* of it: leads to the next step, or decided; empty = none matched */
};

/* One line of the walk. */
struct spf_walk {
	unsigned depth; /* 0 = the record of the sender's domain */
	struct str domain, term;
	struct str compared; /* what it was compared with: addresses, names; empty = nothing */
	enum spf_outcome outcome;
	enum spf_result result; /* of a record that ended: where term is empty */
	struct spf_walk *next;
};

/* Owned by the arena of the audit. */
struct spf_verdict {
	bool pending; /* an answer is not here: nothing else may be read */
	enum spf_result result;
	enum spf_why why;
	struct str explanation; /* on fail, of exp=; empty = none (RFC 7208 6.2) */
	struct str domain;      /* evaluated, as text */
	struct str identity;    /* "mailfrom" or "helo" */
	struct str term;        /* that decided; empty = none did */
	struct str target;      /* the name at fault or not answering; empty = none */
	struct spf_step *path;  /* the sender's record first */
	size_t n_path;
	uint32_t lookups, voids;   /* counted up to the end (RFC 7208 4.6.4) */
	const struct answer *txt;  /* the sender's record; NULL when it could not be asked */
	const struct answer *last; /* the answer that decided; NULL = none */
	struct spf_walk *walk;     /* NULL unless wanted */
	bool walk_cut;             /* there was more than MAX_SPF_WALK lines */
};

/*
 * Evaluate S into *OUT.  Asks through AU; OUT->pending while answers are under
 * way.  It cannot fail: what cannot be evaluated is a result too.
 */
void spf_eval(struct audit *au, const struct spf_sender *s, struct spf_verdict *out);

/* The sender that the subject of AU describes for its address I and MAIL FROM domain DOMAIN. */
struct spf_sender spf_sender_of(struct audit *au, size_t i, const struct name *domain);

/* "none", "neutral", "pass", "fail", "softfail", "temperror", "permerror". */
const char *spf_result_name(enum spf_result r);

/* A few words for people; "" for WHY_NONE. */
const char *spf_why_text(enum spf_why w);

#endif
