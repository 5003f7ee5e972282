/* SPDX-License-Identifier: ISC */
/*
 * mechanism.h - why mail was refused, in the closed list of words that reports
 * use.
 */
#ifndef AUDIT_BOUNCE_MECHANISM_H
#define AUDIT_BOUNCE_MECHANISM_H
#include <stdbool.h>
#include "checks/core/str.h"

enum mechanism {
	MECH_NONE, /* not a failure: delivered, or nothing was said */
	MECH_SPF,
	MECH_DKIM,
	MECH_DMARC,
	MECH_AUTH_ANY, /* neither SPF nor DKIM, or the receiver does not say which */
	MECH_ARC,
	MECH_PTR,
	MECH_HELO,
	MECH_TLS,
	MECH_SMTP_AUTH,
	MECH_DNSBL,
	MECH_IP_REPUTATION,
	MECH_DOMAIN_REPUTATION,
	MECH_RATE,
	MECH_GREYLIST,
	MECH_CONTENT,
	MECH_RFC5322,
	MECH_SENDER_DOMAIN,
	MECH_NULL_MX, /* of the sender's domain (RFC 7505 4.2) */
	MECH_RELAY,
	MECH_RECIPIENT,
	MECH_RECIPIENT_DOMAIN, /* a null MX of the recipient's among them */
	MECH_MAILBOX_FULL,
	MECH_SIZE,
	MECH_SYSTEM,
	MECH_CONNECTION,
	MECH_EXPIRED,
	MECH_COMPLAINT_REPORT,
	MECH_POLICY_UNSPECIFIED,
	MECH_OTHER, /* a failure that no row names */
	MECH_COUNT
};

/* "spf", "auth-any", "mailbox-full" ...; "" for MECH_NONE. */
const char *mechanism_name(enum mechanism m);

/* The mechanism called NAME into *OUT; false when there is none. */
bool mechanism_find(struct str name, enum mechanism *out);

/* Whether M is about us, the sender's DNS and standing, and not about an address or a host. */
bool mechanism_is_policy(enum mechanism m);

#endif
