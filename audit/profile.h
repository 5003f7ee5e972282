/* SPDX-License-Identifier: ISC */
/*
 * profile.h - what --profile changes: levels and which checks run, by one
 * table that `mailvet rules --profile P` prints.
 */
#ifndef AUDIT_PROFILE_H
#define AUDIT_PROFILE_H
#include <stdbool.h>
#include <stdint.h>
#include "checks/core/buf.h"
#include "checks/rules.h"

/*
 * What Gmail, Yahoo and Microsoft demand of bulk senders: SPF, DKIM and a DMARC
 * record.  No profile to choose, but a row in the same table, put in by --bulk
 * and --volume.
 */
#define PROFILE_BULK "bulk"

/* The profile called WORD, static; NULL when there is none. */
const char *profile_find(struct str word);

/* Put the levels PROFILE changes into LEVEL[RULE_COUNT]; NULL = no profile. */
void profile_levels(const char *profile, int8_t *level);

/*
 * Make what ID (a slug, or an alias, which may stand for several rules) names of the
 * level WORD in LEVEL[RULE_COUNT].  What says that something passed or could not be
 * checked keeps its level.  NULL, or words for what is wrong, static.
 */
const char *level_override(int8_t *level, struct str id, struct str word);

/* The level called WORD into *OUT. */
bool level_parse(struct str word, enum rule_level *out);

/* Whether PROFILE (NULL = none) lets CHECK run. */
bool profile_wants(const char *profile, const char *check);

/* Append what PROFILE changes, a line each, for people. */
void profile_print(struct buf *b, const char *profile);

#endif
