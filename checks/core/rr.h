/* SPDX-License-Identifier: ISC */
/*
 * rr.h - one resource record: its wire rdata and how to read and print it.
 *
 * Rdata is kept in wire form, names in it uncompressed and in lower case.
 * Nothing here follows compression; what comes from the network is expanded
 * before (audit/sources/wire.h).
 */
#ifndef CHECKS_CORE_RR_H
#define CHECKS_CORE_RR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/core/buf.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

enum rr_type {
	RR_A = 1,
	RR_NS = 2,
	RR_CNAME = 5,
	RR_SOA = 6,
	RR_PTR = 12,
	RR_MX = 15,
	RR_TXT = 16,
	RR_AAAA = 28,
	RR_SRV = 33,
	RR_DNAME = 39,
	RR_DS = 43,
	RR_RRSIG = 46,
	RR_NSEC = 47,
	RR_DNSKEY = 48,
	RR_NSEC3 = 50,
	RR_TLSA = 52,
	RR_SPF = 99,
	RR_CAA = 257
};

/* Where byte OFFSET of a record's text stands in its file; runs, ascending. */
struct rr_pos {
	uint32_t offset; /* of the joined text */
	uint32_t line;   /* from 1 */
	uint32_t column; /* from 1, in bytes; text goes on byte by byte from here */
};

struct rr {
	uint16_t type;
	uint32_t ttl_s;
	struct str data; /* rdata in wire form, names uncompressed */
	struct str text; /* TXT and SPF: the character-strings joined; else empty */
	struct str file; /* the zone file it came from; empty when live */
	uint32_t line, column, end_line, end_column; /* the rdata; end exclusive; 0 = unknown */
	const struct rr_pos *pos;                    /* for TXT out of a file */
	size_t n_pos;
};

/* Whether DATA is a well-formed rdata of TYPE; types not known here always are. */
bool rr_data_ok(uint16_t type, struct str data);

/*
 * The next character-string of a TXT rdata from *POS on into *OUT; *POS moves
 * on.  False at the end.
 */
bool txt_next(struct str data, size_t *pos, struct str *out);

/* The address of an A or AAAA record; false for any other. */
bool rr_addr(const struct rr *rr, struct addr *out);

/* The name of a CNAME, NS, PTR or DNAME record; the exchange of an MX. */
bool rr_target(const struct rr *rr, struct name *out);

/* The preference of an MX record; 0 for any other. */
uint16_t rr_preference(const struct rr *rr);

/* Append RR's rdata in presentation form; types not known as RFC 3597 \# text. */
void rr_print(struct buf *b, const struct rr *rr);

/* Append a TXT rdata for TEXT, cut into strings of 255 octets, as zone files write it. */
void txt_print(struct buf *b, struct str text);

/* Append "TXT", "MX"; "TYPE65534" for what has no name here. */
void type_print(struct buf *b, uint16_t type);

/* The type called TEXT (case does not count, TYPEnnn is taken); 0 = none. */
uint16_t type_parse(struct str text);

#endif
