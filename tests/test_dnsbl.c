/* SPDX-License-Identifier: ISC */
/*
 * test_dnsbl.c - the check of block lists, and the rows of the catalogue.
 */
#include "checks/dnsbl.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/dnsbl_lists.h"
#include "tests/tinyzone.h"

/* Lists of our own: one row of each kind of match. */
/* clang-format off */
static const struct dnsbl_list lists[] = {
	{ .zone = "bl.example", .kind = LIST_IP4 | LIST_IP6, .state = LIST_ACTIVE, .match = MATCH_EXACT,
	  .weight = WEIGHT_HIGH,
	  .codes = { { 2, 2, CODE_BAD, "spam source" }, { 10, 11, CODE_POLICY, "policy" },
		{ 3, 3, CODE_GOOD, "a known relay" } } },
	{ .zone = "mid.example", .kind = LIST_IP4, .state = LIST_ACTIVE, .match = MATCH_ANY,
	  .weight = WEIGHT_MEDIUM },
	{ .zone = "uri.example", .kind = LIST_DOMAIN, .state = LIST_ACTIVE, .match = MATCH_BITMASK,
	  .weight = WEIGHT_HIGH, .registrable = true, .tests = { "test.uri.example" },
	  .errors = { { 1, 1, CODE_BAD, "blocked" } },
	  .codes = { { 8, 8, CODE_BAD, "phishing" }, { 4, 4, CODE_MINOR, "grey" } } },
	{ .zone = "good.example", .kind = LIST_IP4 | LIST_ALLOW, .state = LIST_ACTIVE,
	  .match = MATCH_OCTET4, .weight = WEIGHT_LOW, .codes = { { 1, 3, CODE_GOOD, "trusted" } } },
	{ .zone = "closed.example", .kind = LIST_IP4, .state = LIST_DEAD },
};
/* clang-format on */

#define TEST_BL "2.0.0.127.bl.example A 127.0.0.2\n"
#define TEST_V6                                                                                    \
	"2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example A 127.0.0.2\n"
#define TEST_MID "2.0.0.127.mid.example A 127.0.0.2\n"
#define TEST_URI "test.uri.example.uri.example A 127.0.0.14\n"
#define TEST_GOOD "2.0.0.127.good.example A 127.0.10.1\n"
#define TESTS TEST_BL TEST_V6 TEST_MID TEST_URI TEST_GOOD
#define IP "7.2.0.192." /* 192.0.2.7, reversed */

static const struct {
	const char *name, *zone, *want;
} rows[] = {
	/* clang-format off */
	{ "not listed", TESTS, "" },
	{ "high", TESTS IP "bl.example A 127.0.0.2\n", "dnsbl-listed-high" },
	{ "policy", TESTS IP "bl.example A 127.0.0.10\n", "dnsbl-listed-policy" },
	{ "policy and worse", TESTS IP "bl.example A 127.0.0.10\n" IP "bl.example A 127.0.0.2\n",
	  "dnsbl-listed-high" },
	{ "a good code of a block list", TESTS IP "bl.example A 127.0.0.3\n", "" },
	{ "a code of no table", TESTS IP "bl.example A 127.0.0.77\n", "dnsbl-code-unknown" },
	{ "medium", TESTS IP "mid.example A 127.0.0.9\n", "dnsbl-listed-medium" },
	{ "allow list", TESTS IP "good.example A 127.0.5.2\n", "dnsbl-allowed" },
	{ "domain, by its registrable domain", TESTS "example.com.uri.example A 127.0.0.8\n",
	  "dnsbl-domain-listed-high" },
	{ "domain, an entry of little weight", TESTS "example.com.uri.example A 127.0.0.4\n",
	  "dnsbl-domain-listed-low" },
	{ "a sub-domain is not asked there", TESTS "mail.example.com.uri.example A 127.0.0.8\n", "" },
	{ "IPv6", TESTS "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example A 127.0.0.2\n",
	  "dnsbl-listed-high" },
	{ "127.255.255.254 is no listing", TESTS IP "bl.example A 127.255.255.254\n", "dnsbl-list-blocked" },
	{ "nor is an answer outside 127/8", TESTS IP "mid.example A 192.0.2.1\n", "dnsbl-list-blocked" },
	{ "nor an error of the list's own", TESTS "example.com.uri.example A 127.0.0.1\n", "dnsbl-list-blocked" },
	{ "the test is refused", TEST_V6 TEST_MID TEST_URI TEST_GOOD "2.0.0.127.bl.example A 127.255.255.255\n"
	  IP "bl.example A 127.0.0.2\n", "dnsbl-list-blocked" },
	{ "the test entry is missing", TEST_V6 TEST_MID TEST_URI TEST_GOOD IP "bl.example A 127.0.0.2\n",
	  "dnsbl-list-unusable" },
	{ "the list lists the world", TESTS "1.0.0.127.mid.example A 127.0.0.2\n" IP "mid.example A 127.0.0.2\n",
	  "dnsbl-list-unusable" },
	{ "the test fails", TEST_V6 TEST_MID TEST_URI TEST_GOOD "2.0.0.127.bl.example FAIL\n",
	  "dnsbl-list-unusable" },
	{ "the counter-test fails", TESTS "1.0.0.127.mid.example FAIL\n", "dnsbl-list-unusable" },
	{ "the lookup fails", TESTS IP "bl.example FAIL\n", "dnsbl-lookup-failed" },
	{ "a closed list is not asked", TESTS IP "closed.example A 127.0.0.2\n", "" },
	{ "no list is there", "example.com TXT x\n", "dnsbl-list-unusable dnsbl-list-unusable "
	  "dnsbl-list-unusable dnsbl-list-unusable dnsbl-list-unusable "
	    "dnsbl-none-works" },
	/* clang-format on */
};

static struct addr
ip_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(text), &a), ADDR_OK);
	return a;
}

static void
test_rows(void **state)
{
	struct addr ips[] = { ip_of("192.0.2.7"), ip_of("2001:db8::7"), ip_of("::ffff:192.0.2.7") };
	struct subject s = { .domain = tiny_name("mail.example.com"),
		.ask_lists = true,
		.ips = ips,
		.n_ips = ARRAY_LEN(ips),
		.lists = lists,
		.n_lists = ARRAY_LEN(lists) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got;

		buf_init(&got, 4096);
		tiny_check(rows[i].zone, &s, check_dnsbl, &got);
		buf_addc(&got, '\0');
		if (strcmp(got.p, rows[i].want) != 0)
			print_error("%s: got '%s', want '%s'\n", rows[i].name, got.p, rows[i].want);
		assert_string_equal(got.p, rows[i].want);
		buf_free(&got);
	}
}

/* Nothing is asked unless somebody wants it; then only the default lists. */
static void
test_what_is_asked(void **state)
{
	struct addr ip = ip_of("192.0.2.7");
	struct subject s = { .domain = tiny_name("example.com"), .ips = &ip, .n_ips = 1 };
	struct tiny_got got;

	(void)state;
	tiny_run("example.com TXT x\n", &s, check_dnsbl, 0, &got);
	assert_int_equal(got.asked.n, 0);
	tiny_got_free(&got);
	s.ask_lists = true;
	tiny_run("example.com TXT x\n", &s, check_dnsbl, 0, &got);
	assert_true(got.asked.n > 0);
	tiny_got_free(&got);
	for (size_t i = 0; i < n_dnsbl_lists; i++)
		if (dnsbl_is_default(&dnsbl_lists[i]))
			assert_true(
			    dnsbl_lists[i].verified && dnsbl_lists[i].weight >= WEIGHT_MEDIUM);
}

/* A list's own words come by TXT, cut, and only for a listing. */
static void
test_reason(void **state)
{
	struct addr ip = ip_of("192.0.2.7");
	struct subject s = { .domain = tiny_name("example.com"),
		.ips = &ip,
		.n_ips = 1,
		.ask_lists = true,
		.lists = lists,
		.n_lists = 1 };
	struct tiny t;
	bool seen = false;

	(void)state;
	tiny_init(&t, TESTS IP "bl.example A 127.0.0.2\n" IP "bl.example TXT see the form\n", &s);
	check_dnsbl(&t.au);
	assert_int_equal(t.findings.n, 1);
	for (size_t i = 0; i < t.findings.first->n_args; i++)
		seen = seen || str_eq(t.findings.first->args[i].text, STR("see the form"));
	assert_true(seen);
	tiny_free(&t);
}

/* More addresses than the budget: the rest is named, not passed over in silence. */
static void
test_budget(void **state)
{
	static struct addr ips[60];
	static struct dnsbl_list many[40];
	struct subject s = { .domain = tiny_name("example.com"),
		.ips = ips,
		.n_ips = 60,
		.ask_lists = true,
		.lists = many,
		.n_lists = 40 };
	struct tiny t;
	size_t budget = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ips); i++) {
		ips[i] = ip_of("192.0.2.0");
		ips[i].b[3] = (uint8_t)i;
	}
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = lists[1];
	many[39].zone = "bl.example";
	tiny_init(&t, TESTS, &s);
	check_dnsbl(&t.au);
	for (const struct finding *f = t.findings.first; f != NULL; f = f->next)
		budget += f->id == RULE_DNSBL_BUDGET;
	assert_int_equal(budget, 1);
	tiny_free(&t);
	budget = 0;
	s.n_lists = 1; /* few questions, but more addresses than are taken */
	tiny_init(&t, TESTS, &s);
	check_dnsbl(&t.au);
	for (const struct finding *f = t.findings.first; f != NULL; f = f->next)
		budget += f->id == RULE_DNSBL_BUDGET;
	assert_int_equal(budget, 1);
	tiny_free(&t);
}

static void
check_codes(const struct dnsbl_list *l, const struct dnsbl_code *c, size_t n)
{
	for (size_t i = 0; i < n && c[i].meaning != NULL; i++) {
		if (c[i].first > c[i].last || c[i].last > 0xffffff || c[i].meaning[0] == '\0')
			fail_msg("%s: code %u", l->zone, c[i].first);
		if (l->match == MATCH_BITMASK && c != l->errors)
			assert_int_equal(c[i].first & (c[i].first - 1), 0);
	}
}

/* Rows prove themselves. */
static void
test_catalogue(void **state)
{
	size_t n_default = 0;

	(void)state;
	for (size_t i = 0; i < n_dnsbl_lists; i++) {
		const struct dnsbl_list *l = &dnsbl_lists[i];
		struct name zone = tiny_name(l->zone);

		n_default += dnsbl_is_default(l);
		assert_true(name_is_hostname(&zone, true));
		assert_true(l->kind != 0 && l->source != NULL && l->checked != NULL);
		assert_true(ascii_isdigit(l->checked[0]) && strlen(l->checked) >= 4);
		for (const char *c = l->zone; *c != '\0'; c++)
			assert_int_equal(*c, ascii_lower(*c));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(l->zone, dnsbl_lists[j].zone);
		for (size_t j = 0; j < MAX_LIST_TESTS && l->tests[j] != NULL; j++) {
			struct addr ip;

			if (addr_parse(str_of(l->tests[j]), &ip) != ADDR_OK)
				tiny_name(l->tests[j]);
		}
		if (dnsbl_is_askable(l) && l->match != MATCH_ANY && l->codes[0].meaning == NULL)
			fail_msg("%s: no codes", l->zone);
		check_codes(l, l->codes, MAX_LIST_CODES);
		check_codes(l, l->errors, MAX_LIST_ERRORS);
		if (l->part_of != NULL) {
			size_t j = 0;

			while (j < n_dnsbl_lists && strcmp(l->part_of, dnsbl_lists[j].zone) != 0)
				j++;
			assert_true(j < n_dnsbl_lists);
		}
	}
	assert_true(n_default >= 4 && n_default <= 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_what_is_asked),
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
