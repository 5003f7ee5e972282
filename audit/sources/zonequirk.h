/* SPDX-License-Identifier: ISC */
/*
 * zonequirk.h - what name servers and providers write into zone files that no other reads:
 * types of their own whose addresses they make up themselves, an SOA without a final dot.
 *
 * It tells these apart; whether they are faults the reader decides.
 */
#ifndef AUDIT_SOURCES_ZONEQUIRK_H
#define AUDIT_SOURCES_ZONEQUIRK_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/sources/zonelex.h"
#include "audit/sources/zoneread.h"

/* Whether token I of E, where the type is wanted, stands for addresses made by a server. */
bool zonequirk_is_flat(const struct zone_entry *e, size_t i);

/* The addresses of OWNER, in wire form, are made so: T does not hold them, nor lack them. */
void zonequirk_flat(struct zone_load *l, struct zone_text *t, struct str owner);

/* Whether E is an SOA whose owner is a whole name but for the final dot (Cloudflare's export). */
bool zonequirk_is_undotted_soa(const struct zone_entry *e);

#endif
