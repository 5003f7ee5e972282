/* SPDX-License-Identifier: ISC */
/*
 * fuzz_baseline.c - what is read of a baseline is written so that it reads the same.
 */
#include <assert.h>
#include <stdint.h>
#include "audit/error.h"
#include "audit/gate/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct baseline_error error = { .line = 0 };
	struct baseline a, b;
	struct buf out;

	baseline_init(&a);
	baseline_init(&b);
	buf_init(&out, MAX_BASELINE_BYTES);
	if (baseline_parse(&a, (struct str){ (const char *)data, size }, &error) == AUDIT_OK) {
		for (size_t i = 0; i < a.n; i++) {
			const struct waiver *w = &a.lines[i].waiver;
			struct finding f = { .id = RULE_SPF_NONE };
			struct judged g = { .f = &f };

			assert(rule_find(w->rule, &f.id) && w->reason.n > 0);
			memcpy(g.fingerprint, w->fingerprint, sizeof(g.fingerprint));
			baseline_add(&out, &w->domain, &g, w, STR(""));
		}
		assert(out.over || baseline_parse(&b, buf_str(&out), &error) == AUDIT_OK);
		assert(out.over || a.n == b.n);
	} else
		assert(error.line > 0 && error.why != NULL);
	baseline_free(&a);
	baseline_free(&b);
	buf_free(&out);
	return 0;
}
