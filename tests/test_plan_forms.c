/* SPDX-License-Identifier: ISC */
/*
 * test_plan_forms.c - RRsets of every kind in the forms that records are published
 * with: what stands beside a change stays, and nothing breaks out of its place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "report/plan.h"

#define NSUPDATE                                                                                   \
	"; nsupdate -k KEY FILE: each zone changes as a whole, or not at all where a\n"            \
	"; record is no longer what it was when this was made\n"
#define OCTODNS                                                                                    \
	"---\n# into example.com.yaml, in place of the entries of these types; those of others "   \
	"stay\n"

/* Records parted by LF; NULL = none. */
static const struct {
	const char *name, *owner;
	uint16_t type;
	const char *before, *after;
	const char *nsupdate, *octodns; /* behind the lines above */
} rows[] = {
	{ "one of two", "example.com", RR_A, "192.0.2.1\n192.0.2.2", "192.0.2.1\n192.0.2.3",
	    "zone example.com.\nprereq yxrrset example.com. A 192.0.2.1\n"
	    "prereq yxrrset example.com. A 192.0.2.2\nupdate delete example.com. A 192.0.2.2\n"
	    "update add example.com. 300 A 192.0.2.3\nsend\n",
	    "'':\n  - type: A\n    ttl: 300\n    values:\n    - '192.0.2.1'\n    - '192.0.2.3'\n" },
	{ "a new name", "mail.example.com", RR_AAAA, NULL, "2001:db8::1",
	    "zone example.com.\nprereq nxrrset mail.example.com. AAAA\n"
	    "update add mail.example.com. 300 AAAA 2001:db8::1\nsend\n",
	    "'mail':\n  - type: AAAA\n    ttl: 300\n    values:\n    - '2001:db8::1'\n" },
	{ "a CNAME where no name is", "s1._domainkey.example.com", RR_CNAME, NULL,
	    "s1.mail.example.",
	    "zone example.com.\nprereq nxdomain s1._domainkey.example.com.\n"
	    "update add s1._domainkey.example.com. 300 CNAME s1.mail.example.\nsend\n",
	    "'s1._domainkey':\n  - type: CNAME\n    ttl: 300\n    value: 's1.mail.example.'\n" },
	{ "the last one goes", "x.example.com", RR_TXT, "\"a\"", NULL,
	    "zone example.com.\nprereq yxrrset x.example.com. TXT \"a\"\n"
	    "update delete x.example.com. TXT \"a\"\nsend\n",
	    "'x': []\n  # take the entry of type TXT away\n" },
	{ "an exchanger", "example.com", RR_MX, "0 .", "10 mail.example.com.",
	    "zone example.com.\nprereq yxrrset example.com. MX 0 .\n"
	    "update delete example.com. MX 0 .\n"
	    "update add example.com. 300 MX 10 mail.example.com.\nsend\n",
	    "'':\n  - type: MX\n    ttl: 300\n    values:\n"
	    "    - {exchange: 'mail.example.com.', preference: 10}\n" },
	{ "quotes and semicolons", "_dmarc.example.com", RR_TXT, NULL,
	    "\"v=DMARC1; p=none; rua=mailto:it's\\\"a\\\"@example.com\"",
	    "zone example.com.\nprereq nxrrset _dmarc.example.com. TXT\n"
	    "update add _dmarc.example.com. 300 TXT "
	    "\"v=DMARC1; p=none; rua=mailto:it's\\\"a\\\"@example.com\"\nsend\n",
	    "'_dmarc':\n  - type: TXT\n    ttl: 300\n    values:\n"
	    "    - 'v=DMARC1\\; p=none\\; rua=mailto:it''s\"a\"@example.com'\n" },
	{ "several strings", "example.com", RR_TXT, NULL, "\"v=spf1 \" \"-all\"",
	    "zone example.com.\nprereq nxrrset example.com. TXT\n"
	    "update add example.com. 300 TXT \"v=spf1 \" \"-all\"\nsend\n",
	    "'':\n  - type: TXT\n    ttl: 300\n    values:\n    - 'v=spf1 -all'\n" },
	{ "a byte that octoDNS refuses", "example.com", RR_TXT, NULL, "\"a\\010b\"",
	    "zone example.com.\nprereq nxrrset example.com. TXT\n"
	    "update add example.com. 300 TXT \"a\\010b\"\nsend\n",
	    "'': []\n  # octoDNS has no form for the entry of type TXT\n" },
	{ "bytes that a terminal would obey", "example.com", RR_TXT, NULL, "\"a\033[31m\nsend\"",
	    "zone example.com.\nprereq nxrrset example.com. TXT\n"
	    "update add example.com. 300 TXT \"a\\027[31m\\010send\"\nsend\n",
	    "'': []\n  # octoDNS has no form for the entry of type TXT\n" },
	{ "a name with a quote and a star", "*.it's.example.com", RR_A, NULL, "192.0.2.1",
	    "zone example.com.\nprereq nxrrset *.it's.example.com. A\n"
	    "update add *.it's.example.com. 300 A 192.0.2.1\nsend\n",
	    "'*.it''s':\n  - type: A\n    ttl: 300\n    values:\n    - '192.0.2.1'\n" },
};

static size_t
split(const char *text, struct str *out)
{
	struct str s = str_of(text);
	size_t n = 0;

	/* the row with a line end inside is one record */
	if (str_find(s, 0, '"') < s.n) {
		out[0] = s;
		return 1;
	}
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		end = str_find(s, at, '\n');
		out[n++] = str_sub(s, at, end - at);
	}
	return n;
}

static struct name
name_of(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return n;
}

static void
compare(const char *name, const struct buf *b, const char *head, const char *want)
{
	struct str got = buf_str(b);

	if (!str_has_prefix(got, str_of(head)) ||
	    !str_eq(str_sub(got, str_of(head).n, got.n), str_of(want)))
		fail_msg("%s:\n%.*s\nwant\n%s%s", name, (int)got.n, got.p, head, want);
}

static void
test_forms_hold_the_whole_rrset(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str before[8], after[8];
		struct plan_rrset set = { .zone = name_of("example.com"),
			.zone_known = true,
			.owner = name_of(rows[i].owner),
			.type = rows[i].type,
			.ttl_s = 300,
			.known = true,
			.name_absent = rows[i].type == RR_CNAME,
			.before = before,
			.after = after,
			.n_before = split(rows[i].before, before),
			.n_after = split(rows[i].after, after) };
		struct plan p = { .rrsets = &set, .n_rrsets = 1 };
		struct buf b;

		buf_init(&b, 1 << 16);
		plan_nsupdate(&b, &p);
		compare(rows[i].name, &b, NSUPDATE, rows[i].nsupdate);
		buf_reset(&b);
		plan_octodns(&b, &p);
		compare(rows[i].name, &b, OCTODNS, rows[i].octodns);
		buf_free(&b);
	}
}

static void
test_what_is_not_known_is_said(void **state)
{
	const struct str after[] = { STR("192.0.2.1") };
	struct plan_rrset set = { .zone = name_of("example.com"),
		.owner = name_of("a.example.com"),
		.type = RR_A,
		.ttl_s = 3600,
		.after = after,
		.n_after = 1 };
	struct plan p = { .rrsets = &set, .n_rrsets = 1 };
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	plan_nsupdate(&b, &p);
	compare("nsupdate", &b, NSUPDATE,
	    "; the server finds the zone; taken for it: example.com.\n"
	    "update add a.example.com. 3600 A 192.0.2.1\nsend\n");
	buf_reset(&b);
	plan_octodns(&b, &p);
	compare("octodns", &b, OCTODNS,
	    "# (the zone is not known: the registrable domain is taken for it)\n"
	    "# what else stands there could not be looked up\n"
	    "'a':\n  - type: A\n    ttl: 3600\n    values:\n    - '192.0.2.1'\n");
	buf_free(&b);
}

static void
test_numbers_are_grouped(void **state)
{
	static const struct {
		uint64_t n;
		const char *want;
	} numbers[] = { { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 1204, "1,204" },
		{ 1000000, "1,000,000" }, { UINT64_MAX, "18,446,744,073,709,551,615" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct buf b;

		buf_init(&b, 64);
		grouped_add(&b, numbers[i].n);
		compare(numbers[i].want, &b, "", numbers[i].want);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_hold_the_whole_rrset),
		cmocka_unit_test(test_what_is_not_known_is_said),
		cmocka_unit_test(test_numbers_are_grouped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
