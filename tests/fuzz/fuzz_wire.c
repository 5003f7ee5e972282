/* SPDX-License-Identifier: ISC */
/*
 * fuzz_wire.c - any bytes as the response to the question they hold: one
 * outcome, and an answer that says "found" holds a record or an alias.
 */
#include <stdlib.h>

#include "audit/sources/reply.h"
#include "audit/sources/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena scratch;
	struct question q = { .kind = ASK_DNS };
	size_t pos = WIRE_HEADER;
	struct reply_context c = { .q = &q, .edns = true, .scratch = &scratch };
	struct reply r;

	if (size > MAX_WIRE_MESSAGE || !name_from_wire(data, size, &pos, &q.name) || size - pos < 2)
		return 0;
	q.type = (uint16_t)(data[pos] << 8 | data[pos + 1]);
	arena_init(&scratch, 0);
	reply_read(&c, data, size, &r);
	if ((r.kind == REPLY_ANSWER) != (r.answer != NULL))
		abort();
	for (size_t i = 0; r.answer != NULL && i < r.answer->n_rr; i++)
		if (!rr_data_ok(r.answer->rr[i].type, r.answer->rr[i].data))
			abort();
	if (r.answer != NULL && r.answer->status == ANSWER_FOUND &&
	    r.answer->n_rr + r.answer->n_chain == 0)
		abort();
	answer_unref(r.answer);
	arena_free(&scratch);
	return 0;
}
