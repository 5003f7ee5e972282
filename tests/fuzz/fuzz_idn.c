/* SPDX-License-Identifier: ISC */
/*
 * fuzz_idn.c - a domain that was taken is a name, and is taken again as it prints.
 */
#include <assert.h>
#include "audit/idn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name n, back;
	struct buf b;

	if (idn_parse((struct str){ (const char *)data, size }, &n) != NULL) {
		assert(n.n == 0 || n.n <= MAX_NAME_WIRE);
		return 0;
	}
	assert(name_is_set(&n));
	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, &n);
	assert(name_parse(buf_str(&b), &back) == NAME_OK && name_eq(&n, &back));
	buf_free(&b);
	return 0;
}
