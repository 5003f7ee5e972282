/* SPDX-License-Identifier: ISC */
/*
 * fuzz_accounting.c - any lines as an accounting file of PowerMTA and a
 * tracking log of Exchange, whichever its first byte says.
 */
#include <assert.h>
#include "audit/bounce/readers.h"
#include "tests/fuzz/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct reader *r = size > 0 && data[0] == 't' ? &reader_pmta : &reader_exchange;

	assert(fuzz_read(r, (struct str){ (const char *)data, size }, true) <= size);
	return 0;
}
