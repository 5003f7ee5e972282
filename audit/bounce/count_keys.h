/* SPDX-License-Identifier: ISC */
/*
 * count_keys.h - between the files of counting: streams, groups and buckets by
 * what they are of.
 */
#ifndef AUDIT_BOUNCE_COUNT_KEYS_H
#define AUDIT_BOUNCE_COUNT_KEYS_H
#include "audit/bounce/count.h"

#define DAY_S 86400
#define HOUR_S 3600

/* The number of the stream under K; over the bound that of all others. */
uint32_t count_stream(struct count *c, const struct flow_key *k);

/* The number of the group under K; *FRESH = it is new.  Over the bound that of all others. */
uint32_t count_group(struct count *c, const struct group_key *k, bool *fresh);

/*
 * The bucket of WHEN in the list *HEAD, made when there is none; NULL over the
 * bound.  It lives until the next call.
 */
struct bucket *count_bucket(struct count *c, uint32_t *head, int32_t when);

/* The bucket of WHEN in the list at HEAD; NULL = none. */
struct bucket *count_bucket_find(struct count *c, uint32_t head, int32_t when);

/* The list of hours of the provider under WORD; NULL for what is none. */
uint32_t *count_hours(struct count *c, uint32_t word);

/* Whole units of UNIT_S seconds since 1970, rounded down. */
int32_t count_unit(time_t t, long unit_s);

/* The sending address that the configuration knows of the domain under WORD. */
bool count_config_ip(struct count *c, uint32_t word, struct addr *out);

#endif
