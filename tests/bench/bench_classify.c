/* SPDX-License-Identifier: ISC */
/*
 * bench_classify.c - how fast refusals are told apart: the samples of all rows,
 * with another address and id in each, with the cache cold and warm.
 *
 * usage: bench_classify; prints "name ops ns/op" twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "audit/bounce/signature.h"
#include "checks/core/arena.h"

#define ROUNDS 20

static double
now_ns(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Classify each sample once, told apart from other rounds by ROUND; returns how many. */
static size_t
run(struct classifier *c, struct arena *a, unsigned round)
{
	static const struct signature_table *const tables[] = { &signatures_provider,
		&signatures_software, &signatures_code, &signatures_word, &signatures_last };
	struct classify_context x = { .out = true };
	struct classified k;
	struct reply r;
	char text[1024];
	size_t n = 0;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++, n++) {
			(void)snprintf(text, sizeof(text), "%s <u%u@example.com> [192.0.2.%u]",
			    tables[t]->rows[i].sample, round, round % 250);
			arena_reset(a);
			reply_parse(a, str_of(text), &r);
			classify(c, &r, &x, &k);
		}
	return n;
}

int
main(void)
{
	struct classifier *c;
	struct arena a;
	size_t bad, n = 0;
	double start, cold = 0;

	arena_init(&a, 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		c = classifier_new(NULL, 0, &bad);
		start = now_ns();
		n += run(c, &a, i);
		cold += now_ns() - start;
		if (i + 1 < ROUNDS)
			classifier_free(c);
	}
	printf("classify-cold %zu %.0f\n", n, cold / (double)n);
	start = now_ns();
	for (n = 0; n < (size_t)1500 * ROUNDS;)
		n += run(c, &a, (unsigned)n);
	printf("classify-warm %zu %.0f\n", n, (now_ns() - start) / (double)n);
	classifier_free(c);
	arena_free(&a);
	return 0;
}
