/* SPDX-License-Identifier: ISC */
/*
 * merge.h - which of several results of one domain stands: the one of the latest
 * run; of runs of the same time, the one that was read last.
 *
 * Results are numbered in the order they are read, and named by their label;
 * what they say is not kept.
 */
#ifndef AUDIT_FLEET_MERGE_H
#define AUDIT_FLEET_MERGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "checks/core/arena.h"
#include "checks/rules.h"

/* Results: 16 million of them take about 1.5 GB, and would be 100 GB of JSON. */
#define MAX_MERGE ((size_t)16 << 20)

struct merge_result {
	struct str label;
	time_t now; /* of its run */
	uint32_t file, line;
	enum rule_level verdict;
	uint32_t stands; /* number of the result that stands: its own, or the later one's */
};

struct merge {
	struct arena arena;
	struct merge_result *v;
	size_t n, cap;
	size_t open; /* the first whose run has not ended */
	bool full;   /* one more than MAX_MERGE came */
};

/* Make M empty. */
void merge_init(struct merge *m);

/* Give back what M holds. */
void merge_free(struct merge *m);

/* The next result, of LABEL, which is copied; stands and now are set later. */
void merge_add(struct merge *m, const struct merge_result *r);

/* Forget the results from number N on: their file could not be read to its end. */
void merge_drop(struct merge *m, size_t n);

/* The run of the results since the last call was at NOW. */
void merge_run(struct merge *m, time_t now);

/* All have been read: decide. */
void merge_decide(struct merge *m);

#endif
