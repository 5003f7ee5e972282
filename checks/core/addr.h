/* SPDX-License-Identifier: ISC */
/*
 * addr.h - IP addresses and prefixes.
 */
#ifndef CHECKS_CORE_ADDR_H
#define CHECKS_CORE_ADDR_H
#include <stdbool.h>
#include <stdint.h>
#include "checks/core/buf.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

struct addr {
	bool v6;
	uint8_t b[16]; /* 4 or 16 octets in network order; the rest 0 */
};

struct prefix {
	struct addr addr;
	uint8_t bits; /* 0-32 or 0-128 */
};

enum addr_error { ADDR_OK, ADDR_SYNTAX, ADDR_RANGE, ADDR_LEADING_ZERO };

/* Kinds of space that no mail server on the Internet has (RFC 6890). */
enum addr_space {
	ADDR_PUBLIC,
	ADDR_PRIVATE,
	ADDR_LOOPBACK,
	ADDR_UNSPECIFIED,
	ADDR_LINK_LOCAL,
	ADDR_MULTICAST,
	ADDR_DOCUMENTATION,
	ADDR_SHARED,
	ADDR_RESERVED
};

/* Dotted quad, four decimal octets without leading zeros (RFC 7208 5.6). */
enum addr_error addr_parse4(struct str text, struct addr *out);

/* RFC 4291 2.2 text, all three forms. */
enum addr_error addr_parse6(struct str text, struct addr *out);

/* Either family. */
enum addr_error addr_parse(struct str text, struct addr *out);

/* Append A; IPv6 in the form of RFC 5952. */
void addr_print(struct buf *b, const struct addr *a);

/* Whether A and B are the same address of one family. */
bool addr_eq(const struct addr *a, const struct addr *b);

/* Whether IP is one of the N at LIST; a v4-mapped one is the IPv4 address that it stands for. */
bool addr_is_among(const struct addr *list, size_t n, const struct addr *ip);

/* IPv4 before IPv6, then by octets: < 0, 0, > 0. */
int addr_cmp(const struct addr *a, const struct addr *b);

/* ::ffff:a.b.c.d becomes a.b.c.d; everything else stays (RFC 7208 5). */
struct addr addr_unmap(const struct addr *a);

/* The kind of space that A is in. */
enum addr_space addr_space(const struct addr *a);

/* Whether A can be that of a host at all: not "this network", a group, or class E (RFC 6890). */
bool addr_is_of_host(const struct addr *a);

/*
 * Whether others see A across the Internet; what they see of an inner one is their own
 * network.  Addresses of documentation count as public ones: examples are made of them.
 */
bool addr_is_seen_from_outside(const struct addr *a);

/* "private", "loopback" ...; "public" for ADDR_PUBLIC. */
const char *addr_space_name(enum addr_space s);

/* Whether P holds A; false for another family. */
bool prefix_has(const struct prefix *p, const struct addr *a);

/* Whether bits are set below the prefix length. */
bool prefix_has_host_bits(const struct prefix *p);

/* Append "ADDR/BITS". */
void prefix_print(struct buf *b, const struct prefix *p);

/*
 * The reversed name of A below ZONE: octets for IPv4, nibbles for IPv6 (RFC
 * 1035 3.5, RFC 3596 2.5, RFC 5782 2.1 and 2.4).  False when it is too long.
 */
bool addr_reverse(const struct addr *a, const struct name *zone, struct name *out);

/* The in-addr.arpa or ip6.arpa name of A. */
struct name addr_ptr_name(const struct addr *a);

#endif
