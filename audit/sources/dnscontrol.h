/* SPDX-License-Identifier: ISC */
/*
 * dnscontrol.h - what `dnscontrol print-ir` prints, and DNSControl's spfcache.json, as
 * zones.
 *
 * JavaScript is not run: the JSON is what it came to.  Records stand where their call
 * stands in dnsconfig.js when the JSON says so (filepos), else in the JSON.  spfcache.json
 * is a snapshot: it says what it holds, and nothing of names that it lacks.
 */
#ifndef AUDIT_SOURCES_DNSCONTROL_H
#define AUDIT_SOURCES_DNSCONTROL_H
#include "audit/sources/docrecord.h"

/* Whether D, read by doc_json(), is such a JSON / such a cache. */
bool dnscontrol_is(const struct doc *d);
bool dnscontrol_is_cache(const struct doc *d);

/* The domains of D, which is the file PATH, as a list of zones; NULL when there is none. */
struct zone_text *dnscontrol_read(struct zone_load *l, struct str path, const struct doc *d);

/* The records of the cache D, which is the file PATH. */
struct zone_text *dnscontrol_read_cache(struct zone_load *l, struct str path, const struct doc *d);

#endif
