/* SPDX-License-Identifier: ISC */
/*
 * progress.c - a line that is written over, five times a second at most.
 */
#include "audit/progress.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_S 0.2
#define FEW 2 /* so few domains need no line */

static double
seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void
progress_init(struct progress *p, enum option_when when, size_t total)
{
	*p = (struct progress){ .total = total };
	p->on = when == WHEN_ALWAYS ||
		(when == WHEN_AUTO && isatty(STDERR_FILENO) != 0 && (total == 0 || total > FEW));
	p->begun_s = seconds();
}

static void
draw(struct progress *p)
{
	double s = seconds(), rate;

	if (s - p->last_s < REDRAW_S)
		return;
	p->last_s = s;
	rate = s > p->begun_s ? (double)p->done / (s - p->begun_s) : 0;
	fprintf(stderr, "\r\033[K%zu", p->done);
	if (p->total > 0)
		fprintf(stderr, " of %zu", p->total);
	fprintf(stderr, " domains, %.0f/s: %zu error, %zu unknown, %zu warning, %zu clean", rate,
	    p->by_verdict[LEVEL_ERROR], p->by_verdict[LEVEL_UNKNOWN], p->by_verdict[LEVEL_WARNING],
	    p->by_verdict[LEVEL_NOTE] + p->by_verdict[LEVEL_PASS]);
	if (p->total > p->done && rate > 0)
		fprintf(stderr, ", %.0f s left", (double)(p->total - p->done) / rate);
	(void)fflush(stderr);
	p->shown = true;
}

void
progress_started(struct progress *p)
{
	p->started++;
}

void
progress_done(struct progress *p, enum rule_level verdict)
{
	p->done++;
	p->by_verdict[verdict]++;
	if (p->on)
		draw(p);
}

void
progress_clear(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r\033[K");
	p->shown = false;
}
