/* SPDX-License-Identifier: ISC */
/*
 * rdata.h - rdata in presentation form (RFC 1035 5.1 and the RFC of each type)
 * to wire form.
 *
 * The types a mail check looks into are read here, so that a fault has its
 * token and a TXT the place of every byte; the others go through ldns, and
 * RFC 3597 text is taken for all types whose rdata holds no name.
 */
#ifndef AUDIT_SOURCES_RDATA_H
#define AUDIT_SOURCES_RDATA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "audit/sources/zonelex.h"
#include "checks/core/arena.h"
#include "checks/core/buf.h"
#include "checks/core/name.h"
#include "checks/core/rr.h"

#define MAX_RDATA 65535 /* RFC 1035 3.2.1: RDLENGTH has 16 bits */

/* What is read: the N tokens behind the type, names below ORIGIN. */
struct rdata_in {
	uint16_t type;
	const struct ztoken *token;
	size_t n;
	const struct name *origin; /* n = 0 = none: a relative name is a fault */
};

struct rdata {
	struct str data;          /* wire form, names in lower case */
	const struct rr_pos *pos; /* TXT and SPF: where the bytes of the joined text stand */
	size_t n_pos;
	bool long_string;   /* one quoted string of over 255 octets was cut into several */
	const char *reason; /* static words, when it cannot be read */
	size_t bad;         /* and the token at fault; n = what is missing at the end */
};

/*
 * Read IN into *OUT, its memory owned by A; B is room for one rdata, its maximum
 * MAX_RDATA.  False, with reason and bad set, when a name server would refuse it.
 */
bool rdata_parse(struct arena *a, struct buf *b, const struct rdata_in *in, struct rdata *out);

/*
 * The character-strings of the TXT rdata DATA as one: a view of it when there is one,
 * else owned by A.
 */
struct str rdata_text(struct arena *a, struct str data);

/*
 * The type called WORD, as type_parse() and by the names ldns knows; 0 for none
 * and for types that never stand in a zone (ANY, AXFR, OPT ...).
 */
uint16_t rdata_type(struct str word);

/*
 * A TTL or SOA time: seconds, or numbers with units as in 1h30m (BIND 9).  At
 * most 2^31-1 (RFC 2181 8).
 */
bool rdata_time(struct str word, uint32_t *out);

/*
 * rdataldns.c: rdata of a type not read here, through ldns.  False when ldns
 * does not take it.
 */
bool rdata_by_ldns(struct buf *b, const struct rdata_in *in);

/* rdataldns.c: the number of the type that ldns calls WORD; 0 for none. */
uint16_t rdata_ldns_type(struct str word);

#endif
