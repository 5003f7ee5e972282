/* SPDX-License-Identifier: ISC */
/*
 * sockets.h - UDP sockets on random ports, connected to one name server.
 *
 * The kernel drops what comes from another address or port, because the
 * sockets are connected; ids are random and told apart by socket (RFC 5452).
 * What a datagram says is not looked at here beyond its id.
 */
#ifndef AUDIT_SOURCES_SOCKETS_H
#define AUDIT_SOURCES_SOCKETS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include "audit/loop.h"
#include "audit/sources/query.h"
#include "audit/sources/resolver.h"

#define SOCKETS_A_SERVER 16
#define SEND_BATCH 64
#define ID_BUCKETS 256 /* a power of two */

struct udp_pool;

struct udp_socket {
	struct loop_fd watch; /* first; fd < 0 = not open */
	struct udp_pool *pool;
	struct query_list sent[ID_BUCKETS]; /* by id */
};

/* The owner embeds it, and is told what comes; both callbacks may ask and cancel. */
struct udp_pool {
	struct loop *loop;
	struct resolver_server to;
	struct udp_socket *sockets; /* SOCKETS_A_SERVER */
	struct udp_inbox *inbox;
	uint64_t strays;   /* datagrams with an id that nobody waits for */
	uint64_t heard_ms; /* by the clock itself, when what is handed over was read */

	/* A datagram with the id of Q; CUT when it was longer than there is room. */
	void (*message)(struct udp_pool *p, struct query *q, struct str datagram, bool cut);

	/* The server's port is closed (ICMP): Q, sent from a socket of P, gets no answer. */
	void (*refused)(struct udp_pool *p, struct query *q);
};

/* An address for the socket calls; returns its length. */
socklen_t server_sockaddr(const struct resolver_server *s, struct sockaddr_storage *out);

/* Open no socket yet.  The callbacks are the owner's to set. */
void udp_pool_init(struct udp_pool *p, struct loop *loop, const struct resolver_server *to);

/* Close all.  No query may be left in it. */
void udp_pool_close(struct udp_pool *p);

/*
 * A socket to send the next batch from, at random, opened if need be.  NULL
 * when none can be opened (errno).  It may call refused().
 */
struct udp_socket *udp_pool_pick(struct udp_pool *p);

/*
 * Give each of the N queries (at most SEND_BATCH, in no list) an id, but for those
 * that are sent AGAIN from S, and send them from S.  Returns how many went, the first ones, which
 * are in lists of S now; *ERROR is why the next did not, or 0.  Calls nobody.
 */
size_t udp_send(struct udp_socket *s, struct query *const *qs, size_t n, int *error);

/* Random bits from the system (getrandom(2)). */
uint64_t random_bits(void);

#endif
