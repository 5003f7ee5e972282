/* SPDX-License-Identifier: ISC */
/*
 * registered.h - whose a name is, as far as the public suffix list and the DNS
 * say: the registrable domain it stands in, and whether that exists.
 */
#ifndef CHECKS_REGISTERED_H
#define CHECKS_REGISTERED_H
#include <stdbool.h>
#include "checks/check.h"

/*
 * The registrable domain of NAME when it certainly does not exist, into *OUT with
 * the answer that says so; out->n = 0 when it does, or when nobody can say.
 * False while an answer is pending.
 */
bool registered_missing(
    struct audit *au, const struct name *name, struct name *out, const struct answer **evidence);

/*
 * The name that names of the same hand as DOMAIN are below: its registrable domain, or
 * DOMAIN when that is a public suffix or cannot be said.  NULL while an answer is pending.
 */
const struct name *registered_home(struct audit *au, const struct name *domain);

/*
 * Whether NAME is below the registrable domain of DOMAIN, or below DOMAIN when
 * that is a public suffix or cannot be said.  *PENDING is set, never cleared.
 */
bool registered_with(
    struct audit *au, const struct name *name, const struct name *domain, bool *pending);

#endif
