/* SPDX-License-Identifier: ISC */
/*
 * mechanism.c - why mail was refused, in the closed list of words that reports
 * use.
 */
#include "audit/bounce/mechanism.h"

static const struct {
	const char *name;
	bool policy; /* about the sender's DNS and standing */
} table[MECH_COUNT] = {
	[MECH_NONE] = { "", false },
	[MECH_SPF] = { "spf", true },
	[MECH_DKIM] = { "dkim", true },
	[MECH_DMARC] = { "dmarc", true },
	[MECH_AUTH_ANY] = { "auth-any", true },
	[MECH_ARC] = { "arc", true },
	[MECH_PTR] = { "ptr", true },
	[MECH_HELO] = { "helo", true },
	[MECH_TLS] = { "tls", true },
	[MECH_SMTP_AUTH] = { "smtp-auth", true },
	[MECH_DNSBL] = { "dnsbl", true },
	[MECH_IP_REPUTATION] = { "ip-reputation", true },
	[MECH_DOMAIN_REPUTATION] = { "domain-reputation", true },
	[MECH_RATE] = { "rate", true },
	[MECH_GREYLIST] = { "greylist", true },
	[MECH_CONTENT] = { "content", true },
	[MECH_RFC5322] = { "rfc5322", true },
	[MECH_SENDER_DOMAIN] = { "sender-domain", true },
	[MECH_NULL_MX] = { "null-mx", true },
	[MECH_RELAY] = { "relay", true },
	[MECH_RECIPIENT] = { "recipient", false },
	[MECH_RECIPIENT_DOMAIN] = { "recipient-domain", false },
	[MECH_MAILBOX_FULL] = { "mailbox-full", false },
	[MECH_SIZE] = { "size", false },
	[MECH_SYSTEM] = { "system", false },
	[MECH_CONNECTION] = { "connection", false },
	[MECH_EXPIRED] = { "expired", false },
	[MECH_COMPLAINT_REPORT] = { "complaint-report", false },
	[MECH_POLICY_UNSPECIFIED] = { "policy-unspecified", true },
	[MECH_OTHER] = { "other", false },
};

const char *
mechanism_name(enum mechanism m)
{
	return (unsigned)m < MECH_COUNT ? table[m].name : "";
}

bool
mechanism_find(struct str name, enum mechanism *out)
{
	for (unsigned i = MECH_NONE + 1; i < MECH_COUNT; i++)
		if (str_eq(name, str_of(table[i].name))) {
			*out = (enum mechanism)i;
			return true;
		}
	return false;
}

bool
mechanism_is_policy(enum mechanism m)
{
	return (unsigned)m < MECH_COUNT && table[m].policy;
}
