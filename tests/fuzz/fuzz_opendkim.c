/* SPDX-License-Identifier: ISC */
/*
 * fuzz_opendkim.c - any bytes as a key record (the first line) and a message: an
 * answer comes, and only what was verified passes.
 */
#include <assert.h>
#include "audit/sources/opendkim.h"
#include "checks/signature.h"
#include "checks/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct answer *
ask_source(void *ctx, const struct question *q)
{
	return opendkim_answer(ctx, q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct source *source;
	struct str s = { (const char *)data, len };
	struct rr rr = { .type = RR_TXT, .text = str_sub(s, 0, str_find(s, 0, '\n')) };
	struct answer key = { .refs = 1, .status = ANSWER_FOUND, .rr = &rr, .n_rr = 1 };
	struct verify_key keys[] = { { 0, &key }, { 1, &key } };
	const struct answer *a;
	struct inquiry q;
	struct arena arena;

	source = source != NULL ? source : opendkim_new();
	arena_init(&arena, 0);
	inquiry_init(&q, ask_source, source, &arena);
	inquiry_begin(&q);
	a = ask_verify(&q, str_sub(s, rr.text.n + 1, s.n), keys, 2);
	assert(a->status == ANSWER_FAILED || a->verify->n <= MAX_SIGNATURES);
	for (size_t i = 0; a->status == ANSWER_FOUND && i < a->verify->n; i++)
		assert(!a->verify->v[i].pass ||
		       (a->verify->v[i].header_ok && a->verify->v[i].body_ok));
	inquiry_free(&q);
	arena_free(&arena);
	return 0;
}
