/* SPDX-License-Identifier: ISC */
/*
 * fuzz_aggregate.c - any bytes as the XML of a report: what is read of it is within
 * its bounds, and all words are those that the header names.
 */
#include <assert.h>
#include "audit/aggregate/aggregate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct aggregate_refusal why = { .why = NULL };
	struct aggregate_report r;
	struct arena a;

	arena_init(&a, 0);
	bool good = aggregate_parse(&a, (struct str){ (const char *)data, len }, &r, &why);
	assert(good == (why.why == NULL) && (r.n_bad == 0) == (r.bad_why == NULL));
	for (size_t i = 0; good && i < r.n_rows; i++) {
		assert(r.rows[i].count > 0 && r.rows[i].count <= MAX_AGGREGATE_COUNT);
		assert(name_is_set(&r.rows[i].from) && r.rows[i].disposition != NULL);
		for (size_t k = 0; k < r.rows[i].n_dkim; k++)
			assert(r.rows[i].dkim[k].domain.n <= MAX_AGGREGATE_TEXT);
	}
	arena_free(&a);
	return 0;
}
