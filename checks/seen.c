/* SPDX-License-Identifier: ISC */
/*
 * seen.c - the sources of a domain against the records of today; see seen.h.
 */
#include "checks/seen.h"

#include "checks/alignment.h"
#include "checks/dkim_keys.h"
#include "checks/dmarc_policy.h"
#include "checks/providers.h"
#include "checks/senders.h"
#include "checks/spf_eval.h"

/* Whether DOMAIN is aligned with the From domain by the mode STRICT. */
static bool
is_aligned(struct audit *au, const struct name *domain, bool strict, bool *failed)
{
	struct alignment a = alignment_of(au, &au->subject->domain, domain);

	*failed = *failed || (!strict && a.failed != NULL);
	return !a.pending && (strict ? a.strict : a.relaxed);
}

/* The domain that TERM, an include or redirect=, leads to; empty for other terms. */
static struct str
target_of(struct str term)
{
	struct str t = term.n > 0 && term.p[0] == '+' ? str_sub(term, 1, term.n) : term;

	if (!str_has_iprefix(t, STR("include:")) && !str_has_iprefix(t, STR("redirect=")))
		return STR("");
	return str_sub(t, STR("include:").n + (t.p[0] == 'r' || t.p[0] == 'R' ? 1 : 0), t.n);
}

/* The service on whose record V was decided; NULL = nobody's we know. */
static const struct provider *
service_of(const struct spf_verdict *v)
{
	for (size_t i = 0; i < v->n_path; i++) {
		struct str target = target_of(v->path[i].term);
		const struct provider *p = target.n > 0 ? provider_of_include(target) : NULL;

		if (p != NULL)
			return p;
	}
	return NULL;
}

/*
 * SPF of X.  A MAIL FROM that cannot be aligned says nothing of our records: then
 * that of the From domain is asked.
 */
static void
judge_spf(struct audit *au, const struct sender *x, bool strict, struct seen_today *out)
{
	const struct name *path = name_is_set(&x->mail_from) ? &x->mail_from : &au->subject->domain;
	struct spf_sender s = { .ip = x->ips[0] };
	struct spf_verdict v;

	if (!is_aligned(au, path, false, &out->unknown))
		path = &au->subject->domain;
	s.domain = out->spf_domain = name_text(au->arena, path);
	spf_eval(au, &s, &v);
	if (v.pending)
		return;
	out->spf = spf_result_name(v.result);
	out->spf_aligned = is_aligned(au, path, strict, &out->unknown);
	out->unknown = out->unknown || (v.result == RESULT_TEMPERROR && out->spf_aligned);
	if (v.result != RESULT_PASS)
		return;
	out->passes = out->passes || out->spf_aligned;
	out->term = v.n_path > 0 ? v.path[0].term : STR("");
	out->service = service_of(&v);
}

/* The keys of X, each a signer of one selector, into KEYS. */
static void
judge_keys(struct audit *au, const struct sender *x, bool strict, struct seen_selector *keys,
    struct seen_today *out)
{
	for (size_t i = 0; i < x->n_dkim; i++) {
		const struct signer *g = &x->dkim[i];
		struct selector_key k;
		bool failed = false;

		keys[i].today = "";
		keys[i].aligned = is_aligned(au, &g->domain, strict, &failed);
		/* whoever wrote the report chose this name: only ours is asked for */
		if (!keys[i].aligned && !failed)
			continue;
		selector_key_find(au, g->selectors[0], &g->domain, &k);
		keys[i].today = selector_key_word(&k);
		if (k.state == KEY_FAILED || failed)
			out->unknown = true;
		else if (str_eq(str_of(keys[i].today), STR("valid")))
			out->passes = true;
	}
}

/* The first reverse name of IP. */
static void
look_for_ptr(struct audit *au, const struct addr *ip, struct seen_today *out)
{
	struct name owner = addr_ptr_name(ip);
	const struct answer *a = ask_dns(au->q, &owner, RR_PTR);

	if (!is_pending(a) && a->n_rr > 0)
		(void)rr_target(&a->rr[0], &out->ptr);
}

void
check_seen(struct audit *au)
{
	const struct subject *s = au->subject;
	const struct dmarc_policy *p = dmarc_policy(au, &s->domain);
	struct seen_fact *out = arena_array(au->arena, s->n_senders + 1, sizeof(*out));
	bool adkim, aspf;

	if (p->state == DMARC_PENDING)
		return;
	adkim = p->applied != NULL && p->applied->record->adkim_strict;
	aspf = p->applied != NULL && p->applied->record->aspf_strict;
	for (size_t i = 0; i < s->n_senders; i++) {
		const struct sender *x = &s->senders[i];

		out[i].keys = arena_array(au->arena, x->n_dkim + 1, sizeof(*out[i].keys));
		out[i].today.spf = "";
		out[i].today.looked_up = true;
		judge_spf(au, x, aspf, &out[i].today);
		judge_keys(au, x, adkim, out[i].keys, &out[i].today);
		if (!out[i].today.passes && x->volume > 0)
			look_for_ptr(au, &x->ips[0], &out[i].today);
	}
	au->facts->seen = out;
}

/* clang-format off */
static const struct {
	const char *name;
	enum rule_level level;
} standings[] = {
	[SEEN_FAILS] = { "fails", LEVEL_ERROR },
	[SEEN_UNSURE] = { "unsure", LEVEL_UNKNOWN },
	[SEEN_FAILED] = { "failed", LEVEL_WARNING },
	[SEEN_UNNAMED] = { "unnamed", LEVEL_WARNING },
	[SEEN_SIGNED] = { "signed", LEVEL_NOTE },
	[SEEN_UNKNOWN] = { "unknown", LEVEL_NOTE },
	[SEEN_PASSES] = { "passes", LEVEL_PASS },
};
/* clang-format on */

enum rule_level
seen_level(enum seen_standing s)
{
	return standings[s].level;
}

const char *
seen_standing_name(enum seen_standing s)
{
	return standings[s].name;
}
