/* SPDX-License-Identifier: ISC */
/*
 * reply.h - what the response of a name server says to a question.
 *
 * Pure: bytes in, an answer or the reason why there is none out.  A response
 * that proves nothing is never read as "there is nothing": a referral, an
 * answer section about something else and a filtered answer are failures.
 */
#ifndef AUDIT_SOURCES_REPLY_H
#define AUDIT_SOURCES_REPLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "checks/core/answer.h"
#include "checks/core/arena.h"

#define MAX_NEGATIVE_TTL_S 3600 /* RFC 2308 5 recommends one to three hours */

enum reply_kind {
	REPLY_ANSWER,    /* `answer` is set, one reference */
	REPLY_TRUNCATED, /* ask again by TCP */
	REPLY_NO_EDNS,   /* the server does not take EDNS: ask again without */
	REPLY_FAILED     /* `cause`; another server may know better */
};

struct reply {
	enum reply_kind kind;
	enum answer_cause cause;
	struct answer *answer;
};

/* How the response was got. */
struct reply_context {
	const struct question *q; /* ASK_DNS */
	bool edns, tcp;           /* the query had EDNS / went by TCP */
	bool direct;              /* it asked what the server itself holds: only AA answers it */
	struct answer_from from;
	time_t when;
	struct arena *scratch; /* reset by the callee */
};

/* Judge the LEN bytes at MSG, which wire_match() took for a response to C->q. */
void reply_read(const struct reply_context *c, const uint8_t *msg, size_t len, struct reply *out);

/* A finished ANSWER_FAILED with CAUSE that says who was asked and when. */
struct answer *reply_failed(const struct reply_context *c, enum answer_cause cause);

/* Whether another server would say the same, so that CAUSE ends the question. */
bool reply_is_final(enum answer_cause cause);

#endif
