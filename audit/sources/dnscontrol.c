/* SPDX-License-Identifier: ISC */
/*
 * dnscontrol.c - DNSControl's JSON: domains, records, raw records, the SPF cache.
 */
#include "audit/sources/dnscontrol.h"
#include "audit/idn.h"
#include "audit/sources/rdata.h"

#define DNSCONTROL_TTL 300 /* DEFAULTS_TTL of DNSControl */
#define CONFIG_FILE "dnsconfig.js"

/* clang-format off */
/* Keys of the parts of a record, in the order of the presentation form; `target` where none is named. */
static const struct {
	uint16_t type;
	const char *key[MAX_DOC_FIELDS];
} shapes[] = {
	{ RR_A, { "target" } },
	{ RR_AAAA, { "target" } },
	{ RR_CNAME, { "target" } },
	{ RR_NS, { "target" } },
	{ RR_PTR, { "target" } },
	{ RR_DNAME, { "target" } },
	{ RR_MX, { "mxpreference", "target" } },
	{ RR_SRV, { "srvpriority", "srvweight", "srvport", "target" } },
	{ RR_CAA, { "caaflag", "caatag", "target" } },
	{ RR_TLSA, { "tlsausage", "tlsaselector", "tlsamatchingtype", "target" } },
	{ RR_DS, { "dskeytag", "dsalgorithm", "dsdigesttype", "dsdigest" } },
};
/* clang-format on */

static const struct name root = { .n = 1 };

bool
dnscontrol_is(const struct doc *d)
{
	const struct doc_node *domains = doc_get(d->root, "domains");

	return domains != NULL && domains->kind == DOC_LIST &&
	       (doc_get(d->root, "registrars") != NULL ||
		   doc_get(d->root, "dns_providers") != NULL ||
		   doc_get(domains->first, "records") != NULL);
}

bool
dnscontrol_is_cache(const struct doc *d)
{
	const struct doc_node *k;

	if (d->root == NULL || d->root->kind != DOC_MAP || d->root->n == 0)
		return false;
	for (k = d->root->first; k != NULL && k->next != NULL; k = k->next->next)
		if (doc_get(k->next, "SPF") == NULL)
			return false;
	return true;
}

/* "[line:5:7]": line 5, column 7 of the configuration; "[other.js:5:7]" of that file. */
static bool
read_position(const struct docread *r, struct str filepos, struct doc_spot *out)
{
	struct str file = STR(CONFIG_FILE), word;
	size_t end = filepos.n, colon[2];

	if (end < 2 || filepos.p[0] != '[' || filepos.p[end - 1] != ']')
		return false;
	for (size_t i = 2, at = end - 1; i-- > 0;) {
		while (at > 0 && filepos.p[at - 1] != ':')
			at--;
		if (at == 0)
			return false;
		colon[i] = --at;
	}
	word = str_sub(filepos, 1, colon[0] - 1);
	if (!parse_u32(
		str_sub(filepos, colon[0] + 1, colon[1] - colon[0] - 1), UINT32_MAX, &out->line) ||
	    !parse_u32(
		str_sub(filepos, colon[1] + 1, end - colon[1] - 2), UINT32_MAX, &out->column) ||
	    out->line == 0)
		return false;
	out->column += out->column == 0;
	if (!str_eq(word, STR("line")) && word.n > 0)
		file = word;
	out->file = arena_str(r->l->a, file);
	return true;
}

/* The owner that NAME, "@" or a label or a whole name with a dot, means in the zone. */
static bool
owner_of(struct docread *r, const struct doc_node *name, struct name *out)
{
	const struct name *apex = &r->t->apex;
	struct str s = doc_text(name);

	if (s.n == 0 || str_eq(s, STR("@")))
		*out = *apex;
	else if (name_parse_at(s, apex, out) != NAME_OK) {
		(void)docrecord_fault(r, "zone-unparsed-line", name, s, "is not a domain name");
		docrecord_missing(r, apex);
		return false;
	}
	return true;
}

/* Whether the provider makes addresses of a record of TYPE with META. */
static bool
is_flat(struct str type, const struct doc_node *meta)
{
	struct str proxy = doc_text(doc_get(meta, "cloudflare_proxy"));

	if (str_eq(type, STR("ALIAS")) || str_eq(type, STR("ANAME")) ||
	    str_eq(type, STR("R53_ALIAS")) || str_eq(type, STR("AZURE_ALIAS")))
		return true;
	return str_eq(type, STR("CNAME")) &&
	       (str_eq(proxy, STR("on")) || str_eq(proxy, STR("full")));
}

/* How many parts a record of TYPE has; 0 = it is not looked into. */
static size_t
count_fields(uint16_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		while (shapes[i].type == type && n < MAX_DOC_FIELDS && shapes[i].key[n] != NULL)
			n++;
	return n;
}

/* The words of a record of TYPE in RECORD into FIELD; how many. */
static size_t
find_fields(const struct doc_node *record, uint16_t type, struct doc_node *zero,
    const struct doc_node *field[MAX_DOC_FIELDS])
{
	size_t n = 0;

	*zero = (struct doc_node){ .kind = DOC_WORD, .text = STR("0"), .from = record->from };
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		if (shapes[i].type != type)
			continue;
		for (; n < MAX_DOC_FIELDS && shapes[i].key[n] != NULL; n++) {
			field[n] = doc_get(record, shapes[i].key[n]);
			if (field[n] == NULL) /* JSON leaves out what is 0 */
				field[n] = zero;
		}
	}
	return n;
}

/* The words of LIST as one. */
static struct doc_bytes
join(struct docread *r, const struct doc_node *list)
{
	struct doc_bytes out = { .n = 0 };
	size_t room = 1;

	for (const struct doc_node *w = list->first; w != NULL; w = w->next)
		room += w->text.n;
	out.p = arena_alloc(r->l->a, room);
	out.at = arena_array(r->l->a, room, sizeof(*out.at));
	for (const struct doc_node *w = list->first; w != NULL; w = w->next) {
		struct doc_bytes b = docrecord_bytes(r->l->a, r->doc, w);

		memcpy(out.p + out.n, b.p, b.n);
		memcpy(out.at + out.n, b.at, b.n * sizeof(*b.at));
		out.n += b.n;
	}
	return out;
}

/* Whether N is a list of words, one at least. */
static bool
is_words(const struct doc_node *n)
{
	if (n == NULL || n->kind != DOC_LIST || n->first == NULL)
		return false;
	for (n = n->first; n != NULL; n = n->next)
		if (n->kind != DOC_WORD)
			return false;
	return true;
}

/* REC with the text TEXT: a word, or a list of its parts. */
static void
put_text(struct docread *r, struct docrecord *rec, const struct doc_node *text)
{
	struct doc_bytes b;

	rec->from = rec->to = text;
	if (text == NULL || (text->kind != DOC_WORD && !is_words(text))) {
		docrecord_refuse(r, rec, text, "lacks its text");
		return;
	}
	b = text->kind == DOC_WORD ? docrecord_bytes(r->l->a, r->doc, text) : join(r, text);
	docrecord_text(r, rec, &b);
}

/*
 * The text of RECORD; before version 4 its parts stood beside the first of them.  Parts
 * beside anything else are not what a later version publishes.
 */
static const struct doc_node *
text_of(const struct doc_node *record)
{
	const struct doc_node *parts = doc_get(record, "txtstrings");
	const struct doc_node *target = doc_get(record, "target");

	if (is_words(parts) &&
	    (doc_text(target).n == 0 || str_eq(doc_text(target), parts->first->text)))
		return parts;
	return target;
}

static void
read_record(struct docread *r, const struct doc_node *record, uint32_t ttl_s)
{
	const struct doc_node *field[MAX_DOC_FIELDS];
	struct str type = doc_text(doc_get(record, "type"));
	struct docrecord rec = { .type = rdata_type(type), .ttl_s = ttl_s };
	struct doc_node zero;
	size_t n;

	if (type.n == 0 || !owner_of(r, doc_get(record, "name"), &rec.owner))
		return;
	(void)read_position(r, doc_text(doc_get(record, "filepos")), &rec.spot);
	if (!parse_u32(doc_text(doc_get(record, "ttl")), INT32_MAX, &rec.ttl_s) || rec.ttl_s == 0)
		rec.ttl_s = ttl_s;
	if (is_flat(type, doc_get(record, "meta"))) {
		docrecord_flat(r, &rec.owner);
		return;
	}
	if (rec.type == RR_TXT || rec.type == RR_SPF) {
		put_text(r, &rec, text_of(record));
		return;
	}
	if ((n = find_fields(record, rec.type, &zero, field)) == 0) {
		docrecord_unread(r, &rec, true);
		return;
	}
	rec.from = rec.to = doc_get(record, "target");
	if (rec.from == NULL)
		rec.from = rec.to = record;
	(void)docrecord_fields(r, &rec, field, n);
}

/* A raw record: the arguments of its call, the label first. */
static void
read_raw(struct docread *r, const struct doc_node *raw, uint32_t ttl_s)
{
	const struct doc_node *field[MAX_DOC_FIELDS], *args = doc_get(raw, "args"), *a;
	struct docrecord rec = { .type = rdata_type(doc_text(doc_get(raw, "type"))),
		.ttl_s = ttl_s };
	size_t n = 0;

	if (rec.type == 0 || args == NULL || args->kind != DOC_LIST || args->first == NULL ||
	    !owner_of(r, args->first, &rec.owner))
		return; /* redirects and the like are no records */
	(void)read_position(r, doc_text(doc_get(raw, "filepos")), &rec.spot);
	if (rec.type == RR_TXT || rec.type == RR_SPF) {
		put_text(r, &rec, args->first->next);
		return;
	}
	for (a = args->first->next; a != NULL && n < MAX_DOC_FIELDS && a->kind == DOC_WORD;
	     a = a->next)
		field[n++] = a;
	if (n == 0 || n != count_fields(rec.type)) {
		docrecord_unread(r, &rec, true);
		return;
	}
	rec.from = field[0];
	rec.to = field[n - 1];
	(void)docrecord_fields(r, &rec, field, n);
}

static struct zone_text *
read_domain(
    struct zone_load *l, struct str path, const struct doc *d, const struct doc_node *domain)
{
	struct str name = doc_text(doc_get(domain, "name"));
	struct docread r = { .l = l, .doc = d, .file = path };
	const struct doc_node *list, *n;
	struct name apex;
	uint32_t ttl_s;

	/* "example.com!inside" is one of several views of a domain */
	if (idn_parse(str_sub(name, 0, str_find(name, 0, '!')), &apex) != NULL)
		return NULL;
	r.t = docrecord_zone(l, path, &apex, INPUT_DNSCONTROL);
	r.origin = &r.t->apex;
	if (!parse_u32(doc_text(doc_get(domain, "defaultTTL")), INT32_MAX, &ttl_s) || ttl_s == 0)
		ttl_s = DNSCONTROL_TTL;
	list = doc_get(domain, "records");
	for (n = list != NULL && list->kind == DOC_LIST ? list->first : NULL; n != NULL;
	     n = n->next)
		read_record(&r, n, ttl_s);
	list = doc_get(domain, "rawrecords");
	for (n = list != NULL && list->kind == DOC_LIST ? list->first : NULL; n != NULL;
	     n = n->next)
		read_raw(&r, n, ttl_s);
	if (domain->partial)
		docrecord_broken(&r);
	return r.t;
}

struct zone_text *
dnscontrol_read(struct zone_load *l, struct str path, const struct doc *d)
{
	const struct doc_node *domains = doc_get(d->root, "domains");
	struct zone_text *first = NULL, **last = &first;

	for (const struct doc_node *n = domains->first; n != NULL; n = n->next) {
		struct zone_text *t = read_domain(l, path, d, n);

		if (t == NULL)
			continue;
		*last = t;
		last = &t->next;
	}
	return first;
}

struct zone_text *
dnscontrol_read_cache(struct zone_load *l, struct str path, const struct doc *d)
{
	struct docread r = { .l = l, .doc = d, .file = path, .origin = &root };

	r.t = docrecord_zone(l, path, &root, INPUT_SNAPSHOT);
	for (const struct doc_node *k = d->root->first; k != NULL && k->next != NULL;
	     k = k->next->next) {
		struct docrecord rec = { .type = RR_TXT, .ttl_s = DNSCONTROL_TTL };
		struct str text = doc_text(doc_get(k->next, "SPF"));

		/* "" is what DNSControl keeps of a name without a record */
		if (text.n > 0 && name_parse(k->text, &rec.owner) == NAME_OK)
			put_text(&r, &rec, doc_get(k->next, "SPF"));
	}
	return r.t;
}
