/* SPDX-License-Identifier: ISC */
/*
 * loop.h - one epoll loop: sockets and timers.
 *
 * Times are milliseconds of the monotonic clock.  Nothing here knows what the
 * sockets are for.
 */
#ifndef AUDIT_LOOP_H
#define AUDIT_LOOP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

/* A socket the loop watches; the owner embeds it. */
struct loop_fd {
	int fd;
	void (*ready)(struct loop_fd *f, uint32_t events); /* EPOLLIN, EPOLLOUT ... */
};

/* A timer; the owner embeds it.  Zeroed = not set. */
struct loop_timer {
	void (*due)(struct loop_timer *t);
	uint64_t at_ms;
	size_t slot; /* place in the heap plus 1; 0 = not set */
};

/* A loop without sockets and timers; NULL when epoll refuses (errno). */
struct loop *loop_new(void);

/* Frees what is L's own; NULL is taken. */
void loop_free(struct loop *l);

/* Watch F for EVENTS / change the events / stop.  0 or AUDIT_ESYS. */
int loop_add(struct loop *l, struct loop_fd *f, uint32_t events)
    __attribute__((warn_unused_result));
int loop_change(struct loop *l, struct loop_fd *f, uint32_t events)
    __attribute__((warn_unused_result));
void loop_remove(struct loop *l, struct loop_fd *f);

/* Set T (again) to AT_MS / unset it. */
void loop_set(struct loop *l, struct loop_timer *t, uint64_t at_ms);
void loop_unset(struct loop *l, struct loop_timer *t);

/*
 * Wait until something happens, at most MAX_MS (-1 = for ever), and call what is
 * due.  0 or AUDIT_ESYS.
 */
int loop_once(struct loop *l, int max_ms) __attribute__((warn_unused_result));

/* The clock itself, read anew. */
uint64_t loop_clock_ms(void);

/* Now, by the clock the timers use; read once per turn of the loop. */
uint64_t loop_now(const struct loop *l);

/* Whether of the last tenth of a second more than a fifth went by waiting. */
bool loop_is_idle(const struct loop *l);

#endif
