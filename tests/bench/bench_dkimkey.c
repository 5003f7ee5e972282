/* SPDX-License-Identifier: ISC */
/*
 * bench_dkimkey.c - key records linted in a second, by form, and the ratio to
 * what OpenSSL alone takes to read the commonest.
 *
 * A record is read, its key taken apart and tested for weaknesses, and judged, as
 * an audit does it but for the questions.  No network, no file.
 */
#include <stdio.h>
#include <time.h>
#include <openssl/x509.h>
#include "audit/sources/key.h"
#include "checks/dkim_record.h"
#include "tests/sample_keys.h"

#define SECONDS 0.5

/* clang-format off */
static const struct {
	const char *name;
	struct str record;
} rows[] = {
	{ "rsa-2048", { "v=DKIM1; k=rsa; p=" RSA_2048, sizeof("v=DKIM1; k=rsa; p=" RSA_2048) - 1 } },
	{ "rsa-1024", { "v=DKIM1; k=rsa; p=" RSA_1024, sizeof("v=DKIM1; k=rsa; p=" RSA_1024) - 1 } },
	{ "pkcs1-2048", { "v=DKIM1; p=" PKCS1_2048, sizeof("v=DKIM1; p=" PKCS1_2048) - 1 } },
	{ "ed25519", { "v=DKIM1; k=ed25519; p=" ED25519_RAW, sizeof("v=DKIM1; k=ed25519; p=" ED25519_RAW) - 1 } },
	{ "quoted", { "\"v=DKIM1; k=rsa; p=" RSA_2048 "\"", sizeof("\"v=DKIM1; k=rsa; p=" RSA_2048 "\"") - 1 } },
};
/* clang-format on */

static double
now_s(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
lint(struct arena *a, struct str text)
{
	struct dkimkey k;
	struct answer *an;

	arena_reset(a);
	dkimkey_parse(a, text, &k);
	an = key_answer(
	    &(struct question){ .kind = ASK_KEY, .type = (uint16_t)k.type, .data = k.data });
	dkimkey_judge(a, &k, an->key);
	answer_unref(an);
}

/* The reference: OpenSSL alone, from DER to a key. */
static void
read_alone(struct arena *a, struct str text)
{
	struct dkimkey k;
	const uint8_t *at;

	arena_reset(a);
	dkimkey_parse(a, text, &k);
	at = (const uint8_t *)k.data.p;
	EVP_PKEY_free(d2i_PUBKEY(NULL, &at, (long)k.data.n));
}

static double
measure(void (*work)(struct arena *, struct str), struct arena *a, struct str record)
{
	double start = now_s(), took = 0;
	size_t n = 0;

	for (; took < SECONDS; took = now_s() - start)
		for (size_t k = 0; k < 100; k++, n++)
			work(a, record);
	return (double)n / took;
}

int
main(void)
{
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double rate = measure(lint, &a, rows[i].record);

		printf("key record %-12s %8.0f /s  %6.0f ns/op\n", rows[i].name, rate, 1e9 / rate);
		if (i == 0)
			printf("key record: ratio %.2f of reading the key by OpenSSL alone\n",
			    rate / measure(read_alone, &a, rows[i].record));
	}
	arena_free(&a);
	return 0;
}
