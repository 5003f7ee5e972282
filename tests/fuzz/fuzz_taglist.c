/* SPDX-License-Identifier: ISC */
/*
 * fuzz_taglist.c - a walk goes forward to an end, and its views stay inside the text.
 */
#include <assert.h>
#include <stdint.h>
#include "checks/core/taglist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(struct str part, struct str whole)
{
	assert((uintptr_t)part.p >= (uintptr_t)whole.p);
	assert((uintptr_t)part.p + part.n <= (uintptr_t)whole.p + whole.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, element;
	size_t n = 0, last = 0;
	struct tag t, found;

	for (size_t pos = 0; tag_next(text, &pos, &t); last = pos, n++) {
		assert(pos > last && pos <= size && n < MAX_TAGS);
		check_inside(t.all, text);
		check_inside(t.name, t.all);
		check_inside(t.value, t.all);
		if (t.fault != TAG_OK)
			continue;
		/* A good tag is good alone, and is found by its name. */
		assert(tag_find(t.all, t.name, &found) && str_eq(found.value, t.value));
		assert(tag_find(text, t.name, &found) && found.all.p <= t.all.p);
	}
	for (size_t pos = 0; list_next(text, ':', &pos, &element);)
		check_inside(element, text);
	return 0;
}
