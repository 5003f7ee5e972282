/* SPDX-License-Identifier: ISC */
/*
 * spf_record.h - the text of one SPF record to terms and faults (RFC 7208
 * sections 4.5, 4.6.1, 5, 6 and 12).
 *
 * Goes on after a fault, so that all of them are told.  Asks nothing and
 * judges nothing: a term that is bad style but good grammar is no fault.
 */
#ifndef CHECKS_SPF_RECORD_H
#define CHECKS_SPF_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

#define MAX_SPF_TERMS 4096 /* a 64 KB record of ip4 networks holds fewer */
#define MAX_SPF_FAULTS 20  /* kept of one record; a page full is enough to see what it is */
#define SPF_NO_TERM ((size_t)-1)

enum spf_kind {
	TERM_ALL,
	TERM_INCLUDE,
	TERM_A,
	TERM_MX,
	TERM_PTR,
	TERM_IP4,
	TERM_IP6,
	TERM_EXISTS,
	TERM_REDIRECT,
	TERM_EXP,
	TERM_MODIFIER, /* unknown: ignored (RFC 7208 6) */
	TERM_BAD       /* not a term */
};

enum spf_fault_kind {
	FAULT_SYNTAX,    /* no term of any kind */
	FAULT_BYTE,      /* a byte outside printable US-ASCII */
	FAULT_UNKNOWN,   /* a mechanism that RFC 7208 does not have */
	FAULT_ARGUMENT,  /* an argument too many, or none where one is needed */
	FAULT_ADDRESS,   /* no address literal of the family */
	FAULT_CIDR,      /* a prefix length that the grammar does not take */
	FAULT_DOMAIN,    /* no domain-spec */
	FAULT_NAME,      /* a domain-spec that is no domain name: receivers differ */
	FAULT_MACRO,     /* macro syntax */
	FAULT_QUALIFIED, /* a qualifier on a modifier */
	FAULT_TWICE,     /* redirect= or exp= a second time */
	FAULT_MANY       /* more than MAX_SPF_TERMS: the rest was not read */
};

struct spf_fault {
	enum spf_fault_kind kind;
	size_t term;           /* index of the term */
	size_t offset, length; /* the part at fault, in the text given */
};

struct spf_term {
	struct str text; /* all of it, as written */
	enum spf_kind kind;
	char qualifier;       /* '+' when none is written */
	struct str name;      /* "include", as written */
	struct str domain;    /* domain-spec or modifier value; empty when there is none */
	struct prefix net;    /* of ip4 and ip6 */
	uint8_t cidr4, cidr6; /* of a and mx; 32 and 128 when not written */
	bool has_macro, has_p;
	const struct name *target; /* what DOMAIN means without macros; NULL = no domain name */
};

struct spf_record {
	struct str text;
	struct spf_term *terms;
	size_t n_terms;
	size_t all, redirect, exp; /* index of the first; SPF_NO_TERM when there is none */
	/* The first, includes apart, that everybody passes by, or else the all; SPF_NO_TERM. */
	size_t decider;
	const struct spf_term **lookups; /* those that cost one and are not dead, in order */
	size_t n_lookups;
	size_t n_faults; /* kept in faults */
	size_t n_fatal;  /* of all faults, those that void the record (permerror) */
	struct spf_fault faults[MAX_SPF_FAULTS];
};

/* Whether TEXT is an SPF record: "v=spf1", any case, then a blank or nothing (RFC 7208 4.5). */
bool is_spf_record(struct str text);

/*
 * Read TEXT behind its first six bytes, the version, into *OUT.  Terms and their
 * targets are owned by A, views lead into TEXT.
 */
void spf_record_parse(struct arena *a, struct str text, struct spf_record *out);

/*
 * Read one term, WORD, into *OUT.  True when it is good; else *FAULT says
 * why, with offsets into WORD, and a FAULT_NAME leaves the term usable.  The
 * target is left out.
 */
bool spf_term_parse(struct str word, struct spf_term *out, struct spf_fault *fault);

/* Whether a fault of kind K makes the whole record an error (RFC 7208 4.6). */
bool is_spf_fatal(enum spf_fault_kind k);

/* Whether KIND costs one of the 10 lookups (RFC 7208 4.6.4). */
bool is_spf_lookup(enum spf_kind kind);

/*
 * Whether term I of R is never reached: a mechanism after `all`, or redirect=
 * beside one (RFC 7208 5.1, 6.1).
 */
static inline bool
is_spf_dead(const struct spf_record *r, size_t i)
{
	if (r->all == SPF_NO_TERM)
		return false;
	enum spf_kind k = r->terms[i].kind;
	return k == TERM_REDIRECT || (i > r->all && k != TERM_EXP && k != TERM_MODIFIER);
}

/* The mechanisms by name; NULL-free, for suggestions. */
struct spf_word {
	struct str name;
	enum spf_kind kind;
};
extern const struct spf_word spf_mechanisms[];
extern const size_t n_spf_mechanisms;

#endif
