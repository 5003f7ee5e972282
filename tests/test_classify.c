/* SPDX-License-Identifier: ISC */
/*
 * test_classify.c - what refusals mean: each row by its own sample, texts that
 * look like something else, what is lifted out, a user's own rows.
 */
#include "audit/bounce/classify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/provider.h"
#include "audit/bounce/signature.h"
#include "checks/core/arena.h"
#include "checks/core/buf.h"
#include "tests/effort.h"

static const struct signature_table *const tables[] = { &signatures_provider, &signatures_software,
	&signatures_code, &signatures_word, &signatures_last };

/* A host of each provider that has rows for itself only. */
static const char *const own_hosts[][2] = {
	/* clang-format off */
	{ "apple", "mx01.mail.icloud.com" }, { "barracuda", "d1.a.ess.barracudanetworks.com" }, { "cisco", "mx1.example.iphmx.com" },
	{ "comcast", "mx1.mxge.comcast.net" }, { "docomo", "mfsmax.docomo.ne.jp" }, { "free", "mx1.free.fr" }, { "gmx", "mx00.gmx.net" },
	{ "google", "aspmx.l.google.com" }, { "mail.ru", "mxs.mail.ru" }, { "microsoft", "example-com.mail.protection.outlook.com" },
	{ "mimecast", "eu-smtp-inbound-1.mimecast.com" }, { "netease", "163mx01.mxmail.netease.com" }, { "orange", "smtp-in.orange.fr" },
	{ "qq", "mx1.qq.com" }, { "spectrum", "pkvw-mx.msg.pkvw.co.charter.net" }, { "t-online", "mx00.t-online.de" },
	{ "yahoo", "mta5.am0.yahoodns.net" }, { "yandex", "mx.yandex.net" }, { "zerospam", "mx.zerospam.ca" }, { "zoho", "mx.zoho.com" },
	/* clang-format on */
};

struct world {
	struct classifier *c;
	struct arena a;
	struct reply r;
	struct classified out;
};

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	size_t bad;

	arena_init(&w->a, 0);
	w->c = classifier_new(NULL, 0, &bad);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	classifier_free(w->c);
	arena_free(&w->a);
	free(w);
	return 0;
}

static const struct classified *
of(struct world *w, const char *text, const char *host)
{
	struct classify_context x = { .relay_host = str_of(host), .out = true };

	arena_reset(&w->a);
	reply_parse(&w->a, str_of(text), &w->r);
	classify(w->c, &w->r, &x, &w->out);
	return &w->out;
}

static const char *
host_of(const struct signature *s)
{
	for (size_t i = 0; (s->flags & SIG_ONLY) != 0 && i < ARRAY_LEN(own_hosts); i++)
		if (strcmp(own_hosts[i][0], s->provider) == 0)
			return own_hosts[i][1];
	return "";
}

static void
test_each_row_has_its_sample(void **state)
{
	struct world *w = *state;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct signature *s = &tables[t]->rows[i];
			const struct classified *k = of(w, s->sample, host_of(s));

			if (strcmp(k->signature, s->id) != 0 || k->mechanism != s->mechanism)
				fail_msg("%s: '%s' is told by %s, %s", s->id, s->sample,
				    k->signature, mechanism_name(k->mechanism));
		}
}

static void
want_lower(const char *id, const char *word)
{
	for (const char *p = word == NULL ? "" : word; *p != '\0'; p++)
		if (*p != ascii_lower(*p))
			fail_msg("%s: '%s' is not lower-case", id, word);
}

static void
test_rows_are_sound(void **state)
{
	bool used[MECH_COUNT] = { [MECH_NONE] = true,
		[MECH_OTHER] = true,
		[MECH_COMPLAINT_REPORT] = true /* told by the kind of report */ };

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct signature *s = &tables[t]->rows[i];

			used[s->mechanism] = true;
			want_lower(s->id, s->needle);
			want_lower(s->id, s->then);
			want_lower(s->id, s->without);
			assert_non_null(s->source);
			assert_non_null(s->checked);
			assert_true(s->needle != NULL || s->codes != NULL);
			assert_true((t == TIER_PROVIDER) == (s->provider != NULL));
			for (size_t u = 0; u <= t; u++)
				for (size_t k = 0; k < (u == t ? i : tables[u]->n); k++)
					if (strcmp(tables[u]->rows[k].id, s->id) == 0)
						fail_msg("%s stands twice", s->id);
		}
	for (unsigned m = 0; m < MECH_COUNT; m++)
		if (!used[m])
			fail_msg("no row for %s", mechanism_name((enum mechanism)m));
}

static const struct {
	const char *text;
	enum mechanism want;
} near[] = {
	/* clang-format off */
	/* 5.7.1 says nothing by itself */
	{ "550 5.7.1 No such user!", MECH_RECIPIENT },
	{ "550 5.7.1 <a@example.com>: Recipient address rejected: User unknown", MECH_RECIPIENT },
	{ "550 5.7.1 Mailbox full", MECH_MAILBOX_FULL },
	{ "552 5.7.1 over quota", MECH_MAILBOX_FULL },
	{ "450 4.7.1 Greylisted, please come back", MECH_GREYLIST },
	{ "554 5.7.1 Relay access denied", MECH_RELAY },
	{ "451 4.7.1 too many messages, slow down", MECH_RATE },
	{ "550 5.7.1 Access denied", MECH_POLICY_UNSPECIFIED },
	{ "550 5.7.1 Connection timed out while talking to the filter", MECH_CONNECTION },
	/* names and URLs that hold the words */
	{ "550 5.1.1 <spf@example.com>: Recipient address rejected: User unknown", MECH_RECIPIENT },
	{ "550 5.1.1 <a@spf.example.com> User unknown", MECH_RECIPIENT },
	{ "550 5.1.1 User unknown; see https://example.com/dmarc/policy", MECH_RECIPIENT },
	{ "550 User unknown, see http://example.com/spf/why", MECH_RECIPIENT },
	{ "550 5.7.1 refused, see https://example.com/help/spf", MECH_POLICY_UNSPECIFIED },
	{ "550 5.7.1 refused, see https://example.com/help/dkim-dmarc.html", MECH_POLICY_UNSPECIFIED },
	{ "550 5.7.1 refused by spf.example.com", MECH_POLICY_UNSPECIFIED },
	{ "421 dmarc-in.example.com too busy", MECH_SYSTEM },
	{ "554 spam.example.com ESMTP refused", MECH_POLICY_UNSPECIFIED },
	{ "550 <spam@example.com> mailbox unavailable", MECH_RECIPIENT },
	{ "550 <helo@example.com>: unknown user", MECH_RECIPIENT },
	{ "550 5.2.1 account disabled, www.example.com/tls", MECH_RECIPIENT },
	{ "550 5.1.1 <virus@example.com> no such user", MECH_RECIPIENT },
	{ "550 5.1.1 <postmaster@rbl.example.com>: no such user here", MECH_RECIPIENT },
	/* advice about authentication in a text about something else */
	{ "421 4.7.28 unusual rate of unsolicited mail; please read the page on DMARC and SPF - gsmtp", MECH_IP_REPUTATION },
	{ "450 4.7.1 rate limit exceeded, see our pages about DMARC", MECH_RATE },
	{ "421 4.7.0 too many connections; senders with DKIM get more", MECH_RATE },
	{ "550 5.7.1 rejected due to spam classification. Set up SPF records for your domain", MECH_CONTENT },
	{ "552 5.2.2 mailbox full (dkim)", MECH_MAILBOX_FULL },
	{ "550 5.1.1 user unknown (spf)", MECH_RECIPIENT },
	{ "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", MECH_RECIPIENT },
	{ "550 user not found; SPF ok, DKIM ok", MECH_RECIPIENT },
	{ "552 message too large (dmarc)", MECH_SIZE },
	{ "554 5.4.6 too many hops, spf pass", MECH_SYSTEM },
	{ "550 virus found, dkim signature good", MECH_CONTENT },
	/* the word policy */
	{ "550 5.7.1 rejected by policy", MECH_POLICY_UNSPECIFIED },
	{ "550 5.7.1 local policy violation", MECH_POLICY_UNSPECIFIED },
	{ "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes", MECH_POLICY_UNSPECIFIED },
	{ "554 5.7.1 [HM08] Message rejected due to local policy.", MECH_POLICY_UNSPECIFIED },
	{ "550 5.2.2 quota policy of this user exceeded: over quota", MECH_MAILBOX_FULL },
	/* a list that refused the receiver is no listing */
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; Error: open resolver", MECH_POLICY_UNSPECIFIED },
	{ "550 5.7.1 192.0.2.7 listed at zen.spamhaus.org: query refused", MECH_POLICY_UNSPECIFIED },
	{ "554 5.7.1 blocked using dbl.spamhaus.org; 127.255.255.254", MECH_POLICY_UNSPECIFIED },
	/* codes with two meanings */
	{ "550 5.7.9 Rejected", MECH_POLICY_UNSPECIFIED },
	{ "534 5.7.9 mechanism too weak", MECH_SMTP_AUTH },
	{ "535 5.7.8 Authentication credentials invalid", MECH_SMTP_AUTH },
	{ "556 5.1.10 Recipient address rejected: Domain example.com does not accept mail (nullMX)", MECH_RECIPIENT_DOMAIN },
	{ "550 5.7.27 <b@example.com>: Sender address rejected: Domain example.com does not accept mail (nullMX)", MECH_NULL_MX },
	{ "550 5.7.27 because SPF didn't pass for [example.com] - gsmtp", MECH_SPF },
	{ "550 5.7.29 ARC validation failed", MECH_ARC },
	{ "550 5.7.29 not sent over a TLS connection - gsmtp", MECH_TLS },
	{ "550 5.7.30 REQUIRETLS support required", MECH_TLS },
	{ "550 5.7.30 because DKIM didn't pass - gsmtp", MECH_DKIM },
	{ "550 5.4.1 no answer from host", MECH_CONNECTION },
	{ "550 4.4.7 whatever", MECH_EXPIRED },
	/* alike, and another thing */
	{ "550 5.1.8 <b@example.com>: Sender address rejected: Domain not found", MECH_SENDER_DOMAIN },
	{ "550 5.1.2 <a@example.com>: Recipient address rejected: Domain not found", MECH_RECIPIENT_DOMAIN },
	{ "550 5.1.0 <b@example.com>: Sender address rejected: User unknown in virtual mailbox table", MECH_SENDER_DOMAIN },
	{ "550 hourly sending quota exceeded", MECH_RATE },
	{ "550 disk quota exceeded", MECH_MAILBOX_FULL },
	{ "452 4.3.1 Insufficient system storage", MECH_SYSTEM },
	{ "452 4.5.3 too many recipients", MECH_RATE },
	{ "550 too many invalid recipients", MECH_RATE },
	{ "550 invalid recipient", MECH_RECIPIENT },
	{ "550 5.7.1 Blacklisted URL in message, see uribl.com", MECH_CONTENT },
	{ "550 5.7.1 the sending IP address is blacklisted", MECH_IP_REPUTATION },
	{ "550 your domain has been blacklisted", MECH_DOMAIN_REPUTATION },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using bl.example.net", MECH_DNSBL },
	{ "450 4.3.2 Service currently unavailable", MECH_GREYLIST },
	{ "421 4.3.2 Service not available, closing channel", MECH_SYSTEM },
	{ "550 relaying denied, IP name lookup failed [192.0.2.7]", MECH_PTR },
	{ "550 5.7.1 <a@example.com>... Relaying denied", MECH_RELAY },
	{ "550 5.7.1 relaying denied. Proper authentication required.", MECH_RELAY },
	{ "530 5.7.0 Must issue a STARTTLS command first", MECH_TLS },
	{ "530 5.7.0 Authentication required", MECH_SMTP_AUTH },
	{ "504 5.5.2 <mail>: Helo command rejected: need fully-qualified hostname", MECH_HELO },
	{ "504 5.5.2 <b@mail>: Sender address rejected: need fully-qualified address", MECH_SENDER_DOMAIN },
	{ "550 5.6.0 duplicate header", MECH_RFC5322 },
	{ "550 5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. - gsmtp", MECH_DMARC },
	{ "550 5.7.26 has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks - gsmtp", MECH_SPF },
	{ "550 5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM - gsmtp", MECH_AUTH_ANY },
	{ "550 zzz", MECH_OTHER },
	{ "250 2.0.0 Ok: discarded, spam", MECH_NONE },
	{ "", MECH_NONE },
	/* clang-format on */
};

static void
test_near_misses(void **state)
{
	struct world *w = *state;
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		const struct classified *k = of(w, near[i].text, "");

		if (k->mechanism == near[i].want)
			continue;
		print_message("'%s' is told to be '%s' by %s\n", near[i].text,
		    mechanism_name(k->mechanism), k->signature);
		bad++;
	}
	assert_int_equal(bad, 0);
}

/* No code and no literal at hand: what the phase forbids is not said. */
static void
test_phases(void **state)
{
	struct world *w = *state;

	/* clang-format off */
	static const struct {
		const char *text;
		enum mechanism want;
	} rows[] = {
		{ "host mx.example.com[192.0.2.9] refused to talk to me: 554 5.7.1 spam", MECH_IP_REPUTATION },
		{ "554 5.7.1 spam", MECH_CONTENT },
		{ "host mx.example.com[192.0.2.9] refused to talk to me: 550 SPF fail, rejected", MECH_POLICY_UNSPECIFIED },
		{ "host mx.example.com[192.0.2.9] said: 550 5.7.1 SPF fail (in reply to RCPT TO command)", MECH_SPF },
		{ "host mx.example.com[192.0.2.9] said: 550 5.7.1 dmarc fail: denied (in reply to MAIL FROM command)", MECH_POLICY_UNSPECIFIED },
		{ "host mx.example.com[192.0.2.9] said: 550 5.7.1 dmarc fail: denied (in reply to end of DATA command)", MECH_DMARC },
	};
	/* clang-format on */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (of(w, rows[i].text, "")->mechanism != rows[i].want)
			fail_msg("%s: %s", rows[i].text, mechanism_name(w->out.mechanism));
	assert_int_equal(of(w, "550 5.1.1 User unknown", "")->confidence, CONFIDENCE_HIGH);
	assert_int_equal(
	    of(w, "x said: 550 5.1.1 User unknown (in reply to end of DATA command)", "")
		->confidence,
	    CONFIDENCE_MEDIUM);
}

static const struct {
	const char *text, *ip, *domain;
	enum identity identity;
	const char *zone, *id, *results;
} lifts[] = {
	/* clang-format off */
	{ "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. DKIM = did not pass SPF [example.com] with ip: [192.0.2.7] = did not pass - gsmtp",
	  "192.0.2.7", "example.com", IDENTITY_MAIL_FROM, "", "", "did not pass,did not pass," },
	{ "550 5.7.515 Access denied, sending domain EXAMPLE.COM doesn't meet the required authentication level. Spf= Fail , Dkim= Pass , DMARC= Fail",
	  "", "EXAMPLE.COM", IDENTITY_FROM, "", "", "Fail,Pass,Fail" },
	{ "550 5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. - gsmtp", "", "example.com", IDENTITY_FROM, "", "", ",," },
	{ "550 5.7.509 Access denied, sending domain [example.com] does not pass DMARC verification and has a DMARC policy of reject.", "", "example.com", IDENTITY_FROM, "", "", ",," },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7", "192.0.2.7", "",
	  IDENTITY_NONE, "zen.spamhaus.org", "", ",," },
	{ "554 5.7.1 Service unavailable; Helo command [mail.example.com] blocked using dbl.example.net", "", "mail.example.com", IDENTITY_HELO, "dbl.example.net", "", ",," },
	{ "554 5.7.1 Service unavailable; Sender address [b@example.com] blocked using dbl.spamhaus.org", "", "example.com", IDENTITY_MAIL_FROM, "dbl.spamhaus.org", "", ",," },
	{ "550 rejected because 192.0.2.7 is in a black list at bl.example.net", "192.0.2.7", "", IDENTITY_NONE, "bl.example.net", "", ",," },
	{ "550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus. (S8002)", "", "", IDENTITY_MAIL_FROM, "dbl.spamhaus.org", "S8002", ",," },
	{ "550 SPF: 192.0.2.7 is not allowed to send mail from example.com", "192.0.2.7", "example.com", IDENTITY_MAIL_FROM, "", "", ",," },
	{ "550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=b@example.net;ip=192.0.2.7;r=mx", "192.0.2.7",
	  "example.net", IDENTITY_MAIL_FROM, "", "", ",," },
	{ "553 5.1.8 <b@example.com>... Domain of sender address b@example.com does not exist", "", "example.com", IDENTITY_MAIL_FROM, "", "", ",," },
	{ "450 4.1.8 <b@example.com>: Sender address rejected: Domain not found", "", "example.com", IDENTITY_MAIL_FROM, "", "", ",," },
	{ "450 4.7.1 <mail.example.com>: Helo command rejected: Host not found", "", "mail.example.com", IDENTITY_HELO, "", "", ",," },
	{ "550 5.7.1 This message was not accepted due to domain (example.com) owner DMARC policy (RFC 7489)", "", "example.com", IDENTITY_FROM, "", "", ",," },
	{ "550 5.7.1 rejected by DMARC policy for example.com", "", "example.com", IDENTITY_FROM, "", "", ",," },
	{ "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume", "192.0.2.7", "", IDENTITY_NONE, "", "TSS04", ",," },
	{ "550 5.7.606 Access denied, banned sending IP [192.0.2.7]. (AS16012609)", "192.0.2.7", "", IDENTITY_NONE, "", "AS16012609", ",," },
	{ "550 5.1.0 <b@example.com> sender rejected. AUP#In-1310", "", "", IDENTITY_NONE, "", "AUP#In-1310", ",," },
	{ "554-gmx.example Nemesis ESMTP Service not available 554 Bad DNS PTR resource record. http://postmaster.gmx.com/en/error-messages?ip=192.0.2.7&c=rdns", "192.0.2.7", "",
	  IDENTITY_NONE, "", "", ",," },
	{ "host mx.example.com[198.51.100.9] said: 550 5.7.25 198.51.100.9 says: [2001:db8::7] does not have a PTR record", "2001:db8::7", "", IDENTITY_NONE, "", "", ",," },
	{ "SMTPUTF8 is required, but was not offered by host mx.example.com[198.51.100.9]", "", "", IDENTITY_NONE, "", "", ",," },
	{ "message size 9 exceeds size limit 8 of server mx.example.com[198.51.100.9]", "", "", IDENTITY_NONE, "", "", ",," },
	{ "554 5.7.1 <mail.example.com[192.0.2.7]>: Client host rejected: Access denied", "192.0.2.7", "", IDENTITY_NONE, "", "", ",," },
	{ "550 5.1.1 <a@example.com> User unknown [192.0.2.9]", "", "", IDENTITY_NONE, "", "", ",," },
	/* clang-format on */
};

static void
print_lifted(struct buf *b, const struct lifted *l)
{
	if (l->has_ip)
		addr_print(b, &l->ip);
	buf_adds(b, " ");
	buf_add(b, l->domain);
	buf_adds(b, " ");
	buf_addu(b, l->identity);
	buf_adds(b, " ");
	buf_add(b, l->list_zone);
	buf_adds(b, " ");
	buf_add(b, l->id);
	buf_adds(b, " ");
	buf_add(b, l->spf);
	buf_adds(b, ",");
	buf_add(b, l->dkim);
	buf_adds(b, ",");
	buf_add(b, l->dmarc);
}

static void
test_lifts(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(lifts); i++) {
		char want[512];
		struct buf got;

		buf_init(&got, 4096);
		print_lifted(&got, &of(w, lifts[i].text, "")->lifted);
		(void)snprintf(want, sizeof(want), "%s %s %d %s %s %s", lifts[i].ip,
		    lifts[i].domain, lifts[i].identity, lifts[i].zone, lifts[i].id,
		    lifts[i].results);
		if (!str_eq(buf_str(&got), str_of(want)))
			fail_msg("%s: '%.*s', want '%s'", lifts[i].text, (int)got.n, got.p, want);
		buf_free(&got);
	}
}

static void
test_providers(void **state)
{
	struct world *w = *state;

	(void)state;
	assert_string_equal(provider_of_host(STR("gmail-smtp-in.l.google.com.")), "google");
	assert_string_equal(provider_of_host(STR("notgoogle.com")), "");
	assert_string_equal(provider_of_host(STR("acme.com")), ""); /* ends in me.com */
	assert_string_equal(provider_of_host(STR("MX.ME.COM")), "apple");
	assert_string_equal(provider_of_host(STR("")), "");
	assert_string_equal(of(w, "550 5.7.1 no. x - gsmtp", "mx.example.com")->provider, "google");
	assert_string_equal(of(w, "550 5.7.1 no", "mx1.example.iphmx.com")->provider, "cisco");
	assert_string_equal(of(w, "550 no", "mx.example.com")->provider, "");
}

static void
test_own_rows_come_first(void **state)
{
	struct user_signature own[] = {
		{ .id = STR("mine"), .text = STR("odd[0-9]+"), .mechanism = MECH_RATE },
		{ .id = STR("coded"),
		    .text = STR("user unknown"),
		    .code = 551,
		    .mechanism = MECH_SYSTEM },
		{ .id = STR("bad"), .text = STR("("), .mechanism = MECH_RATE },
	};
	struct world w = { 0 };
	size_t bad = 9;

	(void)state;
	arena_init(&w.a, 0);
	assert_null(classifier_new(own, 3, &bad));
	assert_int_equal(bad, 2);
	w.c = classifier_new(own, 2, &bad);
	assert_non_null(w.c);
	assert_string_equal(of(&w, "550 5.1.1 User unknown ODD12", "")->signature, "mine");
	assert_int_equal(w.out.mechanism, MECH_RATE);
	assert_string_equal(of(&w, "551 User unknown", "")->signature, "coded");
	assert_int_equal(of(&w, "550 User unknown", "")->mechanism, MECH_RECIPIENT);
	classifier_free(w.c);
	arena_free(&w.a);
}

/* What another mail of the same kind brought into the cache changes nothing. */
static void
test_cache_changes_nothing(void **state)
{
	struct world *w = *state, fresh = { 0 };
	size_t bad;

	arena_init(&fresh.a, 0);
	for (size_t i = 0; i < ARRAY_LEN(near); i += 7) {
		fresh.c = classifier_new(NULL, 0, &bad);
		assert_string_equal(
		    of(&fresh, near[i].text, "")->signature, of(w, near[i].text, "")->signature);
		assert_string_equal(of(w, near[i].text, "")->signature, fresh.out.signature);
		classifier_free(fresh.c);
	}
	arena_free(&fresh.a);
	assert_int_equal(of(w, "550 5.2.0 rejected OFR004_506 [506]", "")->mechanism, MECH_CONTENT);
	assert_int_equal(of(w, "550 5.2.0 rejected OFR004_104 [104]", "")->mechanism, MECH_RATE);
	assert_int_equal(of(w, "554 x AUP#In-1130", "")->mechanism, MECH_PTR);
	assert_int_equal(of(w, "554 x AUP#In-1160", "")->mechanism, MECH_AUTH_ANY);
}

static void
test_permanence(void **state)
{
	struct world *w = *state;
	struct classify_context x = { .local = { 5, 0, 0 } };

	assert_true(of(w, "550 no", "")->permanent);
	assert_false(of(w, "450 5.1.1 no", "")->permanent);
	reply_parse(&w->a, STR("said nothing"), &w->r);
	classify(w->c, &w->r, &x, &w->out);
	assert_true(w->out.permanent);
	x.local = (struct enhanced){ 4, 4, 1 };
	classify(w->c, &w->r, &x, &w->out);
	assert_false(w->out.permanent);
	assert_int_equal(w->out.mechanism, MECH_CONNECTION);
	x.local = (struct enhanced){ 2, 0, 0 };
	classify(w->c, &w->r, &x, &w->out);
	assert_int_equal(w->out.mechanism, MECH_NONE);
}

static void
test_names(void **state)
{
	enum mechanism m;

	(void)state;
	for (unsigned i = MECH_NONE + 1; i < MECH_COUNT; i++) {
		assert_true(mechanism_find(str_of(mechanism_name((enum mechanism)i)), &m));
		assert_int_equal(m, i);
	}
	assert_false(mechanism_find(STR(""), &m));
	assert_false(mechanism_find(STR("spf "), &m));
	assert_true(mechanism_is_policy(MECH_SPF) && !mechanism_is_policy(MECH_RECIPIENT));
}

/* Texts of MAX_REPLY_TEXT that a pattern begins to match at every byte. */
static const struct {
	const char *begin, *again, *end;
} heavy_rows[] = {
	/* clang-format off */
	{ "554 .... lista negra", "1", "" },
	{ "554 .... schwarze liste ", "1.11.", "" },
	{ "550 .... refused ", "host 1", " does not resolve" },
	{ "550 .... refused ", "no.a ", "rdn rdns" },
	{ "550 .... only accepts ", "group a ", "" },
	{ "451 .... 4.1.8 ", "sender domain ", "mx1" },
	{ "550 .... ", "ofr1", "_" },
	/* clang-format on */
};

#define MAX_HEAVY 30.0 /* by the square of its length it was 150 */

struct heavy {
	struct world *w;
	struct buf text;
};

static void
run_heavy(void *ctx)
{
	static unsigned n;
	struct heavy *h = ctx;

	for (unsigned i = 0, left = n++; i < 4; i++, left /= 26)
		h->text.p[4 + i] = (char)('a' + left % 26); /* another one, for texts are kept */
	(void)of(h->w, h->text.p, "");
}

static void
fill_heavy(struct heavy *h, const char *begin, const char *again, const char *end)
{
	buf_init(&h->text, MAX_REPLY_TEXT + 64);
	buf_adds(&h->text, begin);
	while (h->text.n < MAX_REPLY_TEXT - 16)
		buf_adds(&h->text, again);
	buf_adds(&h->text, end);
	buf_addc(&h->text, '\0');
}

/* A server that refuses chooses the text, and how many. */
static void
test_no_text_takes_long(void **state)
{
	struct heavy plain = { .w = *state };

	fill_heavy(&plain, "550 .... refused ", "lorem ipsum ", "");
	for (size_t i = 0; i < ARRAY_LEN(heavy_rows); i++) {
		struct heavy h = { .w = *state };
		double effort;

		fill_heavy(&h, heavy_rows[i].begin, heavy_rows[i].again, heavy_rows[i].end);
		effort =
		    effort_of(&(struct work){ run_heavy, &h }, &(struct work){ run_heavy, &plain });
		print_message("'%s': effort %.1f\n", heavy_rows[i].again, effort);
		assert_true(effort < MAX_HEAVY);
		buf_free(&h.text);
	}
	buf_free(&plain.text);
}

#define WITH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_each_row_has_its_sample),
		cmocka_unit_test(test_rows_are_sound),
		WITH(test_near_misses),
		WITH(test_phases),
		WITH(test_lifts),
		WITH(test_providers),
		cmocka_unit_test(test_own_rows_come_first),
		WITH(test_cache_changes_nothing),
		WITH(test_permanence),
		WITH(test_no_text_takes_long),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
