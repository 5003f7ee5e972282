/* SPDX-License-Identifier: ISC */
/*
 * octodns.h - octoDNS YAML as zones.
 *
 * One file is a zone or a part of one; which zone, its name says, for nothing in it
 * does.  Names in values are absolute with or without a final dot.  A backslash before
 * a semicolon is octoDNS's own and no part of the text.  Keys that octoDNS does not
 * know, and passes over without a word, are told.  Nothing of a configuration of octoDNS
 * is run: of its providers only the folders of YAML files are looked at.
 */
#ifndef AUDIT_SOURCES_OCTODNS_H
#define AUDIT_SOURCES_OCTODNS_H
#include "audit/sources/docrecord.h"

#define OCTODNS_TTL 3600 /* YamlProvider's default_ttl, unless its configuration says */

/* How a YAML file looks. */
enum octodns_shape {
	OCTODNS_NONE,   /* something else */
	OCTODNS_ZONE,   /* names with records */
	OCTODNS_EMPTY,  /* nothing in it */
	OCTODNS_CONFIG, /* providers and zones */
	OCTODNS_BROKEN  /* nothing of it could be read as YAML */
};

/* What D, read by doc_yaml(), seems to be. */
enum octodns_shape octodns_shape(const struct doc *d);

/*
 * The zone that the file name in PATH speaks of: example.com.yaml,
 * example.com._0_base.yaml, example.com./www.yaml; n = 0 = none.
 */
struct name octodns_zone_of(struct str path);

/* The records of D, which is the file PATH, as a part of the zone APEX. */
struct zone_text *octodns_read(
    struct zone_load *l, struct str path, const struct name *apex, const struct doc *d);

/* octodns_value.c: the rdata of one value of REC, at V, into records and faults. */
void octodns_value(struct docread *r, struct docrecord *rec, const struct doc_node *v);

/*
 * octodns_value.c: which field of the presentation form of TYPE the key KEY of a value
 * is, from 0; false when it is none.
 */
bool octodns_field(uint16_t type, struct str key, size_t *out);

#endif
