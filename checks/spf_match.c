/* SPDX-License-Identifier: ISC */
/*
 * spf_match.c - the mechanisms of RFC 7208 section 5, and the macros of
 * section 7 for one sender.
 */
#include "checks/spf_match.h"

#include <stdlib.h>

#include "checks/spf_tree.h"

/* The type that holds addresses of the client's family (RFC 7208 5). */
static uint16_t
address_type(const struct spf_run *r)
{
	return r->ip.v6 ? RR_AAAA : RR_A;
}

/*
 * The answer to a question that the term F->at causes: an error ends the
 * evaluation (RFC 7208 5), and so does one void lookup too many (4.6.4).
 */
static enum spf_match
get(struct spf_run *r, const struct spf_frame *f, const struct name *name, uint16_t type,
    const struct answer **a)
{
	*a = ask_dns(r->au->q, name, type);
	if (is_pending(*a)) {
		r->out->pending = true;
		return MATCH_STOP;
	}
	r->out->last = *a;
	if ((*a)->status == ANSWER_FAILED)
		return spf_stop(
		    r, f, f->at->text, WHY_LOOKUP_FAILED, name_text(r->au->arena, name));
	if (answer_is_absent(*a) && ++r->out->voids > SPF_VOID_LIMIT)
		return spf_stop(r, f, f->at->text, WHY_VOIDS, name_text(r->au->arena, name));
	return MATCH_YES;
}

/* Adds what stands in the scratch memory to what the term is compared with. */
static void
compare(struct spf_run *r)
{
	struct str text = buf_str(&r->au->findings->scratch), *to = &r->compared;
	if (to->n + text.n + 1 > sizeof(r->compared_text))
		return;
	if (to->n > 0)
		r->compared_text[to->n++] = ' ';
	memcpy(r->compared_text + to->n, text.p, text.n);
	to->p = r->compared_text;
	to->n += text.n;
}

static void
compare_address(struct spf_run *r, const struct addr *addr)
{
	if (!r->s->walk)
		return;
	buf_reset(&r->au->findings->scratch);
	addr_print(&r->au->findings->scratch, addr);
	compare(r);
}

static void
compare_name(struct spf_run *r, const struct name *name)
{
	if (!r->s->walk)
		return;
	buf_reset(&r->au->findings->scratch);
	name_print(&r->au->findings->scratch, name);
	compare(r);
}

/* Whether the addresses of NAME, each with the prefix lengths of the term, hold the client. */
static enum spf_match
match_addresses(struct spf_run *r, const struct spf_frame *f, const struct name *name)
{
	const struct answer *a;
	enum spf_match m = get(r, f, name, address_type(r), &a);
	if (m != MATCH_YES)
		return m;
	m = MATCH_NO;
	for (size_t i = 0; i < a->n_rr; i++) {
		struct prefix p = { .bits = r->ip.v6 ? f->at->cidr6 : f->at->cidr4 };
		if (!rr_addr(&a->rr[i], &p.addr))
			continue;
		compare_address(r, &p.addr);
		if (prefix_has(&p, &r->ip))
			m = MATCH_YES;
	}
	return m;
}

static int
preference_cmp(const void *va, const void *vb)
{
	const struct rr *a = *(const struct rr *const *)va, *b = *(const struct rr *const *)vb;
	uint16_t pa = rr_preference(a), pb = rr_preference(b);
	if (pa != pb)
		return pa < pb ? -1 : 1;
	return a < b ? -1 : a > b; /* both stand in one answer, in canonical order */
}

/* RFC 7208 5.4; without MX records there is no implicit one. */
static enum spf_match
match_mx(struct spf_run *r, const struct spf_frame *f, const struct name *name)
{
	const struct answer *a;
	const struct rr *order[SPF_MX_LIMIT];
	struct name host;
	enum spf_match m = get(r, f, name, RR_MX, &a);
	if (m != MATCH_YES)
		return m;
	if (a->n_rr > SPF_MX_LIMIT) /* RFC 7208 4.6.4 */
		return spf_stop(r, f, f->at->text, WHY_MX_NAMES, name_text(r->au->arena, name));
	for (size_t i = 0; i < a->n_rr; i++) {
		order[i] = &a->rr[i];
		if (rr_target(order[i], &host) && name_is_set(&host))
			ask_ahead(r->au->q, &host, address_type(r));
	}
	qsort(order, a->n_rr, sizeof(*order), preference_cmp);
	for (size_t i = 0; i < a->n_rr; i++) {
		/* A null MX (RFC 7505) names the root: there is nothing to ask. */
		if (!rr_target(order[i], &host) || !name_is_set(&host))
			continue;
		m = match_addresses(r, f, &host);
		if (m != MATCH_NO)
			return m;
	}
	return MATCH_NO;
}

/* RFC 7208 5.7: an A lookup also for a client with IPv6. */
static enum spf_match
match_exists(struct spf_run *r, const struct spf_frame *f, const struct name *name)
{
	const struct answer *a;
	compare_name(r, name);
	enum spf_match m = get(r, f, name, RR_A, &a);
	return m == MATCH_YES && a->n_rr == 0 ? MATCH_NO : m;
}

/*
 * The PTR answer for the client; NULL = pending.  An error is no match, and no
 * temperror (RFC 7208 5.5).
 */
static const struct answer *
reverse_of(struct spf_run *r)
{
	struct name owner = addr_ptr_name(&r->ip);
	const struct answer *a = ask_dns(r->au->q, &owner, RR_PTR);
	if (is_pending(a)) {
		r->out->pending = true;
		return NULL;
	}
	return a;
}

/* Whether HOST has the address of the client; a lookup that fails passes it over (5.5). */
static enum spf_match
is_validated(struct spf_run *r, const struct name *host)
{
	const struct answer *a = ask_dns(r->au->q, host, address_type(r));
	struct addr addr;
	if (is_pending(a)) {
		r->out->pending = true;
		return MATCH_STOP;
	}
	for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++)
		if (rr_addr(&a->rr[i], &addr) && addr_eq(&addr, &r->ip))
			return MATCH_YES;
	return MATCH_NO;
}

/* How near a validated name is to the domain: %{p} takes the nearest (RFC 7208 7.3). */
enum nearness { NEAR_SAME, NEAR_BELOW, NEAR_OTHER, NEARNESSES };

static enum nearness
nearness_of(const struct name *host, const struct name *domain)
{
	if (domain->n == 0 || !name_is_below(host, domain))
		return NEAR_OTHER;
	return name_eq(host, domain) ? NEAR_SAME : NEAR_BELOW;
}

/* The first validated name among the first 10 of A that is as NEAR to DOMAIN as wanted. */
static enum spf_match
find_validated(struct spf_run *r, const struct answer *a, const struct name *domain,
    enum nearness near, struct name *out)
{
	size_t n = a->n_rr < SPF_PTR_LIMIT ? a->n_rr : SPF_PTR_LIMIT;
	for (size_t i = 0; a->status == ANSWER_FOUND && i < n; i++)
		if (rr_target(&a->rr[i], out) && name_is_set(out) &&
		    nearness_of(out, domain) == near)
			ask_ahead(r->au->q, out, address_type(r));
	for (size_t i = 0; a->status == ANSWER_FOUND && i < n; i++) {
		if (!rr_target(&a->rr[i], out) || !name_is_set(out) ||
		    nearness_of(out, domain) != near)
			continue;
		enum spf_match m = is_validated(r, out);
		if (m != MATCH_NO)
			return m;
	}
	return MATCH_NO;
}

/* RFC 7208 5.5 */
static enum spf_match
match_ptr(struct spf_run *r, const struct spf_frame *f, const struct name *name)
{
	const struct answer *a = reverse_of(r);
	struct name host;
	if (a == NULL)
		return MATCH_STOP;
	r->out->last = a;
	if (answer_is_absent(a) && ++r->out->voids > SPF_VOID_LIMIT)
		return spf_stop(r, f, f->at->text, WHY_VOIDS, name_text(r->au->arena, &a->q.name));
	for (size_t i = 0; r->s->walk && a->status == ANSWER_FOUND && i < a->n_rr; i++)
		if (rr_target(&a->rr[i], &host))
			compare_name(r, &host);
	enum spf_match m = find_validated(r, a, name, NEAR_SAME, &host);
	return m != MATCH_NO ? m : find_validated(r, a, name, NEAR_BELOW, &host);
}

static enum spf_match
match_network(struct spf_run *r, const struct spf_term *t)
{
	return prefix_has(&t->net, &r->ip) ? MATCH_YES : MATCH_NO;
}

/* %{p}: "unknown" when no name of the client is validated (RFC 7208 7.3). */
static enum spf_match
letter_p(struct spf_run *r, const struct spf_frame *f, struct str *out)
{
	const struct answer *a = reverse_of(r);
	struct name host;
	*out = STR("unknown");
	if (a == NULL)
		return MATCH_STOP;
	for (enum nearness near = NEAR_SAME; near < NEARNESSES; near++) {
		enum spf_match m = find_validated(r, a, &f->name, near, &host);
		if (m == MATCH_YES)
			*out = name_text(r->au->arena, &host);
		if (m != MATCH_NO)
			return m;
	}
	return MATCH_YES;
}

/* %{t}: asked for only where it is used, for it makes two evaluations differ. */
static enum spf_match
letter_t(struct spf_run *r, struct str text)
{
	static const struct question now = { .kind = ASK_NOW };
	bool used = false;
	for (size_t i = 0; i + 2 < text.n && !used; i++)
		used =
		    text.p[i] == '%' && text.p[i + 1] == '{' && ascii_lower(text.p[i + 2]) == 't';
	if (!used)
		return MATCH_YES;
	const struct answer *a = ask(r->au->q, &now);
	if (is_pending(a)) {
		r->out->pending = true;
		return MATCH_STOP;
	}
	struct buf *b = &r->au->findings->scratch;
	buf_reset(b);
	buf_addu(b, a->now > 0 ? (uint64_t)a->now : 0);
	r->letters.of['t' - 'a'] = arena_str(r->au->arena, buf_str(b));
	return MATCH_YES;
}

enum spf_match
spf_expand(
    struct spf_run *r, const struct spf_frame *f, struct str text, bool explain, struct str *out)
{
	struct buf *b = &r->au->findings->scratch;
	struct str *p = &r->letters.of['p' - 'a'];
	r->letters.of['d' - 'a'] = f->domain;
	*p = (struct str){ NULL, 0 };
	if (spf_macro_string(text, explain).has_p && letter_p(r, f, p) == MATCH_STOP)
		return MATCH_STOP;
	if (explain && letter_t(r, text) == MATCH_STOP)
		return MATCH_STOP;
	buf_reset(b);
	if (!spf_macro_fill(b, text, explain, &r->letters) || b->n > MAX_SPF_EXPLANATION)
		return MATCH_NO;
	*out = arena_str(r->au->arena, buf_str(b));
	return MATCH_YES;
}

enum spf_match
spf_target_of(struct spf_run *r, const struct spf_frame *f, const struct spf_term *term,
    struct str *text, struct name *name)
{
	if (term->domain.n == 0) {
		*text = f->domain;
		*name = f->name;
		return MATCH_YES;
	}
	enum spf_match m = MATCH_YES;
	*text = term->domain;
	name->n = 0;
	if (term->has_macro)
		m = spf_expand(r, f, term->domain, false, text);
	if (m != MATCH_YES)
		return m == MATCH_STOP ? m : MATCH_YES;
	*text = spf_target_text(*text);
	(void)name_parse_raw(*text, name);
	return MATCH_YES;
}

enum spf_match
spf_match_term(struct spf_run *r, const struct spf_frame *f)
{
	const struct spf_term *t = f->at;
	struct name name;
	struct str text;
	if (t->kind == TERM_ALL)
		return MATCH_YES;
	if (t->kind == TERM_IP4 || t->kind == TERM_IP6)
		return match_network(r, t);
	if (spf_target_of(r, f, t, &text, &name) == MATCH_STOP)
		return MATCH_STOP;
	/* RFC 7208 4.8 leaves it open; what is no domain name does not exist (7.1, 4.3). */
	if (name.n == 0)
		return MATCH_NO;
	switch (t->kind) {
	case TERM_A:
		return match_addresses(r, f, &name);
	case TERM_MX:
		return match_mx(r, f, &name);
	case TERM_PTR:
		return match_ptr(r, f, &name);
	default:
		return match_exists(r, f, &name);
	}
}

/* What the term T of F will ask first. */
static void
ask_term_ahead(struct spf_run *r, const struct spf_frame *f, const struct spf_term *t)
{
	struct name name = addr_ptr_name(&r->ip);
	struct str text;
	uint16_t type = t->kind == TERM_A        ? address_type(r)
			: t->kind == TERM_MX     ? RR_MX
			: t->kind == TERM_EXISTS ? RR_A
			: t->kind == TERM_PTR    ? RR_PTR
						 : RR_TXT;
	/* A validated name takes lookups of its own: no guess is made of it. */
	if (type != RR_PTR &&
	    (t->has_p || spf_target_of(r, f, t, &text, &name) == MATCH_STOP || name.n == 0))
		return;
	ask_ahead(r->au->q, &name, type);
}

void
spf_look_ahead(struct spf_run *r, const struct spf_frame *f)
{
	const struct spf_record *rec = f->record;
	size_t i = f->at != NULL ? (size_t)(f->at - rec->terms) : 0;
	uint32_t n = r->out->lookups;
	for (; i < rec->n_terms && n < SPF_LOOKUP_LIMIT; i++) {
		const struct spf_term *t = &rec->terms[i];
		bool ip = t->kind == TERM_IP4 || t->kind == TERM_IP6;
		if (t->kind == TERM_ALL || (ip && match_network(r, t) == MATCH_YES))
			return;
		if (!is_spf_lookup(t->kind) || t->kind == TERM_REDIRECT)
			continue;
		ask_term_ahead(r, f, t);
		n++;
	}
	if (rec->redirect != SPF_NO_TERM && rec->all == SPF_NO_TERM && n < SPF_LOOKUP_LIMIT)
		ask_term_ahead(r, f, &rec->terms[rec->redirect]);
}
