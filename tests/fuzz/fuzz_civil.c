/* SPDX-License-Identifier: ISC */
/*
 * fuzz_civil.c - a time that was taken is one that the calendar has: back and forth it stays.
 */
#include <assert.h>
#include "checks/core/civil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct civil c;
	time_t t = 0;

	if (!time_parse((struct str){ (const char *)data, size }, &t))
		return 0;
	c = civil_of_time(t);
	assert(c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= 31);
	assert(c.hour < 24 && c.minute < 60 && c.second < 60);
	assert(civil_to_time(&c) == t);
	return 0;
}
