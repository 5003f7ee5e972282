/* SPDX-License-Identifier: ISC */
/*
 * test_recording.c - what was recorded is judged again as it was; a recording
 * that is not well-formed is refused with its line.
 */
#include "audit/sources/recording.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/judge.h"
#include "audit/sources/key.h"
#include "audit/sources/suffix.h"
#include "audit/sources/zonefile.h"

#define NOW 1795262400 /* 2026-11-21T12:00:00Z */
#define HEAD "{\"schema\":\"mailvet-recording/1\",\"now\":\"2026-11-21T12:00:00Z\"}\n"
#define DNS(rest) "{\"kind\":\"dns\",\"name\":\"example.com\"," rest "}\n"
#define GOOD                                                                                       \
	DNS("\"type\":\"A\",\"status\":\"found\",\"cause\":\"\",\"rr\":[\"192.0.2.1\"],\"ttl\":"   \
	    "300")

#define ZONE                                                                                       \
	"$ORIGIN example.com.\n$TTL 300\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A "            \
	"192.0.2.53\n"                                                                             \
	"@ MX 10 mail\nmail A 192.0.2.25\n@ TXT \"v=spf1 a:gone.example.com include:s ?all\"\n"    \
	"@ TXT \"\\007\\200 \\\"quoted\\\" \\\\\"\n_dmarc CNAME d\nd TXT \"v=DMARC1; p=none\"\n"   \
	"s1._domainkey TXT \"v=DKIM1; p=\"\n"

/* One run over example.com; what is told of it goes to JSON. */
struct tape {
	struct recorder *recorder;
	struct buf json;
	bool given;
};

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	static const struct selector s1 = { .name = { "s1", 2 } };
	struct tape *t = ctx;

	(void)a;
	if (t->given)
		return FEED_END;
	t->given = true;
	*out = (struct subject){ .selectors = &s1, .n_selectors = 1, .guess = true };
	assert_int_equal(name_parse(STR("example.com"), &out->domain), NAME_OK);
	return FEED_ONE;
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct report report = { .format = report_format_find(STR("jsonl")) };
	struct tape *t = ctx;
	struct domain_result d;
	struct judge j;
	struct arena a;

	if (t->recorder != NULL)
		recorder_add(t->recorder, r->q);
	arena_init(&a, 0);
	judge_init(&j);
	judge_domain(&j, r, &a, &d);
	report.out = &t->json;
	report.format->domain(&report, &d);
	judge_free(&j);
	arena_free(&a);
}

/* Answers from SOURCE, and suffixes when COMPUTED. */
static void
run(struct source *source, bool computed, struct recorder *recorder, struct buf *json)
{
	struct engine_options o = { .in_flight = 1 };
	struct tape t = { .recorder = recorder };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = &t };
	struct world *w = world_new(NULL);

	buf_init(&t.json, 1 << 24);
	world_set_now(w, NOW);
	world_add(w, source);
	if (computed)
		world_add(w, suffix_new());
	world_add(w, key_new());
	assert_int_equal(engine_run(w, NULL, &o, &feed), AUDIT_OK);
	world_free(w);
	*json = t.json;
}

static const char *
temporary(const char *name)
{
	static char path[4096];
	const char *dir = getenv("TMPDIR");

	(void)snprintf(path, sizeof(path), "%s/%s", dir != NULL ? dir : "/tmp", name);
	return path;
}

static void
read_all(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		buf_addc(out, (char)c);
	(void)fclose(f);
}

/* The findings in JSON without the places in files and what says who answered. */
static void
strip(const struct buf *json, struct buf *out)
{
	static const char *const dropped[] = { "\"source\":\"", "\"where\":\"", "\"file\":\"",
		"\"server\":\"", "\"from\":\"" };

	for (size_t i = 0; i < json->n; i++) {
		struct str rest = str_sub(buf_str(json), i, json->n);

		for (size_t k = 0; k < ARRAY_LEN(dropped); k++)
			if (str_has_prefix(rest, str_of(dropped[k]))) {
				i += strlen(dropped[k]);
				while (json->p[i] != '"')
					i += json->p[i] == '\\' ? 2 : 1;
				break;
			}
		buf_addc(out, json->p[i]);
	}
}

/* Slugs and levels in their order: what is left when places in files go. */
static void
slugs(const struct buf *json, struct buf *out)
{
	static const char *const kept[] = { "{\"id\":\"", "\"level\":\"", "\"fingerprint\":\"",
		"\"sentence\":\"", "\"verdict\":\"" };

	for (size_t i = 0; i < json->n; i++) {
		struct str rest = str_sub(buf_str(json), i, json->n);

		for (size_t k = 0; k < ARRAY_LEN(kept); k++)
			if (str_has_prefix(rest, str_of(kept[k]))) {
				size_t end = str_find(rest, strlen(kept[k]), '"');

				buf_add(out, str_sub(rest, 0, end + 1));
			}
	}
}

static void
test_replay_gives_the_same_findings(void **state)
{
	const char *path = temporary("recording.jsonl");
	struct source *zone = zonefile_new(), *replay;
	struct recorder *one = recorder_new(), *two = recorder_new();
	struct buf first, second, file, file2, a, b;
	time_t now = 0;

	(void)state;
	buf_init(&file, 1 << 20);
	buf_init(&file2, 1 << 20);
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	assert_int_equal(zonefile_load_text(zone, "example.com.zone", STR(ZONE)), 0);
	run(zone, true, one, &first);
	assert_int_equal(recorder_write(one, path, NOW), AUDIT_OK);
	read_all(path, &file);
	assert_int_equal(recording_open(path, &replay, &now), AUDIT_OK);
	assert_int_equal(now, NOW);
	run(replay, false, two, &second);
	slugs(&first, &a);
	slugs(&second, &b);
	assert_true(a.n > 300);
	if (!str_eq(buf_str(&a), buf_str(&b)))
		fail_msg("other findings:\n%.*s\n%.*s", (int)a.n, a.p, (int)b.n, b.p);
	/* and recorded again: the same questions */
	assert_int_equal(recorder_write(two, path, NOW), AUDIT_OK);
	read_all(path, &file2);
	buf_reset(&a);
	buf_reset(&b);
	strip(&file, &a);
	strip(&file2, &b);
	if (!str_eq(buf_str(&a), buf_str(&b)))
		fail_msg("another recording:\n%.*s\n%.*s", (int)a.n, a.p, (int)b.n, b.p);
	(void)unlink(path);
	recorder_free(one);
	recorder_free(two);
	buf_free(&first);
	buf_free(&second);
	buf_free(&file);
	buf_free(&file2);
	buf_free(&a);
	buf_free(&b);
}

static const struct {
	const char *name, *text;
	size_t line; /* of the fault; 0 = none */
} recordings[] = {
	{ "empty", "", 1 },
	{ "no head", GOOD, 1 },
	{ "head alone", HEAD, 0 },
	{ "another schema",
	    "{\"schema\":\"mailvet-recording/2\",\"now\":\"2026-11-21T12:00:00Z\"}\n", 1 },
	{ "no time", "{\"schema\":\"mailvet-recording/1\"}\n", 1 },
	{ "a time that is none", "{\"schema\":\"mailvet-recording/1\",\"now\":\"later\"}\n", 1 },
	{ "good", HEAD GOOD, 0 },
	{ "no newline at the end",
	    HEAD "{\"kind\":\"suffix\",\"name\":\"a.com\",\"status\":\"failed\","
		 "\"cause\":\"timeout\"}",
	    0 },
	{ "twice the same question", HEAD GOOD GOOD, 0 },
	{ "twice the same member", HEAD DNS("\"type\":\"A\",\"type\":\"A\",\"status\":\"no data\""),
	    2 },
	{ "a list", HEAD GOOD "[]\n", 3 },
	{ "a number", HEAD "1\n", 2 },
	{ "no JSON", HEAD GOOD GOOD "nonsense\n", 4 },
	{ "an empty line", HEAD "\n" GOOD, 2 },
	{ "the head again", HEAD HEAD, 2 },
	{ "an unknown kind",
	    HEAD "{\"kind\":\"secret\",\"name\":\"a.com\",\"status\":\"no data\"}\n", 2 },
	{ "a kind that is a number",
	    HEAD "{\"kind\":1,\"name\":\"a.com\",\"status\":\"no data\"}\n", 2 },
	{ "no name", HEAD "{\"kind\":\"dns\",\"type\":\"A\",\"status\":\"no data\"}\n", 2 },
	{ "a bad name",
	    HEAD "{\"kind\":\"dns\",\"name\":\"a..b\",\"type\":\"A\",\"status\":\"no data\"}\n",
	    2 },
	{ "an unknown type", HEAD DNS("\"type\":\"NONE\",\"status\":\"no data\""), 2 },
	{ "type 0", HEAD DNS("\"type\":\"TYPE0\",\"status\":\"no data\""), 2 },
	{ "a huge type", HEAD DNS("\"type\":\"TYPE65536\",\"status\":\"no data\""), 2 },
	{ "pending", HEAD DNS("\"type\":\"A\",\"status\":\"pending\""), 2 },
	{ "an unknown status", HEAD DNS("\"type\":\"A\",\"status\":\"lost\""), 2 },
	{ "failed without cause", HEAD DNS("\"type\":\"A\",\"status\":\"failed\""), 2 },
	{ "failed", HEAD DNS("\"type\":\"A\",\"status\":\"failed\",\"cause\":\"SERVFAIL\""), 0 },
	{ "no data with a cause",
	    HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"cause\":\"timeout\""), 2 },
	{ "found nothing", HEAD DNS("\"type\":\"A\",\"status\":\"found\""), 2 },
	{ "no data, with data",
	    HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"rr\":[\"192.0.2.1\"]"), 2 },
	{ "records that are no list",
	    HEAD DNS("\"type\":\"A\",\"status\":\"found\",\"rr\":\"192.0.2.1\""), 2 },
	{ "a record that is a number", HEAD DNS("\"type\":\"A\",\"status\":\"found\",\"rr\":[1]"),
	    2 },
	{ "a bad address", HEAD DNS("\"type\":\"A\",\"status\":\"found\",\"rr\":[\"192.0.2.256\"]"),
	    2 },
	{ "two lines in a record",
	    HEAD DNS("\"type\":\"A\",\"status\":\"found\",\"rr\":[\"192.0.2.1\\n192.0.2.2\"]"), 2 },
	{ "an empty record", HEAD DNS("\"type\":\"TXT\",\"status\":\"found\",\"rr\":[\"\"]"), 2 },
	{ "an open quote", HEAD DNS("\"type\":\"TXT\",\"status\":\"found\",\"rr\":[\"\\\"a\"]"),
	    2 },
	{ "a relative name", HEAD DNS("\"type\":\"MX\",\"status\":\"found\",\"rr\":[\"10 mail\"]"),
	    2 },
	{ "a relative name, a rare type",
	    HEAD DNS("\"type\":\"TYPE15\",\"status\":\"found\",\"rr\":[\"10 mail\"]"), 2 },
	{ "a type through ldns", HEAD DNS("\"type\":\"LOC\",\"status\":\"found\",\"rr\":[\"x\"]"),
	    2 },
	{ "NUL", HEAD DNS("\"type\":\"TXT\",\"status\":\"found\",\"rr\":[\"a\\u0000b\"]"), 2 },
	{ "a chain that is no list",
	    HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"chain\":\"a.com\""), 2 },
	{ "a chain of numbers", HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"chain\":[1]"),
	    2 },
	{ "a long chain",
	    HEAD DNS(
		"\"type\":\"A\",\"status\":\"no data\",\"chain\":[\"a\",\"b\",\"c\",\"d\","
		"\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]"),
	    2 },
	{ "a negative TTL", HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"ttl\":-1"), 2 },
	{ "a huge TTL", HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"ttl\":4294967296"), 2 },
	{ "a number no computer holds",
	    HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"ttl\":99999999999999999999999"), 2 },
	{ "a TTL with a fraction", HEAD DNS("\"type\":\"A\",\"status\":\"no data\",\"ttl\":1.5"),
	    2 },
	{ "a suffix of another name",
	    HEAD "{\"kind\":\"suffix\",\"name\":\"a.example\",\"status\":\"found\","
		 "\"suffix\":\"com\"}\n",
	    2 },
	{ "a found suffix without one",
	    HEAD "{\"kind\":\"suffix\",\"name\":\"a.example\",\"status\":\"found\"}\n", 2 },
	{ "a registrable too deep",
	    HEAD "{\"kind\":\"suffix\",\"name\":\"a.b.example\",\"status\":\"found\","
		 "\"suffix\":\"example\",\"registrable\":\"a.b.example\"}\n",
	    2 },
	{ "a suffix",
	    HEAD "{\"kind\":\"suffix\",\"name\":\"a.b.example\",\"status\":\"found\","
		 "\"suffix\":\"example\",\"registrable\":\"b.example\",\"is_suffix\":\"x\"}\n",
	    0 },
};

/* Read TEXT with stderr in a file; what was told into TOLD. */
static int
read_quietly(struct str text, struct buf *told)
{
	const char *path = temporary("told");
	int saved = dup(2), rc;
	struct source *s = NULL;
	time_t now = 0;

	assert_non_null(freopen(path, "w", stderr));
	rc = recording_read("some.file", text, &s, &now);
	(void)fflush(stderr);
	assert_true(dup2(saved, 2) == 2);
	(void)close(saved);
	buf_reset(told);
	read_all(path, told);
	buf_addc(told, '\0');
	(void)unlink(path);
	if (rc == AUDIT_OK)
		s->ops->free(s);
	return rc;
}

static void
test_a_fault_is_told_with_its_line(void **state)
{
	struct buf told;

	(void)state;
	buf_init(&told, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(recordings); i++) {
		int rc = read_quietly(str_of(recordings[i].text), &told);
		char want[100];

		(void)snprintf(want, sizeof(want), "mailvet: some.file:%zu: ", recordings[i].line);
		if (rc != (recordings[i].line == 0 ? AUDIT_OK : AUDIT_EFORMAT))
			fail_msg("%s: %s", recordings[i].name, rc == 0 ? "taken" : "refused");
		if (recordings[i].line != 0 && strncmp(told.p, want, strlen(want)) != 0)
			fail_msg("%s: told '%s', not '%s'", recordings[i].name, told.p, want);
	}
	buf_free(&told);
}

/* Cut at every byte, every byte flipped: refused or taken, never worse. */
static void
test_damaged_recordings(void **state)
{
	static const char text[] = HEAD GOOD
	    "{\"kind\":\"suffix\",\"name\":\"a.b.example\",\"status\":\"found\",\"suffix\":"
	    "\"example\","
	    "\"registrable\":\"b.example\"}\n"
	    "{\"kind\":\"names\",\"name\":\"a\",\"status\":\"found\",\"names\":[\"b.a\"]}\n";
	struct buf told;

	(void)state;
	buf_init(&told, 1 << 16);
	for (size_t cut = 0; cut + 1 < sizeof(text); cut++) {
		char *copy = malloc(cut == 0 ? 1 : cut);
		bool at_end = cut > 0 && (text[cut - 1] == '\n' || text[cut] == '\n');

		assert_non_null(copy);
		memcpy(copy, text, cut);
		if ((read_quietly((struct str){ copy, cut }, &told) == AUDIT_OK) != at_end)
			fail_msg("cut at %zu: %s", cut, told.p);
		free(copy);
	}
	for (size_t at = 0; at + 1 < sizeof(text); at++)
		for (int bit = 0; bit < 8; bit += 3) {
			char copy[sizeof(text)];

			memcpy(copy, text, sizeof(text));
			copy[at] = (char)(copy[at] ^ 1 << bit);
			(void)read_quietly((struct str){ copy, sizeof(text) - 1 }, &told);
		}
	buf_free(&told);
}

/* What is not in a recording nobody knows. */
static void
test_what_is_not_recorded_failed(void **state)
{
	struct question q[] = { { .kind = ASK_DNS, .type = RR_TXT }, { .kind = ASK_SUFFIX },
		{ .kind = ASK_NAMES } };
	struct source *s = NULL;
	time_t now = 0;

	(void)state;
	assert_int_equal(recording_read("x", STR(HEAD GOOD), &s, &now), AUDIT_OK);
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		struct ticket t = { .q = q[i] };
		struct answer *a = NULL;

		assert_int_equal(name_parse(STR("example.com"), &t.q.name), NAME_OK);
		assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
		assert_int_equal(a->status, ANSWER_FAILED);
		assert_int_equal(a->cause, CAUSE_NOT_RECORDED);
		answer_unref(a);
	}
	s->ops->free(s);
}

static void
test_a_recording_that_cannot_be_written(void **state)
{
	struct recorder *r = recorder_new();

	(void)state;
	assert_int_equal(recorder_write(r, "/nonexistent/x", NOW), AUDIT_EWRITE);
	recorder_free(r);
	recorder_free(NULL);
}

static const struct answer *
ask_nobody(void *ctx, const struct question *q)
{
	(void)ctx;
	return answer_failed(q, q->base ? CAUSE_REFUSED : CAUSE_TIMEOUT);
}

/* A recording is of one state; read back, it gives that and not the one before a change. */
static void
test_the_state_before_is_not_recorded(void **state)
{
	const char *path = temporary("before.jsonl");
	struct recorder *r = recorder_new();
	struct inquiry q, before;
	struct arena a;
	struct name n;
	char text[1000];
	FILE *f;

	(void)state;
	assert_int_equal(name_parse(STR("example.com"), &n), NAME_OK);
	arena_init(&a, 0);
	inquiry_init(&q, ask_nobody, NULL, &a);
	inquiry_before(&before, &q);
	inquiry_begin(&q);
	(void)ask_dns(&before, &n, RR_A);
	(void)ask_dns(&q, &n, RR_A);
	(void)ask_dns(&before, &n, RR_MX);
	recorder_add(r, &q);
	assert_int_equal(recorder_write(r, path, NOW), AUDIT_OK);
	assert_non_null(f = fopen(path, "r"));
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	(void)fclose(f);
	(void)remove(path);
	assert_non_null(strstr(text, "timeout"));
	assert_null(strstr(text, "refused"));
	assert_null(strstr(text, "\"MX\""));
	recorder_free(r);
	inquiry_free(&q);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay_gives_the_same_findings),
		cmocka_unit_test(test_a_fault_is_told_with_its_line),
		cmocka_unit_test(test_damaged_recordings),
		cmocka_unit_test(test_what_is_not_recorded_failed),
		cmocka_unit_test(test_a_recording_that_cannot_be_written),
		cmocka_unit_test(test_the_state_before_is_not_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
