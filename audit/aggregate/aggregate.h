/* SPDX-License-Identifier: ISC */
/*
 * aggregate.h - one DMARC aggregate report (RFC 7489 appendix C, RFC 9990), read.
 *
 * The adapter of libxml2: no type of it leaves here.  A report is sent by anybody
 * to an address that stands in DNS, so nothing in it is believed: no entity is
 * expanded, no file or address is opened, a document type is refused.  What
 * cannot be told for certain in a row loses that row, not the report.
 * Extensions and unknown elements are passed over.
 */
#ifndef AUDIT_AGGREGATE_AGGREGATE_H
#define AUDIT_AGGREGATE_AGGREGATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "checks/core/addr.h"
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

#define MAX_AGGREGATE_XML ((size_t)64 << 20) /* of one report; large reporters stay under 20 */
#define MAX_AGGREGATE_ROWS 200000            /* of one report: a row takes 300 bytes of XML */
#define MAX_AGGREGATE_AUTH 32          /* DKIM results of a row that are kept; mail has under 5 */
#define MAX_AGGREGATE_REASONS 16       /* overrides of a row, errors of a report */
#define MAX_AGGREGATE_TEXT 2000        /* bytes of one element: comments are sentences */
#define MAX_AGGREGATE_COUNT 1000000000 /* messages of a row: more in a day is no count */

/* One result of `auth_results`. */
struct aggregate_auth {
	struct str domain, selector, human; /* as written, trimmed; UTF-8 */
	const char *result;                 /* RFC 8601, lower case; "" = missing or no such word */
	const char *scope;                  /* of SPF: "mfrom", "helo"; "" = not said */
};

/* Why a policy was not applied. */
struct aggregate_reason {
	const char *type; /* "forwarded", "mailing_list" ...; "" = no such word */
	struct str comment;
};

/* One row: messages of one address with the same results. */
struct aggregate_row {
	struct addr ip;           /* unmapped */
	uint32_t count;           /* messages, 1 to MAX_AGGREGATE_COUNT */
	const char *disposition;  /* "none", "pass", "quarantine", "reject"; "" = not said */
	bool dkim_pass, spf_pass; /* with alignment, as the receiver judged */
	struct name from;         /* header_from; the policy's domain where that is missing */
	struct str header_from, envelope_from, envelope_to; /* as written */
	const struct aggregate_auth *dkim, *spf;
	size_t n_dkim, n_spf;
	const struct aggregate_reason *reasons;
	size_t n_reasons;
};

/* Everything lives in the arena that was given. */
struct aggregate_report {
	struct str version; /* "1.0"; empty = not said */
	struct str org, email, contact, id, generator;
	time_t begin, end; /* 0 = not said, or no time */
	struct str errors[MAX_AGGREGATE_REASONS];
	size_t n_errors;
	struct str domain;        /* of policy_published */
	const char *adkim, *aspf; /* "r", "s", "" */
	const char *p, *sp, *np;  /* "none", "quarantine", "reject", "" */
	const char *discovery;    /* "psl", "treewalk", "" */
	bool testing;
	struct str fo;
	const struct aggregate_row *rows;
	size_t n_rows;
	size_t n_bad;        /* rows left out */
	const char *bad_why; /* why the first of them was; NULL = none was */
	bool
	    mended; /* the declared encoding was wrong, or XML forbids a byte, which was replaced */
	bool junk;  /* something stands behind the report */
};

/* Why a report was refused. */
struct aggregate_refusal {
	const char *why; /* static words */
	size_t line;     /* in the XML; 0 = of the whole */
	bool is_other;   /* it is XML of another kind */
};

/*
 * Read the XML document BYTES into *OUT, memory of A.  False, with *WHY filled in,
 * when it is no report, is not whole, or has what no report needs.
 */
bool aggregate_parse(
    struct arena *a, struct str bytes, struct aggregate_report *out, struct aggregate_refusal *why);

#endif
