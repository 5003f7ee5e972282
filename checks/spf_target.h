/* SPDX-License-Identifier: ISC */
/*
 * spf_target.h - the name that a term of a record leads to.
 */
#ifndef CHECKS_SPF_TARGET_H
#define CHECKS_SPF_TARGET_H
#include "checks/core/arena.h"
#include "checks/spf_record.h"

/*
 * The name that the domain-spec of TERM means in the record of NAME, where
 * ROOT is the sender's domain; NAME itself when it has none.  NULL when it
 * depends on who sends (*MACRO) or is no domain name.  Owned by A.
 */
const struct name *spf_target(struct arena *a, const struct spf_term *term, const struct name *name,
    const struct name *root, bool *macro);

#endif
