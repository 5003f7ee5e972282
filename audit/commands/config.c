/* SPDX-License-Identifier: ISC */
/*
 * config.c - `mailvet config`: whether a configuration is well-formed, and which
 * keys there are.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "audit/commands/commands.h"
#include "audit/config/config.h"
#include "audit/error.h"

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: mailvet config --check [FILE]\n"
		    "       mailvet config --keys\n\n"
		    "  --check    whether FILE (" CONFIG_DEFAULT_FILE ") is a configuration\n"
		    "  --keys     the keys that one may have, and what each wants\n"
		    "  --help     this list\n"
		    "\nExit status: 0 it is, 2 it is not, or cannot be read.\n");
}

static int
check(const char *path)
{
	struct config c;
	int rc = config_check(&c, path, time(NULL));

	if (rc == AUDIT_OK)
		printf("ok: %zu domain%s, %zu sender%s\n", c.n_domains, c.n_domains == 1 ? "" : "s",
		    c.n_senders, c.n_senders == 1 ? "" : "s");
	config_free(&c);
	return rc == AUDIT_OK ? 0 : 2;
}

static int
print_keys(void)
{
	struct buf b;

	buf_init(&b, (size_t)1 << 16);
	config_keys(&b);
	(void)fwrite(b.p, 1, b.n, stdout); /* main() looks whether it arrived */
	buf_free(&b);
	return 0;
}

int
command_config(int argc, char **argv)
{
	if (argc == 1 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) {
		print_usage(stdout);
		return 0;
	}
	if (argc == 1 && strcmp(argv[0], "--keys") == 0)
		return print_keys();
	if (argc >= 1 && argc <= 2 && strcmp(argv[0], "--check") == 0 &&
	    (argc == 1 || argv[1][0] != '-'))
		return check(argc == 2 ? argv[1] : CONFIG_DEFAULT_FILE);
	print_usage(stderr);
	return 2;
}
