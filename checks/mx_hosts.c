/* SPDX-License-Identifier: ISC */
/*
 * mx_hosts.c - the hosts that the MX of a domain name; see mx_hosts.h.
 */
#include "checks/mx_hosts.h"

struct finding *
mx_add_rr(struct mx_scene *s, enum rule_id rule, const struct rr *rr)
{
	struct finding *f = finding_add(s->au->findings, rule, s->domain);
	struct name target;

	finding_at(s->au->findings, f, s->mx, rr, (struct str){ NULL, 0 });
	if (rr_target(rr, &target))
		finding_name(s->au->findings, f, "host", &target);
	return f;
}

static struct str
rdata_text(struct mx_scene *s, uint16_t preference, const struct name *host)
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

struct str
mx_rr_text(struct mx_scene *s, const struct rr *rr)
{
	struct name host = { .n = 0 };

	(void)rr_target(rr, &host);
	return rdata_text(s, rr_preference(rr), &host);
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

size_t
mx_count(const struct answer *a)
{
	return a->status == ANSWER_FOUND ? a->n_rr : 0;
}

static struct mx_host
ask_host(struct mx_scene *s, const struct name *name)
{
	struct mx_host h = { .judged = true };

	h.a = ask_dns(s->au->q, name, RR_A);
	h.aaaa = ask_dns(s->au->q, name, RR_AAAA);
	if (is_pending(h.a) || is_pending(h.aaaa)) {
		s->pending = true;
		return h;
	}
	h.n_a = mx_count(h.a);
	h.n_aaaa = mx_count(h.aaaa);
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
judge_spaces(struct mx_scene *s, const struct rr *rr, const struct answer *a)
{
	for (size_t i = 0; i < mx_count(a); i++) {
		struct addr addr;

		if (!rr_addr(&a->rr[i], &addr) || !is_unreachable(addr_space(&addr)))
			continue;
		struct finding *f = mx_add_rr(s, RULE_MX_PRIVATE, rr);
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
judge_alias(struct mx_scene *s, const struct rr *rr, const struct mx_host *h)
{
	const struct answer *a = h->a->n_chain > 0 ? h->a : h->aaaa;
	struct finding *f;
	struct change *c;

	if (a->n_chain == 0)
		return;
	f = mx_add_rr(s, RULE_MX_ALIAS, rr);
	finding_name(s->au->findings, f, "target", answer_owner(a));
	finding_evidence(f, a);
	c = finding_change(s->au->findings, f, CHANGE_REPLACE, answer_owner(s->mx), RR_MX);
	c->old = mx_rr_text(s, rr);
	c->new = rdata_text(s, rr_preference(rr), answer_owner(a));
}

/*
 * A host such as mx.example.net.example.com. that does not exist is
 * mx.example.net written without its final dot: propose that, where the part in
 * front of the domain is a name below a listed public suffix.
 */
static void
propose_final_dot(
    struct mx_scene *s, struct finding *f, const struct rr *rr, const struct mx_host *h)
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
	c->old = mx_rr_text(s, rr);
	c->new = rdata_text(s, rr_preference(rr), &meant);
}

void
mx_judge_host(struct mx_scene *s, const struct rr *rr, const struct name *name, struct mx_host *h)
{
	struct finding *f;

	if (is_literal(name, s->domain)) {
		mx_add_rr(s, RULE_MX_LITERAL, rr);
		return;
	}
	if (!name_is_hostname(name, false) && name_is_hostname(name, true))
		mx_add_rr(s, RULE_MX_UNDERSCORE, rr);
	*h = ask_host(s, name);
	if (is_pending(h->a) || is_pending(h->aaaa))
		return;
	if (h->n_a + h->n_aaaa == 0) {
		f = mx_add_rr(s, h->unknown ? RULE_MX_ADDRESS_UNKNOWN : RULE_MX_NO_ADDRESS, rr);
		finding_evidence(f, h->a);
		finding_evidence(f, h->aaaa);
		propose_final_dot(s, f, rr, h);
		if (h->unknown) /* wherever it leads: it is one */
			judge_alias(s, rr, h);
		return;
	}
	judge_alias(s, rr, h);
	judge_spaces(s, rr, h->a);
	judge_spaces(s, rr, h->aaaa);
}

void
mx_judge_families(struct mx_scene *s, const struct mx_host *hosts, size_t n)
{
	size_t with_v6 = 0;

	for (size_t i = 0; i < n; i++) {
		if (!hosts[i].judged || hosts[i].unknown || hosts[i].n_a > 0)
			return;
		with_v6 += hosts[i].n_aaaa > 0;
	}
	if (with_v6 == 0)
		return;
	struct finding *f = mx_add_rr(s, RULE_MX_IPV6_ONLY, &s->mx->rr[0]);
	for (size_t i = 0; i < n; i++)
		finding_evidence(f, hosts[i].a);
}

/* Whether all IPv4 addresses of the N hosts lie in one /24; needs two at least. */
static bool
is_one_network(const struct mx_host *hosts, size_t n)
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
is_own_host(struct mx_scene *s, const struct rr *rr)
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

void
mx_judge_spread(struct mx_scene *s, const struct mx_host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		/* a host that is not there has another finding */
		if (hosts[i].n_a + hosts[i].n_aaaa == 0 || !is_own_host(s, &s->mx->rr[i]))
			return;
	if (s->mx->n_rr == 1)
		mx_add_rr(s, RULE_MX_ONE, &s->mx->rr[0]);
	else if (is_one_network(hosts, n))
		finding_number(
		    mx_add_rr(s, RULE_MX_ONE_NETWORK, &s->mx->rr[0]), "count", (int64_t)n);
}
