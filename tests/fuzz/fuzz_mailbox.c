/* SPDX-License-Identifier: ISC */
/*
 * fuzz_mailbox.c - any text as addresses: a domain that was read is a name, and
 * what was read parses again to the same address.
 */
#include <assert.h>
#include "checks/mailbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str s = { (const char *)data, len };
	struct mailboxes list, again;
	struct arena a;

	arena_init(&a, 0);
	mailboxes_parse(&a, s, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct mailbox *m = &list.list[i];

		assert(m->name.n > 0 || m->domain.p[0] == '[');
		mailboxes_parse(&a, m->address, &again);
		assert(again.n == 1 && str_eq(again.list[0].domain, m->domain));
	}
	arena_free(&a);
	return 0;
}
