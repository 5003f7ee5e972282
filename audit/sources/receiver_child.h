/* SPDX-License-Identifier: ISC */
/*
 * receiver_child.h - the process in which libspf2 runs: `mailvet --libspf2`.
 *
 * It is the program started anew, so that it holds nothing of what mailvet holds: no
 * socket, no file, no memory.  Before it reads the first question it gives up what
 * it could do harm with; from then on it can compute, read and write its one socket,
 * and end.
 */
#ifndef AUDIT_SOURCES_RECEIVER_CHILD_H
#define AUDIT_SOURCES_RECEIVER_CHILD_H
#include <stdbool.h>

#define RECEIVER_CHILD_ARGUMENT "--libspf2" /* no option: for mailvet itself */

/* What it says first, when it is locked in. */
#define RECEIVER_CHILD_READY 'r'

/*
 * Answer questions from standard input, a socket, until it is closed.  GUARDED as
 * libspf2_open() says.  Returns the exit status.
 */
int receiver_child(bool guarded);

#endif
