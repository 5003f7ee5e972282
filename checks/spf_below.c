/* SPDX-License-Identifier: ISC */
/*
 * spf_below.c - the names below the domain, where a source can list them (a zone
 * file): return paths and names that take mail without a record, and a wildcard
 * that gives one to names nobody made (RFC 7208 3.5).
 *
 * A record does not cover the names below it, and neither does a wildcard that
 * stands beside them (RFC 4592 2.2.1).  Names without MX are not looked at.
 */
#include "checks/providers.h"
#include "checks/spf_judge.h"

/*
 * Questions of this check, half of all that a subject may ask (MAX_QUESTIONS): what the
 * record itself left of them goes to the names below, in canonical order, an MX question
 * each and a TXT question where that names an exchanger.  In larger zones what is found
 * is a sample, and a finding says so.
 */
#define MAX_SPF_QUESTIONS 500
#define MAX_SPF_A_NAME 2 /* of them for one name */

/* What was seen below. */
struct below {
	struct spf_judge *j;
	const struct answer *wildcard; /* TXT */
	const struct rr *wild;         /* its SPF record; NULL = none */
	const struct answer *first; /* TXT of the first name that lacks one for no other reason */
	size_t n;                   /* of those */
};

/* Whether NAME can be a host below the domain: no wildcard, no label that only protocols ask. */
static bool
is_host_below(const struct name *name, const struct name *domain)
{
	size_t labels = name_labels(name), above = name_labels(domain);
	if (labels <= above || !name_is_below(name, domain))
		return false;
	for (size_t i = 0; i < labels - above; i++)
		if (name_label(name, i).p[0] == '_' || name_label(name, i).p[0] == '*')
			return false;
	return true;
}

/* The service whose return path a name with the exchangers MX is; NULL = none known. */
static const struct provider *
return_path_of(const struct answer *mx)
{
	struct name host, suffix;
	for (size_t i = 0; i < mx->n_rr; i++)
		for (size_t k = 0; k < n_providers && rr_target(&mx->rr[i], &host); k++)
			if (providers[k].return_mx != NULL &&
			    name_parse_raw(str_of(providers[k].return_mx), &suffix) == NAME_OK &&
			    name_is_below(&host, &suffix))
				return &providers[k];
	return NULL;
}

/* Whether the answer MX names a host that takes mail; a null MX names none (RFC 7505). */
static bool
takes_mail(const struct answer *mx)
{
	struct name host;
	for (size_t i = 0; i < mx->n_rr; i++)
		if (rr_target(&mx->rr[i], &host) && name_is_set(&host))
			return true;
	return false;
}

static struct finding *
tell_absent(struct below *b, enum rule_id id, const struct answer *txt, const struct answer *mx)
{
	struct findings *fs = b->j->au->findings;
	struct finding *f = finding_add(fs, id, b->j->domain);
	finding_absent(f, &txt->q.name, RR_TXT);
	finding_name(fs, f, "name", &txt->q.name);
	finding_evidence(f, txt);
	finding_evidence(f, mx);
	return f;
}

static void
judge_name(struct below *b, const struct name *name, const struct answer *mx)
{
	struct audit *au = b->j->au;
	const struct answer *txt = ask_dns(au->q, name, RR_TXT);
	const struct provider *p = return_path_of(mx);
	size_t n;
	/* The names that mail is known to come from have findings of their own. */
	if (is_pending(txt) || txt->status == ANSWER_FAILED || mx->n_chain > 0 ||
	    name_eq(name, &au->subject->mail_from))
		return;
	spf_select(txt, &n);
	if (n > 0)
		return;
	if (p != NULL) {
		struct finding *f = tell_absent(b, RULE_SPF_RETURN_PATH_NONE, txt, mx);
		finding_text(au->findings, f, "service", str_of(p->name));
		finding_text(au->findings, f, "include", str_of(p->includes[0]));
	} else if (b->wild != NULL) {
		tell_absent(b, RULE_SPF_WILDCARD_HIDDEN, txt, mx);
	} else if (b->n++ == 0) {
		b->first = txt;
	}
}

/* Looks for the wildcard and what it lets pass; false while that is pending. */
static bool
find_wildcard(struct below *b)
{
	struct name star;
	size_t n;
	if (!name_above(STR("*"), b->j->domain, &star))
		return true;
	b->wildcard = ask_dns(b->j->au->q, &star, RR_TXT);
	if (is_pending(b->wildcard))
		return false;
	b->wild = spf_select(b->wildcard, &n);
	return true;
}

/* Whether TEXT, a record, lets anybody pass. */
static bool
lets_pass(struct arena *a, struct str text)
{
	struct spf_record r;
	spf_record_parse(a, text, &r);
	for (size_t i = 0; i < r.n_terms; i++)
		if ((r.terms[i].kind < TERM_REDIRECT && r.terms[i].qualifier == '+') ||
		    r.terms[i].kind == TERM_REDIRECT)
			return true;
	return false;
}

/* A wildcard that lets servers pass, where no wildcard takes mail for such names. */
static void
judge_wildcard(struct below *b)
{
	struct spf_judge *j = b->j;
	struct findings *fs = j->au->findings;
	if (b->wild == NULL || !lets_pass(j->au->arena, b->wild->text))
		return;
	const struct answer *mx = ask_dns(j->au->q, &b->wildcard->q.name, RR_MX);
	if (is_pending(mx) || mx->status == ANSWER_FAILED || takes_mail(mx))
		return;
	struct finding *f = finding_add(fs, RULE_SPF_WILDCARD, j->domain);
	finding_at(fs, f, b->wildcard, b->wild, STR(""));
	finding_evidence(f, mx);
}

/* Of the names below, HOSTS, only the first were looked at. */
static void
tell_sample(struct spf_judge *j, size_t looked, size_t hosts)
{
	struct finding *f = finding_add(j->au->findings, RULE_SPF_BELOW_SAMPLE, j->domain);
	finding_number(f, "looked", (int64_t)looked);
	finding_number(f, "names", (int64_t)hosts);
}

void
spf_judge_below(struct spf_judge *j)
{
	struct below b = { .j = j };
	const struct answer *names = ask_names(j->au->q, j->domain);
	size_t asked, hosts = 0, looked = 0;
	if (is_pending(names) || names->status != ANSWER_FOUND || !find_wildcard(&b))
		return;
	judge_wildcard(&b);
	asked = inquiry_count_here(j->au->q);
	for (size_t i = 0; i < names->n_names; i++) {
		if (!is_host_below(&names->names[i], j->domain))
			continue;
		hosts++;
		if (asked + MAX_SPF_A_NAME > MAX_SPF_QUESTIONS)
			continue;
		const struct answer *mx = ask_dns(j->au->q, &names->names[i], RR_MX);
		looked++;
		asked++;
		if (is_pending(mx) || mx->status != ANSWER_FOUND || !takes_mail(mx))
			continue;
		judge_name(&b, &names->names[i], mx);
		asked++;
	}
	if (b.n > 0)
		finding_number(
		    tell_absent(&b, RULE_SPF_BELOW_NONE, b.first, NULL), "count", (int64_t)b.n);
	if (looked < hosts)
		tell_sample(j, looked, hosts);
}
