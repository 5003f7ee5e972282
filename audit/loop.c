/* SPDX-License-Identifier: ISC */
/*
 * loop.c - one epoll loop: sockets, and timers in a binary heap.
 *
 * Sockets are served before timers, so that an answer that already lies in a
 * socket is read before its deadline is looked at.  It owns neither sockets nor
 * timers and starts nothing by itself.
 */
#include "audit/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "audit/error.h"
#include "checks/core/arena.h"

#define EVENTS_A_TURN 256 /* sockets served in one turn; the rest is ready in the next */
#define SPAN_NS 64000000  /* what was before counts half, what was before that a quarter ... */
#define IDLE_SHARE 5      /* of the time is waited: idle */

struct loop {
	int epoll;
	uint64_t now_ms;
	uint64_t now_ns;
	uint64_t waited_ns, worked_ns; /* of late */
	struct loop_timer **heap;      /* the earliest first */
	size_t n, room;
	struct epoll_event events[EVENTS_A_TURN]; /* of the turn under way */
	size_t n_events;
};

static uint64_t
clock_ns(void)
{
	struct timespec ts = { 0 };

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		abort(); /* the clock is there on every system that has epoll */
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t
loop_clock_ms(void)
{
	return clock_ns() / 1000000;
}

/* Read the clock; returns the nanoseconds since it was read before. */
static uint64_t
read_clock(struct loop *l)
{
	uint64_t before = l->now_ns;

	l->now_ns = clock_ns();
	l->now_ms = l->now_ns / 1000000;
	return l->now_ns - before;
}

struct loop *
loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0) {
		free(l);
		return NULL;
	}
	(void)read_clock(l);
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		l->heap[i]->slot = 0;
	(void)close(l->epoll);
	free(l->heap);
	free(l);
}

static int
control(struct loop *l, int op, struct loop_fd *f, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = f };

	return epoll_ctl(l->epoll, op, f->fd, &e) == 0 ? AUDIT_OK : AUDIT_ESYS;
}

int
loop_add(struct loop *l, struct loop_fd *f, uint32_t events)
{
	return control(l, EPOLL_CTL_ADD, f, events);
}

int
loop_change(struct loop *l, struct loop_fd *f, uint32_t events)
{
	return control(l, EPOLL_CTL_MOD, f, events);
}

void
loop_remove(struct loop *l, struct loop_fd *f)
{
	(void)control(l, EPOLL_CTL_DEL, f, 0);
	/* F may be freed now, and this turn may hold an event for it still. */
	for (size_t i = 0; i < l->n_events; i++)
		if (l->events[i].data.ptr == f)
			l->events[i].data.ptr = NULL;
}

static void
place(struct loop *l, size_t i, struct loop_timer *t)
{
	l->heap[i] = t;
	t->slot = i + 1;
}

static void
sift_up(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];

	while (i > 0 && l->heap[(i - 1) / 2]->at_ms > t->at_ms) {
		place(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(l, i, t);
}

static void
sift_down(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= l->n)
			break;
		if (child + 1 < l->n && l->heap[child + 1]->at_ms < l->heap[child]->at_ms)
			child++;
		if (l->heap[child]->at_ms >= t->at_ms)
			break;
		place(l, i, l->heap[child]);
		i = child;
	}
	place(l, i, t);
}

void
loop_set(struct loop *l, struct loop_timer *t, uint64_t at_ms)
{
	size_t i;

	t->at_ms = at_ms;
	if (t->slot == 0) {
		if (l->n == l->room) {
			l->room = l->room == 0 ? 64 : 2 * l->room;
			l->heap = xrealloc(l->heap, l->room * sizeof(struct loop_timer *));
		}
		place(l, l->n++, t);
	}
	i = t->slot - 1;
	assert(i < l->n && l->heap[i] == t);
	sift_up(l, i);
	sift_down(l, t->slot - 1);
}

void
loop_unset(struct loop *l, struct loop_timer *t)
{
	struct loop_timer *last;
	size_t i;

	if (t->slot == 0)
		return;
	i = t->slot - 1;
	assert(i < l->n && l->heap[i] == t);
	t->slot = 0;
	last = l->heap[--l->n];
	if (last == t)
		return;
	place(l, i, last);
	sift_up(l, i);
	sift_down(l, last->slot - 1);
}

/* Milliseconds to wait: until the first timer, at most MAX_MS (-1 = for ever). */
static int
wait_ms(const struct loop *l, int max_ms)
{
	uint64_t left;

	if (l->n == 0)
		return max_ms;
	if (l->heap[0]->at_ms <= l->now_ms)
		return 0;
	left = l->heap[0]->at_ms - l->now_ms;
	if (max_ms >= 0 && left > (uint64_t)max_ms)
		return max_ms;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void
call_sockets(struct loop *l)
{
	for (size_t i = 0; i < l->n_events; i++) {
		struct loop_fd *f = l->events[i].data.ptr;

		if (f != NULL)
			f->ready(f, l->events[i].events);
	}
	l->n_events = 0;
}

/* A timer that sets itself again for now has its turn in the next turn. */
static void
call_timers(struct loop *l)
{
	size_t most = l->n;

	for (size_t i = 0; i < most && l->n > 0 && l->heap[0]->at_ms <= l->now_ms; i++) {
		struct loop_timer *t = l->heap[0];

		loop_unset(l, t);
		t->due(t);
	}
}

int
loop_once(struct loop *l, int max_ms)
{
	int n;

	if (l->waited_ns + l->worked_ns > SPAN_NS) {
		l->waited_ns /= 2;
		l->worked_ns /= 2;
	}
	l->worked_ns += read_clock(l);
	n = epoll_wait(l->epoll, l->events, EVENTS_A_TURN, wait_ms(l, max_ms));
	if (n < 0 && errno != EINTR)
		return AUDIT_ESYS;
	l->waited_ns += read_clock(l);
	l->n_events = n > 0 ? (size_t)n : 0;
	call_sockets(l);
	call_timers(l);
	return AUDIT_OK;
}

uint64_t
loop_now(const struct loop *l)
{
	return l->now_ms;
}

bool
loop_is_idle(const struct loop *l)
{
	return l->waited_ns > (l->waited_ns + l->worked_ns) / IDLE_SHARE;
}
