/* SPDX-License-Identifier: ISC */
/*
 * fuzz_key.c - any bytes as a public key: an answer whose modulus is as long as
 * its bits say.
 */
#include <assert.h>
#include "audit/sources/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct question q = { .kind = ASK_KEY, .data = { (const char *)data, len } };
	struct answer *a = key_answer(&q);

	if (a->status == ANSWER_FOUND && a->key->type == KEY_TYPE_RSA) {
		assert(a->key->modulus.n == (a->key->bits + 7) / 8);
		assert(a->key->form != KEY_UNREADABLE && a->key->form != KEY_RAW);
	}
	answer_unref(a);
	return 0;
}
