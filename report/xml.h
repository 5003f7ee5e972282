/* SPDX-License-Identifier: ISC */
/*
 * xml.h - text and attributes of an XML document (XML 1.0, fifth edition).
 *
 * Whatever the bytes are, what comes out is a well-formed part of one: characters
 * that XML 1.0 forbids even as references become U+FFFD.
 */
#ifndef REPORT_XML_H
#define REPORT_XML_H
#include "checks/core/buf.h"

/* Append S as character data or, the same, between double quotes. */
void xml_add(struct buf *b, struct str s);

/* Append ` NAME="S"`; ` NAME="N"`. */
void xml_attribute(struct buf *b, const char *name, struct str s);
void xml_attribute_uint(struct buf *b, const char *name, uint64_t n);

/* Append `<?xml ...?>` and a line end. */
void xml_begin(struct buf *b);

#endif
