/* SPDX-License-Identifier: ISC */
/*
 * selectors.h - DKIM selectors worth probing (RFC 6376 section 3.1).
 *
 * Selectors cannot be listed from outside, so mailvet asks a short list of
 * names that services give to all their customers.  It is short on purpose:
 * names made for one customer (Amazon SES, Postmark, HubSpot) cannot be
 * guessed, and each probe is a question to somebody's name server.
 */
#ifndef CHECKS_SELECTORS_H
#define CHECKS_SELECTORS_H
#include <stddef.h>

#define MAX_SELECTOR_PROBES 24 /* one round of questions, beside the wildcard test */

/* A label that nobody uses: what answers here is a wildcard (RFC 4592). */
#define SELECTOR_NOBODY "mailvet-probe-5f3a"

struct selector_probe {
	const char *name;     /* as in s=, lower case */
	const char *provider; /* who gives it to customers */
	const char *checked;  /* the month it was last seen in public zones */
};

extern const struct selector_probe selector_probes[];
extern const size_t n_selector_probes;

#endif
