/* SPDX-License-Identifier: ISC */
/*
 * rrsets.c - from records to questions.
 *
 * Of mail are: MX and the addresses of its targets; TXT at the domain itself and wherever
 * the text or the name says that mail goes by it; a CNAME at such a name.  A record that
 * only the zone of before has is asked for too: it may be served still.
 */
#include "audit/serving/rrsets.h"
#include <stdlib.h>
#include "audit/sources/zonedb.h"
#include "audit/sources/zonefile.h"

struct collecting {
	struct arena *a;
	const struct serving_zones *z;
	struct serving_domain *d;
	size_t cap;
};

static void
add(struct collecting *c, const struct name *name, uint16_t type)
{
	struct serving_domain *d = c->d;
	struct serving_rrset *r;

	/* each may come twice, and of each side */
	if (d->n_rrsets == 4 * (size_t)MAX_SERVING_RRSETS) {
		d->over = true;
		return;
	}
	r = arena_grow(c->a, &d->rrsets, d->n_rrsets, &c->cap, sizeof(*d->rrsets));
	name_copy(&r->name, name);
	r->type = type;
	d->n_rrsets++;
}

/* Whether a label of NAME says that mail goes by what stands there. */
static bool
is_mail_name(const struct name *name)
{
	static const char *const labels[] = { "_dmarc", "_domainkey", "_mta-sts", "mta-sts", "_tls",
		"_bimi", "_spf" };
	size_t n = name_labels(name);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_LEN(labels); k++)
			if (str_eq(name_label(name, i), str_of(labels[k])))
				return true;
	return false;
}

static bool
is_mail_text(struct str text)
{
	static const char *const begin[] = { "v=spf1", "v=dmarc1", "v=dkim1", "v=stsv1",
		"v=tlsrptv1", "v=bimi1" };

	for (size_t i = 0; i < ARRAY_LEN(begin); i++)
		if (str_has_iprefix(text, str_of(begin[i])))
			return true;
	return false;
}

/* Types that servers make themselves, or that say nothing of what is published. */
static bool
is_made(uint16_t type)
{
	return type == RR_SOA || type == RR_RRSIG || type == RR_NSEC || type == RR_NSEC3;
}

static bool
is_wanted(const struct collecting *c, const struct zone_seen_record *r, const struct name *owner)
{
	if (is_made(r->type))
		return false;
	if (c->z->all)
		return true;
	switch (r->type) {
	case RR_MX:
		return true;
	case RR_TXT:
	case RR_SPF:
		return r->rr == NULL || is_mail_text(r->rr->text) || is_mail_name(owner);
	case RR_A:
	case RR_AAAA:
	case RR_CNAME:
		return is_mail_name(owner);
	case RR_TLSA:
		return str_eq(name_label(owner, 0), STR("_25"));
	default:
		return false;
	}
}

static bool
is_in_zone(const struct collecting *c, const struct name *name)
{
	struct name apex;

	return zonefile_apex(c->z->now, name, &apex) && name_eq(&apex, &c->d->apex);
}

static void
see(void *ctx, const struct zone_seen_record *r)
{
	struct collecting *c = ctx;
	struct name owner = name_of_wire(r->owner), target;

	if (!name_is_below(&owner, &c->d->domain) || !is_wanted(c, r, &owner) ||
	    !is_in_zone(c, &owner))
		return;
	add(c, &owner, r->type);
	if (r->type != RR_MX || r->rr == NULL || !rr_target(r->rr, &target) ||
	    !is_in_zone(c, &target))
		return;
	add(c, &target, RR_A);
	add(c, &target, RR_AAAA);
}

static int
cmp_rrsets(const void *va, const void *vb)
{
	const struct serving_rrset *a = va, *b = vb;
	int c = name_cmp(&a->name, &b->name);

	return c != 0 ? c : (a->type > b->type) - (a->type < b->type);
}

/* What Z says to NAME TYPE, one reference; NULL when it is not its affair (delegated). */
static const struct answer *
zone_says(struct source *z, const struct name *name, uint16_t type)
{
	struct ticket t = { .q = question_dns(name, type) };
	struct answer *a = NULL;

	return z->ops->ask(z, &t, &a) == SOURCE_ANSWERED ? a : NULL;
}

/* Sorted, each once, with the answer of the zone. */
static void
settle(struct collecting *c)
{
	struct serving_domain *d = c->d;
	size_t n = 0;

	if (d->n_rrsets > 1)
		qsort(d->rrsets, d->n_rrsets, sizeof(*d->rrsets), cmp_rrsets);
	for (size_t i = 0; i < d->n_rrsets; i++) {
		struct serving_rrset r = d->rrsets[i];

		if (n > 0 && cmp_rrsets(&d->rrsets[n - 1], &r) == 0)
			continue;
		if ((r.zone = zone_says(c->z->now, &r.name, r.type)) == NULL)
			continue;
		if (n == MAX_SERVING_RRSETS) {
			answer_unref(r.zone);
			d->over = true;
			break;
		}
		d->rrsets[n++] = r;
	}
	d->n_rrsets = n;
}

bool
serving_rrsets(struct arena *a, const struct serving_zones *z, struct serving_domain *d)
{
	struct collecting c = { .a = a, .z = z, .d = d };
	const struct answer *soa;
	struct name dmarc;

	if (!zonefile_apex(z->now, &d->domain, &d->apex))
		return false;
	/* what nobody put there may be served all the same */
	add(&c, &d->domain, RR_MX);
	add(&c, &d->domain, RR_TXT);
	if (name_above(STR("_dmarc"), &d->domain, &dmarc))
		add(&c, &dmarc, RR_TXT);
	zonefile_walk_zone(z->now, &d->apex, see, &c);
	if (z->base != NULL)
		zonefile_walk_zone(z->base, &d->apex, see, &c);
	settle(&c);
	if ((soa = zone_says(z->now, &d->apex, RR_SOA)) != NULL)
		d->has_serial = serving_serial(soa, &d->serial);
	answer_unref(soa);
	return true;
}

void
serving_rrsets_free(struct serving_domain *d)
{
	for (size_t i = 0; i < d->n_rrsets; i++)
		answer_unref(d->rrsets[i].zone);
	d->n_rrsets = 0;
}
