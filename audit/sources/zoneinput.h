/* SPDX-License-Identifier: ISC */
/*
 * zoneinput.h - which kind of input some bytes are, told by what they hold, and the
 * reader for it.
 *
 * Zone files, octoDNS YAML, dnscontrol's print-ir JSON and spfcache.json, Terraform
 * plans.  What is none of these is a zone file when it was named by itself, and passed
 * over in a folder when its name says that it is something else.
 */
#ifndef AUDIT_SOURCES_ZONEINPUT_H
#define AUDIT_SOURCES_ZONEINPUT_H
#include "audit/sources/zonebytes.h"

/*
 * The zones of B, in a list; NULL when it is nothing of ours and IN_FOLDER, or when
 * that was told.
 */
struct zone_text *zoneinput_read(struct zone_load *l, const struct zone_bytes *b);

/*
 * zoneguess.c: the zone of a zone file named db.LABEL and without $ORIGIN, by the first
 * full name in TEXT that has the label; n = 0 = none.
 */
struct name zoneguess_label(struct str path, struct str text);

/* Whether a file called NAME in a folder is nothing to read, whatever it holds. */
bool zoneinput_is_passed_over(struct str name);

#endif
