/* SPDX-License-Identifier: ISC */
/*
 * facts.h - what is so about a domain, besides what is wrong.
 *
 * Each check fills its own part, in the arena of the run; the JSON report
 * prints it.  A part that stays NULL was not determined.  No check reads
 * another's part: what several need is a function (spf_tree(), dmarc_policy()).
 */
#ifndef CHECKS_CORE_FACTS_H
#define CHECKS_CORE_FACTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/core/answer.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

/* One term of the SPF tree; children by next, first child by below. */
struct spf_fact_term {
	struct str text;     /* "include:_spf.example.net" */
	uint32_t cost;       /* lookups of the term itself: 0 or 1 */
	uint32_t cost_below; /* of all below it, its own not included */
	uint32_t voids;      /* void lookups of the term itself, larger family */
	bool dead;           /* never reached: after `all`, redirect beside `all` */
	bool doubled;        /* of the record itself: it stands there before */
	bool covered;        /* of the record itself: other terms give the same to all it matches */
	bool unknown;        /* its target could not be looked up */
	struct str record;   /* of the include or redirect target */
	struct spf_fact_term *below, *next;
	/*
	 * Where what is below is no more than the terms of one record, whoever
	 * includes it: that record and its answer, for answer_derive(); else NULL.
	 */
	const struct answer *below_answer;
	const struct rr *below_rr;
};

/*
 * Whom a part of the authorised addresses belongs to.  The parts may overlap, so
 * that their figures add up to more than those of the whole.
 */
struct spf_fact_source {
	struct str term;      /* that leads there; empty = the domain's own terms */
	struct str name;      /* of the service; the target's text when it is not known */
	const char *provider; /* id of checks/providers.h; NULL = not known */
	uint32_t lookups;     /* with all below */
	uint64_t ip4, ip6;    /* as in struct spf_facts */
	bool at_least;
};

/* What evaluation for a given address costs, up to its end. */
struct spf_fact_sender {
	struct addr ip;
	const char *result; /* in the words of RFC 8601 */
	uint32_t lookups, void_lookups;
	bool over; /* one lookup more was wanted than is allowed: it ended there */
};

struct spf_facts {
	struct str record; /* empty = none, or not exactly one */
	uint32_t lookups;  /* worst case, a lower bound when at_least */
	uint32_t void_lookups;
	uint32_t left; /* lookups that the limit leaves in the worst case */
	bool at_least;
	struct spf_fact_term *tree;
	const struct prefix *addresses; /* listed by ip4, ip6, a, mx, all; sorted, minimal */
	size_t n_addresses;
	uint64_t ip4, ip6;       /* how many: IPv4 addresses; /64 networks of IPv6 (at most 2^53) */
	bool addresses_at_least; /* more pass: by exists, ptr, macros, or what was not looked up */
	const struct spf_fact_source
	    *sources; /* own terms first, then in the order of evaluation */
	size_t n_sources;
	const struct spf_fact_sender *senders; /* the addresses given, if they send as this name */
	size_t n_senders;
};

struct dkim_fact {
	struct name domain;
	struct str selector;
	const char *provenance; /* "given", "guessed", "config", "log", "message", "report" */
	const char *state;      /* "valid", "revoked", "absent", "invalid", "unknown" */
	const char *key_type;   /* "rsa", "ed25519", "" */
	uint32_t bits;
	struct str record;
	struct name target;       /* of a delegated selector: last CNAME; n = 0 = none */
	const struct name *chain; /* all of them, in order; those of the answer */
	size_t n_chain;
	const char *provider; /* whose the target is; NULL = not known */
	const char
	    *signer; /* "same", "differs", "unknown" with the signer's key; NULL = not given */
	struct str modulus; /* big-endian bytes; empty unless RSA */
};

struct dkim_facts {
	struct dkim_fact *keys;
	size_t n;
};

struct dmarc_facts {
	const char *state;      /* "found", "none", "unknown", "invalid", "multiple" */
	size_t n_records;       /* of "multiple": that stand at one name */
	struct str record;      /* that applies; empty = none */
	struct name domain;     /* where it stands: without _dmarc */
	struct name org_domain; /* by the tree walk; n = 0 = not determined */
	struct name org_psl;    /* by the public suffix list */
	const char *policy; /* that applies to the subject: "none", "quarantine", "reject", "" */
	const char *tag;    /* where that came from: "p", "sp", "np", "default" */
	const char *adkim, *aspf; /* "r", "s" */
	bool testing;             /* t=y */
	const struct str *rua;
	size_t n_rua;
};

struct mx_fact {
	uint16_t preference;
	struct name host;
	const struct addr *addresses;
	size_t n_addresses;
	bool unknown; /* its addresses could not be looked up */
};

struct mx_facts {
	struct mx_fact *mx;
	size_t n;
	bool null_mx;
	bool implicit; /* no MX, A or AAAA takes the mail */
};

struct ptr_fact {
	struct addr ip;
	const struct name *names;
	size_t n_names;
	bool confirmed;
	bool unknown;
};

struct ptr_facts {
	struct ptr_fact *ptr;
	size_t n;
};

struct spf_difference;
/* One DKIM signature of a message. */
struct signature_fact {
	struct name domain;   /* d=; n = 0 = unreadable */
	struct str selector;  /* s= as written */
	struct str algorithm; /* a= as written */
	const char *result;   /* RFC 8601 2.7.1: "pass", "fail", "permerror", "temperror", "policy",
				 "neutral", "none" */
	struct str why;       /* a few words; empty when it passed */
	const char *body;     /* body hash: "match", "differs", "" = not known */
	const char *signature;                /* of the header: "match", "differs", "" */
	bool aligned_strict, aligned_relaxed; /* d= with the From domain */
	bool testing;                         /* t=y of the key */
	uint32_t bits;                        /* of the key; 0 = not known */
	struct str covered;                   /* h= as written */
};

/* One ARC seal of a message, which nobody verified; the texts as written. */
struct arc_fact {
	uint32_t instance;                  /* i= */
	struct str domain, selector, chain; /* d=, s=, cv= */
};

/* What a receiver makes of a message. */
struct message_facts {
	struct str file;                      /* where it was read */
	size_t number;                        /* in that file, from 1 */
	struct str message_id, from, subject; /* unfolded, as written */
	struct name from_domain;              /* n = 0 = not exactly one readable From */
	struct signature_fact *signatures;
	size_t n_signatures;
	size_t n_more;        /* signatures beyond MAX_SIGNATURES: neither read nor verified */
	bool cut;             /* the header has more fields than were read */
	struct arc_fact *arc; /* from the oldest on */
	size_t n_arc;
	const char *dkim;         /* the best result of an aligned signature, else of any; "none" */
	const char *spf;          /* RFC 8601 2.7.2; "" = not evaluated */
	const char *spf_wants;    /* what lacks for SPF: "ip", "mail-from", "helo"; "" = nothing */
	const char *spf_identity; /* "mailfrom", "helo"; "" = SPF was not evaluated */
	struct str spf_domain;    /* that was evaluated, as text */
	struct str ip;            /* that handed the message over; empty = not known */
	bool from_received;       /* ... and HELO were read in its topmost Received field */
	bool spf_aligned;         /* the names, whatever the result; by the mode that applies */
	const char *dmarc;        /* "pass", "fail", "none", "temperror", "permerror", "" */
	const char *policy;       /* that applies: "none", "quarantine", "reject", "" */
	struct str authentication_results; /* the field a receiver would write (RFC 8601), folded
					      by CR LF and a tab; empty = a signature could
					      not be verified here, a receiver may */
};

struct spf_verdict;
struct streams;
struct seen_fact;
struct refusal_fact;
struct mail_changes;

struct facts {
	struct spf_facts *spf;
	struct dkim_facts *dkim;
	struct dmarc_facts *dmarc;
	struct mx_facts *mx;
	struct ptr_facts *ptr;
	struct message_facts *message;    /* of `mailvet message` */
	const struct spf_verdict *sender; /* of `mailvet evaluate`: checks/spf_eval.h */
	const struct answer *libspf2; /* the same for libspf2, or the failed answer that it would
					 hang on; NULL = was not asked */
	const struct spf_difference *difference; /* between the two; NULL = none */
	const struct streams *streams;           /* checks/streams.h */
	const struct seen_fact *seen;            /* of `mailvet senders`: checks/seen.h */
	const struct refusal_fact *refusal;      /* of `mailvet explain`: checks/refusal.h */
	const struct mail_changes *changes;      /* checks/changes.h; NULL = nothing was compared */
	const struct str *assumptions;           /* "MAIL FROM taken as example.com" */
	size_t n_assumptions;
};

#endif
