/* SPDX-License-Identifier: ISC */
/*
 * fuzz_receiver.c - any bytes as the messages to and from the process of libspf2:
 * a reply that is taken is read again as it is written, and the library survives a question.
 */
#include <stdlib.h>
#include "audit/sources/receiver_libspf2.h"
#include "checks/core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct libspf2 *l;
	struct receiver_reply reply, again;
	struct receiver_case c;
	char out[MAX_RECEIVER_REPLY];
	struct arena a;

	if (l == NULL)
		l = libspf2_open(true);
	arena_init(&a, 0);
	if (receiver_reply_parse((const char *)data, len, &reply) &&
	    (receiver_reply_put(&reply, out) != len || !receiver_reply_parse(out, len, &again) ||
		again.word != reply.word || !name_eq(&again.facts.missing, &reply.facts.missing)))
		abort();
	if (len <= MAX_RECEIVER_DATA && receiver_case_parse(&a, (const char *)data, len, &c))
		libspf2_ask(l, &a, &c, &reply);
	arena_free(&a);
	return 0;
}
