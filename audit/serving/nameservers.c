/* SPDX-License-Identifier: ISC */
/*
 * nameservers.c - NS, then A and AAAA of each, through the world.
 */
#include "audit/serving/nameservers.h"
#include <unistd.h>
#include "audit/error.h"
#include "audit/sources/sockets.h"

#define DNS_PORT 53
#define MAX_SERVERS (MAX_NAME_SERVERS * 2 * MAX_SERVER_ADDRESSES)

/* A question of ours to the world. */
struct lookup {
	struct waiter waiter; /* first */
	const struct answer *answer;
};

static void
ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	(void)q;
	((struct lookup *)w)->answer = answer_ref(a);
}

static void
look_up(struct lookup *l, struct world *w, const struct name *name, uint16_t type)
{
	struct question q = question_dns(name, type);

	*l = (struct lookup){ .waiter.ready = ready };
	l->answer = world_ask(w, &q, &l->waiter);
}

/* Until all N have their answers; the resolver bounds the time. */
static int
wait_for(struct lookup *l, size_t n, struct loop *loop)
{
	for (size_t i = 0; i < n; i++)
		while (l[i].answer == NULL)
			if (loop_once(loop, -1) != AUDIT_OK)
				return AUDIT_ESYS;
	return AUDIT_OK;
}

static void
end_lookups(struct lookup *l, size_t n, struct world *w)
{
	for (size_t i = 0; i < n; i++) {
		if (l[i].answer == NULL)
			world_cancel(w, &l[i].waiter);
		answer_unref(l[i].answer);
	}
}

static struct serving_server *
add(struct arena *a, struct serving_domain *d)
{
	if (d->servers == NULL)
		d->servers = arena_array(a, MAX_SERVERS + 1, sizeof(*d->servers));
	return d->n_servers < MAX_SERVERS ? &d->servers[d->n_servers++] : NULL;
}

void
nameservers_given(
    struct arena *a, struct serving_domain *d, const struct resolver_server *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct serving_server *s = add(a, d);

		if (s == NULL)
			return;
		s->addr = to[i].addr;
		s->port = to[i].port;
	}
}

/* Whether this machine has a way to S: a connected UDP socket sends nothing. */
static bool
has_route(const struct serving_server *s)
{
	struct resolver_server to = { .addr = s->addr, .port = s->port };
	struct sockaddr_storage ss;
	socklen_t n = server_sockaddr(&to, &ss);
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&ss, n) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

static bool
is_known(const struct serving_domain *d, const struct addr *ip)
{
	for (size_t i = 0; i < d->n_servers; i++)
		if (d->servers[i].port != 0 && addr_eq(&d->servers[i].addr, ip))
			return true;
	return false;
}

static void
add_address(struct arena *a, struct serving_domain *d, const struct name *host, const struct rr *rr)
{
	struct serving_server *s;
	struct addr ip;

	if (!rr_addr(rr, &ip) || is_known(d, &ip) || (s = add(a, d)) == NULL)
		return;
	s->host = *host;
	s->addr = ip;
	s->port = DNS_PORT;
	if (addr_space(&ip) != ADDR_PUBLIC) {
		s->skipped = "no address of the Internet; --server names one to be asked all the "
			     "same";
		s->matters = true;
	} else if (!has_route(s)) {
		s->skipped = "this machine has no route to it";
		s->matters = !ip.v6; /* its name server has IPv4 too, where that works */
	}
}

/* The addresses of HOST out of the answers to A and AAAA. */
static void
add_host(struct arena *a, struct serving_domain *d, const struct name *host, const struct lookup *l)
{
	size_t before = d->n_servers;
	struct serving_server *s;
	bool found = false;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < l[k].answer->n_rr && i < MAX_SERVER_ADDRESSES; i++) {
			add_address(a, d, host, &l[k].answer->rr[i]);
			found = true;
		}
	for (size_t i = before; i < d->n_servers; i++)
		if (d->servers[i].skipped == NULL)
			return;
	if (before < d->n_servers)
		d->servers[before].matters = true; /* nothing of it can be asked */
	if (found || (s = add(a, d)) == NULL)
		return;
	s->host = *host;
	s->skipped = "no address of it could be found";
	s->matters = true;
}

static int
add_hosts(struct arena *a, struct serving_domain *d, const struct answer *ns, struct world *w,
    struct loop *loop)
{
	struct lookup l[MAX_NAME_SERVERS * 2];
	struct name host[MAX_NAME_SERVERS];
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < ns->n_rr && n < MAX_NAME_SERVERS; i++)
		if (rr_target(&ns->rr[i], &host[n])) {
			look_up(&l[2 * n], w, &host[n], RR_A);
			look_up(&l[2 * n + 1], w, &host[n], RR_AAAA);
			n++;
		}
	rc = wait_for(l, 2 * n, loop);
	for (size_t i = 0; i < n && rc == AUDIT_OK; i++)
		add_host(a, d, &host[i], &l[2 * i]);
	end_lookups(l, 2 * n, w);
	return rc;
}

int
nameservers_find(struct arena *a, struct serving_domain *d, struct world *w, struct loop *loop)
{
	struct lookup l;
	int rc;

	look_up(&l, w, &d->apex, RR_NS);
	if ((rc = wait_for(&l, 1, loop)) == AUDIT_OK) {
		if (l.answer->n_rr > 0) {
			rc = add_hosts(a, d, l.answer, w, loop);
		} else if (l.answer->status == ANSWER_FAILED) {
			d->trouble = "The name servers of the zone could not be found";
			d->cause = l.answer->cause;
		} else {
			d->trouble = "The DNS knows no name servers of the zone: it is not "
				     "delegated, or not under this name";
		}
	}
	end_lookups(&l, 1, w);
	return rc;
}
