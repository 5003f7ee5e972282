/* SPDX-License-Identifier: ISC */
/*
 * mx_none.c - names that do not exist, and domains that take no mail.
 *
 * The null MX (RFC 7505) is said to be right only where nothing that is published
 * tells that mail is meant to come.
 */
#include "checks/core/taglist.h"
#include "checks/dmarc_policy.h"
#include "checks/mx.h"
#include "checks/registered.h"

/*
 * The registrable domain that DOMAIN is a name below and that exists, into *ZONE; NULL
 * when there is none, or nobody can say.  False while an answer is pending.
 */
static bool
zone_above(struct audit *au, const struct name *domain, const struct name **zone)
{
	const struct answer *suffix = ask_suffix(au->q, domain), *ns;

	*zone = NULL;
	if (is_pending(suffix))
		return false;
	if (suffix->status != ANSWER_FOUND || suffix->suffix->registrable.n == 0 ||
	    name_eq(&suffix->suffix->registrable, domain))
		return true;
	ns = ask_dns(au->q, &suffix->suffix->registrable, RR_NS);
	if (is_pending(ns))
		return false;
	if (ns->status == ANSWER_FOUND)
		*zone = &suffix->suffix->registrable;
	return true;
}

/* What makes a name that is missing in ZONE (NULL = not known) exist. */
static void
tell_how(struct findings *fs, struct finding *f, const struct name *zone)
{
	struct buf *b = &fs->scratch;

	buf_reset(b);
	if (zone == NULL) {
		buf_adds(b, "register the domain, or publish its records where its name servers "
			    "find them");
	} else {
		buf_adds(b, "publish its records in the zone of ");
		name_print(b, zone);
	}
	finding_words(fs, f, "how", arena_str(fs->arena, buf_str(b)));
}

bool
tell_nonexistent(struct audit *au, const struct name *domain)
{
	const struct answer *mx = ask_dns(au->q, domain, RR_MX);
	const struct answer *txt = ask_dns(au->q, domain, RR_TXT);
	enum rule_id id = RULE_DOMAIN_NONEXISTENT;
	struct finding *f;

	if (is_pending(mx) || is_pending(txt))
		return true;
	/*
	 * RFC 8020 2: NXDOMAIN says that neither the name nor anything below it exists.
	 * Some servers say it of one type alone, so that two have to agree.
	 */
	if (mx->n_chain > 0 || txt->n_chain > 0 ||
	    (mx->status != ANSWER_NXDOMAIN && txt->status != ANSWER_NXDOMAIN))
		return false;
	if (mx->status == ANSWER_FAILED || txt->status == ANSWER_FAILED)
		id = RULE_DOMAIN_UNKNOWN;
	else if (mx->status != txt->status)
		return false;
	const struct name *zone;
	if (id == RULE_DOMAIN_NONEXISTENT && !zone_above(au, domain, &zone))
		return true;
	f = finding_add(au->findings, id, domain);
	finding_absent(f, domain, RR_MX);
	finding_evidence(f, mx);
	finding_evidence(f, txt);
	if (id == RULE_DOMAIN_NONEXISTENT)
		tell_how(au->findings, f, zone);
	return true;
}

const struct rr *
mx_spf_senders(const struct answer *txt)
{
	for (size_t i = 0; txt->status == ANSWER_FOUND && i < txt->n_rr; i++) {
		struct str text = txt->rr[i].text, term;
		size_t pos = 0;

		if (!str_has_iprefix(text, STR("v=spf1 ")))
			continue;
		while (list_next(text, ' ', &pos, &term))
			if (term.n > 0 && !str_ieq(term, STR("v=spf1")) && term.p[0] != '-' &&
			    term.p[0] != '~' && term.p[0] != '?' &&
			    !str_has_iprefix(term, STR("exp=")))
				return &txt->rr[i];
	}
	return NULL;
}

/* Whether TEXT names a mailbox at the domain DOMAIN. */
static bool
has_mailbox_at(struct str text, struct str domain)
{
	for (size_t at = str_find(text, 0, '@'); at < text.n; at = str_find(text, at + 1, '@'))
		if (str_has_iprefix(str_sub(text, at + 1, text.n), domain))
			return true;
	return false;
}

bool
is_null_mx_right(struct audit *au, const struct name *domain)
{
	struct str text = name_text(au->arena, domain);
	const struct dmarc_policy *p = dmarc_policy(au, domain);

	if (mx_spf_senders(ask_dns(au->q, domain, RR_TXT)) != NULL || p->state == DMARC_PENDING)
		return false;
	for (size_t i = 0; i < p->n_steps; i++)
		for (size_t k = 0; k < p->steps[i].answer->n_rr; k++)
			if (has_mailbox_at(p->steps[i].answer->rr[k].text, text))
				return false;
	return true;
}
