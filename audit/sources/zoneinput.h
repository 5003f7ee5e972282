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
#include "audit/sources/docrecord.h"

/* A file to be read. */
struct zone_bytes {
	struct str path, text;
	bool in_folder; /* found there, not named: what is no input of ours is no fault */
	struct zone_seen id;
};

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

/* Whether S ends in END, case apart. */
bool zoneinput_ends_with(struct str s, const char *end);

/*
 * The file that NAME, written in the file FROM, includes: beside it, inside the root of
 * L.  NULL when it was read, else static words why not.
 */
const char *zoneinput_include(
    struct zone_load *l, struct str from, struct str name, struct zone_bytes *out);

/* Remember the bytes TEXT of the file PATH, for whoever writes a record anew there. */
void zoneinput_keep(struct zone_load *l, struct str path, struct str text, enum zone_input input);

/*
 * octodnsconfig.c: D, a configuration of octoDNS, is FILE: the folders of its YAML
 * providers into *FOLDERS, the names of its zones into *ZONES; no names when it takes all
 * that are there.
 */
struct octodns_config {
	struct str *folder; /* as they are written */
	size_t n_folders;
	struct name *zone;
	size_t n_zones;
	bool all;
};
void octodnsconfig_read(struct arena *a, const struct doc *d, struct octodns_config *out);

/* zoneignore.c: the suppressions in the comments of the document of R, to its zone. */
void zoneignore_doc(struct docread *r);

/* Whose comments are looked at. */
struct zone_comments {
	struct arena *a;
	struct zone_text *t;
	struct str file;
};

/* zoneignore.c: a comment of a zone file, as zonelex tells it; ARG is a struct zone_comments. */
void zoneignore_comment(void *arg, struct str comment, uint32_t line, bool alone);

/* zoneignore.c: the suppressions of T that wait for what follows them mean LINE to LAST. */
void zoneignore_entry(struct zone_text *t, uint32_t line, uint32_t last);

#endif
