/* SPDX-License-Identifier: ISC */
/*
 * fuzz_addr.c - an address that was taken prints as text that reads back as that address.
 */
#include <assert.h>
#include "checks/core/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct addr a, back, plain;
	struct name name;
	struct buf b;

	if (addr_parse((struct str){ (const char *)data, size }, &a) != ADDR_OK)
		return 0;
	buf_init(&b, 39); /* eight groups of four and seven colons */
	addr_print(&b, &a);
	assert(!b.over);
	assert(addr_parse(buf_str(&b), &back) == ADDR_OK && addr_eq(&a, &back));
	plain = addr_unmap(&a);
	assert(plain.v6 == a.v6 || a.b[10] == 0xff);
	assert(prefix_has(&(struct prefix){ a, a.v6 ? 128 : 32 }, &back));
	assert(addr_space_name(addr_space(&a)) != NULL);
	name = addr_ptr_name(&a);
	assert(name_labels(&name) == (a.v6 ? 34 : 6));
	buf_free(&b);
	return 0;
}
