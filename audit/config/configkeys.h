/* SPDX-License-Identifier: ISC */
/*
 * configkeys.h - the tables of the keys of mailvet.yaml, and what each value is read into.
 */
#ifndef AUDIT_CONFIG_CONFIGKEYS_H
#define AUDIT_CONFIG_CONFIGKEYS_H
#include "audit/config/config.h"
#include "audit/config/schema.h"

/* The whole file, into a struct config. */
extern const struct schema config_schema;

/* configlists.c: lists, thresholds.  configwaivers.c: levels, waivers.  configsignatures.c. */
extern const struct schema lists_schema, thresholds_schema, waiver_schema, signature_schema;

/* What bounces are measured by where the file says nothing. */
void thresholds_default(struct bounce_limits *b);

/* An entry of the table `levels`, into a struct config. */
const char *level_entry(struct value *v, void *into);

/* One more signature of a struct config. */
void *signature_open(void *into, struct arena *a);

/* One more waiver of a struct config. */
void *waiver_open(void *into, struct arena *a);

#endif
