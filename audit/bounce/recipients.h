/* SPDX-License-Identifier: ISC */
/*
 * recipients.h - addresses that mail could not be delivered to, and when they
 * have failed for good.
 *
 * Hard is the first permanent failure of the address itself.  A soft failure
 * becomes a hard one when every attempt failed for so long, so often, or in so
 * many mails in a row; a delivery in between begins anew.  What a receiver
 * has against the sender says nothing of the address.  Pure: time comes with the
 * events.
 */
#ifndef AUDIT_BOUNCE_RECIPIENTS_H
#define AUDIT_BOUNCE_RECIPIENTS_H
#include <time.h>
#include "audit/bounce/slots.h"
#include "audit/config/config.h"
#include "checks/core/arena.h"

#define MAX_RECIPIENTS ((uint32_t)1 << 24) /* failing ones: a list that is dead as a whole */
#define MAX_RECIPIENT_BYTES 320            /* RFC 5321 4.5.3.1: 64, '@', 255 */
#define NO_RECIPIENT UINT32_MAX

/* At most 200 bytes each, with its address and its place in the index. */
struct recipient {
	const char *address;
	time_t hard_at;          /* when HARD was seen first */
	time_t run_from, run_to; /* of soft failures without a delivery in between; 0 = none */
	time_t last;             /* failure or complaint */
	uint64_t run_mail;       /* that failed last in it: a hash */
	uint32_t run_attempts, run_mails;
	uint32_t count;       /* failures and complaints */
	uint32_t soft_stream; /* of count.h: where the run counts; UINT32_MAX = nowhere yet */
	uint32_t hard_stream; /* where HARD counts */
	uint16_t n;           /* bytes of the address */
	uint8_t hard;         /* a permanent failure of the address itself */
	uint8_t complained;
	uint8_t doubt; /* an enum doubt: the permanent failure is not believed, and HARD not set */
	uint8_t held;  /* set when all is counted */
};

#define RECIPIENTS_CHUNK ((size_t)4096)

struct recipients {
	struct recipient **chunks; /* of RECIPIENTS_CHUNK each: no copies when it grows */
	size_t room;
	uint32_t n;
	struct arena text;
	struct slots slots;
	uint32_t max;     /* MAX_RECIPIENTS, less in tests */
	uint64_t dropped; /* failures of addresses beyond it, or too long */
};

/* Make R empty. */
void recipients_init(struct recipients *r);

/* Give back what R holds. */
void recipients_free(struct recipients *r);

/* The number of ADDRESS, letters of either case; NO_RECIPIENT when it never failed. */
uint32_t recipients_find(const struct recipients *r, struct str address);

/* The same, kept from now on; NO_RECIPIENT over the bounds. */
uint32_t recipients_add(struct recipients *r, struct str address);

/* The one under ID, which is one. */
struct recipient *recipient_at(const struct recipients *r, uint32_t id);

/* X was delivered to at WHEN: what was soft begins anew, and the address is a good one. */
void recipient_delivered(struct recipient *x, time_t when);

/* A soft failure of X at WHEN; MAIL tells one mail from the next; 0 = each is one. */
void recipient_soft(struct recipient *x, time_t when, uint64_t mail);

/* Whether the soft failures of X count as a hard one: NULL, or which rule says so, static. */
const char *recipient_soft_is_hard(const struct recipient *x, const struct bounce_limits *limits);

#endif
