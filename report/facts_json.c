/* SPDX-License-Identifier: ISC */
/*
 * facts_json.c - what is so about a domain, as JSON.
 */
#include "checks/spf.h"
#include "report/changes.h"
#include "report/json_report.h"

/*
 * An SPF tree may be a chain of includes as long as the evaluator counts.
 * Each level nests two containers, and readers in use stop at 256.
 */
#define MAX_TREE_DEPTH 64

static void
value_name(struct json *j, const struct name *n)
{
	name_print(json_text_begin(j), n);
	json_text_end(j);
}

static void
value_addr(struct json *j, const struct addr *a)
{
	addr_print(json_text_begin(j), a);
	json_text_end_plain(j);
}

static void
value_prefix(struct json *j, const struct prefix *p)
{
	if (p->bits == (p->addr.v6 ? 128 : 32)) {
		value_addr(j, &p->addr);
		return;
	}
	prefix_print(json_text_begin(j), p);
	json_text_end_plain(j);
}

void
addresses_json(struct json *j, const struct addr *a, size_t n)
{
	json_key(j, "addresses");
	json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		value_addr(j, &a[i]);
	json_close(j, ']');
}

static void terms_json(struct json *j, const struct spf_fact_term *t, unsigned depth);

/* The terms of the record RR of A on one line, kept with A. */
static void *
make_terms(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct str *made = arena_alloc(keep, sizeof(*made));
	struct json j;
	struct buf b;

	buf_init(&b, MAX_REPORT_BYTES);
	json_init(&j, &b, false);
	terms_json(&j, spf_fact_terms(a, rr), 1);
	*made = arena_str(keep, buf_str(&b));
	buf_free(&b);
	return made;
}

/* What is below T: in a fleet mostly what stands in many reports, and then one copy. */
static void
below_json(struct json *j, const struct spf_fact_term *t, unsigned depth)
{
	const struct str *made;

	if (j->pretty || t->below_rr == NULL) {
		terms_json(j, t->below, depth);
		return;
	}
	made = answer_derive(t->below_answer, t->below_rr, make_terms);
	json_made(j, *made);
}

static void
terms_json(struct json *j, const struct spf_fact_term *t, unsigned depth)
{
	json_open(j, '[');
	for (; t != NULL; t = t->next) {
		json_open(j, '{');
		json_member_escaped(j, "term", t->text);
		json_member_uint(j, "cost", t->cost);
		json_member_uint(j, "cost_below", t->cost_below);
		if (t->voids > 0)
			json_member_uint(j, "voids", t->voids);
		json_member_flag(j, "dead", t->dead);
		json_member_flag(j, "doubled", t->doubled);
		json_member_flag(j, "covered", t->covered);
		json_member_flag(j, "unknown", t->unknown);
		json_member_escaped(j, "record", t->record);
		if (t->below != NULL && depth < MAX_TREE_DEPTH) {
			json_key(j, "terms");
			below_json(j, t, depth + 1);
		} else {
			json_member_flag(j, "cut", t->below != NULL);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
sources_json(struct json *j, const struct spf_facts *s)
{
	json_key(j, "sources");
	json_open(j, '[');
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct spf_fact_source *x = &s->sources[i];

		json_open(j, '{');
		json_member_escaped(j, "term", x->term);
		json_member_escaped(j, "name", x->name);
		if (x->provider != NULL)
			json_member(j, "provider", x->provider);
		json_member_uint(j, "lookups", x->lookups);
		json_member_uint(j, "ipv4_addresses", x->ip4);
		json_member_uint(j, "ipv6_networks", x->ip6);
		json_member_flag(j, "at_least", x->at_least);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
senders_json(struct json *j, const struct spf_facts *s)
{
	if (s->n_senders == 0)
		return;
	json_key(j, "senders");
	json_open(j, '[');
	for (size_t i = 0; i < s->n_senders; i++) {
		json_open(j, '{');
		json_key(j, "ip");
		value_addr(j, &s->senders[i].ip);
		json_member(j, "result", s->senders[i].result);
		json_member_uint(j, "lookups", s->senders[i].lookups);
		json_member_uint(j, "void_lookups", s->senders[i].void_lookups);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
spf_json(struct json *j, const struct spf_facts *s)
{
	json_key(j, "spf");
	json_open(j, '{');
	json_member_escaped(j, "record", s->record);
	if (s->record.n > 0) {
		json_member_uint(j, "lookups", s->lookups);
		json_member_uint(j, "void_lookups", s->void_lookups);
		json_member_uint(j, "lookups_left", s->left);
		json_member_flag(j, "at_least", s->at_least);
		json_key(j, "tree");
		terms_json(j, s->tree, 1);
		json_key(j, "addresses");
		json_open(j, '[');
		for (size_t i = 0; i < s->n_addresses; i++)
			value_prefix(j, &s->addresses[i]);
		json_close(j, ']');
		json_member_uint(j, "ipv4_addresses", s->ip4);
		json_member_uint(j, "ipv6_networks", s->ip6);
		json_member_flag(j, "addresses_at_least", s->addresses_at_least);
		sources_json(j, s);
		senders_json(j, s);
	}
	json_close(j, '}');
}

/* The CNAMEs of K in their order; the last is its target. */
static void
chain_json(struct json *j, const struct dkim_fact *k)
{
	json_key(j, "chain");
	json_open(j, '[');
	for (size_t i = 0; i < k->n_chain; i++)
		value_name(j, &k->chain[i]);
	json_close(j, ']');
}

static void
dkim_json(struct json *j, const struct dkim_facts *d)
{
	json_key(j, "dkim");
	json_open(j, '[');
	for (size_t i = 0; i < d->n; i++) {
		const struct dkim_fact *k = &d->keys[i];

		json_open(j, '{');
		json_member_name(j, "domain", &k->domain);
		json_member_escaped(j, "selector", k->selector);
		json_member(j, "provenance", k->provenance);
		json_member(j, "state", k->state);
		json_member(j, "key_type", k->key_type);
		if (k->bits > 0)
			json_member_uint(j, "bits", k->bits);
		if (k->modulus.n > 0) {
			json_key(j, "modulus");
			json_hex(j, k->modulus);
		}
		json_member_name(j, "target", &k->target);
		if (k->n_chain > 1)
			chain_json(j, k);
		if (k->provider != NULL)
			json_member(j, "provider", k->provider);
		if (k->signer != NULL)
			json_member(j, "signer", k->signer);
		json_member_escaped(j, "record", k->record);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
dmarc_json(struct json *j, const struct dmarc_facts *d)
{
	json_key(j, "dmarc");
	json_open(j, '{');
	json_member(j, "state", d->state);
	json_member_escaped(j, "record", d->record);
	json_member_name(j, "domain", &d->domain);
	json_member_name(j, "org_domain", &d->org_domain);
	json_member_name(j, "org_psl", &d->org_psl);
	json_member(j, "policy", d->policy);
	json_member(j, "tag", d->tag);
	json_member(j, "adkim", d->adkim);
	json_member(j, "aspf", d->aspf);
	json_member_flag(j, "testing", d->testing);
	if (d->n_rua > 0) {
		json_key(j, "rua");
		json_open(j, '[');
		for (size_t i = 0; i < d->n_rua; i++)
			json_escaped(j, d->rua[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void
mx_json(struct json *j, const struct mx_facts *m)
{
	json_key(j, "mx");
	json_open(j, '[');
	for (size_t i = 0; i < m->n; i++) {
		const struct mx_fact *x = &m->mx[i];

		json_open(j, '{');
		json_member_uint(j, "preference", x->preference);
		json_member_name(j, "host", &x->host);
		addresses_json(j, x->addresses, x->n_addresses);
		json_member_flag(j, "unknown", x->unknown);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_member_flag(j, "null_mx", m->null_mx);
	json_member_flag(j, "implicit_mx", m->implicit);
}

static void
ptr_json(struct json *j, const struct ptr_facts *p)
{
	json_key(j, "ptr");
	json_open(j, '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct ptr_fact *x = &p->ptr[i];

		json_open(j, '{');
		json_key(j, "ip");
		value_addr(j, &x->ip);
		json_key(j, "names");
		json_open(j, '[');
		for (size_t k = 0; k < x->n_names; k++)
			value_name(j, &x->names[k]);
		json_close(j, ']');
		if (x->unknown) {
			json_member_flag(j, "unknown", true);
		} else {
			json_key(j, "confirmed");
			json_bool(j, x->confirmed);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

void
facts_json(struct json *j, const struct facts *f)
{
	if (f->spf != NULL)
		spf_json(j, f->spf);
	if (f->dkim != NULL)
		dkim_json(j, f->dkim);
	if (f->dmarc != NULL)
		dmarc_json(j, f->dmarc);
	if (f->mx != NULL)
		mx_json(j, f->mx);
	if (f->ptr != NULL)
		ptr_json(j, f->ptr);
	if (f->changes != NULL)
		changes_json(j, f->changes);
}
