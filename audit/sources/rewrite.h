/* SPDX-License-Identifier: ISC */
/*
 * rewrite.h - a corrected record as it has to be written where the old one stands: the
 * text for its range of the file, in the syntax and the habits of that file.
 *
 * It writes no file.  Where the record is not a text of its own (a $GENERATE, a YAML
 * alias, a file that several zones include) it proposes nothing.
 */
#ifndef AUDIT_SOURCES_REWRITE_H
#define AUDIT_SOURCES_REWRITE_H
#include "audit/source.h"
#include "audit/sources/zonedb.h"
#include "report/suggestion.h"

/* The record OLD at OWNER, as the zones answered it, is to become the rdata DATA. */
struct rewrite {
	const struct name *owner;
	const struct rr *old;
	struct str data; /* wire form, of the same type */
};

/*
 * The text of W in place of the old record into *OUT, owned by A; S is a source of
 * zonefile_new().  False when it cannot be told.  The inputs of DNSControl and of
 * Terraform whose .tf file is not there give a text without a range (line 0).
 */
bool rewrite_record(
    const struct source *s, struct arena *a, const struct rewrite *w, struct suggestion *out);

/* What the writers of one syntax are given. */
struct rewriting {
	const struct rewrite *w;
	const struct rr *new;    /* the old one with its new rdata and text */
	struct str file;         /* all of it */
	size_t from, to;         /* the range to be replaced, and so many bytes */
	const struct name *apex; /* of the zone */
	struct arena *a;
};

/* rewrite_yaml.c: append to B what stands in an octoDNS file; false when that cannot be told. */
bool rewrite_octodns(const struct rewriting *r, struct buf *b);

/* rewrite_code.c: append to B the call of DNSControl that makes the record. */
bool rewrite_dnscontrol(const struct rewriting *r, struct buf *b);

/* rewrite_code.c: append to B the string of HCL that stands in a .tf file; without a file, the
 * value. */
bool rewrite_terraform(const struct rewriting *r, struct buf *b);

#endif
