/* SPDX-License-Identifier: ISC */
/*
 * test_idn.c - names as people type them: what becomes of each, or why it is
 * refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "audit/idn.h"
#include "checks/core/arena.h"

#define L50 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define L63 L50 "fffffffffffff"

/* clang-format off */
static const struct {
	const char *typed;
	const char *want; /* NULL = refused */
} rows[] = {
	{ "example.com", "example.com" },
	{ "example.com.", "example.com" },
	{ "EXAMPLE.Com", "example.com" },
	{ "com", "com" },
	{ "localhost", "localhost" },
	{ "_sub.example.com", "_sub.example.com" },
	{ "_dmarc.example.com", NULL }, /* the name of a record */
	{ "s1._domainkey.example.com", NULL },
	{ "*.example.com", NULL },
	{ "192.0.2.25", NULL },
	{ "2001:db8::25", NULL },
	{ "a_b.example.com", "a_b.example.com" },
	{ "-x.example.com", "-x.example.com" },
	{ "m\xc3\xbcller.example", "xn--mller-kva.example" },
	{ "M\xc3\x9cLLER.example.", "xn--mller-kva.example" },
	{ "xn--mller-kva.example", "xn--mller-kva.example" },
	{ "stra\xc3\x9f" "e.example", "xn--strae-oqa.example" },
	{ "\xe4\xbe\x8b\xe3\x81\x88.example", "xn--r8jz45g.example" },
	{ "a.b.c.d.e.f.g.h.i.j.example.com", "a.b.c.d.e.f.g.h.i.j.example.com" },
	{ L63 ".com", L63 ".com" },
	{ L63 "." L63 "." L63 "." L50 "ggggggggggg", L63 "." L63 "." L63 "." L50 "ggggggggggg" },
	{ L63 "." L63 "." L63 "." L50 "gggggggggggg", NULL }, /* 254 octets */
	{ L63 "x.com", NULL },
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ ".example.com", NULL },
	{ "example..com", NULL },
	{ "example.com..", NULL },
	{ "128/27.2.0.192.in-addr.arpa", "128/27.2.0.192.in-addr.arpa" }, /* RFC 2317 */
	{ "128/27.2.0.192.IN-ADDR.ARPA.", "128/27.2.0.192.in-addr.arpa" },
	{ "128/27.example.com", NULL },
	{ "zones/example.com", NULL },
	{ "/var/zones/example.com.zone", NULL },
	{ "\"example.com\"", NULL },
	{ "'example.com'", NULL },
	{ "example.com,example.net", NULL },
	{ "example.com/", NULL },
	{ "example.com/path", NULL },
	{ "user@example.com", NULL },
	{ "https://example.com/", NULL },
	{ "example.com:25", NULL },
	{ "exam ple.com", NULL },
	{ "example.com\n", NULL },
	{ "example\x1b[31m.com", NULL },
	{ "\xff\xfe.example", NULL },
	{ "\xc3.example", NULL },
	{ "\xe2\x80\x8b.example", NULL },
};
/* clang-format on */

static void
test_names(void **state)
{
	size_t bad = 0;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str typed = str_of(rows[i].typed);
		struct name n;
		const char *why = idn_parse(typed, &n);
		struct str got = why == NULL ? name_text(&a, &n) : str_of(why);
		bool good = rows[i].want == NULL ? why != NULL
						 : why == NULL && str_eq(got, str_of(rows[i].want));

		if (good)
			continue;
		print_error("row %zu: %s: got %.*s, want %s\n", i, rows[i].typed, (int)got.n, got.p,
		    rows[i].want != NULL ? rows[i].want : "a refusal");
		bad++;
	}
	arena_free(&a);
	assert_int_equal(bad, 0);
}

/* A NUL ends no name early, and every cut of every name stays in its bytes. */
static void
test_nul_and_cuts(void **state)
{
	struct str nul = { "exa\0mple.com", 12 };
	struct name n;

	(void)state;
	assert_non_null(idn_parse(nul, &n));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str s = str_of(rows[i].typed);

		for (size_t cut = 0; cut < s.n; cut++)
			if (idn_parse(str_sub(s, 0, cut), &n) == NULL)
				assert_true(name_is_set(&n));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_nul_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
