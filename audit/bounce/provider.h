/* SPDX-License-Identifier: ISC */
/*
 * provider.h - whose server refused, by its name and by marks in its words.
 *
 * The recipient's domain is the weakest witness: who hosts it does not stand
 * in its name, and a gateway may stand before the host.
 */
#ifndef AUDIT_BOUNCE_PROVIDER_H
#define AUDIT_BOUNCE_PROVIDER_H
#include "checks/core/str.h"

/* Whose server HOST is, on label boundaries: "google"; "" = not known. */
const char *provider_of_host(struct str host);

/*
 * Whether HOST is surely a server of a provider's: its name is under a suffix where no
 * customer's host has one.  False proves nothing.
 */
bool provider_owns_host(struct str host);

/* A name that the functions below may give, by I from 0; NULL = no more.  Some come twice. */
const char *provider_name(size_t i);

/* Words that one provider alone writes, "- gsmtp"; lower case, the first that is found counts. */
struct provider_mark {
	struct str text;
	const char *provider;
};
extern const struct provider_mark provider_marks[];
extern const size_t n_provider_marks;

/* Who runs the mailboxes of DOMAIN, where it is one of the provider's own; "" = not known. */
const char *provider_of_domain(struct str domain);

#endif
