/* SPDX-License-Identifier: ISC */
/*
 * apply.h - a configuration put to use: what it says of a domain into a subject,
 * its levels and waivers into the judge.
 */
#ifndef AUDIT_CONFIG_APPLY_H
#define AUDIT_CONFIG_APPLY_H
#include "audit/config/config.h"
#include "audit/judge.h"
#include "audit/options.h"

/*
 * Add what C says of the domain of *S to what the command line said of it.  *S
 * then refers to C, and to memory of A.
 */
void config_subject(const struct config *c, struct subject *s, struct arena *a);

/*
 * The levels that O chooses, and under them those of C (NULL = no configuration), into
 * J, with the waivers of C that hold at NOW; of those that are over a finding about the
 * run.  J refers to C.
 */
void config_judge(
    const struct config *c, const struct check_options *o, time_t now, struct judge *j);

#endif
