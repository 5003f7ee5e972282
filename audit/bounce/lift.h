/* SPDX-License-Identifier: ISC */
/*
 * lift.h - what the text of a refusal names: our address, a domain and whose
 * part it plays, the block list, the provider's own id, stated results.
 */
#ifndef AUDIT_BOUNCE_LIFT_H
#define AUDIT_BOUNCE_LIFT_H
#include "audit/bounce/classify.h"

/*
 * Fill OUT from R; LOWER is its text in lower case, byte by byte, with a NUL
 * behind it and none inside.  M and ROLE
 * are what the row that decided says.  Views into R's text, or static.
 */
void lift(const struct reply *r, struct str lower, enum mechanism m, enum identity role,
    struct lifted *out);

#endif
