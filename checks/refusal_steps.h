/* SPDX-License-Identifier: ISC */
/*
 * refusal_steps.h - between the files of refusal: the reasoning while it is written.
 */
#ifndef CHECKS_REFUSAL_STEPS_H
#define CHECKS_REFUSAL_STEPS_H
#include "checks/refusal.h"

struct reasoning {
	struct audit *au;
	const struct refusal *r;
	struct refusal_fact *f;
	bool pending; /* an answer is missing: what was written is thrown away */
};

/* What one mechanism comes to. */
enum proof {
	PROOF_PASSES,
	PROOF_FAILS,
	PROOF_FAILED, /* a lookup did: x->f->failed */
	PROOF_UNTOLD  /* nobody told the address, the selector: x->f->lacks */
};

/*
 * Begin a step: where its words go.  Nothing that makes findings or steps may be called
 * before step_end().
 */
struct buf *step_begin(struct reasoning *x);

/* The step that was begun is told; NAME TYPE shows it (NULL = nothing does). */
struct refusal_step *step_end(struct reasoning *x, const struct name *name, uint16_t type);

/* The step S shows the record TEXT. */
void step_shows(struct reasoning *x, struct refusal_step *s, struct str text);

/* A tells it: its TTL, and that it is pending or failed.  Whether it can be read. */
bool step_readable(struct reasoning *x, const struct answer *a);

/* The rules of LIST, N of them, tell the same. */
void step_causes(struct reasoning *x, const enum rule_id *list, size_t n);

/* What X finds is V; that a lookup failed stays. */
void step_finds(struct reasoning *x, enum refusal_finds v);

/* refusal_auth.c */
void refusal_spf(struct reasoning *x);
void refusal_dkim(struct reasoning *x);
void refusal_either(struct reasoning *x);
void refusal_all(struct reasoning *x);
void refusal_dmarc(struct reasoning *x);

/* refusal_host.c */
void refusal_ptr(struct reasoning *x);
void refusal_helo(struct reasoning *x);
void refusal_domain(struct reasoning *x);

/* refusal_list.c */
void refusal_list(struct reasoning *x);

#endif
