/* SPDX-License-Identifier: ISC */
/*
 * spf_terms.c - terms of our own record that are good grammar and bad sense.
 */
#include <stdlib.h>

#include "checks/spf_macro.h"
#include "checks/spf_propose.h"
#include "checks/spf_target.h"

#define WIDE4 16 /* wider is more than one sender has */
#define VERY_WIDE4 8
#define WIDE6 32 /* what a provider gets from its registry */
#define VERY_WIDE6 16
#define MANY_TERMS 64 /* libspf2 drops what stands behind that many */

/* Whether an address that mail is known to come from stands in NET: then it is no mistake. */
static bool
holds_sender(const struct subject *s, const struct prefix *net)
{
	for (size_t i = 0; i < s->n_ips; i++) {
		struct addr ip = addr_unmap(&s->ips[i]);
		if (prefix_has(net, &ip))
			return true;
	}
	return false;
}

/* Everybody passes by T. */
static void
tell_pass_all(struct spf_judge *j, const struct spf_term *t)
{
	struct finding *f = spf_tell(j, RULE_SPF_PASS_ALL, t->text);
	struct str part = finding_part(j->au->arena, t->text);
	struct str remove[] = { STR("Remove "), part,
		STR(", and name your own servers in its place") };
	struct str narrow[] = { STR("Leave the prefix length off "), part,
		STR(", so that it names the hosts alone") };
	struct str end[] = { STR("End the record in -all or ~all"),
		STR(" and name your own servers in front of it"), STR("") };
	spf_tell_parts(j, f, "cure",
	    t->kind == TERM_ALL                       ? end
	    : t->kind == TERM_A || t->kind == TERM_MX ? narrow
						      : remove,
	    ARRAY_LEN(remove));
}

/* The network term T: its host bits, width and kind of space; one cause, one finding. */
static void
judge_network(struct spf_judge *j, const struct spf_term *t)
{
	bool v6 = t->net.addr.v6;
	unsigned bits = t->net.bits;
	enum addr_space space = addr_space(&t->net.addr);
	if (t->qualifier != '+')
		return;
	if (bits == 0) {
		tell_pass_all(j, t);
		return;
	}
	if (space != ADDR_PUBLIC && !holds_sender(j->au->subject, &t->net)) {
		enum rule_id id = space == ADDR_DOCUMENTATION ? RULE_SPF_DOCUMENTATION_ADDRESS
							      : RULE_SPF_PRIVATE_ADDRESS;
		struct finding *f = spf_tell(j, id, t->text);
		finding_text(j->au->findings, f, "space", str_of(addr_space_name(space)));
		return;
	}
	bool wide = bits < (v6 ? WIDE6 : WIDE4), very = bits < (v6 ? VERY_WIDE6 : VERY_WIDE4);
	if (wide || very) {
		enum rule_id id = very ? RULE_SPF_VERY_WIDE_NETWORK : RULE_SPF_WIDE_NETWORK;
		finding_number(spf_tell(j, id, t->text), "bits", bits);
	} else if (prefix_has_host_bits(&t->net)) {
		spf_tell(j, RULE_SPF_HOST_BITS, t->text);
	}
}

/* A modifier nobody knows is ignored; one that was meant as something else is told. */
static void
judge_modifier(struct spf_judge *j, const struct spf_term *t)
{
	struct str near = spf_suggest(t->name, true, 1);
	if (near.n == 0)
		near = spf_suggest(t->name, false, 0);
	if (near.n == 0)
		return;
	struct finding *f = spf_tell(j, RULE_SPF_UNKNOWN_MODIFIER, t->text);
	finding_text(j->au->findings, f, "suggestion", near);
}

static void
judge_term(struct spf_judge *j, const struct spf_term *t)
{
	if (t->kind == TERM_IP4 || t->kind == TERM_IP6)
		judge_network(j, t);
	if ((t->kind == TERM_A || t->kind == TERM_MX) && t->qualifier == '+' &&
	    (t->cidr4 == 0 || t->cidr6 == 0))
		tell_pass_all(j, t);
	if (t->kind == TERM_ALL && t->qualifier == '+')
		tell_pass_all(j, t);
	if (t->kind == TERM_PTR || t->has_p)
		spf_tell(j, RULE_SPF_PTR, t->text);
	if (t->kind == TERM_MODIFIER)
		judge_modifier(j, t);
	if (t->has_macro && (t->kind == TERM_INCLUDE || t->kind == TERM_REDIRECT)) {
		bool macro;
		spf_target(j->au->arena, t, j->domain, j->domain, &macro);
		if (macro)
			spf_tell(j, RULE_SPF_MACRO_TARGET, t->text);
	}
}

/* What is after `all`, and redirect= beside it (RFC 7208 5.1, 6.1). */
static void
judge_dead(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	size_t first = SPF_NO_TERM, last = 0, n = 0;
	if (r->all == SPF_NO_TERM)
		return;
	for (size_t i = r->all + 1; i < r->n_terms; i++) {
		if (!is_spf_dead(r, i) || r->terms[i].kind == TERM_REDIRECT ||
		    r->terms[i].kind == TERM_BAD)
			continue;
		first = first == SPF_NO_TERM ? i : first;
		last = i;
		n++;
	}
	if (n > 0) {
		const char *from = r->terms[first].text.p;
		const char *end = r->terms[last].text.p + r->terms[last].text.n;
		struct str part = { from, (size_t)(end - from) };
		struct finding *f = spf_tell(j, RULE_SPF_DEAD_TERMS, part);
		finding_number(f, "count", (int64_t)n);
		finding_text(j->au->findings, f, "all", r->terms[r->all].text);
		if (j->fix.touched[first])
			spf_tell_fix(j, f);
	}
	if (r->redirect != SPF_NO_TERM) {
		struct finding *f =
		    spf_tell(j, RULE_SPF_REDIRECT_IGNORED, r->terms[r->redirect].text);
		finding_text(j->au->findings, f, "all", r->terms[r->all].text);
	}
}

static bool
any_glued(const struct spf_judge *j)
{
	bool any = false;
	for (size_t i = 0; i < j->record->n_terms; i++)
		any = any || j->glued[i];
	return any;
}

/* Whether a modifier was told as a slip of redirect: then the end is there, misspelt. */
static bool
is_redirect_told(const struct spf_record *r)
{
	for (size_t i = 0; i < r->n_terms; i++)
		if (r->terms[i].kind == TERM_MODIFIER &&
		    str_eq(spf_suggest(r->terms[i].name, true, 1), STR("redirect")))
			return true;
	return false;
}

/* Whether terms were left unread: the end of the record is not known. */
static bool
is_unread(const struct spf_record *r)
{
	for (size_t i = 0; i < r->n_faults; i++)
		if (r->faults[i].kind == FAULT_MANY)
			return true;
	return false;
}

/* What the record says about everybody else. */
static void
judge_end(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	if (r->all == SPF_NO_TERM && r->redirect == SPF_NO_TERM) {
		/* A faulty term may have been meant as the all that is missed. */
		if (r->n_fatal == 0 && !any_glued(j) && !is_redirect_told(r) && !is_unread(r))
			spf_tell(j, RULE_SPF_NO_ALL, STR(""));
	} else if (r->all != SPF_NO_TERM) {
		const struct spf_term *all = &r->terms[r->all];
		if (all->qualifier == '?')
			spf_tell(j, RULE_SPF_NEUTRAL_ALL, all->text);
		else if (all->qualifier == '~' && j->au->subject->parked)
			spf_tell(j, RULE_SPF_PARKED_SOFTFAIL, all->text);
	}
}

/* Terms that mean the same have the same order: kind, then value in lower case. */
static int
term_cmp(const struct spf_term *a, const struct spf_term *b)
{
	if (a->kind != b->kind)
		return (int)a->kind - (int)b->kind;
	if (a->kind == TERM_IP4 || a->kind == TERM_IP6) {
		int c = addr_cmp(&a->net.addr, &b->net.addr);
		return c != 0 ? c : (int)a->net.bits - (int)b->net.bits;
	}
	if (a->cidr4 != b->cidr4 || a->cidr6 != b->cidr6)
		return (int)a->cidr4 * 256 + a->cidr6 - ((int)b->cidr4 * 256 + b->cidr6);
	for (size_t i = 0; i < a->domain.n && i < b->domain.n; i++) {
		/* %{l} and %{L} differ, so a macro is compared as it is. */
		bool fold = !a->has_macro && !b->has_macro;
		char x = fold ? ascii_lower(a->domain.p[i]) : a->domain.p[i];
		char y = fold ? ascii_lower(b->domain.p[i]) : b->domain.p[i];
		if (x != y)
			return (unsigned char)x < (unsigned char)y ? -1 : 1;
	}
	return a->domain.n == b->domain.n ? 0 : a->domain.n < b->domain.n ? -1 : 1;
}

/* The same terms side by side, in the order of the record. */
static int
term_ptr_cmp(const void *va, const void *vb)
{
	const struct spf_term *a = *(const struct spf_term *const *)va;
	const struct spf_term *b = *(const struct spf_term *const *)vb;
	int c = term_cmp(a, b);
	return c != 0 ? c : a < b ? -1 : a > b;
}

/* H with eight bytes more. */
static uint64_t
mix(uint64_t h, uint64_t eight)
{
	h = (h ^ eight) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/*
 * A number below 64 that is the same for terms that mean the same: of a name its length
 * and eight letters of its start and of its middle, without their case.
 */
static unsigned
mark_of(const struct spf_term *t)
{
	const uint64_t small = UINT64_C(0x2020202020202020);
	struct str d = t->domain;
	uint64_t part[4] = { 0 };
	memcpy(part, t->net.addr.b, sizeof(t->net.addr.b));
	if (d.n >= sizeof(*part)) {
		memcpy(&part[2], d.p, sizeof(*part));
		memcpy(&part[3], d.p + d.n / 2 - sizeof(*part) / 2, sizeof(*part));
	} else if (d.n > 0) {
		memcpy(&part[2], d.p, d.n);
	}
	uint64_t h = (uint64_t)t->kind << 32 | (uint64_t)t->cidr4 << 16 | (uint64_t)t->cidr6 << 8 |
		     t->net.bits;
	h = mix(mix(h, part[0]), part[1] ^ d.n);
	return (unsigned)(mix(mix(h, part[2] | small), part[3] | small) >> 58);
}

/* Whether two of the N terms at LIST may mean the same; false in nearly all records. */
static bool
may_be_doubled(const struct spf_term *const *list, size_t n)
{
	uint64_t seen = 0;
	bool twice = false;
	for (size_t i = 0; i < n && !twice; i++) {
		uint64_t bit = UINT64_C(1) << mark_of(list[i]);
		twice = (seen & bit) != 0;
		seen |= bit;
	}
	return twice;
}

/* Marks what stands in the record before. */
static void
find_doubles(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	size_t n = 0;
	const struct spf_term **sorted = arena_array(j->au->arena, r->n_terms + 1, sizeof(*sorted));
	for (size_t i = 0; i < r->n_terms; i++)
		if (r->terms[i].kind <= TERM_EXISTS && !j->glued[i])
			sorted[n++] = &r->terms[i];
	if (!may_be_doubled(sorted, n))
		return;
	qsort(sorted, n, sizeof(*sorted), term_ptr_cmp);
	for (size_t k = 1; k < n; k++)
		if (term_cmp(sorted[k - 1], sorted[k]) == 0) {
			j->doubled[sorted[k] - r->terms] = true;
			j->contrary |= sorted[k - 1]->qualifier != sorted[k]->qualifier;
		}
}

/* Whether the record TEXT has a term twice. */
static bool
has_doubles(struct spf_judge *j, struct str text)
{
	struct spf_record r;
	spf_record_parse(j->au->arena, text, &r);
	struct spf_judge other = { .au = j->au, .record = &r };
	other.glued = arena_array(j->au->arena, r.n_terms + 1, sizeof(*other.glued));
	other.doubled = arena_array(j->au->arena, r.n_terms + 1, sizeof(*other.doubled));
	find_doubles(&other);
	for (size_t i = 0; i < r.n_terms; i++)
		if (other.doubled[i])
			return true;
	return false;
}

/* Whether dead term I says nothing that the live ones do not. */
static bool
is_idle(const struct spf_judge *j, size_t i)
{
	const struct spf_record *r = j->record;
	if (r->terms[i].kind == TERM_ALL)
		return r->terms[i].qualifier == r->terms[r->all].qualifier;
	return j->doubled[i];
}

void
spf_cure_doubles(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	bool idle = true;
	find_doubles(j);
	/* "~mx mx": which of them is meant is not ours to say. */
	if (j->contrary)
		return;
	/* A dead term that says something new may have been meant: that is not ours to drop. */
	for (size_t i = 0; i < r->n_terms; i++)
		idle = idle && (!is_spf_dead(r, i) || is_idle(j, i));
	for (size_t i = 0; i < r->n_terms; i++)
		if (is_spf_dead(r, i) ? idle : j->doubled[i])
			spf_fix_drop(&j->fix, i);
}

/* One finding for all terms that stand there already. */
static void
judge_doubles(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	size_t n = 0, first = 0;
	for (size_t i = 0; i < r->n_terms; i++) {
		if (!j->doubled[i] || is_spf_dead(r, i))
			continue;
		first = n++ == 0 ? i : first;
	}
	if (n == 0)
		return;
	struct finding *f = spf_tell(j, RULE_SPF_DUPLICATE_TERM, r->terms[first].text);
	finding_number(f, "count", (int64_t)n);
	/* A faulty term may become by its cure what stands there already. */
	if (j->fix.touched[first] && j->fixed.n > 0 && !has_doubles(j, j->fixed))
		spf_tell_fix(j, f);
}

/* Says in F which covered terms may go, or which are better kept. */
static void
tell_covered(struct spf_judge *j, struct finding *f, bool go)
{
	bool any = false, *of = arena_array(j->au->arena, j->record->n_terms, sizeof(*of));
	for (size_t i = 0; i < j->record->n_terms; i++) {
		of[i] = j->cover->of[i] == EFFECT_COVERED && j->cover->drop[i] == go;
		any = any || of[i];
	}
	struct str goes[] = { STR(" Leave out "), spf_list_terms(j, of),
		STR(", unless what covers it is to go.") };
	struct str stays[] = { STR(" Keep "), spf_list_terms(j, of),
		STR(" for as long as you use it: what covers it today is in the record of "
		    "somebody else, or is how the record ends, and that may change.") };
	spf_tell_parts(j, f, go ? "goes" : "stays", go ? goes : stays, any ? ARRAY_LEN(goes) : 0);
}

/* One finding for all terms that others make idle. */
static void
judge_covered(struct spf_judge *j)
{
	static const struct spf_goal goal = {
		.lookups = UINT32_MAX, .voids = UINT32_MAX, .covered = true
	};
	const struct spf_record *r = j->record;
	size_t n = 0, first = 0;
	bool *others = arena_array(j->au->arena, r->n_terms, sizeof(*others));
	for (size_t i = 0; i < r->n_terms; i++) {
		if (j->cover->of[i] != EFFECT_COVERED)
			continue;
		others[i] = n > 0;
		first = n++ == 0 ? i : first;
	}
	if (n == 0)
		return;
	struct finding *f = spf_tell(j, RULE_SPF_COVERED_TERM, r->terms[first].text);
	struct str more[] = { STR("; nor "), n > 2 ? STR("have ") : STR("has "),
		spf_list_terms(j, others) };
	finding_number(f, "count", (int64_t)n);
	spf_tell_parts(j, f, "others", more, n > 1 ? ARRAY_LEN(more) : 0);
	tell_covered(j, f, true);
	tell_covered(j, f, false);
	spf_tell_plan(j, f, &goal);
}

void
spf_ask_exp(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	bool macro;
	if (r->exp == SPF_NO_TERM)
		return;
	const struct name *name =
	    spf_target(j->au->arena, &r->terms[r->exp], j->domain, j->domain, &macro);
	if (name != NULL)
		j->exp = ask_dns(j->au->q, name, RR_TXT);
}

/* The explanation a receiver may show; without it only the default text is lost (RFC 7208 6.2). */
static void
judge_exp(struct spf_judge *j)
{
	const struct answer *a = j->exp;
	if (a == NULL || is_pending(a) || a->status == ANSWER_FAILED)
		return;
	if (a->n_rr == 1 && spf_macro_string(a->rr[0].text, true).fault == SPEC_OK)
		return;
	struct finding *f =
	    spf_tell(j, RULE_SPF_EXP_PROBLEM, j->record->terms[j->record->exp].text);
	finding_name(j->au->findings, f, "target", &a->q.name);
	finding_evidence(f, a);
}

void
spf_judge_terms(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	size_t before = j->au->findings->n;
	for (size_t i = 0; i < r->n_terms && j->au->findings->n - before < MAX_SPF_TOLD; i++)
		if (!is_spf_dead(r, i) && !j->doubled[i])
			judge_term(j, &r->terms[i]);
	judge_doubles(j);
	judge_covered(j);
	judge_dead(j);
	judge_end(j);
	judge_exp(j);
	if (r->n_terms > MANY_TERMS && r->n_terms < MAX_SPF_TERMS)
		finding_number(
		    spf_tell(j, RULE_SPF_MANY_TERMS, STR("")), "count", (int64_t)r->n_terms);
}
