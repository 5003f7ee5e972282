/* SPDX-License-Identifier: ISC */
/*
 * octodns.c - octoDNS YAML: names, records, keys, included files.
 */
#include "audit/sources/octodns.h"
#include <stdlib.h>
#include "audit/idn.h"
#include "audit/sources/rdata.h"
#include "audit/sources/zonebytes.h"
#include "audit/sources/zoneignore.h"

/* clang-format off */
/* Keys of a record. */
static const char *const record_keys[] = { "type", "value", "values", "ttl", "octodns", "geo", "dynamic" };

/* Records that no name server serves as they stand: the provider makes addresses of them. */
static const char *const made_by_provider[] = { "ALIAS", "ANAME", "URLFWD", "LUA" };
/* clang-format on */

static const struct name root = { .n = 1 };

struct octodns {
	struct docread r;
	unsigned depth; /* of !include */
};

static bool
has_type(const struct doc_node *n)
{
	if (n->kind == DOC_LIST)
		n = n->first;
	return n != NULL && n->kind == DOC_MAP && doc_get(n, "type") != NULL;
}

static bool
is_include(const struct doc_node *n)
{
	return n != NULL && str_eq(n->tag, STR("!include")) && n->kind != DOC_MAP;
}

enum octodns_shape
octodns_shape(const struct doc *d)
{
	const struct doc_node *root_node = d->root;

	if (root_node == NULL || root_node->kind != DOC_MAP) {
		if (d->reason != NULL)
			return OCTODNS_BROKEN;
		if (is_include(root_node))
			return OCTODNS_ZONE;
		return doc_is_null(root_node) ? OCTODNS_EMPTY : OCTODNS_NONE;
	}
	if (doc_get(root_node, "providers") != NULL && doc_get(root_node, "zones") != NULL)
		return OCTODNS_CONFIG;
	for (const struct doc_node *k = root_node->first; k != NULL && k->next != NULL;
	     k = k->next->next)
		if (has_type(k->next) || is_include(k->next))
			return OCTODNS_ZONE;
	if (root_node->n == 0)
		return OCTODNS_EMPTY;
	return d->reason != NULL ? OCTODNS_BROKEN : OCTODNS_NONE;
}

/* S behind its last slash. */
static struct str
base_name(struct str s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/')
			return str_sub(s, i, s.n);
	return s;
}

/* S up to the "._" of example.com._0_base, which is one of several files of a zone. */
static struct str
without_part(struct str s)
{
	for (size_t i = 1; i + 2 < s.n; i++)
		if (s.p[i] == '.' && s.p[i + 1] == '_' && ascii_isdigit(s.p[i + 2]))
			return str_sub(s, 0, i);
	return s;
}

struct name
octodns_zone_of(struct str path)
{
	struct str base = base_name(path), folder = STR("");
	struct name name = { .n = 0 };

	if (base.n < path.n)
		folder = base_name(str_sub(path, 0, path.n - base.n - 1));
	/* a folder example.com. holds the zone in as many files as it has names */
	if (folder.n > 2 && folder.p[folder.n - 1] == '.' && folder.p[folder.n - 2] != '.')
		base = str_sub(folder, 0, folder.n - 1);
	else if (str_has_prefix(base, STR("$")))
		base = str_sub(base, 1, base.n);
	for (size_t i = 0; i < 2; i++) {
		struct str end = i == 0 ? STR(".yaml") : STR(".yml");

		if (base.n > end.n && str_ieq(str_sub(base, base.n - end.n, end.n), end))
			base.n -= end.n;
	}
	base = without_part(base);
	if (base.n > 0 && base.p[base.n - 1] == '.')
		base.n--;
	if (idn_parse(base, &name) != NULL || name_labels(&name) < 2)
		name.n = 0;
	return name;
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* The name that KEY, relative to the zone, means. */
static bool
owner_of(struct octodns *o, const struct doc_node *key, struct name *out)
{
	const struct name *apex = &o->r.t->apex;
	const char *reason = NULL;
	struct buf b;

	if (key->text.n == 0) {
		*out = *apex;
		return true;
	}
	if (key->kind == DOC_WORD && is_ascii(key->text) &&
	    name_parse_at(key->text, apex, out) == NAME_OK && !str_eq(key->text, STR("@")) &&
	    key->text.p[key->text.n - 1] != '.')
		return true;
	buf_init(&b, MAX_NAME_TEXT + MAX_NAME_TEXT);
	if (str_eq(key->text, STR("@"))) {
		reason = "is no name of octoDNS: the top of the zone is ''";
	} else {
		buf_add(&b, key->text);
		if (key->text.p[key->text.n - 1] != '.')
			buf_addc(&b, '.');
		name_print(&b, apex);
		if (b.over || idn_parse(buf_str(&b), out) != NULL)
			reason = "is not a domain name";
	}
	buf_free(&b);
	if (reason == NULL)
		return true;
	(void)docrecord_fault(&o->r, "zone-unparsed-line", key, key->text, reason);
	docrecord_missing(&o->r, apex); /* whoever's they were to be */
	return false;
}

/* REC is lost or unhurt, for KEY is not known.  MEANT: what it may have been to say. */
static void
tell_key(struct octodns *o, const struct docrecord *rec, const struct doc_node *key, bool lost)
{
	bool mail = zone_is_mail(wire_of(&rec->owner), rec->type);
	struct zone_fault *f = docrecord_fault(&o->r,
	    lost && mail ? "zone-unknown-mail-key" : "zone-unknown-key", key, key->text,
	    lost ? "stands where value or values is wanted" : "is passed over by octoDNS");

	f->owner = rec->owner;
	f->type = rec->type;
}

/* The keys of the record MAP that octoDNS does not know; how many. */
static size_t
tell_keys(struct octodns *o, const struct docrecord *rec, const struct doc_node *map, bool lost)
{
	size_t n = 0;

	for (const struct doc_node *k = map->first; k != NULL && k->next != NULL;
	     k = k->next->next) {
		bool known = k->kind != DOC_WORD || str_eq(k->text, STR("<<"));

		for (size_t i = 0; i < ARRAY_LEN(record_keys) && !known; i++)
			known = str_eq(k->text, str_of(record_keys[i]));
		if (!known && n++ < MAX_ZONE_FAULTS)
			tell_key(o, rec, k, lost);
	}
	return n;
}

/* Whether a provider makes what is served at a record of TYPE and its octodns: META. */
static bool
is_flat(struct str type, const struct doc_node *meta)
{
	for (size_t i = 0; i < ARRAY_LEN(made_by_provider); i++)
		if (str_eq(type, str_of(made_by_provider[i])))
			return true;
	if (str_find(type, 0, '/') < type.n)
		return true;
	return str_eq(type, STR("CNAME")) &&
	       doc_is_true(doc_get(doc_get(meta, "cloudflare"), "proxied"));
}

/*
 * The document that the word N includes, beside the file it stands in.  *SUB is the
 * reader of it; NULL, and told, when it cannot be read.
 */
static const struct doc_node *
enter(struct octodns *o, const struct doc_node *n, struct octodns *sub)
{
	struct doc *d = arena_alloc(o->r.l->a, sizeof(*d));
	const char *reason = NULL;
	struct zone_fault *f;
	struct zone_bytes file;

	*sub = *o;
	if (++sub->depth > MAX_INCLUDE_DEPTH)
		reason = "included deeper than is read";
	else if (o->r.l->includes++ >= MAX_INCLUDES)
		reason = "is one file more than is read";
	else
		reason = zonebytes_include(o->r.l, o->r.file, n->text, &file);
	if (reason != NULL) {
		f = docrecord_fault(&o->r, "zone-include", n, n->text, reason);
		f->owner = o->r.t->apex;
		docrecord_missing(&o->r, &o->r.t->apex);
		return NULL;
	}
	sub->r.file = file.path;
	zonebytes_keep(o->r.l, file.path, file.text, INPUT_OCTODNS);
	doc_yaml(o->r.l->a, file.text, d);
	sub->r.doc = d;
	docrecord_broken(&sub->r);
	return d->root;
}

/* N, or what it includes, each given to TAKE with the reader of its file. */
static void
each(struct octodns *o, const struct doc_node *n, struct docrecord *rec,
    void (*take)(struct octodns *o, const struct doc_node *n, struct docrecord *rec))
{
	struct octodns sub;
	const struct doc_node *got;

	if (!is_include(n)) {
		take(o, n, rec);
		return;
	}
	if (n->kind == DOC_WORD) {
		if ((got = enter(o, n, &sub)) != NULL)
			each(&sub, got, rec, take); /* MAX_INCLUDE_DEPTH bounds it */
		return;
	}
	for (const struct doc_node *i = n->first; i != NULL; i = i->next)
		if (i->kind == DOC_WORD && (got = enter(o, i, &sub)) != NULL)
			each(&sub, got, rec, take);
}

static void
take_value(struct octodns *o, const struct doc_node *v, struct docrecord *rec)
{
	if (v->kind == DOC_LIST) {
		for (const struct doc_node *i = v->first; i != NULL; i = i->next)
			if (i->kind != DOC_LIST)
				each(o, i, rec, take_value);
		return;
	}
	if (!v->partial)
		octodns_value(&o->r, rec, v);
}

static void
read_values(struct octodns *o, const struct doc_node *map, struct docrecord *rec)
{
	const struct doc_node *v = doc_get(map, "values");

	if (doc_is_null(v))
		v = doc_get(map, "value");
	if (doc_is_null(v) || (v->kind == DOC_LIST && v->n == 0)) {
		docrecord_unread(&o->r, rec, false);
		if (tell_keys(o, rec, map, true) == 0)
			docrecord_refuse(&o->r, rec, map, "has no value");
		return;
	}
	(void)tell_keys(o, rec, map, false);
	each(o, v, rec, take_value);
}

static void
take_record(struct octodns *o, const struct doc_node *map, struct docrecord *rec)
{
	struct str type = doc_text(doc_get(map, "type")), ttl = doc_text(doc_get(map, "ttl"));
	const struct doc_node *meta = doc_get(map, "octodns");

	if (map->kind == DOC_LIST) {
		for (const struct doc_node *i = map->first; i != NULL; i = i->next)
			if (i->kind != DOC_LIST)
				each(o, i, rec, take_record);
		return;
	}
	if (map->partial)
		return;
	rec->type = 0;
	rec->ttl_s = OCTODNS_TTL;
	if (map->kind != DOC_MAP || type.n == 0) {
		docrecord_refuse(
		    &o->r, rec, map, map->kind != DOC_MAP ? "is no record" : "has no type");
		docrecord_missing(&o->r, &rec->owner);
		return;
	}
	rec->type = rdata_type(type);
	if (is_flat(type, meta)) {
		docrecord_flat(&o->r, &rec->owner);
		return;
	}
	if (rec->type == 0) {
		docrecord_refuse(&o->r, rec, doc_get(map, "type"), "is not a record type");
		docrecord_missing(&o->r, &rec->owner);
		return;
	}
	if (ttl.n > 0 && !rdata_time(ttl, &rec->ttl_s))
		rec->ttl_s = OCTODNS_TTL;
	rec->lenient = doc_is_true(doc_get(meta, "lenient"));
	/* a record that is `ignored` is written down as the provider has it */
	read_values(o, map, rec);
}

/* What stands at a name that stands once more further down: the last one counts. */
static void
tell_lost(struct octodns *o, const struct doc_node *map, struct docrecord *rec)
{
	struct str type = doc_text(doc_get(map, "type"));
	struct zone_fault *f;
	bool mail;

	if (map->kind == DOC_LIST) {
		for (const struct doc_node *i = map->first; i != NULL; i = i->next)
			if (i->kind != DOC_LIST)
				each(o, i, rec, tell_lost);
		return;
	}
	if (rdata_type(type) == 0)
		return;
	mail = zone_is_mail(wire_of(&rec->owner), rdata_type(type));
	f = docrecord_fault(
	    &o->r, mail ? "zone-key-twice" : "zone-key-twice-other", map, type, NULL);
	f->owner = rec->owner;
	f->type = rdata_type(type);
}

static int
cmp_keys(const void *va, const void *vb)
{
	const struct doc_node *const *a = va, *const *b = vb;
	int c = str_cmp((*a)->text, (*b)->text);

	return c != 0 ? c : (*a)->from < (*b)->from ? -1 : (*a)->from > (*b)->from;
}

/* The keys of MAP, sorted; those alike as they stand. */
static const struct doc_node **
sort_keys(struct arena *a, const struct doc_node *map, size_t *n)
{
	const struct doc_node **key = arena_array(a, map->n / 2 + 1, sizeof(const void *));

	*n = 0;
	for (const struct doc_node *k = map->first; k != NULL && k->next != NULL; k = k->next->next)
		key[(*n)++] = k;
	if (*n > 1)
		qsort(key, *n, sizeof(const void *), cmp_keys);
	return key;
}

/* The key behind K of the N sorted ones that is the same; NULL = K is the last. */
static const struct doc_node *
same_behind(const struct doc_node *const *key, size_t n, const struct doc_node *k)
{
	size_t low = 0, high = n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (cmp_keys(&key[mid], &k) <= 0)
			low = mid;
		else
			high = mid;
	}
	return low + 1 < n && str_eq(key[low + 1]->text, k->text) ? key[low + 1] : NULL;
}

/* Whether A and B say the same; MAX_DOC_DEPTH bounds the recursion. */
static bool
is_alike(const struct doc_node *a, const struct doc_node *b)
{
	const struct doc_node *i = a->first, *k = b->first;

	if (a->kind != b->kind || a->n != b->n || a->size != b->size || !str_eq(a->text, b->text))
		return false;
	for (; i != NULL && k != NULL; i = i->next, k = k->next)
		if (!is_alike(i, k))
			return false;
	return true;
}

static void
take_names(struct octodns *o, const struct doc_node *map, struct docrecord *rec)
{
	const struct doc_node **key, *again;
	size_t n;

	if (map->kind != DOC_MAP)
		return;
	key = sort_keys(o->r.l->a, map, &n);
	for (const struct doc_node *k = map->first; k != NULL && k->next != NULL;
	     k = k->next->next) {
		*rec = (struct docrecord){ .type = 0 };
		if (!owner_of(o, k, &rec->owner))
			continue;
		again = same_behind(key, n, k);
		if (again == NULL)
			each(o, k->next, rec, take_record);
		else if (!is_alike(k->next, again->next))
			each(o, k->next, rec, tell_lost);
	}
}

struct zone_text *
octodns_read(struct zone_load *l, struct str path, const struct name *apex, const struct doc *d)
{
	struct octodns o = { .r = { .l = l, .doc = d, .file = path, .origin = &root } };
	struct docrecord rec = { .type = 0 };

	o.r.t = docrecord_zone(l, path, apex, INPUT_OCTODNS);
	docrecord_broken(&o.r);
	if (d->root != NULL)
		each(&o, d->root, &rec, take_names);
	zoneignore_doc(&o.r);
	return o.r.t;
}
