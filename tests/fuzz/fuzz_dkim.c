/* SPDX-License-Identifier: ISC */
/*
 * fuzz_dkim.c - any text as a DKIM key record: faults lie inside it, and a
 * record that was cleaned is sound.
 */
#include <assert.h>
#include "checks/dkim_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	struct dkimkey k, again;
	struct arena a;

	arena_init(&a, 0);
	dkimkey_parse(&a, s, &k);
	for (size_t i = 0; i < k.n; i++) {
		struct str p = k.faults[i].part;
		assert(p.n == 0 || (p.p >= s.p && p.p + p.n <= s.p + s.n));
	}
	if (k.cleaned.n > 0) {
		dkimkey_parse(&a, k.cleaned, &again);
		assert(again.is_key && !dkimkey_is_broken(&again));
	}
	arena_free(&a);
	return 0;
}
