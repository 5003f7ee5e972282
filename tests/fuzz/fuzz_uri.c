/* SPDX-License-Identifier: ISC */
/*
 * fuzz_uri.c - any text as a list of report addresses: views lie inside it, an
 * address without fault has a scheme, and mailto: a host.
 */
#include <assert.h>
#include "checks/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	struct report_uri u;
	size_t pos = 0, n = 0;

	while (uri_next(s, &pos, &u)) {
		assert(u.all.n == 0 || (u.all.p >= s.p && u.all.p + u.all.n <= s.p + s.n));
		assert(u.bad.n == 0 || (u.bad.p >= s.p && u.bad.p + u.bad.n <= s.p + s.n));
		assert(u.fault != URI_OK || u.scheme.n > 0);
		assert((u.host.n > 0) == (u.fault == URI_OK && u.is_mailto));
		assert(++n <= len + 1);
	}
	return 0;
}
