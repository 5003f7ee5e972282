/* SPDX-License-Identifier: ISC */
/*
 * idn.h - what a person typed becomes a domain name: U-labels to A-labels
 * (IDNA2008, RFC 5891), before a subject exists.
 */
#ifndef AUDIT_IDN_H
#define AUDIT_IDN_H
#include "checks/core/name.h"
#include "checks/core/str.h"

/*
 * Read TEXT (UTF-8 or ASCII, final dot allowed) into *OUT.  NULL, or static
 * words for why it is not a domain name.
 */
const char *idn_parse(struct str text, struct name *out);

#endif
