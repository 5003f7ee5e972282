/* SPDX-License-Identifier: ISC */
/*
 * spf_first.c - a first SPF record out of the senders of a configuration; see spf_first.h.
 */
#include "checks/spf_first.h"
#include "checks/providers.h"
#include "checks/senders.h"
#include "checks/spf_propose.h"

#define MAX_TERMS_TEXT 4096 /* bytes of terms before those that stand twice go */

/* The terms so far, each with a blank before it. */
static void
add_term(struct buf *b, const char *name, struct str value)
{
	buf_addc(b, ' ');
	buf_adds(b, name);
	buf_add(b, value);
}

/* What was printed to ONE, an address or a network, which is freed. */
static void
add_printed(struct buf *b, bool v6, struct buf *one)
{
	add_term(b, v6 ? "ip6:" : "ip4:", buf_str(one));
	buf_free(one);
}

static void
add_addr(struct buf *b, const struct addr *ip)
{
	struct buf one;

	buf_init(&one, MAX_TERMS_TEXT);
	addr_print(&one, ip);
	add_printed(b, ip->v6, &one);
}

static void
add_prefix(struct buf *b, const struct prefix *net)
{
	struct buf one;

	buf_init(&one, MAX_TERMS_TEXT);
	prefix_print(&one, net);
	add_printed(b, net->addr.v6, &one);
}

/* The includes of X's services; false where one of them cannot be told. */
static bool
add_services(const struct sender *x, struct buf *b)
{
	for (size_t i = 0; i < x->n_via; i++) {
		const struct provider *p = provider_find(x->via[i]);

		if (p == NULL || !p->verified || p->made || p->need != NEED_YES ||
		    p->includes[0] == NULL)
			return false;
		add_term(b, "include:", str_of(p->includes[0]));
	}
	return true;
}

/* Whether a sender of S that its owner named has the address IP. */
static bool
is_configured(const struct subject *s, const struct addr *ip)
{
	struct addr one = addr_unmap(ip);

	for (size_t i = 0; i < s->n_senders; i++) {
		const struct sender *x = &s->senders[i];

		if (x->name.n == 0)
			continue;
		for (size_t k = 0; k < x->n_prefixes; k++)
			if (prefix_has(&x->prefixes[k], &one))
				return true;
		if (addr_is_among(x->ips, x->n_ips, &one))
			return true;
	}
	return false;
}

/* What X, a sender of S, brings; false where the list is not whole. */
static bool
add_sender(const struct subject *s, const struct sender *x, struct buf *b)
{
	if (x->name.n == 0) { /* of a log or the command line: it may name no other address */
		for (size_t i = 0; i < x->n_ips; i++)
			if (!is_configured(s, &x->ips[i]))
				return false;
		return true;
	}
	if (!name_eq(sender_spf_name(s, x), &s->domain))
		return true;
	for (size_t i = 0; i < x->n_ips; i++)
		add_addr(b, &x->ips[i]);
	for (size_t i = 0; i < x->n_prefixes; i++)
		add_prefix(b, &x->prefixes[i]);
	return add_services(x, b) && x->n_ips + x->n_prefixes + x->n_via > 0;
}

/* TERMS without those that stand twice. */
static struct str
once(struct arena *a, struct str terms)
{
	struct str out, term;
	struct buf b;

	buf_init(&b, SPF_SIZE_AIM);
	buf_adds(&b, "v=spf1");
	for (size_t at = 0, end; at < terms.n; at = end) {
		struct str kept = buf_str(&b);
		bool twice = false;

		end = str_find(terms, at + 1, ' ');
		term = str_sub(terms, at, end - at);
		for (size_t i = 0; i + term.n <= kept.n && !twice; i++)
			twice = str_eq(str_sub(kept, i, term.n), term) &&
				(i + term.n == kept.n || kept.p[i + term.n] == ' ');
		if (!twice)
			buf_add(&b, term);
	}
	buf_adds(&b, " ~all");
	out = b.over ? STR("") : arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

struct str
spf_first_record(struct audit *au)
{
	const struct subject *s = au->subject;
	struct str out = STR("");
	bool whole = true;
	struct buf b;

	buf_init(&b, MAX_TERMS_TEXT);
	for (size_t i = 0; i < s->n_senders && whole; i++)
		whole = add_sender(s, &s->senders[i], &b);
	if (whole && b.n > 0 && !b.over)
		out = once(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}
