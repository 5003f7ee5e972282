/* SPDX-License-Identifier: ISC */
/*
 * receivers.c - starts the process, asks it, and takes none of its words unchecked.
 */
#include "audit/sources/receivers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/loop.h"
#include "audit/sources/receiver_child.h"
#include "audit/sources/receiver_wire.h"
#include "checks/core/arena.h"

#define FREE_DEATHS 2     /* in a row without a pause behind them */
#define FIRST_PAUSE_MS 50 /* then this, doubled each time */
#define MAX_PAUSE_MS 5000

extern char **environ;

struct receivers {
	struct source source; /* first */
	struct receivers_options o;
	pid_t pid; /* 0 = none runs */
	int fd;
	unsigned asked;         /* of this process */
	unsigned deaths, row;   /* of the run; since the last good answer */
	uint64_t not_before_ms; /* no new one is started until then */
	uint64_t lost_ms;       /* waited in vain in this run, while all else stood still */
};

/* End the process of R, if there is one. */
static void
stop(struct receivers *r)
{
	if (r->pid == 0)
		return;
	(void)close(r->fd);
	(void)kill(r->pid, SIGKILL);
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
	r->pid = 0;
}

/* The process of R did not do what was asked at BEGUN_MS: away with it. */
static void
bury(struct receivers *r, uint64_t begun_ms)
{
	uint64_t pause = 0;

	stop(r);
	r->lost_ms += loop_clock_ms() - begun_ms;
	r->deaths++;
	r->row++;
	if (r->row > FREE_DEATHS) {
		unsigned doubled = r->row - FREE_DEATHS - 1;

		pause = doubled < 8 ? (uint64_t)FIRST_PAUSE_MS << doubled : MAX_PAUSE_MS;
	}
	r->not_before_ms = loop_clock_ms() + (pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS);
}

/* Wait until EVENTS are there on R's socket, up to DUE_MS. */
static enum answer_cause
await(const struct receivers *r, short events, uint64_t due_ms)
{
	struct pollfd p = { .fd = r->fd, .events = events };

	for (;;) {
		uint64_t now = loop_clock_ms();
		int n = poll(&p, 1, now < due_ms ? (int)(due_ms - now) : 0);

		if (n > 0)
			return CAUSE_NONE;
		if (n < 0 && errno != EINTR)
			return CAUSE_DIED;
		if (n == 0)
			return CAUSE_TIMEOUT;
	}
}

/* Read N octets of what the process says into TO. */
static enum answer_cause
receive(const struct receivers *r, char *to, size_t n, uint64_t due_ms)
{
	while (n > 0) {
		enum answer_cause cause = await(r, POLLIN, due_ms);
		ssize_t got;

		if (cause != CAUSE_NONE)
			return cause;
		got = recv(r->fd, to, n, MSG_DONTWAIT);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0)
			return CAUSE_DIED;
		to += got;
		n -= (size_t)got;
	}
	return CAUSE_NONE;
}

static enum answer_cause
say(const struct receivers *r, const char *from, size_t n, uint64_t due_ms)
{
	while (n > 0) {
		enum answer_cause cause = await(r, POLLOUT, due_ms);
		ssize_t put;

		if (cause != CAUSE_NONE)
			return cause;
		put = send(r->fd, from, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (put <= 0)
			return CAUSE_DIED;
		from += put;
		n -= (size_t)put;
	}
	return CAUSE_NONE;
}

/* Start the program with the socket END for its standard input; 0, or what errno says. */
static int
spawn(struct receivers *r, int end)
{
	/* posix_spawn() takes what it does not write as not const. */
	union {
		const char *c[3];
		char *m[3];
	} argv = { .c = { r->o.program, r->o.argument, NULL } };
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return rc;
	rc = posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn(&r->pid, r->o.program, &actions, NULL, argv.m, environ);
	if (rc != 0)
		r->pid = 0;
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static bool
start(struct receivers *r)
{
	uint64_t begun_ms = loop_clock_ms();
	char ready = 0;
	int ends[2];

	if (r->deaths >= MAX_RECEIVER_DEATHS || r->lost_ms >= r->o.max_lost_ms ||
	    begun_ms < r->not_before_ms)
		return false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	r->fd = ends[0];
	r->asked = 0;
	if (spawn(r, ends[1]) != 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
		bury(r, begun_ms);
		return false;
	}
	(void)close(ends[1]);
	if (receive(r, &ready, 1, begun_ms + RECEIVER_START_MS) == CAUSE_NONE &&
	    ready == RECEIVER_CHILD_READY)
		return true;
	bury(r, begun_ms);
	return false;
}

/* Ask the process DATA; its reply into *OUT. */
static enum answer_cause
exchange(struct receivers *r, struct str data, struct receiver_reply *out)
{
	const char head[4] = { (char)(data.n >> 24), (char)(data.n >> 16 & 0xff),
		(char)(data.n >> 8 & 0xff), (char)(data.n & 0xff) };
	uint64_t due_ms = loop_clock_ms() + r->o.reply_ms;
	char reply[MAX_RECEIVER_REPLY];
	uint8_t len[4];
	enum answer_cause cause;
	size_t n;

	if ((cause = say(r, head, sizeof(head), due_ms)) != CAUSE_NONE ||
	    (cause = say(r, data.p, data.n, due_ms)) != CAUSE_NONE ||
	    (cause = receive(r, (char *)len, sizeof(len), due_ms)) != CAUSE_NONE)
		return cause;
	n = (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 | len[3];
	if (n > sizeof(reply))
		return CAUSE_MALFORMED;
	if ((cause = receive(r, reply, n, due_ms)) != CAUSE_NONE)
		return cause;
	return receiver_reply_parse(reply, n, out) ? CAUSE_NONE : CAUSE_MALFORMED;
}

/* What a process that works says of DATA, into *OUT. */
static enum answer_cause
consult(struct receivers *r, struct str data, struct receiver_reply *out)
{
	enum answer_cause cause;
	uint64_t begun_ms;

	if (data.n == 0)
		return CAUSE_LIMIT;
	if (data.n > MAX_RECEIVER_DATA)
		return CAUSE_TOO_LARGE;
	if (r->asked == MAX_RECEIVER_ASKED)
		stop(r);
	if (r->pid == 0 && !start(r))
		return CAUSE_NOT_STARTED;
	r->asked++;
	begun_ms = loop_clock_ms();
	cause = exchange(r, data, out);
	if (cause != CAUSE_NONE) {
		bury(r, begun_ms);
		return cause;
	}
	r->row = 0;
	switch (out->word) {
	case REPLY_TOO_LARGE:
		return CAUSE_TOO_LARGE;
	case REPLY_LIMIT:
		return CAUSE_LIMIT;
	case REPLY_REFUSED:
		return CAUSE_MALFORMED;
	default:
		return CAUSE_NONE;
	}
}

static enum source_reply
receivers_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct receivers *r = (struct receivers *)s;
	struct receiver_reply reply;
	enum answer_cause cause;
	struct answer_draft d;

	if (t->q.kind != ASK_RECEIVER || t->q.type != LIBSPF2)
		return SOURCE_NOT_MINE;
	cause = consult(r, t->q.data, &reply);
	if (cause != CAUSE_NONE) {
		*out = answer_failed(&t->q, cause);
		return SOURCE_ANSWERED;
	}
	draft_init(&d, NULL, &t->q, ANSWER_FOUND);
	d.a.receiver = &reply.facts;
	d.a.from.source = STR("libspf2");
	*out = answer_finish(&d);
	return SOURCE_ANSWERED;
}

static void
receivers_free(struct source *s)
{
	stop((struct receivers *)s);
	free(s);
}

struct source *
receivers_new(const struct receivers_options *o)
{
	static const struct source_ops ops = {
		.name = "receivers", .ask = receivers_ask, .free = receivers_free
	};
	struct receivers *r = xcalloc(1, sizeof(*r));

	r->source.ops = &ops;
	if (o != NULL)
		r->o = *o;
	if (r->o.program == NULL)
		r->o.program = "/proc/self/exe";
	if (r->o.argument == NULL)
		r->o.argument = RECEIVER_CHILD_ARGUMENT;
	if (r->o.reply_ms == 0)
		r->o.reply_ms = RECEIVER_REPLY_MS;
	if (r->o.max_lost_ms == 0)
		r->o.max_lost_ms = MAX_RECEIVER_LOST_MS;
	return &r->source;
}

pid_t
receivers_pid(const struct source *s)
{
	return ((const struct receivers *)s)->pid;
}
