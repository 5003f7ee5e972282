/* SPDX-License-Identifier: ISC */
/*
 * bench_delay.c - a far-away name server: passes queries on to one on loopback
 * and holds each answer until DELAY milliseconds after its query came.
 *
 * usage: bench_delay PORT DELAY; prints the port where it listens, and serves
 * until it is killed.  UDP only.  It must not be what a measurement waits for:
 * it takes and gives many datagrams a system call, has room for all that comes
 * within DELAY, and asks the server no more at a time than that one bears.
 */
#define _GNU_SOURCE /* ppoll(2), recvmmsg(2), sendmmsg(2) */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "checks/core/str.h"

#define HELD 32768            /* queries at a time; a power of two, and an id each */
#define ROOM 1500             /* more than EDNS allows */
#define BATCH 64              /* datagrams a system call */
#define ASKED 128             /* the server has at most so many at a time */
#define LOST_NS 500000000     /* what the server owes so long does not come */
#define SOCKET_ROOM (8 << 20) /* bytes the kernel keeps for us */

struct held {
	struct sockaddr_in from;
	uint8_t id[2]; /* of the client */
	bool answered; /* or it asks nothing */
	int64_t due_ns;
	size_t n; /* bytes of the query, then of the answer */
	uint8_t message[ROOM];
};

/* In the order in which they came; those from UNASKED on are still to be asked. */
static struct held held[HELD];
static unsigned first, unasked, next;
static unsigned n_asked; /* of which the answer is out */
static int client, server;

static int64_t
now_ns(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A UDP socket of 127.0.0.1, connected to PORT, or bound to any port when PORT is 0. */
static int
open_socket(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = SOCKET_ROOM;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (fd >= 0 && (port != 0 ? connect(fd, (struct sockaddr *)&a, sizeof(a))
				  : bind(fd, (struct sockaddr *)&a, sizeof(a))) == 0)
		return fd;
	perror("bench_delay");
	exit(1);
}

static struct held *
at(unsigned i)
{
	return &held[i % HELD];
}

/* Take what clients ask, straight into its places. */
static void
take_queries(int64_t delay_ns)
{
	struct mmsghdr head[BATCH];
	struct iovec vec[BATCH];
	int n = BATCH;

	while (n == BATCH && HELD - (next - first) >= BATCH) {
		int64_t due_ns;

		memset(head, 0, sizeof(head));
		for (unsigned i = 0; i < BATCH; i++) {
			struct held *h = at(next + i);

			vec[i] = (struct iovec){ h->message, ROOM };
			head[i].msg_hdr = (struct msghdr){ .msg_name = &h->from,
				.msg_namelen = sizeof(h->from),
				.msg_iov = &vec[i],
				.msg_iovlen = 1 };
		}
		n = recvmmsg(client, head, BATCH, 0, NULL);
		due_ns = now_ns() + delay_ns;
		for (int i = 0; i < n; i++, next++) {
			struct held *h = at(next);

			h->n = head[i].msg_len;
			h->due_ns = due_ns;
			h->answered = h->n < 12; /* no query: it gets nothing */
			memcpy(h->id, h->message, 2);
		}
	}
}

/* Ask the server.  The id that it sees is the place in HELD. */
static void
ask(void)
{
	struct mmsghdr head[BATCH];
	struct iovec vec[BATCH];
	unsigned n = 0;

	memset(head, 0, sizeof(head));
	for (; unasked != next && n < BATCH && n_asked < ASKED; unasked++) {
		struct held *h = at(unasked);

		if (h->answered)
			continue;
		h->message[0] = (uint8_t)(unasked % HELD >> 8);
		h->message[1] = (uint8_t)(unasked % HELD);
		vec[n] = (struct iovec){ h->message, h->n };
		head[n].msg_hdr = (struct msghdr){ .msg_iov = &vec[n], .msg_iovlen = 1 };
		n++;
		n_asked++;
	}
	if (n > 0)
		(void)sendmmsg(server, head, n, 0);
}

/* Whether place I of HELD is one whose answer is out. */
static bool
is_asked(unsigned i)
{
	return i < HELD && (i - first) % HELD < unasked - first && !held[i].answered;
}

static void
take_answers(void)
{
	static uint8_t answer[BATCH][ROOM];
	struct mmsghdr head[BATCH];
	struct iovec vec[BATCH];
	int n = BATCH;

	while (n == BATCH) {
		memset(head, 0, sizeof(head));
		for (unsigned i = 0; i < BATCH; i++) {
			vec[i] = (struct iovec){ answer[i], ROOM };
			head[i].msg_hdr = (struct msghdr){ .msg_iov = &vec[i], .msg_iovlen = 1 };
		}
		n = recvmmsg(server, head, BATCH, 0, NULL);
		for (int i = 0; i < n; i++) {
			unsigned place = (unsigned)answer[i][0] << 8 | answer[i][1];
			struct held *h = &held[place % HELD];

			if (head[i].msg_len < 12 || !is_asked(place))
				continue;
			memcpy(h->message, answer[i], head[i].msg_len);
			memcpy(h->message, h->id, 2);
			h->n = head[i].msg_len;
			h->answered = true;
			n_asked--;
		}
	}
}

/* Give the answers in HEAD, N of them, away; what the kernel has no room for is lost. */
static void
give(struct mmsghdr *head, unsigned n)
{
	for (unsigned sent = 0; sent < n;) {
		int k = sendmmsg(client, head + sent, n - sent, 0);

		sent += k > 0 ? (unsigned)k : 1;
	}
}

/* Whether the first one is over; what the server owes when it is due is waited for a while. */
static bool
is_due(int64_t now)
{
	const struct held *h = at(first);

	return first != unasked && now >= h->due_ns + (h->answered ? 0 : LOST_NS);
}

static void
give_answers(void)
{
	struct mmsghdr head[BATCH];
	struct iovec vec[BATCH];
	int64_t now = now_ns();
	unsigned n = 0;

	memset(head, 0, sizeof(head));
	for (; is_due(now); first++) {
		struct held *h = at(first);

		if (!h->answered)
			n_asked--;
		if (!h->answered || h->n < 12)
			continue;
		vec[n] = (struct iovec){ h->message, h->n };
		head[n].msg_hdr = (struct msghdr){ .msg_name = &h->from,
			.msg_namelen = sizeof(h->from),
			.msg_iov = &vec[n],
			.msg_iovlen = 1 };
		if (++n == BATCH) {
			give(head, n);
			n = 0;
		}
	}
	give(head, n);
}

/* Nanoseconds until something is to be done though nothing comes. */
static int64_t
idle_ns(void)
{
	int64_t left;

	if (unasked != next && n_asked < ASKED)
		return 0;
	if (first == unasked)
		return 999999999;
	left = at(first)->due_ns - now_ns();
	if (left <= 0 && !at(first)->answered)
		left += LOST_NS; /* its answer wakes us */
	return left > 0 ? left : 0;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t n = sizeof(here);
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	uint32_t port, delay_ms;

	if (argc != 3 || !parse_u32(str_of(argv[1]), 65535, &port) ||
	    !parse_u32(str_of(argv[2]), 10000, &delay_ms)) {
		fprintf(stderr, "usage: bench_delay PORT DELAY\n");
		return 2;
	}
	fds[0].fd = client = open_socket(0);
	fds[1].fd = server = open_socket(port);
	if (getsockname(client, (struct sockaddr *)&here, &n) != 0)
		return 1;
	printf("%u\n", (unsigned)ntohs(here.sin_port));
	(void)fflush(stdout);
	for (;;) {
		int64_t left = idle_ns();
		struct timespec wait = { left / 1000000000, left % 1000000000 };

		if (ppoll(fds, 2, &wait, NULL) < 0 && errno != EINTR)
			return 1;
		take_queries((int64_t)delay_ms * 1000000);
		ask();
		take_answers();
		give_answers();
	}
}
