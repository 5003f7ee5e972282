/* SPDX-License-Identifier: ISC */
/*
 * fuzz_mbox.c - any bytes as an mbox file: the messages stand one behind the other
 * and hold all of it, found in pieces as well as at once; unescaping only takes
 * away; converted line ends hold no bare LF.
 */
#include <assert.h>
#include "audit/mail/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	struct arena a;

	arena_init(&a, 0);
	for (size_t at = 0, end; at < s.n; at += end) {
		struct str rest = str_sub(s, at, s.n);
		size_t sure = 0, whole = 0, half = 1;

		end = mbox_find(rest, 1, true, &whole);
		assert(end > 0 && end <= rest.n &&
		       (end == rest.n || mbox_is_one(str_sub(rest, end, 5))));
		if (mbox_find(str_sub(rest, 0, rest.n / 2), 1, false, &half) == rest.n / 2)
			assert(mbox_find(rest, half > 0 ? half : 1, true, &sure) == end);
		assert(mbox_trim(str_sub(rest, 0, end)).n <= end);
	}
	assert(mbox_unescape(&a, s, false).n <= s.n && mbox_unescape(&a, s, true).n <= s.n);
	assert(!lines_have_bare_lf(lines_to_crlf(&a, s)));
	arena_free(&a);
	return 0;
}
