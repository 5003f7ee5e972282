/* SPDX-License-Identifier: ISC */
/*
 * terraform_zones.c - which zone a record of a plan belongs to.
 */
#include "audit/sources/terraform.h"
#include "audit/idn.h"

/* clang-format off */
/* Resources and data that are zones, and what their name is called. */
static const struct {
	const char *type, *key;
} zone_types[] = {
	{ "aws_route53_zone", "name" },
	{ "azurerm_dns_zone", "name" },
	{ "cloudflare_zone", "name" },
	{ "cloudflare_zone", "zone" },
	{ "desec_domain", "name" },
	{ "digitalocean_domain", "name" },
	{ "dnsimple_zone", "name" },
	{ "gandi_livedns_domain", "name" },
	{ "google_dns_managed_zone", "dns_name" },
	{ "hcloud_zone", "name" },
	{ "hetznerdns_zone", "name" },
	{ "linode_domain", "domain" },
	{ "ovh_domain_zone", "name" },
	{ "powerdns_zone", "name" },
	{ "vultr_dns_domain", "domain" },
};

/* Records that name their zone by a word that means other things elsewhere. */
static const struct {
	const char *type, *key;
} zone_named_by[] = {
	{ "desec_rrset", "domain" },
	{ "digitalocean_record", "domain" },
	{ "linode_domain_record", "domain_id" },
	{ "scaleway_domain_record", "dns_zone" },
	{ "vultr_dns_record", "domain" },
};

/* What names its zone in a record: by name, or by what else is known of it. */
static const char *const zone_keys[] = { "zone_name", "zone", "zone_id", "managed_zone" };
/* clang-format on */

static bool
is_zone(struct str type, const char *key_name)
{
	for (size_t i = 0; i < ARRAY_LEN(zone_types); i++)
		if (str_eq(type, str_of(zone_types[i].type)) &&
		    strcmp(zone_types[i].key, key_name) == 0)
			return true;
	return false;
}

/* The zone of the attributes MAP of a resource of TYPE, if it is one. */
static void
take(struct arena *a, struct str type, const struct doc_node *map, struct terraform_zones *out)
{
	static const char *const keys[] = { "name", "zone", "dns_name", "domain" };
	struct terraform_zone z = { .apex = { .n = 0 } };

	for (size_t i = 0; i < ARRAY_LEN(keys) && z.apex.n == 0; i++) {
		struct str name = doc_text(doc_get(map, keys[i]));

		if (name.n > 0 && is_zone(type, keys[i]))
			(void)idn_parse(name, &z.apex);
	}
	if (z.apex.n == 0 || out->n == MAX_TERRAFORM_ZONES)
		return;
	z.id = doc_text(doc_get(map, "zone_id"));
	if (z.id.n == 0)
		z.id = doc_text(doc_get(map, "id"));
	z.name = doc_text(doc_get(map, "name"));
	(void)arena_grow(a, &out->v, out->n, &out->cap, sizeof(*out->v));
	out->v[out->n++] = z;
}

/* The resources of a module and of those in it; MAX_DOC_DEPTH bounds the recursion. */
static void
take_module(struct arena *a, const struct doc_node *module, struct terraform_zones *out)
{
	const struct doc_node *list = doc_get(module, "resources"), *n;

	for (n = list != NULL && list->kind == DOC_LIST ? list->first : NULL; n != NULL;
	     n = n->next)
		take(a, doc_text(doc_get(n, "type")), doc_get(n, "values"), out);
	list = doc_get(module, "child_modules");
	for (n = list != NULL && list->kind == DOC_LIST ? list->first : NULL; n != NULL;
	     n = n->next)
		take_module(a, n, out);
}

/* The zone that KEY, a name or an id, means. */
static const struct terraform_zone *
find(const struct terraform_zones *z, struct str key)
{
	struct name name;

	if (key.n == 0)
		return NULL;
	if (idn_parse(key, &name) != NULL)
		name.n = 0;
	for (size_t i = 0; i < z->n; i++)
		if (str_eq(z->v[i].id, key) || str_eq(z->v[i].name, key) ||
		    (name.n > 0 && name_eq(&z->v[i].apex, &name)))
			return &z->v[i];
	return NULL;
}

/* What names the zone of a record of TYPE, by a key that others use otherwise; or NULL. */
static const char *
zone_key_of(struct str type)
{
	for (size_t i = 0; i < ARRAY_LEN(zone_named_by); i++)
		if (str_eq(type, str_of(zone_named_by[i].type)))
			return zone_named_by[i].key;
	return NULL;
}

/* The zone that a record of TYPE with the attributes MAP names outright: azure, hcloud. */
static void
take_named(
    struct arena *a, struct str type, const struct doc_node *map, struct terraform_zones *out)
{
	const char *const keys[] = { "zone_name", "zone", zone_key_of(type) };
	struct terraform_zone z = { .apex = { .n = 0 } };

	for (size_t i = 0; i < ARRAY_LEN(keys) && keys[i] != NULL; i++) {
		struct str name = doc_text(doc_get(map, keys[i]));

		if (name.n == 0 || find(out, name) != NULL || idn_parse(name, &z.apex) != NULL ||
		    name_labels(&z.apex) < 2 || out->n == MAX_TERRAFORM_ZONES)
			continue;
		z.name = name;
		(void)arena_grow(a, &out->v, out->n, &out->cap, sizeof(*out->v));
		out->v[out->n++] = z;
	}
}

void
terraform_find_zones(struct arena *a, const struct doc *d, struct terraform_zones *out)
{
	const struct doc_node *list = doc_get(d->root, "resource_changes"), *n, *change;

	*out = (struct terraform_zones){ .n = 0 };
	for (n = list != NULL && list->kind == DOC_LIST ? list->first : NULL; n != NULL;
	     n = n->next) {
		change = doc_get(n, "change");
		take(a, doc_text(doc_get(n, "type")), doc_get(change, "after"), out);
		take(a, doc_text(doc_get(n, "type")), doc_get(change, "before"), out);
	}
	take_module(
	    a, doc_get(doc_get(doc_get(d->root, "prior_state"), "values"), "root_module"), out);
	take_module(a, doc_get(doc_get(d->root, "planned_values"), "root_module"), out);
	for (n = list != NULL && list->kind == DOC_LIST ? list->first : NULL; n != NULL;
	     n = n->next) {
		change = doc_get(n, "change");
		take_named(a, doc_text(doc_get(n, "type")), doc_get(change, "after"), out);
		take_named(a, doc_text(doc_get(n, "type")), doc_get(change, "before"), out);
	}
}

/* The longest zone at or above NAME. */
static const struct terraform_zone *
above(const struct terraform_zones *z, const struct name *name)
{
	const struct terraform_zone *best = NULL;

	for (size_t i = 0; i < z->n; i++)
		if (name_is_below(name, &z->v[i].apex) &&
		    (best == NULL || z->v[i].apex.n > best->apex.n))
			best = &z->v[i];
	return best;
}

const struct terraform_zone *
terraform_zone_of(const struct terraform_zones *z, const struct terraform_resource *res,
    struct str name, const struct doc_node *attributes, struct name *owner)
{
	const struct terraform_zone *zone = NULL;
	const char *key = zone_key_of(res->type);
	struct name whole;

	if (key != NULL)
		zone = find(z, doc_text(doc_get(attributes, key)));
	for (size_t i = 0; i < ARRAY_LEN(zone_keys) && zone == NULL; i++)
		zone = find(z, doc_text(doc_get(attributes, zone_keys[i])));
	if (str_eq(name, STR("@")) || name.n == 0)
		whole.n = 0;
	else if (name_parse(name, &whole) != NAME_OK)
		whole.n = 0;
	if (zone == NULL && whole.n > 0)
		zone = above(z, &whole);
	if (zone == NULL && z->n == 1 && name_labels(&whole) < 2)
		zone = &z->v[0];
	owner->n = 0;
	if (zone == NULL) {
		if (whole.n > 0 && name_labels(&whole) >= 2)
			*owner = whole;
	} else if (whole.n == 0) {
		if (name.n == 0 || str_eq(name, STR("@")))
			*owner = zone->apex;
	} else if (name_is_below(&whole, &zone->apex)) {
		*owner = whole; /* all providers take the whole name, too */
	} else if (name_parse_at(name, &zone->apex, owner) != NAME_OK) {
		owner->n = 0;
	}
	return zone;
}
