/* SPDX-License-Identifier: ISC */
/*
 * sockets.c - a pool of connected UDP sockets; many datagrams a system call.
 */
#define _GNU_SOURCE /* sendmmsg(2), recvmmsg(2) */
#include "audit/sources/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checks/core/arena.h"

#define RECV_BATCH 32
#define RECV_ROUNDS 16        /* then the other sockets and the timers have their turn */
#define RECV_ROOM 2048        /* more than WIRE_EDNS_SIZE; what is longer was not asked for */
#define RECV_BUFFER (4 << 20) /* bytes the kernel may keep for us */

struct udp_inbox {
	struct mmsghdr head[RECV_BATCH];
	struct iovec vec[RECV_BATCH];
	uint8_t room[RECV_BATCH][RECV_ROOM];
};

uint64_t
random_bits(void)
{
	static uint64_t pool[512]; /* a signal may cut short what is above 256 bytes */
	static size_t left;

	while (left == 0) {
		ssize_t n = getrandom(pool, sizeof(pool), 0);

		if (n > 0)
			left = (size_t)n / sizeof(pool[0]);
		else if (errno != EINTR)
			abort(); /* ids that can be guessed are worse than no program */
	}
	return pool[--left];
}

socklen_t
server_sockaddr(const struct resolver_server *s, struct sockaddr_storage *out)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(s->port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(s->port) };

	memset(out, 0, sizeof(*out));
	if (s->addr.v6) {
		memcpy(&six.sin6_addr, s->addr.b, 16);
		memcpy(out, &six, sizeof(six));
		return sizeof(six);
	}
	memcpy(&four.sin_addr, s->addr.b, 4);
	memcpy(out, &four, sizeof(four));
	return sizeof(four);
}

static struct query *
find(const struct udp_socket *s, uint16_t id)
{
	struct query *q = s->sent[id % ID_BUCKETS].first;

	while (q != NULL && q->id != id)
		q = q->next;
	return q;
}

/* Every query that S has under way is refused. */
static void
refuse_all(struct udp_socket *s)
{
	for (size_t i = 0; i < ID_BUCKETS; i++)
		while (s->sent[i].first != NULL)
			s->pool->refused(s->pool, s->sent[i].first);
}

static void
deliver(struct udp_socket *s, const struct mmsghdr *head, const uint8_t *datagram)
{
	struct udp_pool *p = s->pool;
	struct query *q = NULL;

	if (head->msg_len >= 2)
		q = find(s, (uint16_t)(datagram[0] << 8 | datagram[1]));
	if (q == NULL) {
		p->strays++;
		return;
	}
	p->message(p, q, (struct str){ (const char *)datagram, head->msg_len },
	    (head->msg_hdr.msg_flags & MSG_TRUNC) != 0);
}

/* Read what is there.  The owner may send and cancel meanwhile, but not close. */
static void
ready(struct loop_fd *f, uint32_t events)
{
	struct udp_socket *s = (struct udp_socket *)f;
	struct udp_inbox *in = s->pool->inbox;
	int n = RECV_BATCH;

	(void)events;
	for (unsigned round = 0; n == RECV_BATCH && round < RECV_ROUNDS; round++) {
		for (size_t i = 0; i < RECV_BATCH; i++) {
			in->vec[i] = (struct iovec){ in->room[i], RECV_ROOM };
			in->head[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &in->vec[i],
							    .msg_iovlen = 1 } };
		}
		n = recvmmsg(s->watch.fd, in->head, RECV_BATCH, MSG_DONTWAIT, NULL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			refuse_all(s);
		s->pool->heard_ms = loop_clock_ms();
		for (int i = 0; i < n; i++)
			deliver(s, &in->head[i], in->room[i]);
	}
}

void
udp_pool_init(struct udp_pool *p, struct loop *loop, const struct resolver_server *to)
{
	p->loop = loop;
	p->to = *to;
	p->strays = 0;
	p->inbox = xcalloc(1, sizeof(*p->inbox));
	p->sockets = xcalloc(SOCKETS_A_SERVER, sizeof(*p->sockets));
	for (size_t i = 0; i < SOCKETS_A_SERVER; i++) {
		p->sockets[i].watch = (struct loop_fd){ .fd = -1, .ready = ready };
		p->sockets[i].pool = p;
	}
}

void
udp_pool_close(struct udp_pool *p)
{
	for (size_t i = 0; i < SOCKETS_A_SERVER; i++)
		if (p->sockets[i].watch.fd >= 0) {
			loop_remove(p->loop, &p->sockets[i].watch);
			(void)close(p->sockets[i].watch.fd);
		}
	free(p->sockets);
	free(p->inbox);
}

/* Open S: the kernel takes a random port of its range at connect(2). */
static bool
open_socket(struct udp_socket *s)
{
	struct sockaddr_storage to;
	socklen_t n = server_sockaddr(&s->pool->to, &to);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int room = RECV_BUFFER, saved;

	if (fd < 0)
		return false;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	s->watch.fd = fd;
	if (connect(fd, (struct sockaddr *)&to, n) == 0 &&
	    loop_add(s->pool->loop, &s->watch, EPOLLIN) == 0)
		return true;
	saved = errno;
	(void)close(fd);
	s->watch.fd = -1;
	errno = saved;
	return false;
}

struct udp_socket *
udp_pool_pick(struct udp_pool *p)
{
	size_t start = random_bits() % SOCKETS_A_SERVER;

	for (size_t i = 0; i < SOCKETS_A_SERVER; i++) {
		struct udp_socket *s = &p->sockets[(start + i) % SOCKETS_A_SERVER];
		int error = 0;
		socklen_t n = sizeof(error);

		if (s->watch.fd < 0) {
			if (open_socket(s))
				return s;
			continue; /* no more files: one that is open does */
		}
		/* An error that waits here would be taken for one of sendmmsg(2). */
		if (getsockopt(s->watch.fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error != 0)
			refuse_all(s);
		return s;
	}
	return NULL;
}

static uint16_t
free_id(const struct udp_socket *s)
{
	uint16_t id;

	do
		id = (uint16_t)random_bits();
	while (find(s, id) != NULL); /* MAX_WINDOW keeps most ids free */
	return id;
}

size_t
udp_send(struct udp_socket *s, struct query *const *qs, size_t n, int *error)
{
	static uint8_t out[SEND_BATCH][MAX_WIRE_QUERY];
	struct mmsghdr head[SEND_BATCH];
	struct iovec vec[SEND_BATCH];
	int sent;

	memset(head, 0, sizeof(head));
	for (size_t i = 0; i < n; i++) {
		struct wire_query w;

		/* What is sent again keeps its id: whichever answer comes first is taken. */
		if (!qs[i]->again || find(s, qs[i]->id) != NULL)
			qs[i]->id = free_id(s);
		qs[i]->socket = s;
		w = query_wire(qs[i]);
		vec[i] = (struct iovec){ out[i], wire_query_build(&w, out[i]) };
		head[i].msg_hdr.msg_iov = &vec[i];
		head[i].msg_hdr.msg_iovlen = 1;
		query_append(&s->sent[qs[i]->id % ID_BUCKETS], qs[i]);
	}
	sent = sendmmsg(s->watch.fd, head, (unsigned)n, MSG_DONTWAIT | MSG_NOSIGNAL);
	*error = sent < 0 ? errno : 0;
	if (sent < 0)
		sent = 0;
	else if ((size_t)sent < n)
		*error = EAGAIN; /* the next call says what it really was */
	for (size_t i = (size_t)sent; i < n; i++)
		query_unlink(qs[i]);
	return (size_t)sent;
}
