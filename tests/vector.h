/* SPDX-License-Identifier: ISC */
/*
 * vector.h - vectors/check: zone files that say what is to be found.
 *
 * A vector is a zone file with comments of ours:
 *
 *	;; check OPTIONS... DOMAIN	as typed behind `mailvet check`
 *	;; want LEVEL SLUG SUBJECT	one for each finding but the passes,
 *				with " x3" behind it for three of them
 *	;; zone NAME			from here on another zone, which says $ORIGIN, or, with a
 *				NAME in .yaml, a file of octoDNS in place of all
 *	;; base				from here on the state before a change, which is compared
 *				with that of the zones above: the domain's zone, and each
 *				";; zone NAME" that was another; those not repeated were
 *				the same
 *	;; told TEXT			then, one for each line of what the change does to mail
 *	;; fail TYPE NAME		lookups of this RRset time out
 *	;;| TEXT			a line of a sample message, which ends in CR LF;
 *				\xHH is a byte, \*N C the byte C N times
 *	;;|*N TEXT			N such lines
 *	;; verified WORD...		what its signatures are said to be, the topmost first:
 *				pass, body or header (that is changed), both,
 *				field or key (the header is, or the key is another), none (no
 *				verdict), refused; without this line nobody can say
 *	;; trust-received		as --trust-received of mailvet message
 *
 * What no zone of it holds was not provided, so that lookups of it fail.  A
 * word of the options that begins with "./" is a file beside the vector.
 */
#ifndef TESTS_VECTOR_H
#define TESTS_VECTOR_H
#include "audit/aggregate/subject.h"
#include "audit/config/config.h"
#include "audit/engine.h"
#include "audit/options.h"
#include "audit/sources/edit.h"
#include "checks/dnsbl_lists.h"
#include "checks/header.h"
#include "checks/verify.h"
#include "report/report.h"

#define MAX_WANTS 64
#define MAX_TOLD 16
#define MAX_FOUND 512
#define MAX_WORDS 160
#define MAX_ZONES 16
#define MAX_FAILS 8
#define MAX_VERIFIED 40
#define MAX_MESSAGE ((size_t)1 << 20)
#define VECTOR_FORMATS 3 /* text, json, jsonl */

struct vector {
	const char *path;
	struct arena a; /* holds all the rest */
	char *argv[MAX_WORDS];
	int argc;
	struct str want[MAX_WANTS];
	size_t n_want;
	struct str told[MAX_TOLD];
	size_t n_told;
	struct str zone[MAX_ZONES]; /* the text of each, the first that of the file itself */
	const char *zone_path[MAX_ZONES];
	struct str zone_name[MAX_ZONES]; /* behind ";; zone"; empty = the file's own */
	size_t n_zones, n_after;         /* the first n_after are as the change leaves them */
	bool compared;                   /* the others are as they were before it */
	struct question fail[MAX_FAILS];
	size_t n_fails;
	struct buf message; /* n = 0 = none */
	struct verified verified[MAX_VERIFIED];
	size_t n_verified;
	bool trust_received;
	/* What a test may set between reading and running: */
	bool all_checks;          /* --only and --skip do not count */
	const struct edit *edits; /* in front of the zones */
	size_t n_edits;
	/* called with what came out, before it is freed */
	void (*look)(void *ctx, const struct engine_result *r, const struct domain_result *d);
	void *look_ctx;
};

/* What one run of a vector gave. */
struct vector_got {
	const struct vector *v;
	struct check_options o;
	struct config config; /* --config */
	struct evidence seen; /* --aggregate */
	bool given;
	struct arena a;
	struct header message;
	const struct dnsbl_list *lists;
	size_t n_lists;
	struct str found[MAX_FOUND]; /* "LEVEL SLUG SUBJECT", as reported; passes apart */
	size_t n_found;
	struct str told[MAX_TOLD];
	size_t n_told;
	bool fired[RULE_COUNT]; /* passes too */
	struct buf out[VECTOR_FORMATS];
	struct buf asked;
	size_t n_asked; /* questions of all kinds */
	unsigned runs;
};

/* Take a vector out of TEXT, or of the file PATH; a bad one fails the test. */
void vector_parse(struct vector *v, const char *path, struct str text);
void vector_read(struct vector *v, const char *path);
void vector_free(struct vector *v);

/* Run V at 2026-11-21T12:00:00Z; SEED 0 = every answer at once, else in an order drawn from it. */
void vector_run(struct vector *v, uint64_t seed, struct vector_got *g);
void vector_got_free(struct vector_got *g);

/* Whether the findings are those wanted, no more and no fewer; prints what differs. */
bool vector_is_as_wanted(const struct vector *v, const struct vector_got *g);

/* Whether OUT holds no byte that a terminal could take for an order. */
bool vector_is_plain(struct str out);

/* Fail the test when N orders of answers give other bytes or questions than V at once. */
void vector_try_orders(struct vector *v, unsigned n);

#endif
