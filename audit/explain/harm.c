/* SPDX-License-Identifier: ISC */
/*
 * harm.c - records old and new, held against each other; see harm.h.
 */
#include "audit/explain/harm.h"
#include "audit/explain/edits.h"
#include "checks/dmarc_record.h"
#include "checks/spf_record.h"

/* What two records are compared by. */
struct pair {
	const struct ours *ours;
	const struct prefix *listed;
	size_t n_listed;
	struct str old, new; /* joined texts */
	struct spf_record before, after;
};

bool
is_ours(const struct ours *o, const struct addr *ip)
{
	struct addr a = addr_unmap(ip);

	if (addr_is_among(o->ips, o->n_ips, &a))
		return true;
	for (size_t i = 0; i < o->n_nets; i++)
		if (prefix_has(&o->nets[i], &a))
			return true;
	return false;
}

/* Whether one of the N networks at LIST holds all of P. */
static bool
is_within(const struct prefix *list, size_t n, const struct prefix *p)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].bits <= p->bits && prefix_has(&list[i], &p->addr))
			return true;
	return false;
}

static bool
is_name_byte(char c)
{
	return ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

/*
 * Whether WORD stands in the old record, in whatever term: a term with a slip in its
 * name is cured, and what it names was meant.
 */
static bool
was_written(const struct pair *p, struct str word, bool address)
{
	for (size_t at = 0; word.n > 0 && at + word.n <= p->old.n; at++) {
		char end = at + word.n < p->old.n ? p->old.p[at + word.n] : ' ';

		if (!str_ieq(str_sub(p->old, at, word.n), word) ||
		    (at > 0 && is_name_byte(p->old.p[at - 1])))
			continue;
		/* 192.0.2.1 is not meant by 192.0.2.10, and neither by 192.0.2.1/24 */
		if (!address || (!ascii_isdigit(end) && end != '.' && end != ':' && end != '/'))
			return true;
	}
	return false;
}

/* Whether the old record lets all of T's network pass, or it is ours. */
static enum harm
network_harm(const struct pair *p, const struct spf_term *t)
{
	uint8_t all = t->net.addr.v6 ? 128 : 32;

	if (t->net.bits == all && is_ours(p->ours, &t->net.addr))
		return HARM_NONE;
	if (is_within(p->ours->nets, p->ours->n_nets, &t->net) ||
	    is_within(p->listed, p->n_listed, &t->net))
		return HARM_NONE;
	for (size_t i = 0; i < p->before.n_terms; i++) {
		const struct spf_term *b = &p->before.terms[i];

		if ((b->kind == TERM_IP4 || b->kind == TERM_IP6) && b->qualifier == '+' &&
		    is_within(&b->net, 1, &t->net))
			return HARM_NONE;
	}
	return was_written(p, t->domain.n > 0 ? t->domain : str_sub(t->text, 4, t->text.n), true)
		   ? HARM_NONE
		   : HARM_ADDRESS;
}

/* Whether the old record has a term like T, with a target or without. */
static enum harm
sender_harm(const struct pair *p, const struct spf_term *t)
{
	for (size_t i = 0; i < p->ours->n_includes && t->kind == TERM_INCLUDE; i++)
		if (str_ieq(t->domain, p->ours->includes[i]))
			return HARM_NONE;
	for (size_t i = 0; i < p->before.n_terms; i++) {
		const struct spf_term *b = &p->before.terms[i];

		if (b->kind == t->kind && str_ieq(b->domain, t->domain) && b->cidr4 <= t->cidr4 &&
		    b->cidr6 <= t->cidr6 && b->qualifier == '+')
			return HARM_NONE;
	}
	return t->domain.n > 0 && was_written(p, t->domain, false) ? HARM_NONE : HARM_SENDER;
}

static enum harm
term_harm(const struct pair *p, const struct spf_term *t)
{
	if (t->kind == TERM_BAD)
		return HARM_UNREAD;
	if (t->qualifier != '+' || t->kind == TERM_EXP || t->kind == TERM_MODIFIER)
		return HARM_NONE;
	if (t->kind == TERM_IP4 || t->kind == TERM_IP6)
		return network_harm(p, t);
	return t->kind == TERM_ALL ? HARM_SENDER : sender_harm(p, t);
}

/* 3 for -all down to 0 for +all; without one neutral, as ?all (RFC 7208 4.7). */
static size_t
end_of(const struct spf_record *r)
{
	if (r->all != SPF_NO_TERM)
		return str_find(STR("+?~-"), 0, r->terms[r->all].qualifier);
	return r->redirect != SPF_NO_TERM ? 4 : 1;
}

static enum harm
spf_harm(struct arena *a, struct pair *p)
{
	bool was = is_spf_record(p->old);
	enum harm h;

	if (was)
		spf_record_parse(a, p->old, &p->before);
	spf_record_parse(a, p->new, &p->after);
	if (was && end_of(&p->after) < end_of(&p->before))
		return HARM_SPF_END;
	if (!was && end_of(&p->after) < 2)
		return HARM_SPF_END;
	for (size_t i = 0; i < p->after.n_terms; i++)
		if ((h = term_harm(p, &p->after.terms[i])) != HARM_NONE)
			return h;
	return p->after.n_fatal > 0 ? HARM_UNREAD : HARM_NONE;
}

/* What R asks for: p, sp, np, each with what stands in for it. */
static void
strengths(const struct dmarc_record *r, int out[3])
{
	out[0] = r->fallback ? DMARC_NONE : (int)r->p;
	out[1] = r->fallback ? DMARC_NONE : r->sp != DMARC_ABSENT ? (int)r->sp : out[0];
	out[2] = r->fallback ? DMARC_NONE : r->np != DMARC_ABSENT ? (int)r->np : out[1];
}

static enum harm
dmarc_harm(const struct pair *p)
{
	struct dmarc_record before, after;
	int was[3], is[3];

	if (!dmarc_is_record(p->old))
		return HARM_NONE;
	dmarc_parse(p->old, &before);
	dmarc_parse(p->new, &after);
	strengths(&before, was);
	strengths(&after, is);
	for (size_t i = 0; i < ARRAY_LEN(was) && !before.is_void; i++)
		if (is[i] < was[i] || after.is_void)
			return HARM_POLICY;
	if ((before.adkim_strict && !after.adkim_strict) ||
	    (before.aspf_strict && !after.aspf_strict))
		return HARM_ALIGNMENT;
	return !before.testing && after.testing ? HARM_POLICY : HARM_NONE;
}

/* The joined text of the TXT that TEXT is in presentation form. */
static bool
joined(struct arena *a, uint16_t type, struct str text, struct str *out)
{
	struct str data, s;
	size_t pos = 0, n = 0;
	char *p;

	*out = STR("");
	if (text.n == 0)
		return true;
	if (!rdata_of_text(a, type, text, &data))
		return false;
	p = arena_alloc(a, data.n + 1);
	while (txt_next(data, &pos, &s)) {
		if (s.n > 0)
			memcpy(p + n, s.p, s.n);
		n += s.n;
	}
	*out = (struct str){ p, n };
	return true;
}

enum harm
change_harm(struct arena *a, const struct change *c, const struct ours *o,
    const struct prefix *listed, size_t n)
{
	struct pair p = { .ours = o, .listed = listed, .n_listed = n };

	if (c->type != RR_TXT && c->type != RR_SPF)
		return HARM_NONE;
	if (!joined(a, c->type, c->action == CHANGE_ADD ? STR("") : c->old, &p.old) ||
	    !joined(a, c->type, c->action == CHANGE_REMOVE ? STR("") : c->new, &p.new))
		return HARM_UNREAD;
	if (is_spf_record(p.new))
		return spf_harm(a, &p);
	if (dmarc_is_record(p.new))
		return dmarc_harm(&p);
	/* Of several records of which receivers take none, one may go: see the rehearsal. */
	return HARM_NONE;
}

const char *
harm_words(enum harm h)
{
	static const char *const words[] = { "",
		"it would let an address send that nobody said is yours",
		"it would let senders pass that nobody said are yours",
		"it would weaken the end of the SPF record", "it would weaken the DMARC policy",
		"it would weaken the alignment that DMARC demands", "it is no record" };

	_Static_assert(ARRAY_LEN(words) == HARM_COUNT, "a clause for each harm");
	return words[h];
}
