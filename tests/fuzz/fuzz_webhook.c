/* SPDX-License-Identifier: ISC */
/*
 * fuzz_webhook.c - any bytes as JSON events: reading ends, and no event comes
 * from fewer bytes than its shape takes.
 */
#include <assert.h>
#include "audit/bounce/readers.h"
#include "tests/fuzz/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = fuzz_read(&reader_webhook, (struct str){ (const char *)data, size }, false);

	assert(n <= size);
	return 0;
}
