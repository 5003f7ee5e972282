/* SPDX-License-Identifier: ISC */
/*
 * test_reread.c - outputs of checks are read as they were written, and nothing
 * else is taken for one.
 */
#include "audit/fleet/reread.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "checks/core/arena.h"
#include "checks/core/buf.h"

#define FINDING(level)                                                                             \
	"{\"id\":\"spf-x\",\"level\":\"" level "\",\"subject\":\"a.example\",\"reason\":\"r\","    \
	"\"affects\":\"delivery\",\"fingerprint\":\"0123456789abcdef\"}"
#define DOMAIN(name)                                                                               \
	"{\"domain\":\"" name "\",\"verdict\":\"error\",\"findings\":[" FINDING("error") "]}\n"
#define COUNTS "\"error\":1,\"unknown\":0,\"warning\":0,\"note\":0,\"pass\":0"
#define SUMMARY "\"summary\":{" COUNTS ",\"domains\":1,\"verdicts\":{" COUNTS "}}"
#define HEAD                                                                                       \
	"\"schema\":\"mailvet/1\",\"version\":\"0.1\",\"generated\":\"2026-11-21T12:00:00Z\","     \
	"\"now\":\"2026-11-21T11:00:00Z\""
#define RUN "{\"run\":{" HEAD ",\"answers\":\"x\",\"findings\":[]," SUMMARY "}}\n"
#define REPORT(domains) "{" HEAD ",\"domains\":[" domains "],\"run\":{\"findings\":[]}," SUMMARY "}"

struct seen {
	struct buf b; /* what came, written again */
	time_t now;
	const char *wanted; /* a letter a line, '-' = it is not; NULL = all are */
};

static void
on_domain(void *ctx, json_t *o, size_t line)
{
	struct seen *s = ctx;
	struct json j;

	(void)line;
	json_init(&j, &s->b, false);
	reread_write(&j, o);
	buf_addc(&s->b, '\n');
}

static void
on_run(void *ctx, const struct reread_run *run)
{
	struct seen *s = ctx;

	s->now = run->now;
	buf_adds(&s->b, "run\n");
	assert_true(json_is_array(run->findings));
}

static bool
on_line(void *ctx, size_t line)
{
	const struct seen *s = ctx;

	assert_in_range(line, 1, strlen(s->wanted));
	return s->wanted[line - 1] != '-';
}

/* TEXT read: what came to S, and the sum. */
static struct reread_sum
take(struct str text, struct seen *s)
{
	struct reread_visit v = { .domain = on_domain, .run = on_run, .ctx = s, .quiet = true };
	struct reread_sum sum;
	FILE *f = tmpfile();

	if (s->wanted != NULL)
		v.wanted = on_line;
	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	rewind(f);
	buf_reset(&s->b);
	s->now = 0;
	assert_int_equal(reread_stream(f, "test", &v, &sum), 0);
	(void)fclose(f);
	return sum;
}

static void
test_files(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *in;
		size_t domains, runs, bad;
		bool torn;
	} cases[] = {
		{ "empty", "", 0, 0, 0, false },
		{ "empty lines", "\n\n \n", 0, 0, 0, false },
		{ "one line", DOMAIN("a.example"), 1, 0, 0, false },
		{ "a run", DOMAIN("a.example") DOMAIN("b.example") RUN, 2, 1, 0, false },
		{ "CRLF", "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[]}\r\n" RUN, 1, 1, 0, false },
		{ "two runs", DOMAIN("a.example") RUN DOMAIN("b.example") RUN, 2, 2, 0, false },
		{ "torn", DOMAIN("a.example") "{\"domain\":\"b.exam", 1, 0, 0, true },
		{ "torn, alone", "{\"domain\":\"b.exam", 0, 0, 0, true },
		{ "no end of line", DOMAIN("a.example") "{\"domain\":\"b\",\"verdict\":\"pass\",\"findings\":[]}", 2, 0, 0, false },
		{ "torn and gone on", "{\"domain\":\"b.ex" DOMAIN("a.example") RUN, 0, 1, 1, false },
		{ "a report", REPORT("{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[]}"), 1, 1, 0, false },
		{ "a report over lines", "{\n" HEAD ",\n\"domains\":[],\"run\":{\"findings\":[]},\n" SUMMARY "\n}\n", 0, 1, 0, false },
		{ "a report, cut", "{\n" HEAD ",\n\"domains\":[],\"run\":{\"find", 0, 0, 1, false },
		{ "a report, one bad domain", REPORT("{\"domain\":\"a\"},{\"domain\":\"b\",\"verdict\":\"pass\",\"findings\":[]}"), 1, 1, 1, false },
		{ "a run for a domain", REPORT("{\"run\":{}}"), 0, 1, 1, false },
		{ "a number for a domain", REPORT("7"), 0, 1, 1, false },
		{ "another schema", "{\"schema\":\"mailvet/2\",\"domains\":[]}", 0, 0, 1, false },
		{ "an array", "[]\n", 0, 0, 1, false },
		{ "text", "example.com\nexample.org\n", 0, 0, 2, false },
		{ "null", "null\n", 0, 0, 1, false },
		{ "binary", "\x7f" "ELF\x02\x01\n", 0, 0, 1, false },
	};
	/* clang-format on */
	struct seen s = { .wanted = NULL };

	(void)state;
	buf_init(&s.b, SIZE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reread_sum sum = take(str_of(cases[i].in), &s);

		if (sum.domains != cases[i].domains || sum.runs != cases[i].runs ||
		    sum.bad != cases[i].bad || sum.torn != cases[i].torn)
			fail_msg("%s: got %zu domains, %zu runs, %zu bad, torn %d", cases[i].name,
			    sum.domains, sum.runs, sum.bad, sum.torn);
	}
	buf_free(&s.b);
}

/* Each is wrong in one place, which WANT names. */
/* clang-format off */
#define D(rest) "{\"domain\":\"a.example\",\"verdict\":\"pass\",\"findings\":[]" rest "}"
#define F(rest) "{\"domain\":\"a\",\"verdict\":\"note\",\"findings\":[{\"id\":\"x\",\"level\":\"note\",\"subject\":\"\"," \
	"\"reason\":\"\",\"affects\":\"hygiene\",\"fingerprint\":\"00\"" rest "}]}"
static const struct { const char *in, *want; } fields[] = {
	{ D(""), NULL },
	{ F(""), NULL },
	{ D(",\"later\":{\"field\":[1,true,\"x\"]}"), NULL },
	{ "{}", "verdict: is missing" },
	{ "{\"domain\":7,\"verdict\":\"pass\",\"findings\":[]}", "domain: text is wanted" },
	{ "{\"domain\":\"a..b\",\"verdict\":\"pass\",\"findings\":[]}", "domain: a domain name is wanted" },
	{ "{\"domain\":\"\",\"verdict\":\"pass\",\"findings\":[]}", "domain: a domain name is wanted" },
	{ "{\"verdict\":\"pass\",\"findings\":[]}", "either \"domain\" or \"addresses\" is wanted" },
	{ "{\"addresses\":[],\"verdict\":\"pass\",\"findings\":[]}", "\"addresses\" is empty" },
	{ "{\"addresses\":[\"192.0.2.1\"],\"verdict\":\"pass\",\"findings\":[]}", NULL },
	{ "{\"addresses\":[\"192.0.2.1\",\"x\"],\"verdict\":\"pass\",\"findings\":[]}", "addresses[1]: an IP address is wanted" },
	{ D(",\"addresses\":[\"192.0.2.1\"]"), "either \"domain\" or \"addresses\" is wanted" },
	{ "{\"domain\":\"a\",\"verdict\":\"pas\",\"findings\":[]}", "verdict: none of the words there are for it" },
	{ "{\"domain\":\"a\",\"verdict\":\"error\",\"findings\":[]}", "the verdict is not that of the findings" },
	{ "{\"domain\":\"a\",\"verdict\":\"unknown\",\"findings\":[]}", "the verdict is not that of the findings" },
	{ "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[" FINDING("error") "]}", "the verdict is not that of the findings" },
	{ "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[" FINDING("unknown") "]}", NULL },
	{ "{\"domain\":\"a\",\"verdict\":\"unknown\",\"findings\":[" FINDING("unknown") "," FINDING("warning") "]}", NULL },
	{ "{\"domain\":\"a\",\"verdict\":\"unknown\",\"findings\":[" FINDING("error") "," FINDING("unknown") "]}", "the verdict is not that of the findings" },
	{ "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":{}}", "findings: a list is wanted" },
	{ "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[1]}", "findings[0]: an object is wanted" },
	{ "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[{\"id\":\"A b\"}]}", "findings[0].id: no id of a finding" },
	{ F(",\"place\":{\"name\":\"a\",\"line\":0}"), "findings[0].place.line: a whole number from 1 on is wanted" },
	{ F(",\"place\":{\"name\":\"a\",\"offset\":-1}"), "findings[0].place.offset: a whole number from 0 on is wanted" },
	{ F(",\"place\":{\"name\":\"a\",\"offset\":4294967296}"), "findings[0].place.offset: a whole number from 0 on is wanted" },
	{ F(",\"place\":{\"name\":\"a\",\"type\":\"NONSENSE\"}"), "findings[0].place.type: a record type is wanted" },
	{ F(",\"remedy\":{\"who\":\"me\"}"), "findings[0].remedy.who: none of the words there are for it" },
	{ F(",\"remedy\":{\"changes\":[{\"action\":\"add\",\"name\":\"a\",\"type\":\"TXT\",\"ttl\":\"1\"}]}"), "findings[0].remedy.changes[0].ttl: a whole number from 1 on is wanted" },
	{ F(",\"arguments\":{\"n\":1,\"t\":\"x\"}"), NULL },
	{ F(",\"arguments\":{\"n\":[]}"), "findings[0].arguments: text and whole numbers are wanted" },
	{ F(",\"evidence\":[{\"question\":\"q\",\"status\":\"found\",\"time\":\"now\"}]"), "findings[0].evidence[0].time: a time like 2026-11-21T10:00:00Z is wanted" },
	{ D(",\"facts\":{\"dkim\":[{\"domain\":\"a\",\"selector\":\"s\",\"provenance\":\"given\",\"state\":\"valid\",\"modulus\":\"0g\"}]}"), "facts.dkim[0].modulus: hexadecimal digits are wanted" },
	{ D(",\"facts\":{\"spf\":{\"tree\":[{\"term\":\"all\",\"cost\":0,\"cost_below\":0,\"dead\":false}]}}"), "facts.spf.tree[0].dead: true is wanted, or nothing" },
	{ D(",\"facts\":{\"spf\":{\"tree\":[{\"term\":\"all\",\"cost\":0,\"cost_below\":0,\"terms\":[{}]}]}}"), "facts.spf.tree[0].terms[0].term: is missing" },
	{ D(",\"x\":null"), "null and broken numbers are never written" },
	{ D(",\"x\":1.5"), "null and broken numbers are never written" },
	{ D(",\"123456789_123456789_123456789_123456789_123456789_123456789_\":1"), NULL },
	{ D(",\"123456789_123456789_123456789_123456789_123456789_123456789_1\":1"), "a member has a name that is never written" },
	{ D(",\"x y\":1"), "a member has a name that is never written" },
	{ D(",\"\":1"), "a member has a name that is never written" },
	{ D(",\"x\":{\"\\u001b\":1}"), "a member has a name that is never written" },
};
/* clang-format on */

static void
test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		json_t *o = json_loads(fields[i].in, JSON_REJECT_DUPLICATES, NULL);
		char why[MAX_REREAD_WHY] = "good";
		bool good;

		if (o == NULL)
			fail_msg("not JSON: %s", fields[i].in);
		good = reread_is_domain(o, why);
		if (good != (fields[i].want == NULL) || (!good && strcmp(why, fields[i].want) != 0))
			fail_msg("%s: got '%s'", fields[i].in, why);
		json_decref(o);
	}
}

/* What is nested as deep as may be is read and written; one more is refused. */
static void
test_depth(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		size_t depth = MAX_REREAD_DEPTH - 2 + more;
		char why[MAX_REREAD_WHY] = "";
		struct seen s = { .wanted = NULL };
		struct buf b;
		json_t *o;

		buf_init(&b, SIZE_MAX);
		buf_init(&s.b, SIZE_MAX);
		buf_adds(&b, "{\"domain\":\"a\",\"verdict\":\"pass\",\"findings\":[],\"x\":");
		for (size_t i = 0; i < depth; i++)
			buf_addc(&b, '[');
		buf_addc(&b, '1');
		for (size_t i = 0; i < depth; i++)
			buf_addc(&b, ']');
		buf_addc(&b, '}');
		o = json_loadb(b.p, b.n, 0, NULL);
		assert_non_null(o);
		assert_int_equal(reread_is_domain(o, why), more == 0);
		if (more == 0) {
			on_domain(&s, o, 1);
			assert_int_equal(s.b.n, b.n + 1);
			assert_memory_equal(s.b.p, b.p, b.n);
		} else {
			assert_string_equal(why, "nested too deep");
		}
		json_decref(o);
		buf_free(&b);
		buf_free(&s.b);
	}
}

/* Every seed: written again it is the same; cut or flipped at any byte nothing is made up. */
static void
each_seed(const char *name, void (*look)(struct str text, struct seen *s))
{
	struct seen s = { .wanted = NULL };
	struct buf path, text;
	char chunk[4096];
	size_t n;
	FILE *f;

	buf_init(&path, 4096);
	buf_adds(&path, getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".");
	buf_adds(&path, "/vectors/reread/");
	buf_adds(&path, name);
	buf_addc(&path, '\0');
	f = fopen(path.p, "r");
	if (f == NULL)
		fail_msg("%s is not there", path.p);
	buf_init(&text, SIZE_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&text, (struct str){ chunk, n });
	(void)fclose(f);
	buf_init(&s.b, SIZE_MAX);
	look(buf_str(&text), &s);
	buf_free(&s.b);
	buf_free(&text);
	buf_free(&path);
}

static void
look_cut(struct str text, struct seen *s)
{
	for (size_t n = 0; n < text.n; n++) {
		struct reread_sum sum = take(str_sub(text, 0, n), s);
		size_t lines = 0;

		for (size_t i = 0; i < n; i++)
			lines += text.p[i] == '\n';
		/* of the lines that are whole, all; of the one that is cut, nothing but all of it
		 */
		assert_int_equal(sum.bad, 0);
		assert_true(sum.domains + sum.runs >= lines && sum.domains + sum.runs <= lines + 1);
	}
}

static void
look_flipped(struct str text, struct seen *s)
{
	char *copy = xmalloc(text.n);

	for (size_t i = 0; i < text.n; i++) {
		static const uint8_t masks[] = { 0x01, 0x20, 0x80, 0xff };
		struct reread_sum sum;

		memcpy(copy, text.p, text.n);
		copy[i] = (char)((uint8_t)copy[i] ^ masks[i % ARRAY_LEN(masks)]);
		sum = take((struct str){ copy, text.n }, s);
		assert_true(sum.domains <= 2 && sum.runs <= 1 && sum.bad <= 3);
	}
	free(copy);
}

static void
look_same(struct str text, struct seen *s)
{
	struct str run = STR("{\"run\"");
	struct reread_sum sum = take(text, s);
	size_t at = 0;

	assert_int_equal(sum.bad, 0);
	assert_int_equal(sum.runs, 1);
	while (!str_has_prefix(str_sub(text, at, text.n), run))
		at = str_find(text, at, '\n') + 1;
	assert_int_equal(s->b.n, at + strlen("run\n"));
	assert_memory_equal(s->b.p, text.p, at);
}

static void
test_cut(void **state)
{
	(void)state;
	each_seed("two.jsonl", look_cut);
}

static void
test_flipped(void **state)
{
	(void)state;
	each_seed("two.jsonl", look_flipped);
}

static void
test_written_again(void **state)
{
	(void)state;
	each_seed("two.jsonl", look_same);
}

/* A line that is longer than any is left out, and the next one is read. */
static void
test_huge(void **state)
{
	struct seen s = { .wanted = NULL };
	struct buf b;
	struct reread_sum sum;

	(void)state;
	buf_init(&s.b, SIZE_MAX);
	buf_init(&b, SIZE_MAX);
	buf_adds(&b, DOMAIN("a.example") "{\"domain\":\"");
	while (b.n < MAX_REREAD_LINE + 100)
		buf_adds(&b, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	buf_adds(&b, "\"}\n" DOMAIN("b.example") RUN);
	sum = take(buf_str(&b), &s);
	assert_int_equal(sum.domains, 2);
	assert_int_equal(sum.runs, 1);
	assert_int_equal(sum.bad, 1);
	assert_int_equal(s.now, 1795258800);
	buf_free(&b);
	buf_free(&s.b);
}

/* Lines that are not wanted are not parsed, so nothing is wrong with them; they are counted. */
static void
test_wanted(void **state)
{
	static const char text[] = DOMAIN("a.example") "no JSON\n" DOMAIN("b.example") RUN "\n{";
	static const struct {
		const char *wanted;
		size_t domains, runs, bad;
		bool torn;
	} cases[] = {
		{ "123456", 2, 1, 1, true },
		{ "-23456", 1, 1, 1, true },
		{ "1-3456", 2, 1, 0, true },
		{ "12--56", 1, 0, 1, true },
		{ "12345-", 2, 1, 1, false },
		{ "------", 0, 0, 0, false },
	};
	struct seen s = { .wanted = NULL };

	(void)state;
	buf_init(&s.b, SIZE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reread_sum sum;

		s.wanted = cases[i].wanted;
		sum = take(STR(text), &s);
		if (sum.domains != cases[i].domains || sum.runs != cases[i].runs ||
		    sum.bad != cases[i].bad || sum.torn != cases[i].torn || sum.lines != 6)
			fail_msg("%s: %zu domains, %zu runs, %zu bad, %zu lines", s.wanted,
			    sum.domains, sum.runs, sum.bad, sum.lines);
	}
	buf_free(&s.b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_written_again),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
