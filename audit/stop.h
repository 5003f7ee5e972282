/* SPDX-License-Identifier: ISC */
/*
 * stop.h - SIGINT and SIGTERM ask the run to end well: what is in flight is
 * finished and reported.  The second one ends the program at once.
 */
#ifndef AUDIT_STOP_H
#define AUDIT_STOP_H
#include "audit/loop.h"

/*
 * Take the signals from now on, but for those that are ignored (nohup).  When
 * one comes LOOP, if there is one, turns and calls TELL(CTX).  0 or AUDIT_ESYS.
 */
int stop_begin(struct loop *loop, void (*tell)(void *ctx), void *ctx)
    __attribute__((warn_unused_result));

/* The signal that came; 0 = none. */
int stop_asked(void);

/* Leave the signals to the system again; LOOP is that of stop_begin(). */
void stop_end(struct loop *loop);

/* End as a program ends that SIGNAL killed, so that scripts around us stop too. */
void stop_die(int signal);

#endif
