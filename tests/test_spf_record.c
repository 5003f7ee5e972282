/* SPDX-License-Identifier: ISC */
/*
 * test_spf_record.c - the grammar of RFC 7208 section 12.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "checks/spf_macro.h"
#include "checks/spf_record.h"

/* clang-format off */
static const char *const kinds[] = {
	[TERM_ALL] = "all", [TERM_INCLUDE] = "include", [TERM_A] = "a", [TERM_MX] = "mx",
	[TERM_PTR] = "ptr", [TERM_IP4] = "ip4", [TERM_IP6] = "ip6", [TERM_EXISTS] = "exists",
	[TERM_REDIRECT] = "redirect", [TERM_EXP] = "exp", [TERM_MODIFIER] = "modifier",
	[TERM_BAD] = "bad",
};
static const char *const faults[] = {
	[FAULT_SYNTAX] = "syntax", [FAULT_BYTE] = "byte", [FAULT_UNKNOWN] = "unknown",
	[FAULT_ARGUMENT] = "argument", [FAULT_ADDRESS] = "address", [FAULT_CIDR] = "cidr",
	[FAULT_DOMAIN] = "domain", [FAULT_NAME] = "name", [FAULT_MACRO] = "macro",
	[FAULT_QUALIFIED] = "qualified", [FAULT_TWICE] = "twice", [FAULT_MANY] = "many",
};

/* QUALIFIER KIND DOMAIN /4 /6, or !FAULT and the part at fault. */
static const struct {
	const char *term, *want;
} terms[] = {
	{ "all", "+ all" },
	{ "-ALL", "- all" },
	{ "?aLl", "? all" },
	{ "all:", "!argument all:" },
	{ "-all/8", "!argument -all/8" },
	{ "all=", "+ modifier" },
	{ "all.", "!unknown all." },
	{ "--all", "!syntax --all" },
	{ "- all", "!syntax - all" },
	{ "-", "!syntax -" },
	{ "include:example.com", "+ include example.com" },
	{ "include", "!argument include" },
	{ "include:", "!argument include:" },
	{ "include:example.com/24", "!cidr /24" },
	{ "include:com", "!domain com" },
	{ "include:example.com.", "+ include example.com." },
	{ "include:e_x-.example.com", "+ include e_x-.example.com" },
	{ "a", "+ a /32 /128" },
	{ "a/24", "+ a /24 /128" },
	{ "a/0", "+ a /0 /128" },
	{ "a//64", "+ a /32 /64" },
	{ "a//0", "+ a /32 /0" },
	{ "a/24//64", "+ a /24 /64" },
	{ "a/33", "!cidr /33" },
	{ "a/024", "!cidr /024" },
	{ "a/00", "!cidr /00" },
	{ "a//129", "!cidr //129" },
	{ "a/", "!cidr /" },
	{ "a//", "!cidr //" },
	{ "a/24/64", "!cidr /64" },
	{ "a:", "!argument a:" },
	{ "a:/24", "!argument a:/24" },
	{ "a:example.com//64", "+ a example.com /32 /64" },
	{ "a:example.com/24//64", "+ a example.com /24 /64" },
	{ "a:example.com/24/64", "!cidr /64" },
	{ "a:example.com:8080", "!domain example.com:8080" },
	{ "a:foo:8080.example.com", "!name foo:8080.example.com" },
	{ "a:/x32.com//12", "!name /x32.com" },
	{ "a:example.com/", "!cidr /" },
	{ "a:1.2.3.4", "!domain 1.2.3.4" },
	{ "a:example.-com", "!domain example.-com" },
	{ "a:example.c-m", "+ a example.c-m /32 /128" },
	{ "a:example.com-", "!domain example.com-" },
	{ "a:example.111", "!domain example.111" },
	{ "a:example..com", "!name example..com" },
	{ "a:.com", "!name .com" },
	{ "a:%{d}", "+ a %{d} /32 /128" },
	{ "a:%{d}/24", "+ a %{d} /24 /128" },
	{ "a:%{d}com", "!domain %{d}com" },
	{ "a:%%", "+ a %% /32 /128" },
	{ "mx:foo/12//100", "!domain foo" },
	{ "~mx:foo.example/12//100", "~ mx foo.example /12 /100" },
	{ "ptr", "+ ptr" },
	{ "ptr/24", "!argument ptr/24" },
	{ "ptr:", "!argument ptr:" },
	{ "ptr:example.org", "+ ptr example.org" },
	{ "ip4:1.2.3.4", "+ ip4" },
	{ "ip4:1.2.3.4/0", "+ ip4" },
	{ "ip4:1.2.3.4/32", "+ ip4" },
	{ "ip4:1.2.3.4/33", "!cidr /33" },
	{ "ip4:1.2.3.4/", "!cidr /" },
	{ "ip4:1.2.3.4//32", "!cidr //32" },
	{ "ip4:1.2.3.4/08", "!cidr /08" },
	{ "ip4:1.2.3", "!address 1.2.3" },
	{ "ip4:10/8", "!address 10" },
	{ "ip4:1.2.3.256", "!address 1.2.3.256" },
	{ "ip4:1.2.3.04", "!address 1.2.3.04" },
	{ "ip4:::1", "!address ::1" },
	{ "ip4", "!argument ip4" },
	{ "ip4:", "!argument ip4:" },
	{ "ip4/24", "!argument ip4/24" },
	{ "ip6:::1", "+ ip6" },
	{ "ip6:2001:db8::/32", "+ ip6" },
	{ "ip6:::ffff:1.2.3.4", "+ ip6" },
	{ "ip6:::1/129", "!cidr /129" },
	{ "ip6:::1//64", "!cidr //64" },
	{ "ip6:1.2.3.4", "!address 1.2.3.4" },
	{ "ip6:::k", "!address ::k" },
	{ "exists:%{ir}.sbl.example.org", "+ exists %{ir}.sbl.example.org" },
	{ "exists:%(ir).sbl.example.org", "!macro %(" },
	{ "exists:%{ir.sbl.example.org", "!macro %{ir.sbl.example.org" },
	{ "exists:%{i0}.example.org", "!macro %{i0}" },
	{ "exists:%{d12r.-+,/_=}", "+ exists %{d12r.-+,/_=}" },
	{ "exists:%{D2R}", "+ exists %{D2R}" },
	{ "exists:%{2d}", "!macro %{2d}" },
	{ "exists:%{t}.example.org", "!macro %{t}" },
	{ "exists:%{}.example.org", "!macro %{}" },
	{ "exists:x.example.org/24", "!cidr /24" },
	{ "exists:50%.example.org", "!macro %." },
	{ "exists", "!argument exists" },
	{ "redirect=example.com", "+ redirect example.com" },
	{ "REDIRECT=example.com", "+ redirect example.com" },
	{ "redirect=", "!argument redirect=" },
	{ "redirect:example.com", "!unknown redirect:example.com" },
	{ "?redirect=example.com", "!qualified ?redirect=example.com" },
	{ "exp=", "!argument exp=" },
	{ "exp=e.example.com", "+ exp e.example.com" },
	{ "exp=%{r}.example.com", "!macro %{r}" },
	{ "moo=", "+ modifier" },
	{ "moo.cow-far_out=man:dog/cat", "+ modifier man:dog/cat" },
	{ "moo.cow/far_out=man", "!unknown moo.cow/far_out=man" },
	{ "moo=%abc", "!macro %a" },
	{ "1up=foo", "!syntax 1up=foo" },
	{ "=a", "!syntax =a" },
	{ "ipv4:1.2.3.4", "!unknown ipv4:1.2.3.4" },
	{ "allArray", "!unknown allArray" },
	{ "a\tmx", "!byte \t" },
	{ "", "!syntax " },
};
/* clang-format on */

static struct str
told(struct buf *b, struct str word, const struct spf_term *t, const struct spf_fault *f, bool ok)
{
	buf_reset(b);
	if (!ok) {
		buf_addc(b, '!');
		buf_adds(b, faults[f->kind]);
		buf_addc(b, ' ');
		buf_add(b, str_sub(word, f->offset, f->length));
		return buf_str(b);
	}
	buf_addc(b, t->qualifier);
	buf_addc(b, ' ');
	buf_adds(b, kinds[t->kind]);
	if (t->domain.n > 0)
		buf_addc(b, ' ');
	buf_add(b, t->domain);
	if (t->kind == TERM_A || t->kind == TERM_MX) {
		buf_adds(b, " /");
		buf_addu(b, t->cidr4);
		buf_adds(b, " /");
		buf_addu(b, t->cidr6);
	}
	return buf_str(b);
}

static void
test_terms(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
		struct spf_term t;
		struct spf_fault f;
		struct str word = str_of(terms[i].term);
		bool ok = spf_term_parse(word, &t, &f);
		struct str got = told(&b, word, &t, &f, ok);
		if (!str_eq(got, str_of(terms[i].want)))
			fail_msg("'%s': got '%.*s'", terms[i].term, (int)got.n, got.p);
	}
	buf_free(&b);
}

static void
test_versions(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} versions[] = {
		{ "v=spf1", true },
		{ "V=SPF1 -all", true },
		{ "v=spf1 ", true },
		{ "v=spf1-all", false },
		{ "v=spf10 -all", false },
		{ "v=spf1;", false },
		{ "v=spf1\t-all", false },
		{ " v=spf1 -all", false },
		{ "v=spf", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (is_spf_record(str_of(versions[i].text)) != versions[i].want)
			fail_msg("'%s'", versions[i].text);
}

static void
test_marks(void **state)
{
	struct arena a;
	struct spf_record r;

	(void)state;
	arena_init(&a, 0);
	spf_record_parse(&a,
	    STR("v=spf1  ip4:1.2.3.4/40 redirect=a.example redirect=b.example exp=c.example all  a "
		"all"),
	    &r);
	assert_int_equal(r.n_terms, 7);
	assert_int_equal(r.n_faults, 2);
	assert_int_equal(r.n_fatal, 2);
	assert_int_equal(r.faults[0].kind, FAULT_CIDR);
	assert_int_equal(r.faults[0].offset, 19);
	assert_int_equal(r.faults[0].length, 3);
	assert_int_equal(r.faults[1].kind, FAULT_TWICE);
	assert_int_equal(r.faults[1].offset, 42);
	assert_int_equal(r.redirect, 1);
	assert_int_equal(r.exp, 3);
	assert_int_equal(r.all, 4);
	assert_true(is_spf_dead(&r, 1));
	assert_false(is_spf_dead(&r, 3));
	assert_false(is_spf_dead(&r, 4));
	assert_true(is_spf_dead(&r, 5));
	arena_free(&a);
}

/* Whatever stands in TEXT, positions lie inside it. */
static void
parse_checked(struct arena *a, struct str text)
{
	struct spf_record r;
	/* The exact size on the heap, so that a sanitizer sees a read past the end. */
	char *copy = malloc(text.n > 0 ? text.n : 1);

	assert_non_null(copy);
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	text.p = copy;
	if (is_spf_record(text)) {
		spf_record_parse(a, text, &r);
		for (size_t i = 0; i < r.n_faults; i++) {
			assert_true(r.faults[i].length > 0);
			assert_true(r.faults[i].offset + r.faults[i].length <= text.n);
			assert_true(r.faults[i].term <= r.n_terms);
		}
		assert_true(r.n_fatal >= r.n_faults || r.n_faults <= MAX_SPF_FAULTS);
	}
	arena_reset(a);
	free(copy);
}

static void
test_cut_and_flipped_stays_inside(void **state)
{
	static const char whole[] = "v=spf1 a:%{d2r.-}.x.example/24//64 mx/3 ip6:2001:db8::/32 "
				    "exists:%{ir}.x.example redirect=%{o}.x.example ptr -all";
	char text[sizeof(whole)];
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t n = 0; n < sizeof(whole); n++)
		parse_checked(&a, (struct str){ whole, n });
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		for (unsigned c = 0; c < 256; c++) {
			memcpy(text, whole, sizeof(whole));
			text[i] = (char)c;
			parse_checked(&a, (struct str){ text, sizeof(whole) - 1 });
		}
	}
	arena_free(&a);
}

static void
test_maximum_of_terms(void **state)
{
	struct arena a;
	struct spf_record r;
	size_t n = 6 + (MAX_SPF_TERMS + 1) * 2;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		text[i] = i < 6 ? "v=spf1"[i] : " a"[i % 2];
	arena_init(&a, 0);
	spf_record_parse(&a, (struct str){ text, n - 2 }, &r);
	assert_int_equal(r.n_terms, MAX_SPF_TERMS);
	assert_int_equal(r.n_faults, 0);
	spf_record_parse(&a, (struct str){ text, n }, &r);
	assert_int_equal(r.n_terms, MAX_SPF_TERMS);
	assert_int_equal(r.n_faults, 1);
	assert_int_equal(r.faults[0].kind, FAULT_MANY);
	assert_int_equal(r.n_fatal, 0);
	arena_free(&a);
	free(text);
}

static void
test_expansion(void **state)
{
	static const struct {
		const char *text, *want; /* NULL = depends on the sender */
	} cases[] = {
		{ "x.%{d}", "x.mail.example.com" },
		{ "x.%{d2}", "x.example.com" },
		{ "x.%{d1}", "x.com" },
		{ "x.%{d9}", "x.mail.example.com" },
		{ "%{dr}", "com.example.mail" },
		{ "%{d2r}", "example.mail" },
		{ "%{o}", "example.org" },
		{ "%{d-}", "mail.example.com" },
		{ "%{oe}", NULL },
		{ "%%x%_%-", "%x %20" },
		{ "%{i}.x", NULL },
		{ "%{D}", "mail.example.com" },
		{ "%{D1r-}x", "mail.example.comx" },
	};
	struct name current, sender;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(name_parse(STR("mail.example.com"), &current), NAME_OK);
	assert_int_equal(name_parse(STR("example.org"), &sender), NAME_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_reset(&b);
		bool ok = spf_macro_expand(&b, str_of(cases[i].text), &current, &sender);
		if (ok != (cases[i].want != NULL) ||
		    (ok && !str_eq(buf_str(&b), str_of(cases[i].want))))
			fail_msg("%s: got '%.*s'", cases[i].text, (int)b.n, b.p);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_cut_and_flipped_stays_inside),
		cmocka_unit_test(test_maximum_of_terms),
		cmocka_unit_test(test_expansion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
