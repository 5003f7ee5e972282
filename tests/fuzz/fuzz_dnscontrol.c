/* SPDX-License-Identifier: ISC */
/*
 * fuzz_dnscontrol.c - any bytes as what dnscontrol print-ir prints: see inputs.h.
 */
#include "tests/fuzz/inputs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_zones("ir.json", data, len);
	return 0;
}
