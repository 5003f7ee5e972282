/* SPDX-License-Identifier: ISC */
/*
 * ptr.h - reverse names of the addresses a subject sends from (RFC 1912
 * section 2.1).
 *
 * Addresses that were given are judged, no others: a receiver looks at the
 * address that connects.
 */
#ifndef CHECKS_PTR_H
#define CHECKS_PTR_H
#include "checks/check.h"

#define MAX_PTR_NAMES 10 /* names of one address that are looked up, as RFC 7208 4.6.4 has it */

/*
 * Whether NAME looks made from the address IP for a customer's line: it holds
 * the octets of IP, in decimal or hexadecimal, and a word that such names have
 * (dyn, dsl, pool ...).
 */
bool ptr_is_generic(const struct name *name, const struct addr *ip);

/* Whether NAME has an address record that is IP; *PENDING, *FAILED are set, never cleared. */
bool ptr_confirms(struct audit *au, const struct name *name, const struct addr *ip, bool *pending,
    const struct answer **failed);

/* Judge the reverse names of the subject's addresses. */
void check_ptr(struct audit *au);

#endif
