/* SPDX-License-Identifier: ISC */
/*
 * receiver.h - what an SPF library that receivers use concludes about one sender.
 *
 * The library asks no server.  With the question travel the answers that are at
 * hand; what it lacks is asked by ask_dns() and it is asked again, so that it
 * sees the very answers that the checks see.  Such a question is computed, not
 * looked up: it is not recorded, and a replay computes it again.
 *
 * The data of the question, numbers in network order:
 *
 *	1 version, 1 family (4, 6), 16 address, then as 1 length and bytes:
 *	HELO name, local part, domain; then 2 number of answers, and each
 *	2 type, 1 status (enum receiver_status), 1 length and name in wire form,
 *	2 number of records, and each 2 length and bytes: an address, the target of
 *	an MX or PTR in wire form, or the joined text of a TXT.
 */
#ifndef CHECKS_CORE_RECEIVER_H
#define CHECKS_CORE_RECEIVER_H
#include "checks/core/inquiry.h"

#define RECEIVER_VERSION 1
#define MAX_RECEIVER_DATA (48u << 10) /* of a question: ten times what large senders need */
#define MAX_RECEIVER_TEXT 2048        /* of an SPF record; the library has faults beyond */
#define MAX_RECEIVER_ROUNDS 200       /* answers missed one by one: 10 terms with 10 hosts, twice */
#define RECEIVER_TEXT_OVER 0xffff     /* the length that stands for a longer record */
#define RECEIVER_HEAD 18              /* octets before the HELO name */

enum receiver { LIBSPF2 = 1 };

enum receiver_status { RECEIVER_FOUND, RECEIVER_NODATA, RECEIVER_NXDOMAIN, RECEIVER_FAILED };

/* Who sends.  An IPv4-mapped address counts as IPv4; an empty LOCAL is "postmaster". */
struct receiver_sender {
	struct addr ip;
	struct str helo, local;
	struct str domain; /* that is evaluated: of MAIL FROM, or HELO (RFC 7208 2.4) */
};

/*
 * What receiver WHO concludes about S, by the answers of Q: answer->receiver, with
 * nothing missing, when found.  Pending when an answer it needs is.  Failed where it
 * could not be asked: CAUSE_NOT_PROVIDED when nobody is there to ask.  Lives as
 * long as the subject.
 */
const struct answer *ask_receiver(
    struct inquiry *q, enum receiver who, const struct receiver_sender *s);

/* What the library's error code CODE means, a few words; "" = none, or not known. */
const char *receiver_error_text(uint8_t code);

#endif
