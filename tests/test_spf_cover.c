/* SPDX-License-Identifier: ISC */
/*
 * test_spf_cover.c - which terms are said to be without effect, and which
 * record is proposed: of each kind a row, and beside it the nearly same one for
 * which nothing is proposed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checks/spf.h"
#include "checks/spf_cover.h"
#include "checks/spf_sources.h"
#include "checks/spf_tree.h"
#include "tests/tinyzone.h"

#define D "example.com TXT v=spf1 "
#define X "\nx.example.com TXT v=spf1 "
#define Y "\ny.example.com TXT v=spf1 "
#define H                                                                                          \
	"\nexample.com A 8.8.4.1\nh.example.com A 8.8.4.2\ng.example.com A "                       \
	"8.8.4.3\ng.example.com AAAA 2a00::3\n"                                                    \
	"example.com MX 10 m.example.com\nm.example.com A 8.8.4.4\nexample.com AAAA 2a00::1\n"     \
	"h.example.com AAAA 2a00::2\nm.example.com AAAA 2a00::4\nfar.example.net A "               \
	"8.8.4.9\nfar.example.net AAAA 2a00::9"
/* Ten names, each of which costs a lookup. */
#define N(n) "include:i" n ".example.net "
#define I(n, text) "\ni" n ".example.net TXT v=spf1 ip4:9.9." n ".0/24 " text "-all"
#define SEVEN N("1") N("2") N("3") N("4") N("5") N("6") N("7")
#define NETS                                                                                       \
	I("1", "")                                                                                 \
	I("2", "")                                                                                 \
	I("3", "") I("4", "") I("5", "") I("6", "") I("7", "") I("8", "") I("9", "") I("10", "") H
#define B11 "\ni11.example.net TXT v=spf1 ip4:9.9.1.7 ~all"
#define TEN SEVEN N("8") N("9") N("10")

/* clang-format off */
/* EFFECTS: a letter a term: . some, d dead, 2 doubled, c covered, C covered and may go, v void, b broken; or "?". */
static const struct {
	const char *name, *zone, *effects;
} covers[] = {
	{ "two networks", D "ip4:8.8.4.0/24 ip4:8.8.5.0/24 -all", "..." },
	{ "one in the other", D "ip4:8.8.4.0/24 ip4:8.8.4.8 -all", ".C." },
	{ "the later is wider", D "ip4:8.8.4.8 ip4:8.8.4.0/24 -all", "C.." },
	{ "another result", D "?ip4:8.8.4.0/24 ip4:8.8.4.8 -all", "..." },
	{ "the same result", D "?ip4:8.8.4.0/24 ?ip4:8.8.4.8 -all", ".C." },
	{ "two halves of one", D "ip4:8.8.4.0/25 ip4:8.8.4.128/25 ip4:8.8.4.0/24 -all", "..c." },
	{ "the other family", D "ip4:8.8.4.0/24 ip6:2a00::8 -all", "..." },
	{ "as the end says", D "-ip4:8.8.4.8 -all", "c." },
	{ "as the neutral end says", D "?ip4:8.8.4.8 ?all", "c." },
	{ "doubled", D "mx mx -all" H, ".2." },
	{ "dead", D "-all mx" H, ".d" },
	{ "a of a listed network", D "ip4:8.8.4.0/24 ip6:2a00::/64 a -all" H, "..C." },
	{ "only IPv4 is listed", D "ip4:8.8.4.0/24 a -all" H, "..." },
	{ "mx is named as well", D "mx a:m.example.com -all" H, ".C." },
	{ "a host elsewhere, in our network", D "ip4:8.8.4.9 ip6:2a00::9 a:far.example.net -all" H, "...." },
	{ "a host elsewhere, twice in our networks", D "ip4:8.8.4.9 ip4:8.8.4.0/24 a:far.example.net -all" H, "C..." },
	{ "an address of our mx, before it", D "ip4:8.8.4.4 ip6:2a00::4 mx -all" H, "..C." },
	{ "an address of our mx, behind it", D "mx ip4:8.8.4.4 ip6:2a00::4 -all" H, "C..." },
	{ "one of its two addresses", D "mx ip4:8.8.4.4 -all" H, "..." },
	{ "no address", D "a:gone.example.com mx -all" H, "v.." },
	{ "an include in another", D "include:x.example.com include:y.example.com -all" X "ip4:9.9.9.0/24 -all" Y "ip4:9.9.9.9 -all", ".C." },
	{ "an include in that of somebody else", D "include:x.example.com include:y.example.net -all" X
	    "ip4:9.9.9.0/24 -all\ny.example.net TXT v=spf1 ip4:9.9.9.9 -all", ".c." },
	{ "names below a public suffix", D "include:x.co.uk include:y.co.uk -all\n"
	    "x.co.uk TXT v=spf1 ip4:9.9.9.0/24 -all\ny.co.uk TXT v=spf1 ip4:9.9.9.9 -all", ".c." },
	{ "an include that says more", D "include:x.example.com include:y.example.com -all" X "ip4:9.9.9.0/24 -all" Y "ip4:9.9.8.9 -all", "..." },
	{ "an include and its copy", D "ip4:9.9.9.0/24 include:x.example.com -all" X "ip4:9.9.9.0/24 -all", "..." },
	{ "ours in an include", D "include:x.example.com ip4:9.9.9.9 -all" X "ip4:9.9.9.0/24 -all", "..." },
	{ "an include that matches nobody", D "include:x.example.com mx -all" X "-all" H, "..." },
	{ "an include without record", D "include:gone.example.net mx -all" H, "b.." },
	{ "one of ours without record", D "include:gone.example.com mx mx/24 -all" H, "?" },
	{ "an opaque term between", D "mx -exists:e.example.com a:m.example.com -all" H, "..C." },
	{ "an opaque term decides", D "-exists:e.example.com mx ip4:8.8.4.4 -all" H, "...." },
	{ "the same in networks", D "-exists:e.example.com ip4:8.8.4.0/24 ip4:8.8.4.4 -all", "..C." },
	{ "behind an error", D "include:x.example.com mx -all" X "moo" H, "?" },
	{ "all pass", D "ip4:8.8.4.8 +all", "?" },
	{ "a redirect says it too", D "ip4:8.8.4.8 redirect=x.example.com" X "ip4:8.8.4.0/24 -all", ".." },
	{ "a redirect says it not", D "ip4:8.8.4.8 redirect=x.example.com" X "ip4:8.8.5.0/24 -all", ".." },
	{ "covered in front of the limit", D N("11") TEN "-all" B11 NETS, "C..........." },
	{ "covered behind the limit", D N("11") N("2") N("3") N("4") N("5") N("6") N("7") N("8") N("9") N("10")
	    "a " N("1") "-all" B11 NETS, "............." },
	{ "the same, one lookup fewer", D N("11") N("2") N("3") N("4") N("5") N("6") N("7") N("8") N("9") N("10")
	    N("1") "-all" B11 NETS, "C..........." },
	{ "behind too many void ones", D "exists:%{i}.example.com exists:%{i}.example.net exists:%{i}.example.org "
	    "ip4:8.8.4.0/24 ip4:8.8.4.8 -all", "......" },
	{ "behind two void ones", D "exists:%{i}.example.com exists:%{i}.example.net ip4:8.8.4.0/24 ip4:8.8.4.8 -all", "...C." },
	{ "as the end says, behind the limit", D "-ip4:8.8.4.8 " TEN N("11") "-all" I("11", "") NETS, "............." },
	{ "a failure", D "ip4:8.8.4.0/24 ip4:8.8.4.8 a:x.example.com -all\nx.example.com FAIL A", "?" },
	{ "an unknown include", D "ip4:8.8.4.0/24 ip4:8.8.4.8 include:x.example.com -all\nx.example.com FAIL TXT", "?" },
};

/* WANT: of the finding called SLUG the record proposed; "-" for none, "?" when it is not found. */
static const struct {
	const char *name, *zone, *slug, *want;
} plans[] = {
	{ "covered", D "ip4:8.8.4.0/24 ip4:8.8.4.8 -all", "spf-covered-term", "v=spf1 ip4:8.8.4.0/24 -all" },
	{ "ours in an include stays", D "include:x.example.com ip4:9.9.9.9 -all" X "ip4:9.9.9.0/24 -all", "spf-covered-term", "?" },
	{ "our mx by its address", D "ip4:8.8.4.4 ip6:2a00::4 mx -all" H, "spf-covered-term", "v=spf1 ip4:8.8.4.4 ip6:2a00::4 -all" },
	{ "two together bring what covers them before the limit", D N("11") N("12") N("2") N("3") N("4") N("5") N("6") N("7") N("8")
	    N("9") N("10") N("1") "-all" B11 "\ni12.example.net TXT v=spf1 ip4:9.9.1.8 ~all" NETS, "spf-lookup-limit",
	    "v=spf1 " N("2") N("3") N("4") N("5") N("6") N("7") N("8") N("9") N("10") N("1") "-all" },
	{ "two that are not enough", D N("11") N("12") N("2") N("3") N("4") N("5") N("6") N("7") N("8")
	    N("9") N("10") "include:x.example.org " N("1") "-all\nx.example.org TXT v=spf1 ip4:9.8.7.6 -all" B11
	    "\ni12.example.net TXT v=spf1 ip4:9.9.1.8 ~all" NETS, "spf-lookup-limit", "-" },
	{ "over the limit, hosts of ours", D TEN "a -all" NETS, "spf-lookup-limit", "v=spf1 " TEN "ip4:8.8.4.1 ip6:2a00::1 -all" },
	{ "the same with a qualifier", D TEN "~a -all" NETS, "spf-lookup-limit", "v=spf1 " TEN "~ip4:8.8.4.1 ~ip6:2a00::1 -all" },
	{ "a host elsewhere", D TEN "a:far.example.net -all" NETS, "spf-lookup-limit", "-" },
	{ "a network around a host", D TEN "a/24 -all" NETS, "spf-lookup-limit", "-" },
	{ "the host is an alias", D TEN "a:c.example.com -all\nc.example.com CNAME h.example.com" NETS, "spf-lookup-limit", "-" },
	{ "over the limit, nothing to spare", D TEN N("11") "-all" I("11", "") NETS, "spf-lookup-limit", "-" },
	{ "over the limit by a covered include", D TEN N("11") "-all\ni11.example.net TXT v=spf1 ip4:9.9.1.7 ~all" NETS,
	    "spf-lookup-limit", "v=spf1 " TEN "-all" },
	{ "over the limit by an include covered elsewhere", D TEN "include:x.example.org -all\n"
	    "x.example.org TXT v=spf1 ip4:9.9.1.7 ~all" NETS, "spf-lookup-limit", "-" },
	{ "its result is another", D TEN "?" N("11") "-all\ni11.example.net TXT v=spf1 ip4:9.9.1.7 ~all" NETS,
	    "spf-lookup-limit", "-" },
	{ "it lists one address more", D TEN N("11") "-all\ni11.example.net TXT v=spf1 ip4:9.9.1.7 ip4:9.8.7.6 ~all" NETS,
	    "spf-lookup-limit", "-" },
	{ "it lists one IPv6 address more", D TEN N("11") "-all\ni11.example.net TXT v=spf1 ip4:9.9.1.7 ip6:2a00::7 ~all" NETS,
	    "spf-lookup-limit", "-" },
	{ "one include is not known", D TEN N("11") "-all\ni11.example.net FAIL TXT" NETS, "spf-lookup-limit", "-" },
	{ "an opaque term in front of it decides otherwise", D "-exists:e.example.com " TEN "mx -all" NETS,
	    "spf-lookup-limit", "-" },
	{ "over the limit by void ones", D TEN "a:v.example.com -all" NETS, "spf-lookup-limit", "v=spf1 " TEN "-all" },
	{ "over the limit by an include without record", D TEN "include:gone.example.net -all" NETS, "spf-lookup-limit",
	    "v=spf1 " TEN "-all" },
	{ "what is dead may have been meant", D TEN "a -all ip4:8.8.4.8" NETS, "spf-lookup-limit", "-" },
	{ "doubled in other words", D TEN "a ~a -all" NETS, "spf-lookup-limit", "-" },
	{ "with a redirect", D SEVEN N("8") N("9") "a redirect=i10.example.net" NETS, "spf-lookup-limit",
	    "v=spf1 " SEVEN N("8") N("9") "ip4:8.8.4.1 ip6:2a00::1 redirect=i10.example.net" },
	{ "full: no address in place of a name", D SEVEN N("8") N("9") "a -all" NETS, "spf-lookup-full", "-" },
	{ "full: what has no effect goes", D SEVEN N("8") "a a:example.com -all" NETS, "spf-lookup-full",
	    "v=spf1 " SEVEN N("8") "a -all" },
	{ "near: what has no effect goes", D SEVEN "a:v.example.com -all" NETS, "spf-lookup-near", "v=spf1 " SEVEN "-all" },
	{ "near, not far enough", D SEVEN "a mx a:v.example.com -all" NETS, "spf-lookup-full", "v=spf1 " SEVEN "a mx -all" },
	{ "near stays near", D SEVEN "a a:v.example.com -all" NETS, "spf-lookup-near", "-" },
	{ "?all stays", D SEVEN "a:v.example.com ?all" NETS, "spf-lookup-near", "v=spf1 " SEVEN "?all" },
	{ "voids", D "a a:v.example.com a:w.example.com a:u.example.com ~all" H, "spf-void-limit", "v=spf1 a ~all" },
	{ "voids of others", D "a include:x.example.com ~all" X "a:v.example.com a:w.example.com a:u.example.com ip4:9.9.9.9 -all" H,
	    "spf-void-limit", "-" },
	{ "an include of nobody may be filled again", D SEVEN "include:x.example.com ~all" X "-all" NETS, "spf-lookup-near", "-" },
	{ "voids of one family", D "a:p.example.com a:q.example.com a:r.example.com -all\np.example.com A 8.8.4.1\n"
	    "q.example.com A 8.8.4.2\nr.example.com A 8.8.4.30", "spf-void-limit-family",
	    "v=spf1 ip4:8.8.4.1 a:q.example.com a:r.example.com -all" },
};
/* clang-format on */

static size_t n_plain; /* of them, seen without a map */

static const struct subject *
subject(void)
{
	static struct subject s;
	s.domain = tiny_name("example.com");
	s.mail_from = s.domain;
	return &s;
}

static void
mark_doubles(const struct spf_record *r, bool *doubled)
{
	for (size_t i = 1; i < r->n_terms; i++)
		for (size_t k = 0; k < i; k++)
			doubled[i] = doubled[i] || str_eq(r->terms[i].text, r->terms[k].text);
}

/* Whether what is seen without a map, where it can be, is what C says by maps. */
static bool
is_seen_alike(
    struct audit *au, const struct spf_tree *tree, const bool *doubled, const struct spf_cover *c)
{
	struct spf_listing listed;
	spf_list(au, tree, &listed);
	struct spf_cover *plain = spf_cover(au->arena, tree, &listed, doubled, false);
	n_plain += plain->deferred;
	for (size_t i = 0; i < tree->nodes[0]->record->n_terms; i++)
		if (plain->of[i] != c->of[i] || plain->drop[i] != c->drop[i])
			return false;
	if (spf_cover_map(au->arena, tree, plain) != (c->mapper != NULL))
		return false;
	return c->mapper == NULL ||
	       (plain->map.n[0] == c->map.n[0] && plain->map.n[1] == c->map.n[1]);
}

static void
test_effects(void **state)
{
	size_t bad = 0;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(covers); i++) {
		static const char letters[] = ".d2cvb";
		bool doubled[16] = { false };
		char got[24] = "?";
		struct tiny t;
		tiny_init(&t, covers[i].zone, subject());
		struct spf_tree *tree = spf_tree(&t.au, &subject()->domain);
		const struct spf_record *r = tree->nodes[0]->record;
		mark_doubles(r, doubled);
		struct spf_cover *c = spf_cover(&t.arena, tree, NULL, doubled, false);
		for (size_t k = 0; (c->mapper != NULL) && k < r->n_terms; k++) {
			bool may = c->of[k] == EFFECT_COVERED && c->drop[k];
			got[k] = may ? 'C' : letters[c->of[k]];
			got[k + 1] = '\0';
		}
		if (!is_seen_alike(&t.au, tree, doubled, c)) {
			print_error("%s: said otherwise without a map\n", covers[i].name);
			bad++;
		}
		if (strcmp(got, covers[i].effects) != 0) {
			print_error("%s: got %s\n", covers[i].name, got);
			bad++;
		}
		tiny_free(&t);
	}
	assert_int_equal(bad, 0);
	assert_true(n_plain > 3);
}

/* The record that the change of F puts in place, without quotes, into B. */
static void
add_new(struct buf *b, const struct finding *f)
{
	struct str text = f->remedy.changes[0].new;
	bool inside = false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			inside = !inside;
		else if (inside)
			buf_addc(b, text.p[i]);
	}
}

static void
test_plans(void **state)
{
	size_t bad = 0;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		struct tiny t;
		struct buf got;
		buf_init(&got, 4000);
		tiny_init(&t, plans[i].zone, subject());
		check_spf(&t.au);
		for (const struct finding *f = t.findings.first; f != NULL; f = f->next) {
			if (strcmp(rule_of(f->id)->slug, plans[i].slug) != 0)
				continue;
			if (f->remedy.n_changes > 0)
				add_new(&got, f);
			else
				buf_addc(&got, '-');
		}
		if (got.n == 0)
			buf_addc(&got, '?');
		if (!str_eq(buf_str(&got), str_of(plans[i].want))) {
			print_error("%s: got %.*s\n", plans[i].name, (int)got.n, got.p);
			bad++;
		}
		tiny_free(&t);
		buf_free(&got);
	}
	assert_int_equal(bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_plans),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
