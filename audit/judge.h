/* SPDX-License-Identifier: ISC */
/*
 * judge.h - what the run makes of findings: levels after overrides, order,
 * fingerprints, the pass findings, the verdict.
 */
#ifndef AUDIT_JUDGE_H
#define AUDIT_JUDGE_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/engine.h"
#include "audit/resume.h"
#include "report/report.h"

/* What more is made of the findings of a domain, where a change is judged. */
struct judge_change {
	/* Who bears G of the subject S, beside the waivers of the judge; NULL = nobody. */
	const struct waiver *(*bear)(void *ctx, const struct subject *s, const struct judged *g);
	/* Compare what OUT holds with the state before; nothing is counted yet.  Memory of A. */
	void (*compare)(
	    void *ctx, const struct engine_result *r, struct arena *a, struct domain_result *out);
	void *ctx;
};

struct judge {
	int8_t level[RULE_COUNT]; /* an enum rule_level, or -1: as the rule says */
	int8_t parked[RULE_COUNT], bulk[RULE_COUNT]; /* of a subject that is so, under `level` */
	const struct waiver *waivers;                /* the caller's; all of them hold */
	size_t n_waivers;
	struct arena run_arena; /* findings about the run, copied */
	struct judged *run;     /* each once, by fingerprint */
	size_t n_run, cap_run;
	size_t count[N_LEVELS]; /* of all domains and the run */
	size_t domains, verdicts[N_LEVELS];
	bool needed_unknown;               /* some unknown finding of a `needed` rule */
	const struct judge_change *change; /* NULL = none is judged */
};

/* Make J empty: no override, nothing counted. */
void judge_init(struct judge *j);

/* Give back what J holds. */
void judge_free(struct judge *j);

/*
 * Judge R into *OUT, in memory of A (R's findings are referred to, not
 * copied).  Findings about the run are taken out and kept in J.
 */
void judge_domain(
    struct judge *j, const struct engine_result *r, struct arena *a, struct domain_result *out);

/* F, found for S (NULL: about the run), as J judges it, borne by nobody. */
void judge_finding(
    const struct judge *j, const struct subject *s, const struct finding *f, struct judged *out);

/* Who bears G, found of S: a waiver of J, or whoever its change says; NULL = nobody. */
const struct waiver *judge_waiver(
    const struct judge *j, const struct subject *s, const struct judged *g);

/* The N in LIST in the order they are reported in. */
void judge_sort(struct judged *list, size_t n);

/* Count C, of results that an earlier run reported, with those of this one. */
void judge_add_earlier(struct judge *j, const struct resume_counts *c);

/* F, a finding about the run that no domain met; copied. */
void judge_add_run(struct judge *j, const struct finding *f);

/* The run as a whole into *OUT (version, times and answers are the caller's). */
void judge_run(struct judge *j, struct run_result *out);

/*
 * The exit status: 1 when a finding is at or above FAIL_ON (LEVEL_PASS = never),
 * else 3 when something needed could not be determined, else 0.
 */
int judge_status(const struct judge *j, enum rule_level fail_on);

#endif
