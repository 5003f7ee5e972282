/* SPDX-License-Identifier: ISC */
/*
 * servers.c - limits, windows and the memory of one name server's ways.
 */
#include "audit/sources/servers.h"

#include "checks/core/buf.h"

#define COUNT_OVER 100  /* queries in one count of losses */
#define MIN_LOST 5      /* fewer are chance */
#define STEADY_SHARE 30 /* percent; more lost than that has a cause that slowing down may end */
#define LEARNT_MAX_QPS 20000 /* a limit that was learnt is given up over this */
#define MAX_SILENT 8         /* lost in a row: then it counts as down */
#define DEAD_TRIES 6         /* down for so many tries' time, a probe included, it counts as dead */
#define MAX_PLAIN 3
#define SLOW_TRIES 4      /* a first try lasts so many tries' time at most, where answers do */
#define EPOCH_MS 50       /* between two looks at the window, or one round trip */
#define TOOK_SHARE 8      /* of the time that answers take, each new one makes up */
#define MAX_CASE_FAULTS 2 /* one may be a forged answer, two are a habit */

static void
write_where(struct server *s, const struct resolver_server *to)
{
	struct buf b;

	buf_init(&b, MAX_SERVER_TEXT);
	addr_print(&b, &to->addr);
	buf_addc(&b, '@');
	buf_addu(&b, to->port);
	s->where_n = b.n;
	memcpy(s->where, b.p, b.n);
	buf_free(&b);
}

void
server_init(struct server *s, struct resolver *r, struct loop *loop,
    const struct resolver_server *to, const struct resolver_options *o)
{
	*s = (struct server){ .resolver = r, .window = FIRST_WINDOW };
	s->max_window = MAX_WINDOW;
	s->try_ms = o->try_ms;
	s->shortest_ms = o->try_ms;
	s->epoch_ms = loop_now(loop);
	udp_pool_init(&s->pool, loop, to);
	s->max_qps = o->qps;
	if (o->qps == 0 && addr_space(&to->addr) != ADDR_LOOPBACK)
		s->max_qps = DEFAULT_QPS;
	s->qps = s->max_qps;
	s->credit_at_ms = loop_now(loop);
	s->credit = 1000;
	write_where(s, to);
}

/* Credit for the time passed; a tenth of a second's at most is kept. */
static void
add_credit(struct server *s, uint64_t now_ms)
{
	int64_t most = s->qps < 10 ? 1000 : (int64_t)s->qps * 100;
	uint64_t passed_ms = now_ms - s->credit_at_ms;

	if (passed_ms > 1000)
		passed_ms = 1000;
	s->credit += (int64_t)passed_ms * s->qps;
	s->credit_at_ms = now_ms;
	if (s->credit > most)
		s->credit = most;
}

/*
 * What is left of this millisecond's part of the window.  A window sent at once
 * comes back at once, a round trip later, and at no time fits the buffer of a
 * server that has all the time between to answer it.
 */
static size_t
pace(struct server *s, uint64_t now_ms)
{
	uint64_t most = 2 * s->window / s->shortest_ms;

	if (most < MIN_PACE)
		most = MIN_PACE;
	if (s->paced_at_ms != now_ms) {
		s->paced_at_ms = now_ms;
		s->paced = 0;
	}
	return s->paced < most ? (size_t)most - s->paced : 0;
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
server_allows(struct server *s, uint64_t now_ms, uint64_t *wait_ms)
{
	size_t n = s->in_flight < s->window ? s->window - s->in_flight : 0;

	*wait_ms = 0;
	if (n == 0)
		return 0;
	if (s->qps != 0) {
		add_credit(s, now_ms);
		if (s->credit < 1000) {
			*wait_ms = (uint64_t)(1000 - s->credit) / s->qps + 1;
			return 0;
		}
		n = smaller(n, (size_t)s->credit / 1000);
	}
	n = smaller(n, pace(s, now_ms));
	if (n == 0)
		*wait_ms = 1;
	return n;
}

void
server_sent(struct server *s, size_t n)
{
	s->in_flight += n;
	s->paced += n;
	s->stats.sent += n;
	if (s->qps != 0)
		s->credit -= (int64_t)n * 1000;
}

void
server_sent_tcp(struct server *s)
{
	s->stats.tcp++;
	if (s->qps != 0)
		s->credit -= 1000;
}

static void
begin_count(struct server *s)
{
	s->tried = s->failed = 0;
}

/* Let the window follow the answers of the time since the last look at it. */
static void
fit_window(struct server *s, uint64_t now_ms)
{
	uint64_t passed_ms = now_ms - s->epoch_ms;
	uint64_t want;

	if (passed_ms < EPOCH_MS || passed_ms < s->shortest_ms)
		return;
	want = 2 * s->answers * s->shortest_ms / passed_ms;
	if (want < FIRST_WINDOW)
		want = FIRST_WINDOW;
	s->window = want < s->max_window ? (size_t)want : s->max_window;
	s->answers = 0;
	s->epoch_ms = now_ms;
}

/*
 * A count without 5 % of loss: limit and window may grow.  That they grew too far
 * shows when a try is over, so they wait for that before they grow again.
 */
static void
grow(struct server *s, uint64_t now_ms)
{
	begin_count(s);
	if (now_ms < s->changed_at_ms + s->try_ms)
		return;
	s->changed_at_ms = now_ms;
	s->qps += s->qps / 2;
	if (s->max_qps == 0 && s->qps > LEARNT_MAX_QPS)
		s->qps = 0;
	if (s->max_qps != 0 && s->qps > s->max_qps)
		s->qps = s->max_qps;
	s->max_window += s->max_window / 2;
	if (s->max_window > MAX_WINDOW)
		s->max_window = MAX_WINDOW;
}

/* The answers of a second. */
static void
count_heard(struct server *s, uint64_t now_ms)
{
	if (now_ms >= s->heard_at_ms + 1000) {
		s->rate = now_ms >= s->heard_at_ms + 2000 ? 0 : s->heard;
		s->heard = 0;
		s->heard_at_ms = now_ms;
	}
	s->heard++;
}

void
server_heard(struct server *s, uint64_t now_ms, uint64_t took_ms)
{
	s->silent = 0;
	s->stats.answered++;
	s->answers++;
	if (took_ms < 1)
		took_ms = 1;
	if (took_ms < s->shortest_ms)
		s->shortest_ms = took_ms;
	s->took_ms = (s->took_ms * (TOOK_SHARE - 1) + took_ms + TOOK_SHARE - 1) / TOOK_SHARE;
	fit_window(s, now_ms);
	count_heard(s, now_ms);
	if (++s->tried >= COUNT_OVER) {
		s->lost_share = 0;
		grow(s, now_ms);
	}
}

/* The limit after losses: half of it; the first is what was answered. */
static unsigned
lower_limit(const struct server *s)
{
	unsigned rate = s->heard > s->rate ? s->heard : s->rate;

	if (s->qps == 0 && rate == 0)
		return 0; /* nothing says yet what it bears: it may be slow */
	if (s->qps == 0)
		return rate > LEARNT_QPS ? rate : LEARNT_QPS;
	return s->qps / 2 >= MIN_QPS ? s->qps / 2 : s->qps;
}

void
server_lost(struct server *s, uint64_t now_ms, unsigned try_ms)
{
	unsigned share;

	s->silent++;
	s->stats.lost++;
	s->tried++;
	s->failed++;
	if (s->silent == MAX_SILENT) {
		s->down_at_ms = now_ms;
		s->probe_at_ms = now_ms + PROBE_TRIES * (uint64_t)try_ms;
	}
	/* One that is down is not slowed down for: when it comes back it takes what it took. */
	if (s->silent >= MAX_SILENT || s->failed < MIN_LOST || s->failed * 20 < s->tried)
		return;
	share = s->failed * 100 / s->tried;
	/* Losses of one moment count once: what is under way went at the old speed. */
	if (s->shrunk_at_ms != 0 && now_ms < s->shrunk_at_ms + try_ms) {
		begin_count(s);
		return;
	}
	if (share < STEADY_SHARE && s->tried < COUNT_OVER / 2)
		return; /* too few to compare */
	begin_count(s);
	if (share < STEADY_SHARE && s->lost_share != 0 && share * 4 >= s->lost_share * 3) {
		grow(s, now_ms);
		return;
	}
	s->lost_share = share;
	s->shrunk_at_ms = s->changed_at_ms = now_ms;
	s->window = s->window / 2 > MIN_WINDOW ? s->window / 2 : MIN_WINDOW;
	s->max_window = s->window;
	s->qps = lower_limit(s);
}

void
server_heard_tcp(struct server *s)
{
	s->silent = 0;
}

uint64_t
server_try_ms(const struct server *s)
{
	uint64_t most = SLOW_TRIES * (uint64_t)s->try_ms;

	if (2 * s->took_ms <= s->try_ms)
		return s->try_ms;
	return 2 * s->took_ms < most ? 2 * s->took_ms : most;
}

bool
server_wait_ms(const struct server *s, uint64_t *out)
{
	uint64_t limit_ms = s->qps == 0 ? 0 : (uint64_t)s->queue.n * 1000 / s->qps;
	uint64_t window_ms = s->queue.n * s->took_ms / s->window;

	*out = limit_ms > window_ms ? limit_ms : window_ms;
	return s->silent < MAX_SILENT;
}

bool
server_is_up(struct server *s, uint64_t now_ms, unsigned try_ms)
{
	if (s->silent < MAX_SILENT)
		return true;
	if (now_ms < s->probe_at_ms)
		return false;
	s->probe_at_ms = now_ms + PROBE_TRIES * (uint64_t)try_ms;
	return true;
}

bool
server_is_dead(const struct server *s, uint64_t now_ms, unsigned try_ms)
{
	return s->silent >= MAX_SILENT && now_ms >= s->down_at_ms + DEAD_TRIES * (uint64_t)try_ms;
}

void
server_case_fault(struct server *s)
{
	if (++s->stats.case_faults >= MAX_CASE_FAULTS)
		s->stats.no_0x20 = true;
}

void
server_plain(struct server *s)
{
	if (++s->plain >= MAX_PLAIN)
		s->stats.no_edns = true;
}
