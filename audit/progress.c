/* SPDX-License-Identifier: ISC */
/*
 * progress.c - a line that is written over, five times a second at most.
 */
#include "audit/progress.h"
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_S 0.2
#define MIN_DONE 10 /* before that the time left is a guess */
#define MIN_S 1.0   /* as above */
#define FEW 2       /* so few domains need no line */
#define DEFAULT_COLUMNS 80
#define MAX_LINE 200

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

/* A line that is wider than the terminal cannot be written over. */
static size_t
columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1)
		return (size_t)w.ws_col - 1;
	return DEFAULT_COLUMNS - 1;
}

static void
add_time_left(struct buf *b, double s)
{
	uint64_t left = (uint64_t)(s + 0.5);

	buf_adds(b, ", ");
	if (left >= 3600) {
		buf_addu(b, left / 3600);
		buf_adds(b, " h ");
	}
	if (left >= 60) {
		buf_addu(b, left / 60 % 60);
		buf_adds(b, " min ");
	}
	if (left < 3600) {
		buf_addu(b, left % 60);
		buf_adds(b, " s ");
	}
	buf_adds(b, "left");
}

void
progress_line(const struct progress *p, double now_s, size_t most, struct buf *b)
{
	double rate = now_s > p->begun_s ? (double)p->done / (now_s - p->begun_s) : 0;
	size_t over = p->done + p->skipped, told = 0;
	const struct {
		const char *word;
		size_t n;
	} counts[] = {
		{ "error", p->by_verdict[LEVEL_ERROR] },
		{ "unknown", p->by_verdict[LEVEL_UNKNOWN] },
		{ "warning", p->by_verdict[LEVEL_WARNING] },
		{ "clean", p->by_verdict[LEVEL_NOTE] + p->by_verdict[LEVEL_PASS] },
	};

	buf_addu(b, over);
	if (p->total > 0) {
		buf_adds(b, " of ");
		buf_addu(b, p->total);
	}
	buf_adds(b, " domains, ");
	buf_addu(b, (uint64_t)(rate + 0.5));
	buf_adds(b, "/s");
	if (p->total > over && p->done >= MIN_DONE && now_s - p->begun_s >= MIN_S)
		add_time_left(b, (double)(p->total - over) / rate);
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		if (counts[i].n == 0)
			continue;
		buf_adds(b, told++ == 0 ? ": " : ", ");
		buf_addu(b, counts[i].n);
		buf_addc(b, ' ');
		buf_adds(b, counts[i].word);
	}
	if (b->n > most)
		b->n = most;
}

static void
draw(struct progress *p)
{
	double now_s = seconds();
	struct buf b;

	if (now_s - p->last_s < REDRAW_S)
		return;
	p->last_s = now_s;
	buf_init(&b, MAX_LINE);
	progress_line(p, now_s, columns(), &b);
	fprintf(stderr, "\r\033[K%.*s", (int)b.n, b.p);
	(void)fflush(stderr);
	buf_free(&b);
	p->shown = true;
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
