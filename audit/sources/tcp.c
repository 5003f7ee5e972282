/* SPDX-License-Identifier: ISC */
/*
 * tcp.c - connect, send, receive one length-prefixed message.
 *
 * The length is the other side's claim; it can be at most 65,535, and room is
 * taken for it only once it is there.
 */
#include "audit/sources/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "audit/sources/sockets.h"
#include "checks/core/arena.h"

struct tcp_call {
	struct loop_fd watch; /* first */
	struct loop *loop;
	tcp_done *done;
	void *ctx;
	uint8_t out[2 + MAX_WIRE_QUERY];
	size_t out_n, out_at;
	uint8_t length[2];
	uint8_t *in;        /* NULL until the length is known */
	size_t in_n, in_at; /* IN_AT counts the two octets of the length, too */
};

enum progress { MORE, COMPLETE, BROKEN };

static enum progress
send_some(struct tcp_call *c)
{
	while (c->out_at < c->out_n) {
		ssize_t n =
		    send(c->watch.fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL);

		if (n > 0)
			c->out_at += (size_t)n;
		else if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
			return MORE;
		else
			return BROKEN;
	}
	/* sent: from now on only reading matters */
	return loop_change(c->loop, &c->watch, EPOLLIN) == 0 ? MORE : BROKEN;
}

/* Where the next byte goes, and how many may follow it. */
static uint8_t *
next_room(struct tcp_call *c, size_t *room)
{
	if (c->in_at < sizeof(c->length)) {
		*room = sizeof(c->length) - c->in_at;
		return c->length + c->in_at;
	}
	*room = c->in_n - (c->in_at - sizeof(c->length));
	return c->in + (c->in_at - sizeof(c->length));
}

static enum progress
receive_some(struct tcp_call *c)
{
	for (;;) {
		size_t room;
		uint8_t *to = next_room(c, &room);
		ssize_t n = recv(c->watch.fd, to, room, 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return MORE;
		if (n <= 0)
			return BROKEN;
		c->in_at += (size_t)n;
		if (c->in_at == sizeof(c->length) && c->in == NULL) {
			c->in_n = (size_t)c->length[0] << 8 | c->length[1];
			if (c->in_n < WIRE_HEADER)
				return BROKEN;
			c->in = xmalloc(c->in_n);
		}
		if (c->in != NULL && c->in_at == sizeof(c->length) + c->in_n)
			return COMPLETE;
	}
}

static void
ready(struct loop_fd *f, uint32_t events)
{
	struct tcp_call *c = (struct tcp_call *)f;
	enum progress p = MORE;
	struct str message = { NULL, 0 };

	if (c->out_at < c->out_n && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)
		p = send_some(c);
	if (p == MORE && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0)
		p = receive_some(c);
	if (p == MORE)
		return;
	if (p == COMPLETE)
		message = (struct str){ (const char *)c->in, c->in_n };
	c->done(c, c->ctx, message);
}

struct tcp_call *
tcp_start(struct loop *loop, const struct resolver_server *to, const struct wire_query *q,
    tcp_done *done, void *ctx)
{
	struct tcp_call *c;
	struct sockaddr_storage sa;
	socklen_t n = server_sockaddr(to, &sa);
	int one = 1;
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return NULL;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c = xcalloc(1, sizeof(*c));
	c->watch = (struct loop_fd){ .fd = fd, .ready = ready };
	c->loop = loop;
	c->done = done;
	c->ctx = ctx;
	c->out_n = wire_query_build(q, c->out + 2);
	c->out[0] = (uint8_t)(c->out_n >> 8);
	c->out[1] = (uint8_t)c->out_n;
	c->out_n += 2;
	if ((connect(fd, (struct sockaddr *)&sa, n) == 0 || errno == EINPROGRESS) &&
	    loop_add(loop, &c->watch, EPOLLIN | EPOLLOUT) == 0)
		return c;
	(void)close(fd);
	free(c);
	return NULL;
}

void
tcp_stop(struct tcp_call *c)
{
	if (c == NULL)
		return;
	loop_remove(c->loop, &c->watch);
	(void)close(c->watch.fd);
	free(c->in);
	free(c);
}
