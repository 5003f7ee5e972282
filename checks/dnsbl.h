/* SPDX-License-Identifier: ISC */
/*
 * dnsbl.h - whether block lists hold the sending addresses and domains (RFC 5782).
 *
 * A list is believed only after it passed its own test entries in the same
 * round; an answer that refuses the asker is never a listing; a list that
 * does not answer is never a clean bill.
 */
#ifndef CHECKS_DNSBL_H
#define CHECKS_DNSBL_H
#include "checks/check.h"

/*
 * The check "dnsbl": asks only where the subject says so (ask_lists), the lists
 * it names or the default ones of the catalogue.
 */
void check_dnsbl(struct audit *au);

#endif
