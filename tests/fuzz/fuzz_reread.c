/* SPDX-License-Identifier: ISC */
/*
 * fuzz_reread.c - any bytes as the output of a check: what is taken for a
 * domain is written as JSON that is taken for one again.
 */
#include <assert.h>
#include "audit/fleet/reread.h"
#include "audit/fleet/told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	json_t *again, *o = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
	char why[MAX_REREAD_WHY];
	struct told_domain d;
	struct arena a;
	struct json j;
	struct buf b;

	buf_init(&b, SIZE_MAX);
	arena_init(&a, 0);
	if (o != NULL && reread_is_domain(o, why)) {
		told_domain(&a, o, &d);
		json_init(&j, &b, true);
		reread_write(&j, o);
		again = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
		assert(d.label.n > 0 && again != NULL && reread_is_domain(again, why));
		json_decref(again);
	}
	json_decref(o);
	arena_free(&a);
	buf_free(&b);
	return 0;
}
