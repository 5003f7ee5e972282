/* SPDX-License-Identifier: ISC */
/*
 * spf_networks.h - the networks that terms list, as the least list of the same
 * addresses, and how many those are.
 *
 * What is listed is not always what passes: a term in front may refuse an
 * address, and the limits may end the evaluation before.
 */
#ifndef CHECKS_SPF_NETWORKS_H
#define CHECKS_SPF_NETWORKS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/spf_tree.h"

#define MAX_SPF_NETWORKS 16384 /* far more than any sender lists; the rest is left out */

/* The most that a count of IPv6 says: what a JSON reader can still tell exactly. */
#define SPF_COUNT_MAX ((uint64_t)1 << 53)

struct spf_networks {
	struct arena *arena;
	struct prefix *list;
	size_t n, cap;  /* cap = 0: the list is another's, and is copied before it changes */
	size_t met;     /* before any was joined or dropped: what the bound is on */
	bool mixed;     /* not in order */
	bool least;     /* minimized, and nothing was added since */
	bool twice;     /* what was added overlaps */
	bool at_least;  /* something is left out, or could not be seen, or depends on the sender */
	bool elsewhere; /* an include or redirect= leads to another record for each sender */
};

/* Add ADDR/BITS, host bits cleared. */
void spf_networks_add(struct spf_networks *g, const struct addr *addr, uint8_t bits);

/*
 * Add the networks of FROM, minimized, with what it leaves out.  False, and nothing
 * is added, when there is no room for all.  FROM must live as long as G: the first
 * list is not copied.
 */
bool spf_networks_join(struct spf_networks *g, const struct spf_networks *from);

/* Make room for N networks more, so that joining them moves none twice. */
void spf_networks_reserve(struct spf_networks *g, size_t n);

/* What the record R itself lists by ip4, ip6 and all, minimized; owned by KEEP. */
const struct spf_networks *spf_networks_of_record(struct arena *keep, const struct spf_record *r);

/*
 * Add what the record of NODE itself lists by ip4, ip6, a, mx and all, its includes
 * apart; nothing when a match there is no pass at the root.
 */
void spf_networks_of_node(struct spf_networks *g, const struct spf_node *node);

/*
 * Sort, drop what is covered (twice: there was such a network), join halves: the
 * least list of the same addresses.
 */
void spf_networks_minimize(struct spf_networks *g);

/*
 * What the minimized A holds and the minimized B does not, as networks, the first ROOM
 * of them into OUT; how many there are, at most MAX_SPF_NETWORKS.
 */
size_t spf_networks_less(
    const struct spf_networks *a, const struct spf_networks *b, struct prefix *out, size_t room);

/* Whether the minimized G holds IP. */
bool spf_networks_has(const struct spf_networks *g, const struct addr *ip);

/* How many IPv4 addresses the minimized G holds. */
uint64_t spf_networks_ip4(const struct spf_networks *g);

/*
 * In how many /64 networks of IPv6 the minimized G has addresses, a host being
 * given at least one (RFC 6177); at most SPF_COUNT_MAX.
 */
uint64_t spf_networks_ip6(const struct spf_networks *g);

#endif
