/* SPDX-License-Identifier: ISC */
/*
 * side.h - one side of a change: the zones before it, or after it.
 *
 * A side answers for its zones; whatever is outside both is asked through one memory
 * (sources/pinned.h), so that nothing but the zones can differ.
 */
#ifndef AUDIT_GATE_SIDE_H
#define AUDIT_GATE_SIDE_H
#include "audit/loop.h"
#include "audit/sources/pinned.h"
#include "audit/world.h"
#include "checks/rules.h"

struct zone_ignore;

struct side {
	const char *path; /* as the user typed it; NULL = there is no such side */
	bool live;        /* what is published, as servers or a recording tell: it has no files */
	struct source *zones;
	struct world *world; /* owns ZONES from side_open() on */
	struct arena arena;
	const struct zone_ignore **ignores; /* by file and line */
	uint32_t *last_line; /* that one of them, or of those before it in its file, is for */
	size_t n_ignores;
};

/*
 * Read the zones at PATH into *S.  AUDIT_OK, or AUDIT_EREAD or AUDIT_EEMPTY which has been
 * told: then *S has no zones, and may be used as it is.  side_free() in every case.
 */
int side_load(struct side *s, const char *path) __attribute__((warn_unused_result));

/* Both sides of the Terraform plan at PATH, as side_load() of each. */
int side_load_plan(struct side *base, struct side *head, const char *path)
    __attribute__((warn_unused_result));

/* A side that is not given, where nothing is known; one at PATH that holds nothing yet. */
void side_none(struct side *s);
void side_empty(struct side *s, const char *path);

/* What is published: PATH is its name for reports. */
void side_live(struct side *s, const char *path);

/* Let S answer: its zones, then OUTSIDE; NOW is the time on both sides. */
void side_open(struct side *s, struct loop *loop, struct pinned *outside, time_t now);

/* The answer of S to Q, one reference; NULL = it is not here yet. */
const struct answer *side_answer(const struct side *s, const struct question *q);

/*
 * Whether S has a suppression comment for RULE at the record RR; *AT is its index.  One
 * without a reason is none: nobody could tell later whether it still holds.
 */
bool side_ignore(const struct side *s, const struct rr *rr, const struct rule *rule, size_t *at);

/* Whether FILE is, or stands below, what S was read from: the change itself may bring it. */
bool side_holds(const struct side *s, const char *file);

/* Give back what S holds. */
void side_free(struct side *s);

#endif
