/* SPDX-License-Identifier: ISC */
/*
 * fuzz_classify.c - any reply has a mechanism, and the same one when it is
 * asked again out of the cache.
 */
#include <assert.h>
#include "audit/bounce/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct classifier *c;
	struct classify_context x = { .out = true };
	struct classified one, two;
	struct arena a;
	struct reply r;
	size_t bad;

	if (c == NULL)
		c = classifier_new(NULL, 0, &bad);
	arena_init(&a, 0);
	reply_parse(&a, (struct str){ (const char *)data, len }, &r);
	classify(c, &r, &x, &one);
	classify(c, &r, &x, &two);
	assert(one.mechanism == two.mechanism && one.signature == two.signature);
	assert(one.mechanism < MECH_COUNT && one.lifted.domain.n <= r.text.n);
	arena_free(&a);
	return 0;
}
