/* SPDX-License-Identifier: ISC */
/*
 * stop.c - the handler writes a byte that the loop reads, for a signal may
 * come between a look at a flag and the wait of the loop.
 */
#include "audit/stop.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "audit/error.h"
#include "checks/core/str.h"

static const int signals[] = { SIGINT, SIGTERM };

/* A handler has no other way to say what came, and there is one process. */
static volatile sig_atomic_t asked;
static int ends[2] = { -1, -1 };
static struct loop_fd watch;
static void (*on_stop)(void *ctx);
static void *on_stop_ctx;

static void on_signal(int signal_number);

/* The signals we took do again what they do by default. */
static void
leave(void)
{
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == on_signal)
			(void)signal(signals[i], SIG_DFL);
}

static void
on_signal(int signal_number)
{
	int saved = errno;

	asked = signal_number;
	leave();
	if (ends[1] >= 0 && write(ends[1], "", 1) < 0)
		asked = signal_number; /* the pipe is full: the loop turns anyway */
	errno = saved;
}

static void
on_byte(struct loop_fd *f, uint32_t events)
{
	char c;

	(void)events;
	if (read(f->fd, &c, 1) > 0)
		on_stop(on_stop_ctx);
}

static int
open_pipe(struct loop *loop)
{
	if (pipe(ends) != 0)
		return AUDIT_ESYS;
	for (size_t i = 0; i < 2; i++)
		if (fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0 ||
		    fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0)
			return AUDIT_ESYS;
	watch = (struct loop_fd){ .fd = ends[0], .ready = on_byte };
	return loop_add(loop, &watch, EPOLLIN);
}

int
stop_begin(struct loop *loop, void (*tell)(void *ctx), void *ctx)
{
	struct sigaction sa = { .sa_handler = on_signal }, old;
	int rc;

	asked = 0;
	on_stop = tell;
	on_stop_ctx = ctx;
	if (loop != NULL && (rc = open_pipe(loop)) != AUDIT_OK)
		return rc;
	(void)sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		(void)sigaddset(&sa.sa_mask, signals[i]);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN &&
		    sigaction(signals[i], &sa, NULL) != 0)
			return AUDIT_ESYS;
	return AUDIT_OK;
}

int
stop_asked(void)
{
	return asked;
}

void
stop_end(struct loop *loop)
{
	leave();
	if (loop != NULL && ends[0] >= 0)
		loop_remove(loop, &watch);
	for (size_t i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			(void)close(ends[i]);
		ends[i] = -1;
	}
}

void
stop_die(int signal_number)
{
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}
