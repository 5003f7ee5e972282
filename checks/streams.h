/* SPDX-License-Identifier: ISC */
/*
 * streams.h - what becomes of the mail of each sender of a domain: SPF, the keys
 * that sign it, whether what passes is aligned, and what DMARC makes of that.
 *
 * A function of facts, and the check `streams` that judges them.  It foretells by
 * what is published and what was said of the senders; no mail need have been sent.
 * What nobody said, such as who signs, is not known, and never taken for absent.
 */
#ifndef CHECKS_STREAMS_H
#define CHECKS_STREAMS_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/alignment.h"
#include "checks/check.h"
#include "checks/dkim_keys.h"
#include "checks/dmarc_policy.h"
#include "checks/spf_eval.h"
#include "checks/via.h"

/* A key that signs the mail of a stream. */
struct stream_key {
	struct selector_key key;
	const char *result; /* of a good signature by it (RFC 8601 2.7.1): "pass", "permerror",
			       "temperror" */
	struct alignment alignment;
	bool aligned, aligned_list; /* by the mode of the record that applies; so by RFC 7489 */
};

/* One address of a stream. */
struct stream_address {
	struct addr ip;
	const struct spf_verdict *verdict;
};

/* The one change that is nearest to an aligned pass; none of them weakens a record. */
enum stream_turn {
	TURN_NONE,        /* nothing is to be changed, or not known what */
	TURN_KEY,         /* publish, or cure, the key that a signer of ours uses */
	TURN_ADDRESS,     /* the addresses into the SPF record of MAIL FROM */
	TURN_INCLUDE,     /* the include of the service into that record */
	TURN_RECORD,      /* mend that record, which cannot be evaluated to its end */
	TURN_SIGN_AS,     /* sign with the From domain as d= */
	TURN_RETURN_PATH, /* a MAIL FROM of the From domain */
	TURN_COUNT
};

struct stream {
	const struct sender *of;
	struct str name;    /* as its owner calls it; empty = the command line's */
	struct name author; /* the From domain */
	struct name path;   /* whose SPF record is asked; n = 0 = not known: that of a service */
	const struct provider *via; /* the service; NULL = its own addresses, or none said */
	struct stream_address *addresses;
	size_t n_addresses;
	bool spf_known;
	enum spf_result spf;             /* the worst of the addresses */
	const struct answer *spf_failed; /* why it is temperror; NULL = it is not */
	struct addr worst;               /* whose that is; only with addresses */
	struct alignment spf_alignment;
	bool spf_aligned, spf_aligned_list; /* whether a pass of it would count, by the mode */
	struct stream_key *keys;
	size_t n_keys, cap_keys;
	bool keys_known;  /* who signs was said; false = there may be signatures */
	const char *dkim; /* the best of the keys; "none" = unsigned; "" = not known */
	const struct dmarc_policy *policy;
	bool unsure; /* a lookup that failed hides whether something passes that is aligned */
	enum dmarc_word asks;   /* of receivers, t=y counted; DMARC_ABSENT = no record */
	const char *dmarc;      /* RFC 8601 2.7.2 words for RFC 9989: "pass", "fail", "none",
				   "temperror", "permerror"; "" = nobody said enough */
	const char *dmarc_list; /* by RFC 7489; the same where the list has no word */
	const char *code;       /* a rejection to expect, "5.7.26"; "" = none */
	enum stream_turn turn;
	struct name turn_domain; /* whose key, record, d= or MAIL FROM that is */
};

struct streams {
	struct stream *list;
	size_t n;
	bool pending; /* an answer is missing: nothing else may be read */
};

/*
 * The streams of AU's subject: of the senders that write as its domain (or as what
 * --from says), in their order.  Owned by the arena of AU; never NULL.
 */
const struct streams *streams_of(struct audit *au);

/* Fill *OUT for the sender X that writes as AUTHOR; see streams_of(). */
void stream_of(
    struct audit *au, const struct sender *x, const struct name *author, struct stream *out);

/*
 * streams_keys.c: who signs the mail of X, as far as anybody said, into OUT; for
 * stream_of() only.  False = pending.
 */
bool stream_look_at_keys(struct audit *au, const struct sender *x, struct stream *out);

/* Whether the two RFCs come to different ends for a stream, one of them a fail. */
bool stream_differs(const struct stream *st);

/* The same for any stream of AU's subject; *PENDING is set, never cleared. */
bool streams_differ(struct audit *au, bool *pending);

/* Whether K is an RSA key of under 1024 bits (RFC 8301 3.2). */
bool stream_key_is_short(const struct selector_key *k);

/* Whether something passes that is aligned. */
bool stream_has_aligned_pass(const struct stream *st);

/* "publish-key", "add-address" ...; "" for TURN_NONE. */
const char *stream_turn_name(enum stream_turn t);

/* The check: see checks/check.h. */
void check_streams(struct audit *au);

/* The same facts without a finding, for `mailvet evaluate`. */
void fill_streams(struct audit *au);

#endif
