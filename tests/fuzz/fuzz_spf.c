/* SPDX-License-Identifier: ISC */
/*
 * fuzz_spf.c - the SPF record parser: all it says lies inside the text, and
 * what it took for a good term is one when it stands alone.
 */
#include <assert.h>
#include "checks/spf_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = { (const char *)data, len }, version = str_sub(text, 0, 6);
	struct spf_record r;
	struct arena a;
	if (!str_ieq(version, STR("v=spf1")))
		return 0;
	arena_init(&a, 0);
	spf_record_parse(&a, text, &r);
	for (size_t i = 0; i < r.n_faults; i++)
		assert(r.faults[i].length > 0 && r.faults[i].offset + r.faults[i].length <= len);
	for (size_t i = 0; i < r.n_terms; i++) {
		struct spf_fault f;
		struct spf_term t;
		assert(r.terms[i].kind == TERM_BAD || spf_term_parse(r.terms[i].text, &t, &f) ||
		       f.kind == FAULT_NAME);
	}
	arena_free(&a);
	return 0;
}
