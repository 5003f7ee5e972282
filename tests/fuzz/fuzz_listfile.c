/* SPDX-License-Identifier: ISC */
/*
 * fuzz_listfile.c - any bytes as a file of block lists: refused at a place
 * inside it, or lists that have a zone, a kind and ordered codes.
 */
#include <assert.h>
#include "audit/listfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct dnsbl_list *l;
	struct listfile_error e;
	struct arena a;
	size_t n = 0;

	arena_init(&a, 0);
	if (listfile_parse(&a, (struct str){ (const char *)data, len }, &l, &n, &e) != 0)
		assert(e.line <= len && e.column <= len + 1);
	else
		for (size_t i = 0; i < n; i++) {
			assert(l[i].zone[0] != '\0' && l[i].kind != 0);
			for (size_t c = 0; c < MAX_LIST_CODES && l[i].codes[c].meaning; c++)
				assert(l[i].codes[c].first <= l[i].codes[c].last);
		}
	arena_free(&a);
	return 0;
}
