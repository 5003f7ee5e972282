/* SPDX-License-Identifier: ISC */
/*
 * dkim_domain.c - the keys of a domain as a whole: keys that stand twice, keys
 * that only some receivers read, records of DKIM's forerunners, and how looking
 * for keys went.
 */
#include "checks/core/taglist.h"
#include "checks/dkim_judge.h"
#include "checks/mx.h"
#include "checks/senders.h"

/* RFC 6376 8: the same modulus at two selectors of one domain that are its own. */
static void
judge_same(struct audit *au, const struct selector_keys *ks)
{
	for (size_t j = 1; j < ks->n; j++) {
		const struct selector_key *b = &ks->keys[j];

		if (b->facts == NULL || b->facts->modulus.n == 0 || b->target.n > 0 || b->others)
			continue;
		for (size_t i = 0; i < j; i++) {
			const struct selector_key *a = &ks->keys[i];
			struct finding *f;

			if (a->facts == NULL || a->target.n > 0 ||
			    !name_eq(&a->domain, &b->domain) ||
			    !str_eq(a->facts->modulus, b->facts->modulus))
				continue;
			f = dkim_add(au, b, RULE_DKIM_SAME_KEY, (struct str){ NULL, 0 });
			finding_text(au->findings, f, "other", a->selector);
			finding_evidence(f, a->answer);
			break;
		}
	}
}

/* A finding about _domainkey of the subject's domain. */
static struct finding *
add_root(struct audit *au, const struct selector_keys *ks, enum rule_id id)
{
	struct finding *f = finding_add(au->findings, id, &au->subject->domain);

	finding_absent(f, &ks->root, RR_TXT);
	finding_name(au->findings, f, "domain", &au->subject->domain);
	finding_evidence(f, ks->root_answer);
	if (id == RULE_DKIM_PROBE_FAILED)
		finding_evidence(f, ks->failed);
	return f;
}

/* Whether keys are to be expected: the domain takes mail by MX, or is known to send. */
static bool
is_expected_to_sign(struct audit *au)
{
	enum mail_reach reach = mail_reach(au, &au->subject->domain);

	if (au->subject->role == ROLE_RETURN_PATH)
		return false; /* no author writes as it */
	return is_sending(au->subject) || reach == MAIL_TAKEN || reach == MAIL_UNKNOWN;
}

/* What looking for keys said as a whole. */
static void
judge_probing(struct audit *au, const struct selector_keys *ks)
{
	const struct selector_key *w = &ks->wildcard;
	struct finding *f;

	if (w->state == KEY_FOUND && !w->key.revoked) {
		f = finding_add(au->findings, RULE_DKIM_WILDCARD, &au->subject->domain);
		finding_at(au->findings, f, w->answer, w->rr, (struct str){ NULL, 0 });
		finding_name(au->findings, f, "domain", &au->subject->domain);
		finding_name(au->findings, f, "probe", &w->name);
		return;
	}
	if (ks->n_in_use > 0 || au->subject->parked || !is_expected_to_sign(au) ||
	    tell_nonexistent(au, &au->subject->domain))
		return;
	if (ks->probe == PROBE_NOTHING)
		add_root(au, ks, RULE_DKIM_NONE_EXISTS);
	else if (ks->n_keys > 0 || w->state == KEY_FOUND)
		return;
	else if (ks->probe == PROBE_FAILED || ks->n_unknown > 0)
		add_root(au, ks, RULE_DKIM_PROBE_FAILED);
	else if (ks->probe == PROBE_DONE)
		finding_number(
		    add_root(au, ks, RULE_DKIM_NONE_FOUND), "probed", (int64_t)ks->n_probed);
}

/* Tell RR of answer A, a record that receivers of today do not ask for. */
static void
tell_historic(struct audit *au, const struct answer *a, const struct rr *rr, const char *kind)
{
	struct finding *f = finding_add(au->findings, RULE_DKIM_HISTORIC, &au->subject->domain);
	struct change *c;

	finding_at(au->findings, f, a, rr, (struct str){ NULL, 0 });
	finding_text(au->findings, f, "kind", str_of(kind));
	if (a->n_chain > 0)
		return; /* it stands at another name */
	c = finding_change(au->findings, f, CHANGE_REMOVE, answer_owner(a), RR_TXT);
	c->old = finding_txt(au->findings, rr->text);
}

/* RFC 4870 3.6.2: "o=~", "t=y; o=-", at _domainkey itself. */
static bool
is_domainkeys_policy(struct str text)
{
	struct tag t;

	return tag_find(text, STR("o"), &t) && t.value.n == 1;
}

/* RFC 5617 4.2.1: "dkim=all" at _adsp._domainkey. */
static bool
is_adsp(struct str text)
{
	struct tag t;

	return str_has_iprefix(text, STR("dkim")) && tag_find(text, STR("dkim"), &t) &&
	       (str_ieq(t.value, STR("all")) || str_ieq(t.value, STR("unknown")) ||
		   str_ieq(t.value, STR("discardable")));
}

/* The records of A that IS_KIND says are of KIND. */
static void
judge_historic(
    struct audit *au, const struct answer *a, bool (*is_kind)(struct str), const char *kind)
{
	if (a == NULL || a->status != ANSWER_FOUND)
		return;
	for (size_t i = 0; i < a->n_rr; i++)
		if (a->rr[i].type == RR_TXT && is_kind(a->rr[i].text))
			tell_historic(au, a, &a->rr[i], kind);
}

/*
 * RFC 8463 6: receivers that cannot read Ed25519 see such mail as unsigned, so a
 * second signature with RSA goes beside it.  That there is no RSA key is known
 * only where all selectors are; a selector in use that could not be read may
 * be the other one.
 */
static void
judge_ed25519_only(struct audit *au, const struct selector_keys *ks)
{
	const struct selector_key *first = NULL;

	for (size_t i = 0; i < ks->n; i++) {
		const struct selector_key *k = &ks->keys[i];
		bool in_use = selectors_in_use(k);

		if (k->others)
			continue;
		if (k->state != KEY_FOUND && in_use)
			return;
		if (k->state != KEY_FOUND || k->key.revoked)
			continue;
		if (k->key.type != KEY_TYPE_ED25519 || dkimkey_is_broken(&k->key))
			return;
		if (first == NULL && in_use)
			first = k;
	}
	if (first != NULL)
		dkim_add(au, first,
		    ks->all_listed ? RULE_DKIM_ED25519_ONLY : RULE_DKIM_ED25519_ALONE,
		    (struct str){ NULL, 0 });
}

/* A key at _domainkey itself, where a form lost the selector; not one that a wildcard puts there.
 */
static void
judge_root(struct audit *au, const struct selector_keys *ks)
{
	const struct answer *a = ks->root_answer;

	if (a == NULL || a->status != ANSWER_FOUND || a->n_chain > 0)
		return;
	for (size_t i = 0; i < a->n_rr; i++) {
		const struct rr *rr = &a->rr[i];
		struct dkimkey key;

		if (rr->type != RR_TXT || !str_has_iprefix(rr->text, STR("v=DKIM1")) ||
		    (ks->wildcard.rr != NULL && str_eq(ks->wildcard.rr->text, rr->text)))
			continue;
		dkimkey_parse(au->arena, rr->text, &key);
		if (key.has_p)
			finding_at(au->findings,
			    finding_add(au->findings, RULE_DKIM_MISPLACED, &au->subject->domain), a,
			    rr, (struct str){ NULL, 0 });
	}
}

void
dkim_judge_domain(struct audit *au, const struct selector_keys *ks)
{
	judge_same(au, ks);
	judge_ed25519_only(au, ks);
	judge_historic(au, ks->root_answer, is_domainkeys_policy, "DomainKeys");
	judge_historic(au, ks->adsp, is_adsp, "ADSP");
	judge_root(au, ks);
	judge_probing(au, ks);
}
