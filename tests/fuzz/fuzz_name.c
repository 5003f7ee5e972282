/* SPDX-License-Identifier: ISC */
/*
 * fuzz_name.c - a name taken from text or wire prints as text that reads back as that name.
 */
#include <assert.h>
#include "checks/core/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of every name that was taken. */
static void
check_name(const struct name *n)
{
	struct name back;
	struct buf b;
	size_t pos = 0;

	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, n);
	assert(!b.over && name_parse(buf_str(&b), &back) == NAME_OK && name_eq(n, &back));
	assert(name_from_wire(n->w, n->n, &pos, &back) && pos == n->n && name_eq(n, &back));
	assert(name_cmp(n, &back) == 0 && name_is_below(n, &back));
	assert(name_parent(n, name_labels(n)).n == 1 && name_labels(n) <= MAX_LABELS);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct name n;

	if (name_parse(text, &n) == NAME_OK)
		check_name(&n);
	if (name_parse_raw(text, &n) == NAME_OK)
		check_name(&n);
	for (size_t at = 0, pos = 0; at < size && at < 64; pos = ++at)
		if (name_from_wire(data, size, &pos, &n)) {
			assert(pos > at && pos <= size);
			check_name(&n);
		}
	return 0;
}
