/* SPDX-License-Identifier: ISC */
/*
 * fuzz_dmarc.c - any text as a DMARC record: faults lie inside it, what cures
 * one is a record, and no text is a record and a near miss at once.
 */
#include <assert.h>
#include "checks/dmarc_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	struct dmarc_faults fs = { .n = 0 };
	struct dmarc_record r;
	struct arena a;

	arena_init(&a, 0);
	assert(!(dmarc_is_record(s) && dmarc_is_near_miss(s)));
	dmarc_parse(s, &r);
	assert(!r.is_void || r.fallback);
	dmarc_lint(&a, &r, &fs);
	for (size_t i = 0; i < fs.n; i++) {
		struct str w = fs.list[i].what;
		struct str fixed;
		assert(w.n == 0 || (w.p >= s.p && w.p + w.n <= s.p + s.n));
		assert(!dmarc_fix(&a, &r, &fs.list[i], &fixed) || dmarc_is_record(fixed));
	}
	arena_free(&a);
	return 0;
}
