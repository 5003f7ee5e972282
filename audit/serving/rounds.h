/* SPDX-License-Identifier: ISC */
/*
 * rounds.h - every server is asked every question, again and again until all agree or the
 * time is over.
 */
#ifndef AUDIT_SERVING_ROUNDS_H
#define AUDIT_SERVING_ROUNDS_H
#include "audit/loop.h"
#include "checks/core/arena.h"
#include "report/serving.h"

struct rounds_options {
	unsigned wait_s;     /* 0 = one round */
	unsigned interval_s; /* between two rounds */
	unsigned qps;        /* as struct resolver_options */
	bool told;           /* how it stands is told after each round but the last */
};

/*
 * Ask, and fill the cells, serials and states of R, whose domains have their RRsets and
 * servers.  What agreed is not asked again.  Owned by A, but for the answers, which
 * rounds_free() gives back.  AUDIT_OK, or AUDIT_ESYS, told.
 */
int rounds_run(struct arena *a, struct serving_result *r, struct loop *loop,
    const struct rounds_options *o) __attribute__((warn_unused_result));

/* Give back the answers in the cells of R. */
void rounds_free(struct serving_result *r);

#endif
