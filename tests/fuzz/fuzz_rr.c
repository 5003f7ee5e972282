/* SPDX-License-Identifier: ISC */
/*
 * fuzz_rr.c - two bytes of type, then rdata: what is well-formed prints as
 * ASCII, is read without leaving it, and packs into an answer.
 */
#include <assert.h>
#include "checks/core/answer.h"
#include "checks/core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of a record that was taken. */
static void
check_rr(const struct rr *rr)
{
	struct name n;
	struct addr a;
	struct buf b;

	buf_init(&b, (size_t)1 << 20);
	rr_print(&b, rr);
	assert(!b.over && b.n > 0);
	for (size_t i = 0; i < b.n; i++)
		assert(b.p[i] >= 0x20 && b.p[i] < 0x7f);
	(void)rr_addr(rr, &a);
	(void)rr_target(rr, &n);
	assert(rr->text.n <= rr->data.n && (rr_preference(rr) == 0 || rr->type == RR_MX));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct question q = { .kind = ASK_DNS };
	struct answer_draft d;
	struct arena scratch;
	struct answer *a;

	if (size < 2)
		return 0;
	q.type = (uint16_t)(data[0] << 8 | data[1]);
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, &q, ANSWER_FOUND);
	if (draft_add_rr(&d, q.type, 1, (struct str){ (const char *)data + 2, size - 2 }) != NULL) {
		a = answer_finish(&d);
		check_rr(&a->rr[0]);
		answer_unref(a);
	}
	arena_free(&scratch);
	return 0;
}
