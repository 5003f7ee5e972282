/* SPDX-License-Identifier: ISC */
/*
 * fuzz_replay.c - any bytes as a recording: what is taken answers, and nothing
 * found is empty.
 */
#include <assert.h>
#include "audit/sources/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ticket t = { .q = { .kind = ASK_DNS, .type = RR_TXT } };
	struct answer *a = NULL;
	struct source *s;
	time_t now;

	if (recording_read("x", (struct str){ (const char *)data, size }, &s, &now) != 0)
		return 0;
	if (name_parse(STR("example.com"), &t.q.name) == NAME_OK &&
	    s->ops->ask(s, &t, &a) == SOURCE_ANSWERED) {
		assert((a->status == ANSWER_FOUND) == (a->n_rr > 0));
		assert((a->status == ANSWER_FAILED) == (a->cause != CAUSE_NONE));
		answer_unref(a);
	}
	s->ops->free(s);
	return 0;
}
