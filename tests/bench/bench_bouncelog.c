/* SPDX-License-Identifier: ISC */
/*
 * bench_bouncelog.c - how fast a log is read: input and reader, with nothing
 * behind them that joins or counts.
 *
 * usage: bench_bouncelog LOG; prints "lines events not-understood milliseconds KiB", the
 * last the most memory it had.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "audit/bounce/input.h"
#include "audit/error.h"

struct tally {
	uint64_t fates, bytes;
};

/* What a caller must at least do: look at each fate. */
static void
on_event(void *ctx, struct bounce_event *e)
{
	struct tally *t = ctx;

	t->fates += e->kind <= EVENT_EXPIRED;
	t->bytes += e->reply.n;
}

static double
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int
main(int argc, char **argv)
{
	struct tally t = { 0 };
	struct input_hooks hooks = { .ctx = &t, .event = on_event };
	struct input_options options = { .now = time(NULL) };
	struct input_counts counts;
	struct rusage use;
	const char *path = argc == 2 ? argv[1] : "-";
	double start = now_ms();

	if (input_read(&path, 1, &options, &hooks, &counts) != AUDIT_OK)
		return 1;
	(void)getrusage(RUSAGE_SELF, &use);
	printf("%llu %llu %llu %.1f %ld\n", (unsigned long long)counts.records,
	    (unsigned long long)counts.events, (unsigned long long)counts.not_understood,
	    now_ms() - start, use.ru_maxrss);
	return 0;
}
