/* SPDX-License-Identifier: ISC */
/*
 * spf_others.c - the other addresses of a host that sends, mostly the IPv6 ones:
 * sooner or later mail leaves from them.  And ptr for a sender with many names.
 */
#include "checks/ptr.h"
#include "checks/registered.h"
#include "checks/spf_judge.h"
#include "checks/spf_sender.h"

#define MAX_OTHERS 8       /* addresses of one host; each costs an evaluation */
#define MAX_OTHERS_TOLD 16 /* of all hosts together: more says no more */

/* A host that sends. */
struct sending_host {
	struct spf_judge *j;
	const struct spf_sender *who; /* by the address that was given */
	struct name name;
	struct addr told[MAX_OTHERS_TOLD];
	size_t n_told;
};

/* Whether reverse names of IP are known, and none leads back to it. */
static bool
is_unconfirmed(struct audit *au, const struct addr *ip, const struct answer **ptr)
{
	struct name owner = addr_ptr_name(ip), name;
	const struct answer *failed = NULL;
	bool pending = false, any = false;
	*ptr = ask_dns(au->q, &owner, RR_PTR);
	if (is_pending(*ptr) || (*ptr)->status == ANSWER_FAILED)
		return false;
	for (size_t i = 0; i < (*ptr)->n_rr && i < MAX_PTR_NAMES; i++)
		if (rr_target(&(*ptr)->rr[i], &name) && name_is_set(&name))
			any = ptr_confirms(au, &name, ip, &pending, &failed) || any;
	return !any && !pending && failed == NULL;
}

/* "does not pass SPF (softfail) and has no reverse name that leads back to it" */
static struct str
lacks_text(struct audit *au, const struct spf_verdict *v, bool unconfirmed)
{
	struct buf *b = &au->findings->scratch;
	buf_reset(b);
	if (v->result != RESULT_PASS) {
		buf_adds(b, "does not pass SPF (");
		buf_adds(b, spf_result_name(v->result));
		buf_adds(b, unconfirmed ? ") and " : ")");
	}
	if (unconfirmed)
		buf_adds(b, "has no reverse name that leads back to it");
	return arena_str(au->arena, buf_str(b));
}

/* IP, an address of H that was not given. */
static void
judge_other(struct sending_host *h, const struct addr *ip, const struct answer *a)
{
	struct spf_judge *j = h->j;
	struct audit *au = j->au;
	struct spf_sender *s = arena_alloc(au->arena, sizeof(*s));
	struct spf_verdict *v = arena_alloc(au->arena, sizeof(*v));
	const struct answer *ptr;
	*s = *h->who;
	s->ip = *ip;
	spf_eval(au, s, v);
	bool unconfirmed = is_unconfirmed(au, ip, &ptr);
	if (v->pending || is_pending(ptr) || v->result == RESULT_TEMPERROR ||
	    (v->result == RESULT_PASS && !unconfirmed))
		return;
	struct finding *f = finding_add(au->findings, RULE_SPF_OTHER_ADDRESS, j->domain);
	finding_at(au->findings, f, j->txt, j->rr, STR(""));
	finding_text(au->findings, f, "address", finding_address(au->findings, ip));
	finding_name(au->findings, f, "host", &h->name);
	finding_text(au->findings, f, "lacks", lacks_text(au, v, unconfirmed));
	finding_evidence(f, a);
	finding_evidence(f, ptr);
	h->told[h->n_told++] = *ip;
}

/* The addresses of one family that H has beside those given. */
static void
judge_others(struct sending_host *h, uint16_t type)
{
	const struct subject *s = h->j->au->subject;
	const struct answer *a = ask_dns(h->j->au->q, &h->name, type);
	struct addr ip;
	for (size_t i = 0; i < a->n_rr && i < MAX_OTHERS && h->n_told < MAX_OTHERS_TOLD; i++)
		if (rr_addr(&a->rr[i], &ip) && !addr_is_among(s->ips, s->n_ips, &ip) &&
		    !addr_is_among(h->told, h->n_told, &ip) &&
		    (addr_space(&ip) == ADDR_PUBLIC || addr_space(&ip) == ADDR_DOCUMENTATION))
			judge_other(h, &ip, a);
}

/* NAME, if it leads to the address IP: the host that was given, with all its addresses. */
static void
judge_name(struct sending_host *h, const struct name *name, const struct addr *ip)
{
	const struct answer *failed = NULL;
	bool pending = false;
	if (!ptr_confirms(h->j->au, name, ip, &pending, &failed))
		return;
	h->name = *name;
	judge_others(h, RR_A);
	judge_others(h, RR_AAAA);
}

/* Whether NAME is the domain's own: a hoster's name for its machine is not ours to judge. */
static bool
is_own(struct spf_judge *j, const struct name *name)
{
	bool pending = false;
	return name_is_set(name) && registered_with(j->au, name, j->domain, &pending);
}

/* Whether a sender is looked up by name: by ptr in the record or in what it includes. */
static bool
has_ptr(const struct spf_tree *t)
{
	for (size_t i = 0; i < t->n_nodes; i++)
		for (size_t k = 0; k < t->nodes[i]->n_items; k++)
			if (t->nodes[i]->items[k].term->kind == TERM_PTR)
				return true;
	return false;
}

/* RFC 7208 4.6.4: of the names of one address ten are looked at, in no order that holds. */
static void
judge_names(struct spf_judge *j, const struct addr *ip, const struct answer *ptr)
{
	if (!has_ptr(j->tree) || ptr->n_rr <= SPF_PTR_LIMIT)
		return;
	struct finding *f = finding_add(j->au->findings, RULE_SPF_PTR_NAMES, j->domain);
	finding_at(j->au->findings, f, ptr, &ptr->rr[0], STR(""));
	finding_text(j->au->findings, f, "ip", finding_address(j->au->findings, ip));
	finding_number(f, "count", (int64_t)ptr->n_rr);
	finding_number(f, "limit", SPF_PTR_LIMIT);
}

static void
judge_sender(struct spf_judge *j, struct sending_host *h, size_t i)
{
	const struct name *helo = &j->senders->of[i]->helo;
	struct addr ip = addr_unmap(&j->senders->ips[i]);
	struct name owner = addr_ptr_name(&ip), name;
	const struct answer *ptr = ask_dns(j->au->q, &owner, RR_PTR);
	if (!is_pending(ptr) && ptr->status == ANSWER_FOUND)
		judge_names(j, &ip, ptr);
	/* That the address itself does not pass is told, and more of the kind is no news. */
	if (j->senders->v[i].result != RESULT_PASS)
		return;
	if (name_is_set(helo))
		judge_name(h, helo, &ip);
	for (size_t k = 0; !is_pending(ptr) && k < ptr->n_rr && k < MAX_PTR_NAMES; k++)
		if (rr_target(&ptr->rr[k], &name) && !name_eq(&name, helo) && is_own(j, &name))
			judge_name(h, &name, &ip);
}

void
spf_judge_others(struct spf_judge *j)
{
	struct sending_host h = { .j = j };
	for (size_t i = 0; i < j->senders->n; i++) {
		h.who = j->senders->who[i];
		judge_sender(j, &h, i);
	}
}
