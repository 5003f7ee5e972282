/* SPDX-License-Identifier: ISC */
/*
 * fuzz_signature.c - any text as a DKIM-Signature: what can be used has all that
 * is required and a key that can be asked; what cannot has a fault.
 */
#include <assert.h>
#include "checks/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct header_field f = { .value = { (const char *)data, len } };
	struct signature s;
	struct arena a;

	arena_init(&a, 0);
	signature_parse(&a, &f, &s);
	assert(s.n_faults <= MAX_SIGNATURE_FAULTS && (!s.unusable || s.n_faults > 0));
	if (!s.unusable) {
		assert(s.key_name.n > 0 && name_is_below(&s.identity, &s.domain));
		assert(s.algorithm != SIGN_UNKNOWN && s.b.n > 0 && s.bh.n > 0);
		assert(signature_covers(&s, STR("from")) > 0);
	}
	arena_free(&a);
	return 0;
}
