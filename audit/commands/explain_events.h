/* SPDX-License-Identifier: ISC */
/*
 * explain_events.h - a run of `mailvet explain` while its files are read: each event
 * joined, ruled on, counted, and told to the outputs that want each.
 */
#ifndef AUDIT_COMMANDS_EXPLAIN_EVENTS_H
#define AUDIT_COMMANDS_EXPLAIN_EVENTS_H
#include "audit/aggregate/subject.h"
#include "audit/bounce/doubles.h"
#include "audit/bounce/join.h"
#include "audit/bounce/ruling.h"
#include "audit/commands/explain.h"

#define MAX_EXPLAIN_TOLD 20 /* notices about files; more of them are counted */

/* One run, from its options to its exit status. */
struct explain_run {
	const struct explain_options *o;
	struct explain_outputs outputs;
	struct config config;
	struct classifier *classifier;
	struct rulings *rulings;
	struct doubles *doubles;
	struct join join;
	struct count count;
	struct arena arena;          /* of one event */
	struct buf pasted;           /* how standard input begins, when it is no log */
	size_t told, shown, refused; /* refused: aggregate reports */
	uint64_t events;
	time_t shown_at; /* progress */
	bool progress, progress_shown, lines_wanted;
	const char **logs; /* of the files named; the others are aggregate reports */
	size_t n_logs;
	struct evidence seen;
	struct arena lists; /* of --dnsbl-zones; what else lives as long as the run */
	const struct dnsbl_list *list;
	size_t n_lists;
	struct buf domain; /* --domain, lower case */
};

/* What reading calls with X as its context: it lives as long as that. */
struct input_hooks explain_hooks(struct explain_run *x);

/* Take the line that tells of progress away, if there is one. */
void explain_progress_clear(struct explain_run *x);

#endif
