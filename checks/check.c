/* SPDX-License-Identifier: ISC */
/*
 * check.c - the table of checks.  A new check is a file, a row here, its rules
 * in checks/rules/ and its vectors.
 */
#include "checks/check.h"
#include "checks/dkim.h"
#include "checks/dmarc.h"
#include "checks/dnsbl.h"
#include "checks/gate.h"
#include "checks/helo.h"
#include "checks/message.h"
#include "checks/mx.h"
#include "checks/ptr.h"
#include "checks/senders.h"
#include "checks/spf.h"
#include "checks/streams.h"
#include "checks/via.h"
#include "checks/zone.h"

static bool
has_addresses(const struct subject *s)
{
	return s->n_ips > 0;
}

static bool
has_helo(const struct subject *s)
{
	for (size_t i = 0; i < s->n_senders; i++)
		if (name_is_set(&s->senders[i].helo))
			return true;
	return name_is_set(&s->helo);
}

static bool
asks_lists(const struct subject *s)
{
	return s->ask_lists;
}

static bool
has_message(const struct subject *s)
{
	return s->message != NULL;
}

/* Whether anything is known of who sends as S. */
static bool
has_senders(const struct subject *s)
{
	return name_is_set(&s->domain) && has_sender(s);
}

static bool
has_service(const struct subject *s)
{
	for (size_t i = 0; i < s->n_senders; i++)
		if (s->senders[i].n_via > 0)
			return true;
	return s->n_via > 0 && name_is_set(&s->domain);
}

static bool
is_compared(const struct subject *s)
{
	return s->compared && name_is_set(&s->domain);
}

static bool
has_zone_files(const struct subject *s)
{
	return s->zone_files && name_is_set(&s->domain);
}

/* clang-format off */
const struct check checks[] = {	/* SPF behind: a hostile tree must not spend the others' questions */
	{ .name = "zone", .run = check_zone, .applies = has_zone_files, .pass = RULE_ZONE_OK,
	  .about = "faults of the zone file that holds the domain" },
	{ .name = "mx", .run = check_mx, .pass = RULE_MX_PASS,
	  .about = "mail exchangers and their addresses" },
	{ .name = "dmarc", .run = check_dmarc, .pass = RULE_DMARC_PASS,
	  .about = "DMARC record, the policy that applies, where reports go" },
	{ .name = "dkim", .run = check_dkim, .pass = RULE_DKIM_PASS,
	  .about = "DKIM keys at selectors given, found or guessed" },
	{ .name = "ptr", .run = check_ptr, .applies = has_addresses, .pass = RULE_PTR_PASS,
	  .about = "reverse DNS of sending addresses" },
	{ .name = "helo", .run = check_helo, .applies = has_helo, .pass = RULE_HELO_PASS,
	  .about = "the name said in HELO or EHLO" },
	{ .name = "dnsbl", .run = check_dnsbl, .applies = asks_lists, .pass = RULE_DNSBL_PASS,
	  .about = "block lists" },
	{ .name = "message", .run = check_message, .applies = has_message,
	  .pass = RULE_MESSAGE_PASS, .in_order = message_in_order,
	  .about = "a sample message: its fields, signatures, SPF and DMARC" },
	{ .name = "streams", .run = check_streams, .applies = has_senders,
	  .pass = RULE_STREAMS_PASS,
	  .about = "whether the mail of each sender passes DMARC" },
	{ .name = "via", .run = check_via, .applies = has_service, .pass = RULE_VIA_PASS,
	  .about = "what sending services ask their customers to publish" },
	{ .name = "spf", .run = check_spf, .pass = RULE_SPF_PASS,
	  .about = "SPF record, its syntax, and the lookups of all its includes" },
	{ .name = "gate", .run = check_gate, .applies = is_compared, .pass = RULE_GATE_PASS,
	  .about = "what a change to DNS takes away from mail" },
};
/* clang-format on */
const size_t n_checks = ARRAY_LEN(checks);

const struct check *
check_find(struct str name)
{
	for (size_t i = 0; i < n_checks; i++)
		if (str_ieq(name, str_of(checks[i].name)))
			return &checks[i];
	return NULL;
}
