/* SPDX-License-Identifier: ISC */
/*
 * gate.h - what the files of `mailvet gate` share.
 */
#ifndef AUDIT_COMMANDS_GATE_H
#define AUDIT_COMMANDS_GATE_H
#include "audit/config/config.h"
#include "audit/gate/domains.h"
#include "audit/gate/side.h"
#include "audit/gate/suppress.h"
#include "audit/judge.h"
#include "audit/options.h"
#include "audit/output.h"
#include "audit/progress.h"

struct gate_run {
	const struct check_options *o;
	const struct config *config; /* NULL = none */
	struct side base, head;
	struct world *rest; /* what is outside both */
	struct pinned *pinned;
	struct loop *loop;
	struct judge judge, before; /* of the head; of the base, which counts for nothing */
	struct judge_change change;
	struct baseline baseline;
	struct suppress suppress;
	struct outputs outputs;
	struct progress progress;
	struct run_result run;
	struct arena arena;   /* of the run */
	struct arena scratch; /* of the domain that is told */
	struct buf accepted;  /* lines for --write-baseline */
	struct gate_domain *domains;
	size_t n_domains, next;
	/* The domain that is told. */
	const struct engine_result *after;
	const struct domain_result *was; /* of the base; NULL = nothing is known of it */
	bool same;
	bool fails, unknown; /* something to fail on; something that was known and is not now */
	int rc;              /* the first failure of ours */
};

/* gate_domain.c: DOMAIN as it is audited on SIDE, into *OUT; refers to G and to A. */
void gate_subject(const struct gate_run *g, const struct side *side, const struct name *domain,
    struct subject *out, struct arena *a);

/*
 * gate_domain.c: R came out of the head.  The domain is audited in the base where an
 * answer differs, compared and reported.
 */
void gate_domain_done(struct gate_run *g, const struct engine_result *r);

#endif
