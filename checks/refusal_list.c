/* SPDX-License-Identifier: ISC */
/*
 * refusal_list.c - refusals for an entry in a block list: the very list, asked about the
 * very address or domain (RFC 5782).
 *
 * The receiver said that it is listed, so an answer that agrees needs no proof of the
 * list's test entries; one that refuses the asker says nothing (127.255.255.x).
 */
#include "checks/dnsbl_lists.h"
#include "checks/refusal_steps.h"

/* clang-format off */
static const enum rule_id address_listed[] = { RULE_DNSBL_LISTED_HIGH, RULE_DNSBL_LISTED_POLICY,
	RULE_DNSBL_LISTED_MEDIUM, RULE_DNSBL_LISTED_LOW };
static const enum rule_id domain_listed[] = { RULE_DNSBL_DOMAIN_LISTED_HIGH,
	RULE_DNSBL_DOMAIN_LISTED_MEDIUM, RULE_DNSBL_DOMAIN_LISTED_LOW };
/* clang-format on */

/* The name that the list is asked for; false = there is none, or it is not known yet. */
static bool
list_name(struct reasoning *x, struct name *out)
{
	const struct refusal *r = x->r;
	const struct name *domain = &r->listed;
	const struct answer *suffix;
	struct name zone;

	if (name_parse(str_of(r->list->zone), &zone) != NAME_OK)
		return false;
	if (!name_is_set(domain))
		return r->has_ip && addr_reverse(&r->ip, &zone, out);
	if (r->list->registrable) {
		suffix = ask_suffix(x->au->q, domain);
		if (is_pending(suffix)) {
			x->pending = true;
			return false;
		}
		if (suffix->status == ANSWER_FOUND && suffix->suffix->registrable.n > 0)
			domain = &suffix->suffix->registrable;
	}
	return name_prefix(name_text(x->au->arena, domain), &zone, out) == NAME_OK;
}

/* What the record of IP means by the list's table, behind the words that B holds. */
static void
add_meaning(struct buf *b, const struct dnsbl_list *l, const struct addr *ip)
{
	const struct dnsbl_code *found[MAX_LIST_CODES];
	size_t n = dnsbl_meanings(l, ip, found);

	buf_adds(b, " (");
	addr_print(b, ip);
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i == 0 ? ": " : "; ");
		buf_adds(b, found[i]->meaning);
	}
	buf_addc(b, ')');
}

/* Who is listed, into B. */
static void
add_listed(struct buf *b, const struct refusal *r)
{
	if (name_is_set(&r->listed))
		name_print(b, &r->listed);
	else
		addr_print(b, &r->ip);
}

/* RFC 5782 2.1: the TXT record at the same name may tell the reason. */
static void
tell_reason(struct reasoning *x, const struct name *name)
{
	const struct answer *a = ask_dns(x->au->q, name, RR_TXT);
	struct refusal_step *s;
	struct buf *b;

	if (is_pending(a)) {
		x->pending = true;
		return;
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		if (a->rr[i].type != RR_TXT || a->rr[i].text.n == 0)
			continue;
		b = step_begin(x);
		buf_adds(b, "the list says why");
		s = step_end(x, name, RR_TXT);
		step_shows(x, s, a->rr[i].text);
		return;
	}
}

static void
tell_listed(struct reasoning *x, const struct name *name, const struct addr *code)
{
	bool domain = name_is_set(&x->r->listed);
	struct buf *b = step_begin(x);

	add_listed(b, x->r);
	buf_adds(b, " is listed at ");
	buf_adds(b, x->r->list->zone);
	add_meaning(b, x->r->list, code);
	(void)step_end(x, name, RR_A);
	if (domain)
		step_causes(x, domain_listed, ARRAY_LEN(domain_listed));
	else
		step_causes(x, address_listed, ARRAY_LEN(address_listed));
	step_finds(x, REFUSAL_EXPLAINED);
	tell_reason(x, name);
}

static void
tell_refused(struct reasoning *x, const struct name *name, const struct addr *code)
{
	struct buf *b = step_begin(x);

	buf_adds(b, x->r->list->zone);
	buf_adds(b, " refuses to answer the resolver that was asked: ");
	buf_adds(b, dnsbl_refusal(x->r->list, code));
	(void)step_end(x, name, RR_A);
	x->f->lacks = "the list refuses to answer the resolver that was asked";
}

void
refusal_list(struct reasoning *x)
{
	const struct answer *a;
	struct name name;
	struct addr code;
	struct buf *b;

	if (x->r->list == NULL || !list_name(x, &name)) {
		x->f->lacks = x->r->list == NULL ? "the reply does not name the list"
						 : "what is listed is not known";
		return;
	}
	a = ask_dns(x->au->q, &name, RR_A);
	if (!step_readable(x, a))
		return;
	for (size_t i = 0; i < a->n_rr; i++) {
		if (!rr_addr(&a->rr[i], &code))
			continue;
		if (dnsbl_is_refusal(x->r->list, &code))
			tell_refused(x, &name, &code);
		else
			tell_listed(x, &name, &code);
		return;
	}
	b = step_begin(x);
	add_listed(b, x->r);
	buf_adds(b, " is not listed at ");
	buf_adds(b, x->r->list->zone);
	(void)step_end(x, &name, RR_A);
	step_finds(x, REFUSAL_NOT);
}
