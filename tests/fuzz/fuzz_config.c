/* SPDX-License-Identifier: ISC */
/*
 * fuzz_config.c - whatever the bytes, a configuration is refused at places inside
 * it, or its domains are sorted, each there once, and found.
 */
#include <assert.h>
#include "audit/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct faults fs;
	struct config c;
	int rc = config_parse(&c, (struct str){ (const char *)data, len }, &fs);

	assert((rc == 0) == (fs.n == 0));
	for (size_t i = 0; i < fs.n; i++)
		assert(fs.v[i].line <= len + 1 && fs.v[i].column <= len + 1);
	for (size_t i = 0; rc == 0 && i < c.n_domains; i++)
		assert(config_domain(&c, &c.domains[i].name) == &c.domains[i]);
	config_free(&c);
	return 0;
}
