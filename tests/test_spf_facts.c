/* SPDX-License-Identifier: ISC */
/*
 * test_spf_facts.c - how many addresses a record lets pass and whose they are,
 * what is left of the lookups, and whom a limit hits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/spf.h"
#include "report/report.h"
#include "tests/rows.h"

#define D "example.com "
#define GOOGLE                                                                                     \
	"_spf.google.com TXT v=spf1 include:_n1.google.com include:_n2.google.com ~all\n"          \
	"_n1.google.com TXT v=spf1 ip4:8.8.4.0/24 ip6:2001:db8::/36 ~all\n"                        \
	"_n2.google.com TXT v=spf1 ip4:8.8.8.0/24 ~all\n"

/* clang-format off */
static const struct {
	const char *name, *zone;
	/* "LOOKUPS+LEFT IP4 IP6" and for each source "; NAME (PROVIDER) LOOKUPS IP4 IP6"; '+': at least */
	const char *want;
} rows[] = {
	{ "none pass", D "TXT v=spf1 -all", "0+10 0 0; own terms 0 0 0" },
	{ "own", D "A 8.8.8.8\n" D "TXT v=spf1 a ip4:8.8.8.8 ip4:8.8.9.0/30 ip6:2001:db8::/64 -all",
	    "1+9 5 1; own terms 1 5 1" },
	{ "a service", D "TXT v=spf1 ip4:8.8.9.9 include:_spf.google.com -all\n" GOOGLE,
	    "3+7 513 268435456; own terms 0 1 0; Google Workspace (google) 3 512 268435456" },
	{ "a service behind an include of our own", D "TXT v=spf1 include:_spf.example.com -all\n"
	    "_spf.example.com TXT v=spf1 ip4:8.8.9.9 include:_spf.google.com -all\n" GOOGLE,
	    "4+6 513 268435456; own terms 1 1 0; Google Workspace (google) 3 512 268435456" },
	{ "redirect to a name of nobody known", D "TXT v=spf1 redirect=_s.example.net\n"
	    "_s.example.net TXT v=spf1 ip4:8.8.9.0/24 -all", "1+9 256 0; own terms 0 0 0; _s.example.net 1 256 0" },
	{ "they overlap", D "TXT v=spf1 ip4:8.8.8.0/24 include:_spf.google.com -all\n" GOOGLE,
	    "3+7 512 268435456; own terms 0 256 0; Google Workspace (google) 3 512 268435456" },
	{ "what does not pass is not counted", D "TXT v=spf1 -ip4:8.8.8.8 ?include:_spf.google.com -all\n" GOOGLE,
	    "3+7 0 0; own terms 3 0 0" },
	{ "what is behind all is not counted", D "TXT v=spf1 -all ip4:8.8.8.8", "0+10 0 0; own terms 0 0 0" },
	{ "everybody", D "TXT v=spf1 +all", "0+10 4294967296 9007199254740992; own terms 0 4294967296 9007199254740992" },
	{ "unseen", D "TXT v=spf1 include:_spf.google.com ip4:8.8.8.8 -all\n_spf.google.com FAIL -",
	    "1+9 +1 0; own terms 0 1 0; Google Workspace (google) 1 +0 0" },
	{ "a host unseen", D "TXT v=spf1 a:h.example.net ip4:8.8.8.8 -all\nh.example.net FAIL -",
	    "1+9 +1 0; own terms 1 +1 0" },
	{ "macros of a service", D "TXT v=spf1 include:%{i}._ip.%{d}._spf.vali.email ip4:8.8.8.8 -all",
	    "1+9 +1 0; own terms 0 1 0; Valimail (hosted SPF) (valimail) 1 +0 0" },
	{ "exists", D "TXT v=spf1 exists:%{i}.x.example.com ip4:8.8.8.8 -all", "1+9 +1 0; own terms 1 +1 0" },
	{ "over the limit nothing is left", D "TXT v=spf1 a a a a a a a a a a a -all\n" D "A 8.8.8.8",
	    "11+0 1 0; own terms 11 1 0" },
};
/* clang-format on */

static void
add_count(struct buf *b, bool at_least, uint64_t ip4, uint64_t ip6)
{
	buf_adds(b, at_least ? " +" : " ");
	buf_addu(b, ip4);
	buf_addc(b, ' ');
	buf_addu(b, ip6);
}

static void
print_facts(struct buf *b, const struct spf_facts *f)
{
	buf_reset(b);
	buf_addu(b, f->lookups);
	buf_addc(b, '+');
	buf_addu(b, f->left);
	add_count(b, f->addresses_at_least, f->ip4, f->ip6);
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct spf_fact_source *s = &f->sources[i];
		buf_adds(b, "; ");
		buf_add(b, s->name);
		if (s->provider != NULL) {
			buf_adds(b, " (");
			buf_adds(b, s->provider);
			buf_addc(b, ')');
		}
		buf_addc(b, ' ');
		buf_addu(b, s->lookups);
		add_count(b, s->at_least, s->ip4, s->ip6);
	}
}

static struct subject
subject_of(const struct addr *ips, size_t n)
{
	struct subject s = { .ips = ips, .n_ips = n };
	assert_int_equal(name_parse(STR("example.com"), &s.domain), NAME_OK);
	return s;
}

static void
test_who_may_send(void **state)
{
	struct subject s = subject_of(NULL, 0);
	struct buf b;
	(void)state;
	buf_init(&b, 10000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (uint64_t seed = 0; seed < 3; seed++) {
			struct rows r;
			rows_run(&r, rows[i].zone, &s, check_spf, seed);
			print_facts(&b, r.facts.spf);
			if (!str_eq(buf_str(&b), str_of(rows[i].want)))
				fail_msg("%s: got '%.*s', want '%s'", rows[i].name, (int)b.n, b.p,
				    rows[i].want);
			assert_int_equal(r.facts.spf->n_senders, 0);
			rows_free(&r);
		}
	}
	buf_free(&b);
}

#define EIGHT                                                                                      \
	"include:a.x include:b.x include:c.x include:d.x include:e.x include:f.x include:g.x "     \
	"include:h.x"
#define THREE "t.example.net TXT v=spf1 include:a.x include:b.x ip4:8.8.7.7 ~all\n"

/* clang-format off */
static const struct {
	const char *name, *zone;
	const char *want; /* how the sentence of the limit ends: "whom", "from", "given" */
	const char *senders; /* "RESULT LOOKUPS VOIDS" of 8.8.8.8 and 8.8.7.7 */
} limits[] = {
	{ "no limit", D "TXT v=spf1 " EIGHT " ip4:8.8.8.0/24 -all", "", "pass 8 0, fail 8 0" },
	{ "one passes, one is hit", D "TXT v=spf1 ip4:8.8.8.8 " EIGHT " include:t.example.net -all\n" THREE,
	    "; senders matched up to include:h.x pass, from include:t.example.net on they may not; "
	    "of the given addresses it hits 8.8.7.7", "pass 0 0, permerror 10 0" },
	{ "both pass", D "TXT v=spf1 ip4:8.8.0.0/16 " EIGHT " include:t.example.net -all\n" THREE,
	    "; senders matched up to include:h.x pass, from include:t.example.net on they may not; "
	    "the given addresses pass before the limit", "pass 0 0, pass 0 0" },
	{ "both are hit", D "TXT v=spf1 " EIGHT " include:t.example.net -all\n" THREE,
	    "; senders matched up to include:h.x pass, from include:t.example.net on they may not; "
	    "of the given addresses it hits 8.8.8.8 and 1 other", "permerror 10 0, permerror 10 0" },
	{ "redirect comes last", D "TXT v=spf1 redirect=t.example.net " EIGHT " ip4:8.8.8.8\n" THREE,
	    "; senders matched up to ip4:8.8.8.8 pass, from redirect=t.example.net on they may not; "
	    "of the given addresses it hits 8.8.7.7", "pass 8 0, permerror 10 0" },
	{ "the first already", D "TXT v=spf1 -include:z.x include:u.example.net -all\n"
	    "u.example.net TXT v=spf1 " EIGHT " include:t.example.net -all\n" THREE,
	    "; only senders pass that are matched early in include:u.example.net; of the given addresses it hits "
	    "8.8.8.8 and 1 other", "permerror 10 0, permerror 10 0" },
	{ "voids", D "TXT v=spf1 a:p.example.com a:q.example.com ip4:8.8.8.8 a:r.example.com ip4:8.8.7.7 -all",
	    "; senders matched up to ip4:8.8.8.8 pass, from a:r.example.com on they may not; "
	    "of the given addresses it hits 8.8.7.7", "pass 2 2, permerror 3 3" },
};
/* clang-format on */

/* The parts of the sentence of a limit that say whom it hits. */
static void
print_whom(struct buf *b, const struct rows *r)
{
	static const char *const names[] = { "whom", "from", "given" };
	buf_reset(b);
	for (const struct finding *f = r->findings.first; f != NULL; f = f->next)
		for (size_t n = 0; n < ARRAY_LEN(names); n++)
			for (size_t i = 0; i < f->n_args; i++)
				if (strcmp(f->args[i].name, names[n]) == 0)
					buf_add(b, f->args[i].text);
}

static void
print_senders(struct buf *b, const struct spf_facts *f)
{
	buf_reset(b);
	for (size_t i = 0; i < f->n_senders; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		buf_adds(b, f->senders[i].result);
		buf_addc(b, ' ');
		buf_addu(b, f->senders[i].lookups);
		buf_addc(b, ' ');
		buf_addu(b, f->senders[i].void_lookups);
	}
}

static void
test_whom_a_limit_hits(void **state)
{
	static const struct addr ips[] = { { false, { 8, 8, 8, 8 } }, { false, { 8, 8, 7, 7 } } };
	struct subject s = subject_of(ips, ARRAY_LEN(ips));
	struct buf b, zone;
	(void)state;
	buf_init(&b, 10000);
	buf_init(&zone, 10000);
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rows r;
		buf_reset(&zone);
		for (char c = 'a'; c <= 'z'; c++) {
			buf_addc(&zone, c);
			buf_adds(&zone, ".x TXT v=spf1 -all\n");
		}
		buf_adds(&zone, limits[i].zone);
		buf_addc(&zone, '\0');
		rows_run(&r, zone.p, &s, check_spf, i);
		print_whom(&b, &r);
		if (!str_eq(buf_str(&b), str_of(limits[i].want)))
			fail_msg("%s: got '%.*s'", limits[i].name, (int)b.n, b.p);
		print_senders(&b, r.facts.spf);
		if (!str_eq(buf_str(&b), str_of(limits[i].senders)))
			fail_msg("%s: senders '%.*s'", limits[i].name, (int)b.n, b.p);
		rows_free(&r);
	}
	buf_free(&b);
	buf_free(&zone);
}

/* Mail of the first sender is judged by another domain's record. */
static void
test_each_verdict_has_its_own_address(void **state)
{
	static const struct addr ips[] = { { false, { 8, 8, 8, 8 } }, { false, { 8, 8, 7, 7 } } };
	struct sender senders[] = {
		{ .name = STR("news"), .ips = &ips[0], .n_ips = 1, .mail_from_given = true },
		{ .name = STR("office"), .ips = &ips[1], .n_ips = 1 },
	};
	struct subject s = subject_of(ips, ARRAY_LEN(ips));
	struct rows r;
	(void)state;
	assert_int_equal(name_parse(STR("example.net"), &senders[0].mail_from), NAME_OK);
	s.senders = senders;
	s.n_senders = ARRAY_LEN(senders);
	for (uint64_t seed = 0; seed < 3; seed++) {
		rows_run(&r, D "TXT v=spf1 ip4:8.8.7.7 -all\n", &s, check_spf, seed);
		assert_int_equal(r.facts.spf->n_senders, 1);
		assert_true(addr_eq(&r.facts.spf->senders[0].ip, &ips[1]));
		assert_string_equal(r.facts.spf->senders[0].result, "pass");
		rows_free(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_may_send),
		cmocka_unit_test(test_whom_a_limit_hits),
		cmocka_unit_test(test_each_verdict_has_its_own_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
