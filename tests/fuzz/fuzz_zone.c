/* SPDX-License-Identifier: ISC */
/*
 * fuzz_zone.c - any bytes as a zone file: its records are answered, and its
 * faults stand inside it.
 */
#include "audit/sources/zonefile.h"
#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ticket t = { .q = { .kind = ASK_ZONE } };
	struct source *s = zonefile_new();
	struct answer *a;

	if (name_parse(STR("example.com"), &t.q.name) == NAME_OK &&
	    zonefile_load_text(s, "example.com.zone", (struct str){ (const char *)data, len }) ==
		0 &&
	    s->ops->ask(s, &t, &a) == SOURCE_ANSWERED) {
		for (size_t i = 0; i < a->n_faults; i++)
			assert(a->faults[i].line <= len + 1 && a->faults[i].column <= len + 1);
		answer_unref(a);
		t.q = question_dns(&t.q.name, RR_TXT);
		if (s->ops->ask(s, &t, &a) == SOURCE_ANSWERED)
			answer_unref(a);
	}
	s->ops->free(s);
	return 0;
}
