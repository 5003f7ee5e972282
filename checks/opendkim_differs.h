/* SPDX-License-Identifier: ISC */
/*
 * opendkim_differs.h - where receivers that use libopendkim take a key record or
 * a signature otherwise than RFC 6376 and RFC 8301 say.
 *
 * Many receivers run that library, so a postmaster who sees mail pass there may
 * not believe a finding, and one who sees it fail may find no fault.  Each row
 * was measured with libopendkim 2.11, and is again by its test.  Nothing is
 * judged here.
 */
#ifndef CHECKS_OPENDKIM_DIFFERS_H
#define CHECKS_OPENDKIM_DIFFERS_H
#include "checks/dkim_record.h"

/*
 * What is to be said behind the sentence about fault F of K: empty, or words
 * that begin with "; ".  FACTS may be NULL.  Static.
 */
struct str opendkim_differs(
    const struct dkimkey *k, const struct dkimkey_fault *f, const struct key_facts *facts);

/* The same of a signature that the library verifies, which rule ID tells of. */
struct str opendkim_differs_signature(enum rule_id id);

/* Whether libopendkim, which cuts a key record off, still finds the key in TEXT, of P its p=. */
bool opendkim_reads_cut(struct str text, struct str p);

#endif
