/* SPDX-License-Identifier: ISC */
/*
 * spf_receiver.c - where libspf2 and RFC 7208 part, found in the records that both
 * have read.  What is known of libspf2 here was measured on version 1.2.10, which
 * Debian 12 has; tests/test_spf_receiver.c shows each on the library itself.
 */
#include "checks/spf_receiver.h"

#include "checks/spf_macro.h"
#include "checks/spf_target.h"
#include "checks/spf_tree.h"

#define MAX_DEPTH 10 /* records nested: our own verdict goes no deeper (RFC 7208 4.6.4) */

/* Bytes of a compiled record: a term that would begin beyond is dropped, and all behind it. */
#define MECHANISMS_MAX 511u
#define MECHANISM_HEAD 4u
#define DATA_HEAD 4u

/* Codes of its errors, as in receiver_error_text(). */
#define ERROR_INVALID_CHAR 5
#define ERROR_INVALID_CIDR 8
#define ERROR_BIG_DNS 18

const struct answer *
spf_receiver(struct audit *au, const struct spf_sender *s)
{
	struct receiver_sender to = { .ip = s->ip, .helo = s->helo };
	struct addr ip = addr_unmap(&s->ip);
	bool helo = s->domain.n == 0; /* RFC 7208 2.4 */
	to.domain = helo ? s->helo : s->domain;
	to.local = helo ? STR("") : s->local;
	if (to.domain.n == 0 || addr_space(&ip) == ADDR_LOOPBACK)
		return NULL;
	return ask_receiver(au->q, LIBSPF2, &to);
}

const char *
spf_quirk_text(enum spf_quirk q)
{
	static const char *const texts[] = { "differs for a reason that is not known here",
		"drops the terms of a record behind the first 64 or so, from here on",
		"takes a prefix length of 0 for an error",
		"follows redirect= where it stands and drops what is behind it",
		"takes a dot in the name of a modifier for an error",
		"loses the first letter of a macro whose number keeps all parts",
		"counts the lookups of each include apart",
		"has no limit of lookups that find nothing",
		"takes more than 10 PTR records for an error",
		"looks at 10 mail exchangers before it takes more for an error",
		"takes a lookup that fails here for a temporary error",
		"lets redirect= and exp= stand twice", "takes a bad macro as it stands",
		"lets a prefix length begin with 0", "takes what is no domain name as it stands",
		"takes redirect: for redirect=", "takes bytes that are not ASCII as they stand" };
	_Static_assert(ARRAY_LEN(texts) == QUIRK_COUNT, "a text for each");
	return texts[q];
}

/* LEN bytes of text as the library compiles them. */
static size_t
literal_size(size_t len)
{
	return len == 0 ? 0 : DATA_HEAD + ((len + 3) & ~(size_t)3);
}

/* A domain-spec: a block for each macro and for each piece of text between. */
static size_t
spec_size(struct str spec)
{
	size_t size = 0, run = 0;
	for (size_t i = 0; i < spec.n; i++) {
		if (spec.p[i] != '%' || i + 1 == spec.n || spec.p[i + 1] != '{') {
			run++;
			continue;
		}
		size += literal_size(run) + DATA_HEAD;
		run = 0;
		i = str_find(spec, i, '}');
	}
	return size + literal_size(run);
}

/* Bytes of the mechanism T; 0 = it is none.  redirect= is one there. */
static size_t
compiled_size(const struct spf_term *t)
{
	bool cidr =
	    (t->kind == TERM_A || t->kind == TERM_MX) && str_find(t->text, 0, '/') < t->text.n;
	switch (t->kind) {
	case TERM_EXP:
	case TERM_MODIFIER:
	case TERM_BAD:
		return 0;
	case TERM_IP4:
		return MECHANISM_HEAD + 4;
	case TERM_IP6:
		return MECHANISM_HEAD + 16;
	default:
		return MECHANISM_HEAD + (cidr ? DATA_HEAD : 0) + spec_size(t->domain);
	}
}

/* The first term of R that is dropped; SPF_NO_TERM = none. */
static size_t
dropped_from(const struct spf_record *r)
{
	size_t used = 0;
	for (size_t i = 0; i < r->n_terms; i++) {
		size_t size = compiled_size(&r->terms[i]);
		if (size > 0 && used + MECHANISM_HEAD > MECHANISMS_MAX)
			return i;
		used += size;
	}
	return SPF_NO_TERM;
}

/* A prefix length of 0: both families of a and mx, either of ip4 and ip6. */
static bool
has_cidr_zero(const struct spf_term *t)
{
	if (t->kind == TERM_IP4 || t->kind == TERM_IP6)
		return t->net.bits == 0;
	return (t->kind == TERM_A || t->kind == TERM_MX) && (t->cidr4 == 0 || t->cidr6 == 0);
}

static bool
is_mechanism(const struct spf_term *t)
{
	return t->kind != TERM_REDIRECT && t->kind != TERM_EXP && t->kind != TERM_MODIFIER;
}

/* Whether a mechanism stands behind term I of R. */
static bool
has_more(const struct spf_record *r, size_t i)
{
	while (++i < r->n_terms)
		if (is_mechanism(&r->terms[i]))
			return true;
	return false;
}

/* Whether SPEC has a macro with a number: %{d2}. */
static bool
has_macro_number(struct str spec)
{
	for (size_t i = 0; i + 3 < spec.n; i++)
		if (spec.p[i] == '%' && spec.p[i + 1] == '{' && ascii_isdigit(spec.p[i + 3]))
			return true;
	return false;
}

/* The first term of R that shows quirk Q; SPF_NO_TERM = none does. */
static size_t
quirk_term(const struct spf_record *r, enum spf_quirk q)
{
	if (q == QUIRK_TRUNCATED)
		return dropped_from(r);
	for (size_t i = 0; i < r->n_terms; i++) {
		const struct spf_term *t = &r->terms[i];
		bool is = (q == QUIRK_CIDR_ZERO && has_cidr_zero(t)) ||
			  (q == QUIRK_REDIRECT && t->kind == TERM_REDIRECT &&
			      (has_more(r, i) || r->all != SPF_NO_TERM)) ||
			  (q == QUIRK_MODIFIER_DOT && t->kind == TERM_MODIFIER &&
			      str_find(t->name, 0, '.') < t->name.n) ||
			  ((q == QUIRK_PTR_NAMES || q == QUIRK_ERRORS) &&
			      (t->kind == TERM_PTR || t->has_p)) ||
			  (q == QUIRK_MX_NAMES && t->kind == TERM_MX) ||
			  (q == QUIRK_MACRO_NUMBER && t->kind != TERM_MODIFIER &&
			      has_macro_number(t->domain));
		if (is)
			return i;
	}
	return SPF_NO_TERM;
}

/* A search through the records that both have read. */
struct search {
	struct audit *au;
	const struct name *root; /* the sender's domain */
	enum spf_quirk quirk;
	struct name *seen; /* a record that many include is searched once */
	size_t n_seen, cap_seen;
	struct spf_difference out;
};

/* Whether the search was at NAME; from now on it was. */
static bool
was_seen(struct search *s, const struct name *name)
{
	for (size_t i = 0; i < s->n_seen; i++)
		if (name_eq(&s->seen[i], name))
			return true;
	arena_grow(s->au->arena, &s->seen, s->n_seen, &s->cap_seen, sizeof(*s->seen));
	s->seen[s->n_seen++] = *name;
	return false;
}

static bool search_record(struct search *s, const struct name *name, unsigned depth);

/* The record that T of the record at NAME leads to, and those below. */
static bool
search_below(struct search *s, const struct spf_term *t, const struct name *name, unsigned depth)
{
	bool macro;
	const struct name *to;
	if ((t->kind != TERM_INCLUDE && t->kind != TERM_REDIRECT) || depth == MAX_DEPTH)
		return false;
	to = spf_target(s->au->arena, t, name, s->root, &macro);
	return to != NULL && !name_eq(to, name) && search_record(s, to, depth + 1);
}

/* Whether the record at NAME, or one it leads to, shows the quirk: the first into S->out. */
static bool
search_record(struct search *s, const struct name *name, unsigned depth)
{
	const struct answer *a = answer_at_hand(s->au->q, name, RR_TXT);
	size_t n, at;
	const struct rr *rr = a != NULL && !is_pending(a) ? spf_select(a, &n) : NULL;
	if (rr == NULL || was_seen(s, name))
		return false;
	const struct spf_record *r = spf_record_of(a, rr);
	at = quirk_term(r, s->quirk);
	for (size_t i = 0; i < r->n_terms && i < at; i++)
		if (search_below(s, &r->terms[i], name, depth))
			return true;
	if (at == SPF_NO_TERM)
		return false;
	s->out.quirk = s->quirk;
	s->out.term = r->terms[at].text;
	s->out.domain = name_text(s->au->arena, name);
	return true;
}

/* As what libspf2 overlooks F, in the term TERM. */
static enum spf_quirk
overlooked_fault(const struct spf_fault *f, struct str term)
{
	switch (f->kind) {
	case FAULT_TWICE:
		return QUIRK_TWICE;
	case FAULT_MACRO:
		return QUIRK_MACRO;
	case FAULT_CIDR:
		return QUIRK_CIDR_FORM;
	case FAULT_DOMAIN:
	case FAULT_ARGUMENT: /* an empty name */
		return QUIRK_DOMAIN;
	case FAULT_BYTE:
		return QUIRK_BYTE;
	case FAULT_UNKNOWN:
		return str_has_iprefix(term, STR("redirect:")) ? QUIRK_COLON : QUIRK_NONE;
	default:
		return QUIRK_NONE;
	}
}

/* The fault that voids the record in which V ended, as libspf2 overlooks it. */
static enum spf_quirk
overlooked(struct audit *au, const struct name *name)
{
	const struct answer *a = answer_at_hand(au->q, name, RR_TXT);
	size_t n;
	const struct rr *rr = a != NULL && !is_pending(a) ? spf_select(a, &n) : NULL;
	if (rr == NULL)
		return QUIRK_NONE;
	const struct spf_record *r = spf_record_of(a, rr);
	for (size_t i = 0; i < r->n_faults; i++) {
		const struct spf_fault *f = &r->faults[i];
		enum spf_quirk q =
		    f->term < r->n_terms ? overlooked_fault(f, r->terms[f->term].text) : QUIRK_NONE;
		if (q != QUIRK_NONE)
			return q;
	}
	return QUIRK_NONE;
}

/* The quirk that V, which is an error, tells by itself. */
static enum spf_quirk
quirk_of_error(struct audit *au, const struct spf_verdict *v, const struct name *last)
{
	switch (v->why) {
	case WHY_LOOKUPS:
		return QUIRK_LOOKUPS;
	case WHY_VOIDS:
		return QUIRK_VOIDS;
	case WHY_MX_NAMES:
		return QUIRK_MX_NAMES;
	case WHY_SYNTAX:
		return overlooked(au, last);
	default:
		return QUIRK_NONE;
	}
}

/* What may have led to THEIRS, the likeliest first; how many into *N. */
static const enum spf_quirk *
candidates(const struct receiver_facts *theirs, size_t *n)
{
	static const enum spf_quirk cidr[] = { QUIRK_CIDR_ZERO };
	static const enum spf_quirk dot[] = { QUIRK_MODIFIER_DOT };
	static const enum spf_quirk many[] = { QUIRK_PTR_NAMES, QUIRK_MX_NAMES, QUIRK_REDIRECT,
		QUIRK_MACRO_NUMBER };
	static const enum spf_quirk errors[] = { QUIRK_REDIRECT, QUIRK_ERRORS, QUIRK_TRUNCATED,
		QUIRK_MACRO_NUMBER };
	static const enum spf_quirk others[] = { QUIRK_TRUNCATED, QUIRK_REDIRECT,
		QUIRK_MACRO_NUMBER };
	/* An error below a redirect= or include reaches us as another. */
	static const enum spf_quirk voided[] = { QUIRK_CIDR_ZERO, QUIRK_MODIFIER_DOT,
		QUIRK_REDIRECT, QUIRK_TRUNCATED, QUIRK_MACRO_NUMBER };
	bool error = theirs->result == RESULT_PERMERROR;
	*n = 1;
	if (error && theirs->error == ERROR_INVALID_CIDR)
		return cidr;
	if (error && theirs->error == ERROR_INVALID_CHAR)
		return dot;
	*n = ARRAY_LEN(many);
	if (error && theirs->error == ERROR_BIG_DNS)
		return many;
	*n = ARRAY_LEN(voided);
	if (error)
		return voided;
	*n = ARRAY_LEN(errors);
	if (theirs->result == RESULT_TEMPERROR)
		return errors;
	*n = ARRAY_LEN(others);
	return others;
}

struct spf_difference
spf_differ(struct audit *au, const struct spf_verdict *v, const struct receiver_facts *theirs)
{
	struct name last, root;
	size_t n;
	struct str where = v->n_path > 0 ? v->path[v->n_path - 1].domain : v->domain;
	struct spf_difference out = { .term = v->term, .domain = where };
	(void)name_parse_raw(spf_target_text(where), &last);
	(void)name_parse_raw(spf_target_text(v->domain), &root);
	out.quirk = v->result == RESULT_PERMERROR ? quirk_of_error(au, v, &last) : QUIRK_NONE;
	if (out.quirk != QUIRK_NONE)
		return out;
	const enum spf_quirk *list = candidates(theirs, &n);
	for (size_t i = 0; i < n; i++) {
		struct search s = { .au = au, .root = &root, .quirk = list[i] };
		if (search_record(&s, &root, 0))
			return s.out;
	}
	out.term = STR("");
	return out;
}

/* A, if it failed. */
static const struct answer *
failed(const struct answer *a)
{
	return a != NULL && a->status == ANSWER_FAILED ? a : NULL;
}

/* The first answer below DOMAIN that failed; NULL = none did. */
static const struct answer *
failed_in_tree(struct audit *au, struct str domain)
{
	struct name name;
	const struct answer *found = NULL;
	(void)name_parse_raw(spf_target_text(domain), &name);
	const struct spf_tree *t = spf_tree(au, &name);
	for (size_t i = 0; i < t->n_nodes && found == NULL; i++) {
		const struct spf_node *node = t->nodes[i];
		found = failed(node->answer);
		for (size_t k = 0; k < node->n_items && found == NULL; k++) {
			const struct spf_item *it = &node->items[k];
			found = failed(it->first);
			for (size_t h = 0; h < it->n_hosts && found == NULL; h++)
				found = failed(it->hosts[h]);
		}
	}
	return found;
}

/* The first by question of the lookups of addresses that failed: a name with macros; NULL = none.
 */
static const struct answer *
failed_address(const struct inquiry *q)
{
	const struct answer *best = NULL;
	for (size_t i = 0; i < q->n; i++) {
		const struct answer *a = failed(q->entries[i].answer);
		if (a != NULL && !q->entries[i].q.base && a->q.kind == ASK_DNS &&
		    (a->q.type == RR_A || a->q.type == RR_AAAA) &&
		    (best == NULL || question_cmp(&a->q, &best->q) < 0))
			best = a;
	}
	return best;
}

const struct answer *
spf_receiver_lacks(struct audit *au, const struct spf_verdict *v, const struct addr *ip,
    const struct answer *theirs)
{
	if (v->result == RESULT_TEMPERROR || theirs->status != ANSWER_FOUND ||
	    theirs->receiver->result != RESULT_TEMPERROR)
		return NULL;
	/* RFC 7208 5.5 passes over a PTR lookup that fails, and the library does not. */
	struct addr at = addr_unmap(ip);
	struct name owner = addr_ptr_name(&at);
	const struct answer *ptr = failed(answer_at_hand(au->q, &owner, RR_PTR));
	bool given =
	    ptr == NULL || (ptr->cause != CAUSE_NOT_PROVIDED && ptr->cause != CAUSE_NOT_RECORDED);
	if (given && spf_differ(au, v, theirs->receiver).quirk == QUIRK_ERRORS)
		return NULL;
	const struct answer *lacking = failed_in_tree(au, v->domain);
	if (lacking == NULL)
		lacking = failed_address(au->q);
	return lacking != NULL ? lacking : ptr != NULL ? ptr : theirs;
}

/* What we could not look up is told as such, whatever the library makes of it. */
static bool
is_different(const struct spf_verdict *v, const struct answer *theirs)
{
	return v->result != RESULT_TEMPERROR && theirs->receiver->result != v->result;
}

/* "; it SOMETHING: TERM of DOMAIN" */
static struct str
reason_text(struct audit *au, const struct spf_difference *d)
{
	struct buf *b = &au->findings->scratch;
	buf_reset(b);
	buf_adds(b, spf_quirk_text(d->quirk));
	if (d->term.n > 0) {
		buf_adds(b, ": ");
		buf_add(b, d->term);
		buf_adds(b, " of ");
		buf_add(b, d->domain);
	}
	return arena_str(au->arena, buf_str(b));
}

/* Where in the record of J the blame lies: the term itself, or what leads to it. */
static void
place(struct audit *au, struct finding *f, const struct name *name, const struct spf_judge *j,
    struct str term)
{
	struct str text = j != NULL ? j->record->text : STR("");
	bool inside = text.n > 0 && term.p >= text.p && term.p < text.p + text.n;
	if (j != NULL)
		finding_at(au->findings, f, j->txt, j->rr, inside ? term : STR(""));
	else
		finding_absent(f, name, RR_TXT);
}

/* V and THEIRS differ on the address IP: tell what becomes of its mail there. */
static struct finding *
tell_difference(struct audit *au, const struct name *name, const struct spf_verdict *v,
    const struct answer *theirs, const struct spf_judge *j)
{
	const struct receiver_facts *t = theirs->receiver;
	struct spf_difference d = spf_differ(au, v, t);
	bool refused = v->result == RESULT_PASS;
	struct findings *fs = au->findings;
	struct finding *f =
	    finding_add(fs, refused ? RULE_SPF_LIBSPF2_REFUSES : RULE_SPF_LIBSPF2_DIFFERS, name);
	place(au, f, name, j, d.term);
	finding_text(fs, f, "mail_from", v->domain);
	finding_text(fs, f, "result", str_of(spf_result_name(v->result)));
	finding_text(fs, f, "theirs", str_of(spf_result_name(t->result)));
	finding_text(fs, f, "term", d.term);
	finding_text(fs, f, "reason", reason_text(au, &d));
	finding_evidence(f, v->txt);
	finding_evidence(f, theirs);
	return f;
}

void
spf_judge_receiver(struct audit *au, const struct name *name, const struct spf_senders *w,
    const struct spf_judge *j)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct spf_verdict *v = &w->v[i];
		const struct answer *a = spf_receiver(au, w->who[i]);
		struct finding *f;
		if (a != NULL && is_pending(a))
			return;
		if (a == NULL || a->cause == CAUSE_NOT_PROVIDED)
			continue;
		struct str ip = finding_address(au->findings, &w->ips[i]);
		const struct answer *lacks = spf_receiver_lacks(au, v, &w->ips[i], a);
		if (a->cause == CAUSE_NOT_STARTED) {
			/* Of this machine, or of what others published: told of the run, once. */
			f = finding_add_text(
			    au->findings, RULE_SPF_LIBSPF2_NOT_STARTED, STR("libspf2"));
			finding_evidence(f, a);
			return;
		}
		if (a->status == ANSWER_FAILED || lacks != NULL) {
			f = finding_add(au->findings, RULE_SPF_LIBSPF2_UNKNOWN, name);
			place(au, f, name, j, STR(""));
			finding_evidence(f, lacks != NULL ? lacks : a);
		} else if (is_different(v, a)) {
			f = tell_difference(au, name, v, a, j);
		} else {
			continue;
		}
		finding_text(au->findings, f, "ip", ip);
	}
}

void
check_sender(struct audit *au)
{
	struct spf_sender *s = arena_alloc(au->arena, sizeof(*s));
	struct spf_verdict *v = arena_alloc(au->arena, sizeof(*v));
	*s = spf_sender_of(au, 0, &au->subject->domain);
	s->walk = true;
	spf_eval(au, s, v);
	au->facts->sender = v;
	if (v->pending)
		return;
	const struct answer *a = spf_receiver(au, s);
	if (a == NULL || is_pending(a) || a->cause == CAUSE_NOT_PROVIDED)
		return;
	au->facts->libspf2 = a;
	const struct answer *lacks = spf_receiver_lacks(au, v, &s->ip, a);
	if (lacks != NULL)
		au->facts->libspf2 = lacks;
	if (lacks != NULL || a->status != ANSWER_FOUND || !is_different(v, a))
		return;
	struct spf_difference *d = arena_alloc(au->arena, sizeof(*d));
	*d = spf_differ(au, v, a->receiver);
	au->facts->difference = d;
}
