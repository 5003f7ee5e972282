/* SPDX-License-Identifier: ISC */
/*
 * bench_message.c - the bare library on the messages of an mbox file, each with
 * the same key: what `mailvet message` is held against.
 *
 * bench_message MBOX RECORD prints how many messages passed and how many
 * milliseconds that took, reading the file included.
 */
#define _DEFAULT_SOURCE /* u_char, in the library's header */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#include <dkim.h>

#include "audit/mail/mailfile.h"
#include "audit/mail/mbox.h"
#include "checks/core/arena.h"

static const char *record;

static double
now_ms(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
}

static DKIM_CBSTAT
give_key(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t room)
{
	(void)dkim;
	(void)sig;
	(void)snprintf((char *)buf, room, "%s", record);
	return DKIM_CBSTAT_CONTINUE;
}

static bool
passes(DKIM_LIB *lib, struct str text)
{
	DKIM_STAT st = DKIM_STAT_OK;
	DKIM *d = dkim_verify(lib, (const unsigned char *)"bench", NULL, &st);

	if (d == NULL)
		return false;
	st = dkim_chunk(d, (u_char *)(uintptr_t)text.p, text.n);
	if (st == DKIM_STAT_OK)
		st = dkim_chunk(d, NULL, 0);
	st = dkim_eom(d, NULL);
	(void)dkim_free(d);
	return st == DKIM_STAT_OK;
}

int
main(int argc, char **argv)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	double begun = now_ms();
	struct mailfile files;
	struct arena a;
	struct mail mail;
	size_t n = 0;

	if (argc != 3 || lib == NULL)
		return 1;
	record = argv[2];
	(void)dkim_set_key_lookup(lib, give_key);
	arena_init(&a, 0);
	mailfile_init(&files, &argv[1], 1);
	while (mailfile_next(&files, &mail)) {
		n += passes(lib, lines_to_crlf(&a, mail.text));
		arena_reset(&a);
	}
	printf("%zu %.1f\n", n, now_ms() - begun);
	mailfile_free(&files);
	arena_free(&a);
	dkim_close(lib);
	return 0;
}
