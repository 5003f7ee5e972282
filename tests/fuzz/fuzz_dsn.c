/* SPDX-License-Identifier: ISC */
/*
 * fuzz_dsn.c - any bytes as a bounce message or feedback report: reading ends,
 * and no event comes from less than a byte.
 */
#include <assert.h>
#include "audit/bounce/readers.h"
#include "tests/fuzz/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = fuzz_read(&reader_dsn, (struct str){ (const char *)data, size }, false);

	assert(n <= size);
	return 0;
}
