/* SPDX-License-Identifier: ISC */
/*
 * gather.c - counting.
 *
 * A key that several domains have is told only when it stands at places of
 * several owners: names that lead by CNAME to one provider are that provider's
 * one key, and a company's own names share what they like.
 */
#include "audit/fleet/gather.h"
#include <stdlib.h>
#include <openssl/evp.h>
#include "audit/fleet/gather_factors.h"
#include "audit/fleet/reread.h"
#include "audit/sources/suffix.h"
#include "checks/dkim_record.h"

#define MAX_TARGET 1024 /* a name, each octet as \DDD, and dots */

void
gather_init(struct gather *g)
{
	*g = (struct gather){ .domains = 0 };
	arena_init(&g->arena, 0);
	tally_init(&g->kinds);
	tally_init(&g->targets);
	tally_init(&g->moduli);
	tally_init(&g->names);
}

void
gather_free(struct gather *g)
{
	arena_free(&g->arena);
	tally_free(&g->kinds);
	tally_free(&g->targets);
	tally_free(&g->moduli);
	tally_free(&g->names);
	free(g->finding);
	free(g->finding_last);
	free(g->include);
	free(g->key);
}

/* Room for row N of ROWS, *CAP of SIZE bytes each; new ones are zero. */
static void *
room_for(void *rows, size_t n, size_t *cap, size_t size)
{
	size_t old = *cap;

	if (n < old)
		return rows;
	*cap = old == 0 ? 64 : old * 2;
	rows = xrealloc(rows, *cap * size);
	memset((char *)rows + old * size, 0, (*cap - old) * size);
	return rows;
}

static void
count_finding(struct gather *g, const struct told_finding *f)
{
	char key[128];
	int n = snprintf(key, sizeof(key), "%d%.*s", (int)f->level, (int)f->id.n, f->id.p);
	size_t i = tally_number(&g->kinds, (struct str){ key, (size_t)n });
	size_t cap = g->cap_finding;
	struct fleet_finding *row;

	if (i == TALLY_FULL) {
		g->full = true;
		return;
	}
	g->finding_last = room_for(g->finding_last, i, &cap, sizeof(*g->finding_last));
	g->finding = room_for(g->finding, i, &g->cap_finding, sizeof(*g->finding));
	row = &g->finding[i];
	row->id = str_sub(g->kinds.key[i], 1, f->id.n);
	row->level = f->level;
	row->findings++;
	if (g->finding_last[i] != g->domains)
		row->domains++;
	g->finding_last[i] = g->domains;
}

/* Keep the MAX_FLEET_NAMES first of the names, in order. */
static void
add_some(struct gather_include *row, struct str name)
{
	size_t at = row->n_some;

	while (at > 0 && str_cmp(name, row->some[at - 1]) < 0)
		at--;
	if (at == MAX_FLEET_NAMES)
		return;
	if (row->n_some < MAX_FLEET_NAMES)
		row->n_some++;
	memmove(&row->some[at + 1], &row->some[at], (row->n_some - 1 - at) * sizeof(row->some[0]));
	row->some[at] = name;
}

/* The name that an include or redirect leads to, in lower case; empty for other terms. */
static struct str
target_of(struct str term, char *room)
{
	struct str t = term;

	if (t.n > 0 && strchr("+-~?", t.p[0]) != NULL)
		t = str_sub(t, 1, t.n);
	if (str_has_iprefix(t, STR("include:")))
		t = str_sub(t, 8, t.n);
	else if (str_has_iprefix(t, STR("redirect=")))
		t = str_sub(t, 9, t.n);
	else
		t.n = 0;
	if (t.n > 0 && t.p[t.n - 1] == '.')
		t.n--;
	if (t.n > MAX_TARGET)
		t.n = 0; /* no name is as long */
	for (size_t i = 0; i < t.n; i++)
		room[i] = ascii_lower(t.p[i]);
	return (struct str){ room, t.n };
}

static void
count_include(struct gather *g, struct str label, json_t *term, struct str target, bool direct)
{
	json_int_t lookups = json_integer_value(json_object_get(term, "cost")) +
			     json_integer_value(json_object_get(term, "cost_below"));
	size_t i = tally_number(&g->targets, target);
	struct gather_include *row;

	if (i == TALLY_FULL) {
		g->full = true;
		return;
	}
	g->include = room_for(g->include, i, &g->cap_include, sizeof(*row));
	row = &g->include[i];
	if (lookups > row->lookups)
		row->lookups = lookups > UINT32_MAX ? UINT32_MAX : (uint32_t)lookups;
	if (row->last != g->domains) {
		row->last = g->domains;
		row->domains++;
		add_some(row, label);
	}
	if (direct && row->last_direct != g->domains) {
		row->last_direct = g->domains;
		row->direct++;
	}
}

/* Depth is bounded by MAX_REREAD_DEPTH. */
static void
count_terms(struct gather *g, struct str label, json_t *terms, bool direct)
{
	char room[MAX_TARGET];

	for (size_t i = 0; i < json_array_size(terms); i++) {
		json_t *term = json_array_get(terms, i);
		struct str target = target_of(reread_text(term, "term"), room);

		if (target.n > 0 && !json_is_true(json_object_get(term, "dead")))
			count_include(g, label, term, target, direct);
		count_terms(g, label, json_object_get(term, "terms"), false);
	}
}

/* The part of TEXT, a name in canonical form, that can be registered. */
static struct str
org_of(struct str text)
{
	struct name name, org;
	struct buf b;
	size_t n;

	if (name_parse(text, &name) != NAME_OK)
		return text;
	suffix_registrable(&name, &org);
	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, &org);
	n = b.n < text.n ? b.n : text.n;
	buf_free(&b);
	return str_sub(text, text.n - n, n);
}

/* NAME in canonical form, owned by A. */
static struct str
canonical(struct arena *a, struct str text)
{
	struct name name;

	return name_parse(text, &name) == NAME_OK && name_is_set(&name) ? name_text(a, &name)
									: (struct str){ "", 0 };
}

/*
 * SHA-256 of what makes K the key it is: the modulus, which is the same however
 * it is wrapped, else the bytes of p=.  False when there is no key.
 */
static bool
identity(struct arena *a, json_t *k, unsigned char *md)
{
	struct str modulus = reread_text(k, "modulus"), record = reread_text(k, "record");
	struct dkimkey key;

	while (modulus.n > 0 && modulus.p[0] == '0')
		modulus = str_sub(modulus, 1, modulus.n);
	if (modulus.n == 0) {
		if (record.n == 0)
			return false;
		dkimkey_parse(a, record, &key);
		if (!key.is_key || key.data.n == 0)
			return false;
		modulus = key.data;
	}
	return EVP_Digest(modulus.p, modulus.n, md, NULL, EVP_sha256(), NULL) == 1;
}

static void
add_selector(struct gather *g, struct gather_key *row, const struct fleet_selector *at)
{
	struct str org = org_of(at->domain);
	struct str place = at->target.n > 0 ? org_of(at->target) : org;
	struct gather_selector *new;

	if (row->n++ == 0) {
		row->org = org;
		row->place = place;
	}
	row->many_orgs = row->many_orgs || !str_eq(org, row->org);
	row->many_places = row->many_places || !str_eq(place, row->place);
	if (row->n > MAX_FLEET_KEYS)
		return;
	new = arena_alloc(&g->arena, sizeof(*new));
	*new = (struct gather_selector){ .at = *at, .next = row->first };
	row->first = new;
}

/* "s1._domainkey.a.example"; false when it is no name. */
static bool
selector_read(struct arena *a, json_t *k, struct fleet_selector *out)
{
	struct str selector = reread_text(k, "selector"), text;
	struct buf b;

	*out = (struct fleet_selector){ .domain = canonical(a, reread_text(k, "domain")),
		.target = canonical(a, reread_text(k, "target")) };
	buf_init(&b, 2 * MAX_NAME_TEXT);
	buf_add(&b, selector);
	buf_adds(&b, "._domainkey.");
	buf_add(&b, out->domain);
	text = b.over ? (struct str){ "", 0 } : canonical(a, buf_str(&b));
	buf_free(&b);
	if (text.n == 0 || selector.n == 0 || out->domain.n == 0)
		return false;
	out->name = text;
	out->selector = str_sub(text, 0, selector.n);
	return true;
}

static void
count_key(struct gather *g, json_t *k)
{
	unsigned char md[EVP_MAX_MD_SIZE + MAX_NAME_TEXT];
	struct fleet_selector at, own;
	struct arena scratch;
	size_t i, before = g->names.n;

	arena_init(&scratch, 0);
	if (!identity(&scratch, k, md) || !selector_read(&scratch, k, &at) ||
	    at.name.n > MAX_NAME_TEXT)
		goto out;
	memcpy(md + 32, at.name.p, at.name.n);
	i = tally_number(&g->moduli, (struct str){ (const char *)md, 32 });
	if (i != TALLY_FULL)
		g->key = room_for(g->key, i, &g->cap_key, sizeof(*g->key));
	if (i == TALLY_FULL ||
	    tally_number(&g->names, (struct str){ (const char *)md, 32 + at.name.n }) == TALLY_FULL)
		g->full = true;
	if (i == TALLY_FULL || g->names.n == before)
		goto out; /* the same name was seen with another domain's audit */
	own = (struct fleet_selector){ .name = str_sub(g->names.key[before], 32, at.name.n),
		.target = arena_str(&g->arena, at.target) };
	own.domain = str_sub(own.name, own.name.n - at.domain.n, at.domain.n);
	own.selector = str_sub(own.name, 0, at.selector.n);
	if (g->key[i].n == 0) {
		json_int_t bits = json_integer_value(json_object_get(k, "bits"));

		g->key[i].bits = (uint32_t)bits;
		g->key[i].type = arena_str(&g->arena, reread_text(k, "key_type"));
		gather_modulus(g, &g->key[i], reread_text(k, "modulus"));
	}
	add_selector(g, &g->key[i], &own);
out:
	arena_free(&scratch);
}

void
gather_domain(struct gather *g, const struct told_domain *d, json_t *o)
{
	json_t *facts = json_object_get(o, "facts"), *keys = json_object_get(facts, "dkim");
	json_t *tree = json_object_get(json_object_get(facts, "spf"), "tree");

	g->domains++;
	for (size_t i = 0; i < d->n_findings; i++)
		if (d->findings[i].level != LEVEL_PASS)
			count_finding(g, &d->findings[i]);
	if (json_array_size(tree) > 0)
		count_terms(g, arena_str(&g->arena, d->label), tree, true);
	for (size_t i = 0; i < json_array_size(keys); i++)
		count_key(g, json_array_get(keys, i));
}

static int
by_count(size_t a, size_t b)
{
	return a > b ? -1 : a < b;
}

static int
finding_cmp(const void *pa, const void *pb)
{
	const struct fleet_finding *a = pa, *b = pb;
	int c = by_count(a->domains, b->domains);

	if (c == 0)
		c = by_count(a->level, b->level);
	return c != 0 ? c : str_cmp(a->id, b->id);
}

static int
include_cmp(const void *pa, const void *pb)
{
	const struct fleet_include *a = pa, *b = pb;
	int c = by_count(a->domains, b->domains);

	if (c == 0)
		c = by_count(a->lookups, b->lookups);
	return c != 0 ? c : str_cmp(a->target, b->target);
}

int
gather_selector_cmp(const void *pa, const void *pb)
{
	const struct fleet_selector *a = pa, *b = pb;

	return str_cmp(a->name, b->name);
}

/* A name may have had two keys one after the other, so the first names need not differ. */
int
gather_key_cmp(const void *pa, const void *pb)
{
	const struct fleet_key *a = pa, *b = pb;
	int c = by_count(a->n_names, b->n_names);

	for (size_t i = 0; c == 0 && i < a->n_at && i < b->n_at; i++)
		c = str_cmp(a->at[i].name, b->at[i].name);
	if (c == 0)
		c = by_count(a->bits, b->bits);
	return c != 0 ? c : str_cmp(a->type, b->type);
}

static void
finish_includes(struct gather *g, struct fleet *out)
{
	struct fleet_include *all = arena_array(&g->arena, g->targets.n + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < g->targets.n; i++)
		if (g->include[i].domains > 1)
			all[n++] = (struct fleet_include){ .target = g->targets.key[i],
				.domains = g->include[i].domains,
				.direct = g->include[i].direct,
				.lookups = g->include[i].lookups,
				.some = g->include[i].some,
				.n_some = g->include[i].n_some };
	qsort(all, n, sizeof(*all), include_cmp);
	out->includes = all;
	out->n_shared_includes = n;
	out->n_includes = n < MAX_FLEET_TOP ? n : MAX_FLEET_TOP;
}

static const struct fleet_selector *
finish_selectors(struct gather *g, const struct gather_key *k, size_t *n)
{
	struct fleet_selector *at = arena_array(&g->arena, MAX_FLEET_KEYS, sizeof(*at));

	*n = 0;
	for (const struct gather_selector *s = k->first; s != NULL; s = s->next)
		at[(*n)++] = s->at;
	qsort(at, *n, sizeof(*at), gather_selector_cmp);
	return at;
}

static void
finish_keys(struct gather *g, struct fleet *out)
{
	struct fleet_key *all = arena_array(&g->arena, g->moduli.n + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < g->moduli.n; i++) {
		const struct gather_key *k = &g->key[i];

		if (!k->many_orgs || !k->many_places)
			continue;
		all[n] = (struct fleet_key){ .type = k->type, .bits = k->bits, .n_names = k->n };
		all[n].at = finish_selectors(g, k, &all[n].n_at);
		n++;
	}
	qsort(all, n, sizeof(*all), gather_key_cmp);
	out->keys = all;
	out->n_shared_keys = n;
	out->n_keys = n < MAX_FLEET_KEYS ? n : MAX_FLEET_KEYS;
}

void
gather_finish(struct gather *g, struct fleet *out)
{
	if (g->kinds.n > 0)
		qsort(g->finding, g->kinds.n, sizeof(*g->finding), finding_cmp);
	out->findings = g->finding;
	out->n_kinds = g->kinds.n;
	finish_includes(g, out);
	finish_keys(g, out);
	gather_factors(g, out);
}
