/* SPDX-License-Identifier: ISC */
/*
 * bench_delay.c - a far-away name server: passes queries on to one on loopback
 * and holds each answer until DELAY milliseconds after its query came.
 *
 * usage: bench_delay PORT DELAY; prints the port where it listens, and serves
 * until it is killed.  UDP only.
 */
#define _GNU_SOURCE /* ppoll(2) */
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

#define HELD 4096 /* queries under way; a power of two */
#define ROOM 1500 /* more than EDNS allows */

struct held {
	struct sockaddr_in from;
	uint8_t id[2]; /* of the client */
	int64_t due_ns;
	size_t n; /* bytes of the answer; 0 = none yet */
	uint8_t answer[ROOM];
};

static struct held held[HELD];
static unsigned first, next; /* of those held, by the order in which they came */

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
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && (port != 0 ? connect(fd, (struct sockaddr *)&a, sizeof(a))
				  : bind(fd, (struct sockaddr *)&a, sizeof(a))) == 0)
		return fd;
	perror("bench_delay");
	exit(1);
}

/* Pass on what clients ask.  The id that the server sees is the place in HELD. */
static void
take_queries(int client, int server, int64_t delay_ns)
{
	uint8_t query[ROOM];

	while (next - first < HELD) {
		struct held *h = &held[next % HELD];
		socklen_t room = sizeof(h->from);
		ssize_t n =
		    recvfrom(client, query, sizeof(query), 0, (struct sockaddr *)&h->from, &room);

		if (n < 12)
			return;
		h->due_ns = now_ns() + delay_ns;
		h->n = 0;
		memcpy(h->id, query, 2);
		query[0] = (uint8_t)(next % HELD >> 8);
		query[1] = (uint8_t)(next % HELD);
		next++;
		(void)send(server, query, (size_t)n, 0);
	}
}

static void
take_answers(int server)
{
	uint8_t answer[ROOM];
	ssize_t n;

	while ((n = recv(server, answer, sizeof(answer), 0)) >= 12) {
		struct held *h = &held[((unsigned)answer[0] << 8 | answer[1]) % HELD];

		memcpy(answer, h->id, 2);
		memcpy(h->answer, answer, (size_t)n);
		h->n = (size_t)n;
	}
}

/* Give what is due; an answer that the server owes is left out. */
static void
give_answers(int client)
{
	while (first != next && held[first % HELD].due_ns <= now_ns()) {
		struct held *h = &held[first++ % HELD];

		if (h->n > 0)
			(void)sendto(client, h->answer, h->n, 0, (struct sockaddr *)&h->from,
			    sizeof(h->from));
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t n = sizeof(here);
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	uint32_t port, delay_ms;
	int64_t delay_ns;

	if (argc != 3 || !parse_u32(str_of(argv[1]), 65535, &port) ||
	    !parse_u32(str_of(argv[2]), 10000, &delay_ms)) {
		fprintf(stderr, "usage: bench_delay PORT DELAY\n");
		return 2;
	}
	delay_ns = (int64_t)delay_ms * 1000000;
	fds[0].fd = open_socket(0);
	fds[1].fd = open_socket(port);
	if (getsockname(fds[0].fd, (struct sockaddr *)&here, &n) != 0)
		return 1;
	printf("%u\n", (unsigned)ntohs(here.sin_port));
	(void)fflush(stdout);
	for (;;) {
		int64_t left = first == next ? 999999999 : held[first % HELD].due_ns - now_ns();
		struct timespec wait = { 0, left > 0 ? (long)left : 0 };

		if (ppoll(fds, 2, &wait, NULL) < 0 && errno != EINTR)
			return 1;
		take_queries(fds[0].fd, fds[1].fd, delay_ns);
		take_answers(fds[1].fd);
		give_answers(fds[0].fd);
	}
}
