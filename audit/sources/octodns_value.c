/* SPDX-License-Identifier: ISC */
/*
 * octodns_value.c - the values of octoDNS records into rdata.
 */
#include "audit/sources/octodns.h"

#define RR_NAPTR 35
#define RR_SSHFP 44

struct field {
	const char *key, *old; /* as it was called before octoDNS 0.9 */
	const char *otherwise; /* what stands for it when it is left out */
};

/* clang-format off */
/* What a value of these types is made of, in the order of the presentation form. */
static const struct shape {
	uint16_t type;
	struct field field[MAX_DOC_FIELDS];
} shapes[] = {
	{ RR_MX, { { "preference", "priority", NULL }, { "exchange", "value", NULL } } },
	{ RR_SRV, { { "priority", NULL, NULL }, { "weight", NULL, NULL }, { "port", NULL, NULL },
	    { "target", NULL, NULL } } },
	{ RR_CAA, { { "flags", NULL, "0" }, { "tag", NULL, NULL }, { "value", NULL, NULL } } },
	{ RR_TLSA, { { "certificate_usage", NULL, "0" }, { "selector", NULL, "0" },
	    { "matching_type", NULL, "0" }, { "certificate_association_data", NULL, NULL } } },
	{ RR_SSHFP, { { "algorithm", NULL, NULL }, { "fingerprint_type", NULL, NULL },
	    { "fingerprint", NULL, NULL } } },
	{ RR_DS, { { "key_tag", NULL, NULL }, { "algorithm", NULL, NULL }, { "digest_type", NULL, NULL },
	    { "digest", NULL, NULL } } },
	{ RR_NAPTR, { { "order", NULL, NULL }, { "preference", NULL, NULL }, { "flags", NULL, "S" },
	    { "service", NULL, NULL }, { "regexp", NULL, NULL }, { "replacement", NULL, NULL } } },
};
/* clang-format on */

static const struct shape *
shape_of(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		if (shapes[i].type == type)
			return &shapes[i];
	return NULL;
}

bool
octodns_field(uint16_t type, struct str key, size_t *out)
{
	const struct shape *s = shape_of(type);

	for (size_t i = 0; s != NULL && i < MAX_DOC_FIELDS && s->field[i].key != NULL; i++)
		if (str_eq(key, str_of(s->field[i].key)) ||
		    (s->field[i].old != NULL && str_eq(key, str_of(s->field[i].old)))) {
			*out = i;
			return true;
		}
	return false;
}

/* The words of the value V, in the order of S, into FIELD; how many. */
static size_t
find_fields(const struct shape *s, const struct doc_node *v, struct doc_node *made,
    const struct doc_node *field[MAX_DOC_FIELDS])
{
	size_t n = 0;

	for (; n < MAX_DOC_FIELDS && s->field[n].key != NULL; n++) {
		const struct field *f = &s->field[n];

		field[n] = doc_get(v, f->key);
		if (field[n] == NULL && f->old != NULL)
			field[n] = doc_get(v, f->old);
		if (field[n] == NULL && f->otherwise != NULL) {
			made[n] =
			    (struct doc_node){ .kind = DOC_WORD, .from = v->from, .to = v->from };
			made[n].text = str_of(f->otherwise);
			field[n] = &made[n];
		}
		if (field[n] == NULL || field[n]->kind != DOC_WORD || doc_is_null(field[n]))
			return n;
	}
	return n;
}

/* The first key of the mapping V that no value of TYPE has; NULL when there is none. */
static const struct doc_node *
unknown_key(uint16_t type, const struct doc_node *v)
{
	size_t field;

	for (const struct doc_node *k = v->first; k != NULL && k->next != NULL; k = k->next->next)
		if (k->kind == DOC_WORD && !str_eq(k->text, STR("<<")) &&
		    !octodns_field(type, k->text, &field))
			return k;
	return NULL;
}

/*
 * Whether HOST is a label and nothing else: here names are whole, octoDNS refuses one without a
 * final dot unless told to be lenient, and no such host takes mail.
 */
static bool
is_bare(struct str host)
{
	return host.n > 0 && str_find(host, 0, '.') == host.n;
}

static void
put_map(struct docread *r, struct docrecord *rec, const struct shape *s, const struct doc_node *v)
{
	const struct doc_node *field[MAX_DOC_FIELDS], *unknown;
	struct doc_node made[MAX_DOC_FIELDS];
	size_t want = 0, n = find_fields(s, v, made, field);

	while (want < MAX_DOC_FIELDS && s->field[want].key != NULL)
		want++;
	if (n < want) {
		struct zone_fault *f;

		unknown = unknown_key(rec->type, v);
		if (unknown == NULL) {
			docrecord_refuse(r, rec, v, "lacks a part of its value");
			return;
		}
		f = docrecord_fault(r,
		    zone_is_mail(wire_of(&rec->owner), rec->type) ? "zone-unknown-mail-key"
								  : "zone-unknown-key",
		    unknown, unknown->text, "is no key of such a value");
		f->owner = rec->owner;
		f->type = rec->type;
		docrecord_unread(r, rec, false);
		return;
	}
	if (rec->type == RR_MX && n > 1 && !rec->lenient && is_bare(field[1]->text)) {
		docrecord_refuse(
		    r, rec, field[1], "is one label without a final dot: write the whole name");
		return;
	}
	rec->from = rec->to = NULL;
	for (size_t i = 0; i < n; i++) {
		if (field[i] == &made[i])
			continue;
		if (rec->from == NULL || field[i]->from < rec->from->from)
			rec->from = field[i];
		if (rec->to == NULL || field[i]->from > rec->to->from)
			rec->to = field[i];
	}
	(void)docrecord_fields(r, rec, field, n);
}

void
octodns_value(struct docread *r, struct docrecord *rec, const struct doc_node *v)
{
	const struct shape *s = shape_of(rec->type);
	struct doc_bytes b;

	rec->from = rec->to = v;
	if (v->kind == DOC_MAP && s != NULL) {
		put_map(r, rec, s, v);
	} else if (v->kind != DOC_WORD || doc_is_null(v)) {
		/* a value of a type that nobody looks into here may be a mapping */
		if (v->kind == DOC_MAP && rec->type != RR_TXT && rec->type != RR_SPF)
			docrecord_unread(r, rec, true);
		else
			docrecord_refuse(r, rec, v, "is no value of such a record");
	} else if (rec->type == RR_TXT || rec->type == RR_SPF) {
		b = docrecord_bytes(r->l->a, r->doc, v);
		docrecord_unquote(&b, false);
		docrecord_text(r, rec, &b);
	} else {
		(void)docrecord_line(r, rec, v);
	}
}
