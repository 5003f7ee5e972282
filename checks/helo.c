/* SPDX-License-Identifier: ISC */
/*
 * helo.c - the check `helo`; see helo.h.
 */
#include "checks/helo.h"

#include "checks/ptr.h"
#include "checks/senders.h"

/* One name, and who says it. */
struct greeting {
	struct audit *au;
	const struct name *helo;
	const struct sender *senders;
	size_t n;
};

static struct finding *
add(const struct greeting *g, enum rule_id rule)
{
	const struct name *helo = g->helo;
	struct finding *f = finding_add(g->au->findings, rule, helo);

	finding_absent(f, helo, RR_A);
	return f;
}

static void
add_ip(const struct greeting *g, enum rule_id rule, const struct addr *ip,
    const struct answer *evidence)
{
	struct finding *f = add(g, rule);

	finding_text(g->au->findings, f, "ip", finding_address(g->au->findings, ip));
	finding_evidence(f, evidence);
}

/* RFC 5321 2.3.5: two labels at least, and no address where a name belongs. */
static bool
is_qualified(const struct name *helo)
{
	struct addr unused;
	struct buf b;
	bool address;

	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, helo);
	address = addr_parse(buf_str(&b), &unused) == ADDR_OK;
	buf_free(&b);
	return !address && name_labels(helo) >= 2 && name_is_hostname(helo, true);
}

/* Whether the reverse names of IP, when it has any, hold the HELO name. */
static bool
is_reverse_name(const struct greeting *g, const struct addr *ip, const struct answer **ptr)
{
	struct name owner = addr_ptr_name(ip), name;

	*ptr = ask_dns(g->au->q, &owner, RR_PTR);
	/* none, or nobody could say: the check `ptr` tells */
	if ((*ptr)->status != ANSWER_FOUND)
		return true;
	for (size_t i = 0; i < (*ptr)->n_rr; i++)
		if (rr_target(&(*ptr)->rr[i], &name) && name_eq(&name, g->helo))
			return true;
	return false;
}

/* The name against one sending address: first its own address, then its reverse name. */
static void
judge_address(const struct greeting *g, const struct addr *ip)
{
	const struct answer *ptr, *failed = NULL;
	bool pending = false;
	bool same = ptr_confirms(g->au, g->helo, ip, &pending, &failed);
	bool reverse = is_reverse_name(g, ip, &ptr);

	if (pending || failed != NULL || is_pending(ptr))
		return;
	if (!same)
		add_ip(g, RULE_HELO_OTHER_ADDRESS, ip,
		    ask_dns(g->au->q, g->helo, ip->v6 ? RR_AAAA : RR_A));
	else if (!reverse)
		add_ip(g, RULE_HELO_OTHER_PTR, ip, ptr);
}

/* Whether X says the name of G, and none before it in the list has the address IP. */
static bool
is_first(const struct greeting *g, const struct sender *x, const struct addr *ip)
{
	for (const struct sender *y = g->senders; y <= x; y++)
		for (size_t i = 0; i < y->n_ips && name_eq(&y->helo, g->helo); i++)
			if (&y->ips[i] == ip)
				return true;
			else if (addr_eq(&y->ips[i], ip))
				return false;
	return false;
}

/* The one sending address for a name of the subject's, which has none. */
static void
propose_address(const struct greeting *g, struct finding *f)
{
	const struct subject *t = g->au->subject;
	const struct addr *only = NULL;
	size_t n = 0;

	for (size_t s = 0; s < g->n; s++)
		for (size_t i = 0; i < g->senders[s].n_ips; i++)
			if (is_first(g, &g->senders[s], &g->senders[s].ips[i])) {
				only = &g->senders[s].ips[i];
				n++;
			}
	if (n != 1 || !name_is_set(&t->domain) || !name_is_below(g->helo, &t->domain))
		return;
	struct addr ip = addr_unmap(only);
	finding_change(g->au->findings, f, CHANGE_ADD, g->helo, ip.v6 ? RR_AAAA : RR_A)->new =
	    finding_address(g->au->findings, &ip);
}

static void
judge_addresses(const struct greeting *g)
{
	for (size_t s = 0; s < g->n; s++)
		for (size_t i = 0; i < g->senders[s].n_ips; i++) {
			struct addr ip = addr_unmap(&g->senders[s].ips[i]);

			if (is_first(g, &g->senders[s], &g->senders[s].ips[i]))
				judge_address(g, &ip);
		}
}

static void
judge_name(const struct greeting *g)
{
	const struct answer *a, *aaaa;
	bool found, failed;

	if (!is_qualified(g->helo)) {
		add(g, RULE_HELO_NOT_QUALIFIED);
		return;
	}
	a = ask_dns(g->au->q, g->helo, RR_A);
	aaaa = ask_dns(g->au->q, g->helo, RR_AAAA);
	found = a->status == ANSWER_FOUND || aaaa->status == ANSWER_FOUND;
	failed = a->status == ANSWER_FAILED || aaaa->status == ANSWER_FAILED;
	if (!is_pending(a) && !is_pending(aaaa) && !found) {
		struct finding *f =
		    add(g, failed ? RULE_HELO_LOOKUP_FAILED : RULE_HELO_UNRESOLVABLE);
		finding_evidence(f, a);
		finding_evidence(f, aaaa);
		/* beside an alias nothing else may stand (RFC 1034 3.6.2) */
		if (!failed && a->n_chain == 0 && aaaa->n_chain == 0)
			propose_address(g, f);
		return;
	}
	judge_addresses(g);
}

void
check_helo(struct audit *au)
{
	struct greeting g = { .au = au };

	g.n = senders_of(au->arena, au->subject, &g.senders);
	for (size_t i = 0; i < g.n; i++) {
		bool told = g.senders[i].helo.n == 0;

		g.helo = &g.senders[i].helo;
		for (size_t k = 0; k < i && !told; k++)
			told = name_eq(&g.senders[k].helo, g.helo);
		if (!told)
			judge_name(&g);
	}
}
