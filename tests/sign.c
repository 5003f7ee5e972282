/* SPDX-License-Identifier: ISC */
/*
 * sign.c - make keys and signed messages for tests that are scripts.
 *
 * sign KEY BITS                   a new RSA key into the file KEY, in the place of
 *                                 what it holds; prints the rdata of its TXT record
 * sign KEY DOMAIN SELECTOR TIME   standard input, with a signature of TIME (t=) on
 *                                 top, to standard output; its lines end in LF, and
 *                                 are signed as if they ended in CRLF
 */
#include <stdio.h>
#include <stdlib.h>
#include "audit/mail/mbox.h"
#include "checks/core/buf.h"
#include "checks/core/rr.h"
#include "tests/signing.h"

#define MAX_INPUT ((size_t)32 << 20)

static struct str
read_all(struct arena *a, FILE *in)
{
	struct buf b;
	struct str out;
	int c;

	buf_init(&b, MAX_INPUT);
	while ((c = getc(in)) != EOF)
		buf_addc(&b, (char)c);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static int
new_key(struct arena *a, const char *file, const char *bits)
{
	uint32_t n = 0;
	struct signing_key s;
	struct buf b;
	FILE *to;

	if (!parse_u32(str_of(bits), 16384, &n) || (to = fopen(file, "w")) == NULL)
		return 1;
	s = signing_new(a, n);
	buf_init(&b, 1 << 16);
	txt_print(&b, s.record);
	(void)fwrite(s.pem.p, 1, s.pem.n, to);
	printf("%.*s\n", (int)b.n, b.p);
	buf_free(&b);
	return fclose(to);
}

static int
sign(struct arena *a, char **argv)
{
	FILE *from = fopen(argv[1], "r");
	struct sign_options o = { .domain = argv[2], .selector = argv[3] };
	uint32_t t = 0;
	struct signing_key s;
	struct str text;

	if (from == NULL || !parse_u32(str_of(argv[4]), UINT32_MAX, &t))
		return 1;
	o.time = t;
	s = signing_read(a, read_all(a, from));
	(void)fclose(from);
	text = signing_sign(a, &s, &o, lines_to_crlf(a, read_all(a, stdin)));
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r')
			(void)putchar(text.p[i]);
	return fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct arena a;
	int rc = 1;

	arena_init(&a, 0);
	if (argc == 3)
		rc = new_key(&a, argv[1], argv[2]);
	else if (argc == 5)
		rc = sign(&a, argv);
	else
		fprintf(stderr, "usage: sign KEY BITS                   makes a key and overwrites "
				"the file KEY\n"
				"       sign KEY DOMAIN SELECTOR TIME   signs standard input\n");
	arena_free(&a);
	return rc;
}
