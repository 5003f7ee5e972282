/* SPDX-License-Identifier: ISC */
/*
 * message.h - judge a sample message: its DKIM signatures, what SPF and DMARC
 * make of it, and what large receivers ask of a message (RFC 6376, 7208, 9989,
 * 8058, 5322).
 *
 * Whether a signature is mathematically right is asked (ASK_VERIFY, a library
 * answers); what that means, and all the library does not say, is judged here.
 * The keys themselves are judged by the check "dkim": whoever makes the subject
 * reads its signatures into `signatures`, puts their s= and d= into its selectors
 * (FROM_MESSAGE), and its From domain into `domain`.  Here a key that is not
 * there, revoked or broken is only the cause of a signature's result; but for the keys
 * of other organizations, which that check leaves alone.
 */
#ifndef CHECKS_MESSAGE_H
#define CHECKS_MESSAGE_H
#include "checks/check.h"

/*
 * The check "message": of subjects that have a message.  Appends findings and
 * fills au->facts->message, unless an answer is pending.
 */
void check_message(struct audit *au);

/*
 * Whether each signature of the message of F passes.  One whose key is at fault is told
 * by the check "dkim", so that this one has no finding of it; but nothing is in order.
 */
bool message_in_order(const struct facts *f);

#endif
