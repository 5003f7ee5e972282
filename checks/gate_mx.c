/* SPDX-License-Identifier: ISC */
/*
 * gate_mx.c - exchangers that are gone while others rely on them, and new ones that an
 * MTA-STS policy may not know.
 *
 * A null MX is a word of its owner: it is no loss.
 */
#include "checks/gate_judge.h"

#include "checks/mx.h"

/* Whether the DMARC record of the domain has reports sent to the domain itself. */
static bool
reads_reports(struct gate *g)
{
	const struct dmarc_policy *p = g->is.policy;
	struct str domain = name_text(g->au->arena, &g->au->subject->domain), text;

	if (p->n_steps == 0 || p->steps[0].rr == NULL)
		return false;
	text = p->steps[0].rr->text;
	for (size_t at = str_find(text, 0, '@'); at < text.n; at = str_find(text, at + 1, '@')) {
		size_t end = at + 1 + domain.n;

		if (str_has_iprefix(str_sub(text, at + 1, text.n), domain) &&
		    (end == text.n || str_find(STR(",; !"), 0, text.p[end]) < 4))
			return true;
	}
	return false;
}

/* The exchangers are gone, and no null MX says that this is meant. */
static void
judge_removed(struct gate *g)
{
	const struct gate_side *was = &g->was, *is = &g->is;
	struct finding *f;

	if (!gate_takes_mail(was->mx) || is->mx->status != ANSWER_NODATA || is->parked ||
	    g->au->subject->role != ROLE_MAIL)
		return;
	if (mx_spf_senders(is->txt) == NULL && !reads_reports(g))
		return;
	f = gate_tell(g, RULE_GATE_MX_REMOVED);
	gate_place_gone(g, f, &g->au->subject->domain, &was->mx->rr[0]);
	finding_evidence(f, is->mx);
	if (was->mx->n_chain == 0 && is->mx->n_chain == 0)
		gate_put_back(g, f, &g->au->subject->domain, was->mx);
}

/* An exchanger that was none before; NULL = there is none. */
static const struct rr *
new_exchanger(const struct gate *g)
{
	for (size_t i = 0; i < g->is.mx->n_rr; i++) {
		const struct rr *rr = &g->is.mx->rr[i];
		struct name host, other;
		bool known = false;

		if (!is_gate_exchanger(rr) || !rr_target(rr, &host))
			continue;
		for (size_t k = 0; k < g->was.mx->n_rr && !known; k++)
			known = rr_target(&g->was.mx->rr[k], &other) && name_eq(&host, &other);
		if (!known)
			return rr;
	}
	return NULL;
}

static bool
has_policy(const struct answer *a)
{
	for (size_t i = 0; i < a->n_rr; i++)
		if (str_has_prefix(a->rr[i].text, STR("v=STSv1")))
			return true;
	return false;
}

/*
 * GATE007, as far as DNS shows: senders that hold an enforced policy refuse an
 * exchanger that it does not list (RFC 8461 4.1, 5).  The policy is served by HTTPS,
 * and kept by senders beyond the record's end.
 */
static void
judge_transport(struct gate *g)
{
	const struct rr *rr = gate_takes_mail(g->was.mx) ? new_exchanger(g) : NULL;
	const struct answer *was, *is;
	struct finding *f;
	struct name sts, host;

	if (rr == NULL || !name_above(STR("_mta-sts"), &g->au->subject->domain, &sts))
		return;
	was = ask_dns(g->was.au.q, &sts, RR_TXT);
	is = ask_dns(g->is.au.q, &sts, RR_TXT);
	if (is_pending(was) || is_pending(is) || (!has_policy(was) && !has_policy(is)))
		return;
	f = gate_tell(g, RULE_GATE_MX_STS_UNSEEN);
	finding_at(g->au->findings, f, g->is.mx, rr, (struct str){ NULL, 0 });
	finding_evidence(f, is);
	(void)rr_target(rr, &host);
	finding_name(g->au->findings, f, "host", &host);
}

void
gate_judge_mx(struct gate *g)
{
	judge_removed(g);
	judge_transport(g);
}
