/* SPDX-License-Identifier: ISC */
/*
 * dnsbl_lists.h - block and allow lists that are asked by DNS (RFC 5782).
 *
 * One row a list: what its answers mean, how it proves that it works, where a
 * listing is looked at.  Lists that have closed stay, as LIST_DEAD, so that
 * nobody adds them again: a dead zone may list the whole world.  Lists whose
 * name holds a key of the customer are LIST_KEYED; the key is no part of a row
 * and never stands in a name that mailvet shows.
 */
#ifndef CHECKS_DNSBL_LISTS_H
#define CHECKS_DNSBL_LISTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"

#define MAX_LIST_CODES 24 /* of one list; the longest published table has 20 */
#define MAX_LIST_ERRORS 6
#define MAX_LIST_TESTS 4

/* What a list is asked about; bits. */
enum {
	LIST_IP4 = 1,
	LIST_IP6 = 2,
	LIST_DOMAIN = 4,
	LIST_ALLOW = 8 /* being listed is good (RFC 5782 2.2) */
};

enum list_state {
	LIST_UNKNOWN,    /* nobody knows whether it works: not asked */
	LIST_ACTIVE,     /* answers anybody who asks within reason */
	LIST_REGISTERED, /* answers only resolvers that were registered with it */
	LIST_KEYED,      /* the zone name holds a customer's key */
	LIST_DEAD        /* closed: do not ask, do not add again */
};

/* How an answer 127.x.y.z is read. */
enum list_match {
	MATCH_ANY,     /* every answer is a listing */
	MATCH_EXACT,   /* only the codes of the table are */
	MATCH_BITMASK, /* the last octet is a sum of codes */
	MATCH_OCTET3,  /* the third octet is the code */
	MATCH_OCTET4   /* the last octet is the code, the others say something else */
};

/* How much receivers give for it: a judgement. */
enum list_weight { WEIGHT_INFORMATIONAL, WEIGHT_LOW, WEIGHT_MEDIUM, WEIGHT_HIGH };

enum code_effect {
	CODE_BAD,    /* a listing */
	CODE_MINOR,  /* a listing that receivers hardly act on */
	CODE_POLICY, /* the address should not send mail directly, whatever it did */
	CODE_GOOD    /* no listing, or an allow list's yes */
};

/* Answers from FIRST to LAST, as x * 65536 + y * 256 + z of 127.x.y.z; or what `match` says. */
struct dnsbl_code {
	uint32_t first, last;
	enum code_effect effect;
	const char *meaning; /* NULL: the table ended before */
};

struct dnsbl_list {
	const char *zone;   /* lower case, no final dot; the public name */
	const char *run_by; /* who runs it */
	unsigned kind;      /* LIST_IP4 ... */
	enum list_state state;
	enum list_match match;
	enum list_weight weight;
	bool verified;       /* codes and state were read at the source named */
	bool registrable;    /* holds registrable domains only: those are asked */
	const char *part_of; /* a list that holds this one and is asked in its place; NULL = none */
	struct dnsbl_code codes[MAX_LIST_CODES];
	struct dnsbl_code errors[MAX_LIST_ERRORS]; /* the asker is refused; beside 127.255.255.x */
	const char *tests[MAX_LIST_TESTS]; /* entries that must be listed; empty = RFC 5782 5 */
	const char *url;              /* where a listing is looked at and removed; NULL = none */
	const char *delist;           /* how a listing ends, for people; NULL = not known */
	const char *source, *checked; /* where the row was read, and when */
};

extern const struct dnsbl_list dnsbl_lists[];
extern const size_t n_dnsbl_lists;

/*
 * Whether L is asked unless somebody chooses otherwise: active, open to
 * anybody, verified, of medium or high weight, no allow list, and not part of
 * another.
 */
bool dnsbl_is_default(const struct dnsbl_list *l);

/* Whether somebody who names L can have it asked: not dead, keyed or of unknown state. */
bool dnsbl_is_askable(const struct dnsbl_list *l);

/*
 * The rows of L's table that ADDRESS, an answer in 127/8, means, into FOUND (at
 * most MAX_LIST_CODES), in the order of the table; returns their number.
 */
size_t dnsbl_meanings(
    const struct dnsbl_list *l, const struct addr *address, const struct dnsbl_code **found);

/* Whether ADDRESS is no answer about a listing: outside 127/8, 127.255.255.x, or an error of L. */
bool dnsbl_is_refusal(const struct dnsbl_list *l, const struct addr *address);

/* What the refusal ADDRESS means; never NULL. */
const char *dnsbl_refusal(const struct dnsbl_list *l, const struct addr *address);

#endif
