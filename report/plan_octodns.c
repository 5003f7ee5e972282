/* SPDX-License-Identifier: ISC */
/*
 * plan_octodns.c - what is proposed as YAML for octoDNS, a document for each zone.
 *
 * A name has one entry for a type, so an entry holds all of its records.  A text is
 * one value however long it is: octoDNS cuts it into strings itself.  A semicolon
 * stands behind a backslash, as its YamlProvider reads it by default.
 */
#include "report/plan.h"
#include "report/words.h"

/* S as a single-quoted scalar: nothing but a quote means anything inside one. */
static void
quoted_add(struct buf *b, struct str s)
{
	buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_addc(b, '\'');
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, '\'');
}

/* The next byte of what RDATA, strings in quotes, holds; false at the end. */
static bool
next_byte(struct str rdata, size_t *pos, bool *inside, unsigned char *out)
{
	while (*pos < rdata.n) {
		char c = rdata.p[(*pos)++];

		if (c == '"') {
			*inside = !*inside;
			continue;
		}
		if (!*inside && c == ' ')
			continue;
		if (c != '\\' || *pos == rdata.n) {
			*out = (unsigned char)c;
			return true;
		}
		if (ascii_isdigit(rdata.p[*pos]) && *pos + 3 <= rdata.n) {
			uint32_t v = 0;

			(void)parse_u32(str_sub(rdata, *pos, 3), 255, &v);
			*pos += 3;
			*out = (unsigned char)v;
			return true;
		}
		*out = (unsigned char)rdata.p[(*pos)++];
		return true;
	}
	return false;
}

/* The joined text of TXT rdata as octoDNS wants it; false for a byte it would refuse. */
static bool
txt_add(struct buf *b, struct str rdata)
{
	bool inside = false, good = true;
	unsigned char c;
	struct buf text;

	buf_init(&text, 2 * rdata.n + 1);
	for (size_t pos = 0; next_byte(rdata, &pos, &inside, &c);) {
		good = good && c >= 0x20 && c <= 0x7e && c != '\\';
		if (c == ';')
			buf_addc(&text, '\\');
		buf_addc(&text, (char)c);
	}
	if (good)
		quoted_add(b, buf_str(&text));
	buf_free(&text);
	return good;
}

/* One value of an RRset of TYPE; false when octoDNS has no form for it. */
static bool
value_add(struct buf *b, uint16_t type, struct str rdata)
{
	size_t blank = str_find(rdata, 0, ' ');

	switch (type) {
	case RR_TXT:
		return txt_add(b, rdata);
	case RR_MX:
		if (blank == rdata.n)
			return false;
		buf_adds(b, "{exchange: ");
		quoted_add(b, str_sub(rdata, blank + 1, rdata.n));
		buf_adds(b, ", preference: ");
		buf_add(b, str_sub(rdata, 0, blank));
		buf_addc(b, '}');
		return true;
	case RR_A:
	case RR_AAAA:
	case RR_PTR:
	case RR_CNAME:
	case RR_NS:
		quoted_add(b, rdata);
		return true;
	default:
		return false;
	}
}

/* The owner of S below its zone: '' for the apex. */
static void
key_add(struct buf *b, const struct plan_rrset *s)
{
	size_t drop = name_labels(&s->owner) - name_labels(&s->zone);
	struct buf n;

	buf_init(&n, MAX_NAME_TEXT);
	for (size_t i = 0; i < drop; i++) {
		struct name label = { .n = 0 };
		struct str l = name_label(&s->owner, i);

		label.w[0] = (uint8_t)l.n;
		memcpy(label.w + 1, l.p, l.n);
		label.w[l.n + 1] = 0;
		label.n = (uint8_t)(l.n + 2);
		if (i > 0)
			buf_addc(&n, '.');
		name_print(&n, &label);
	}
	quoted_add(b, buf_str(&n));
	buf_free(&n);
}

static void
entry(struct buf *b, const struct plan_rrset *s)
{
	struct buf values;
	bool good = true;

	if (s->n_after == 0) {
		buf_adds(b, "  # take the entry of type ");
		type_print(b, s->type);
		buf_adds(b, " away\n");
		return;
	}
	buf_init(&values, (size_t)1 << 20);
	for (size_t i = 0; i < s->n_after && good; i++) {
		buf_adds(&values, "    - ");
		good = value_add(&values, s->type, s->after[i]);
		buf_addc(&values, '\n');
	}
	if (good) {
		buf_adds(b, "  - type: ");
		type_print(b, s->type);
		buf_adds(b, "\n    ttl: ");
		buf_addu(b, s->ttl_s);
		buf_adds(b, s->type == RR_CNAME ? "\n    value: " : "\n    values:\n");
		buf_add(b, s->type == RR_CNAME ? str_sub(buf_str(&values), 6, values.n)
					       : buf_str(&values));
	} else {
		buf_adds(b, "  # octoDNS has no form for the entry of type ");
		type_print(b, s->type);
		buf_addc(b, '\n');
	}
	buf_free(&values);
}

/* Whether something of the N RRsets at S, all of one name, can be written. */
static void
name_entries(struct buf *b, const struct plan_rrset *s, size_t n)
{
	struct buf entries;

	buf_init(&entries, (size_t)4 << 20);
	for (size_t i = 0; i < n; i++)
		entry(&entries, &s[i]);
	key_add(b, s);
	/* a list of comments alone would be no list */
	buf_adds(b, str_find(buf_str(&entries), 0, '-') < entries.n ? ":\n" : ": []\n");
	buf_add(b, buf_str(&entries));
	buf_free(&entries);
}

static size_t
same_name(const struct plan *p, size_t from, bool zone)
{
	size_t n = 1;

	while (from + n < p->n_rrsets &&
	       (zone ? name_eq(&p->rrsets[from + n].zone, &p->rrsets[from].zone)
		     : name_eq(&p->rrsets[from + n].owner, &p->rrsets[from].owner) &&
			   name_eq(&p->rrsets[from + n].zone, &p->rrsets[from].zone)))
		n++;
	return n;
}

static void
document(struct buf *b, const struct plan *p, size_t from, size_t n)
{
	const struct plan_rrset *s = &p->rrsets[from];

	buf_adds(b, "---\n# into ");
	absolute_add(b, &s->zone);
	buf_adds(b, "yaml, in place of the entries of these types; those of others stay\n");
	if (!s->zone_known)
		buf_adds(b, "# (the zone is not known: the registrable domain is taken for it)\n");
	for (size_t i = from, k; i < from + n; i += k) {
		k = same_name(p, i, false);
		if (!p->rrsets[i].known)
			buf_adds(b, "# what else stands there could not be looked up\n");
		name_entries(b, &p->rrsets[i], k);
	}
}

void
plan_octodns(struct buf *b, const struct plan *p)
{
	if (p->n_rrsets == 0)
		buf_adds(b, "# no change of a record is proposed\n");
	for (size_t i = 0, n; i < p->n_rrsets; i += n) {
		n = same_name(p, i, true);
		document(b, p, i, n);
	}
}
