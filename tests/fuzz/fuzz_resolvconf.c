/* SPDX-License-Identifier: ISC */
/*
 * fuzz_resolvconf.c - no text names more servers than there is room for, or one without a port.
 */
#include <assert.h>
#include "audit/sources/resolver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct resolver_options o = { .n_servers = 0 };
	struct resolver_server one;

	resolver_conf_parse(text, &o);
	assert(o.n_servers <= MAX_RESOLVER_SERVERS);
	for (size_t i = 0; i < o.n_servers; i++)
		assert(o.servers[i].port == 53);
	if (resolver_parse_server(text, &one))
		assert(one.port != 0);
	return 0;
}
