/* SPDX-License-Identifier: ISC */
/*
 * test_gate.c - what a change took away, as networks; and which findings have one
 * cause.  The rules themselves are in vectors/check/gate-*.zone.
 */
#include "checks/gate.h"
#include "checks/spf_networks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checks/core/taglist.h"

/* "192.0.2.0/24 2001:db8::/32" into G, minimized. */
static void
read_networks(struct spf_networks *g, const char *text)
{
	struct str word;
	size_t pos = 0;

	while (list_next(str_of(text), ' ', &pos, &word)) {
		size_t slash = str_find(word, 0, '/');
		struct addr a;
		uint32_t bits = 0;

		assert_int_equal(addr_parse(str_sub(word, 0, slash), &a), ADDR_OK);
		assert_true(parse_u32(str_sub(word, slash + 1, word.n), 128, &bits));
		spf_networks_add(g, &a, (uint8_t)bits);
	}
	spf_networks_minimize(g);
}

/* clang-format off */
static const struct {
	const char *a, *b, *want;
} differences[] = {
	{ "", "", "" },
	{ "192.0.2.0/24", "", "192.0.2.0/24" },
	{ "", "192.0.2.0/24", "" },
	{ "192.0.2.0/24", "192.0.2.0/24", "" },
	{ "192.0.2.0/24", "192.0.2.0/25 192.0.2.128/25", "" },
	{ "192.0.2.0/24", "192.0.0.0/16", "" },
	{ "192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/25" },
	{ "192.0.2.0/24", "192.0.2.128/25", "192.0.2.0/25" },
	{ "192.0.2.0/30", "192.0.2.1/32", "192.0.2.0/32 192.0.2.2/31" },
	{ "192.0.2.0/30", "192.0.2.3/32", "192.0.2.0/31 192.0.2.2/32" },
	{ "192.0.2.0/24 203.0.113.5/32", "203.0.113.0/24", "192.0.2.0/24" },
	{ "0.0.0.0/0", "128.0.0.0/1", "0.0.0.0/1" },
	{ "0.0.0.0/0", "::/0", "0.0.0.0/0" },
	{ "2001:db8::/32", "2001:db8::1/128 192.0.2.0/24", NULL },
	{ "::/0", "8000::/1", "::/1" },
};
/* clang-format on */

/* What is said of A without B holds, address by address at every edge. */
static void
check_edges(
    const struct spf_networks *a, const struct spf_networks *b, const struct spf_networks *less)
{
	const struct spf_networks *all[] = { a, b, less };

	for (size_t k = 0; k < ARRAY_LEN(all); k++)
		for (size_t i = 0; i < all[k]->n; i++) {
			const struct addr *at = &all[k]->list[i].addr;

			assert_int_equal(spf_networks_has(less, at),
			    spf_networks_has(a, at) && !spf_networks_has(b, at));
		}
}

static void
test_one_list_without_another(void **state)
{
	struct arena arena;
	struct buf text;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&text, 10000);
	for (size_t i = 0; i < ARRAY_LEN(differences); i++) {
		struct spf_networks a = { .arena = &arena }, b = a, less = a;
		struct prefix out[200];
		size_t n;

		read_networks(&a, differences[i].a);
		read_networks(&b, differences[i].b);
		n = spf_networks_less(&a, &b, out, ARRAY_LEN(out));
		assert_true(n <= ARRAY_LEN(out));
		assert_int_equal(spf_networks_less(&a, &b, out, 0), n); /* counts without room */
		buf_reset(&text);
		for (size_t k = 0; k < n; k++) {
			buf_adds(&text, k > 0 ? " " : "");
			prefix_print(&text, &out[k]);
			spf_networks_add(&less, &out[k].addr, out[k].bits);
		}
		spf_networks_minimize(&less);
		check_edges(&a, &b, &less);
		if (differences[i].want == NULL)
			assert_int_equal(n, 96); /* a host out of a /32: one of each length */
		else if (!str_eq(buf_str(&text), str_of(differences[i].want)))
			fail_msg("%s without %s: %.*s, want %s", differences[i].a, differences[i].b,
			    (int)text.n, text.p, differences[i].want);
	}
	buf_free(&text);
	arena_free(&arena);
}

/* Two findings as a check would make them: the arguments of each as NAME, VALUE, ... */
struct pair {
	const char *name;
	enum rule_id gate, state;
	const char *f[6], *g[6];
	const char *f_owner, *g_owner;
	bool want;
};

/* clang-format off */
static const struct pair pairs[] = {
	{ "the same address", RULE_GATE_SENDER_LOST, RULE_SPF_NOT_PASS,
	    { "ip", "192.0.2.1", "mail_from", "a.example" }, { "ip", "192.0.2.1", "mail_from", "A.example" }, "a.example", "a.example", true },
	{ "another address", RULE_GATE_SENDER_LOST, RULE_SPF_NOT_PASS,
	    { "ip", "192.0.2.1", "mail_from", "a.example" }, { "ip", "192.0.2.2", "mail_from", "a.example" }, "a.example", "a.example", false },
	{ "another MAIL FROM", RULE_GATE_SENDER_LOST, RULE_SPF_NOT_PASS,
	    { "ip", "192.0.2.1", "mail_from", "a.example" }, { "ip", "192.0.2.1", "mail_from", "b.example" }, "a.example", "a.example", false },
	{ "one of several", RULE_GATE_INCLUDE_NEEDED, RULE_SPF_NOT_PASS,
	    { "ips", "192.0.2.10 192.0.2.1" }, { "ip", "192.0.2.1" }, "a.example", "a.example", true },
	{ "a part of a word is none", RULE_GATE_INCLUDE_NEEDED, RULE_SPF_NOT_PASS,
	    { "ips", "192.0.2.10 192.0.2.11" }, { "ip", "192.0.2.1" }, "a.example", "a.example", false },
	{ "the same record", RULE_GATE_ALL_WEAKENED, RULE_SPF_NEUTRAL_ALL, { NULL }, { NULL }, "a.example", "a.example", true },
	{ "the worse of two", RULE_GATE_ALL_WEAKENED, RULE_SPF_PASS_ALL, { NULL }, { NULL }, "a.example", "a.example", true },
	{ "another record", RULE_GATE_ALL_WEAKENED, RULE_SPF_NEUTRAL_ALL, { NULL }, { NULL }, "a.example", "b.example", false },
	{ "another rule", RULE_GATE_ALL_WEAKENED, RULE_SPF_NOT_PASS, { NULL }, { NULL }, "a.example", "a.example", false },
};
/* clang-format on */

static struct finding *
make(struct findings *fs, enum rule_id id, const char *const *args, const char *owner)
{
	struct name name;
	struct finding *f;

	assert_int_equal(name_parse(str_of(owner), &name), NAME_OK);
	f = finding_add(fs, id, &name);
	finding_absent(f, &name, RR_TXT);
	for (size_t i = 0; i < 6 && args[i] != NULL; i += 2)
		finding_text(fs, f, args[i], str_of(args[i + 1]));
	return f;
}

static void
test_one_cause(void **state)
{
	struct findings fs;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	findings_init(&fs, &a);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const struct pair *p = &pairs[i];
		const struct finding *f = make(&fs, p->gate, p->f, p->f_owner);
		const struct finding *g = make(&fs, p->state, p->g, p->g_owner);

		if (gate_explains(f, g) != p->want)
			fail_msg("%s", p->name);
		if (gate_explains(g, f))
			fail_msg("%s: the other way", p->name);
	}
	findings_free(&fs);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_list_without_another),
		cmocka_unit_test(test_one_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
