/* SPDX-License-Identifier: ISC */
/*
 * spf_sender.c - the addresses of the subject, evaluated and told.
 */
#include "checks/spf_sender.h"

#include "checks/senders.h"

/* The I-th address of X as it sends mail that is checked by NAME. */
static const struct spf_sender *
sender_at(struct audit *au, const struct sender *x, size_t i, const struct name *name)
{
	struct spf_sender *one = arena_alloc(au->arena, sizeof(*one));
	*one = (struct spf_sender){ .ip = x->ips[i], .local = x->mail_from_local };
	if (name_is_set(&x->helo))
		one->helo = name_text(au->arena, &x->helo);
	if (!x->mail_from_null)
		one->domain = name_text(au->arena, name);
	return one;
}

struct spf_senders
spf_senders(struct audit *au, const struct name *name)
{
	const struct subject *s = au->subject;
	struct spf_senders out = { .all_pass = true };
	const struct sender *x;
	size_t n = senders_of(au->arena, s, &x), room = 0;
	for (size_t k = 0; k < n; k++)
		room += x[k].n_ips;
	struct spf_verdict *v = arena_array(au->arena, room + 1, sizeof(*v));
	struct addr *ips = arena_array(au->arena, room + 1, sizeof(*ips));
	const struct sender **of = arena_array(au->arena, room + 1, sizeof(const struct sender *));
	const struct spf_sender **who =
	    arena_array(au->arena, room + 1, sizeof(const struct spf_sender *));
	out.v = v;
	out.ips = ips;
	out.of = of;
	out.who = who;
	for (size_t k = 0; k < n && !s->parked; k++)
		for (size_t i = 0; i < x[k].n_ips; i++) {
			if (!name_eq(sender_spf_name(s, &x[k]), name) ||
			    addr_is_among(ips, out.n, &x[k].ips[i]))
				continue;
			ips[out.n] = x[k].ips[i];
			of[out.n] = &x[k];
			who[out.n] = sender_at(au, &x[k], i, name);
			spf_eval(au, who[out.n], &v[out.n]);
			out.pending = out.pending || v[out.n].pending;
			out.all_pass = out.all_pass && v[out.n].result == RESULT_PASS;
			out.n++;
		}
	out.all_pass = out.all_pass && out.n > 0;
	return out;
}

/* The N texts of PARTS as one, owned by A. */
static struct str
join(struct arena *a, const struct str *parts, size_t n)
{
	size_t room = 0;
	for (size_t i = 0; i < n; i++)
		room += parts[i].n;
	char *p = arena_alloc(a, room + 1);
	struct str out = { p, 0 };
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n > 0)
			memcpy(p + out.n, parts[i].p, parts[i].n);
		out.n += parts[i].n;
	}
	return out;
}

/* Whose record it is that decided V, if it is not the sender's own; else empty. */
static struct str
other_domain(const struct spf_verdict *v)
{
	size_t i = v->n_path - 1;
	while (v->term.n > 0 && i > 0 && v->path[i].term.p != v->term.p)
		i--;
	return i > 0 ? v->path[i].domain : STR("");
}

/*
 * "from -all", "as no term matches", "at include:x.example: the target has no SPF
 * record", "from -all of x.example", "at x.example: a lookup failed".
 */
static struct str
cause_text(struct arena *a, const struct spf_verdict *v)
{
	struct str why = str_of(spf_why_text(v->why)), domain = other_domain(v);
	bool error = why.n > 0, of = v->term.n > 0 && domain.n > 0;
	struct str parts[] = { error ? STR("at ") : STR("from "), v->term,
		of ? STR(" of ") : STR(""), domain, error ? STR(": ") : STR(""), why };
	if (v->term.n == 0 && !error)
		parts[0] = domain.n > 0 ? STR("as no term matches in ") : STR("as no term matches");
	else if (v->term.n == 0 && domain.n == 0)
		parts[0] = STR("as "), parts[4] = STR("");
	return join(a, parts, ARRAY_LEN(parts));
}

/* Whether a term put in front of the all, or of redirect=, would have decided V. */
static bool
is_open(const struct spf_record *rec, const struct spf_verdict *v)
{
	struct str term = v->path[0].term;
	bool refused =
	    v->result == RESULT_FAIL || v->result == RESULT_SOFTFAIL || v->result == RESULT_NEUTRAL;
	return refused &&
	       (term.n == 0 || (rec->all != SPF_NO_TERM && term.p == rec->terms[rec->all].text.p) ||
		   (rec->redirect != SPF_NO_TERM && term.p == rec->terms[rec->redirect].text.p));
}

/* Whether nothing else is wrong with the record of J that an address more would only hide. */
static bool
is_extendable(const struct spf_judge *j)
{
	const struct spf_node *root = j->tree->nodes[0];
	return j->record->n_faults == 0 && root->error == SPF_FINE && !j->tree->over &&
	       root->lookups <= SPF_LOOKUP_LIMIT && root->void4 <= SPF_VOID_LIMIT &&
	       root->void6 <= SPF_VOID_LIMIT && j->txt->n_chain == 0;
}

/* Whether mail on the Internet can come from IP at all. */
static bool
is_sending_space(const struct addr *ip)
{
	struct addr a = addr_unmap(ip);
	enum addr_space space = addr_space(&a);
	return space == ADDR_PUBLIC || space == ADDR_DOCUMENTATION;
}

/* Whether the address of verdict I of W passes once the record REC names it. */
static bool
is_missing(const struct spf_record *rec, const struct spf_senders *w, size_t i)
{
	return is_open(rec, &w->v[i]) && is_sending_space(&w->ips[i]);
}

struct str
spf_missing(const struct spf_judge *j)
{
	const struct spf_senders *w = j->senders;
	struct str *parts = arena_array(j->au->arena, w->n * 3 + 1, sizeof(*parts));
	size_t n = 0;
	if (!is_extendable(j))
		return STR("");
	for (size_t i = 0; i < w->n; i++) {
		if (!is_missing(j->record, w, i))
			continue;
		parts[n] = n > 0 ? STR(" ") : STR("");
		parts[n + 1] = addr_unmap(&w->ips[i]).v6 ? STR("ip6:") : STR("ip4:");
		parts[n + 2] = finding_address(j->au->findings, &w->ips[i]);
		n += 3;
	}
	return join(j->au->arena, parts, n);
}

/* F is about the part of the record of the sender's domain that led to V. */
static void
place(struct audit *au, struct finding *f, const struct name *name, const struct spf_verdict *v,
    const struct spf_judge *j)
{
	if (j != NULL)
		finding_at(au->findings, f, j->txt, j->rr, v->path[0].term);
	else
		finding_absent(f, name, RR_TXT);
	finding_evidence(f, v->txt);
	finding_evidence(f, v->last);
}

/* The term of REC that names AT as one that passes; empty when none does. */
static struct str
naming_term(const struct spf_record *rec, const struct addr *at)
{
	struct addr ip = addr_unmap(at);
	for (size_t i = 0; i < rec->n_terms; i++) {
		const struct spf_term *t = &rec->terms[i];
		if ((t->kind == TERM_IP4 || t->kind == TERM_IP6) && t->qualifier == '+' &&
		    prefix_has(&t->net, &ip) && !is_spf_dead(rec, i))
			return t->text;
	}
	return STR("");
}

/* What its owner is to do so that AT passes, in the remedy of V. */
static struct str
cure_text(
    struct arena *a, const struct spf_verdict *v, const struct spf_judge *j, const struct addr *at)
{
	struct str term = j != NULL ? naming_term(j->record, at) : STR("");
	bool limit = v->why == WHY_LOOKUPS || v->why == WHY_VOIDS;
	struct str named[] = { STR("the record names it already, by "), finding_part(a, term),
		limit
		    ? STR(", and evaluation stops before that: put the term in front of those that "
			  "cause lookups, and cure the limit that is passed")
		    : STR(": cure the fault that voids the record") };
	struct str let[] = { STR("let the SPF record of "), finding_part(a, v->domain),
		STR(" name it, in front of the all or redirect= that ends the record"),
		v->why == WHY_NONE ? STR("") : STR(", once the fault is cured that voids it"),
		j != NULL && j->plan.n > 0 && j->missing.n > 0
		    ? STR("; the record proposed leaves out what has no effect, too")
		    : STR("") };
	if (term.n > 0 && v->why != WHY_NONE)
		return join(a, named, ARRAY_LEN(named));
	return join(a, let, ARRAY_LEN(let));
}

static struct finding *
judge_one(struct audit *au, const struct name *name, const struct spf_verdict *v,
    const struct spf_judge *j, const struct addr *at)
{
	struct str ip = finding_address(au->findings, at);
	bool unknown = v->result == RESULT_TEMPERROR;
	struct findings *fs = au->findings;
	struct finding *f =
	    finding_add(fs, unknown ? RULE_SPF_SENDER_UNKNOWN : RULE_SPF_NOT_PASS, name);
	place(au, f, name, v, j);
	finding_text(fs, f, "ip", ip);
	finding_text(fs, f, "mail_from", v->domain);
	finding_text(fs, f, "result", str_of(spf_result_name(v->result)));
	finding_text(fs, f, "term", v->term);
	finding_text(fs, f, "cause", cause_text(au->arena, v));
	if (unknown)
		finding_text(fs, f, "target", v->target);
	else
		finding_words(fs, f, "cure", cure_text(au->arena, v, j, at));
	return f;
}

/* F, about a verdict that is_missing(), is cured by the record of J with what is missing. */
static void
tell_extended(const struct spf_judge *j, struct finding *f)
{
	struct findings *fs = j->au->findings;
	struct str base = j->fixed.n > 0 ? j->fixed : j->record->text, text = spf_extend(j, base);
	if (text.p == base.p)
		return;
	struct change *c = finding_change(fs, f, CHANGE_REPLACE, answer_owner(j->txt), j->rr->type);
	c->old = finding_txt(fs, j->rr->text);
	c->new = finding_txt(fs, text);
}

void
spf_judge_senders(struct audit *au, const struct name *name, const struct spf_senders *w,
    const struct spf_judge *j)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct spf_verdict *v = &w->v[i];
		/* That there is no record, or none to be had, is told of the name itself. */
		if (v->result == RESULT_PASS || v->result == RESULT_NONE)
			continue;
		struct finding *f = judge_one(au, name, v, j, &w->ips[i]);
		if (j != NULL && j->missing.n > 0 && is_missing(j->record, w, i))
			tell_extended(j, f);
	}
}
