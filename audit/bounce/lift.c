/* SPDX-License-Identifier: ISC */
/*
 * lift.c - what the text of a refusal names.
 *
 * Everything is searched in the lower-case copy and handed out as written:
 * both have the same offsets.
 */
#include "audit/bounce/lift.h"
#include "audit/bounce/replywrap.h"

#define MAX_DOMAIN 253

/* clang-format off */
/* Behind these words stands a domain, or an address of it. */
static const struct {
	struct str lead;
	enum identity identity;
} domain_leads[] = {
	{ STR("unauthenticated email from "), IDENTITY_FROM },
	{ STR("unauthenticated mail from "), IDENTITY_FROM },
	{ STR("sending domain "), IDENTITY_FROM },
	{ STR("dmarc policy for "), IDENTITY_FROM },
	{ STR("dmarc policy of "), IDENTITY_FROM },
	{ STR("due to domain ("), IDENTITY_FROM },
	{ STR("policy of domain "), IDENTITY_FROM },
	{ STR("header.from="), IDENTITY_FROM },
	{ STR("dmarc of "), IDENTITY_FROM },
	{ STR("rejected due to "), IDENTITY_FROM },
	{ STR("dkim domain "), IDENTITY_DKIM },
	{ STR("header.d="), IDENTITY_DKIM },
	{ STR("header.i=@"), IDENTITY_DKIM },
	{ STR("spf domain "), IDENTITY_MAIL_FROM },
	{ STR("mail from domain "), IDENTITY_MAIL_FROM },
	{ STR("smtp.mailfrom="), IDENTITY_MAIL_FROM },
	{ STR("envelope-from="), IDENTITY_MAIL_FROM },
	{ STR("send mail from "), IDENTITY_MAIL_FROM },
	{ STR("send from "), IDENTITY_MAIL_FROM },
	{ STR("send for "), IDENTITY_MAIL_FROM },
	{ STR("send mail for "), IDENTITY_MAIL_FROM },
	{ STR("spf record for "), IDENTITY_MAIL_FROM },
	{ STR("dkim signature for "), IDENTITY_DKIM },
	{ STR("domain of sender address "), IDENTITY_MAIL_FROM },
	{ STR("sender address ["), IDENTITY_MAIL_FROM },
	{ STR("sender domain "), IDENTITY_MAIL_FROM },
	{ STR("verification failed for "), IDENTITY_MAIL_FROM },
	{ STR("spf policy of "), IDENTITY_MAIL_FROM },
	{ STR("spf record of "), IDENTITY_MAIL_FROM },
	{ STR("spf records for "), IDENTITY_MAIL_FROM },
	{ STR("spf "), IDENTITY_MAIL_FROM },
	{ STR("pass for "), IDENTITY_MAIL_FROM },
	{ STR("sender="), IDENTITY_MAIL_FROM },
	{ STR("domain of "), IDENTITY_MAIL_FROM },
	{ STR("id="), IDENTITY_MAIL_FROM },
	{ STR("helo command ["), IDENTITY_HELO },
	{ STR("helo=["), IDENTITY_HELO },
	{ STR("helo="), IDENTITY_HELO },
	{ STR("helo name "), IDENTITY_HELO },
	{ STR("helo "), IDENTITY_HELO },
	{ STR("the domain "), IDENTITY_NONE },
	{ STR("domain "), IDENTITY_NONE },
};

/* In front of these stands one: "<mail.example.com>: Helo command rejected". */
static const struct {
	struct str tail;
	enum identity identity;
} domain_tails[] = {
	{ STR(": helo command rejected"), IDENTITY_HELO },
	{ STR(": sender address rejected"), IDENTITY_MAIL_FROM },
	{ STR("'s dmarc policy"), IDENTITY_FROM },
	{ STR("\xe2\x80\x99s dmarc policy"), IDENTITY_FROM },
	{ STR(" has no spf record"), IDENTITY_MAIL_FROM },
	{ STR(" does not exist e2110"), IDENTITY_MAIL_FROM },
	{ STR(" sender rejected"), IDENTITY_MAIL_FROM },
};

/* Behind these stands the zone of a list. */
static const struct str zone_leads[] = {
	STR("blocked using "), STR("black list at "), STR("blacklist at "), STR("listed at "), STR("blacklisted at "),
	STR("listed by "), STR("blacklisted by "), STR("listed in "), STR("listed on "), STR("found in "), STR("blackhole site "),
	STR("blocked by "), STR("rejected by "), STR("using dnsbl "), STR("dnsbl "), STR("rbl "), STR("dnsbl:"),
};

/* A list known by a word: what one asks for an address, and for a domain. */
static const struct {
	struct str word;
	const char *ip, *domain;
} lists[] = {
	{ STR("dbl.spamhaus"), "dbl.spamhaus.org", "dbl.spamhaus.org" },
	{ STR("spamhaus dbl"), "dbl.spamhaus.org", "dbl.spamhaus.org" },
	{ STR("spamhaus.org/dbl"), "dbl.spamhaus.org", "dbl.spamhaus.org" },
	{ STR("spamhaus"), "zen.spamhaus.org", "dbl.spamhaus.org" },
	{ STR("spamcop"), "bl.spamcop.net", "" },
	{ STR("barracuda"), "b.barracudacentral.org", "" },
	{ STR("abuseat"), "cbl.abuseat.org", "" },
	{ STR("sorbs"), "dnsbl.sorbs.net", "" },
	{ STR("surriel"), "psbl.surriel.com", "" },
	{ STR("mailspike"), "bl.mailspike.net", "" },
	{ STR("surbl"), "multi.surbl.org", "multi.surbl.org" },
	{ STR("uribl"), "multi.uribl.com", "multi.uribl.com" },
	{ STR("blocklist.de"), "bl.blocklist.de", "" },
	{ STR("dronebl"), "dnsbl.dronebl.org", "" },
};

/* How providers' own ids begin; the rest is letters, digits and marks. */
static const struct str id_leads[] = {
	STR("aup#"), STR("ofr"), STR("lpn"), STR("mxin"), STR("xgemail_"), STR("etp2"), STR("[tss"), STR("[ts0"), STR("[bl2"),
	STR("[gl0"), STR("[cs0"), STR("[hm"), STR("[ph"), STR("(s"), STR("as("), STR("(as"), STR("(nowl"), STR("(bl)"), STR("(dyn"), STR("(rtr:"), STR("(dmarc:"),
	STR("rp-00"), STR("sc-00"), STR("dy-00"), STR("ou-00"), STR("ib1"), STR("ib5"), STR("ib6"), STR("mi:"), STR("dt:"), STR("hl:"), STR("sc9"),
	STR("bl000"), STR("rl000"), STR("dm000"), STR("es000"), STR("ph000"), STR("attr"), STR("rcp-p"), STR("pol-p"),
};

static const struct str results[] = {
	STR("did not pass"), STR("pass"), STR("fail"), STR("softfail"), STR("neutral"), STR("none"), STR("temperror"),
	STR("permerror"), STR("policy"), STR("hardfail"),
};
/* clang-format on */

/* Offset of NEEDLE in LOWER, which ends in a NUL and holds no other; LOWER.n = not there. */
static size_t
find(struct str lower, size_t from, struct str needle)
{
	const char *hit = from < lower.n ? strstr(lower.p + from, needle.p) : NULL;

	return hit == NULL ? lower.n : (size_t)(hit - lower.p);
}

static bool
in_name(char c)
{
	return ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
}

/* Whether S is a host or domain name of two labels and more, and no address. */
static bool
is_domain(struct str s)
{
	struct addr a;
	size_t dot = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.')
			dot = i;
	return s.n >= 4 && s.n <= MAX_DOMAIN && dot > 0 && dot + 2 < s.n &&
	       ascii_isalpha(s.p[dot + 1]) && s.p[0] != '.' && addr_parse(s, &a) != ADDR_OK;
}

/* The domain at AT of TEXT, behind brackets and a local part; false when there is none. */
static bool
domain_at(struct str text, size_t at, struct str *out)
{
	size_t end;
	struct str s;

	while (at < text.n && (strchr("<[('\": ", text.p[at]) != NULL))
		at++;
	for (end = at; end < text.n && in_name(text.p[end]); end++)
		;
	s = str_sub(text, at, end - at);
	if (end < text.n &&
	    (text.p[end] == '@' || str_has_iprefix(str_sub(text, end, 3), STR("%40")))) {
		at = end + (text.p[end] == '@' ? 1 : 3);
		for (end = at; end < text.n && in_name(text.p[end]); end++)
			;
		s = str_sub(text, at, end - at);
	}
	while (s.n > 0 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == '-'))
		s.n--;
	if (!is_domain(s))
		return false;
	*out = s;
	return true;
}

/* The domain that ends before AT: "<b@example.com>" and "[example.com]" too. */
static bool
domain_before(struct str text, size_t at, struct str *out)
{
	size_t from;

	while (at > 0 && strchr(">])'\" .", text.p[at - 1]) != NULL)
		at--;
	for (from = at; from > 0 && in_name(text.p[from - 1]); from--)
		;
	*out = str_sub(text, from, at - from);
	return is_domain(*out);
}

static void
lift_domain(struct str text, struct str lower, struct lifted *out)
{
	for (size_t i = 0; i < ARRAY_LEN(domain_tails); i++) {
		size_t at = find(lower, 0, domain_tails[i].tail);

		if (at < lower.n && domain_before(text, at, &out->domain)) {
			out->identity = domain_tails[i].identity;
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(domain_leads); i++) {
		struct str lead = domain_leads[i].lead;

		for (size_t at = find(lower, 0, lead); at < lower.n;
		     at = find(lower, at + 1, lead)) {
			if (at > 0 && ascii_isalnum(lower.p[at - 1]))
				continue;
			if (!domain_at(text, at + lead.n, &out->domain))
				continue;
			if (domain_leads[i].identity != IDENTITY_NONE)
				out->identity = domain_leads[i].identity;
			return;
		}
	}
	out->domain = STR("");
}

static bool
in_address(char c)
{
	return ascii_isdigit(c) || (c >= 'a' && c <= 'f') || c == '.' || c == ':';
}

/* An address that can be ours: not the server's, not an answer of a list. */
static bool
can_be_ours(const struct addr *a, const struct reply *r)
{
	struct addr theirs;
	enum addr_space s = addr_space(a);

	if (s == ADDR_LOOPBACK || s == ADDR_UNSPECIFIED || s == ADDR_MULTICAST)
		return false;
	return addr_parse(r->ip, &theirs) != ADDR_OK || !addr_eq(a, &theirs);
}

/*
 * Whether the address at AT is what our own server names its peer by, "HOST[IP]", in
 * words of its own: no reply stands in them.
 */
static bool
is_peer(const struct reply *r, struct str lower, size_t at)
{
	return r->code == 0 && at > 1 && lower.p[at - 1] == '[' && in_name(lower.p[at - 2]);
}

/* The first address in the text that can be ours. */
static void
lift_ip(const struct reply *r, struct str lower, struct lifted *out)
{
	for (size_t i = 0, end; i < lower.n; i = end) {
		struct str s;

		for (end = i; end < lower.n && in_address(lower.p[end]); end++)
			;
		if (end == i) {
			for (end = i + 1;
			     ascii_isalnum(lower.p[i]) && end < lower.n && (in_name(lower.p[end]));
			     end++)
				;
			continue;
		}
		s = str_sub(lower, i, end - i);
		if (end < lower.n && in_name(lower.p[end])) {
			while (end < lower.n && in_name(lower.p[end]))
				end++;
			continue;
		}
		while (s.n > 0 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ':'))
			s.n--;
		if (s.n >= 7 && !is_peer(r, lower, i) && addr_parse(s, &out->ip) == ADDR_OK &&
		    can_be_ours(&out->ip, r)) {
			out->has_ip = true;
			return;
		}
	}
	out->ip = (struct addr){ 0 };
}

static void
lift_list(struct str text, struct str lower, struct lifted *out)
{
	bool domain = out->identity != IDENTITY_NONE;

	for (size_t i = 0; i < ARRAY_LEN(zone_leads); i++) {
		size_t at = find(lower, 0, zone_leads[i]);

		if (at < lower.n && domain_at(text, at + zone_leads[i].n, &out->list_zone))
			break;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists) && out->list_zone.n == 0; i++)
		if (find(lower, 0, lists[i].word) < lower.n)
			out->list_zone = str_of(domain ? lists[i].domain : lists[i].ip);
	if (domain && out->domain.n > 0)
		out->list_key = out->domain;
}

/* Letters, digits and the marks inside ids; a bracket that opened one ends it. */
static void
lift_id(struct str text, struct str lower, struct lifted *out)
{
	for (size_t i = 0; i < ARRAY_LEN(id_leads); i++) {
		struct str lead = id_leads[i];
		size_t at = find(lower, 0, lead), end;
		bool digit = false;

		if (at >= lower.n || (at > 0 && ascii_isalnum(lower.p[at - 1])))
			continue;
		if (lead.p[0] == '[' || lead.p[0] == '(')
			at++;
		for (end = at; end < lower.n && (ascii_isalnum(lower.p[end]) ||
						    strchr("#-_:(", lower.p[end]) != NULL);
		     end++)
			digit = digit || ascii_isdigit(lower.p[end]);
		if (end < lower.n && lower.p[end] == ')' &&
		    reply_ifind(str_sub(lower, at, end - at), 0, STR("(")) < end - at)
			end++;
		if (!digit && reply_ifind(lead, 0, STR(":")) == lead.n && lead.p[0] != '(')
			continue;
		if (!digit && str_eq(lead, STR("(s")))
			continue;
		out->id = str_sub(text, at, end - at);
		return;
	}
}

/* "SPF [example.com] with ip: [..] = did not pass", "Dkim= Pass", "dmarc: fail". */
static struct str
stated(struct str text, struct str lower, struct str word)
{
	for (size_t at = find(lower, 0, word); at < lower.n; at = find(lower, at + 1, word)) {
		size_t i = at + word.n, stop = i + 120 < lower.n ? i + 120 : lower.n;

		if (at > 0 && ascii_isalnum(lower.p[at - 1]))
			continue;
		while (i < stop && lower.p[i] != '=' && lower.p[i] != ',' && lower.p[i] != ';')
			i++;
		if (i >= stop || lower.p[i] != '=')
			continue;
		for (i++; i < lower.n && lower.p[i] == ' '; i++)
			;
		for (size_t k = 0; k < ARRAY_LEN(results); k++)
			if (str_has_prefix(str_sub(lower, i, lower.n), results[k]) &&
			    (i + results[k].n == lower.n ||
				!ascii_isalnum(lower.p[i + results[k].n])))
				return str_sub(text, i, results[k].n);
	}
	return STR("");
}

void
lift(const struct reply *r, struct str lower, enum mechanism m, enum identity role,
    struct lifted *out)
{
	*out = (struct lifted){ .identity = role };
	if (!mechanism_is_policy(m))
		return;
	lift_id(r->text, lower, out);
	lift_ip(r, lower, out);
	if (m != MECH_RELAY && m != MECH_GREYLIST && m != MECH_RATE)
		lift_domain(r->text, lower, out);
	if (role != IDENTITY_NONE && out->identity != role && m != MECH_DNSBL && out->domain.n == 0)
		out->identity = role;
	if (m == MECH_DNSBL || m == MECH_CONTENT)
		lift_list(r->text, lower, out);
	out->spf = stated(r->text, lower, STR("spf"));
	out->dkim = stated(r->text, lower, STR("dkim"));
	out->dmarc = stated(r->text, lower, STR("dmarc"));
}
