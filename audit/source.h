/* SPDX-License-Identifier: ISC */
/*
 * source.h - who answers questions.
 *
 * A source answers one link: for ASK_DNS the RRset at the very name, or the
 * CNAME there.  Walking the chain, merging questions in flight and keeping
 * answers is the world's work (world.h).
 */
#ifndef AUDIT_SOURCE_H
#define AUDIT_SOURCE_H
#include "checks/core/answer.h"

enum source_reply {
	SOURCE_NOT_MINE, /* ask the next source */
	SOURCE_ANSWERED, /* *OUT is set, one reference */
	SOURCE_LATER     /* ticket_done() will be called, from the loop */
};

/* One link asked of one source.  Owned by the world. */
struct ticket {
	struct question q;
	void (*done)(struct ticket *t, struct answer *a); /* takes the reference A */
	void *source_data; /* for the source's own use while it is under way */
};

struct source;

/*
 * What a source can do.  An answer whose records are not at q.name has the
 * names walked in its chain: a zone file gives one CNAME as ANSWER_FOUND of
 * type CNAME with that target as chain of one and no records of q.type; the
 * resolver may give the whole chain and the records at its end.
 *
 * In both cases: n_chain > 0 and n_rr == 0 and status ANSWER_FOUND means "goes
 * on at the last of the chain; ask there".
 */
struct source_ops {
	const char *name; /* "zone", "recording", "resolver" ... */
	enum source_reply (*ask)(struct source *s, struct ticket *t, struct answer **out);

	/* Whether S answers for NAME, so that a chain from elsewhere is cut there. NULL = never. */
	bool (*owns)(struct source *s, const struct name *name);

	/*
	 * Change the answer A that a later source gave to Q (takes the reference,
	 * returns one).  NULL for sources that only answer.
	 */
	struct answer *(*amend)(struct source *s, const struct question *q, struct answer *a);

	/* Nobody waits for T any more; done() must not be called.  NULL = answers at once. */
	void (*cancel)(struct source *s, struct ticket *t);

	/*
	 * How long a question asked now would lie here before it is sent, because
	 * of a limit of ours.  NULL = it would not.
	 */
	uint64_t (*wait_ms)(const struct source *s);

	void (*free)(struct source *s);
};

/* The owner embeds this first. */
struct source {
	const struct source_ops *ops;
};

#endif
