/* SPDX-License-Identifier: ISC */
/*
 * serving.h - whether a name server serves what the zone says.
 *
 * Two answers to one question are compared: that of the zone and that of a server.
 * Order, TTL, the case of names and how a TXT is cut into strings make no difference
 * (RFC 1035 3.3.14, RFC 2181 5, RFC 4343).  A failure is never a difference.
 */
#ifndef CHECKS_SERVING_H
#define CHECKS_SERVING_H
#include "checks/core/answer.h"

enum serving_state {
	SERVING_UNKNOWN, /* the server, or the zone, gave no answer */
	SERVING_AGREES,
	SERVING_DIFFERS,
	SERVING_STATES
};

/*
 * What A says stands at the name asked: *OUT leads to the records themselves or, when only
 * the chain of A tells of a CNAME there, to *CNAME, made of it.  Returns how many; 0 =
 * nothing stands there.
 */
size_t serving_records(const struct answer *a, struct rr *cname, const struct rr **out);

/* How SERVED, a final answer of a server, compares with ZONE, that of the zone. */
enum serving_state serving_compare(const struct answer *zone, const struct answer *served);

/* The serial of an SOA answer into *OUT; false when A has none. */
bool serving_serial(const struct answer *a, uint32_t *out);

/* Whether serial A is behind B (RFC 1982 3.2). */
bool serving_behind(uint32_t a, uint32_t b);

/* "agrees", "differs", "unknown". */
const char *serving_name(enum serving_state s);

#endif
