/* SPDX-License-Identifier: ISC */
/*
 * wire.h - DNS messages as bytes: build a query, walk a response (RFC 1035 4,
 * RFC 6891).
 *
 * Pure: no socket, no clock.  Every byte of a response is the other side's:
 * nothing is read outside it, and its counts are only upper bounds for a walk
 * that ends where the bytes end.  What a response means is reply.h's work.
 */
#ifndef AUDIT_SOURCES_WIRE_H
#define AUDIT_SOURCES_WIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

#define WIRE_HEADER 12
#define WIRE_EDNS_SIZE 1232 /* what we announce: fits IPv6's least MTU (DNS flag day 2020) */
#define MAX_WIRE_QUERY (WIRE_HEADER + MAX_NAME_WIRE + 4 + 11)
#define MAX_WIRE_MESSAGE 65535 /* what the length of DNS over TCP can say */

enum wire_rcode {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_NOTAUTH = 9,
	RCODE_BADVERS = 16
};

struct wire_query {
	const struct name *name;
	uint16_t type;
	uint16_t id;
	bool edns;
	uint64_t case_bits; /* 0x20: bit I makes octet I of the name, modulo 64, a capital */
	bool direct;        /* without RD: the server is asked what it holds itself */
};

/* Write Q to OUT: RD, unless it is direct, and AD set (RFC 6840 5.7), class IN.  Returns its
 * length. */
size_t wire_query_build(const struct wire_query *q, uint8_t out[MAX_WIRE_QUERY]);

/* Whether NAME is a well-formed wire name, so that it can be asked. */
bool wire_name_ok(const struct name *name);

enum wire_match {
	WIRE_NOT_OURS, /* another id or question, or no response at all */
	WIRE_CASE,     /* ours but for the case of letters in the question */
	WIRE_OURS
};

/*
 * Whether MSG is a response to Q: QR, opcode, id and question.  A response
 * without question counts when its RCODE says that the server could not read
 * or serve ours, for old servers answer EDNS so (RFC 6891 7).
 */
enum wire_match wire_match(const struct wire_query *q, const uint8_t *msg, size_t len);

struct wire_header {
	uint16_t id, flags;
	uint16_t count[4]; /* question, answer, authority, additional; as claimed */
	uint8_t rcode;     /* the lower four bits */
	bool qr, aa, tc, ra, ad;
};

/* Read the header; false when MSG is shorter than one. */
bool wire_header_read(const uint8_t *msg, size_t len, struct wire_header *out);

enum wire_section { WIRE_ANSWER, WIRE_AUTHORITY, WIRE_ADDITIONAL, WIRE_SECTIONS };

struct wire_rr {
	enum wire_section section;
	uint16_t type, class;
	uint32_t ttl_s;  /* RFC 2181 8: 0 when the top bit was set; raw for OPT */
	size_t owner_at; /* where the owner's name begins; wire_owner() */
	size_t at;       /* where the rdata begins */
	uint16_t n;      /* its bytes, all inside the message */
};

/* A walk over the records of a message. */
struct wire_walk {
	const uint8_t *msg;
	size_t len, pos;
	uint16_t left[WIRE_SECTIONS];
	struct name asked; /* the name in the question; n = 0 = there is none */
};

enum wire_step { WIRE_RR, WIRE_END, WIRE_BROKEN };

/*
 * Begin behind the question section.  False when that does not parse.  EXPECTED, or
 * NULL: the name that will most likely stand there.
 */
bool wire_walk_init(
    struct wire_walk *w, const uint8_t *msg, size_t len, const struct name *expected);

/*
 * The next record into *OUT.  Its owner is stepped over and not read: that is left to
 * whoever wants it.  Bytes behind the last record are not looked at.
 */
enum wire_step wire_next(struct wire_walk *w, struct wire_rr *out);

/* The owner of RR into *OUT, in lower case.  False when it is no well-formed name. */
bool wire_owner(const struct wire_walk *w, const struct wire_rr *rr, struct name *out);

/* Whether NAME is the owner of RR. */
bool wire_owner_is(const struct wire_walk *w, const struct wire_rr *rr, const struct name *name);

/*
 * The rdata of RR with names uncompressed and in lower case (RFC 3597 4 lists
 * the types that may be compressed; all others are as received).  The view
 * leads into the message or into memory of A.  False when the rdata is not
 * well-formed for a type we know.
 */
bool wire_rdata(
    const struct wire_walk *w, const struct wire_rr *rr, struct arena *a, struct str *out);

/* The last field of RR, a SOA record (RFC 2308 4).  False when it is not well-formed. */
bool wire_soa_minimum(const struct wire_walk *w, const struct wire_rr *rr, uint32_t *out);

/* What an OPT record says (RFC 6891 6.1.3, RFC 8914). */
struct wire_opt {
	bool present;
	uint8_t rcode_high, version;
	uint64_t errors; /* bit N: extended DNS error N, for N < 64 */
};

/* Read RR, an OPT record.  False when its options do not fill its rdata. */
bool wire_opt_read(const struct wire_walk *w, const struct wire_rr *rr, struct wire_opt *out);

#define WIRE_TYPE_OPT 41
#define WIRE_CLASS_IN 1

#endif
