/* SPDX-License-Identifier: ISC */
/*
 * demand.c - demands by mechanism, provider and code; see demand.h.
 */
#include "audit/explain/demand.h"
#include "audit/bounce/span.h"

/* clang-format off */
static const struct {
	enum refusal_demand demand;
	enum case_standing standing; /* without demand */
	const char *why;
} table[MECH_COUNT] = {
	[MECH_NONE] = { DEMAND_NONE, CASE_UNREAD, "no row of the tables knows this reply" },
	[MECH_SPF] = { DEMAND_SPF, CASE_ASKED, "" },
	[MECH_DKIM] = { DEMAND_DKIM, CASE_ASKED, "" },
	[MECH_DMARC] = { DEMAND_DMARC, CASE_ASKED, "" },
	[MECH_AUTH_ANY] = { DEMAND_EITHER, CASE_ASKED, "" },
	[MECH_ARC] = { DEMAND_NONE, CASE_NOT_DNS, "the ARC chain was broken by whoever forwarded the mail" },
	[MECH_PTR] = { DEMAND_PTR, CASE_ASKED, "" },
	[MECH_HELO] = { DEMAND_HELO, CASE_ASKED, "" },
	[MECH_TLS] = { DEMAND_NONE, CASE_NOT_DNS, "the receiver wants TLS: the mail server has to offer or to use it" },
	[MECH_SMTP_AUTH] = { DEMAND_NONE, CASE_NOT_DNS, "the server wants a login: the relay or its password is wrong" },
	[MECH_DNSBL] = { DEMAND_LIST, CASE_ASKED, "" },
	[MECH_IP_REPUTATION] = { DEMAND_NONE, CASE_NOT_DNS, "the receiver's own judgement of the sending address" },
	[MECH_DOMAIN_REPUTATION] = { DEMAND_NONE, CASE_NOT_DNS, "the receiver's own judgement of the sending domain" },
	[MECH_RATE] = { DEMAND_NONE, CASE_NOT_DNS, "more mail in a short time than the receiver takes of this sender" },
	[MECH_GREYLIST] = { DEMAND_NONE, CASE_NOT_DNS, "greylisting: the receiver takes it at a later attempt" },
	[MECH_CONTENT] = { DEMAND_NONE, CASE_NOT_DNS, "the receiver objects to what the message says or links to" },
	[MECH_RFC5322] = { DEMAND_NONE, CASE_NOT_DNS, "the message itself is not well-formed" },
	[MECH_SENDER_DOMAIN] = { DEMAND_DOMAIN, CASE_ASKED, "" },
	[MECH_NULL_MX] = { DEMAND_MX, CASE_ASKED, "" },
	[MECH_RELAY] = { DEMAND_NONE, CASE_NOT_DNS, "the server does not relay for this sender" },
	[MECH_RECIPIENT] = { DEMAND_NONE, CASE_NOT_OURS, "the recipient's address does not exist, or takes no mail" },
	[MECH_RECIPIENT_DOMAIN] = { DEMAND_NONE, CASE_NOT_OURS, "the recipient's domain does not exist, or takes no mail" },
	[MECH_MAILBOX_FULL] = { DEMAND_NONE, CASE_NOT_OURS, "the recipient's mailbox is full" },
	[MECH_SIZE] = { DEMAND_NONE, CASE_NOT_DNS, "the message is larger than the receiver takes" },
	[MECH_SYSTEM] = { DEMAND_NONE, CASE_NOT_OURS, "the receiver's server has a trouble of its own" },
	[MECH_CONNECTION] = { DEMAND_NONE, CASE_NOT_OURS, "no connection to the receiver could be made or held" },
	[MECH_EXPIRED] = { DEMAND_NONE, CASE_UNREAD, "the mail was given up for its age, and no reply says why" },
	[MECH_COMPLAINT_REPORT] = { DEMAND_NONE, CASE_NOT_OURS, "a recipient said that it is spam" },
	[MECH_POLICY_UNSPECIFIED] = { DEMAND_NONE, CASE_NOT_DNS, "a policy of the receiver, which it does not tell" },
	[MECH_OTHER] = { DEMAND_NONE, CASE_UNREAD, "no row of the tables knows this reply" },
};
/* clang-format on */

static enum mechanism
mechanism_of(const struct bounce_group *g)
{
	enum mechanism m;

	return mechanism_find(g->mechanism, &m) ? m : MECH_NONE;
}

/* The code of G without its class: "7.40"; a deferral by the same rule has a 4 there. */
static struct str
rule_code(const struct bounce_group *g)
{
	return str_sub(g->enhanced_code, 2, g->enhanced_code.n);
}

enum refusal_demand
demand_of(const struct bounce_group *g)
{
	enum refusal_demand d = table[mechanism_of(g)].demand;
	bool google = str_eq(g->provider, STR("google"));

	if (str_has_prefix(g->signature, STR("g-dmarc-none")) ||
	    str_has_prefix(g->signature, STR("g-dmarc-nopolicy")) ||
	    (google && d == DEMAND_DMARC && str_eq(rule_code(g), STR("7.40"))))
		return DEMAND_RECORD;
	if (str_has_prefix(g->signature, STR("g-dmarc-align")) ||
	    str_has_prefix(g->signature, STR("g-dmarc-noalign")) ||
	    (google && d == DEMAND_DMARC && str_eq(rule_code(g), STR("7.32"))))
		return DEMAND_ALIGNMENT;
	if (google && d == DEMAND_EITHER && str_eq(rule_code(g), STR("7.27")))
		return DEMAND_SPF; /* the rules for bulk senders: that mechanism alone */
	if (google && d == DEMAND_EITHER && str_eq(rule_code(g), STR("7.30")))
		return DEMAND_DKIM;
	if (d == DEMAND_EITHER &&
	    (str_eq(g->signature, STR("ms-auth-level")) || str_eq(rule_code(g), STR("7.515"))))
		return DEMAND_ALL;
	return d;
}

enum case_standing
demand_standing(const struct bounce_group *g, const char **why)
{
	enum mechanism m = mechanism_of(g);

	*why = table[m].why;
	if (m == MECH_POLICY_UNSPECIFIED && g->signature.n == 0)
		return CASE_UNREAD; /* a code or a word alone */
	return table[m].standing;
}

bool
demand_is_list_error(struct str sample)
{
	static const char *const words[] = { "127.255.255.", "open resolver", "public resolver",
		"query refused", "queries via public" };
	char lower[MAX_SAMPLE];
	size_t n = sample.n < sizeof(lower) ? sample.n : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = ascii_lower(sample.p[i]);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_has((struct str){ lower, n }, str_of(words[i])))
			return true;
	return false;
}
