/* SPDX-License-Identifier: ISC */
/*
 * fuzz_received.c - any text as a Received field: an address needs a from
 * clause, HELO is no literal.
 */
#include <assert.h>
#include "checks/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct received r;
	struct arena a;

	arena_init(&a, 0);
	received_parse(&a, (struct str){ (const char *)data, len }, &r);
	assert(r.has_from || (!r.has_ip && r.helo.n == 0));
	assert(r.helo.n == 0 || r.helo.p[0] != '[');
	assert(r.helo.n <= len);
	arena_free(&a);
	return 0;
}
