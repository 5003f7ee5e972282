/* SPDX-License-Identifier: ISC */
/*
 * fuzz_dkim.c - any text as a DKIM key record: faults lie inside it, what is said
 * of OpenDKIM is said of each, and a record that was cleaned is sound.
 */
#include <assert.h>
#include "audit/sources/key.h"
#include "checks/opendkim_differs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	struct dkimkey k, again;
	struct arena a;

	arena_init(&a, 0);
	dkimkey_parse(&a, s, &k);
	struct answer *an = key_answer(&(struct question){ .kind = ASK_KEY, .data = k.data });
	if (k.data.n > 0)
		dkimkey_judge(&a, &k, an->key);
	for (size_t i = 0; i < k.n; i++) {
		struct str p = k.faults[i].part;
		assert(p.n == 0 || (p.p >= s.p && p.p + p.n <= s.p + s.n));
		assert(opendkim_differs(&k, &k.faults[i], an->key).n < 100);
	}
	if (k.cleaned.n > 0) {
		dkimkey_parse(&a, k.cleaned, &again);
		assert(again.is_key && !dkimkey_is_broken(&again));
	}
	answer_unref(an);
	arena_free(&a);
	return 0;
}
