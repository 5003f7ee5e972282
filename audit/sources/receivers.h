/* SPDX-License-Identifier: ISC */
/*
 * receivers.h - the source that answers ASK_RECEIVER: what libspf2 concludes about
 * one sender (checks/core/receiver.h).
 *
 * The library runs in a process of its own (receiver_child.h), which is started with
 * the first question, answers many, and is replaced when it ends, hangs, talks
 * nonsense, or has answered MAX_RECEIVER_ASKED.  Whatever it does, here it costs a
 * failed answer: CAUSE_DIED, CAUSE_TIMEOUT, CAUSE_MALFORMED, or where no process can be
 * had (any more) CAUSE_NOT_STARTED.  An answer comes at once: the library computes for
 * microseconds, and nothing else is waited for.
 */
#ifndef AUDIT_SOURCES_RECEIVERS_H
#define AUDIT_SOURCES_RECEIVERS_H
#include <sys/types.h>
#include "audit/source.h"

#define MAX_RECEIVER_ASKED 1000 /* a process that was taken over lies no longer than this */
#define MAX_RECEIVER_DEATHS 50  /* of a run; then there is no second opinion any more */
#define RECEIVER_START_MS 10000 /* until it is ready: on a busy machine a start takes long */
#define RECEIVER_REPLY_MS 1000  /* for one reply, hundreds of times what it takes */

/*
 * Of a run, waited for processes that hung or died: all other subjects stand still
 * meanwhile, and their time runs.  Then there is no second opinion any more.
 */
#define MAX_RECEIVER_LOST_MS 10000

/* How the process is started; for tests. */
struct receivers_options {
	const char *program;  /* NULL = this program */
	const char *argument; /* NULL = RECEIVER_CHILD_ARGUMENT */
	unsigned reply_ms;    /* 0 = RECEIVER_REPLY_MS */
	unsigned max_lost_ms; /* 0 = MAX_RECEIVER_LOST_MS */
};

/* A source for ASK_RECEIVER; O may be NULL.  Starts nothing yet. */
struct source *receivers_new(const struct receivers_options *o);

/* The process of S; 0 = none runs. */
pid_t receivers_pid(const struct source *s);

#endif
