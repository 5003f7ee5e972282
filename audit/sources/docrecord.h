/* SPDX-License-Identifier: ISC */
/*
 * docrecord.h - values of a YAML or JSON file into records and faults of a zone.
 *
 * What the readers of octoDNS, DNSControl and Terraform share: the words of the file
 * become rdata by the same reader as those of a zone file, each with its place.
 */
#ifndef AUDIT_SOURCES_DOCRECORD_H
#define AUDIT_SOURCES_DOCRECORD_H
#include "audit/sources/doc.h"
#include "audit/sources/zonebytes.h"

#define MAX_DOC_FIELDS 8 /* of one record; NAPTR has six */

/* A file being read into the zone T. */
struct docread {
	struct zone_load *l;
	struct zone_text *t;
	const struct doc *doc;
	struct str file;           /* as the user would type it */
	const struct name *origin; /* of names in values; the root = they are absolute */
};

/* Where a value stands when that is not where its words are; line 0 = not said. */
struct doc_spot {
	struct str file;
	uint32_t line, column, end_line, end_column;
};

/* A record to be made: everything but its rdata. */
struct docrecord {
	struct name owner;
	uint16_t type;
	uint32_t ttl_s;
	const struct doc_node *from, *to; /* the words that the value begins and ends with */
	struct doc_spot spot;
	bool lenient; /* as in struct zone_record */
};

/* Bytes, and the offset in the file of each. */
struct doc_bytes {
	char *p;
	uint32_t *at;
	size_t n;
};

/* An empty zone of input kind INPUT at APEX for FILE, owned by the arena of L. */
struct zone_text *docrecord_zone(
    struct zone_load *l, struct str file, const struct name *apex, enum zone_input input);

/* The word N, its text and the places of it, owned by A. */
struct doc_bytes docrecord_bytes(struct arena *a, const struct doc *d, const struct doc_node *n);

/*
 * B without the quotes around it, those between its chunks (`" "`, and `""` when TIGHT)
 * and the escapes: what octoDNS and the providers of Terraform make of a text.
 */
void docrecord_unquote(struct doc_bytes *b, bool tight);

/* A TXT or SPF record of the text B, cut into strings of 255 octets. */
void docrecord_text(struct docread *r, const struct docrecord *rec, const struct doc_bytes *b);

/* A record of the N fields FIELD in the order of the presentation form; false when refused. */
bool docrecord_fields(
    struct docread *r, const struct docrecord *rec, const struct doc_node *const *field, size_t n);

/* A record of rdata in presentation form, all in one word. */
bool docrecord_line(struct docread *r, const struct docrecord *rec, const struct doc_node *word);

/* A fault CODE at N (NULL = at the top): static REASON; TEXT is what is quoted of it. */
struct zone_fault *docrecord_fault(struct docread *r, const char *code, const struct doc_node *n,
    struct str text, const char *reason);

/* REC cannot be read, REASON at N: told, and not absent. */
void docrecord_refuse(
    struct docread *r, const struct docrecord *rec, const struct doc_node *n, const char *reason);

/* REC stands there; LATER: what it says is known once it is published. */
void docrecord_unread(struct docread *r, const struct docrecord *rec, bool later);

/* The addresses of OWNER are made by the provider. */
void docrecord_flat(struct docread *r, const struct name *owner);

/* Something at or below NAME was not read: nothing there is called absent. */
void docrecord_missing(struct docread *r, const struct name *name);

/* The whole document could not be read: told at its line, and nothing is called absent. */
void docrecord_broken(struct docread *r);

#endif
