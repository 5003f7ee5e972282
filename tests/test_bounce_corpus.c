/* SPDX-License-Identifier: ISC */
/*
 * test_bounce_corpus.c - published bounces, when they are at hand: how many
 * recipients, statuses and reply codes are read as others read them.
 *
 * The shares are printed.  The floors are a little below what was reached;
 * nothing here is fitted to a single message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>
#include "audit/bounce/fields.h"
#include "audit/bounce/readers.h"
#include "checks/core/taglist.h"
#include "tests/heard.h"

#define FLOOR_RECIPIENTS 985 /* per thousand messages: the number of recipients is right */
#define FLOOR_STATUS 975     /* per thousand recipients with a status that was not made up */
#define FLOOR_CODE 970       /* per thousand recipients with a reply code */

struct share {
	unsigned good, all;
};

static struct {
	struct share recipients, status, code;
} shares;

static const char *
shared(void)
{
	const char *dir = getenv("MAILVET_SHARED");

	return dir == NULL ? "../shared" : dir;
}

static void
told(const char *what, struct share s)
{
	printf("%s: %u of %u (%u per thousand)\n", what, s.good, s.all,
	    s.all == 0 ? 0 : s.good * 1000 / s.all);
}

/* One line of index.tsv. */
struct row {
	struct str file, number, status, code, reason;
};

static bool
row_next(struct str index, size_t *pos, struct row *out)
{
	struct str line, *const cells[] = { &out->file, &out->number, &out->status, &out->code,
		&out->reason };
	size_t at = 0;

	if (!line_next(index, pos, &line))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		if (!list_next(line, '\t', &at, cells[i]))
			*cells[i] = (struct str){ 0 };
	return true;
}

/* Let H read the messages of TEXT: one, or several in an mbox. */
static void
read_messages(struct heard *h, struct str text)
{
	size_t from = 0;

	if (str_has_prefix(text, STR("From ")))
		for (size_t i = 1; i + 7 < text.n; i++)
			if (str_eq(str_sub(text, i, 6), STR("\nFrom "))) {
				heard_record(h, &reader_dsn, str_sub(text, from, i + 1 - from));
				from = i + 1;
			}
	heard_record(h, &reader_dsn, str_sub(text, from, text.n));
}

static bool
has_status(struct arena *a, const struct bounce_event *e, struct str want)
{
	struct enhanced w;
	struct reply r;

	reply_parse(a, e->reply, &r);
	if (enhanced_parse(want, &w) == 0)
		return false;
	return memcmp(&w, &e->local, sizeof(w)) == 0 || memcmp(&w, &r.enhanced, sizeof(w)) == 0 ||
	       str_ifind(e->reply, 0, want) < e->reply.n;
}

static bool
has_code(struct arena *a, const struct bounce_event *e, struct str want)
{
	struct reply r;
	uint32_t code;

	reply_parse(a, e->reply, &r);
	return parse_u32(want, 999, &code) &&
	       (r.code == code || str_ifind(e->reply, 0, want) < e->reply.n);
}

/* Statuses that the index made up for want of one have a detail of 900 and more. */
static bool
is_made_up(struct str status)
{
	struct enhanced e;

	return enhanced_parse(status, &e) == 0 || e.detail >= 900;
}

static void
count(struct share *s, bool good)
{
	s->all++;
	s->good += good;
}

/* Compare what FILE gives with its rows at INDEX from *POS on; *POS moves behind them. */
static void
one_file(struct str text, struct str index, size_t *pos, struct str file)
{
	struct heard h;
	struct row r;
	size_t n = 0;
	bool vacation = false;

	heard_init(&h);
	read_messages(&h, text);
	for (size_t next = *pos; row_next(index, &next, &r) && str_eq(r.file, file); *pos = next) {
		const struct bounce_event *e = n < h.n ? &h.events[n] : NULL;

		n++;
		vacation = vacation || str_eq(r.reason, STR("vacation"));
		if (vacation || e == NULL)
			continue;
		if (!is_made_up(r.status))
			count(&shares.status, has_status(&h.kept, e, r.status));
		if (r.code.n > 0)
			count(&shares.code, has_code(&h.kept, e, r.code));
	}
	if (vacation) {
		assert_int_equal(h.n, 0);
		assert_int_equal(h.fate, RECORD_IRRELEVANT);
	} else {
		if (h.n != n)
			printf("%.*s: %zu recipients, %zu wanted\n", (int)file.n, file.p, h.n, n);
		count(&shares.recipients, h.n == n);
	}
	heard_free(&h);
}

static void
test_published_bounces(void **state)
{
	char path[512];
	struct str index, text;
	struct row r;
	size_t pos = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/bounces/sisimai/index.tsv", shared());
	if (!heard_file(path, &index)) {
		printf("skipped: no %s\n", path);
		skip();
	}
	assert_true(row_next(index, &pos, &r)); /* the head */
	for (size_t next = pos; row_next(index, &next, &r); next = pos) {
		snprintf(path, sizeof(path), "%s/bounces/sisimai/eml/%.*s", shared(), (int)r.file.n,
		    r.file.p);
		assert_true(heard_file(path, &text));
		one_file(text, index, &pos, r.file);
		free((void *)(uintptr_t)text.p);
	}
	free((void *)(uintptr_t)index.p);
	told("messages whose recipients are all found", shares.recipients);
	told("statuses agreed on", shares.status);
	told("reply codes agreed on", shares.code);
	assert_true(shares.recipients.good * 1000 >= shares.recipients.all * FLOOR_RECIPIENTS);
	assert_true(shares.status.good * 1000 >= shares.status.all * FLOOR_STATUS);
	assert_true(shares.code.good * 1000 >= shares.code.all * FLOOR_CODE);
}

/* What another parser makes of the five reports. */
static void
one_report(struct str text, const json_t *want)
{
	const char *type = json_string_value(json_object_get(want, "feedback_type"));
	const char *from = json_string_value(json_object_get(want, "original_mail_from"));
	const char *to = json_string_value(json_object_get(want, "original_rcpt_to"));
	const char *ip = json_string_value(json_object_get(want, "source_ip"));
	const json_t *at = json_object_get(want, "arrival_date");
	const struct bounce_event *e;
	struct addr a;
	struct heard h;

	heard_init(&h);
	heard_record(&h, &reader_arf, text);
	assert_int_equal(h.n, 1);
	e = &h.events[0];
	assert_int_equal(
	    e->kind, strcmp(type, "AuthFailure") == 0 ? EVENT_AUTH_REPORT : EVENT_COMPLAINT);
	if (from != NULL)
		assert_true(str_eq(e->sender, address_in(str_of(from))));
	if (to != NULL)
		assert_true(str_eq(e->recipient, address_in(str_of(to))));
	if (ip != NULL) {
		assert_int_equal(addr_parse(str_of(ip), &a), ADDR_OK);
		assert_true(addr_eq(&a, &e->sender_ip));
	}
	if (json_is_integer(at))
		assert_int_equal(e->time, json_integer_value(at));
	heard_free(&h);
}

static void
test_published_reports(void **state)
{
	char path[512];
	struct str text, want;

	(void)state;
	for (int i = 1; i <= 5; i++) {
		json_t *j;

		snprintf(path, sizeof(path), "%s/suites/arf/%03d.eml", shared(), i);
		if (!heard_file(path, &text)) {
			printf("skipped: no %s\n", path);
			skip();
		}
		snprintf(path, sizeof(path), "%s/suites/arf/%03d.json", shared(), i);
		assert_true(heard_file(path, &want));
		j = json_loadb(want.p, want.n, 0, NULL);
		assert_non_null(j);
		one_report(text, j);
		json_decref(j);
		free((void *)(uintptr_t)text.p);
		free((void *)(uintptr_t)want.p);
	}
}

/* The kind that the words of the payloads' index stand for; -1 = no event. */
static int
kind_wanted(const char *type)
{
	static const struct {
		const char *word;
		int kind;
	} kinds[] = { { "bounced", EVENT_BOUNCED }, { "deferred", EVENT_DEFERRED },
		{ "delivered", EVENT_DELIVERED }, { "complained", EVENT_COMPLAINT },
		{ "unsubscribed", EVENT_OPT_OUT }, { "rejected", EVENT_BOUNCED } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(type, kinds[i].word) == 0)
			return kinds[i].kind;
	return -1;
}

/* Whether the payload in J is read as it says; only what it says of events is compared. */
static bool
one_payload(const json_t *j)
{
	char *text = json_dumps(json_object_get(j, "payload"), 0);
	const json_t *expected = json_object_get(j, "expected");
	const char *type = json_string_value(json_object_get(expected, "event_type"));
	const char *to = json_string_value(json_object_get(expected, "recipient"));
	const char *reply = json_string_value(json_object_get(expected, "mta_response"));
	struct heard h;
	bool good;

	heard_init(&h);
	heard_record(&h, &reader_webhook, str_of(text));
	free(text);
	good = h.n == (type != NULL && kind_wanted(type) >= 0 ? 1 : 0);
	if (good && h.n == 1) {
		const struct bounce_event *e = &h.events[0];

		good =
		    e->kind == (enum event_kind)kind_wanted(type) &&
		    (to == NULL || str_eq(e->recipient, str_of(to))) &&
		    (reply == NULL || str_ifind(e->reply, 0, str_trim(str_of(reply))) < e->reply.n);
	}
	if (!good)
		printf("%s: %zu events, wanted %s\n", json_string_value(json_object_get(j, "test")),
		    h.n, type);
	heard_free(&h);
	return good;
}

static void
test_published_webhooks(void **state)
{
	char path[512];
	struct str text, line;
	struct share s = { 0 };

	(void)state;
	snprintf(path, sizeof(path), "%s/bounces/webhooks/anymail.jsonl", shared());
	if (!heard_file(path, &text)) {
		printf("skipped: no %s\n", path);
		skip();
	}
	for (size_t pos = 0; line_next(text, &pos, &line);) {
		json_t *j = json_loadb(line.p, line.n, 0, NULL);

		assert_non_null(j);
		count(&s, one_payload(j));
		json_decref(j);
	}
	free((void *)(uintptr_t)text.p);
	told("webhook payloads read as their service's clients do", s);
	assert_true(s.good * 100 >= s.all * 90);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_bounces),
		cmocka_unit_test(test_published_reports),
		cmocka_unit_test(test_published_webhooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
