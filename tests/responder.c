/* SPDX-License-Identifier: ISC */
/*
 * responder.c - the thread behind responder.h.
 *
 * It reads queries with its own few lines, so that a fault in the resolver's
 * reader does not hide in both.
 */
#include "tests/responder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "checks/core/answer.h"
#include "tests/message.h"

#define TRIES 50 /* ports until one is free for UDP and TCP both */

struct responder {
	struct responder_options o;
	int udp, tcp, other, stop[2];
	uint16_t port;
	pthread_t thread;
	atomic_uint n_udp, n_tcp;
	bool was_late;
	uint32_t dice;
	struct message out;
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static int
open_at(int type, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	must(fd >= 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in at;
	socklen_t n = sizeof(at);

	must(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	return ntohs(at.sin_port);
}

static void
rest_ms(unsigned ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* Where the question of the LEN bytes at Q ends; 0 = there is none. */
static size_t
question_end(const uint8_t *q, size_t len)
{
	size_t at = 12;

	while (at < len && q[at] != 0)
		at += 1 + (size_t)q[at];
	return at + 5 <= len ? at + 5 : 0;
}

/* A response with FLAGS to the query Q whose question ends at END. */
static void
begin(struct responder *r, const uint8_t *q, size_t end, unsigned flags)
{
	message_begin(&r->out, (uint16_t)(q[0] << 8 | q[1]), (uint16_t)(flags | MSG_RA));
	message_question(&r->out, q + 12, end - 12);
}

/* The right answer, or a forged one: the address 192.0.2.LAST. */
static void
answer(struct responder *r, const uint8_t *q, size_t end, unsigned last)
{
	const char a[4] = { (char)192, 0, 2, (char)last };
	struct name owner = { 0 };

	begin(r, q, end, 0);
	owner.n = (uint8_t)(end - 4 - 12);
	memcpy(owner.w, q + 12, owner.n);
	message_raw(&r->out, IN_ANSWER, &owner, RR_A, (struct str){ a, sizeof(a) });
	message_opt(&r->out, 0, 0);
}

static void
lower_question(struct message *m, size_t end)
{
	for (size_t i = 12; i < end; i++)
		m->b[i] = (uint8_t)ascii_lower((char)m->b[i]);
}

static void
send_out(const struct responder *r, int fd, const struct sockaddr_in *to)
{
	(void)sendto(fd, r->out.b, r->out.n, 0, (const struct sockaddr *)to, sizeof(*to));
}

/* What goes before the right answer. */
static void
mislead(struct responder *r, const uint8_t *q, size_t end, const struct sockaddr_in *to)
{
	answer(r, q, end, 66);
	switch (r->o.behaviour) {
	case SERVE_WRONG_ID:
		r->out.b[1] ^= 1;
		break;
	case SERVE_WRONG_NAME:
		r->out.b[13] ^= 1;
		break;
	case SERVE_WRONG_TYPE:
		r->out.b[end - 3] ^= 2;
		break;
	case SERVE_QUERY:
		r->out.b[2] &= 0x7f;
		break;
	case SERVE_GARBAGE:
		memset(r->out.b + 2, 0xff, r->out.n - 2); /* the id is right */
		break;
	case SERVE_OTHER_PORT:
		send_out(r, r->other, to);
		return;
	default:
		return;
	}
	send_out(r, r->udp, to);
}

/* Make the response by UDP.  False when there is none. */
static bool
respond(struct responder *r, const uint8_t *q, size_t end, bool edns)
{
	switch (r->o.behaviour) {
	case SERVE_SILENT:
		return false;
	case SERVE_LOSSY:
		r->dice = r->dice * 1103515245 + 12345;
		answer(r, q, end, 1);
		return (r->dice >> 16) % 10 != 0;
	case SERVE_DROPS_EDNS:
		answer(r, q, end, 1);
		return !edns;
	case SERVE_SHORT_NAMES:
		answer(r, q, end, 1);
		return end - 12 <= SHORT_QUESTION;
	case SERVE_ONCE:
		answer(r, q, end, 1);
		return !r->was_late;
	case SERVE_SERVFAIL:
		begin(r, q, end, 2);
		return true;
	case SERVE_SERVFAIL_ONCE:
		answer(r, q, end, 1);
		if (atomic_load(&r->n_udp) == 1)
			begin(r, q, end, 2);
		return true;
	case SERVE_BOGUS:
		begin(r, q, end, 2);
		message_opt(&r->out, 7, 0);
		return true;
	case SERVE_REFUSED:
		begin(r, q, end, 5);
		return true;
	case SERVE_FORMERR:
		begin(r, q, end, 1);
		return true;
	case SERVE_LAME:
		begin(r, q, end, 0);
		r->out.b[3] = 0;
		message_add(
		    &r->out, &(struct message_rr){ IN_AUTHORITY, ".", RR_NS, "a.root.example", 0 });
		return true;
	case SERVE_NO_EDNS:
	case SERVE_NO_EDNS_BARE:
		answer(r, q, end, 1);
		if (edns && r->o.behaviour == SERVE_NO_EDNS)
			begin(r, q, end, 1);
		else if (edns)
			message_begin(&r->out, (uint16_t)(q[0] << 8 | q[1]), 1);
		return true;
	default:
		answer(r, q, end, 1);
		return true;
	}
}

/* Spoil the response that is ready. */
static void
spoil(struct responder *r, size_t end)
{
	switch (r->o.behaviour) {
	case SERVE_LOWER_CASE:
		lower_question(&r->out, end);
		break;
	case SERVE_TRUNCATED:
	case SERVE_TCP_CUT:
		r->out.b[2] |= 0x02;
		break;
	case SERVE_CUT:
		r->out.n = end + (r->out.n - end) / 2;
		break;
	case SERVE_LONG:
		memset(r->out.b + r->out.n, 0, 4000);
		r->out.n += 4000;
		break;
	case SERVE_LATE:
	case SERVE_ONCE:
		if (!r->was_late)
			rest_ms(r->o.late_ms);
		r->was_late = true;
		break;
	default:
		break;
	}
}

static void
serve_udp(struct responder *r)
{
	uint8_t q[4096];
	struct sockaddr_in from;
	socklen_t from_n = sizeof(from);
	ssize_t n = recvfrom(r->udp, q, sizeof(q), 0, (struct sockaddr *)&from, &from_n);
	size_t end = n < 12 ? 0 : question_end(q, (size_t)n);

	if (end == 0)
		return;
	atomic_fetch_add(&r->n_udp, 1);
	mislead(r, q, end, &from);
	if (!respond(r, q, end, q[11] != 0))
		return;
	spoil(r, end);
	send_out(r, r->udp, &from);
}

static void
serve_tcp(struct responder *r)
{
	const struct timeval patience = { .tv_sec = 2 };
	uint8_t q[4096], length[2];
	size_t end, have = 0, want = 2;
	int fd = accept(r->tcp, NULL, NULL);

	if (fd < 0)
		return;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (have < want) {
		ssize_t n = recv(fd, q + have, want - have, 0);

		if (n <= 0)
			break;
		have += (size_t)n;
		if (have == 2 && want == 2)
			want = 2 + ((size_t)q[0] << 8 | q[1]);
		if (want > sizeof(q))
			break;
	}
	end = have < 14 ? 0 : question_end(q + 2, have - 2);
	if (end > 0) {
		atomic_fetch_add(&r->n_tcp, 1);
		answer(r, q + 2, end, 1);
		length[0] = (uint8_t)(r->out.n >> 8);
		length[1] = (uint8_t)r->out.n;
		(void)send(fd, length, 2, MSG_NOSIGNAL);
		rest_ms(1); /* so that the length comes alone at times */
		(void)send(
		    fd, r->out.b, r->o.behaviour == SERVE_TCP_CUT ? end : r->out.n, MSG_NOSIGNAL);
	}
	(void)close(fd);
}

static void
close_all(struct responder *r)
{
	(void)close(r->udp);
	if (r->tcp >= 0)
		(void)close(r->tcp);
	r->udp = r->tcp = -1;
}

static void *
run(void *ctx)
{
	struct responder *r = ctx;

	for (;;) {
		struct pollfd p[3] = { { .fd = r->stop[0], .events = POLLIN },
			{ .fd = r->udp, .events = POLLIN }, { .fd = r->tcp, .events = POLLIN } };

		(void)poll(p, ARRAY_LEN(p), -1);
		if (p[0].revents != 0)
			return NULL;
		if (p[1].revents != 0)
			serve_udp(r);
		if (p[2].revents != 0)
			serve_tcp(r);
		if (r->o.dies_at > 0 && r->udp >= 0 && atomic_load(&r->n_udp) >= r->o.dies_at)
			close_all(r);
	}
}

struct responder *
responder_start(const struct responder_options *o)
{
	struct responder *r = calloc(1, sizeof(*r));

	must(r != NULL);
	r->o = *o;
	r->dice = 7;
	r->udp = r->tcp = -1;
	for (unsigned i = 0; i < TRIES && r->udp < 0; i++) {
		r->udp = open_at(SOCK_DGRAM, 0);
		must(r->udp >= 0);
		r->port = port_of(r->udp);
		if (!o->no_tcp && (r->tcp = open_at(SOCK_STREAM, r->port)) < 0) {
			(void)close(r->udp);
			r->udp = -1;
		}
	}
	must(r->udp >= 0);
	must(r->tcp < 0 || listen(r->tcp, 128) == 0);
	r->other = open_at(SOCK_DGRAM, 0);
	must(pipe(r->stop) == 0);
	must(pthread_create(&r->thread, NULL, run, r) == 0);
	return r;
}

void
responder_stop(struct responder *r)
{
	must(write(r->stop[1], "", 1) == 1);
	must(pthread_join(r->thread, NULL) == 0);
	if (r->udp >= 0)
		close_all(r);
	(void)close(r->other);
	(void)close(r->stop[0]);
	(void)close(r->stop[1]);
	free(r);
}

struct resolver_server
responder_address(const struct responder *r)
{
	return (struct resolver_server){ .addr = { .b = { 127, 0, 0, 1 } }, .port = r->port };
}

unsigned
responder_udp(struct responder *r)
{
	return atomic_load(&r->n_udp);
}

unsigned
responder_tcp(struct responder *r)
{
	return atomic_load(&r->n_tcp);
}

struct resolver_server
nobody_address(void)
{
	struct resolver_server s = { .addr = { .b = { 127, 0, 0, 1 } } };
	int fd = open_at(SOCK_DGRAM, 0);

	must(fd >= 0);
	s.port = port_of(fd);
	(void)close(fd);
	return s;
}
