/* SPDX-License-Identifier: ISC */
/*
 * fuzz_header.c - any bytes as a message: names and values lie inside it, in its
 * order, a value never reaches into the next field or the body.
 */
#include <assert.h>
#include "checks/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	const char *from = s.p;
	struct header h;
	struct arena a;

	arena_init(&a, 0);
	header_parse(&a, s, &h);
	for (size_t i = 0; i < h.n; i++) {
		assert(h.fields[i].name.n > 0 && h.fields[i].name.p == s.p + h.fields[i].offset);
		assert(h.fields[i].name.p >= from && h.fields[i].value.p > h.fields[i].name.p);
		from = h.fields[i].value.p + h.fields[i].value.n;
		assert(header_unfold(&a, h.fields[i].value).n <= h.fields[i].value.n);
	}
	assert(
	    from <= h.body.p && h.body.p + h.body.n == s.p + s.n && (!h.no_end || h.body.n == 0));
	arena_free(&a);
	return 0;
}
