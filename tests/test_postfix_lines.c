/* SPDX-License-Identifier: ISC */
/*
 * test_postfix_lines.c - lines of Postfix that others collected, with the fields they
 * found in them: $MAILVET_SHARED/bounces/postfix (../shared), not part of the source.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "checks/core/buf.h"

#define HEAD "Jan 13 16:09:43 mx1 postfix/"

struct seen {
	struct bounce_event e;
	char recipient[256], queue_id[64], sender[256], relay[256], reply[4096];
	unsigned n;
};

static void
keep(char *out, size_t room, struct str s)
{
	snprintf(out, room, "%.*s", (int)s.n, s.n == 0 ? "" : s.p);
}

static void
on_event(void *ctx, struct bounce_event *e)
{
	struct seen *s = ctx;

	s->e = *e;
	s->n++;
	keep(s->recipient, sizeof(s->recipient), e->recipient);
	keep(s->queue_id, sizeof(s->queue_id), e->queue_id);
	keep(s->sender, sizeof(s->sender), e->sender);
	keep(s->relay, sizeof(s->relay), e->relay_host);
	keep(s->reply, sizeof(s->reply), e->reply);
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

/* The program that writes lines of PATTERN, "^%{POSTFIX_TRIVIAL_REWRITE}$". */
static bool
service_of(const char *pattern, struct buf *out)
{
	const char *p = strstr(pattern, "POSTFIX_");

	if (p == NULL)
		return false;
	for (p += strlen("POSTFIX_"); *p != '}' && *p != '\0'; p++)
		buf_addc(out, *p == '_' ? '-' : ascii_lower(*p));
	return true;
}

static enum record_fate
read_line(struct str line, struct seen *s)
{
	struct reader_clock clock = { .year = 2026, .month_last = 2 };
	struct sink sink = { .event = on_event, .ctx = s };
	void *state = calloc(1, reader_postfix.state_size);
	enum record_fate fate;

	memset(s, 0, sizeof(*s));
	fate = reader_postfix.read(state, NULL, line, &clock, &sink);
	free(state);
	return fate;
}

/* What the event must hold if the collectors found KEY: its value, or that between < and >. */
static void
expect(const char *line, const char *what, const char *got, const char *want)
{
	if (want[0] != '\0' && strcmp(got, want) != 0)
		fail_msg("%s\n%s '%s', want '%s'", line, what, got, want);
}

static void
check_grok(const json_t *row, unsigned *fates, unsigned *refusals)
{
	const json_t *want = json_object_get(row, "expected");
	const char *data = text(row, "data"), *status = text(want, "postfix_status");
	const char *result = text(want, "postfix_milter_result"),
		   *action = text(want, "postfix_action");
	struct seen s;
	struct buf line;

	buf_init(&line, 1 << 16);
	buf_adds(&line, HEAD);
	if (service_of(text(row, "pattern"), &line)) {
		buf_adds(&line, "[1]: ");
		buf_adds(&line, data);
		if (read_line(buf_str(&line), &s) == RECORD_NOT_UNDERSTOOD)
			fail_msg("not understood: %s", data);
		if (strstr(data, ": to=") != NULL && strstr(data, " status=") != NULL) {
			++*fates;
			assert_int_equal(s.n, 1);
			expect(data, "queue id", s.queue_id, text(want, "postfix_queueid"));
			assert_non_null(strstr(data, s.recipient));
			assert_true(
			    strchr(s.recipient, '@') != NULL && strchr(s.recipient, ',') == NULL);
			assert_true(
			    (strcmp(status, "bounced") == 0) <= (s.e.kind == EVENT_BOUNCED));
			assert_true((strcmp(status, "sent") == 0) <= (s.e.kind == EVENT_DELIVERED));
			expect(data, "text", s.reply, text(want, "postfix_smtp_response"));
		} else if (strcmp(action, "reject") == 0 || strcmp(result, "reject") == 0) {
			++*refusals;
			assert_int_equal(s.n, 1);
			assert_int_equal(s.e.kind, EVENT_REFUSED_BY_US);
			assert_int_equal(s.e.direction, DIRECTION_IN);
		}
	}
	buf_free(&line);
}

static void
check_parser(const json_t *row, unsigned *fates)
{
	const json_t *want = json_object_get(row, "expected");
	const char *data = text(row, "line"), *relay = text(want, "relay");
	struct seen s;
	struct buf line;
	size_t host = strcspn(relay, "[");

	buf_init(&line, 1 << 16);
	if (text(want, "date")[0] == '\0')
		buf_adds(
		    &line, text(want, "from")[0] != '\0' ? HEAD "qmgr[1]: " : HEAD "smtp[1]: ");
	buf_adds(&line, data);
	(void)read_line(buf_str(&line), &s);
	if (text(want, "qid")[0] != '\0' &&
	    (text(want, "to")[0] != '\0' || text(want, "from")[0] != '\0')) {
		++*fates;
		assert_int_equal(s.n, 1);
		expect(data, "queue id", s.queue_id, text(want, "qid"));
		expect(data, "recipient", s.recipient, text(want, "to"));
		expect(data, "sender", s.sender, text(want, "from"));
		if (relay[0] != '\0' && strcmp(relay, "none") != 0)
			assert_true(strlen(s.relay) == host && memcmp(s.relay, relay, host) == 0);
	}
	if (text(want, "action")[0] != '\0') { /* a server of several */
		++*fates;
		assert_int_equal(s.e.kind, EVENT_ATTEMPT);
		assert_true(str_has_prefix(str_of(text(want, "host")), str_of(s.relay)));
	}
	buf_free(&line);
}

/* Each line of NAME to check_*(); false when the file is not there. */
static bool
each(const char *name, unsigned *fates, unsigned *refusals)
{
	const char *dir = getenv("MAILVET_SHARED");
	char path[1024], *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(
	    path, sizeof(path), "%s/bounces/postfix/%s", dir == NULL ? "../shared" : dir, name);
	if ((f = fopen(path, "r")) == NULL) {
		print_message("%s: skipped, it is not there\n", path);
		return false;
	}
	while (getline(&line, &room, f) > 0) {
		json_t *row = json_loads(line, 0, NULL);

		assert_non_null(row);
		if (json_object_get(row, "data") != NULL)
			check_grok(row, fates, refusals);
		else
			check_parser(row, fates);
		json_decref(row);
	}
	free(line);
	(void)fclose(f);
	return true;
}

static void
test_collected_lines(void **state)
{
	unsigned fates = 0, refusals = 0;

	(void)state;
	if (!each("grok-patterns.jsonl", &fates, &refusals) ||
	    !each("postfix-parser.jsonl", &fates, &refusals))
		skip();
	print_message("%u fates, %u refusals\n", fates, refusals);
	assert_true(fates >= 20 && refusals >= 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_collected_lines) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
