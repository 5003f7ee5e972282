/* SPDX-License-Identifier: ISC */
/*
 * spf_own.c - the domain's own hosts that send: the HELO name that was given,
 * and MX hosts whose address the record lets pass.
 *
 * An MX host that the record does not list only takes mail, and one of a mail
 * service is the service's affair: neither is looked at.  That a host says its
 * own name in HELO is only known of those that are given as senders.
 */
#include "checks/registered.h"
#include "checks/spf_judge.h"
#include "checks/spf_sender.h"

#define MAX_OWN_HOSTS 10 /* as many exchangers as SPF itself looks at (RFC 7208 4.6.4) */

/* Whether the host NAME has certainly no SPF record, and could have one. */
static bool
lacks_record(struct audit *au, const struct name *name, const struct answer **txt)
{
	size_t n;
	*txt = ask_dns(au->q, name, RR_TXT);
	if (is_pending(*txt) || (*txt)->status == ANSWER_FAILED ||
	    (*txt)->status == ANSWER_NXDOMAIN || (*txt)->n_chain > 0)
		return false;
	spf_select(*txt, &n);
	return n == 0;
}

/* RFC 7208 2.3, 10.1.3: the HELO name is checked too, and alone when MAIL FROM is empty. */
static void
judge_record(struct spf_judge *j, const struct name *host)
{
	const struct answer *txt;
	if (name_eq(host, j->domain) || !lacks_record(j->au, host, &txt))
		return;
	struct finding *f = finding_add(j->au->findings, RULE_SPF_HOST_NONE, j->domain);
	finding_absent(f, host, RR_TXT);
	finding_name(j->au->findings, f, "host", host);
	finding_evidence(f, txt);
}

/* Whether an address of A is / none is among those that the record lists. */
static const struct rr *
find_listed(const struct spf_networks *g, const struct answer *a, bool listed)
{
	struct addr ip;
	for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++)
		if (rr_addr(&a->rr[i], &ip) && spf_networks_has(g, &ip) == listed)
			return &a->rr[i];
	return NULL;
}

/* A host with both families of which only IPv4 passes sends by either. */
static void
judge_family(struct spf_judge *j, const struct spf_networks *g, const struct spf_own_host *h)
{
	const struct rr *rr = find_listed(g, h->aaaa, false);
	struct addr ip;
	const struct spf_node *root = j->tree->nodes[0];
	/* What exists, ptr, macros or a failed lookup let pass is not seen here. */
	if (root->error != SPF_FINE || root->pass_all || rr == NULL ||
	    find_listed(g, h->aaaa, true) != NULL || g->at_least || g->elsewhere ||
	    !rr_addr(rr, &ip))
		return;
	struct finding *f = finding_add(j->au->findings, RULE_SPF_IPV6_MISSING, j->domain);
	finding_at(j->au->findings, f, j->txt, j->rr, STR(""));
	finding_name(j->au->findings, f, "host", &h->name);
	struct buf *b = &j->au->findings->scratch;
	buf_reset(b);
	addr_print(b, &ip);
	finding_text(j->au->findings, f, "address", arena_str(j->au->arena, buf_str(b)));
	finding_evidence(f, h->a);
	finding_evidence(f, h->aaaa);
}

/* Whether one of the addresses given is H's: then its other addresses are judged as the sender's.
 */
static bool
is_given(const struct audit *au, const struct spf_own_host *h)
{
	struct addr ip;
	for (size_t i = 0; i < au->subject->n_ips; i++) {
		struct addr given = addr_unmap(&au->subject->ips[i]);
		const struct answer *a = given.v6 ? h->aaaa : h->a;
		for (size_t k = 0; a->status == ANSWER_FOUND && k < a->n_rr; k++)
			if (rr_addr(&a->rr[k], &ip) && addr_eq(&ip, &given))
				return true;
	}
	return false;
}

/* Whether the HELO name of sender I is that of none before it. */
static bool
is_first(const struct spf_senders *w, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (name_eq(&w->of[k]->helo, &w->of[i]->helo))
			return false;
	return true;
}

static bool
is_helo(const struct spf_senders *w, const struct name *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (name_eq(&w->of[i]->helo, name))
			return true;
	return false;
}

/* H, when it may send. */
static void
judge_host(struct spf_judge *j, const struct spf_networks *g, const struct spf_own_host *h)
{
	if (is_pending(h->a) || is_pending(h->aaaa) || find_listed(g, h->a, true) == NULL)
		return;
	if (!is_given(j->au, h))
		judge_family(j, g, h);
	else if (!is_helo(j->senders, &h->name))
		judge_record(j, &h->name);
}

struct spf_own_hosts *
spf_own_hosts(struct audit *au, const struct name *domain)
{
	struct spf_own_hosts *out = arena_alloc(au->arena, sizeof(*out));
	const struct answer *mx = ask_dns(au->q, domain, RR_MX);
	const struct name *home = NULL;
	if (is_pending(mx) || mx->status != ANSWER_FOUND)
		return out;
	out->list = arena_array(
	    au->arena, mx->n_rr < MAX_OWN_HOSTS ? mx->n_rr : MAX_OWN_HOSTS, sizeof(*out->list));
	for (size_t i = 0; i < mx->n_rr && i < MAX_OWN_HOSTS; i++) {
		struct spf_own_host *h = &out->list[out->n];
		if (!rr_target(&mx->rr[i], &h->name) || !name_is_set(&h->name))
			continue;
		if (home == NULL && (home = registered_home(au, domain)) == NULL)
			return out;
		if (!name_is_below(&h->name, home))
			continue;
		h->a = ask_dns(au->q, &h->name, RR_A);
		h->aaaa = ask_dns(au->q, &h->name, RR_AAAA);
		out->n++;
	}
	return out;
}

void
spf_judge_own_hosts(struct spf_judge *j)
{
	bool pending = false;
	for (size_t i = 0; i < j->senders->n; i++) {
		const struct name *helo = &j->senders->of[i]->helo;
		if (helo->n > 0 && !j->senders->of[i]->mail_from_null && is_first(j->senders, i) &&
		    registered_with(j->au, helo, j->domain, &pending))
			judge_record(j, helo);
	}
	for (size_t i = 0; i < j->hosts->n; i++)
		judge_host(j, &j->listed->all, &j->hosts->list[i]);
}
