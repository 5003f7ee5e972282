/* SPDX-License-Identifier: ISC */
/*
 * spf_hosts.c - the addresses that a and mx terms name, and the void lookups
 * they cost (RFC 7208 4.6.4, 5.3, 5.4).
 *
 * A receiver asks A for a client of IPv4 and AAAA for one of IPv6, so voids are
 * counted for each family apart.
 */
#include "checks/spf_tree.h"
#include "checks/spf_target.h"

/* What the answer A means: a void lookup in *VOIDS, or a failed one in *UNSURE. */
static void
count(struct spf_tree *t, const struct answer *a, uint8_t *voids, uint8_t *unsure)
{
	if (is_pending(a))
		t->pending = true;
	else if (a->status == ANSWER_FAILED)
		++*unsure;
	else if (answer_is_absent(a))
		++*voids;
}

/* Asks for both kinds of addresses of HOST. */
static void
ask_host(struct audit *au, struct spf_tree *t, struct spf_item *it, const struct name *host)
{
	const struct answer *a4 = ask_dns(au->q, host, RR_A);
	const struct answer *a6 = ask_dns(au->q, host, RR_AAAA);
	count(t, a4, &it->void4, &it->unsure4);
	count(t, a6, &it->void6, &it->unsure6);
	it->hosts[it->n_hosts++] = a4;
	it->hosts[it->n_hosts++] = a6;
}

/* Asks for the exchangers of the mx term IT, and for their addresses. */
static void
ask_exchangers(struct audit *au, struct spf_tree *t, struct spf_item *it)
{
	size_t n = 0;
	it->first = ask_dns(au->q, it->name, RR_MX);
	count(t, it->first, &it->void4, &it->unsure4);
	if (is_pending(it->first))
		return;
	if (it->first->status != ANSWER_FOUND) {
		it->void6 = it->void4;
		it->unsure6 = it->unsure4;
		return;
	}
	it->mx_over = it->first->n_rr > SPF_MX_LIMIT;
	it->hosts = arena_array(au->arena, SPF_MX_LIMIT * 2, sizeof(*it->hosts));
	for (size_t i = 0; i < it->first->n_rr && n < SPF_MX_LIMIT; i++) {
		struct name host;
		/* A null MX (RFC 7505) names the root: there is nothing to ask. */
		if (!rr_target(&it->first->rr[i], &host) || !name_is_set(&host))
			continue;
		ask_host(au, t, it, &host);
		n++;
	}
}

void
spf_ask_hosts(
    struct audit *au, struct spf_tree *t, const struct spf_node *holder, struct spf_item *it)
{
	it->name = spf_target(au->arena, it->term, &holder->name, &t->nodes[0]->name, &it->macro);
	if (it->name == NULL)
		return;
	if (t->n_hosts >= MAX_SPF_HOST_TERMS) {
		it->unknown = true;
		return;
	}
	t->n_hosts++;
	if (it->term->kind == TERM_MX) {
		ask_exchangers(au, t, it);
	} else {
		it->hosts = arena_array(au->arena, 2, sizeof(*it->hosts));
		ask_host(au, t, it, it->name);
	}
	it->unknown = it->unsure4 > 0 || it->unsure6 > 0;
}
