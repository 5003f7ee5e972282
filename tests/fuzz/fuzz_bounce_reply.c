/* SPDX-License-Identifier: ISC */
/*
 * fuzz_bounce_reply.c - any bytes as a reply: the text is no longer than what
 * it came from, and codes are such as RFC 3463 and RFC 5321 have.
 */
#include <assert.h>
#include "audit/bounce/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str raw = { (const char *)data, len };
	struct arena a;
	struct reply r;

	arena_init(&a, 0);
	reply_parse(&a, raw, &r);
	assert(r.text.n <= len && r.code < 600 && r.cut == (len > MAX_REPLY_TEXT));
	assert(r.enhanced.subject <= 999 && r.enhanced.detail <= 999);
	assert(r.host.n <= len && r.ip.n <= len);
	assert(reply_mask(&a, r.text).n <= 6 * r.text.n);
	arena_free(&a);
	return 0;
}
