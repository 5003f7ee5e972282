/* SPDX-License-Identifier: ISC */
/*
 * test_report.c - each format against the golden files of vectors/report/.
 *
 * With REPORT_UPDATE set in the environment the files are written instead;
 * look at the difference before you commit it.
 */
#include "report/report.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/golden.h"
#include "tests/report_sample.h"

#define LIMIT_TEXT                                                                                 \
	"v=spf1 include:_spf.example.net include:_spf.crm.example include:_spf.desk.example "      \
	"include:_spf.news.example ip4:192.0.2.0/24 ip4:198.51.100.0/25 ip6:2001:db8:40::/48 "     \
	"a:mail.example.com a:mail2.example.com mx include:_spf.shop.example "                     \
	"include:_spf.pay.example ~all"

static struct finding *
add(struct sample *s, int id)
{
	return finding_add(&s->findings, (enum rule_id)id, &s->subject.domain);
}

static struct spf_fact_term *
term(struct sample *s, const char *text, uint32_t cost, uint32_t cost_below)
{
	struct spf_fact_term *t = arena_alloc(&s->arena, sizeof(*t));

	t->text = str_of(text);
	t->cost = cost;
	t->cost_below = cost_below;
	return t;
}

static void
add_facts(struct sample *s, uint32_t lookups, const char *record)
{
	static const struct prefix nets[] = {
		{ { false, { 192, 0, 2 } }, 24 },
		{ { false, { 198, 51, 100, 7 } }, 32 },
		{ { true, { 0x20, 1, 0x0d, 0xb8 } }, 32 },
	};
	static const struct spf_fact_source sources[] = {
		{ .name = { "own terms", 9 }, .lookups = 1, .ip4 = 257, .ip6 = 1 },
		{ .term = { "include:_spf.example.net", 24 },
		    .name = { "Example Mail", 12 },
		    .provider = "example",
		    .lookups = 2,
		    .ip4 = 1048576,
		    .ip6 = 4294967296 },
		{ .term = { "include:x\033.example", 18 },
		    .name = { "x\033.example", 10 },
		    .at_least = true },
	};
	static const struct spf_fact_sender senders[] = {
		{ .ip = { false, { 192, 0, 2, 7 } }, .result = "pass" },
	};
	static const struct str rua[] = { { "mailto:dmarc@example.com", 24 } };
	struct dkim_fact *key = arena_array(&s->arena, 2, sizeof(*key));
	struct mx_fact *mx = arena_array(&s->arena, 2, sizeof(*mx));

	s->facts.spf = arena_alloc(&s->arena, sizeof(*s->facts.spf));
	*s->facts.spf = (struct spf_facts){ .record = str_of(record),
		.lookups = lookups,
		.void_lookups = 1,
		.left = lookups < 10 ? 10 - lookups : 0,
		.addresses = nets,
		.n_addresses = ARRAY_LEN(nets),
		.ip4 = 1048832,
		.ip6 = 4294967296,
		.addresses_at_least = true,
		.sources = sources,
		.n_sources = ARRAY_LEN(sources),
		.senders = senders,
		.n_senders = ARRAY_LEN(senders) };
	key[0] = (struct dkim_fact){ .domain = s->subject.domain,
		.selector = STR("s1"),
		.provenance = "given",
		.state = "valid",
		.key_type = "rsa",
		.bits = 2048,
		.modulus = STR("\xc5\x01"),
		.record = STR("v=DKIM1; p=MIIBIjANBg") };
	key[1] = (struct dkim_fact){ .domain = s->subject.domain,
		.selector = STR("old"),
		.provenance = "guessed",
		.state = "revoked",
		.key_type = "",
		.record = STR("v=DKIM1; p="),
		.target = sample_name("old.dkim.example.net") };
	s->facts.dkim = arena_alloc(&s->arena, sizeof(*s->facts.dkim));
	*s->facts.dkim = (struct dkim_facts){ key, 2 };
	s->facts.dmarc = arena_alloc(&s->arena, sizeof(*s->facts.dmarc));
	*s->facts.dmarc = (struct dmarc_facts){ .state = "found",
		.record = STR("v=DMARC1; p=reject"),
		.domain = sample_name("example.com"),
		.org_domain = sample_name("example.com"),
		.org_psl = sample_name("example.com"),
		.policy = "reject",
		.tag = "p",
		.adkim = "r",
		.aspf = "r",
		.rua = rua,
		.n_rua = 1 };
	mx[0] = (struct mx_fact){ .preference = 10,
		.host = sample_name("mx1.example.net"),
		.addresses = &nets[1].addr,
		.n_addresses = 1 };
	mx[1] = (struct mx_fact){
		.preference = 20, .host = sample_name("mx2.example.net"), .unknown = true
	};
	s->facts.mx = arena_alloc(&s->arena, sizeof(*s->facts.mx));
	*s->facts.mx = (struct mx_facts){ .mx = mx, .n = 2 };
}

static void
make_healthy(struct sample *s)
{
	static const struct str assumed[] = { { "MAIL FROM taken as me@example.com", 33 } };

	add(s, SAMPLE_PASS_SPF);
	add(s, SAMPLE_PASS_MX);
	add_facts(s, 3, "v=spf1 mx include:_spf.example.net -all");
	s->facts.spf->tree = term(s, "mx", 1, 0);
	s->facts.spf->tree->next = term(s, "include:_spf.example.net", 1, 1);
	s->facts.spf->tree->next->below = term(s, "a:out.example.net", 1, 0);
	s->facts.assumptions = assumed;
	s->facts.n_assumptions = 1;
}

static void
add_tree(struct sample *s)
{
	struct spf_fact_term *t = term(s, "include:_spf.example.net", 1, 3);

	s->facts.spf->tree = t;
	t->below = term(s, "include:_a.example.net", 1, 0);
	t->below->next = term(s, "include:_b.example.net", 1, 0);
	t->below->next->next = term(s, "include:_c.example.net", 1, 0);
	t->next = term(s, "include:_spf.crm.example", 1, 5);
	t->next->below = term(s, "include:one.crm.example", 1, 4);
	t->next->below->below = term(s, "mx", 1, 0);
	t->next->below->below->next = term(s, "exists:%{i}.crm.example", 1, 0);
	t->next->below->below->next->next = term(s, "include:two.crm.example", 1, 1);
	t->next->below->below->next->next->unknown = true;
	t->next->next = term(s, "ip4:192.0.2.0/24", 0, 0);
	t->next->next->next = term(s, "a:mail.example.com", 1, 0);
	t->next->next->next->voids = 1;
	t->next->next->next->next = term(s, "mx", 1, 0);
}

static void
add_limit_finding(struct sample *s)
{
	struct finding *f = add(s, SAMPLE_LIMIT);
	const struct answer *a =
	    sample_txt(s, "example.com", STR(LIMIT_TEXT), "vectors/demo/example.com.zone", 12);
	struct change *c;

	sample_at(s, f, a, "include:_spf.crm.example");
	finding_number(f, "lookups", 14);
	finding_number(f, "cost", 6);
	finding_text(&s->findings, f, "term", STR("include:_spf.crm.example"));
	c = finding_change(&s->findings, f, CHANGE_REPLACE, &f->place.name, RR_TXT);
	c->old = finding_txt(&s->findings, STR(LIMIT_TEXT));
	c->new = finding_txt(&s->findings, STR("v=spf1 include:_spf.example.net mx ~all"));
}

static void
add_missing_key(struct sample *s)
{
	struct name n = sample_name("s2._domainkey.example.com");
	struct finding *f = add(s, SAMPLE_NO_KEY);
	struct change *c;

	finding_absent(f, &n, RR_TXT);
	finding_text(&s->findings, f, "selector", STR("s2"));
	finding_evidence(f, sample_absent(s, "s2._domainkey.example.com", RR_TXT, ANSWER_NXDOMAIN));
	c = finding_change(&s->findings, f, CHANGE_ADD, &n, RR_CNAME);
	c->ttl_s = 300;
	c->new = STR("s2.dkim.example.net.");
	c = finding_change(&s->findings, f, CHANGE_REMOVE, &n, RR_TXT);
	c->old = finding_txt(&s->findings, STR("v=DKIM1; p="));
	f->remedy.url = STR("https://provider.example/dkim");
}

static void
add_unseen(struct sample *s, const char *name, enum answer_cause cause, const char *where)
{
	struct finding *f = add(s, SAMPLE_UNSEEN);

	finding_text(&s->findings, f, "term", str_of(name));
	finding_evidence(f, sample_failed(s, name, cause, where));
}

static void
make_broken(struct sample *s)
{
	static const char spf[] = "v=spf1 ip4:10.0.0.0/8 ~all";
	const struct answer *a;
	struct finding *f;

	add_limit_finding(s);
	add_missing_key(s);
	add_unseen(s, "_a.crm.example", CAUSE_TIMEOUT, "192.0.2.53");
	add_unseen(s, "_b.crm.example", CAUSE_TIMEOUT, "192.0.2.53");
	add_unseen(s, "_spf.shop.example", CAUSE_NOT_PROVIDED, "");
	add_unseen(s, "_c.crm.example", CAUSE_TIMEOUT, "192.0.2.53");
	add_unseen(s, "_d.crm.example", CAUSE_SERVFAIL, "192.0.2.54");
	a = sample_txt(s, "news.example.com", str_of(spf), NULL, 0);
	f = add(s, SAMPLE_NO_ANSWER);
	sample_at(s, f, a, "~all");
	finding_evidence(f, sample_failed(s, "a.example.net", CAUSE_REFUSED, "192.0.2.53"));
	f = add(s, SAMPLE_WIDE);
	sample_at(s, f, a, "ip4:10.0.0.0/8");
	finding_number(f, "n", 16777216);
	f = add(s, SAMPLE_SOFTFAIL);
	sample_at(s, f, a, "~all");
	f = add(s, SAMPLE_SOFTFAIL);
	sample_at(s, f, a, NULL);
	add(s, SAMPLE_NO_NP);
	add(s, SAMPLE_PASS_MX);
	add_facts(s, 12, LIMIT_TEXT);
	s->facts.dmarc->tag = "sp";
	s->facts.dmarc->testing = true;
	s->facts.dmarc->domain = sample_name("org.example.com");
	s->facts.spf->at_least = true;
	add_tree(s);
}

/* Everything that can be chosen by the other side is. */
static void
make_hostile(struct sample *s)
{
	static const char text[] = "v=spf1 \033[31mred\033[0m \\back \0nul \xff\xfe ip9:\"quoted\" "
				   "\r\nwarning[forged]: this line is not ours";
	const struct answer *a = sample_txt(s, "a\\.b\\027.example.com",
	    (struct str){ text, sizeof(text) - 1 }, "zones/\033]0;title\007.zone", 3);
	struct finding *f = add(s, SAMPLE_TEXT);
	struct dkim_fact *key;
	static const struct str assumed[] = { { "HELO taken as \033[2J", 18 } };

	sample_at(s, f, a, "ip9:\"quoted\"");
	finding_text(&s->findings, f, "text", (struct str){ text, sizeof(text) - 1 });
	finding_change(&s->findings, f, CHANGE_REMOVE, &f->place.name, RR_TXT)->old =
	    (struct str){ text, sizeof(text) - 1 };
	finding_add_text(&s->findings, (enum rule_id)SAMPLE_NO_NP, STR("\033[1mx"));
	key = arena_array(&s->arena, 2, sizeof(*key));
	key[1] = (struct dkim_fact){ .domain = s->subject.domain,
		.selector = STR("s2"),
		.state = "unknown",
		.key_type = "",
		.target = sample_name("s2.\\027.example.net"),
		.provenance = "guessed" };
	key[0] = (struct dkim_fact){ .domain = s->subject.domain,
		.selector = STR("\033[5m"),
		.state = "valid",
		.bits = 1024,
		.key_type = "rsa",
		.provenance = "given" };
	s->facts.dkim = arena_alloc(&s->arena, sizeof(*s->facts.dkim));
	*s->facts.dkim = (struct dkim_facts){ key, 2 };
	s->facts.dmarc = arena_alloc(&s->arena, sizeof(*s->facts.dmarc));
	*s->facts.dmarc =
	    (struct dmarc_facts){ .state = "multiple", .n_records = 2, .policy = "", .tag = "" };
	s->facts.assumptions = assumed;
	s->facts.n_assumptions = 1;
	s->result.label = STR("a.b\033.example.com");
}

/* clang-format off */
static const struct {
	const char *name, *domain;
	void (*make)(struct sample *s);
} samples[] = {
	{ "healthy", "example.com", make_healthy },
	{ "broken", "example.com", make_broken },
	{ "hostile", "a.example.com", make_hostile },
};

/* What is rendered: bit I of WHICH stands for samples[I]. */
static const struct {
	const char *file, *format;
	unsigned which;
	struct report_style style;
} cases[] = {
	{ "healthy.text", "text", 1, { .width = 80 } },
	{ "broken.text", "text", 2, { .width = 80 } },
	{ "broken-verbose.text", "text", 2, { .width = 100, .verbose = true, .notes = true, .ascii = true } },
	{ "broken-narrow.text", "text", 2, { .width = 50, .ascii = true } },
	{ "broken-color.text", "text", 2, { .width = 80, .color = true } },
	{ "hostile.text", "text", 4, { .width = 80, .notes = true, .verbose = true } },
	{ "fleet.text", "text", 7, { .width = 80, .ascii = true } },
	{ "redacted.text", "text", 5, { .width = 80, .redact = true } },
	{ "healthy.json", "json", 1, { .width = 0 } },
	{ "fleet.json", "json", 7, { .width = 0 } },
	{ "empty.json", "json", 0, { .width = 0 } },
	{ "fleet.jsonl", "jsonl", 7, { .width = 0 } },
};
/* clang-format on */

static void
render_domain(struct report *r, struct run_result *run, size_t i)
{
	struct sample s;
	const struct domain_result *d;

	sample_init(&s, samples[i].domain);
	samples[i].make(&s);
	d = sample_result(&s);
	r->format->domain(r, d);
	r->n++;
	for (size_t l = 0; l < N_LEVELS; l++)
		run->count[l] += d->count[l];
	run->domains++;
	run->domain_verdict[d->verdict]++;
	sample_free(&s);
}

/* What the format and style of CASE make of its samples. */
static void
render(size_t c, struct buf *out)
{
	struct run_result run = { .version = "0.1",
		.generated = SAMPLE_NOW,
		.now = SAMPLE_NOW,
		.answers = STR("zone files only"),
		.offline = true };
	struct sample about_run;
	struct report r;

	report_init(&r, report_format_find(str_of(cases[c].format)), &cases[c].style, out);
	if (r.format->begin != NULL)
		r.format->begin(&r, &run);
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if (cases[c].which & 1u << i)
			render_domain(&r, &run, i);
	sample_init(&about_run, "example.com");
	if (run.domains > 1) {
		finding_add_text(&about_run.findings, (enum rule_id)SAMPLE_LIST, STR("bl.example"));
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
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		char path[1000];
		struct buf out;

		buf_init(&out, MAX_REPORT_BYTES);
		render(c, &out);
		golden_path(path, sizeof(path), "report", cases[c].file);
		golden_compare(path, &out);
		buf_free(&out);
	}
}

/* Only line ends, our marks, and our colours when they are asked for. */
static void
test_nothing_raw_reaches_the_terminal(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct buf out;

		if (cases[c].style.color)
			continue;
		buf_init(&out, MAX_REPORT_BYTES);
		render(c, &out);
		for (size_t i = 0; i < out.n; i++) {
			uint8_t b = (uint8_t)out.p[i];
			bool mark = !cases[c].style.ascii && b >= 0x80 &&
				    strcmp(cases[c].format, "text") == 0;

			if (b != '\n' && !mark && !ascii_isprint(out.p[i]))
				fail_msg("%s: byte %02x at %zu", cases[c].file, b, i);
		}
		buf_free(&out);
	}
}

/* Any part of any record, in any width: marks under what is marked, lines that fit. */
static void
test_windows_fit_the_terminal(void **state)
{
	static const unsigned widths[] = { 1, 40, 41, 60, 79, 80, 200 };
	static const char text[] =
	    "v=spf1 a \033 \\ mx include:a.very.long.name.of.a.provider.example "
	    "ip4:192.0.2.0/24 exists:%{i}._spf.example.net -all";
	const size_t n = sizeof(text) - 1;

	(void)state;
	for (size_t at = 0; at <= n; at++)
		for (size_t len = 0; len <= n - at; len += 1 + len / 3) {
			struct sample s;
			struct finding *f;
			struct report_style style = { .ascii = true,
				.width = widths[(at + len) % ARRAY_LEN(widths)] };
			unsigned width = style.width < 40 ? 40 : style.width;
			struct report r;
			struct buf out;
			size_t line = 0;

			sample_init(&s, "example.com");
			f = add(&s, SAMPLE_TEXT);
			sample_at(&s, f,
			    sample_txt(&s, "example.com", (struct str){ text, n }, NULL, 0), NULL);
			f->place.offset = at;
			f->place.length = len;
			finding_text(&s.findings, f, "text", STR("x"));
			buf_init(&out, MAX_REPORT_BYTES);
			report_init(&r, report_format_find(STR("text")), &style, &out);
			r.format->domain(&r, sample_result(&s));
			for (size_t i = 0; i < out.n; i++) {
				if (out.p[i] == '\n')
					line = i + 1;
				else if (str_has_prefix(
					     str_sub(buf_str(&out), line, 5), STR("   | ")))
					assert_true(i - line < width);
			}
			report_free(&r);
			buf_free(&out);
			sample_free(&s);
		}
}

/* A fleet's table names what is not in order, and counts the rest. */
static void
test_a_long_table_leaves_out_what_is_in_order(void **state)
{
	static const struct report_style style = { .ascii = true };
	static const char want[] = "  example.com  error         2         1        6      3\n"
				   "  and 60 more, in order\n";
	struct run_result run = { .version = "0.1", .now = SAMPLE_NOW };
	struct report r;
	struct buf out;
	size_t at;

	(void)state;
	buf_init(&out, MAX_REPORT_BYTES);
	report_init(&r, report_format_find(STR("text")), &style, &out);
	for (size_t i = 0; i <= 60; i++)
		render_domain(&r, &run, i == 30);
	buf_reset(&out);
	r.format->end(&r, &run);
	for (at = 0; at < out.n; at = str_find(buf_str(&out), at, '\n') + 1)
		if (str_has_prefix(str_sub(buf_str(&out), at, out.n), str_of(want)))
			break;
	assert_true(at < out.n);
	report_free(&r);
	buf_free(&out);
}

/* A chain of includes as long as the evaluator counts: no reader's nesting is passed. */
static void
test_a_deep_tree_is_cut(void **state)
{
	static const struct report_style style = { .ascii = true };

	(void)state;
	for (size_t c = 0; c < n_report_formats && !report_formats[c].ci; c++) {
		struct sample s;
		struct report r;
		struct buf out;
		struct spf_fact_term **at;
		unsigned depth = 0, deepest = 0;

		sample_init(&s, "example.com");
		add_facts(&s, 200, "v=spf1 include:a.example -all");
		at = &s.facts.spf->tree;
		for (uint32_t i = 200; i > 0; i--) {
			*at = term(&s, "include:a.example", 1, i - 1);
			at = &(*at)->below;
		}
		buf_init(&out, MAX_REPORT_BYTES);
		report_init(&r, &report_formats[c], &style, &out);
		r.format->domain(&r, sample_result(&s));
		for (size_t i = 0; i < out.n; i++) {
			depth += out.p[i] == '[' || out.p[i] == '{';
			if (depth > deepest)
				deepest = depth;
			depth -= out.p[i] == ']' || out.p[i] == '}';
		}
		assert_in_range(deepest, 0, 200);
		assert_int_equal(depth, 0);
		assert_in_range(out.n, 100, 200000);
		report_free(&r);
		buf_free(&out);
		sample_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats_match_their_golden_files),
		cmocka_unit_test(test_nothing_raw_reaches_the_terminal),
		cmocka_unit_test(test_windows_fit_the_terminal),
		cmocka_unit_test(test_a_long_table_leaves_out_what_is_in_order),
		cmocka_unit_test(test_a_deep_tree_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
