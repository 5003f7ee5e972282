/* SPDX-License-Identifier: ISC */
/*
 * mx.c - the check `mx`; see mx.h.
 */
#include "checks/mx.h"

#include "checks/core/taglist.h"
#include "checks/ptr.h"
#include "checks/senders.h"

/*
 * MX hosts of one domain that are looked up.  Each costs two questions; the
 * largest sets in use have about 20, and senders try 10 at most (RFC 7208
 * 4.6.4 for SPF, Postfix and Exim 5 to 50).
 */
#define MAX_MX_HOSTS 30
#define MAX_MX_ADDRESSES 100 /* of one host, for the facts */

struct scene {
	struct audit *au;
	const struct name *domain;
	bool is_sender; /* mail is sent as this domain, as the subject says */
	bool pending;
	const struct answer *mx;
};

/* What the addresses of one host say. */
struct host {
	const struct answer *a, *aaaa;
	size_t n_a, n_aaaa;
	bool unknown; /* one family or both could not be looked up */
	bool judged;  /* its addresses were asked for */
};

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
add_rr(struct scene *s, enum rule_id rule, const struct rr *rr)
{
	struct finding *f = finding_add(s->au->findings, rule, s->domain);
	struct name target;

	finding_at(s->au->findings, f, s->mx, rr, (struct str){ NULL, 0 });
	if (rr_target(rr, &target))
		finding_name(s->au->findings, f, "host", &target);
	return f;
}

static struct finding *
add_absent(struct scene *s, enum rule_id rule)
{
	struct finding *f = finding_add(s->au->findings, rule, s->domain);

	finding_absent(f, s->domain, RR_MX);
	finding_evidence(f, s->mx);
	return f;
}

static struct str
rdata_text(struct scene *s, uint16_t preference, const struct name *host)
{
	struct buf *b = &s->au->findings->scratch;

	buf_reset(b);
	buf_addu(b, preference);
	buf_addc(b, ' ');
	name_print(b, host);
	if (name_labels(host) > 0)
		buf_addc(b, '.');
	return arena_str(s->au->arena, buf_str(b));
}

static struct str
rr_text(struct scene *s, const struct rr *rr)
{
	struct name host = { .n = 0 };

	(void)rr_target(rr, &host);
	return rdata_text(s, rr_preference(rr), &host);
}

/* A parked domain takes no mail: F is cured by the null MX (RFC 7505), unless an alias stands
 * there. */
static void
advise(struct scene *s, struct finding *f)
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
judge_no_mx(struct scene *s)
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
propose_one_null(struct scene *s, struct finding *f)
{
	const struct rr *rr = s->mx->rr;
	struct findings *fs = s->au->findings;

	for (size_t i = 1; i < s->mx->n_rr; i++)
		finding_change(fs, f, CHANGE_REMOVE, answer_owner(s->mx), RR_MX)->old =
		    rr_text(s, &rr[i]);
	if (rr_preference(&rr[0]) == 0)
		return;
	struct change *c = finding_change(fs, f, CHANGE_REPLACE, answer_owner(s->mx), RR_MX);
	c->old = rr_text(s, &rr[0]);
	c->new = arena_str(s->au->arena, STR("0 ."));
}

/* RFC 7505 3: one record, preference 0, and then no mail from here either. */
static void
judge_null_mx(struct scene *s)
{
	const struct rr *rr = &s->mx->rr[0];
	const struct answer *txt;

	if (s->mx->n_rr > 1) {
		propose_one_null(s, add_rr(s, RULE_MX_NULL_BESIDE, &rr[s->mx->n_rr - 1]));
	} else if (rr_preference(rr) != 0) {
		struct finding *f = add_rr(s, RULE_MX_NULL_PREFERENCE, rr);
		finding_number(f, "preference", rr_preference(rr));
		propose_one_null(s, f);
	}
	if (s->is_sender) {
		add_rr(s, RULE_MX_NULL_SENDER, rr);
		return;
	}
	txt = ask_dns(s->au->q, s->domain, RR_TXT);
	if (is_pending(txt)) {
		s->pending = true;
	} else if (mx_spf_senders(txt) != NULL) {
		struct finding *f = add_rr(s, RULE_MX_NULL_SPF, rr);
		finding_text(s->au->findings, f, "spf", mx_spf_senders(txt)->text);
		finding_evidence(f, txt);
	}
}

/* An address where a name belongs: its octets as the first labels. */
static bool
is_literal(const struct name *host, const struct name *domain)
{
	struct addr unused;
	struct buf b;
	bool yes;

	if (name_labels(host) != 4 &&
	    !(name_labels(host) == 4 + name_labels(domain) && name_is_below(host, domain)))
		return false;
	buf_init(&b, 4 * (MAX_LABEL + 1));
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			buf_addc(&b, '.');
		buf_add(&b, name_label(host, i));
	}
	yes = addr_parse4(buf_str(&b), &unused) == ADDR_OK;
	buf_free(&b);
	return yes;
}

static size_t
count(const struct answer *a)
{
	return a->status == ANSWER_FOUND ? a->n_rr : 0;
}

static struct host
ask_host(struct scene *s, const struct name *name)
{
	struct host h = { .judged = true };

	h.a = ask_dns(s->au->q, name, RR_A);
	h.aaaa = ask_dns(s->au->q, name, RR_AAAA);
	if (is_pending(h.a) || is_pending(h.aaaa)) {
		s->pending = true;
		return h;
	}
	h.n_a = count(h.a);
	h.n_aaaa = count(h.aaaa);
	h.unknown = h.a->status == ANSWER_FAILED || h.aaaa->status == ANSWER_FAILED;
	return h;
}

static bool
is_unreachable(enum addr_space space)
{
	return space == ADDR_PRIVATE || space == ADDR_LOOPBACK || space == ADDR_UNSPECIFIED ||
	       space == ADDR_LINK_LOCAL || space == ADDR_MULTICAST || space == ADDR_SHARED;
}

/* RFC 6890: the first address that no other network can reach. */
static void
judge_spaces(struct scene *s, const struct rr *rr, const struct answer *a)
{
	for (size_t i = 0; i < count(a); i++) {
		struct addr addr;

		if (!rr_addr(&a->rr[i], &addr) || !is_unreachable(addr_space(&addr)))
			continue;
		struct finding *f = add_rr(s, RULE_MX_PRIVATE, rr);
		finding_text(
		    s->au->findings, f, "address", finding_address(s->au->findings, &addr));
		finding_text(
		    s->au->findings, f, "space", str_of(addr_space_name(addr_space(&addr))));
		finding_evidence(f, a);
		return;
	}
}

/* RFC 5321 5.1, RFC 2181 10.3: the exchange is not an alias. */
static void
judge_alias(struct scene *s, const struct rr *rr, const struct host *h)
{
	const struct answer *a = h->a->n_chain > 0 ? h->a : h->aaaa;
	struct finding *f;
	struct change *c;

	if (a->n_chain == 0)
		return;
	f = add_rr(s, RULE_MX_ALIAS, rr);
	finding_name(s->au->findings, f, "target", answer_owner(a));
	finding_evidence(f, a);
	c = finding_change(s->au->findings, f, CHANGE_REPLACE, answer_owner(s->mx), RR_MX);
	c->old = rr_text(s, rr);
	c->new = rdata_text(s, rr_preference(rr), answer_owner(a));
}

/*
 * A host such as mx.example.net.example.com. that does not exist is
 * mx.example.net written without its final dot: propose that, where the part in
 * front of the domain is a name below a listed public suffix.
 */
static void
propose_final_dot(struct scene *s, struct finding *f, const struct rr *rr, const struct host *h)
{
	const struct name *host = &h->a->q.name;
	const struct answer *suffix;
	struct name meant;
	struct change *c;

	if (h->a->status != ANSWER_NXDOMAIN || !name_is_below(host, s->domain) ||
	    name_labels(host) < name_labels(s->domain) + 2)
		return;
	meant = (struct name){ .n = (uint8_t)(host->n - s->domain->n + 1) };
	memcpy(meant.w, host->w, meant.n - 1u);
	suffix = ask_suffix(s->au->q, &meant);
	if (suffix->status != ANSWER_FOUND || !suffix->suffix->is_listed ||
	    suffix->suffix->registrable.n == 0)
		return;
	c = finding_change(s->au->findings, f, CHANGE_REPLACE, answer_owner(s->mx), RR_MX);
	c->old = rr_text(s, rr);
	c->new = rdata_text(s, rr_preference(rr), &meant);
}

static void
judge_host(struct scene *s, const struct rr *rr, const struct name *name, struct host *h)
{
	struct finding *f;

	if (is_literal(name, s->domain)) {
		add_rr(s, RULE_MX_LITERAL, rr);
		return;
	}
	if (!name_is_hostname(name, false) && name_is_hostname(name, true))
		add_rr(s, RULE_MX_UNDERSCORE, rr);
	*h = ask_host(s, name);
	if (is_pending(h->a) || is_pending(h->aaaa))
		return;
	if (h->n_a + h->n_aaaa == 0) {
		f = add_rr(s, h->unknown ? RULE_MX_ADDRESS_UNKNOWN : RULE_MX_NO_ADDRESS, rr);
		finding_evidence(f, h->a);
		finding_evidence(f, h->aaaa);
		propose_final_dot(s, f, rr, h);
		return;
	}
	judge_alias(s, rr, h);
	judge_spaces(s, rr, h->a);
	judge_spaces(s, rr, h->aaaa);
}

/* RFC 3974: many senders have no IPv6. */
static void
judge_families(struct scene *s, const struct host *hosts, size_t n)
{
	size_t with_v6 = 0;

	for (size_t i = 0; i < n; i++) {
		if (!hosts[i].judged || hosts[i].unknown || hosts[i].n_a > 0)
			return;
		with_v6 += hosts[i].n_aaaa > 0;
	}
	if (with_v6 == 0)
		return;
	struct finding *f = add_rr(s, RULE_MX_IPV6_ONLY, &s->mx->rr[0]);
	for (size_t i = 0; i < n; i++)
		finding_evidence(f, hosts[i].a);
}

/* Whether all IPv4 addresses of the N hosts lie in one /24; needs two at least. */
static bool
is_one_network(const struct host *hosts, size_t n)
{
	struct prefix net = { .bits = 24 };
	size_t seen = 0;

	for (size_t i = 0; i < n; i++) {
		if (!hosts[i].judged || hosts[i].unknown || hosts[i].n_aaaa > 0)
			return false;
		for (size_t k = 0; k < hosts[i].n_a; k++) {
			struct addr a;

			if (!rr_addr(&hosts[i].a->rr[k], &a))
				continue;
			if (seen++ == 0) {
				net.addr = a;
				net.addr.b[3] = 0;
			} else if (!prefix_has(&net, &a)) {
				return false;
			}
		}
	}
	return seen > 1;
}

/* Whether the host of RR is the domain's own, not a mail service's. */
static bool
is_own_host(struct scene *s, const struct rr *rr)
{
	const struct answer *home = ask_suffix(s->au->q, s->domain);
	struct name host;

	if (is_pending(home)) {
		s->pending = true;
		return false;
	}
	if (!rr_target(rr, &host))
		return false;
	if (home->status == ANSWER_FOUND && home->suffix != NULL && home->suffix->registrable.n > 0)
		return name_is_below(&host, &home->suffix->registrable);
	return name_is_below(&host, s->domain);
}

/* RFC 2182 3.1 by analogy; a mail service behind one name is many machines. */
static void
judge_spread(struct scene *s, const struct host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		/* a host that is not there has another finding */
		if (hosts[i].n_a + hosts[i].n_aaaa == 0 || !is_own_host(s, &s->mx->rr[i]))
			return;
	if (s->mx->n_rr == 1)
		add_rr(s, RULE_MX_ONE, &s->mx->rr[0]);
	else if (is_one_network(hosts, n))
		finding_number(add_rr(s, RULE_MX_ONE_NETWORK, &s->mx->rr[0]), "count", (int64_t)n);
}

static void
fill_host(struct scene *s, struct mx_fact *m, const struct host *h)
{
	const struct answer *answers[] = { h->a, h->aaaa };
	size_t n = h->judged ? count(h->a) + count(h->aaaa) : 0;
	struct addr *list =
	    arena_array(s->au->arena, n < MAX_MX_ADDRESSES ? n : MAX_MX_ADDRESSES, sizeof(*list));

	m->unknown = h->unknown;
	m->addresses = list;
	for (size_t k = 0; h->judged && k < ARRAY_LEN(answers); k++)
		for (size_t i = 0; i < count(answers[k]) && m->n_addresses < MAX_MX_ADDRESSES; i++)
			m->n_addresses += rr_addr(&answers[k]->rr[i], &list[m->n_addresses]);
}

static void
fill_facts(struct scene *s, const struct host *hosts, size_t n)
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
judge_nulls_beside(struct scene *s)
{
	struct finding *f = NULL;

	for (size_t i = 0; i < s->mx->n_rr; i++) {
		const struct rr *rr = &s->mx->rr[i];

		if (!is_null_mx(rr))
			continue;
		if (f == NULL)
			f = add_rr(s, RULE_MX_NULL_BESIDE, rr);
		finding_change(s->au->findings, f, CHANGE_REMOVE, answer_owner(s->mx), RR_MX)->old =
		    rr_text(s, rr);
	}
}

static void
judge_set(struct scene *s, struct host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rr *rr = &s->mx->rr[i];
		struct name name;

		if (!rr_target(rr, &name))
			continue;
		if (name_labels(&name) > 0)
			judge_host(s, rr, &name, &hosts[i]);
	}
	judge_nulls_beside(s);
	if (s->mx->n_rr > n)
		finding_number(
		    add_rr(s, RULE_MX_MANY, &s->mx->rr[0]), "count", (int64_t)s->mx->n_rr);
	if (s->pending)
		return; /* what these say needs every host's addresses */
	judge_families(s, hosts, n);
	judge_spread(s, hosts, n);
}

static void
judge_domain(struct scene *s)
{
	struct host *hosts;
	size_t n;

	s->mx = ask_dns(s->au->q, s->domain, RR_MX);
	if (is_pending(s->mx)) {
		s->pending = true;
		return;
	}
	n = count(s->mx) < MAX_MX_HOSTS ? count(s->mx) : MAX_MX_HOSTS;
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
	struct scene s = { .au = au, .domain = &t->domain };
	const struct name *const *others;
	size_t n;

	if (!name_is_set(&t->domain))
		return;
	s.is_sender = is_answered_at_own(au->arena, t);
	judge_domain(&s);
	n = answered_elsewhere(au->arena, t, &others);
	for (size_t i = 0; i < n; i++) {
		struct scene o = { .au = au, .domain = others[i], .is_sender = true };

		judge_domain(&o);
	}
}
