/* SPDX-License-Identifier: ISC */
/*
 * dmarc_mail.c - the policy that applies against the mail there is: keys that a
 * reject needs, people who write to lists, services that strict alignment shuts
 * out, names below that nothing protects, receivers that differ.
 *
 * Each rule speaks of what DNS or the configuration shows; what only the mail
 * itself could show is passed over.
 */
#include "checks/dkim_keys.h"
#include "checks/dmarc.h"
#include "checks/providers.h"
#include "checks/seen.h"
#include "checks/selectors.h"
#include "checks/senders.h"
#include "checks/spf_tree.h"
#include "checks/streams.h"

#define MAX_DMARC_BELOW 100 /* names below that are looked at: each is two questions */
#define MAX_SEEN_TOLD 20    /* addresses of ours whose mail was seen to fail */
#define MAX_SERVICES 10     /* services told by name: more make no sentence */

/* What the helpers here share. */
struct policy_use {
	struct audit *au;
	const struct name *author;
	const struct dmarc_policy *p;
	const struct dmarc_step *step; /* the record that applies */
};

static struct finding *
add(struct policy_use *u, enum rule_id rule, enum dmarc_tag tag)
{
	struct finding *f = finding_add(u->au->findings, rule, u->author);

	finding_at(
	    u->au->findings, f, u->step->answer, u->step->rr, u->step->record->tags[tag].all);
	return f;
}

/* Whether receivers reject what fails: the policy as it counts, t=y taken off (4.7). */
static bool
is_reject(const struct policy_use *u)
{
	return u->p->word == DMARC_REJECT && !u->step->record->testing;
}

/* The SPF record of A; NULL when there is not exactly one, or when A is pending. */
static const struct spf_record *
spf_record_in(struct policy_use *u, const struct answer *a)
{
	struct spf_record *r;
	const struct rr *rr;
	size_t n;

	if (is_pending(a) || (rr = spf_select(a, &n)) == NULL)
		return NULL;
	r = arena_alloc(u->au->arena, sizeof(*r));
	spf_record_parse(u->au->arena, rr->text, r);
	return r;
}

/* Whether R lets anybody pass. */
static bool
lets_pass(const struct spf_record *r)
{
	for (size_t i = 0; r != NULL && i < r->n_terms; i++)
		if ((r->terms[i].kind < TERM_REDIRECT && r->terms[i].qualifier == '+') ||
		    r->terms[i].kind == TERM_REDIRECT)
			return true;
	return false;
}

/* _domainkey of DOMAIN, TXT; NULL when that is no name. */
static const struct answer *
ask_root(struct policy_use *u, const struct name *domain)
{
	struct name root;

	if (!name_above(STR("_domainkey"), domain, &root))
		return NULL;
	return ask_dns(u->au->q, &root, RR_TXT);
}

static bool
is_nothing(const struct answer *a)
{
	return a != NULL && a->status == ANSWER_NXDOMAIN;
}

/*
 * 7.4: who publishes p=reject signs with DKIM.  Keys cannot be listed, so that there
 * is none is only known where _domainkey does not exist (RFC 8020).
 */
static void
judge_keys(struct policy_use *u)
{
	struct audit *au = u->au;
	const struct selector_keys *ks = selectors_keys(au);
	const struct answer *txt = ask_dns(au->q, u->author, RR_TXT);
	const struct answer *own = ask_root(u, u->author);
	const struct answer *org = u->p->org.n > 0 ? ask_root(u, &u->p->org) : own;
	struct finding *f;

	if (au->q->met_pending || own == NULL || org == NULL)
		return;
	/* keys in use have findings of their own, and so has a probe that failed */
	if (ks->n_in_use > 0 || ks->n_keys > 0 || ks->wildcard.state == KEY_FOUND ||
	    !lets_pass(spf_record_in(u, txt)))
		return;
	if (is_nothing(own) && is_nothing(org)) {
		f = add(u, RULE_DMARC_REJECT_UNSIGNED, DMARC_TAG_P);
		finding_evidence(f, own);
		finding_evidence(f, org);
	} else if (ks->probe != PROBE_FAILED) {
		f = add(u, RULE_DMARC_REJECT_KEYS_UNKNOWN, DMARC_TAG_P);
		finding_evidence(f, own);
	}
}

/* 7.4: people write there, as far as the exchanger tells whose service it is. */
static void
judge_people(struct policy_use *u)
{
	const struct answer *mx = ask_dns(u->au->q, u->author, RR_MX);
	const struct provider *p = NULL;
	struct name host;

	if (u->au->q->met_pending)
		return;
	for (size_t i = 0; i < mx->n_rr && p == NULL; i++)
		if (rr_target(&mx->rr[i], &host))
			p = provider_of_mx(name_text(u->au->arena, &host));
	if (p == NULL || p->kind != PROVIDER_MAILBOX)
		return;
	struct finding *f = add(u, RULE_DMARC_REJECT_PEOPLE, DMARC_TAG_P);
	finding_text(u->au->findings, f, "service", str_of(p->name));
	finding_evidence(f, mx);
}

/*
 * Whether strict alignment by TAG shuts out mail of a service that the include SPEC
 * names.  Mailbox services and gateways write and sign as the domain itself.
 */
static bool
is_shut_out(enum dmarc_tag tag, const struct provider *p)
{
	if (p->kind != PROVIDER_TRANSACTIONAL && p->kind != PROVIDER_MARKETING &&
	    p->kind != PROVIDER_APPLICATION)
		return false;
	/* with a MAIL FROM of its own a service is aligned under neither mode */
	return tag == DMARC_TAG_ADKIM || p->sender == SENDER_CUSTOMER_SUB;
}

/* The services that strict alignment shuts out, each once. */
struct services {
	enum dmarc_tag tag;
	const struct provider *list[MAX_SERVICES];
	size_t n;
};

static void
add_service(struct services *out, const struct provider *p)
{
	if (p == NULL || out->n == MAX_SERVICES || !is_shut_out(out->tag, p))
		return;
	for (size_t i = 0; i < out->n; i++)
		if (out->list[i] == p)
			return;
	out->list[out->n++] = p;
}

/* Those that the record of NAME includes; with DEEPER, those of its own records below as well. */
static void
find_services(struct policy_use *u, const struct name *name, bool deeper, struct services *out)
{
	const struct spf_record *r = spf_record_in(u, ask_dns(u->au->q, name, RR_TXT));

	for (size_t i = 0; r != NULL && i < r->n_terms; i++) {
		const struct spf_term *t = &r->terms[i];
		struct name target;

		if (t->kind != TERM_INCLUDE && t->kind != TERM_REDIRECT)
			continue;
		add_service(out, provider_of_include(t->domain));
		if (deeper && name_parse_raw(t->domain, &target) == NAME_OK &&
		    name_is_below(&target, u->author) && !name_eq(&target, name))
			find_services(u, &target, false, out);
	}
}

/* 4.4: strict modes while services send that write or sign with a name below. */
static void
judge_strict(struct policy_use *u, enum dmarc_tag tag)
{
	struct buf *b = &u->au->findings->scratch;
	struct services s = { .tag = tag };
	struct finding *f;

	find_services(u, u->author, true, &s);
	if (s.n == 0)
		return;
	buf_reset(b);
	for (size_t i = 0; i < s.n; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		buf_adds(b, s.list[i]->name);
	}
	struct str services = arena_str(u->au->arena, buf_str(b));
	f = add(u, RULE_DMARC_STRICT_SERVICE, tag);
	finding_text(u->au->findings, f, "tag", str_of(dmarc_tag_name(tag)));
	finding_text(u->au->findings, f, "services", services);
	finding_evidence(f, ask_dns(u->au->q, u->author, RR_TXT));
}

/* 4.10: a wildcard makes a record for every name below, so that none inherits. */
static void
judge_wildcard(struct policy_use *u)
{
	struct name below, nobody;
	const struct answer *a;
	struct finding *f;
	size_t n;

	if (!name_above(STR(SELECTOR_NOBODY), u->author, &below) ||
	    !name_above(STR("_dmarc"), &below, &nobody))
		return;
	a = ask_dns(u->au->q, &nobody, RR_TXT);
	if (is_pending(a))
		return;
	(void)dmarc_record_in(a, &n);
	if (n == 0)
		return;
	f = add(u, RULE_DMARC_WILDCARD, DMARC_TAGS - 1);
	f->place.offset = f->place.length = 0;
	finding_name(u->au->findings, f, "probe", &nobody);
	finding_evidence(f, a);
}

/* Whether NAME takes mail and has no record of its own. */
static bool
is_exposed(struct policy_use *u, const struct name *name)
{
	const struct answer *mx = ask_dns(u->au->q, name, RR_MX), *txt;
	struct name owner, host;
	bool takes = false;
	size_t n;

	if (!name_above(STR("_dmarc"), name, &owner))
		return false;
	txt = ask_dns(u->au->q, &owner, RR_TXT);
	if (is_pending(mx) || is_pending(txt) || txt->status == ANSWER_FAILED)
		return false;
	for (size_t i = 0; i < mx->n_rr; i++)
		takes = takes || (rr_target(&mx->rr[i], &host) && name_is_set(&host));
	(void)dmarc_record_in(txt, &n);
	return takes && n == 0;
}

/* Whether NAME is a host below the author: no wildcard, no label that only protocols ask. */
static bool
is_host_below(const struct policy_use *u, const struct name *name)
{
	size_t labels = name_labels(name), above = name_labels(u->author);

	if (labels <= above || !name_is_below(name, u->author))
		return false;
	for (size_t i = 0; i < labels - above; i++)
		if (name_label(name, i).p[0] == '_' || name_label(name, i).p[0] == '*')
			return false;
	return true;
}

/* Names that mail of the subject is sent as or bounces to, each once, into *OUT; their number. */
static size_t
sending_names(struct policy_use *u, const struct name **out)
{
	const struct sender *x;
	size_t m = 0, n = senders_of(u->au->arena, u->au->subject, &x);
	struct name *list = arena_array(u->au->arena, 2 * n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		const struct name *both[] = { &x[i].from, &x[i].mail_from };

		for (size_t k = 0; k < ARRAY_LEN(both); k++) {
			bool told = !name_is_set(both[k]);

			for (size_t j = 0; j < m && !told; j++)
				told = name_eq(&list[j], both[k]);
			if (!told)
				list[m++] = *both[k];
		}
	}
	*out = list;
	return m;
}

/*
 * 3.2.13, 4.7: names below that take mail, under sp=none.  Where p is stronger, that
 * sp is weaker has been told.
 */
static void
judge_below(struct policy_use *u)
{
	const struct dmarc_record *r = u->step->record;
	const struct answer *names;
	struct name first = { .n = 0 };
	size_t n = 0, looked = 0;

	if (r->sp != DMARC_NONE || r->p != DMARC_NONE || u->step != &u->p->steps[0] ||
	    !name_eq(u->author, &u->p->org))
		return;
	names = ask_names(u->au->q, u->author);
	if (is_pending(names))
		return;
	size_t n_known = names->n_names;
	const struct name *known = names->names;
	if (names->status != ANSWER_FOUND)
		n_known = sending_names(u, &known);
	for (size_t i = 0; i < n_known && looked < MAX_DMARC_BELOW; i++) {
		if (!is_host_below(u, &known[i]))
			continue;
		looked++;
		if (is_exposed(u, &known[i]) && n++ == 0)
			first = known[i];
	}
	if (n == 0)
		return;
	struct finding *f = add(u, RULE_DMARC_BELOW_WEAK, DMARC_TAG_SP);
	finding_number(f, "count", (int64_t)n);
	finding_name(u->au->findings, f, "first", &first);
}

/*
 * 4.10.2, RFC 7489 3.2: organizational domains that differ.  Where it turns what becomes
 * of a sender's mail, that is told of the sender (streams_judge.c).
 */
static void
judge_organizations(struct policy_use *u)
{
	const struct dmarc_policy *p = u->p;
	struct finding *f;
	bool pending = false;

	if (p->org.n == 0 || p->org_psl.n == 0 || name_eq(&p->org, &p->org_psl))
		return;
	/* a cut by psd=n at the author itself was told */
	if (u->step == &p->steps[0] && u->step->record->psd == 'n')
		return;
	if (streams_differ(u->au, &pending) || pending)
		return;
	f = add(u, RULE_DMARC_ORG_DIFFERS, DMARC_TAG_V);
	f->place.offset = f->place.length = 0;
	finding_name(u->au->findings, f, "org", &p->org);
	finding_name(u->au->findings, f, "psl", &p->org_psl);
	for (size_t i = 0; i < p->n_steps; i++)
		finding_evidence(f, p->steps[i].answer);
}

/* What receivers saw fail of an address of ours, told to the domain. */
static void
add_seen(struct policy_use *u, const struct seen_source *s, const struct sender *ours)
{
	struct finding *f = add(u, RULE_DMARC_UNALIGNED_SEEN, dmarc_tag_find(str_of(u->p->tag)));
	struct findings *fs = u->au->findings;

	finding_number(f, "failed", (int64_t)(s->messages - s->aligned));
	finding_number(f, "messages", (int64_t)s->messages);
	finding_text(fs, f, "policy", str_of(dmarc_word_name(u->p->word)));
	finding_text(fs, f, "sender", ours->name.n > 0 ? ours->name : STR("an address given"));
	buf_reset(&fs->scratch);
	addr_print(&fs->scratch, &s->ip);
	finding_text(fs, f, "ip", buf_str(&fs->scratch));
}

/* A policy bites while reports show mail of ours that fails: of known addresses only. */
static void
judge_seen(struct policy_use *u)
{
	const struct subject *subject = u->au->subject;
	size_t told = 0;

	for (size_t i = 0; i < subject->n_seen && told < MAX_SEEN_TOLD; i++) {
		const struct seen_source *s = subject->seen[i];
		const struct sender *ours;

		if (s->aligned == s->messages)
			continue;
		ours = sender_with(u->au->arena, subject, &s->ip);
		if (ours == NULL)
			continue;
		add_seen(u, s, ours);
		told++;
	}
}

void
dmarc_judge_mail(
    struct audit *au, const struct name *author, const struct dmarc_policy *p, bool has_mail)
{
	struct policy_use u = { .au = au, .author = author, .p = p, .step = p->applied };

	judge_organizations(&u);
	if (!has_mail || p->state != DMARC_APPLIES || p->by_suffix)
		return;
	if (is_reject(&u)) {
		judge_keys(&u);
		judge_people(&u);
	}
	if (p->word >= DMARC_QUARANTINE && name_eq(author, &au->subject->domain))
		judge_seen(&u);
	if (u.step->record->adkim_strict)
		judge_strict(&u, DMARC_TAG_ADKIM);
	if (u.step->record->aspf_strict)
		judge_strict(&u, DMARC_TAG_ASPF);
	if (u.step == &p->steps[0])
		judge_wildcard(&u);
	judge_below(&u);
}
