/* SPDX-License-Identifier: ISC */
/*
 * advice.h - what a mechanism means in plain words, who can act, and what to
 * look at next.
 */
#ifndef AUDIT_BOUNCE_ADVICE_H
#define AUDIT_BOUNCE_ADVICE_H
#include "audit/bounce/classify.h"
#include "checks/core/arena.h"
#include "report/model.h"

#define MAX_ADVICE 6 /* lines */

/* What M means, and who can do something; static, "" for MECH_NONE. */
const char *advice_meaning(enum mechanism m);
const char *advice_who(enum mechanism m);

/* The page of PROVIDER for senders; "" = not known. */
const char *advice_page(const char *provider);

/*
 * R, classified as W, as one reading into *OUT, owned by A; it refers to R and W as
 * well.
 */
void advice_read(
    struct arena *a, const struct reply *r, const struct classified *w, struct bounce_reading *out);

#endif
