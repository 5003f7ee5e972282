/* SPDX-License-Identifier: ISC */
/*
 * test_aggregate.c - DMARC aggregate reports: what is read of them, what is refused and
 * why, and the public suite of $MAILVET_SHARED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/aggregate/input.h"
#include "audit/aggregate/utf8.h"
#include "checks/core/buf.h"

#define MAX_SUITE_FILE (1 << 20)

#define HEAD                                                                                       \
	"<feedback><report_metadata><org_name>Org</org_name><report_id>1</report_id>"              \
	"<date_range><begin>1764028800</begin><end>1764115199</end></date_range>"                  \
	"</report_metadata><policy_published><domain>example.com</domain><p>none</p>"              \
	"</policy_published>"
#define ROW(ip, count)                                                                             \
	"<record><row><source_ip>" ip "</source_ip><count>" count "</count><policy_evaluated>"     \
	"<disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>" \
	"<identifiers><header_from>example.com</header_from></identifiers><auth_results><dkim>"    \
	"<domain>example.com</domain><selector>s1</selector><result>pass</result></dkim>"          \
	"</auth_results></record>"
#define TAIL "</feedback>"
#define GOOD HEAD ROW("192.0.2.1", "7") TAIL

/* What R says, in a line: "IP*COUNT dDsS FROM" for each row, then how many were left out. */
static void
sum_up(const struct aggregate_report *r, struct buf *b)
{
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct aggregate_row *row = &r->rows[i];

		addr_print(b, &row->ip);
		buf_addc(b, '*');
		buf_addu(b, row->count);
		buf_adds(b, row->dkim_pass ? " d+" : " d-");
		buf_adds(b, row->spf_pass ? " s+ " : " s- ");
		name_print(b, &row->from);
		buf_addc(b, ';');
	}
	if (r->n_bad > 0) {
		buf_adds(b, "bad ");
		buf_addu(b, r->n_bad);
		buf_adds(b, ": ");
		buf_adds(b, r->bad_why);
	}
	buf_adds(b, r->mended ? " mended" : "");
	buf_adds(b, r->junk ? " junk" : "");
}

/* clang-format off */
static const struct {
	const char *name, *xml, *want;
} cases[] = {
	{ "a row", GOOD, "192.0.2.1*7 d+ s- example.com;" },
	{ "XML declaration behind blank lines", "\r\n\n<?xml version=\"1.0\"?>" GOOD, "192.0.2.1*7 d+ s- example.com;" },
	{ "byte order mark", "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>" GOOD, "192.0.2.1*7 d+ s- example.com;" },
	{ "a namespace", "<f:feedback xmlns:f=\"urn:ietf:params:xml:ns:dmarc-2.0\"><f:record><f:row><f:source_ip>192.0.2.1"
	  "</f:source_ip><f:count>1</f:count></f:row><f:identifiers><f:header_from>example.com</f:header_from>"
	  "</f:identifiers></f:record></f:feedback>", "192.0.2.1*1 d- s- example.com;" },
	{ "two rows of an address", HEAD ROW("192.0.2.1", "7") ROW("192.0.2.1", "2") TAIL,
	  "192.0.2.1*7 d+ s- example.com;192.0.2.1*2 d+ s- example.com;" },
	{ "IPv6", HEAD ROW("2001:DB8:0:0::1", "7") TAIL, "2001:db8::1*7 d+ s- example.com;" },
	{ "a mapped address", HEAD ROW("::ffff:192.0.2.1", "7") TAIL, "192.0.2.1*7 d+ s- example.com;" },
	{ "blanks and line ends", HEAD ROW(" \n192.0.2.1\t", "\n 7 ") TAIL, "192.0.2.1*7 d+ s- example.com;" },
	{ "CDATA", HEAD ROW("<![CDATA[192.0.2.1]]>", "7") TAIL, "192.0.2.1*7 d+ s- example.com;" },
	{ "character references", HEAD ROW("192.0.2.&#49;", "7") TAIL, "192.0.2.1*7 d+ s- example.com;" },
	{ "negative", HEAD ROW("192.0.2.1", "-7") TAIL, "bad 1: count is no number of messages" },
	{ "none", HEAD ROW("192.0.2.1", "0") TAIL, "bad 1: count is no number of messages" },
	{ "huge", HEAD ROW("192.0.2.1", "1000000001") TAIL, "bad 1: count is no number of messages" },
	{ "over 64 bits", HEAD ROW("192.0.2.1", "99999999999999999999999") TAIL, "bad 1: count is no number of messages" },
	{ "the largest", HEAD ROW("192.0.2.1", "1000000000") TAIL, "192.0.2.1*1000000000 d+ s- example.com;" },
	{ "a fraction", HEAD ROW("192.0.2.1", "7.5") TAIL, "bad 1: count is no number of messages" },
	{ "no address", HEAD ROW("mail.example.com", "7") TAIL, "bad 1: source_ip is no address" },
	{ "no host's address", HEAD ROW("0.0.0.0", "7") ROW("0.1.2.3", "7") ROW("224.0.0.1", "7") ROW("255.255.255.255", "7")
	  ROW("::", "7") ROW("::ffff:0.0.0.0", "7") ROW("ff02::1", "7") TAIL, "bad 7: source_ip is the address of no host" },
	{ "addresses behind the receiver's own relay", HEAD ROW("127.0.0.1", "7") ROW("10.0.0.4", "2") TAIL,
	  "127.0.0.1*7 d+ s- example.com;10.0.0.4*2 d+ s- example.com;" },
	{ "one bad row", HEAD ROW("192.0.2.999", "7") ROW("192.0.2.1", "7") TAIL, "192.0.2.1*7 d+ s- example.com;bad 1: source_ip is no address" },
	{ "no policy", "<feedback>" ROW("192.0.2.1", "7") TAIL, "192.0.2.1*7 d+ s- example.com;" },
	{ "From missing, policy there", HEAD "<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row></record>" TAIL,
	  "192.0.2.1*1 d- s- example.com;" },
	{ "From missing, policy too", "<feedback><record><row><source_ip>192.0.2.1</source_ip><count>1</count></row></record></feedback>",
	  "bad 1: header_from is no domain" },
	{ "upper case", "<feedback><record><row><source_ip>192.0.2.1</source_ip><count>1</count><policy_evaluated><dkim>Pass</dkim>"
	  "<spf>PASS</spf></policy_evaluated></row><identifiers><header_from>EXAMPLE.com.</header_from></identifiers></record></feedback>",
	  "192.0.2.1*1 d+ s+ example.com;" },
	{ "an address as From", "<feedback><record><row><source_ip>192.0.2.1</source_ip><count>1</count></row><identifiers>"
	  "<header_from>news@example.com</header_from></identifiers></record></feedback>", "192.0.2.1*1 d- s- example.com;" },
	{ "pass of other words", "<feedback><record><row><source_ip>192.0.2.1</source_ip><count>1</count><policy_evaluated><dkim>passed</dkim>"
	  "<spf>pass</spf></policy_evaluated></row><identifiers><header_from>example.com</header_from></identifiers></record></feedback>",
	  "192.0.2.1*1 d- s+ example.com;" },
	{ "fields that stand elsewhere", HEAD "<x><record><row><source_ip>192.0.2.9</source_ip></row></record></x>" ROW("192.0.2.1", "7") TAIL,
	  "192.0.2.1*7 d+ s- example.com;" },
	{ "no rows", HEAD TAIL, "" },
	{ "junk behind it", GOOD "\n<junk", "192.0.2.1*7 d+ s- example.com; junk" },
	{ "a second root", GOOD GOOD, "192.0.2.1*7 d+ s- example.com; junk" },
	{ "no UTF-8", "<feedback><report_metadata><org_name>B\xfcro</org_name></report_metadata>" ROW("192.0.2.1", "7") TAIL,
	  "refused: it is in no encoding that it declares, nor in UTF-8" },
	{ "another encoding, declared", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><feedback><report_metadata><org_name>B\xfcro</org_name>"
	  "</report_metadata>" ROW("192.0.2.1", "7") TAIL, "192.0.2.1*7 d+ s- example.com;" },
	{ "UTF-16 declared, ASCII there", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" GOOD, "192.0.2.1*7 d+ s- example.com; mended" },
	{ "an encoding nobody has", "<?xml version=\"1.0\" encoding=\"x-none\"?>" GOOD, "192.0.2.1*7 d+ s- example.com; mended" },
	{ "a control byte", HEAD "<x>\x01</x>" ROW("192.0.2.1", "7") TAIL, "192.0.2.1*7 d+ s- example.com; mended" },
	{ "an entity declared", "<!DOCTYPE feedback [<!ENTITY a \"192.0.2.1\">]>" HEAD ROW("&a;", "7") TAIL,
	  "refused: it declares or uses entities, which no report needs" },
	{ "an entity from a file", "<!DOCTYPE feedback [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" HEAD ROW("&a;", "7") TAIL,
	  "refused: it declares or uses entities, which no report needs" },
	{ "a document type elsewhere", "<!DOCTYPE feedback SYSTEM \"http://192.0.2.1/x.dtd\">" GOOD,
	  "refused: it declares or uses entities, which no report needs" },
	{ "entities that grow", "<!DOCTYPE feedback [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
	  "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]><feedback>&d;</feedback>",
	  "refused: it declares or uses entities, which no report needs" },
	{ "entities that grow in themselves", "<!DOCTYPE feedback [<!ENTITY % a \"<!ENTITY b '&#37;a;'>\">%a;]>" GOOD,
	  "refused: it declares or uses entities, which no report needs" },
	{ "an entity nobody declared", HEAD ROW("&a;", "7") TAIL, "refused: not well-formed XML, or cut off" },
	{ "cut off", HEAD ROW("192.0.2.1", "7"), "refused: not well-formed XML, or cut off" },
	{ "something else", "<html><body/></html>", "refused: no DMARC aggregate report: the root element is not feedback" },
	{ "no XML", "hello", "refused: not well-formed XML, or cut off" },
	{ "nothing", "", "refused: empty" },
	{ "blanks", " \n", "refused: empty" },
};
/* clang-format on */

/* As sum_up(), or why BYTES were refused, into B. */
static void
read_into(struct str bytes, struct buf *b)
{
	struct aggregate_refusal why;
	struct aggregate_report r;
	struct arena a;

	arena_init(&a, 0);
	if (aggregate_parse(&a, bytes, &r, &why)) {
		sum_up(&r, b);
	} else {
		buf_adds(b, "refused: ");
		buf_adds(b, why.why);
	}
	arena_free(&a);
}

static void
test_reports_are_read_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b;

		buf_init(&b, 4096);
		read_into(str_of(cases[i].xml), &b);
		if (!str_eq(buf_str(&b), str_of(cases[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", cases[i].name, (int)b.n, b.p,
			    cases[i].want);
		buf_free(&b);
	}
}

/* libxml2's time grows with the square of the attributes of a tag; a long text is no tag. */
static void
test_long_tags_are_refused(void **state)
{
	struct buf b, out;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_init(&out, 4096);
	buf_adds(&b, "<feedback");
	while (b.n < 16 << 10)
		buf_adds(&b, " a=\">\"");
	buf_adds(&b, "/>");
	read_into(buf_str(&b), &out);
	assert_true(str_eq(buf_str(&out), STR("refused: a tag is longer than 8 KiB")));
	buf_reset(&b);
	buf_adds(&b, "<html>");
	while (b.n < 16 << 10)
		buf_adds(&b, "it's \"text\" ");
	buf_adds(&b, "</html>");
	buf_reset(&out);
	read_into(buf_str(&b), &out);
	assert_true(str_has_prefix(buf_str(&out), STR("refused: no DMARC aggregate report")));
	buf_free(&out);
	buf_free(&b);
}

/* Whatever is cut off or flipped: read or refused, and a report cut off is never whole. */
static void
test_damage_stays_in_bounds(void **state)
{
	struct str whole = STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" GOOD);
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t n = 0; n < whole.n; n++) {
		buf_reset(&b);
		read_into(str_sub(whole, 0, n), &b);
		assert_true(str_has_prefix(buf_str(&b), STR("refused: ")));
	}
	for (size_t i = 0; i < whole.n * 8; i++) {
		char *copy = xmalloc(whole.n);

		memcpy(copy, whole.p, whole.n);
		copy[i / 8] = (char)(copy[i / 8] ^ (1 << i % 8));
		buf_reset(&b);
		read_into((struct str){ copy, whole.n }, &b);
		assert_false(b.over);
		free(copy);
	}
	buf_free(&b);
}

/* N times TEXT between HEAD and TAIL: what became of it. */
static void
read_many(const char *text, size_t n, struct buf *got)
{
	struct buf xml;

	buf_init(&xml, MAX_AGGREGATE_XML);
	buf_adds(&xml, HEAD);
	for (size_t i = 0; i < n; i++)
		buf_adds(&xml, text);
	if (str_eq(str_of(text), STR("<a>")))
		for (size_t i = 0; i < n; i++)
			buf_adds(&xml, "</a>");
	buf_adds(&xml, TAIL);
	assert_false(xml.over);
	read_into(buf_str(&xml), got);
	buf_free(&xml);
}

static void
test_bounds(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *want;
	} rows[] = {
		{ "<a>", 200, "" },
		{ "<a>", 5000, "refused: not well-formed XML, or cut off" },
		{ "<record/>", MAX_AGGREGATE_ROWS, "bad 200000: source_ip is no address" },
		{ "<record/>", MAX_AGGREGATE_ROWS + 1, "refused: more rows than are read" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;

		buf_init(&b, 4096);
		read_many(rows[i].text, rows[i].n, &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%s %zu: got '%.*s', want '%s'", rows[i].text, rows[i].n, (int)b.n,
			    b.p, rows[i].want);
		buf_free(&b);
	}
}

/* A row with N DKIM results, and with a text of LENGTH bytes. */
static void
test_row_with_too_much_is_lost(void **state)
{
	static const struct {
		size_t results, length;
		const char *want;
	} rows[] = {
		{ MAX_AGGREGATE_AUTH, 10, "192.0.2.1*7 d- s- example.com;" },
		{ MAX_AGGREGATE_AUTH + 1, 10, "bad 1: more results than a message has" },
		{ 1, MAX_AGGREGATE_TEXT, "192.0.2.1*7 d- s- example.com;" },
		{ 1, MAX_AGGREGATE_TEXT + 1, "bad 1: a text longer than any has to be" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf xml, b;

		buf_init(&xml, MAX_AGGREGATE_XML);
		buf_init(&b, 4096);
		buf_adds(&xml, HEAD "<record><row><source_ip>192.0.2.1</source_ip><count>7</count>"
				    "</row><auth_results>");
		for (size_t k = 0; k < rows[i].results; k++)
			buf_adds(&xml, "<dkim><domain>example.com</domain></dkim>");
		buf_adds(&xml, "<spf><human_result>");
		for (size_t k = 0; k < rows[i].length; k++)
			buf_addc(&xml, 'x');
		buf_adds(&xml, "</human_result></spf></auth_results></record>" TAIL);
		read_into(buf_str(&xml), &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%zu: got '%.*s', want '%s'", i, (int)b.n, b.p, rows[i].want);
		buf_free(&xml);
		buf_free(&b);
	}
}

static void
test_mending_keeps_utf8(void **state)
{
	static const char *const rows[][2] = {
		{ "abc \t\r\n", "abc \t\r\n" },
		{ "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80",
		    "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xfc", "?" },
		{ "\xc0\xaf", "??" },           /* overlong */
		{ "\xe0\x80\xaf", "???" },      /* overlong */
		{ "\xed\xa0\x80", "???" },      /* surrogate */
		{ "\xf4\x90\x80\x80", "????" }, /* beyond U+10FFFF */
		{ "\xe2\x82", "??" },           /* cut off */
		{ "\x01\x1f\x7f", "??\x7f" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char out[64] = "";

		(void)utf8_mend(str_of(rows[i][0]), out);
		assert_string_equal(out, rows[i][1]);
	}
}

/* The suite's words: "Pass", "TempError"; ours are those of the RFCs, in lower case. */
static void
same_word(const char *path, const char *field, const char *ours, json_t *o)
{
	const char *theirs = json_string_value(json_object_get(o, field));
	char low[64] = "";
	size_t n = 0;

	for (const char *p = theirs; p != NULL && *p != '\0' && n + 2 < sizeof(low); p++) {
		if (p > theirs && *p >= 'A' && *p <= 'Z' && p[-1] != 'p' && p[-1] != 'm')
			low[n++] = '_';
		low[n++] = ascii_lower(*p);
	}
	if (strcmp(low, "unspecified") == 0 || strcmp(low, "none") == 0)
		low[0] = ours[0] == '\0' ? '\0' : low[0];
	if (strcmp(low, "relaxed") == 0 || strcmp(low, "strict") == 0)
		low[1] = '\0';
	bool is_mfrom = strcmp(low, "mail_from") == 0 || strcmp(low, "mailfrom") == 0;
	if (strcmp(ours, is_mfrom ? "mfrom" : low) != 0)
		fail_msg("%s: %s: '%s', want '%s'", path, field, ours, theirs ? theirs : "none");
}

static void
same_text(const char *path, const char *field, struct str ours, json_t *o)
{
	const char *theirs = json_string_value(json_object_get(o, field));

	if (!str_eq(ours, str_of(theirs)))
		fail_msg("%s: %s: '%.*s', want '%s'", path, field, (int)ours.n,
		    ours.p == NULL ? "" : ours.p, theirs ? theirs : "none");
}

static void
same_auth(const char *path, const struct aggregate_auth *ours, size_t n, json_t *list, bool dkim)
{
	if (n != json_array_size(list))
		fail_msg("%s: %zu results, want %zu", path, n, json_array_size(list));
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_array_get(list, i);

		same_text(path, "domain", ours[i].domain, o);
		same_word(path, "result", ours[i].result, o);
		same_text(path, "human_result", ours[i].human, o);
		if (dkim)
			same_text(path, "selector", ours[i].selector, o);
		else
			same_word(path, "scope", ours[i].scope, o);
	}
}

static void
same_row(const char *path, const struct aggregate_row *r, json_t *o)
{
	json_t *row = json_object_get(o, "row"), *ids = json_object_get(o, "identifiers");
	json_t *policy = json_object_get(row, "policy_evaluated");
	json_t *auth = json_object_get(o, "auth_results"), *why = json_object_get(policy, "reason");
	struct buf b;

	buf_init(&b, 64);
	addr_print(&b, &r->ip);
	same_text(path, "source_ip", buf_str(&b), row);
	buf_free(&b);
	assert_int_equal(r->count, json_integer_value(json_object_get(row, "count")));
	same_word(path, "disposition", r->disposition, policy);
	same_word(path, "dkim", r->dkim_pass ? "pass" : "fail", policy);
	same_word(path, "spf", r->spf_pass ? "pass" : "fail", policy);
	same_text(path, "header_from", r->header_from, ids);
	same_text(path, "envelope_from", r->envelope_from, ids);
	same_text(path, "envelope_to", r->envelope_to, ids);
	same_auth(path, r->dkim, r->n_dkim, json_object_get(auth, "dkim"), true);
	same_auth(path, r->spf, r->n_spf, json_object_get(auth, "spf"), false);
	assert_int_equal(r->n_reasons, json_array_size(why));
	for (size_t i = 0; i < r->n_reasons; i++)
		same_text(path, "comment", r->reasons[i].comment, json_array_get(why, i));
}

static void
same_report(const char *path, const struct aggregate_report *r, json_t *o)
{
	json_t *meta = json_object_get(o, "report_metadata");
	json_t *range = json_object_get(meta, "date_range");
	json_t *policy = json_object_get(o, "policy_published"),
	       *rows = json_object_get(o, "record");

	same_text(path, "org_name", r->org, meta);
	same_text(path, "email", r->email, meta);
	same_text(path, "extra_contact_info", r->contact, meta);
	same_text(path, "report_id", r->id, meta);
	assert_int_equal(r->begin, json_integer_value(json_object_get(range, "begin")));
	assert_int_equal(r->end, json_integer_value(json_object_get(range, "end")));
	assert_int_equal(r->n_errors, json_array_size(json_object_get(meta, "error")));
	same_text(path, "domain", r->domain, policy);
	same_word(path, "adkim", r->adkim, policy);
	same_word(path, "aspf", r->aspf, policy);
	same_word(path, "p", r->p, policy);
	same_word(path, "sp", r->sp, policy);
	same_text(path, "fo", r->fo, policy);
	assert_int_equal(r->testing, json_is_true(json_object_get(policy, "testing")));
	assert_int_equal(r->n_bad, 0);
	assert_int_equal(r->n_rows, json_array_size(rows));
	for (size_t i = 0; i < r->n_rows; i++)
		same_row(path, &r->rows[i], json_array_get(rows, i));
}

struct suite {
	const char *path;
	json_t *want;
	size_t reports;
};

static void
compare(void *ctx, const char *name, const struct aggregate_report *r)
{
	struct suite *s = ctx;

	s->reports++;
	same_report(name, r, s->want);
}

/* The report at PATH, which ends in EXT, against the JSON beside it. */
static void
try_suite_file(const char *path, const char *ext)
{
	struct aggregate_sum sum = { .files = 0 };
	struct suite s = { .path = path };
	struct aggregate_visit v = { .report = compare, .ctx = &s };
	char json[512];
	json_error_t e;

	(void)snprintf(
	    json, sizeof(json), "%.*s.json", (int)(strlen(path) - strlen(ext) - 1), path);
	s.want = json_load_file(json, 0, &e);
	assert_non_null(s.want);
	assert_int_equal(aggregate_read(path, &v, &sum), 0);
	if (s.reports != 1 || sum.refused != 0)
		fail_msg("%s: %zu reports, %zu refused", path, s.reports, sum.refused);
	json_decref(s.want);
}

static void
test_suite(void **state)
{
	static const char *const kinds[] = { "xml", "eml" };
	const char *shared = getenv("MAILVET_SHARED");
	size_t n = 0;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		char pattern[512];
		glob_t g;

		(void)snprintf(pattern, sizeof(pattern), "%s/suites/dmarc-aggregate/*.%s",
		    shared != NULL ? shared : "../shared", kinds[k]);
		if (glob(pattern, 0, NULL, &g) != 0)
			continue;
		for (size_t i = 0; i < g.gl_pathc; i++, n++)
			try_suite_file(g.gl_pathv[i], kinds[k]);
		globfree(&g);
	}
	printf("%zu reports of the suite\n", n);
	if (n == 0)
		skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports_are_read_or_refused),
		cmocka_unit_test(test_long_tags_are_refused),
		cmocka_unit_test(test_damage_stays_in_bounds),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_row_with_too_much_is_lost),
		cmocka_unit_test(test_mending_keeps_utf8),
		cmocka_unit_test(test_suite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
