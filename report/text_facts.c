/* SPDX-License-Identifier: ISC */
/*
 * text_facts.c - what is so about the domain, in a few words.
 */
#include "checks/senders.h"
#include "checks/spf_tree.h"
#include "report/text.h"
#include "report/words.h"

#define HANG 12 /* below the first word after "  no fault: " */

#define MAX_SHOWN 6       /* keys or hosts in a line of facts; the rest is counted */
#define MAX_COUNTED 65536 /* networks told in full; beyond, powers of two say more */
#define MAX_SOURCES 3     /* services in that line, the largest first */
#define NEAR_LIMIT 8      /* lookups from which the tree is worth its lines */
#define MAX_TREE_LINES 30 /* a tree of 200 lookups helps nobody */
#define MAX_TREE_DEPTH 12 /* and is not followed deeper than a line can show */

static void
label(struct ink *k, const char *text)
{
	ink_begin(k, INDENT, HANG);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, text);
	ink_plain(k);
	while (k->col < HANG - 1)
		ink_adds(k, " ");
}

/* Whether A and B passed in one check: a pass of its own may stand beside the check's. */
static bool
same_check(const struct judged *a, const struct judged *b)
{
	return a->level == LEVEL_PASS &&
	       str_eq(str_of(rule_of(a->f->id)->check), str_of(rule_of(b->f->id)->check));
}

/* Whether the check of P told a fault too: then a pass of its own does not make it clean. */
static bool
has_fault(const struct domain_result *d, const struct judged *p)
{
	for (size_t i = 0; i < d->n_findings; i++)
		if (d->findings[i].level != LEVEL_PASS && d->findings[i].level != LEVEL_NOTE &&
		    str_eq(str_of(rule_of(d->findings[i].f->id)->check),
			str_of(rule_of(p->f->id)->check)))
			return true;
	return false;
}

static void
passed_text(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < d->n_findings; i++) {
		if (d->findings[i].level != LEVEL_PASS || has_fault(d, &d->findings[i]) ||
		    (i > 0 && same_check(&d->findings[i - 1], &d->findings[i])))
			continue;
		buf_adds(&b, b.n > 0 ? ", " : "");
		check_name_add(&b, rule_of(d->findings[i].f->id)->check);
	}
	if (b.n > 0) {
		label(k, "no fault:");
		ink_words(k, buf_str(&b));
		ink_end(k);
	}
	buf_free(&b);
}

static void
more_add(struct buf *b, size_t n)
{
	if (n <= MAX_SHOWN)
		return;
	buf_adds(b, " and ");
	buf_addu(b, n - MAX_SHOWN);
	buf_adds(b, " more");
}

/* "1,048,576" */
static void
grouped_add(struct buf *b, uint64_t n)
{
	if (n >= 1000) {
		grouped_add(b, n / 1000);
		buf_addc(b, ',');
		buf_addc(b, (char)('0' + n % 1000 / 100));
		buf_addc(b, (char)('0' + n % 100 / 10));
		buf_addc(b, (char)('0' + n % 10));
	} else {
		buf_addu(b, n);
	}
}

/* "6" or, of more than anybody counts, "2^32", "over 2^32". */
static void
power_add(struct buf *b, uint64_t n)
{
	unsigned power = 0;

	if (n <= MAX_COUNTED) {
		grouped_add(b, n);
		return;
	}
	while (n >> (power + 1) > 0)
		power++;
	buf_adds(b, n >> power << power == n ? "2^" : "over 2^");
	buf_addu(b, power);
}

/* The source behind LAST (NULL = none yet) when the one with most IPv4 addresses comes first. */
static const struct spf_fact_source *
next_source(const struct spf_facts *s, const struct spf_fact_source *last)
{
	const struct spf_fact_source *best = NULL;

	for (size_t i = 0; i < s->n_sources; i++) {
		const struct spf_fact_source *x = &s->sources[i];

		if (last != NULL && (x->ip4 > last->ip4 || (x->ip4 == last->ip4 && x <= last)))
			continue;
		if (best == NULL || x->ip4 > best->ip4)
			best = x;
	}
	return best;
}

/* The largest of several sources: " (Google Workspace 305,664, own terms 8)". */
static void
sources_add(struct buf *b, const struct spf_facts *s)
{
	const struct spf_fact_source *x;
	size_t n = 0;

	if (s->n_sources < 2)
		return;
	for (x = next_source(s, NULL); x != NULL && x->ip4 > 0; x = next_source(s, x)) {
		buf_adds(b, n == 0 ? " (" : ", ");
		if (n++ == MAX_SOURCES) {
			buf_adds(b, "...");
			break;
		}
		buf_add_escaped(b, x->name);
		buf_addc(b, ' ');
		grouped_add(b, x->ip4);
	}
	buf_adds(b, n > 0 ? ")" : "");
}

/* Who may send: "at least 305,672 IPv4 addresses (...), over 2^32 /64 networks of IPv6". */
static void
addresses_add(struct buf *b, const struct spf_facts *s)
{
	if (s->ip4 == 0 && s->ip6 == 0)
		return;
	buf_adds(b, s->addresses_at_least ? ", at least " : ", ");
	grouped_add(b, s->ip4);
	buf_adds(b, s->ip4 == 1 ? " IPv4 address" : " IPv4 addresses");
	sources_add(b, s);
	if (s->ip6 == 0)
		return;
	buf_adds(b, ", ");
	power_add(b, s->ip6);
	buf_adds(b, s->ip6 == 1 ? " IPv6 network (/64)" : " IPv6 networks (/64)");
}

/* " (crm)" behind the address of a sender that has a name. */
static void
sender_add(struct buf *b, const struct subject *s, const struct addr *ip)
{
	struct buf names;

	if (s == NULL)
		return;
	buf_init(&names, MAX_SENTENCE);
	sender_names_add(&names, s, ip);
	if (names.n > 0) {
		buf_adds(b, " (");
		buf_add_escaped(b, buf_str(&names));
		buf_adds(b, ")");
	}
	buf_free(&names);
}

static void
spf_add(struct buf *b, const struct domain_result *d)
{
	const struct spf_facts *s = d->facts->spf;

	if (s == NULL || s->record.n == 0)
		return;
	buf_adds(b, s->at_least ? "at least " : "");
	buf_addu(b, s->lookups);
	buf_adds(b, " of 10 lookups");
	if (s->left > 0 && !s->at_least) {
		buf_adds(b, " (");
		buf_addu(b, s->left);
		buf_adds(b, " left)");
	}
	for (size_t i = 0; i < s->n_senders && i < MAX_SHOWN; i++) {
		buf_adds(b, s->senders[i].over ? ", stopped at number " : ", ");
		buf_addu(b, s->senders[i].lookups + (s->senders[i].over ? 1 : 0));
		buf_adds(b, " for ");
		addr_print(b, &s->senders[i].ip);
		sender_add(b, d->subject, &s->senders[i].ip);
	}
	addresses_add(b, s);
}

static void
key_add(struct buf *b, const struct dkim_fact *key)
{
	buf_add_escaped(b, key->selector);
	buf_addc(b, ' ');
	if (!str_eq(str_of(key->state), STR("valid"))) {
		buf_add(b, str_of(key->state));
		if (key->target.n > 0 && str_eq(str_of(key->state), STR("unknown"))) {
			buf_adds(b, " (at ");
			name_print(b, &key->target);
			buf_addc(b, ')');
		}
		return;
	}
	buf_add(b, str_of(key->key_type));
	buf_addc(b, ' ');
	buf_addu(b, key->bits);
	if (key->signer != NULL && str_eq(str_of(key->signer), STR("same")))
		buf_adds(b, " (the signer's)");
	if (str_eq(str_of(key->provenance), STR("guessed")))
		buf_adds(b, " (found)"); /* nobody said that it is in use */
}

/* Keys that are there, or could not be seen; an absent one in use is a finding. */
static void
dkim_add(struct buf *b, const struct domain_result *d)
{
	const struct dkim_facts *f = d->facts->dkim;
	size_t n = 0;

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		if (str_eq(str_of(f->keys[i].state), STR("absent")) || n++ >= MAX_SHOWN)
			continue;
		buf_adds(b, n == 1 ? "" : ", ");
		key_add(b, &f->keys[i]);
	}
	more_add(b, n);
}

/* Why there is no policy. */
static void
dmarc_state_add(struct buf *b, const struct dmarc_facts *m)
{
	struct str state = str_of(m->state);

	if (str_eq(state, STR("unknown"))) {
		buf_adds(b, "not known");
	} else if (str_eq(state, STR("invalid"))) {
		buf_adds(b, "record is void");
	} else if (str_eq(state, STR("multiple"))) {
		buf_addu(b, m->n_records);
		buf_adds(b, " records, none counts");
	} else {
		buf_adds(b, "no record");
	}
}

static void
dmarc_add(struct buf *b, const struct domain_result *d)
{
	const struct dmarc_facts *m = d->facts->dmarc;

	if (m == NULL || (str_of(m->policy).n == 0 && m->record.n > 0))
		return; /* a record that says nothing: a finding tells */
	if (m->record.n == 0) {
		dmarc_state_add(b, m);
		return;
	}
	if (str_eq(str_of(m->tag), STR("default"))) {
		buf_add(b, str_of(m->policy));
		buf_adds(b, " by default");
	} else {
		buf_add(b, str_of(m->tag));
		buf_addc(b, '=');
		buf_add(b, str_of(m->policy));
	}
	if (m->testing)
		buf_adds(b, " t=y");
	if (m->domain.n > 0 && (d->subject == NULL || !name_eq(&d->subject->domain, &m->domain))) {
		buf_adds(b, " of ");
		name_print(b, &m->domain);
	}
}

static void
mx_add(struct buf *b, const struct domain_result *d)
{
	const struct mx_facts *m = d->facts->mx;

	if (m == NULL)
		return;
	if (m->null_mx)
		buf_adds(b, "none wanted (null MX)");
	else if (m->implicit)
		buf_adds(b, "none, mail goes to its own address");
	else if (m->n == 0)
		buf_adds(b, "none");
	for (size_t i = 0; !m->null_mx && i < m->n && i < MAX_SHOWN; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		name_print(b, &m->mx[i].host);
	}
	if (!m->null_mx)
		more_add(b, m->n);
}

static void
ptr_add(struct buf *b, const struct domain_result *d)
{
	const struct ptr_facts *p = d->facts->ptr;

	for (size_t i = 0; p != NULL && i < p->n && i < MAX_SHOWN; i++) {
		const struct ptr_fact *x = &p->ptr[i];

		buf_adds(b, i == 0 ? "" : ", ");
		addr_print(b, &x->ip);
		buf_addc(b, ' ');
		if (x->n_names > 0)
			name_print(b, &x->names[0]);
		else
			buf_adds(b, x->unknown ? "not known" : "none");
	}
	if (p != NULL)
		more_add(b, p->n);
}

/* clang-format off */
static const struct {
	const char *label, *name;
	void (*add)(struct buf *b, const struct domain_result *d);
} facts[] = {
	{ "SPF:", "SPF ", spf_add },
	{ "DKIM:", "DKIM ", dkim_add },
	{ "DMARC:", "DMARC ", dmarc_add },
	{ "MX:", "MX ", mx_add },
	{ "PTR:", "PTR ", ptr_add },
};
/* clang-format on */

/* A domain in order: all in one paragraph. */
static void
facts_short(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		size_t before = b.n, name;

		buf_adds(&b, b.n > 0 ? "; " : "");
		buf_adds(&b, facts[i].name);
		name = b.n;
		facts[i].add(&b, d);
		if (b.n == name)
			b.n = before;
	}
	if (b.n > 0) {
		label(k, "facts:");
		ink_words(k, buf_str(&b));
		ink_end(k);
	}
	buf_free(&b);
}

/* What is left of a tree's lines, and the lookups counted so far. */
struct tree_walk {
	struct ink *ink;
	size_t lines, left_out;
	uint32_t counted;
};

/* Whether a term asks for another record, which has lookups of its own. */
static bool
leads_on(struct str term)
{
	if (term.n > 0 && strchr("+-~?", term.p[0]) != NULL)
		term = str_sub(term, 1, term.n);
	return str_has_iprefix(term, STR("include:")) || str_has_iprefix(term, STR("redirect="));
}

static void
tree_line(struct tree_walk *w, const struct spf_fact_term *t, unsigned depth, bool passes)
{
	struct ink *k = w->ink;
	uint32_t all = t->cost + t->cost_below;

	ink_begin(k, HANG - 2, 0);
	if (all < 100)
		ink_adds(k, all < 10 ? "  " : " ");
	ink_addu(k, all);
	for (unsigned i = 0; i <= depth; i++)
		ink_adds(k, "  ");
	buf_add_escaped(k->out, t->text);
	if (t->unknown && leads_on(t->text))
		buf_adds(k->out, "  (not looked up: may cost more)");
	if (t->doubled || t->covered)
		buf_adds(k->out, t->doubled ? "  (stands there before)" : "  (without effect)");
	if (passes) {
		ink_paint(k, PAINT_ERROR);
		buf_adds(k->out, "  <-- lookup 11");
		ink_plain(k);
	}
	ink_end(k);
}

static void
tree_terms(struct tree_walk *w, const struct spf_fact_term *t, unsigned depth)
{
	for (; t != NULL; t = t->next) {
		bool passes;

		if (t->cost + t->cost_below == 0)
			continue;
		passes = w->counted <= SPF_LOOKUP_LIMIT && w->counted + t->cost > SPF_LOOKUP_LIMIT;
		w->counted += t->cost;
		if (w->lines < MAX_TREE_LINES) {
			w->lines++;
			tree_line(w, t, depth, passes);
		} else {
			w->left_out++;
		}
		if (depth < MAX_TREE_DEPTH)
			tree_terms(w, t->below, depth + 1);
		else
			w->counted += t->cost_below;
	}
}

/* The cost of SPF terms, when the record is near or over its limit. */
static void
spf_tree_text(struct ink *k, const struct spf_facts *s)
{
	struct tree_walk w = { .ink = k };

	if (s->lookups < NEAR_LIMIT || s->tree == NULL)
		return;
	tree_terms(&w, s->tree, 0);
	if (w.left_out == 0)
		return;
	ink_begin(k, HANG, 0);
	ink_adds(k, "and ");
	ink_addu(k, w.left_out);
	ink_adds(k, " more terms");
	ink_end(k);
}

/* Where something is to be done: a line each, the dear terms below SPF. */
static void
facts_long(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		buf_reset(&b);
		facts[i].add(&b, d);
		if (b.n == 0)
			continue;
		label(k, facts[i].label);
		ink_words(k, buf_str(&b));
		ink_end(k);
		if (facts[i].add == spf_add)
			spf_tree_text(k, d->facts->spf);
	}
	buf_free(&b);
}

static void
assumed_text(struct ink *k, const struct facts *f)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < f->n_assumptions; i++) {
		buf_adds(&b, i > 0 ? "; " : "");
		buf_add_escaped(&b, f->assumptions[i]);
	}
	if (b.n > 0) {
		label(k, "assumed:");
		ink_words(k, buf_str(&b));
		ink_end(k);
	}
	buf_free(&b);
}

/* Nothing is to be done, and the lookups are far from their limit. */
static bool
is_in_order(const struct domain_result *d)
{
	if (d->verdict != LEVEL_PASS && d->verdict != LEVEL_NOTE)
		return false;
	return d->facts->spf == NULL || d->facts->spf->lookups < NEAR_LIMIT;
}

void
facts_text(struct ink *k, const struct domain_result *d)
{
	passed_text(k, d);
	if (d->facts == NULL)
		return;
	if (is_in_order(d))
		facts_short(k, d);
	else
		facts_long(k, d);
	assumed_text(k, d->facts);
}
