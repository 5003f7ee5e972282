/* SPDX-License-Identifier: ISC */
/*
 * configvalue.h - the values that more than one table of keys reads.
 *
 * What was expected comes back as words, static or owned by the arena of V; NULL when
 * the value fits.
 */
#ifndef AUDIT_CONFIG_CONFIGVALUE_H
#define AUDIT_CONFIG_CONFIGVALUE_H
#include "audit/config/config.h"
#include "audit/config/schema.h"

/* V as a domain name into *OUT. */
const char *value_name(const struct value *v, struct name *out);

/* V as yes or no into *OUT. */
const char *value_flag(const struct value *v, bool *out);

/* V as a number from 1 to MAX into *OUT. */
const char *value_number(const struct value *v, uint32_t max, uint32_t *out);

/* One more word into W. */
void words_add(struct arena *a, struct words *w, struct str word);

#endif
