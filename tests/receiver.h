/* SPDX-License-Identifier: ISC */
/*
 * receiver.h - for tests: libspf2 behind ASK_RECEIVER.
 *
 * A test program that uses this starts itself again for the process of
 * audit/sources/receiver_child.h; it becomes that before its main() begins.
 */
#ifndef TESTS_RECEIVER_H
#define TESTS_RECEIVER_H
#include "audit/sources/receivers.h"

/* As RECEIVER_CHILD_ARGUMENT, but explanations are compiled. */
#define RECEIVER_UNGUARDED "--libspf2-unguarded"

/* The path of this test: as a program for struct receivers_options. */
const char *receiver_program(void);

/* A source with a process of its own; ARGUMENT and REPLY_MS as in struct receivers_options. */
struct source *receiver_source(const char *argument, unsigned reply_ms);

/* A source that all worlds of this program share: one process for all of them. */
struct source *receiver_shared(void);

/* The answer to the ASK_RECEIVER question Q, by the library in this very process. */
const struct answer *receiver_here(const struct question *q);

#endif
