/* SPDX-License-Identifier: ISC */
/*
 * published.h - for tests: a world made of published SPF records, which are no part
 * of this source (MAILVET_SHARED, ../shared).
 *
 * corpus.example has the record under test; include targets have what was published
 * for them; every other question has an answer drawn from its name.
 */
#ifndef TESTS_PUBLISHED_H
#define TESTS_PUBLISHED_H
#include <stdio.h>
#include "checks/core/answer.h"
#include "checks/core/arena.h"

struct published_row {
	struct name name;
	struct str text;
};

struct published {
	struct arena a;
	struct published_row *rows; /* by name */
	size_t n;
	struct str record; /* of corpus.example */
};

/* Read the records of include targets; false when they are not there. */
bool published_open(struct published *p);
void published_close(struct published *p);

/* The records to test, one a line; NULL when they are not there. */
FILE *published_corpus(void);

/* What was published at DOMAIN; empty = nothing. */
struct str published_text(const struct published *p, struct str domain);

/* The answer to Q; CTX is a struct published. */
const struct answer *published_ask(void *ctx, const struct question *q);

#endif
