/* SPDX-License-Identifier: ISC */
/*
 * dmarc_reports.c - whether the reports a DMARC record asks for reach anybody
 * (RFC 9990 section 4; RFC 9991 for ruf).
 *
 * Syntax is the affair of dmarc_lint.c: entries with a fault are passed over.
 */
#include "checks/dmarc.h"

#include "checks/mx.h"
#include "checks/uri.h"

#define MAX_REPORT_HOSTS 10 /* hosts of one record that are looked up; ours have under 5 */

/* A host that reports go to. */
struct report_host {
	struct name host;
	enum dmarc_tag tag;  /* where it stands first: rua or ruf */
	struct str what;     /* the first entry that names it */
	bool in_rua, broken; /* BROKEN: reports do not get there */
};

struct report_hosts {
	struct report_host h[MAX_REPORT_HOSTS];
	size_t n;
};

static struct report_host *
find_host(struct report_hosts *hs, const struct name *host)
{
	for (size_t i = 0; i < hs->n; i++)
		if (name_eq(&hs->h[i].host, host))
			return &hs->h[i];
	return NULL;
}

static void
collect(struct report_hosts *hs, const struct dmarc_record *r, enum dmarc_tag tag)
{
	struct report_uri u;
	size_t pos = 0;

	if (r->tags[tag].all.n == 0)
		return;
	for (size_t n = 0; n < MAX_DMARC_URIS && uri_next(r->tags[tag].value, &pos, &u); n++) {
		if (u.fault != URI_OK || !u.is_mailto)
			continue;
		if (find_host(hs, &u.host) != NULL || hs->n == MAX_REPORT_HOSTS)
			continue;
		struct report_host *h = &hs->h[hs->n++];
		name_copy(&h->host, &u.host);
		h->tag = tag;
		h->what = u.all;
		h->in_rua = tag == DMARC_TAG_RUA;
		h->broken = false;
	}
}

static struct finding *
add(struct audit *au, enum rule_id rule, const struct dmarc_step *step, const struct report_host *h)
{
	struct finding *f = finding_add(au->findings, rule, &step->domain);

	finding_at(au->findings, f, step->answer, step->rr, h->what);
	finding_name(au->findings, f, "host", &h->host);
	finding_text(au->findings, f, "tag", str_of(dmarc_tag_name(h->tag)));
	return f;
}

/* RFC 9990 4: `policy-domain._report._dmarc.host` into *OUT; n = 0 = longer than a name can be. */
static void
authorisation_name(const struct dmarc_step *step, const struct name *host, struct name *out)
{
	struct name dmarc, report;

	out->n = 0;
	if (name_above(STR("_dmarc"), host, &dmarc) && name_above(STR("_report"), &dmarc, &report))
		(void)name_join(&step->domain, &report, out);
}

/* RFC 9990 4: an override has to stay at the host that authorised. */
static void
judge_override(struct audit *au, const struct dmarc_step *step, const struct report_host *h,
    const struct answer *a)
{
	struct report_uri u;
	struct tag rua;
	size_t pos = 0;

	for (size_t i = 0; i < a->n_rr; i++) {
		if (!dmarc_is_record(a->rr[i].text) || !tag_find(a->rr[i].text, STR("rua"), &rua))
			continue;
		while (uri_next(rua.value, &pos, &u)) {
			if (u.fault != URI_OK || !u.is_mailto || name_eq(&u.host, &h->host))
				continue;
			struct finding *f = add(au, RULE_DMARC_REPORT_OVERRIDE, step, h);
			finding_name(au->findings, f, "other", &u.host);
			finding_evidence(f, a);
			return;
		}
	}
}

static void
add_unauthorised(struct audit *au, const struct dmarc_step *step, const struct report_host *h,
    const struct name *owner, const struct answer *a)
{
	struct finding *f = add(au, RULE_DMARC_REPORT_UNAUTHORISED, step, h);

	finding_evidence(f, a);
	if (owner->n == 0)
		return;
	struct change *c = finding_change(au->findings, f, CHANGE_ADD, owner, RR_TXT);
	c->new = finding_txt(au->findings, STR("v=DMARC1"));
}

/* Whether the host lets the reports of STEP come; true while that is not known. */
static const struct answer *
judge_authorisation(struct audit *au, const struct dmarc_step *step, struct report_host *h)
{
	const struct answer *a;
	struct name owner;
	size_t n = 0;

	authorisation_name(step, &h->host, &owner);
	if (owner.n == 0) {
		h->broken = true;
		add_unauthorised(au, step, h, &owner, NULL);
		return NULL;
	}
	a = ask_dns(au->q, &owner, RR_TXT);
	if (is_pending(a) || a->status == ANSWER_FAILED)
		return a;
	(void)dmarc_record_in(a, &n);
	if (n == 0) {
		h->broken = true;
		add_unauthorised(au, step, h, &owner, a);
	} else {
		judge_override(au, step, h, a);
	}
	return a;
}

/* Mail first: a host that takes none explains a missing authorisation. */
static bool
judge_mail(
    struct audit *au, const struct dmarc_step *step, struct report_host *h, enum mail_reach reach)
{
	if (reach != MAIL_NOWHERE && reach != MAIL_REFUSED)
		return reach == MAIL_UNKNOWN;
	struct finding *f = add(au, RULE_DMARC_REPORT_NO_MAIL, step, h);
	finding_evidence(f, ask_dns(au->q, &h->host, RR_MX));
	h->broken = true;
	return false;
}

/* Whether H belongs to who publishes STEP (RFC 9990 4): then it needs no leave of its own. */
static bool
is_own_host(struct audit *au, const struct dmarc_step *step, const struct report_host *h,
    const struct answer **lacking)
{
	const struct answer *a = ask_suffix(au->q, &step->domain);
	const struct answer *b = ask_suffix(au->q, &h->host);

	*lacking = NULL;
	if (name_eq(&step->domain, &h->host))
		return true;
	if (is_pending(a) || a->status == ANSWER_FAILED)
		*lacking = a;
	else if (is_pending(b) || b->status == ANSWER_FAILED)
		*lacking = b;
	return *lacking == NULL &&
	       name_eq(registrable_in(a, &step->domain), registrable_in(b, &h->host));
}

/* False = something is pending. */
static bool
judge_host(struct audit *au, const struct dmarc_step *step, struct report_host *h)
{
	const struct answer *lacking, *grant = NULL;
	bool own = is_own_host(au, step, h, &lacking), unknown;
	enum mail_reach reach = mail_reach(au, &h->host);

	if (reach == MAIL_PENDING || (lacking != NULL && is_pending(lacking))) {
		struct name owner;
		authorisation_name(step, &h->host, &owner);
		if (owner.n > 0 && !name_is_below(&h->host, &step->domain))
			ask_ahead(au->q, &owner, RR_TXT);
		return false;
	}
	unknown = judge_mail(au, step, h, reach);
	if (!h->broken && lacking != NULL) {
		unknown = true;
	} else if (!h->broken && !own) {
		grant = judge_authorisation(au, step, h);
		if (grant != NULL && is_pending(grant))
			return false;
		unknown = unknown || (grant != NULL && grant->status == ANSWER_FAILED);
	}
	/* of the author's own domain, the check of its MX tells */
	if (unknown && !h->broken && !name_eq(&h->host, &step->domain)) {
		struct finding *f = add(au, RULE_DMARC_REPORT_UNKNOWN, step, h);
		finding_evidence(f, grant);
		finding_evidence(f, lacking);
		finding_evidence(f, ask_dns(au->q, &h->host, RR_MX));
	}
	return true;
}

enum dmarc_reports
dmarc_judge_reports(struct audit *au, const struct dmarc_step *step)
{
	struct report_hosts hs; /* large, and nearly all of it empty */
	bool pending = false, works = false;

	hs.n = 0;
	collect(&hs, step->record, DMARC_TAG_RUA);
	collect(&hs, step->record, DMARC_TAG_RUF);
	for (size_t i = 0; i < hs.n; i++) {
		if (!judge_host(au, step, &hs.h[i]))
			pending = true;
		if (hs.h[i].in_rua && !hs.h[i].broken)
			works = true;
	}
	if (pending)
		return REPORTS_PENDING;
	return works ? REPORTS_WORK : REPORTS_NONE;
}
