/* SPDX-License-Identifier: ISC */
/*
 * shuffle.c - an eventfd that stays readable while answers are held back makes
 * the loop turn once for each.
 */
#include "tests/shuffle.h"
#include <assert.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "checks/core/arena.h"

struct held {
	struct ticket *ticket;
	struct answer *answer;
};

struct shuffle {
	struct source source; /* first */
	struct loop *loop;
	struct source *inner;
	struct loop_fd fd;
	struct held *held;
	size_t n, cap;
	uint64_t state;
};

/* xorshift64: any order will do, but the same for the same seed. */
static uint64_t
draw(struct shuffle *s)
{
	s->state ^= s->state << 13;
	s->state ^= s->state >> 7;
	s->state ^= s->state << 17;
	return s->state;
}

static void
on_ready(struct loop_fd *f, uint32_t events)
{
	struct shuffle *s = (struct shuffle *)((char *)f - offsetof(struct shuffle, fd));
	struct held one;
	size_t at;

	(void)events;
	if (s->n == 0)
		return;
	at = (size_t)(draw(s) % s->n);
	one = s->held[at];
	s->held[at] = s->held[--s->n];
	if (s->n == 0) {
		uint64_t count;

		if (read(s->fd.fd, &count, sizeof(count)) != sizeof(count))
			abort();
	}
	one.ticket->done(one.ticket, one.answer);
}

static enum source_reply
shuffle_ask(struct source *src, struct ticket *t, struct answer **out)
{
	struct shuffle *s = (struct shuffle *)src;
	enum source_reply r = s->inner->ops->ask(s->inner, t, out);
	uint64_t one = 1;

	assert(r != SOURCE_LATER);
	if (r != SOURCE_ANSWERED)
		return r;
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : s->cap * 2;
		s->held = xrealloc(s->held, s->cap * sizeof(*s->held));
	}
	s->held[s->n++] = (struct held){ t, *out };
	if (s->n == 1 && write(s->fd.fd, &one, sizeof(one)) != sizeof(one))
		abort();
	return SOURCE_LATER;
}

static bool
shuffle_owns(struct source *src, const struct name *name)
{
	struct shuffle *s = (struct shuffle *)src;

	return s->inner->ops->owns(s->inner, name);
}

static void
shuffle_cancel(struct source *src, struct ticket *t)
{
	struct shuffle *s = (struct shuffle *)src;

	for (size_t i = 0; i < s->n; i++)
		if (s->held[i].ticket == t) {
			answer_unref(s->held[i].answer);
			s->held[i] = s->held[--s->n];
			return;
		}
}

static void
shuffle_free(struct source *src)
{
	struct shuffle *s = (struct shuffle *)src;

	while (s->n > 0)
		answer_unref(s->held[--s->n].answer);
	loop_remove(s->loop, &s->fd);
	close(s->fd.fd);
	s->inner->ops->free(s->inner);
	free(s->held);
	free(s);
}

struct source *
shuffle_new(struct loop *loop, struct source *inner, uint64_t seed)
{
	static const struct source_ops ops = {
		.name = "shuffle",
		.ask = shuffle_ask,
		.owns = shuffle_owns,
		.cancel = shuffle_cancel,
		.free = shuffle_free,
	};
	struct shuffle *s = xcalloc(1, sizeof(*s));

	s->source.ops = &ops;
	s->loop = loop;
	s->inner = inner;
	s->state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	s->fd.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	s->fd.ready = on_ready;
	if (s->fd.fd < 0 || loop_add(loop, &s->fd, EPOLLIN) != 0)
		abort();
	return &s->source;
}
