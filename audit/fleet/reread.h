/* SPDX-License-Identifier: ISC */
/*
 * reread.h - what `mailvet check --report json` and jsonl wrote, read again.
 *
 * Such a file comes from outside: from another machine, another version, an
 * editor.  Each line is bounded, each field that the schema names is checked,
 * and a fault is told with file and line.  A jsonl file is taken line by line, so
 * that a fleet needs no more memory than one domain; a json file is one object
 * and is held whole.
 */
#ifndef AUDIT_FLEET_REREAD_H
#define AUDIT_FLEET_REREAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <jansson.h>
#include "checks/core/str.h"
#include "report/json.h"

#define MAX_REREAD_LINE ((size_t)64 << 20)  /* a domain is derived from at most 32 MiB */
#define MAX_REREAD_JSON ((size_t)256 << 20) /* jansson needs about ten times that */
#define MAX_REREAD_VALUES 2000000           /* of one text: jansson takes 230 bytes for each */
#define MAX_REREAD_DEPTH 256                /* of containers; an SPF tree has 2 x 64 */
#define MAX_REREAD_TOLD 20                  /* faults of one file that are told one by one */
#define MAX_REREAD_WHY 256

/* The end of a run: the last line of jsonl, or what a json object says of itself. */
struct reread_run {
	time_t generated, now;
	struct str answers; /* where answers came from; may be empty */
	bool offline;
	bool interrupted; /* there may be domains that nobody looked at */
	json_t *findings; /* about the run; an array */
};

/*
 * What is read goes here, in the order of the file, and is gone afterwards.
 * LINE is 0 in a json file.  A domain belongs to the next run behind it.
 */
struct reread_visit {
	void (*domain)(void *ctx, json_t *o, size_t line);
	void (*run)(void *ctx, const struct reread_run *run);
	/* Whether LINE of a jsonl file is parsed at all; NULL = every line is. */
	bool (*wanted)(void *ctx, size_t line);
	void *ctx;
	bool quiet;      /* faults have been told before */
	const int *stop; /* ends the reading when it is not 0; NULL = nothing does */
};

/* How it went. */
struct reread_sum {
	size_t domains, runs;
	size_t lines;
	size_t bad; /* lines, or the file, that had to be left out */
	bool torn;  /* the last line was cut off; it is not among the bad */
};

/*
 * Read F, which messages call NAME.  A line that is wrong is told and left
 * out, and the reading goes on; AUDIT_EREAD is of the file itself.
 */
int reread_stream(FILE *f, const char *name, const struct reread_visit *v, struct reread_sum *out)
    __attribute__((warn_unused_result));

/*
 * Whether O is a domain object / the object of a last line as schema.json has
 * them; if not, WHY[MAX_REREAD_WHY] says where and what is wanted.
 */
bool reread_is_domain(json_t *o, char *why);
bool reread_is_end(json_t *o, char *why);

/* The same of a whole json report but for its domains, each of which is one more object. */
bool reread_is_report(json_t *o, char *why);

/* The text KEY of object O; empty when there is none. */
struct str reread_text(json_t *o, const char *key);

/* Write V, which was found good above, with J: the same value gives the same bytes. */
void reread_write(struct json *j, json_t *v);

#endif
