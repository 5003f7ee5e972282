/* SPDX-License-Identifier: ISC */
/*
 * fuzz_octodns.c - any bytes as octoDNS YAML: see inputs.h.
 */
#include "tests/fuzz/inputs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_zones("example.com.yaml", data, len);
	return 0;
}
