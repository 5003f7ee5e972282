/* SPDX-License-Identifier: ISC */
/*
 * test_fleet.c - what domains share is counted once a domain, told in one
 * order, and a provider's key is nobody's fault; the merged text shows nothing
 * raw.  Golden files in vectors/fleet/.
 */
#include "report/fleet.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include "audit/fleet/gather.h"
#include "audit/fleet/gather_factors.h"
#include "audit/fleet/merge.h"
#include "audit/fleet/reread.h"
#include "audit/fleet/told.h"

static void
add(struct gather *g, const char *text)
{
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	char why[MAX_REREAD_WHY] = "not JSON";
	struct told_domain d;
	struct arena a;

	if (o == NULL || !reread_is_domain(o, why))
		fail_msg("%s: %s", text, why);
	arena_init(&a, 0);
	told_domain(&a, o, &d);
	gather_domain(g, &d, o);
	arena_free(&a);
	json_decref(o);
}

#define KEY(domain, selector, rest)                                                                \
	"{\"domain\":\"" domain "\",\"selector\":\"" selector                                      \
	"\",\"provenance\":\"given\",\"state\":\"valid\"," rest "}"
#define MOD(m) "\"key_type\":\"rsa\",\"bits\":16,\"modulus\":\"" m "\""
#define VIA(target) ",\"target\":\"" target "\""
#define ED "\"key_type\":\"ed25519\",\"bits\":256,\"record\":\"v=DKIM1; k=ed25519; p="

static void
test_shared_keys(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *key[3]; /* each audited with a domain of its own */
		size_t want;               /* keys told */
		const char *first, *last;
	} cases[] = {
		{ "two owners", { KEY("a.example", "s1", MOD("c501")), KEY("b.example", "s2", MOD("c501")) }, 1,
		  "s1._domainkey.a.example", "s2._domainkey.b.example" },
		{ "the order does not count", { KEY("b.example", "s2", MOD("c501")), KEY("a.example", "s1", MOD("c501")) }, 1,
		  "s1._domainkey.a.example", "s2._domainkey.b.example" },
		{ "other keys", { KEY("a.example", "s1", MOD("c501")), KEY("b.example", "s1", MOD("c503")) }, 0, NULL, NULL },
		{ "one name, audited twice", { KEY("a.example", "s1", MOD("c501")), KEY("A.EXAMPLE", "S1", MOD("c501")) }, 0, NULL, NULL },
		{ "two selectors of one domain", { KEY("a.example", "s1", MOD("c501")), KEY("a.example", "s2", MOD("c501")) }, 0, NULL, NULL },
		{ "sub-domains of one owner", { KEY("a.example", "s1", MOD("c501")), KEY("news.a.example", "s1", MOD("c501")) }, 0, NULL, NULL },
		{ "one target", { KEY("a.example", "s1", MOD("c501") VIA("k.esp.example")), KEY("b.example", "s1", MOD("c501") VIA("k.esp.example")) }, 0, NULL, NULL },
		{ "targets of one provider", { KEY("a.example", "s1", MOD("c501") VIA("a.k.esp.example")), KEY("b.example", "s1", MOD("c501") VIA("b.k.esp.example")) }, 0, NULL, NULL },
		{ "the provider itself is audited", { KEY("a.example", "s1", MOD("c501") VIA("k._domainkey.esp.example")), KEY("esp.example", "k", MOD("c501")) }, 0, NULL, NULL },
		{ "a copy of a provider's key", { KEY("a.example", "s1", MOD("c501") VIA("k.esp.example")), KEY("b.example", "s1", MOD("c501")) }, 1,
		  "s1._domainkey.a.example", "s1._domainkey.b.example" },
		{ "three", { KEY("c.example", "s1", MOD("c501")), KEY("b.example", "s1", MOD("c501")), KEY("a.example", "s1", MOD("c501")) }, 1,
		  "s1._domainkey.a.example", "s1._domainkey.c.example" },
		{ "leading zeros", { KEY("a.example", "s1", MOD("00c501")), KEY("b.example", "s1", MOD("c501")) }, 1,
		  "s1._domainkey.a.example", "s1._domainkey.b.example" },
		{ "ed25519 by its record", { KEY("a.example", "s1", ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""),
		  KEY("b.example", "s1", ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"") }, 1,
		  "s1._domainkey.a.example", "s1._domainkey.b.example" },
		{ "withdrawn keys are no key", { KEY("a.example", "s1", "\"record\":\"v=DKIM1; p=\""), KEY("b.example", "s1", "\"record\":\"v=DKIM1; p=\"") }, 0, NULL, NULL },
		{ "no key is none", { KEY("a.example", "s1", "\"record\":\"hello\""), KEY("b.example", "s1", "\"record\":\"hello\"") }, 0, NULL, NULL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gather g;
		struct fleet f = { .files = 1 };

		gather_init(&g);
		for (size_t k = 0; k < 3 && cases[i].key[k] != NULL; k++) {
			char text[1024];

			snprintf(text, sizeof(text),
			    "{\"domain\":\"x%zu.example\",\"verdict\":\"pass\",\"findings\":[],"
			    "\"facts\":{\"dkim\":[%s]}}",
			    k, cases[i].key[k]);
			add(&g, text);
		}
		gather_finish(&g, &f);
		if (f.n_keys != cases[i].want || f.n_shared_keys != cases[i].want)
			fail_msg("%s: %zu keys", cases[i].name, f.n_keys);
		if (f.n_keys > 0 &&
		    (!str_eq(f.keys[0].at[0].name, str_of(cases[i].first)) ||
			!str_eq(f.keys[0].at[f.keys[0].n_at - 1].name, str_of(cases[i].last))))
			fail_msg("%s: at %.*s", cases[i].name, (int)f.keys[0].at[0].name.n,
			    f.keys[0].at[0].name.p);
		gather_free(&g);
	}
}

/* "c5..." in hexadecimal of P * Q, owned by the caller. */
static char *
modulus(const BIGNUM *p, const BIGNUM *q)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();
	char *hex;

	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	hex = BN_bn2hex(n);
	assert_non_null(hex);
	for (char *c = hex; *c != '\0'; c++)
		*c = ascii_lower(*c);
	BN_CTX_free(ctx);
	BN_free(n);
	return hex;
}

/* What is compared with others: text from a file, which anybody may have written. */
static void
test_moduli(void **state)
{
	static const struct {
		const char *name, *before, *behind;
		int zeros; /* between */
		size_t want;
	} cases[] = {
		{ "512 bits", "8", "1", 126, 64 },
		{ "511 bits", "7", "1", 126, 0 },
		{ "512 bits behind zeros", "000008", "1", 126, 64 },
		{ "517 bits: an odd number of digits", "1f", "3", 127, 65 },
		{ "8192 bits", "f", "f", 2046, 1024 },
		{ "8193 bits", "1f", "f", 2047, 0 },
		{ "letters of either case", "aBcDeF", "aF", 126, 67 },
		{ "even", "8", "2", 126, 0 },
		{ "none", "", "", 0, 0 },
		{ "zero", "", "", 200, 0 },
		{ "a sign", "-8", "1", 126, 0 },
		{ "white space before", " 8", "1", 126, 0 },
		{ "white space behind", "8", "1\n", 126, 0 },
		{ "white space inside", "8", " 1", 126, 0 },
		{ "a prefix", "0x8", "1", 126, 0 },
		{ "no digit", "8", "g1", 126, 0 },
		{ "a byte over ASCII", "8",
		    "\xb1"
		    "1",
		    126, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gather_key row = { .n = 1 };
		struct gather g;
		char hex[2200];
		int n = snprintf(hex, sizeof(hex), "%s%0*d%s", cases[i].before, cases[i].zeros, 0,
		    cases[i].behind);

		gather_init(&g);
		gather_modulus(&g, &row, (struct str){ hex, cases[i].zeros > 0 ? (size_t)n : 0 });
		if (row.modulus.n != cases[i].want || g.modulus_bits != 8 * cases[i].want)
			fail_msg("%s: %zu bytes", cases[i].name, row.modulus.n);
		gather_free(&g);
	}
}

/* A NUL ends no text; the last digits are the last bytes. */
static void
test_modulus_bytes(void **state)
{
	struct gather_key row = { .n = 1 };
	struct gather g;
	char hex[130];

	(void)state;
	memset(hex, '1', sizeof(hex));
	memcpy(hex, "0fedcb", 6);
	memcpy(hex + 126, "a9E7", 4);
	gather_init(&g);
	gather_modulus(&g, &row, (struct str){ hex, sizeof(hex) });
	assert_int_equal(row.modulus.n, 65);
	assert_memory_equal(row.modulus.p, "\x0f\xed\xcb\x11", 4);
	assert_memory_equal(row.modulus.p + 62, "\x11\xa9\xe7", 3);
	row.modulus.n = 0;
	hex[64] = '\0';
	gather_modulus(&g, &row, (struct str){ hex, sizeof(hex) });
	assert_int_equal(row.modulus.n, 0);
	gather_free(&g);
}

/* Keys of three domains, the first and the last with a prime in common: both are named. */
static void
test_shared_factors(void **state)
{
	static const int primes[3][2] = { { 0, 1 }, { 2, 3 }, { 4, 0 } };
	BIGNUM *p[5];
	struct gather g;
	struct fleet f = { .files = 1 };
	char text[2048];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = BN_new();
		assert_int_equal(BN_generate_prime_ex(p[i], 512, 0, NULL, NULL, NULL), 1);
	}
	gather_init(&g);
	for (size_t k = 0; k < 4; k++) { /* the last once more, at another selector */
		size_t i = k < 3 ? k : 2;
		char *hex = modulus(p[primes[i][0]], p[primes[i][1]]);

		snprintf(text, sizeof(text),
		    "{\"domain\":\"d%zu.example\",\"verdict\":\"pass\",\"findings\":[],"
		    "\"facts\":{\"dkim\":[{\"domain\":\"d%zu.example\",\"selector\":\"s%zu\","
		    "\"provenance\":\"given\",\"state\":\"valid\",\"key_type\":\"rsa\","
		    "\"bits\":1024,\"modulus\":\"%s\"}]}}",
		    i, i, k, hex);
		add(&g, text);
		OPENSSL_free(hex);
	}
	gather_finish(&g, &f);
	assert_int_equal(f.n_moduli, 3);
	assert_int_equal(f.n_shared_factors, 1);
	assert_int_equal(f.factors[0].n_names, 3);
	assert_true(str_eq(f.factors[0].at[0].name, STR("s0._domainkey.d0.example")));
	assert_true(str_eq(f.factors[0].at[1].name, STR("s2._domainkey.d2.example")));
	assert_true(str_eq(f.factors[0].at[2].name, STR("s3._domainkey.d2.example")));
	gather_free(&g);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		BN_free(p[i]);
}

static void
test_which_result_stands(void **state)
{
	/* clang-format off */
	static const struct { const char *label; time_t now; uint32_t stands; } rows[] = {
		{ "a.example", 10, 3 }, { "b.example", 10, 1 }, { "c.example", 20, 5 },
		{ "a.example", 20, 3 }, { "c.example", 20, 5 }, { "c.example", 20, 5 },
		{ "a.example", 0, 3 },
	};
	/* clang-format on */
	struct merge m;

	(void)state;
	merge_init(&m);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		merge_add(&m, &(struct merge_result){ .label = str_of(rows[i].label) });
		merge_run(&m, rows[i].now);
	}
	merge_decide(&m);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(m.v[i].stands, rows[i].stands);
	merge_free(&m);
}

/* What a file gave that could not be read to its end is as if it had not been there. */
static void
test_what_is_dropped_does_not_stand(void **state)
{
	struct merge m;

	(void)state;
	merge_init(&m);
	merge_add(&m, &(struct merge_result){ .label = STR("a.example") });
	merge_run(&m, 10);
	merge_add(&m, &(struct merge_result){ .label = STR("b.example") });
	merge_run(&m, 20);
	merge_add(&m, &(struct merge_result){ .label = STR("a.example") });
	merge_drop(&m, 1);
	merge_run(&m, 30);
	merge_add(&m, &(struct merge_result){ .label = STR("a.example") });
	merge_run(&m, 5);
	merge_decide(&m);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.v[0].stands, 0);
	assert_int_equal(m.v[1].stands, 0);
	merge_free(&m);
}

#define FINDING(id, level, rest)                                                                   \
	"{\"id\":\"" id "\",\"level\":\"" level "\",\"subject\":\"x\",\"reason\":\"a reason\","    \
	"\"affects\":\"delivery\",\"fingerprint\":\"0123456789abcdef\"" rest "}"
#define TERM(text, cost, below, rest)                                                              \
	"{\"term\":\"" text "\",\"cost\":" #cost ",\"cost_below\":" #below rest "}"

/* clang-format off */
static const char *const domains[] = {
	"{\"domain\":\"b.example\",\"verdict\":\"error\",\"findings\":["
	FINDING("spf-x", "error", "") "," FINDING("spf-x", "error", "") "," FINDING("note-x", "note", "") "],"
	"\"facts\":{\"spf\":{\"tree\":["
	TERM("include:_SPF.esp.example.", 1, 3, ",\"terms\":[" TERM("include:_a.esp.example", 1, 0, "") "]") ","
	TERM("?include:_spf.esp.example", 1, 3, "") "," TERM("redirect=_all.b.example", 1, 0, "") "]},"
	"\"dkim\":[" KEY("b.example", "s1", MOD("c501")) "]}}",
	"{\"domain\":\"a.example\",\"verdict\":\"warning\",\"findings\":["
	FINDING("dkim-x", "warning", "") "," FINDING("note-x", "note", "") "," FINDING("pass-x", "pass", "") "],"
	"\"facts\":{\"spf\":{\"tree\":["
	TERM("include:_a.esp.example", 1, 1, "") "," TERM("exists:%{i}.esp.example", 1, 0, "") ","
	TERM("include:_dead.esp.example", 1, 0, ",\"dead\":true") "]},"
	"\"dkim\":[" KEY("a.example", "s1", MOD("c501")) "]}}",
	"{\"domain\":\"c.example\",\"verdict\":\"pass\",\"findings\":[],\"facts\":{\"spf\":{\"tree\":["
	TERM("+include:_spf.esp.example", 1, 2, "") "," TERM("include:_dead.esp.example", 1, 0, "") "]},"
	"\"dkim\":[" KEY("c.example", "s1", MOD("c503")) "]}}",
	"{\"addresses\":[\"192.0.2.25\"],\"verdict\":\"error\",\"findings\":[" FINDING("spf-x", "error", "") "]}",
};
/* clang-format on */

static void
compare(const char *file, const struct buf *got)
{
	const char *srcdir = getenv("SRCDIR");
	char path[4096], want[16384];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/vectors/fleet/%s", srcdir != NULL ? srcdir : ".", file);
	if (getenv("REPORT_UPDATE") != NULL) {
		assert_non_null(f = fopen(path, "wb"));
		assert_int_equal(fwrite(got->p, 1, got->n, f), got->n);
		assert_int_equal(fclose(f), 0);
	}
	if ((f = fopen(path, "rb")) == NULL)
		fail_msg("%s is not there", path);
	n = fread(want, 1, sizeof(want), f);
	(void)fclose(f);
	if (got->n != n || memcmp(got->p, want, n) != 0)
		fail_msg("%s: got\n%.*s", file, (int)got->n, got->p);
}

static void
test_fleet(void **state)
{
	struct run_result run = { .domains = 4,
		.domain_verdict = { [LEVEL_ERROR] = 2, [LEVEL_WARNING] = 1, [LEVEL_PASS] = 1 },
		.count = { [LEVEL_NOTE] = 2 } };
	struct report_style style = { .ascii = true };
	struct fleet f = { .files = 2,
		.runs = 3,
		.from = 1795172400,
		.to = 1795258800,
		.replaced = 1,
		.left_out = 2,
		.torn = 1 };
	struct gather g;
	struct json j;
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	for (size_t turn = 0; turn < ARRAY_LEN(domains); turn++) { /* whatever the order */
		gather_init(&g);
		for (size_t i = 0; i < ARRAY_LEN(domains); i++)
			add(&g, domains[(i + turn) % ARRAY_LEN(domains)]);
		gather_finish(&g, &f);
		buf_reset(&b);
		fleet_text(&b, &style, &run, &f);
		compare("fleet.text", &b);
		buf_reset(&b);
		json_init(&j, &b, true);
		json_open(&j, '{');
		fleet_json(&j, &f);
		json_close(&j, '}');
		buf_addc(&b, '\n');
		compare("fleet.part.json", &b);
		gather_free(&g);
	}
	buf_free(&b);
}

/* clang-format off */
static const char hostile[] =
	"{\"domain\":\"a.example\",\"verdict\":\"error\",\"findings\":["
	FINDING("spf-x", "error", ",\"place\":{\"name\":\"a\\\\027.example\",\"type\":\"TXT\","
	"\"text\":\"v=spf1 \\\\027[31m\\\\\\\\ all\",\"offset\":7,\"length\":6,\"file\":\"\\u001b[2J\\u009b.zone\",\"line\":3,\"column\":9},"
	"\"remedy\":{\"text\":\"\\u001b]0;x\\u0007 \\u202e\",\"who\":\"provider\",\"url\":\"https://x.example/\\u001b\",\"changes\":["
	"{\"action\":\"replace\",\"name\":\"a\\\\027.example\",\"type\":\"TXT\",\"ttl\":60,\"old\":\"\\\"\\u001b\\\"\",\"new\":\"\\\"v=spf1 -all\\\"\"},"
	"{\"action\":\"remove\",\"name\":\"b.example\",\"type\":\"CNAME\",\"old\":\"c.example.\\n\"}]}") ","
	FINDING("spf-y", "warning", ",\"place\":{\"name\":\"a.example\",\"type\":\"MX\",\"text\":\"10 mx\",\"offset\":4,\"length\":400}") ","
	FINDING("spf-z", "note", "") "]}";
/* clang-format on */

static void
test_nothing_raw_is_shown(void **state)
{
	json_t *o = json_loads(hostile, JSON_REJECT_DUPLICATES, NULL);
	struct report_style style = { .ascii = true, .notes = true };
	char why[MAX_REREAD_WHY] = "";
	struct told_domain d;
	struct arena a;
	struct buf b;

	(void)state;
	if (!reread_is_domain(o, why))
		fail_msg("%s", why);
	arena_init(&a, 0);
	buf_init(&b, SIZE_MAX);
	told_domain(&a, o, &d);
	told_domain_text(&b, &style, &d, true);
	for (size_t i = 0; i < b.n; i++)
		if (!ascii_isprint(b.p[i]) && b.p[i] != '\n')
			fail_msg("byte %zu is %02x", i, (unsigned)(uint8_t)b.p[i]);
	compare("hostile.text", &b);
	buf_free(&b);
	arena_free(&a);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_keys),
		cmocka_unit_test(test_moduli),
		cmocka_unit_test(test_modulus_bytes),
		cmocka_unit_test(test_shared_factors),
		cmocka_unit_test(test_which_result_stands),
		cmocka_unit_test(test_what_is_dropped_does_not_stand),
		cmocka_unit_test(test_fleet),
		cmocka_unit_test(test_nothing_raw_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
