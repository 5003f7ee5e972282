/* SPDX-License-Identifier: ISC */
/*
 * test_formats.c - the formats for CI against the golden files of vectors/formats/,
 * which tests/formats.sh puts through each format's own checker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "report/markdown.h"
#include "report/report.h"
#include "report/xml.h"
#include "tests/golden.h"
#include "tests/report_sample.h"

/* What ends a field, begins a command, or reaches further in one format or another. */
#define HOSTILE                                                                                    \
	"v=spf1 x\r\n::error file=a::b\n##vso[task.complete]c ]]> | `d` ```` </details> "          \
	"\033[31m %0A @octocat #1 !2 www.evil.example https://evil.example [l](http://e.example) " \
	"<!-- ${{ e }} \"q\" 'q' \\ \xff\xfe\xe2\x80\xae # TODO\n1..0 {0} "

static struct finding *
add(struct sample *s, int id)
{
	return finding_add(&s->findings, (enum rule_id)id, &s->subject.domain);
}

static const struct str hostile = { HOSTILE "\0n", sizeof(HOSTILE) + 1 };

static void
make_hostile(struct sample *s)
{
	static const char file[] = "./zones/a\n::error::b,c:d%0A|`]]>\033\xc3\xa9\xff.zone";
	static const struct waiver why = { .origin = WAIVED_IN_PLACE,
		.reason = { HOSTILE, sizeof(HOSTILE) - 1 } };
	static struct suggestion edit = {
		.line = 3, .column = 12, .end_line = 3, .end_column = 40
	};
	static struct judged borne;
	const struct answer *a = sample_txt(s, "a\\.b.example.com", hostile, file, 3);
	struct finding *f = add(s, SAMPLE_TEXT);
	struct change *c;

	sample_at(s, f, a, "::error file=a::b");
	finding_text(&s->findings, f, "text", hostile);
	c = finding_change(&s->findings, f, CHANGE_REPLACE, &f->place.name, RR_TXT);
	c->old = hostile;
	c->new = STR("\"v=spf1 ``` -all\"");
	f = add(s, SAMPLE_TEXT);
	sample_at(s, f, a, NULL);
	finding_text(&s->findings, f, "text", hostile);
	f->remedy.url = hostile;
	finding_add_text(&s->findings, (enum rule_id)SAMPLE_NO_NP, hostile);
	s->result.label = hostile;
	sample_result(s);
	edit.file = str_of(file);
	edit.text = STR("\"`````\n::error::x\n##vso[x]\n```\n</details> | v=spf1 -all\"");
	s->judged[0].suggestions = &edit;
	s->judged[0].n_suggestions = 1;
	borne = s->judged[1];
	borne.waiver = &why;
	s->result.suppressed = &borne;
	s->result.n_suppressed = 1;
	s->result.told = &hostile;
	s->result.n_told = 1;
}

/* One of each state, as gate tells them. */
static void
make_gate(struct sample *s)
{
	static const struct str told[] = {
		STR("example.com SPF: 192.0.2.0/24 no longer authorised"),
		STR("example.com SPF: lookups 9 -> 12")
	};
	static const struct str lacking[] = { STR("_spf.example.net TXT") };
	static const struct waiver why = {
		.origin = WAIVED_BY_BASELINE, .until = SAMPLE_NOW, .reason = { "moves in May", 12 }
	};
	static struct suggestion edit = { { "zones/example.com", 17 }, 12, 11, 12, 40,
		{ "\"v=spf1 mx -all\"", 16 } };
	static struct judged fixed, borne;
	const struct answer *a = sample_txt(
	    s, "example.com", STR("v=spf1 ip4:10.0.0.0/8 mx ~all"), "zones/example.com", 12);
	struct name n = sample_name("s2._domainkey.example.com");
	struct finding *f = add(s, SAMPLE_NO_KEY);

	finding_absent(f, &n, RR_TXT);
	finding_text(&s->findings, f, "selector", STR("s2"));
	finding_evidence(f, sample_absent(s, "s2._domainkey.example.com", RR_TXT, ANSWER_NXDOMAIN));
	f = add(s, SAMPLE_UNSEEN);
	finding_text(&s->findings, f, "term", STR("include:_spf.example.net"));
	f = add(s, SAMPLE_WIDE);
	sample_at(s, f, a, "ip4:10.0.0.0/8");
	finding_number(f, "n", 16777216);
	f = add(s, SAMPLE_WIDE);
	sample_at(s, f, a, "mx");
	finding_number(f, "n", 4);
	f = add(s, SAMPLE_SOFTFAIL);
	sample_at(s, f, a, "~all");
	add(s, SAMPLE_PASS_MX);
	sample_result(s);
	s->judged[0].change = CHANGE_IS_NEW;
	s->judged[1].change = CHANGE_IS_NEW;
	s->judged[2].change = CHANGE_IS_WORSE;
	s->judged[2].suggestions = &edit;
	s->judged[2].n_suggestions = 1;
	s->judged[3].change = CHANGE_IS_KEPT;
	s->judged[4].change = CHANGE_IS_NEW;
	fixed = s->judged[3];
	fixed.change = CHANGE_NONE;
	borne = s->judged[3];
	borne.change = CHANGE_IS_SUPPRESSED;
	borne.waiver = &why;
	s->result.fixed = &fixed;
	s->result.n_fixed = 1;
	s->result.suppressed = &borne;
	s->result.n_suppressed = 1;
	s->result.told = told;
	s->result.n_told = ARRAY_LEN(told);
	s->result.lacking = lacking;
	s->result.n_lacking = 1;
}

/* No file: everything was asked of live DNS. */
static void
make_live(struct sample *s)
{
	const struct answer *a =
	    sample_txt(s, "example.com", STR("v=spf1 ip4:10.0.0.0/8 ~all"), NULL, 0);
	struct finding *f = add(s, SAMPLE_WIDE);

	sample_at(s, f, a, "ip4:10.0.0.0/8");
	finding_number(f, "n", 16777216);
	add(s, SAMPLE_PASS_SPF);
	sample_result(s);
}

/* clang-format off */
static const struct {
	const char *name, *domain;
	void (*make)(struct sample *s);
} samples[] = {
	{ "hostile", "a.example.com", make_hostile },
	{ "gate", "example.com", make_gate },
	{ "live", "example.com", make_live },
	{ "empty", NULL, NULL },
};
static const char *const formats[] = { "github", "sarif", "junit", "markdown", "gitlab", "rdjson", "checkstyle",
	"azure", "tap", "gcc", "prometheus", "nagios" };
/* clang-format on */

static void
begin(struct report *r, const char *format, struct run_result *run, struct buf *out)
{
	static const struct report_style style = { .notes = true, .fail_on = LEVEL_ERROR };

	*run = (struct run_result){ .version = "0.1",
		.generated = SAMPLE_NOW,
		.now = SAMPLE_NOW,
		.answers = STR("zone files only"),
		.offline = true };
	report_init(r, report_format_find(str_of(format)), &style, out);
	assert_non_null(r->format);
	if (r->format->begin != NULL)
		r->format->begin(r, run);
}

static void
domain(struct report *r, struct run_result *run, const struct domain_result *d)
{
	r->format->domain(r, d);
	r->n++;
	for (size_t l = 0; l < N_LEVELS; l++)
		run->count[l] += d->count[l];
	run->domains++;
	run->domain_verdict[d->verdict]++;
	run->undetermined = run->undetermined || d->verdict == LEVEL_UNKNOWN;
	run->compared = run->compared || d->n_fixed > 0;
}

static void
render(const char *format, size_t i, struct buf *out)
{
	struct sample s, about_run;
	struct run_result run;
	struct report r;

	begin(&r, format, &run, out);
	sample_init(&about_run, "example.com");
	if (samples[i].make != NULL) {
		sample_init(&s, samples[i].domain);
		samples[i].make(&s);
		domain(&r, &run, &s.result);
		sample_free(&s);
	}
	if (samples[i].make == make_hostile) {
		finding_add_text(&about_run.findings, (enum rule_id)SAMPLE_LIST, hostile);
		run.findings = sample_result(&about_run)->findings;
		run.n_findings = 1;
		run.count[LEVEL_WARNING]++;
	}
	r.format->end(&r, &run);
	sample_free(&about_run);
	report_free(&r);
	assert_false(out->over);
}

static void
test_formats_match_their_golden_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		for (size_t k = 0; k < ARRAY_LEN(formats); k++) {
			char file[100], path[1000];
			struct buf out;

			buf_init(&out, MAX_REPORT_BYTES);
			render(formats[k], i, &out);
			snprintf(file, sizeof(file), "%s.%s", samples[i].name, formats[k]);
			golden_path(path, sizeof(path), "formats", file);
			golden_compare(path, &out);
			buf_free(&out);
		}
}

static size_t
count(const struct buf *b, const char *what)
{
	size_t n = 0, len = strlen(what);

	for (size_t i = 0; i + len <= b->n; i++)
		n += memcmp(b->p + i, what, len) == 0;
	return n;
}

/* An edit that is a part of the cure is not offered: the records are told as a zone file has them.
 */
static void
test_half_a_cure_is_no_suggestion(void **state)
{
	static const struct suggestion edit = { { "zones/example.com", 17 }, 12, 11, 12, 40,
		{ "\"edit\"", 6 } };

	(void)state;
	for (size_t n = 1; n <= 2; n++) {
		const struct answer *a;
		struct run_result run;
		struct sample s;
		struct report r;
		struct buf out;
		struct finding *f;

		buf_init(&out, MAX_REPORT_BYTES);
		begin(&r, "rdjson", &run, &out);
		sample_init(&s, "example.com");
		a = sample_txt(&s, "example.com", STR("v=spf1 mx ~all"), "zones/example.com", 12);
		f = add(&s, SAMPLE_SOFTFAIL);
		sample_at(&s, f, a, "~all");
		for (size_t i = 0; i < n; i++)
			finding_change(&s.findings, f, CHANGE_ADD, &f->place.name, RR_TXT)->new =
			    STR("\"new\"");
		sample_result(&s);
		s.judged[0].suggestions = &edit;
		s.judged[0].n_suggestions = 1;
		domain(&r, &run, &s.result);
		r.format->end(&r, &run);
		sample_free(&s);
		report_free(&r);
		assert_int_equal(count(&out, "\"suggestions\""), n == 1);
		assert_int_equal(count(&out, "IN TXT"), n == 1 ? 0 : 2);
		buf_free(&out);
	}
}

/* Line ends apart no control character, whatever the input, and UTF-8 throughout. */
static void
test_nothing_raw_comes_out(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(formats); k++) {
		struct buf out;

		buf_init(&out, MAX_REPORT_BYTES);
		render(formats[k], 0, &out);
		for (size_t i = 0; i < out.n; i++)
			if (out.p[i] != '\n' && (uint8_t)out.p[i] < 0x20)
				fail_msg("%s: byte %d at %zu", formats[k], out.p[i], i);
		for (size_t i = 0; i < out.n; i++)
			if ((uint8_t)out.p[i] == 0xff || (uint8_t)out.p[i] == 0x7f)
				fail_msg("%s: byte %d at %zu", formats[k], out.p[i], i);
		buf_free(&out);
	}
}

/* N findings of rule ID at domains of their own, in one report. */
static void
render_many(const char *format, int id, size_t n, struct buf *out)
{
	struct run_result run;
	struct report r;

	begin(&r, format, &run, out);
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		char label[64];

		sample_init(&s, "example.com");
		snprintf(label, sizeof(label), "d%zu.example.com", i);
		s.result.label = str_of(label);
		finding_number(add(&s, id), "n", (int64_t)i);
		finding_text(&s.findings, s.findings.first, "what", STR("x"));
		sample_result(&s);
		domain(&r, &run, &s.result);
		sample_free(&s);
	}
	r.format->end(&r, &run);
	report_free(&r);
}

static void
test_github_stays_within_its_limits(void **state)
{
	static const struct {
		size_t n, lines;
		const char *more;
	} rows[] = { { 1, 1, NULL }, { 10, 10, NULL }, { 11, 10, "and 2 more warnings" },
		{ 3000, 10, "and 2991 more warnings" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf out;

		buf_init(&out, MAX_REPORT_BYTES);
		render_many("github", SAMPLE_WIDE, rows[i].n, &out);
		assert_int_equal(count(&out, "::warning "), rows[i].lines);
		assert_int_equal(count(&out, " more "), rows[i].more != NULL);
		if (rows[i].more != NULL)
			assert_int_equal(count(&out, rows[i].more), 1);
		buf_free(&out);
	}
}

/* What two domains include is annotated once. */
static void
test_github_says_the_same_once(void **state)
{
	struct run_result run;
	struct report r;
	struct buf out;

	(void)state;
	buf_init(&out, MAX_REPORT_BYTES);
	begin(&r, "github", &run, &out);
	for (size_t i = 0; i < 12; i++) {
		struct sample s;
		const struct answer *a;

		sample_init(&s, "example.com");
		a = sample_txt(&s, "example.net", STR("v=spf1 ip4:10.0.0.0/8"), "z", 3);
		sample_at(&s, add(&s, SAMPLE_WIDE), a, "ip4:10.0.0.0/8");
		finding_number(s.findings.first, "n", 7);
		sample_result(&s);
		domain(&r, &run, &s.result);
		sample_free(&s);
	}
	r.format->end(&r, &run);
	report_free(&r);
	assert_int_equal(count(&out, "::warning "), 1);
	assert_int_equal(count(&out, "more"), 0);
	buf_free(&out);
}

static void
test_sarif_says_what_it_leaves_out(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, MAX_REPORT_BYTES);
	render_many("sarif", SAMPLE_WIDE, 25003, &out);
	assert_int_equal(count(&out, "\"ruleId\""), 25000);
	assert_int_equal(count(&out, "3 more results were left out"), 1);
	buf_free(&out);
}

/* A comment has an end, and says how much it lacks. */
static void
test_markdown_fits_a_comment(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, MAX_REPORT_BYTES);
	render_many("markdown", SAMPLE_WIDE, 3000, &out);
	assert_true(out.n < 65536);
	assert_int_equal(count(&out, "\nand "), 2);
	assert_int_equal(count(&out, "3000 warnings, in 3000 domains"), 1);
	buf_free(&out);
}

static void
test_prometheus_tells_a_domain_once(void **state)
{
	struct run_result run;
	struct report r;
	struct buf out;

	(void)state;
	buf_init(&out, MAX_REPORT_BYTES);
	begin(&r, "prometheus", &run, &out);
	for (size_t i = 0; i < 2; i++) {
		struct sample s;

		sample_init(&s, "example.com");
		make_live(&s);
		domain(&r, &run, &s.result);
		sample_free(&s);
	}
	r.format->end(&r, &run);
	report_free(&r);
	assert_int_equal(count(&out, "mailvet_verdict{"), 1);
	assert_int_equal(count(&out, "mailvet_domains 2\n"), 1);
	buf_free(&out);
}

/* The local parts of addresses in what is told; no edit that would hold them either. */
static void
test_redact(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(formats); k++) {
		struct run_result run;
		struct sample s;
		struct report r;
		struct buf out;

		buf_init(&out, MAX_REPORT_BYTES);
		begin(&r, formats[k], &run, &out);
		r.style.redact = true;
		sample_init(&s, "example.com");
		finding_text(
		    &s.findings, add(&s, SAMPLE_TEXT), "text", STR("mailto:secret@example.com"));
		finding_text(&s.findings, s.findings.first, "what", STR("secret@example.com"));
		sample_result(&s);
		domain(&r, &run, &s.result);
		sample_free(&s);
		r.format->end(&r, &run);
		report_free(&r);
		if (count(&out, "secret") > 0)
			fail_msg("%s: %.*s", formats[k], (int)out.n, out.p);
		buf_free(&out);
	}
}

static void
test_nagios_status(void **state)
{
	static const struct {
		struct run_result run;
		int want;
	} rows[] = {
		{ { .domains = 1 }, 0 },
		{ { .domains = 1, .count = { [LEVEL_NOTE] = 3 } }, 0 },
		{ { .domains = 1, .count = { [LEVEL_WARNING] = 1 } }, 1 },
		{ { .domains = 2, .count = { [LEVEL_WARNING] = 1, [LEVEL_ERROR] = 1 } }, 2 },
		{ { .domains = 1, .count = { [LEVEL_UNKNOWN] = 1 } }, 0 },
		{ { .domains = 1, .undetermined = true }, 3 },
		{ { .domains = 1, .count = { [LEVEL_WARNING] = 1 }, .undetermined = true }, 1 },
		{ { .domains = 0 }, 3 },
		{ { .domains = 1, .interrupted = true }, 3 },
	};
	const struct report_format *f = report_format_find(STR("nagios"));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (f->status(&rows[i].run) != rows[i].want)
			fail_msg("row %zu: got %d", i, f->status(&rows[i].run));
}

static void
test_escapes(void **state)
{
	static const struct {
		void (*add)(struct buf *b, struct str s);
		const char *in, *want;
	} rows[] = {
		{ markdown_words_add, "a_b*c", "a\\_b\\*c" },
		{ markdown_words_add, "x@y.example", "x@\xe2\x80\x8by.example" },
		{ markdown_words_add, "http://e", "http:\xe2\x80\x8b//e" },
		{ markdown_words_add, "www.e", "www\xe2\x80\x8b.e" },
		{ markdown_words_add, "#1 # 1",
		    "\\#\xe2\x80\x8b"
		    "1 \\# 1" },
		{ markdown_words_add, "GH-1 a-1",
		    "GH-\xe2\x80\x8b"
		    "1 a-1" },
		{ markdown_words_add, "</details>|", "\\</details\\>\\|" },
		{ markdown_code_add, "a", "`a`" },
		{ markdown_code_add, "`", "`` ` ``" },
		{ markdown_code_add, "a``b", "```a``b```" },
		{ markdown_code_add, "\\|", "`\\\\124`" },
		{ xml_add, "<a>&\"]]>", "&lt;a&gt;&amp;&quot;]]&gt;" },
		{ xml_add,
		    "\x01\xff\xef\xbf\xbf"
		    "é",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdé" },
		{ xml_add, "\n\t\r", "&#10;&#9;\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;

		buf_init(&b, 1000);
		rows[i].add(&b, str_of(rows[i].in));
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("'%s': got '%.*s'", rows[i].in, (int)b.n, b.p);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats_match_their_golden_files),
		cmocka_unit_test(test_half_a_cure_is_no_suggestion),
		cmocka_unit_test(test_nothing_raw_comes_out),
		cmocka_unit_test(test_github_stays_within_its_limits),
		cmocka_unit_test(test_github_says_the_same_once),
		cmocka_unit_test(test_sarif_says_what_it_leaves_out),
		cmocka_unit_test(test_markdown_fits_a_comment),
		cmocka_unit_test(test_prometheus_tells_a_domain_once),
		cmocka_unit_test(test_redact),
		cmocka_unit_test(test_nagios_status),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
