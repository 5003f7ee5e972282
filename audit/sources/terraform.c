/* SPDX-License-Identifier: ISC */
/*
 * terraform.c - the resources of a plan into records.
 */
#include "audit/sources/terraform.h"
#include "audit/sources/rdata.h"
#include "audit/sources/suffix.h"

#define TERRAFORM_TTL 300

/* How a provider wants a text. */
enum text_form {
	TEXT_RAW,   /* as it is */
	TEXT_AWS,   /* without the outer quotes: a\"\"b are two chunks */
	TEXT_QUOTED /* in quotes, a chunk each; without quotes each word is one */
};

/* clang-format off */
/* Resources that are records.  TYPE NULL = by the attribute `type`. */
static const struct kind {
	const char *resource, *type, *values, *other; /* OTHER: what VALUES was called, or is now */
	enum text_form form;
} kinds[] = {
	{ "aws_route53_record", NULL, "records", NULL, TEXT_AWS },
	{ "azurerm_dns_a_record", "A", "records", NULL, TEXT_RAW },
	{ "azurerm_dns_aaaa_record", "AAAA", "records", NULL, TEXT_RAW },
	{ "azurerm_dns_caa_record", "CAA", "record", NULL, TEXT_RAW },
	{ "azurerm_dns_cname_record", "CNAME", "record", NULL, TEXT_RAW },
	{ "azurerm_dns_mx_record", "MX", "record", NULL, TEXT_RAW },
	{ "azurerm_dns_ns_record", "NS", "records", NULL, TEXT_RAW },
	{ "azurerm_dns_ptr_record", "PTR", "records", NULL, TEXT_RAW },
	{ "azurerm_dns_srv_record", "SRV", "record", NULL, TEXT_RAW },
	{ "azurerm_dns_txt_record", "TXT", "record", NULL, TEXT_RAW },
	{ "cloudflare_dns_record", NULL, "content", "value", TEXT_RAW },
	{ "cloudflare_record", NULL, "content", "value", TEXT_RAW },
	{ "desec_rrset", NULL, "records", NULL, TEXT_QUOTED },
	{ "digitalocean_record", NULL, "value", NULL, TEXT_RAW },
	{ "dnsimple_zone_record", NULL, "value", NULL, TEXT_RAW },
	{ "gandi_livedns_record", NULL, "values", NULL, TEXT_RAW },
	{ "google_dns_record_set", NULL, "rrdatas", NULL, TEXT_QUOTED },
	{ "hcloud_zone_record", NULL, "value", NULL, TEXT_QUOTED },
	{ "hcloud_zone_rrset", NULL, "records", NULL, TEXT_QUOTED },
	{ "hetznerdns_record", NULL, "value", NULL, TEXT_RAW },
	{ "linode_domain_record", NULL, "target", NULL, TEXT_RAW },
	{ "ovh_domain_zone_record", NULL, "target", NULL, TEXT_RAW },
	{ "powerdns_record", NULL, "records", NULL, TEXT_QUOTED },
	{ "scaleway_domain_record", NULL, "data", NULL, TEXT_RAW },
	{ "vultr_dns_record", NULL, "data", NULL, TEXT_RAW },
};

/* Those that call what others call name, type and ttl otherwise. */
static const struct {
	const char *resource, *key, *other;
} renamed[] = {
	{ "desec_rrset", "name", "subname" },
	{ "linode_domain_record", "type", "record_type" },
	{ "linode_domain_record", "ttl", "ttl_sec" },
	{ "ovh_domain_zone_record", "name", "subdomain" },
	{ "ovh_domain_zone_record", "type", "fieldtype" },
};

/* Parts of a value, or of cloudflare's `data`, in the order of the presentation form. */
static const struct {
	uint16_t type;
	const char *key[MAX_DOC_FIELDS];
} parts[] = {
	{ RR_MX, { "preference", "exchange" } },
	{ RR_SRV, { "priority", "weight", "port", "target" } },
	{ RR_CAA, { "flags", "tag", "value" } },
};
/* clang-format on */

static const struct name root = { .n = 1 };

/* A zone being filled. */
struct filling {
	struct zone_text *t;
	bool sure, has_top; /* the plan names it; a record stands at its top */
};

struct plan {
	struct zone_load *l;
	const struct doc *d;
	struct str path;
	struct terraform_zones zones;
	struct terraform_files files;
	struct filling *v;
	size_t n, cap;
	bool unknown; /* a record of which nobody knows where it goes */
};

/* A record resource on the side that is read. */
struct resource {
	const struct kind *kind;
	struct terraform_resource id;
	const struct doc_node *attributes, *unknown; /* of the side; what is known after apply */
	const struct doc_node *gone; /* what was there, where the side has it no more */
};

bool
terraform_is(const struct doc *d)
{
	const struct doc_node *list = doc_get(d->root, "resource_changes");

	return list != NULL && list->kind == DOC_LIST &&
	       str_has_prefix(doc_text(doc_get(d->root, "format_version")), STR("1."));
}

/* The zone APEX being filled. */
static struct filling *
open_filling(struct plan *p, const struct name *apex, bool sure)
{
	for (size_t i = 0; i < p->n; i++)
		if (name_eq(&p->v[i].t->apex, apex)) {
			p->v[i].sure = p->v[i].sure || sure;
			return &p->v[i];
		}
	if (p->n == MAX_TERRAFORM_ZONES)
		return NULL;
	(void)arena_grow(p->l->a, &p->v, p->n, &p->cap, sizeof(*p->v));
	p->v[p->n].t = docrecord_zone(p->l, p->path, apex, INPUT_TERRAFORM);
	p->v[p->n].sure = sure;
	return &p->v[p->n++];
}

/* Whether N, a part of after_unknown, says of anything that it is not known. */
static bool
is_unknown(const struct doc_node *n)
{
	if (n == NULL)
		return false;
	if (n->kind == DOC_WORD)
		return doc_is_true(n);
	for (const struct doc_node *c = n->first; c != NULL; c = c->next) /* MAX_DOC_DEPTH */
		if (is_unknown(c))
			return true;
	return false;
}

/* The byte that Route 53 writes at I of S as \ooo, in octal; false when it is none. */
static bool
octal(struct str s, size_t i, unsigned *out)
{
	*out = 0;
	if (s.n - i < 4 || s.p[i] != '\\' || s.p[i + 1] > '3')
		return false;
	for (size_t k = i + 1; k < i + 4; k++) {
		if (s.p[k] < '0' || s.p[k] > '7')
			return false;
		*out = *out * 8 + (unsigned)(s.p[k] - '0');
	}
	return true;
}

/* B, its octal escapes undone; a quote or backslash they gave stays escaped. */
static void
undo_octal(struct doc_bytes *b)
{
	size_t n = 0;
	unsigned c;

	for (size_t i = 0; i < b->n;) {
		bool is = octal((struct str){ b->p, b->n }, i, &c);
		uint32_t at = b->at[i];

		if (is && (c == '"' || c == '\\')) {
			b->p[n] = '\\';
			b->at[n++] = at;
		}
		b->p[n] = is ? (char)c : b->p[i];
		b->at[n++] = at;
		i += is ? 4 : 1;
	}
	b->n = n;
}

/* What RES calls KEY. */
static const char *
key_of(const struct resource *res, const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(renamed); i++)
		if (str_eq(res->id.type, str_of(renamed[i].resource)) &&
		    strcmp(renamed[i].key, key) == 0)
			return renamed[i].other;
	return key;
}

/* The attribute KEY of RES; empty when it has none. */
static struct str
attribute(const struct resource *res, const char *key)
{
	const struct doc_node *n = doc_get(res->attributes, key_of(res, key));

	return doc_is_null(n) ? STR("") : doc_text(n);
}

/* The type that RES is published as; OVH has names of its own for what texts are to say. */
static uint16_t
type_of(const struct resource *res)
{
	struct str type =
	    res->kind->type != NULL ? str_of(res->kind->type) : attribute(res, "type");

	if (str_has_prefix(res->id.type, STR("ovh_")) &&
	    (str_eq(type, STR("SPF")) || str_eq(type, STR("DKIM")) || str_eq(type, STR("DMARC"))))
		return RR_TXT;
	return rdata_type(type);
}

/* The name of RES as presentation form has it. */
static struct str
name_of(struct arena *a, const struct resource *res)
{
	struct str name = attribute(res, "name");
	struct buf b;
	unsigned c;

	if (!str_has_prefix(res->id.type, STR("aws_")))
		return name;
	buf_init(&b, MAX_NAME_TEXT);
	for (size_t i = 0; i < name.n;) {
		bool is = octal(name, i, &c);

		if (is) {
			buf_addc(&b, '\\');
			buf_addc(&b, (char)('0' + c / 100));
			buf_addc(&b, (char)('0' + c / 10 % 10));
			buf_addc(&b, (char)('0' + c % 10));
		} else {
			buf_addc(&b, name.p[i]);
		}
		i += is ? 4 : 1;
	}
	name = arena_str(a, buf_str(&b));
	buf_free(&b);
	return name;
}

static void
put_text(struct docread *r, struct docrecord *rec, enum text_form form, const struct doc_node *word)
{
	struct doc_bytes b;
	bool quoted = str_has_prefix(word->text, STR("\""));

	if (form == TEXT_QUOTED && !quoted) {
		(void)docrecord_line(r, rec, word);
		return;
	}
	b = docrecord_bytes(r->l->a, r->doc, word);
	if (form == TEXT_AWS)
		undo_octal(&b);
	if (form == TEXT_AWS || quoted)
		docrecord_unquote(&b, form == TEXT_AWS);
	docrecord_text(r, rec, &b);
}

/* The parts of a value of REC in MAP into FIELD; how many. */
static size_t
find_parts(uint16_t type, const struct doc_node *map, const struct doc_node *field[MAX_DOC_FIELDS])
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t n = 0;

		if (parts[i].type != type)
			continue;
		for (; n < MAX_DOC_FIELDS && parts[i].key[n] != NULL; n++)
			if (doc_is_null(field[n] = doc_get(map, parts[i].key[n])))
				return 0;
		return n;
	}
	return 0;
}

/* The same where the last part is the value V and RES has the others beside it. */
static size_t
parts_beside(uint16_t type, const struct resource *res, const struct doc_node *v,
    const struct doc_node *field[MAX_DOC_FIELDS])
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t n = 0;

		if (parts[i].type != type)
			continue;
		for (; n + 1 < MAX_DOC_FIELDS && parts[i].key[n + 1] != NULL; n++) {
			field[n] =
			    doc_get(res->attributes, type == RR_MX ? "priority" : parts[i].key[n]);
			if (doc_is_null(field[n]))
				return 0;
		}
		field[n] = v;
		return n + 1;
	}
	return 0;
}

/* One value of REC: a word, or a mapping of its parts. */
static void
put_value(struct plan *p, struct docread *r, struct docrecord *rec, const struct resource *res,
    const struct doc_node *v)
{
	const struct doc_node *field[MAX_DOC_FIELDS];
	bool text = rec->type == RR_TXT || rec->type == RR_SPF;
	size_t n;

	if (v->kind == DOC_MAP && (text || doc_get(v, "exchange") == NULL) &&
	    doc_get(v, "tag") == NULL && doc_get(v, "value") != NULL)
		v = doc_get(v, "value");
	rec->from = rec->to = v;
	rec->spot = terraform_place(&p->files, &res->id, doc_text(v));
	if (v->kind == DOC_MAP) {
		if ((n = find_parts(rec->type, v, field)) > 0)
			(void)docrecord_fields(r, rec, field, n);
		else
			docrecord_unread(r, rec, true);
	} else if (v->kind != DOC_WORD || doc_is_null(v)) {
		docrecord_unread(r, rec, true);
	} else if (text) {
		put_text(r, rec, res->kind->form, v);
	} else if ((n = parts_beside(rec->type, res, v, field)) > 0) {
		(void)docrecord_fields(r, rec, field, n);
	} else {
		(void)docrecord_line(r, rec, v);
	}
}

/* The values of the resource; not NULL. */
static const struct doc_node *
values_of(const struct resource *res)
{
	const struct doc_node *v = doc_get(res->attributes, res->kind->values);

	if (doc_is_null(v) && res->kind->other != NULL)
		v = doc_get(res->attributes, res->kind->other);
	if (doc_is_null(v) && doc_get(res->attributes, "data") != NULL) {
		v = doc_get(res->attributes, "data"); /* cloudflare: SRV, CAA */
		if (v->kind == DOC_LIST)
			v = v->first;
	}
	return doc_is_null(v) ? NULL : v;
}

/* Whether the provider makes addresses of RES: an alias of aws, a proxied name of cloudflare. */
static bool
is_flat(const struct resource *res, uint16_t type)
{
	const struct doc_node *alias = doc_get(res->attributes, "alias"),
			      *target = doc_get(res->attributes, "target_resource_id");

	if ((alias != NULL && alias->kind == DOC_LIST && alias->n > 0) ||
	    (doc_text(target).n > 0 && !doc_is_null(target)))
		return true;
	return type == RR_CNAME && doc_is_true(doc_get(res->attributes, "proxied"));
}

static void
put_resource(struct plan *p, struct docread *r, struct docrecord *rec, const struct resource *res)
{
	const struct doc_node *v = values_of(res);

	if (is_flat(res, rec->type)) {
		docrecord_flat(r, &rec->owner);
	} else if (v == NULL || is_unknown(doc_get(res->unknown, res->kind->values)) ||
		   (res->kind->other != NULL &&
		       is_unknown(doc_get(res->unknown, res->kind->other)))) {
		docrecord_unread(r, rec, true);
	} else if (v->kind != DOC_LIST) {
		put_value(p, r, rec, res, v);
	} else {
		for (v = v->first; v != NULL; v = v->next)
			put_value(p, r, rec, res, v);
	}
}

/* The zone being filled that RES goes to, and its whole name; NULL = nobody knows. */
static struct filling *
filling_of(struct plan *p, const struct resource *res, struct name *owner)
{
	const struct terraform_zone *zone =
	    terraform_zone_of(&p->zones, &res->id, name_of(p->l->a, res), res->attributes, owner);
	struct filling *f;
	struct name apex;

	if (owner->n == 0)
		return NULL;
	if (zone != NULL)
		apex = zone->apex;
	else
		suffix_registrable(owner, &apex);
	f = open_filling(p, &apex, zone != NULL);
	if (f != NULL)
		f->has_top = f->has_top || (res->attributes != res->gone && name_eq(owner, &apex));
	return f;
}

static void
read_resource(struct plan *p, const struct resource *res)
{
	struct docread r = { .l = p->l, .doc = p->d, .file = p->path, .origin = &root };
	struct docrecord rec = { .type = type_of(res), .ttl_s = TERRAFORM_TTL };
	const char *name = key_of(res, "name");
	struct filling *f;

	if (is_unknown(doc_get(res->unknown, name)) ||
	    (doc_get(res->attributes, name) == NULL && res->unknown != NULL) ||
	    (f = filling_of(p, res, &rec.owner)) == NULL) {
		p->unknown = true;
		return;
	}
	r.t = f->t;
	if (!parse_u32(attribute(res, "ttl"), INT32_MAX, &rec.ttl_s))
		rec.ttl_s = TERRAFORM_TTL;
	if (rec.type == 0)
		docrecord_missing(&r, &rec.owner); /* whatever it is */
	else
		put_resource(p, &r, &rec, res);
}

static const struct kind *
kind_of(struct str type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(type, str_of(kinds[i].resource)))
			return &kinds[i];
	return NULL;
}

static void
read_change(struct plan *p, const struct doc_node *n)
{
	const struct doc_node *change = doc_get(n, "change");
	struct resource res = { .kind = kind_of(doc_text(doc_get(n, "type"))) };
	struct name owner;

	if (res.kind == NULL || !str_eq(doc_text(doc_get(n, "mode")), STR("managed")) || n->partial)
		return;
	res.id = (struct terraform_resource){ doc_text(doc_get(n, "address")),
		doc_text(doc_get(n, "type")), doc_text(doc_get(n, "name")) };
	res.attributes = doc_get(change, p->l->before ? "before" : "after");
	if (!p->l->before)
		res.unknown = doc_get(change, "after_unknown");
	if (res.attributes != NULL && res.attributes->kind == DOC_MAP) {
		read_resource(p, &res);
		return;
	}
	/* its zone is there still, if only to be known as one that lacks it */
	res.attributes = res.gone = doc_get(change, "before");
	if (!p->l->before && res.gone != NULL && res.gone->kind == DOC_MAP)
		(void)filling_of(p, &res, &owner);
}

/* Of a zone that was guessed, or that more records may go to, nothing is called absent. */
static void
end_zone(struct plan *p, struct filling *f)
{
	struct docread r = { .l = p->l, .t = f->t, .doc = p->d, .file = p->path };

	if (p->unknown || (!f->sure && !f->has_top))
		docrecord_missing(&r, &f->t->apex);
	docrecord_broken(&r);
}

struct zone_text *
terraform_read(struct zone_load *l, struct str path, const struct doc *d)
{
	struct plan p = { .l = l, .d = d, .path = path };
	const struct doc_node *list = doc_get(d->root, "resource_changes");

	terraform_find_zones(l->a, d, &p.zones);
	terraform_find_files(l, path, &p.files);
	for (size_t i = 0; i < p.zones.n; i++) /* known even when nothing is in them */
		(void)open_filling(&p, &p.zones.v[i].apex, true);
	for (const struct doc_node *n = list->first; n != NULL; n = n->next)
		read_change(&p, n);
	for (size_t i = 0; i < p.n; i++) {
		end_zone(&p, &p.v[i]);
		p.v[i].t->next = i + 1 < p.n ? p.v[i + 1].t : NULL;
	}
	return p.n > 0 ? p.v[0].t : NULL;
}
