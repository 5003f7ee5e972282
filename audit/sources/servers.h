/* SPDX-License-Identifier: ISC */
/*
 * servers.h - what is known of one name server, and how fast it may be asked.
 *
 * A limit in queries a second (a token bucket) and a window of queries under
 * way, which follows what the server was seen to bear: twice its answers in
 * the shortest time that an answer took.  Growing until something is lost
 * would not do, for a loss shows after a second and an answer on loopback
 * takes a ten-thousandth of that.  Both shrink when 5 % of the queries get
 * lost and grow again afterwards, a step for each time a loss takes to show;
 * a server without a limit gets one so.  Where fewer queries do not make fewer
 * of them get lost, it is not our speed, and both grow nonetheless.
 * What the window allows is spread over the round trip.  No socket is touched
 * here but the pool that a server owns.
 */
#ifndef AUDIT_SOURCES_SERVERS_H
#define AUDIT_SOURCES_SERVERS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "audit/sources/query.h"
#include "audit/sources/resolver.h"
#include "audit/sources/sockets.h"

#define DEFAULT_QPS 300 /* off loopback: what public resolvers put up with */
#define MIN_QPS 10
#define LEARNT_QPS 100     /* the least to begin with, where the losses were all that set a limit */
#define MIN_WINDOW 64      /* even where every tenth gets lost, and not for our speed */
#define MIN_PACE 64        /* queries a millisecond: any server has room for so many */
#define FIRST_WINDOW 256   /* fits the receive buffer of a server as installed */
#define MAX_WINDOW 20000   /* queries under way; keeps ids of a socket mostly free */
#define PROBE_TRIES 5      /* a server that is down is tried again after so many tries' time */
#define MAX_SERVER_TEXT 64 /* 39 of an IPv6 address, '@', 5 of a port */

struct server {
	struct udp_pool pool; /* first */
	struct resolver *resolver;
	struct loop_timer flush; /* when the queue goes on */
	struct query_list queue; /* waits for limit and window */
	size_t in_flight, window;
	size_t max_window; /* after losses */
	uint64_t epoch_ms; /* since when `answers` are counted for the window */
	size_t answers;
	uint64_t shortest_ms;  /* that an answer took; at least 1 */
	uint64_t took_ms;      /* an answer, of late */
	uint64_t paced_at_ms;  /* in this millisecond */
	size_t paced;          /* so many went */
	unsigned qps, max_qps; /* now, and when all is well; 0 = no limit */
	uint64_t heard_at_ms;  /* since when HEARD answers are counted, */
	unsigned heard, rate;  /* and those of the second before */
	int64_t credit;        /* thousandths of queries; below 0 after TCP */
	uint64_t credit_at_ms;
	unsigned tried, failed; /* in the count under way for the 5 % */
	unsigned try_ms;        /* until a loss shows */
	unsigned lost_share;    /* percent, when limit or window last shrank; 0 = no losses since */
	uint64_t shrunk_at_ms;
	uint64_t changed_at_ms; /* shrunk or grown */
	unsigned silent;        /* lost in a row */
	uint64_t down_at_ms;    /* since when it is down */
	uint64_t probe_at_ms;   /* while down: when one query tries it again */
	unsigned plain;         /* answers got only without EDNS */
	char where[MAX_SERVER_TEXT];
	size_t where_n;
	struct resolver_stats stats;
};

/* Make S ready for TO as O says; opens nothing.  The callbacks are the owner's to set. */
void server_init(struct server *s, struct resolver *r, struct loop *loop,
    const struct resolver_server *to, const struct resolver_options *o);

/*
 * How many queries may go now; when 0, *WAIT_MS until limit and pace allow one, 0 =
 * the window is full.
 */
size_t server_allows(struct server *s, uint64_t now_ms, uint64_t *wait_ms);

/* N queries went by UDP / one goes by TCP. */
void server_sent(struct server *s, size_t n);
void server_sent_tcp(struct server *s);

/* A query by UDP was answered TOOK_MS after it went / got no answer within TRY_MS. */
void server_heard(struct server *s, uint64_t now_ms, uint64_t took_ms);
void server_lost(struct server *s, uint64_t now_ms, unsigned try_ms);

/* Something came by TCP: S is there, whatever becomes of its datagrams. */
void server_heard_tcp(struct server *s);

/* How long a first try of S may last: the time of one, or twice what its answers take. */
uint64_t server_try_ms(const struct server *s);

/*
 * How long a query that joins the queue of S waits there for limit and window,
 * about.  False for a server that is down: nobody waits for its limit.
 */
bool server_wait_ms(const struct server *s, uint64_t *out);

/*
 * Whether S is worth asking first: not silent for long, or due for a probe,
 * which this call then stands for.
 */
bool server_is_up(struct server *s, uint64_t now_ms, unsigned try_ms);

/* Whether S is down for so long that to ask it, but for probes, is to wait for nothing. */
bool server_is_dead(const struct server *s, uint64_t now_ms, unsigned try_ms);

/* An answer changed the case of the question: the second time 0x20 is given up for S. */
void server_case_fault(struct server *s);

/* S answered without EDNS what it refused with: after MAX_PLAIN times it is asked so at once. */
void server_plain(struct server *s);

#endif
