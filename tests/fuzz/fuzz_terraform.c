/* SPDX-License-Identifier: ISC */
/*
 * fuzz_terraform.c - any bytes as a Terraform plan: see inputs.h.
 */
#include "tests/fuzz/inputs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_zones("plan.json", data, len);
	return 0;
}
