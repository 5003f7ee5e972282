/* SPDX-License-Identifier: ISC */
/*
 * mx.c - the check `mx`; see mx.h.
 */
#include "checks/mx.h"

#include "checks/mx_hosts.h"
#include "checks/senders.h"

/*
 * MX hosts of one domain that are looked up.  Each costs two questions; the
 * largest sets in use have about 20, and senders try 10 at most (RFC 7208
 * 4.6.4 for SPF, Postfix and Exim 5 to 50).
 */
#define MAX_MX_HOSTS 30
#define MAX_MX_ADDRESSES 100 /* of one host, for the facts */

/* Whether RR is the null MX, "0 ." (its preference is not looked at). */
static bool
is_null_mx(const struct rr *rr)
{
	return rr->type == RR_MX && rr->data.n == 3 && rr->data.p[2] == 0;
}

/* Whether A holds null MX alone; several say what one says, if not as they should. */
static bool
is_all_null(const struct answer *a)
{
	for (size_t i = 0; i < a->n_rr; i++)
		if (!is_null_mx(&a->rr[i]))
			return false;
	return a->n_rr > 0;
}

enum mail_reach
mail_reach(struct audit *au, const struct name *name)
{
	const struct answer *mx = ask_dns(au->q, name, RR_MX);
	const struct answer *a, *aaaa;

	if (is_pending(mx))
		return MAIL_PENDING;
	if (mx->status == ANSWER_FAILED)
		return MAIL_UNKNOWN;
	if (mx->status == ANSWER_FOUND)
		return is_all_null(mx) ? MAIL_REFUSED : MAIL_TAKEN;
	if (mx->status == ANSWER_NXDOMAIN)
		return MAIL_NOWHERE;
	a = ask_dns(au->q, name, RR_A);
	aaaa = ask_dns(au->q, name, RR_AAAA);
	if (is_pending(a) || is_pending(aaaa))
		return MAIL_PENDING;
	if (a->status == ANSWER_FOUND || aaaa->status == ANSWER_FOUND)
		return MAIL_IMPLICIT;
	if (a->status == ANSWER_FAILED || aaaa->status == ANSWER_FAILED)
		return MAIL_UNKNOWN;
	return MAIL_NOWHERE;
}

static struct finding *
add_absent(struct mx_scene *s, enum rule_id rule)
{
	struct finding *f = finding_add(s->au->findings, rule, s->domain);

	finding_absent(f, s->domain, RR_MX);
	finding_evidence(f, s->mx);
	return f;
}

/* A parked domain takes no mail: F is cured by the null MX (RFC 7505), unless an alias stands
 * there. */
static void
advise(struct mx_scene *s, struct finding *f)
{
	struct findings *fs = s->au->findings;
	bool parked = s->au->subject->parked;

	finding_words(fs, f, "advice",
	    parked ? STR("P") : STR("If it takes mail, publish an MX record; if it takes none, p"));
	if (!parked || s->mx->n_chain > 0 || !is_null_mx_right(s->au, s->domain))
		return;
	finding_change(fs, f, CHANGE_ADD, answer_owner(s->mx), RR_MX)->new = STR("0 .");
}

/* RFC 5321 5.1: without MX the address records take the mail. */
static void
judge_no_mx(struct mx_scene *s)
{
	enum mail_reach reach = mail_reach(s->au, s->domain);
	struct finding *f;

	if (tell_nonexistent(s->au, s->domain))
		return;
	if (reach == MAIL_PENDING) {
		s->pending = true;
		return;
	}
	if (reach == MAIL_TAKEN || reach == MAIL_IMPLICIT)
		f = add_absent(s, s->is_sender ? RULE_MX_IMPLICIT_SENDER : RULE_MX_IMPLICIT);
	else if (reach == MAIL_UNKNOWN)
		f = add_absent(s, s->is_sender ? RULE_MX_LOOKUP_FAILED : RULE_MX_IMPLICIT_UNKNOWN);
	else if (s->is_sender)
		f = add_absent(s, RULE_MX_NOWHERE);
	else
		return;
	if (f->id == RULE_MX_IMPLICIT)
		advise(s, f);
	if (s->mx->status == ANSWER_NXDOMAIN)
		return;
	finding_evidence(f, ask_dns(s->au->q, s->domain, RR_A));
	finding_evidence(f, ask_dns(s->au->q, s->domain, RR_AAAA));
}

/* F is cured when one null MX stands alone, with the preference 0: never none. */
static void
propose_one_null(struct mx_scene *s, struct finding *f)
{
	const struct rr *rr = s->mx->rr;
	struct findings *fs = s->au->findings;

	for (size_t i = 1; i < s->mx->n_rr; i++)
		finding_change(fs, f, CHANGE_REMOVE, answer_owner(s->mx), RR_MX)->old =
		    mx_rr_text(s, &rr[i]);
	if (rr_preference(&rr[0]) == 0)
		return;
	struct change *c = finding_change(fs, f, CHANGE_REPLACE, answer_owner(s->mx), RR_MX);
	c->old = mx_rr_text(s, &rr[0]);
	c->new = arena_str(s->au->arena, STR("0 ."));
}

/* RFC 7505 3: one record, preference 0, and then no mail from here either. */
static void
judge_null_mx(struct mx_scene *s)
{
	const struct rr *rr = &s->mx->rr[0];
	const struct answer *txt;

	if (s->mx->n_rr > 1) {
		propose_one_null(s, mx_add_rr(s, RULE_MX_NULL_BESIDE, &rr[s->mx->n_rr - 1]));
	} else if (rr_preference(rr) != 0) {
		struct finding *f = mx_add_rr(s, RULE_MX_NULL_PREFERENCE, rr);
		finding_number(f, "preference", rr_preference(rr));
		propose_one_null(s, f);
	}
	if (s->is_sender) {
		mx_add_rr(s, RULE_MX_NULL_SENDER, rr);
		return;
	}
	txt = ask_dns(s->au->q, s->domain, RR_TXT);
	if (is_pending(txt)) {
		s->pending = true;
	} else if (mx_spf_senders(txt) != NULL) {
		struct finding *f = mx_add_rr(s, RULE_MX_NULL_SPF, rr);
		finding_text(s->au->findings, f, "spf", mx_spf_senders(txt)->text);
		finding_evidence(f, txt);
	}
}

static void
fill_host(struct mx_scene *s, struct mx_fact *m, const struct mx_host *h)
{
	const struct answer *answers[] = { h->a, h->aaaa };
	size_t n = h->judged ? mx_count(h->a) + mx_count(h->aaaa) : 0;
	struct addr *list =
	    arena_array(s->au->arena, n < MAX_MX_ADDRESSES ? n : MAX_MX_ADDRESSES, sizeof(*list));

	m->unknown = h->unknown;
	m->addresses = list;
	for (size_t k = 0; h->judged && k < ARRAY_LEN(answers); k++)
		for (size_t i = 0; i < mx_count(answers[k]) && m->n_addresses < MAX_MX_ADDRESSES;
		     i++)
			m->n_addresses += rr_addr(&answers[k]->rr[i], &list[m->n_addresses]);
}

static void
fill_facts(struct mx_scene *s, const struct mx_host *hosts, size_t n)
{
	struct mx_facts *facts = arena_alloc(s->au->arena, sizeof(*facts));

	s->au->facts->mx = facts;
	facts->null_mx = is_all_null(s->mx);
	facts->implicit = answer_is_absent(s->mx) && mail_reach(s->au, s->domain) == MAIL_IMPLICIT;
	facts->mx = arena_array(s->au->arena, n, sizeof(*facts->mx));
	for (size_t i = 0; i < n && !facts->null_mx; i++) {
		struct mx_fact *m = &facts->mx[facts->n++];

		m->preference = rr_preference(&s->mx->rr[i]);
		(void)rr_target(&s->mx->rr[i], &m->host);
		fill_host(s, m, &hosts[i]);
	}
}

/* One finding for every null MX beside hosts, for they have one cause. */
static void
judge_nulls_beside(struct mx_scene *s)
{
	struct finding *f = NULL;

	for (size_t i = 0; i < s->mx->n_rr; i++) {
		const struct rr *rr = &s->mx->rr[i];

		if (!is_null_mx(rr))
			continue;
		if (f == NULL)
			f = mx_add_rr(s, RULE_MX_NULL_BESIDE, rr);
		finding_change(s->au->findings, f, CHANGE_REMOVE, answer_owner(s->mx), RR_MX)->old =
		    mx_rr_text(s, rr);
	}
}

static void
judge_set(struct mx_scene *s, struct mx_host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rr *rr = &s->mx->rr[i];
		struct name name;

		if (!rr_target(rr, &name))
			continue;
		if (name_labels(&name) > 0)
			mx_judge_host(s, rr, &name, &hosts[i]);
	}
	judge_nulls_beside(s);
	if (s->mx->n_rr > n)
		finding_number(
		    mx_add_rr(s, RULE_MX_MANY, &s->mx->rr[0]), "count", (int64_t)s->mx->n_rr);
	if (s->pending)
		return; /* what these say needs every host's addresses */
	mx_judge_families(s, hosts, n);
	mx_judge_spread(s, hosts, n);
}

static void
judge_domain(struct mx_scene *s)
{
	struct mx_host *hosts;
	size_t n;

	s->mx = ask_dns(s->au->q, s->domain, RR_MX);
	if (is_pending(s->mx)) {
		s->pending = true;
		return;
	}
	n = mx_count(s->mx) < MAX_MX_HOSTS ? mx_count(s->mx) : MAX_MX_HOSTS;
	hosts = arena_array(s->au->arena, n, sizeof(*hosts));
	if (s->mx->status == ANSWER_FAILED)
		add_absent(s, RULE_MX_LOOKUP_FAILED);
	else if (n == 0)
		judge_no_mx(s);
	else if (is_all_null(s->mx))
		judge_null_mx(s);
	else
		judge_set(s, hosts, n);
	if (!s->pending && s->mx->status != ANSWER_FAILED &&
	    name_eq(s->domain, &s->au->subject->domain))
		fill_facts(s, hosts, n);
}

void
check_mx(struct audit *au)
{
	const struct subject *t = au->subject;
	struct mx_scene s = { .au = au, .domain = &t->domain };
	const struct name *const *others;
	size_t n;

	if (!name_is_set(&t->domain))
		return;
	s.is_sender = is_answered_at_own(au->arena, t);
	judge_domain(&s);
	n = answered_elsewhere(au->arena, t, &others);
	for (size_t i = 0; i < n; i++) {
		struct mx_scene o = { .au = au, .domain = others[i], .is_sender = true };

		judge_domain(&o);
	}
}
