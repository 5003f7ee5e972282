/* SPDX-License-Identifier: ISC */
/*
 * spf_netless.c - one list of networks without another: what a change took away, or
 * brought.
 */
#include "checks/spf_networks.h"

/* What is under way. */
struct less {
	const struct spf_networks *b;
	struct prefix *out;
	size_t room, n;
};

/* Index of the first network of G that does not lie in front of P. */
static size_t
first_at(const struct spf_networks *g, const struct prefix *p)
{
	size_t low = 0, high = g->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (addr_cmp(&g->list[mid].addr, &p->addr) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_wider(const struct prefix *wide, const struct prefix *p)
{
	return wide->bits <= p->bits && prefix_has(wide, &p->addr);
}

/* The upper half of P, which has a bit left. */
static struct prefix
upper_half(const struct prefix *p)
{
	struct prefix half = { .addr = p->addr, .bits = (uint8_t)(p->bits + 1) };

	half.addr.b[p->bits / 8] |= (uint8_t)(0x80 >> (p->bits % 8));
	return half;
}

/* Adds what of P is not in L->b; as deep as P has bits left. */
static void
subtract(struct less *l, struct prefix p) /* NOLINT(misc-no-recursion) */
{
	for (;;) {
		size_t at = first_at(l->b, &p);
		struct prefix upper;

		if (at < l->b->n && is_wider(&l->b->list[at], &p))
			return;
		if (at > 0 && is_wider(&l->b->list[at - 1], &p))
			return;
		if (l->n >= MAX_SPF_NETWORKS)
			return;
		if (at == l->b->n || !is_wider(&p, &l->b->list[at])) {
			if (l->n < l->room)
				l->out[l->n] = p;
			l->n++;
			return;
		}
		upper = upper_half(&p); /* something of B lies inside P, so it has a half */
		p.bits++;
		subtract(l, p);
		p = upper;
	}
}

size_t
spf_networks_less(
    const struct spf_networks *a, const struct spf_networks *b, struct prefix *out, size_t room)
{
	struct less l = { .b = b, .out = out, .room = room };

	for (size_t i = 0; i < a->n; i++)
		subtract(&l, a->list[i]);
	return l.n;
}
