/* SPDX-License-Identifier: ISC */
/*
 * spf_eval.c - check_host(): RFC 7208 section 4, include, redirect and exp.
 */
#include "checks/spf_eval.h"

#include "checks/spf_match.h"
#include "checks/spf_tree.h"

const char *
spf_result_name(enum spf_result r)
{
	static const char *const names[] = { "none", "neutral", "pass", "fail", "softfail",
		"temperror", "permerror" };
	_Static_assert(ARRAY_LEN(names) == SPF_RESULTS, "a name for each");
	return names[r];
}

const char *
spf_why_text(enum spf_why w)
{
	static const char *const texts[] = { "", "a lookup failed", "the record has a syntax error",
		"there is more than one SPF record", "the target has no SPF record",
		"more than 10 terms cause lookups", "more than 2 lookups found nothing",
		"more than 10 mail exchangers", "the record has too many terms" };
	_Static_assert(ARRAY_LEN(texts) == WHY_COUNT, "a text for each");
	return texts[w];
}

/* Whether NAME can be a sender's domain: fully qualified, no address literal (RFC 7208 4.3). */
static bool
is_qualified(const struct name *name)
{
	return name_labels(name) >= 2 && str_find(name_label(name, 0), 0, '[') != 0;
}

/* The first term that makes the record an error; it has one. */
static struct str
fatal_term(const struct spf_record *rec)
{
	for (size_t i = 0; i < rec->n_faults; i++)
		if (is_spf_fatal(rec->faults[i].kind) && rec->faults[i].term < rec->n_terms)
			return rec->terms[rec->faults[i].term].text;
	return STR("");
}

/*
 * RFC 7208 4.3 to 4.6: the record of F.  MATCH_NO: there is none.
 */
static enum spf_match
find_record(struct spf_run *r, struct spf_frame *f)
{
	size_t n;
	r->compared.n = 0;
	if (!is_qualified(&f->name))
		return MATCH_NO;
	const struct answer *a = ask_dns(r->au->q, &f->name, RR_TXT);
	if (is_pending(a)) {
		r->out->pending = true;
		return MATCH_STOP;
	}
	r->out->last = a;
	if (f->up == NULL)
		r->out->txt = a;
	if (a->status == ANSWER_FAILED) /* RFC 7208 4.4 */
		return spf_stop(r, f, STR(""), WHY_LOOKUP_FAILED, f->domain);
	if (f->up != NULL && answer_is_absent(a))
		r->out->voids++; /* ends in permerror in any case (RFC 7208 5.2, 6.1) */
	const struct rr *rr = spf_select(a, &n);
	if (n > 1) /* RFC 7208 4.5 */
		return spf_stop(r, f, STR(""), WHY_SEVERAL, f->domain);
	if (rr == NULL)
		return MATCH_NO;
	const struct spf_record *rec = spf_record_of(a, rr); /* many senders, one reading */
	f->record = rec;
	/* RFC 7208 4.6: an error anywhere, before any term is evaluated. */
	if (rec->n_fatal > 0)
		return spf_stop(r, f, fatal_term(rec), WHY_SYNTAX, f->domain);
	return MATCH_YES;
}

static enum spf_match check_host(struct spf_run *r, struct spf_frame *f, enum spf_result *out);

/* RFC 7208 4.6.4: the term F->at is one more of those that cause lookups. */
static enum spf_match
count_lookup(struct spf_run *r, const struct spf_frame *f)
{
	if (r->out->lookups >= SPF_LOOKUP_LIMIT)
		return spf_stop(r, f, f->at->text, WHY_LOOKUPS, f->domain);
	r->out->lookups++;
	return MATCH_YES;
}

/*
 * check_host() for the target of the include or redirect F->at, whose absence
 * is a permerror (RFC 7208 5.2, 6.1).  It nests at most SPF_LOOKUP_LIMIT deep,
 * for each level is a lookup counted.
 */
static enum spf_match
enter(struct spf_run *r, struct spf_frame *f, enum spf_result *out)
{
	struct spf_frame below = { .up = f, .depth = f->depth + 1 };
	below.included = f->included || f->at->kind == TERM_INCLUDE;
	if (count_lookup(r, f) == MATCH_STOP)
		return MATCH_STOP;
	if (spf_target_of(r, f, f->at, &below.domain, &below.name) == MATCH_STOP)
		return MATCH_STOP;
	spf_walk_add(r, f, f->at->text, below.domain, OUTCOME_ENTER);
	if (check_host(r, &below, out) == MATCH_STOP)
		return MATCH_STOP;
	if (*out == RESULT_NONE)
		return spf_stop(r, f, f->at->text, WHY_TARGET_NONE, below.domain);
	return MATCH_YES;
}

/* RFC 7208 5.2: only pass is a match. */
static enum spf_match
match_include(struct spf_run *r, struct spf_frame *f)
{
	enum spf_result result;
	enum spf_match m = enter(r, f, &result);
	if (m == MATCH_STOP)
		return m;
	return result == RESULT_PASS ? MATCH_YES : MATCH_NO;
}

/* Whether the directive F->at matches (RFC 7208 4.6.2). */
static enum spf_match
match_directive(struct spf_run *r, struct spf_frame *f)
{
	enum spf_match m = MATCH_YES;
	r->compared.n = 0;
	if (f->at->kind == TERM_INCLUDE)
		m = match_include(r, f);
	else if (is_spf_lookup(f->at->kind))
		m = count_lookup(r, f);
	if (f->at->kind != TERM_INCLUDE && m == MATCH_YES)
		m = spf_match_term(r, f);
	if (m == MATCH_YES && f->at->kind != TERM_INCLUDE)
		spf_settle(r, f, f->at->text);
	if (m != MATCH_STOP)
		spf_walk_add(r, f, f->at->text,
		    f->at->kind == TERM_INCLUDE ? (struct str){ NULL, 0 } : r->compared,
		    m == MATCH_YES ? OUTCOME_MATCH : OUTCOME_NO_MATCH);
	return m;
}

static enum spf_result
result_of(char qualifier)
{
	return qualifier == '-'   ? RESULT_FAIL
	       : qualifier == '~' ? RESULT_SOFTFAIL
	       : qualifier == '?' ? RESULT_NEUTRAL
				  : RESULT_PASS;
}

static bool
is_mechanism(const struct spf_term *t)
{
	return t->kind != TERM_REDIRECT && t->kind != TERM_EXP && t->kind != TERM_MODIFIER;
}

/*
 * RFC 7208 6.2: the explanation of the record F, whose directive gave fail.
 * Whatever is wrong with it, the result is the same and there is none.
 */
static enum spf_match
explain(struct spf_run *r, const struct spf_frame *f)
{
	const struct spf_record *rec = f->record;
	struct str text;
	struct name name;
	if (rec->exp == SPF_NO_TERM)
		return MATCH_YES;
	if (spf_target_of(r, f, &rec->terms[rec->exp], &text, &name) == MATCH_STOP)
		return MATCH_STOP;
	if (name.n == 0)
		return MATCH_YES;
	const struct answer *a = ask_dns(r->au->q, &name, RR_TXT);
	if (is_pending(a)) {
		r->out->pending = true;
		return MATCH_STOP;
	}
	/* "If there are any DNS processing errors, or no records, or more than one" */
	if (a->status != ANSWER_FOUND || a->n_rr != 1 ||
	    spf_macro_string(a->rr[0].text, true).fault != SPEC_OK)
		return MATCH_YES;
	enum spf_match m = spf_expand(r, f, a->rr[0].text, true, &r->out->explanation);
	return m == MATCH_STOP ? m : MATCH_YES;
}

/* The record F ends with RESULT. */
static enum spf_match
end_record(struct spf_run *r, struct spf_frame *f, enum spf_result result, enum spf_result *out)
{
	struct spf_walk **here = r->last;
	*out = result;
	spf_walk_add(r, f, STR(""), STR(""), OUTCOME_MATCH);
	if (*here != NULL)
		(*here)->result = result;
	if (result != RESULT_FAIL || f->included || f->record == NULL)
		return MATCH_YES;
	r->decided = true;
	return explain(r, f);
}

/* RFC 7208 4.6 and 4.7: the directives in order, then redirect=, then neutral. */
static enum spf_match
evaluate(struct spf_run *r, struct spf_frame *f, enum spf_result *out)
{
	const struct spf_record *rec = f->record;
	for (size_t i = 0; i < rec->n_terms; i++) {
		f->at = &rec->terms[i];
		if (!is_mechanism(f->at))
			continue;
		enum spf_match m = match_directive(r, f);
		if (m == MATCH_STOP)
			return m;
		if (m == MATCH_YES)
			return end_record(r, f, result_of(f->at->qualifier), out);
	}
	f->at = NULL;
	if (rec->n_terms == MAX_SPF_TERMS)
		return spf_stop(r, f, STR(""), WHY_TOO_MANY_TERMS, f->domain);
	if (rec->redirect != SPF_NO_TERM) {
		f->at = &rec->terms[rec->redirect];
		return enter(r, f, out);
	}
	spf_settle(r, f, STR(""));
	return end_record(r, f, RESULT_NEUTRAL, out);
}

/* RFC 7208 4.1: the result for F; MATCH_STOP when there is none yet, or only an error. */
static enum spf_match
check_host(struct spf_run *r, struct spf_frame *f, enum spf_result *out)
{
	enum spf_match m = find_record(r, f);
	if (m == MATCH_YES)
		m = evaluate(r, f, out);
	else if (m == MATCH_NO) {
		spf_settle(r, f, STR(""));
		m = end_record(r, f, RESULT_NONE, out);
	}
	/* While one answer is under way, what the records on the way here will ask. */
	if (r->out->pending && !r->decided && f->record != NULL)
		spf_look_ahead(r, f);
	return m;
}

/* The address as %{c} and %{i} have it: IPv6 by nibbles in the latter (RFC 7208 7.3). */
static void
set_address_letters(struct spf_run *r)
{
	static const char digits[] = "0123456789abcdef";
	char nibbles[64];
	struct buf *b = &r->au->findings->scratch;
	buf_reset(b);
	addr_print(b, &r->ip);
	struct str text = arena_str(r->au->arena, buf_str(b));
	r->letters.of['c' - 'a'] = text;
	r->letters.of['i' - 'a'] = text;
	r->letters.of['v' - 'a'] = r->ip.v6 ? STR("ip6") : STR("in-addr");
	if (!r->ip.v6)
		return;
	for (size_t i = 0; i < 16; i++) {
		nibbles[i * 4] = digits[r->ip.b[i] >> 4];
		nibbles[i * 4 + 1] = '.';
		nibbles[i * 4 + 2] = digits[r->ip.b[i] & 15];
		nibbles[i * 4 + 3] = '.';
	}
	r->letters.of['i' - 'a'] = arena_str(r->au->arena, (struct str){ nibbles, 63 });
}

/* The letters that stay the same in all records (RFC 7208 7.2). */
static void
set_letters(struct spf_run *r)
{
	const struct spf_sender *s = r->s;
	struct str domain = r->out->domain;
	struct str local = s->local.n > 0 && s->domain.n > 0 ? s->local : STR("postmaster");
	struct buf *b = &r->au->findings->scratch;
	buf_reset(b);
	buf_add(b, local);
	buf_addc(b, '@');
	buf_add(b, domain);
	r->letters.of['s' - 'a'] = arena_str(r->au->arena, buf_str(b));
	r->letters.of['l' - 'a'] = local;
	r->letters.of['o' - 'a'] = domain;
	r->letters.of['h' - 'a'] = s->helo.n > 0 ? s->helo : domain;
	r->letters.of['r' - 'a'] = s->receiver.n > 0 ? s->receiver : STR("unknown");
	set_address_letters(r);
}

void
spf_eval(struct audit *au, const struct spf_sender *s, struct spf_verdict *out)
{
	struct spf_run r = { .au = au, .s = s, .out = out, .ip = addr_unmap(&s->ip) };
	struct spf_frame top = { .up = NULL };
	enum spf_result result = RESULT_NONE;
	*out = (struct spf_verdict){ .result = RESULT_NONE };
	r.last = &out->walk;
	/* RFC 7208 2.4: a null reverse-path is checked by its HELO name. */
	out->domain = s->domain.n > 0 ? s->domain : s->helo;
	out->identity = s->domain.n > 0 ? STR("mailfrom") : STR("helo");
	set_letters(&r);
	top.domain = spf_target_text(out->domain);
	(void)name_parse_raw(top.domain, &top.name);
	if (check_host(&r, &top, &result) == MATCH_YES)
		out->result = result;
}

struct spf_sender
spf_sender_of(struct audit *au, size_t i, const struct name *domain)
{
	const struct subject *s = au->subject;
	struct spf_sender out = { .ip = s->ips[i], .local = s->mail_from_local };
	if (s->helo.n > 0)
		out.helo = name_text(au->arena, &s->helo);
	if (!s->mail_from_null)
		out.domain = name_text(au->arena, domain);
	return out;
}
