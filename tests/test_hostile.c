/* SPDX-License-Identifier: ISC */
/*
 * test_hostile.c - zones made to exhaust, confuse or write on a terminal.  Each
 * is a vector too large or too odd to keep as a file: it ends, within the bounds
 * on questions and runs, says what it has to, gives no raw byte to any report,
 * and the same bytes in every order of answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/engine.h"
#include "checks/core/inquiry.h"
#include "tests/vector.h"

#define MAX_TEXT ((size_t)1 << 20)
#define ORDERS 5 /* a report of such a zone has megabytes */

static void
begin(struct buf *b, const char *options)
{
	buf_adds(b, ";; check ");
	buf_adds(b, options);
	buf_adds(b, " example.com\n$ORIGIN example.com.\n$TTL 300\n"
		    "@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ IN NS ns1\n"
		    "ns1 IN A 192.0.2.53\n@ IN MX 10 mx\nmx IN A 192.0.2.25\n");
}

/* OWNER TXT, HEAD and then UNIT again and again up to about SIZE octets, in strings of 250. */
static void
add_long(struct buf *b, const char *owner, const char *head, const char *unit, size_t size)
{
	struct str u = str_of(unit);
	size_t n = str_of(head).n, in_string = n;

	buf_adds(b, owner);
	buf_adds(b, " IN TXT ( \"");
	buf_adds(b, head);
	for (; n + u.n < size; n += u.n) {
		if (in_string + u.n > 250) {
			buf_adds(b, "\" \"");
			in_string = 0;
		}
		buf_add(b, u);
		in_string += u.n;
	}
	buf_adds(b, "\" )\n");
}

static void
make_long_spf(struct buf *b)
{
	add_long(b, "@", "v=spf1 ", "a:h.example.com ", 64000);
}

static void
make_long_word(struct buf *b)
{
	add_long(b, "@", "v=spf1 ", "include", 64000);
}

static void
make_long_dmarc(struct buf *b)
{
	add_long(b, "_dmarc", "v=DMARC1; p=none; rua=", "mailto:d@example.net,", 64000);
}

static void
make_long_tags(struct buf *b)
{
	add_long(b, "_dmarc", "v=DMARC1; p=none; ", "x=1; ", 64000);
	add_long(b, "s1._domainkey", "v=DKIM1; ", "p=AAAA; ", 64000);
}

static void
make_long_key(struct buf *b)
{
	add_long(b, "s1._domainkey", "v=DKIM1; k=rsa; p=", "MIIBIjANBgkqhkiG", 64000);
}

static void
make_many_txt(struct buf *b)
{
	for (unsigned i = 0; i < 500; i++) {
		buf_adds(b, "@ IN TXT \"verification-");
		buf_addu(b, i);
		buf_adds(b, "\"\n_dmarc IN TXT \"verification-");
		buf_addu(b, i);
		buf_adds(b, "\"\ns1._domainkey IN TXT \"v=DKIM1; p=");
		buf_addu(b, i);
		buf_adds(b, "\"\n");
	}
	buf_adds(b, "@ IN TXT \"v=spf1 mx -all\"\n_dmarc IN TXT \"v=DMARC1; p=none\"\n");
}

static void
make_many_spf(struct buf *b)
{
	for (unsigned i = 0; i < 500; i++) {
		buf_adds(b, "@ IN TXT \"v=spf1 ip4:8.8.8.");
		buf_addu(b, i % 256);
		buf_adds(b, " x");
		buf_addu(b, i);
		buf_adds(b, " -all\"\n");
	}
}

#define RAW "\\000\\027[2J\\007\\155\\127\\r\\010\\200\\255"

static void
make_raw_bytes(struct buf *b)
{
	buf_adds(b, "@ IN TXT \"v=spf1 mx " RAW " include:" RAW ".example.com -all\"\n"
		    "@ IN MX 20 " RAW ".example.com.\n" RAW " IN A 10.0.0.1\n"
		    "_dmarc IN TXT \"v=DMARC1; p=" RAW "; rua=mailto:" RAW "@example.com\"\n"
		    "s1._domainkey IN TXT \"v=DKIM1; k=" RAW "; p=" RAW "\"\n"
		    "broken" RAW " IN A " RAW "\n"
		    "www." RAW ".example.com IN CNAME " RAW "\n"
		    ";; zone 2.0.192.in-addr.arpa\n$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 300\n"
		    "@ IN SOA ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300\n"
		    "@ IN NS ns1.example.com.\n25 IN PTR " RAW ".example.com.\n");
}

/* A list whose own words and zone text are made for a terminal. */
static void
make_raw_listing(struct buf *b)
{
	buf_adds(b, "@ IN TXT \"v=spf1 mx -all\"\n;; zone high.example\n"
		    "$ORIGIN high.example.\n$TTL 300\n"
		    "@ IN SOA ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300\n"
		    "@ IN NS ns1.example.com.\n2.0.0.127 IN A 127.0.0.2\n"
		    "25.2.0.192 IN A 127.0.0.2\n25.2.0.192 IN TXT \"" RAW "\"\n");
}

static void
make_cname_loop(struct buf *b)
{
	buf_adds(b, "_dmarc IN CNAME x\nx IN CNAME y\ny IN CNAME x\n"
		    "s1._domainkey IN CNAME s1._domainkey\n"
		    "@ IN TXT \"v=spf1 include:x.example.com a:y.example.com -all\"\n"
		    "@ IN MX 20 x\n");
}

static void
make_cname_chain(struct buf *b)
{
	for (unsigned i = 0; i < 300; i++) {
		buf_adds(b, "c");
		buf_addu(b, i);
		buf_adds(b, " IN CNAME c");
		buf_addu(b, i + 1);
		buf_adds(b, "\n");
	}
	buf_adds(b, "_dmarc IN CNAME c0\n@ IN TXT \"v=spf1 include:c0.example.com -all\"\n");
}

static void
add_includes(struct buf *b, unsigned n)
{
	buf_adds(b, "@ IN TXT \"v=spf1 include:i0.example.com -all\"\n");
	for (unsigned i = 0; i < n; i++) {
		buf_adds(b, "i");
		buf_addu(b, i);
		buf_adds(b, " IN TXT \"v=spf1 include:i");
		buf_addu(b, i + 1);
		buf_adds(b, ".example.com -all\"\n");
	}
}

static void
make_deep_includes(struct buf *b)
{
	add_includes(b, 60);
}

static void
make_long_chain(struct buf *b)
{
	add_includes(b, 300);
}

/* Every name has the record, and it includes ten more names. */
static void
make_wildcard_includes(struct buf *b)
{
	static const char record[] =
	    " IN TXT \"v=spf1 include:a.%{d} include:b.%{d} include:c.%{d} include:d.%{d} "
	    "include:e.%{d} include:f.%{d} include:g.%{d} include:h.%{d} include:i.%{d} "
	    "include:j.%{d} -all\"\n";

	buf_adds(b, "@");
	buf_adds(b, record);
	buf_adds(b, "*");
	buf_adds(b, record);
}

static void
make_redirect_loop(struct buf *b)
{
	buf_adds(b, "@ IN TXT \"v=spf1 redirect=%{d}\"\n");
}

/* Addresses with ten reverse names each, a zone for all of them. */
static void
make_many_questions(struct buf *b)
{
	buf_adds(b, ";; zone 2.0.192.in-addr.arpa\n$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 300\n"
		    "@ IN SOA ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300\n"
		    "@ IN NS ns1.example.com.\n");
	for (unsigned i = 1; i <= 64; i++)
		for (unsigned k = 0; k < 30; k++) {
			buf_addu(b, i);
			buf_adds(b, " IN PTR p");
			buf_addu(b, k);
			buf_adds(b, ".h");
			buf_addu(b, i);
			buf_adds(b, ".example.com.\n");
		}
}

#define IP1(n) "--ip 192.0.2." #n " "
#define IP4(a, b, c, d) IP1(a) IP1(b) IP1(c) IP1(d)
#define IP32                                                                                       \
	IP4(1, 2, 3, 4)                                                                            \
	IP4(5, 6, 7, 8)                                                                            \
	IP4(9, 10, 11, 12)                                                                         \
	IP4(13, 14, 15, 16)                                                                        \
	IP4(17, 18, 19, 20) IP4(21, 22, 23, 24) IP4(25, 26, 27, 28) IP4(29, 30, 31, 32)
#define IP64                                                                                       \
	IP32 IP4(33, 34, 35, 36) IP4(37, 38, 39, 40) IP4(41, 42, 43, 44) IP4(45, 46, 47, 48)       \
	    IP4(49, 50, 51, 52) IP4(53, 54, 55, 56) IP4(57, 58, 59, 60) IP4(61, 62, 63, 64)

/* clang-format off */
static const struct row {
	const char *name, *options;
	void (*make)(struct buf *b);
	const char *want; /* "SLUG SUBJECT" that must be among the findings */
} rows[] = {
	{ "64 KB of SPF terms", "", make_long_spf, "spf-lookup-limit example.com" },
	{ "64 KB of one SPF word", "", make_long_word, "spf-size-extreme example.com" },
	{ "64 KB of report addresses", "", make_long_dmarc, "dmarc-report-unknown example.com" },
	{ "64 KB of tags", "--selector s1", make_long_tags, "dmarc-too-many-tags example.com" },
	{ "64 KB of key", "--selector s1", make_long_key, "dkim-key-unreadable example.com" },
	{ "500 TXT", "--selector s1", make_many_txt, "dkim-multiple example.com" },
	{ "500 SPF records", "", make_many_spf, "spf-multiple example.com" },
	{ "NUL, ESC and the like", "--selector s1 --notes " IP1(25), make_raw_bytes,
	  "spf-nonascii example.com" },
	{ "ESC in a list's reason", "--dnsbl-zones ./lists.tsv " IP1(25), make_raw_listing,
	  "dnsbl-listed-high 192.0.2.25" },
	{ "CNAME loops", "--selector s1", make_cname_loop, "dmarc-lookup-failed example.com" },
	{ "300 CNAMEs", "", make_cname_chain, "dmarc-lookup-failed example.com" },
	{ "60 includes deep", "", make_deep_includes, "spf-lookup-limit example.com" },
	{ "300 includes deep", "", make_long_chain, "spf-lookup-limit example.com" },
	{ "ten includes a level over a wildcard", "", make_wildcard_includes,
	  "spf-lookup-limit example.com" },
	{ "a redirect to itself", "", make_redirect_loop, "spf-loop example.com" },
	{ "1,100 questions", "--dnsbl-zones ./lists-many.tsv " IP64, make_many_questions, "audit-limit example.com" },
};
/* clang-format on */

static bool
has_found(const struct vector_got *g, struct str want)
{
	for (size_t i = 0; i < g->n_found; i++) {
		size_t at = str_find(g->found[i], 0, ' ');

		if (str_has_prefix(str_sub(g->found[i], at + 1, g->found[i].n), want))
			return true;
	}
	return false;
}

static void
print_found(const struct row *row, const struct vector_got *g)
{
	print_error("%s: %zu questions, %u runs, want %s, found:\n", row->name, g->n_asked, g->runs,
	    row->want);
	for (size_t i = 0; i < g->n_found; i++)
		print_error("  %.*s\n", (int)g->found[i].n, g->found[i].p);
}

static void
make(const struct row *row, struct vector *v)
{
	const char *src = getenv("srcdir");
	static char path[4096];
	struct buf b;

	buf_init(&b, MAX_TEXT);
	begin(&b, row->options);
	row->make(&b);
	assert_false(b.over);
	(void)snprintf(
	    path, sizeof(path), "%s/vectors/check/%s", src != NULL ? src : ".", row->name);
	vector_parse(v, path, buf_str(&b));
	buf_free(&b);
}

static void
test_bounded_and_plain(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vector_got g;
		struct vector v;
		bool good;

		make(&rows[i], &v);
		vector_run(&v, 0, &g);
		good = has_found(&g, str_of(rows[i].want)) && g.n_asked <= MAX_QUESTIONS &&
		       g.runs <= MAX_RUNS;
		for (size_t f = 0; f < VECTOR_FORMATS; f++)
			good = good && vector_is_plain(buf_str(&g.out[f]));
		if (!good) {
			print_found(&rows[i], &g);
			bad++;
		}
		vector_got_free(&g);
		vector_free(&v);
	}
	assert_int_equal(bad, 0);
}

static void
test_any_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vector v;

		make(&rows[i], &v);
		vector_try_orders(&v, ORDERS);
		vector_free(&v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded_and_plain),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
