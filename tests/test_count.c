/* SPDX-License-Identifier: ISC */
/*
 * test_count.c - mails by their last word, hard and soft as operators count
 * them, what rose and what is held.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/span.h"
#include "audit/bounce/summary.h"
#include "audit/config/configkeys.h"

#define HOUR ((time_t)3600)
#define BEGIN ((time_t)1795996800) /* 2026-11-30T00:00:00Z */

/*
 * A script: a line an event, "HOUR ID KIND RECIPIENT REPLY"; KIND is s(ent),
 * d(eferred), r(epeated deferral), b(ounced), e(xpired), c(omplaint), - (gone).
 */
struct tally {
	struct join join;
	struct count count;
	struct classifier *classifier;
	struct arena a;
	struct bounce_report report;
};

static void
told(void *ctx, const struct group *g, struct str recipient)
{
	(void)ctx;
	(void)g;
	(void)recipient;
}

static void
feed(struct tally *t, const struct bounce_event *e)
{
	struct bounce_event joined;
	struct open_mail *mail;
	struct classified w;
	struct reply r;
	struct fate f = { .e = &joined };
	size_t at;

	if (!join_event(&t->join, e, &joined, &mail) || !count_wants(&t->count, &joined))
		return;
	f.mail = mail;
	if (e->kind == EVENT_EXPIRED) {
		count_expired(&t->count, mail, &joined, told, NULL);
		return;
	}
	if (e->kind != EVENT_DELIVERED) {
		at = span_rfind(e->recipient, STR("@"));
		reply_parse(&t->a, e->reply, &r);
		classify(t->classifier, &r,
		    &(struct classify_context){ .relay_host = e->relay_host,
			.recipient_domain = str_sub(e->recipient, at + 1, e->recipient.n),
			.out = true },
		    &w);
		if (e->kind == EVENT_COMPLAINT)
			w.mechanism = MECH_COMPLAINT_REPORT;
		f.reply = &r;
		f.what = &w;
	}
	(void)count_fate(&t->count, &f);
}

static void
feed_line(struct tally *t, struct str line)
{
	static const struct {
		char c;
		enum event_kind kind;
	} kinds[] = { { 's', EVENT_DELIVERED }, { 'd', EVENT_DEFERRED }, { 'r', EVENT_DEFERRED },
		{ 'b', EVENT_BOUNCED }, { 'e', EVENT_EXPIRED }, { 'c', EVENT_COMPLAINT },
		{ '-', EVENT_GONE } };
	struct bounce_event e = {
		.has_time = true, .count = 1, .reader = "postfix", .host = STR("h")
	};
	uint32_t hour = 0;
	struct str kind;

	assert_true(span_number(&line, 100000, &hour));
	span_blanks(&line);
	e.time = BEGIN + (time_t)hour * HOUR;
	e.queue_id = span_word(&line);
	kind = span_word(&line);
	e.recipient = span_word(&line);
	e.reply = line;
	e.sender = STR("s@example.com");
	e.relay_host = STR("gmail-smtp-in.l.google.com");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kind.p[0] == kinds[i].c)
			e.kind = kinds[i].kind;
	e.repeats = kind.p[0] == 'r';
	feed(t, &e);
}

static void
begin(struct tally *t)
{
	struct count_options o = { .config = NULL };
	size_t bad;

	*t = (struct tally){ .report = { .version = "" } };
	arena_init(&t->a, 0);
	join_init(&t->join);
	thresholds_default(&o.limits);
	count_init(&t->count, &o);
	t->classifier = classifier_new(NULL, 0, &bad);
}

static void
end(struct tally *t)
{
	classifier_free(t->classifier);
	count_free(&t->count);
	join_free(&t->join);
	arena_free(&t->a);
}

#define NO "550 5.1.1 The email account that you tried to reach does not exist. - gsmtp"
#define FULL "552 5.2.2 The email account that you tried to reach is over quota. - gsmtp"
#define AUTH "550 5.7.26 Your email has been blocked because the sender is unauthenticated. - gsmtp"
#define SLOW                                                                                       \
	"421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your " \
	"IP address. - gsmtp"
#define DOWN "451 4.3.0 Mail server temporarily rejected message. - gsmtp"

/* clang-format off */
static const struct {
	const char *name, *script;
	/* sent delivered deferred hard soft policy complaints delayed; suppressed; groups "mechanism count+delayed" */
	const char *want;
} rows[] = {
	{ "sent", "0 A s u@gmail.com 250 ok", "1 1 0 0 0 0 0 0; 0;" },
	{ "bounced", "0 A b u@gmail.com " NO, "1 0 0 1 0 0 0 0; 1; recipient 1+0" },
	{ "two recipients of one mail", "0 A b u@gmail.com " NO "\n0 A s v@gmail.com 250 ok", "2 1 0 1 0 0 0 0; 1; recipient 1+0" },
	{ "deferred, later sent", "0 A d u@gmail.com " SLOW "\n1 A d u@gmail.com " SLOW "\n2 A s u@gmail.com 250 ok", "1 1 0 0 0 0 0 1; 0;" },
	{ "deferred, still waiting", "0 A d u@gmail.com " DOWN "\n1 A d u@gmail.com " DOWN, "1 0 1 0 1 0 0 0; 0; system 1+0" },
	{ "deferred, then refused", "0 A d u@gmail.com " DOWN "\n1 A b u@gmail.com " AUTH, "1 0 0 0 0 1 0 0; 0; auth-any 1+0" },
	{ "two causes of one mail", "0 A d u@gmail.com " DOWN "\n1 A d u@gmail.com " SLOW, "1 0 1 0 1 0 0 0; 0; ip-reputation 1+0" },
	{ "deferred, expired", "0 A d u@gmail.com " DOWN "\n110 A e\n110 A -", "1 0 0 0 1 0 0 0; 0; system 1+0" },
	{ "policy is no address", "0 A b u@gmail.com " AUTH, "1 0 0 0 0 1 0 0; 0; auth-any 1+0" },
	{ "over quota is soft", "0 A b u@gmail.com " FULL, "1 0 0 0 1 0 0 0; 0; mailbox-full 1+0" },
	{ "a complaint suppresses", "0 A s u@gmail.com 250 ok\n5 A c u@gmail.com ", "1 1 0 0 0 0 1 0; 1; complaint-report 1+0" },
	{ "soft for five days", "0 A d u@gmail.com " DOWN "\n121 A d u@gmail.com " DOWN, "1 0 1 1 0 0 0 0; 1; system 1+0" },
	{ "soft for four days, two attempts", "0 A d u@gmail.com " DOWN "\n96 A d u@gmail.com " DOWN, "1 0 1 0 1 0 0 0; 0; system 1+0" },
	{ "three attempts over 72 hours", "0 A d u@gmail.com " DOWN "\n9 A d u@gmail.com " DOWN "\n72 A d u@gmail.com " DOWN, "1 0 1 1 0 0 0 0; 1; system 1+0" },
	{ "three attempts in 71 hours", "0 A d u@gmail.com " DOWN "\n9 A d u@gmail.com " DOWN "\n71 A d u@gmail.com " DOWN, "1 0 1 0 1 0 0 0; 0; system 1+0" },
	{ "a delivery in between", "0 A d u@gmail.com " DOWN "\n50 B s u@gmail.com 250 ok\n121 A d u@gmail.com " DOWN, "2 1 1 0 1 0 0 0; 0; system 1+0" },
	{ "no attempt was made", "0 A d u@gmail.com " DOWN "\n121 A r u@gmail.com " DOWN, "1 0 1 0 1 0 0 0; 0; system 1+0" },
	{ "policy for five days", "0 A d u@gmail.com " SLOW "\n121 A d u@gmail.com " SLOW, "1 0 1 0 1 0 0 0; 0; ip-reputation 1+0" },
	{ "seven mails in a row", "0 A b u@gmail.com " FULL "\n1 B b u@gmail.com " FULL "\n2 C b u@gmail.com " FULL "\n3 D b u@gmail.com " FULL "\n4 E b u@gmail.com " FULL "\n5 F b u@gmail.com " FULL "\n6 G b u@gmail.com " FULL, "7 0 0 1 6 0 0 0; 1; mailbox-full 7+0" },
	{ "six mails in a row", "0 A b u@gmail.com " FULL "\n1 B b u@gmail.com " FULL "\n2 C b u@gmail.com " FULL "\n3 D b u@gmail.com " FULL "\n4 E b u@gmail.com " FULL "\n5 F b u@gmail.com " FULL, "6 0 0 0 6 0 0 0; 0; mailbox-full 6+0" },
	{ "unknown, and known later", "0 A b u@gmail.com " NO "\n9 B s u@gmail.com 250 ok", "2 1 0 1 0 0 0 0; 0; recipient 1+0" },
	{ "letters of either case", "0 A b U@Gmail.com " NO "\n9 B b u@gmail.com " NO, "2 0 0 2 0 0 0 0; 1; recipient 2+0" },
	{ "the id is used again", "0 A d u@gmail.com " DOWN "\n1 A -\n2 A s u@gmail.com 250 ok", "2 1 1 0 1 0 0 0; 0; system 1+0" },
};
/* clang-format on */

static void
told_as(const struct tally *t, char *out, size_t room)
{
	const struct bounce_rate *r = &t->report.rates[0];
	int n = snprintf(out, room, "%d %d %d %d %d %d %d %d; %d;", (int)r->sent, (int)r->delivered,
	    (int)r->deferred, (int)r->hard, (int)r->soft, (int)r->policy, (int)r->complaints,
	    (int)r->delayed, (int)t->report.suppress.n);

	for (size_t i = 0; i < t->report.n_groups; i++) {
		const struct bounce_group *g = &t->report.groups[i];

		n += snprintf(out + n, room - (size_t)n, " %.*s %d+%d", (int)g->mechanism.n,
		    g->mechanism.p, (int)g->count, (int)g->delayed);
	}
}

static void
test_last_word_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str script = str_of(rows[i].script);
		struct tally t;
		char got[512];

		begin(&t);
		while (script.n > 0)
			feed_line(&t, span_until(&script, '\n'));
		summary_make(&t.count, &t.a, 1, &t.report);
		if (t.report.n_rates != 1)
			fail_msg("%s: %zu rates", rows[i].name, t.report.n_rates);
		told_as(&t, got, sizeof(got));
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", rows[i].name, got, rows[i].want);
		end(&t);
	}
}

/* N mails in hour HOUR, of which BAD got REPLY. */
static void
many(struct tally *t, unsigned hour, unsigned n, unsigned bad, const char *reply)
{
	static unsigned serial;
	char line[512];

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(line, sizeof(line), "%u Q%u %s u%u@gmail.com %s", hour, serial,
		    i < bad ? (reply[0] == '4' ? "d" : "b") : "s", serial,
		    i < bad ? reply : "250 ok");
		serial++;
		feed_line(t, str_of(line));
	}
}

struct burst {
	unsigned hour, n, bad;
	const char *reply;
};

/* clang-format off */
static const struct {
	const char *name;
	struct burst v[4];
	const char *alerts; /* kinds, in their order */
	const char *level;
	size_t suppress, held;
} bursts[] = {
	{ "one percent, then eight", { { 1, 1000, 10, NO }, { 25, 1000, 80, NO } }, "surge rise ", "warn", 10, 80 },
	{ "refusals for policy rise", { { 1, 1000, 10, AUTH }, { 25, 1000, 80, AUTH } }, "rise ", "ok", 0, 0 },
	{ "three of five", { { 1, 1000, 10, AUTH }, { 25, 5, 3, AUTH } }, "", "ok", 0, 0 },
	{ "as bad as ever", { { 1, 1000, 60, NO }, { 25, 1000, 70, NO } }, "", "act", 130, 0 },
	{ "nothing before", { { 1, 1000, 80, NO } }, "", "act", 80, 0 },
	{ "a surge of 49", { { 1, 1000, 1, NO }, { 25, 400, 49, NO } }, "rise ", "warn", 50, 0 },
	{ "a surge of an hour, among others of that day", { { 1, 1000, 1, NO }, { 3, 1000, 60, NO }, { 5, 1000, 1, NO } }, "surge ", "warn", 2, 60 },
	{ "two percent of all", { { 1, 10000, 1, NO }, { 25, 5000, 100, NO } }, "volume ", "ok", 101, 0 },
	{ "ninety-nine mails", { { 1, 99, 50, NO } }, "", "", 50, 0 },
	{ "ten percent", { { 1, 100, 10, NO } }, "", "stop", 10, 0 },
	{ "five percent soft", { { 1, 100, 5, DOWN } }, "", "warn", 0, 0 },
	{ "slowed down", { { 1, 100, 25, SLOW } }, "throttled ", "warn", 0, 0 },
	{ "slowed down a little", { { 1, 1000, 19, SLOW } }, "", "ok", 0, 0 },
	{ "bulk", { { 1, 5000, 0, NO } }, "volume ", "ok", 0, 0 },
	{ "no bulk", { { 1, 4999, 0, NO } }, "", "ok", 0, 0 },
};
/* clang-format on */

static void
test_alerts_and_levels(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bursts); i++) {
		struct tally t;
		char got[256] = "";
		size_t n = 0;

		begin(&t);
		for (size_t k = 0; k < ARRAY_LEN(bursts[i].v) && bursts[i].v[k].n > 0; k++)
			many(&t, bursts[i].v[k].hour, bursts[i].v[k].n, bursts[i].v[k].bad,
			    bursts[i].v[k].reply);
		summary_make(&t.count, &t.a, 1, &t.report);
		for (size_t k = 0; k < t.report.n_alerts; k++)
			n += (size_t)snprintf(
			    got + n, sizeof(got) - n, "%s ", t.report.alerts[k].kind);
		if (strcmp(got, bursts[i].alerts) != 0 ||
		    strcmp(t.report.rates[0].level, bursts[i].level) != 0 ||
		    t.report.suppress.n != bursts[i].suppress || t.report.held.n != bursts[i].held)
			fail_msg("%s: '%s' %s, %zu suppressed, %zu held", bursts[i].name, got,
			    t.report.rates[0].level, t.report.suppress.n, t.report.held.n);
		end(&t);
	}
}

/* A new stream that grows by a third a day is told, one by a quarter is not; an old one neither. */
static void
test_growth_of_a_new_stream(void **state)
{
	static const struct {
		unsigned first, factor;
		const char *want;
	} cases[] = { { 49, 133, "growth" }, { 49, 125, "" }, { 1, 133, "" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bounce_event other = { .kind = EVENT_DELIVERED,
			.has_time = true,
			.time = BEGIN,
			.count = 1,
			.sender = STR("s@example.org"),
			.recipient = STR("u@yahoo.com"),
			.relay_host = STR("mta5.am0.yahoodns.net") };
		unsigned n = 300;
		struct tally t;

		begin(&t);
		feed(&t, &other); /* the log begins here */
		for (unsigned day = 0; day < 4; day++, n = n * cases[i].factor / 100)
			many(&t, cases[i].first + 24 * day, n, 0, NO);
		summary_make(&t.count, &t.a, 1, &t.report);
		assert_string_equal(
		    t.report.n_alerts > 0 ? t.report.alerts[0].kind : "", cases[i].want);
		end(&t);
	}
}

/* A receiver counts what a domain sends, from however many addresses. */
static void
test_volume_of_all_addresses(void **state)
{
	struct bounce_event e = { .kind = EVENT_DELIVERED,
		.has_time = true,
		.time = BEGIN,
		.count = 1,
		.sender = STR("s@example.com"),
		.ip_from = KNOWN_LOG,
		.recipient = STR("u@gmail.com"),
		.relay_host = STR("gmail-smtp-in.l.google.com") };

	(void)state;
	for (unsigned n = 4998; n <= 5001; n += 3) {
		struct tally t;

		begin(&t);
		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(
			    addr_parse(
				i % 2 == 0 ? STR("192.0.2.1") : STR("192.0.2.2"), &e.sender_ip),
			    ADDR_OK);
			feed(&t, &e);
		}
		summary_make(&t.count, &t.a, 1, &t.report);
		assert_int_equal(t.report.n_rates, 2);
		assert_int_equal(t.report.n_alerts, n >= 5000);
		if (n >= 5000) {
			assert_string_equal(t.report.alerts[0].kind, "volume");
			assert_int_equal(t.report.alerts[0].count, n);
			assert_int_equal(t.report.alerts[0].sender_ip.n, 0);
		}
		end(&t);
	}
}

/* A host that takes mail for users of Gmail and of Yahoo is neither's server. */
static void
test_smarthosts_have_no_rate(void **state)
{
	static const char *const domains[] = { "gmail.com", "yahoo.com" };
	struct bounce_event e = { .kind = EVENT_DELIVERED,
		.count = 1,
		.sender = STR("s@example.com"),
		.relay_host = STR("relay.example.net") };
	struct tally t;

	(void)state;
	for (size_t kinds = 1; kinds <= 2; kinds++) {
		begin(&t);
		for (unsigned i = 0; i < 300; i++) {
			char rcpt[64];

			(void)snprintf(rcpt, sizeof(rcpt), "u%u@%s", i, domains[i % kinds]);
			e.recipient = str_of(rcpt);
			feed(&t, &e);
		}
		summary_make(&t.count, &t.a, 1, &t.report);
		assert_int_equal(t.report.n_rates, 1);
		assert_int_equal(t.report.rates[0].sent, 300);
		assert_true(t.report.rates[0].has_rates == (kinds == 1));
		assert_string_equal(t.report.n_alerts > 0 ? t.report.alerts[0].kind : "",
		    kinds == 2 ? "smarthost" : "");
		end(&t);
	}
}

/* An address and its place in the index, and no more than 200 bytes of both. */
static void
test_recipients_are_bounded(void **state)
{
	struct recipients r;
	char address[64];
	size_t bytes;

	(void)state;
	recipients_init(&r);
	r.max = 100000;
	for (unsigned i = 0; i < 100001; i++) {
		(void)snprintf(address, sizeof(address), "subscriber%06u@mail.example.net", i);
		assert_true((recipients_add(&r, str_of(address)) == NO_RECIPIENT) == (i == 100000));
	}
	assert_int_equal(r.dropped, 1);
	assert_int_equal(recipients_find(&r, STR("SUBSCRIBER000007@mail.example.net")), 7);
	bytes = arena_room(&r.text) + r.slots.room * sizeof(*r.slots.v) +
		r.n * sizeof(struct recipient) + 16 * (size_t)r.n; /* the sorted list at the end */
	if (bytes / r.n > 200)
		fail_msg("%zu bytes an address", bytes / r.n);
	recipients_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_word_counts),
		cmocka_unit_test(test_alerts_and_levels),
		cmocka_unit_test(test_growth_of_a_new_stream),
		cmocka_unit_test(test_volume_of_all_addresses),
		cmocka_unit_test(test_smarthosts_have_no_rate),
		cmocka_unit_test(test_recipients_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
