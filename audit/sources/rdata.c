/* SPDX-License-Identifier: ISC */
/*
 * rdata.c - rdata in presentation form to wire form, by a table of fields.
 */
#include "audit/sources/rdata.h"
#include "checks/core/addr.h"
#include "checks/core/buf.h"

#define MAX_STRING 255 /* RFC 1035 3.3: a character-string has one length octet */

/*
 * Fields of a type, one letter each: n name, 1 2 4 unsigned of so many octets,
 * t time, a IPv4 address, A IPv6 address, g tag (RFC 8659 4.1), s bytes to the
 * end of the rdata, x hexadecimal to the end.
 */
/* clang-format off */
static const struct form {
	uint16_t type;
	const char *fields;
	bool has_name;
} forms[] = {
	{ RR_A, "a", false },
	{ RR_AAAA, "A", false },
	{ RR_MX, "2n", true },
	{ RR_NS, "n", true },
	{ RR_CNAME, "n", true },
	{ RR_PTR, "n", true },
	{ RR_DNAME, "n", true },
	{ RR_SRV, "222n", true },
	{ RR_SOA, "nn4tttt", true },
	{ RR_CAA, "1gs", false },
	{ RR_TLSA, "111x", false },
};
/* clang-format on */

struct reader {
	struct buf *b;
	const struct rdata_in *in;
	size_t at; /* the token that is next */
	const char *reason;
};

static bool
fail(struct reader *r, const char *reason)
{
	r->reason = reason;
	return false;
}

static void
put_u16(struct buf *b, uint32_t v)
{
	buf_addc(b, (char)(v >> 8));
	buf_addc(b, (char)v);
}

bool
rdata_time(struct str word, uint32_t *out)
{
	uint64_t total = 0, part = 0;
	bool digits = false, any = false;

	for (size_t i = 0; i < word.n; i++) {
		char c = ascii_lower(word.p[i]);
		uint32_t unit = c == 's'   ? 1
				: c == 'm' ? 60
				: c == 'h' ? 3600
				: c == 'd' ? 86400
				: c == 'w' ? 604800
					   : 0;

		if (ascii_isdigit(c)) {
			part = part * 10 + (uint64_t)(c - '0');
			digits = any = true;
		} else if (unit != 0 && digits) {
			total += part * unit;
			part = 0;
			digits = false;
		} else {
			return false;
		}
		if (part > INT32_MAX || total > INT32_MAX)
			return false;
	}
	total += part;
	if (!any || total > INT32_MAX)
		return false;
	*out = (uint32_t)total;
	return true;
}

uint16_t
rdata_type(struct str word)
{
	uint16_t t = type_parse(word);

	if (t == 0)
		t = rdata_ldns_type(word);
	/* RFC 6895 3.1: 128 to 255 are questions and meta types, OPT is of messages */
	if ((t >= 128 && t <= 255) || t == 41)
		return 0;
	return t;
}

static bool
take_number(struct reader *r, struct str raw, unsigned octets)
{
	uint32_t max = octets == 1 ? UINT8_MAX : octets == 2 ? UINT16_MAX : UINT32_MAX, v;

	if (!parse_u32(raw, max, &v))
		return fail(r, octets == 1   ? "is not a number from 0 to 255"
			       : octets == 2 ? "is not a number from 0 to 65535"
					     : "is not a number of 32 bits");
	for (unsigned i = octets; i-- > 0;)
		buf_addc(r->b, (char)(v >> (8 * i)));
	return true;
}

static bool
take_time(struct reader *r, struct str raw)
{
	uint32_t v;

	if (!rdata_time(raw, &v))
		return fail(r, "is not a time in seconds");
	put_u16(r->b, v >> 16);
	put_u16(r->b, v & 0xffff);
	return true;
}

static bool
take_name(struct reader *r, struct str raw)
{
	struct name name;
	bool at = str_eq(raw, STR("@"));
	enum name_error e = NAME_OK;

	if (at && r->in->origin->n > 0)
		name = *r->in->origin;
	else if (r->in->origin->n > 0)
		e = name_parse_at(raw, r->in->origin, &name);
	else if (at || raw.n == 0 || raw.p[raw.n - 1] != '.')
		return fail(r, "is a relative name, and no $ORIGIN stands before it");
	else
		e = name_parse(raw, &name);
	if (e == NAME_LONG || e == NAME_LABEL_LONG)
		return fail(r, "is longer than a name or a label may be");
	if (e != NAME_OK)
		return fail(r, "is not a domain name");
	buf_add(r->b, (struct str){ (const char *)name.w, name.n });
	return true;
}

static bool
take_address(struct reader *r, struct str raw, bool v6)
{
	struct addr a;

	if (v6 ? addr_parse6(raw, &a) != ADDR_OK : addr_parse4(raw, &a) != ADDR_OK)
		return fail(r, v6 ? "is not an IPv6 address" : "is not an IPv4 address");
	buf_add(r->b, (struct str){ (const char *)a.b, v6 ? 16 : 4 });
	return true;
}

/* The bytes of RAW, escapes undone. */
static bool
take_bytes(struct reader *r, struct str raw)
{
	size_t pos = 0;
	uint8_t c;

	while (zonelex_byte(raw, &pos, &c))
		buf_addc(r->b, (char)c);
	return pos == raw.n ? true : fail(r, "has a bad escape");
}

/* RFC 8659 4.1: letters and digits, matched without case. */
static bool
take_tag(struct reader *r, struct str raw)
{
	if (raw.n == 0 || raw.n > MAX_STRING)
		return fail(r, "is not a property tag");
	buf_addc(r->b, (char)raw.n);
	for (size_t i = 0; i < raw.n; i++) {
		if (!ascii_isalnum(raw.p[i]))
			return fail(r, "is not a property tag");
		buf_addc(r->b, raw.p[i]);
	}
	return true;
}

static int
hex_value(char c)
{
	c = ascii_lower(c);
	if (ascii_isdigit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* All tokens that are left as one run of hex digits. */
static bool
take_hex(struct reader *r)
{
	int high = -1;

	for (; r->at < r->in->n; r->at++) {
		struct str raw = r->in->token[r->at].raw;

		for (size_t i = 0; i < raw.n; i++) {
			int v = hex_value(raw.p[i]);

			if (v < 0)
				return fail(r, "is not hexadecimal");
			if (high >= 0)
				buf_addc(r->b, (char)(high << 4 | v));
			high = high >= 0 ? -1 : v;
		}
	}
	return high < 0 ? true : fail(r, "an odd number of hexadecimal digits");
}

static bool
take_field(struct reader *r, char field)
{
	struct str raw;

	if (r->at >= r->in->n)
		return fail(r, "a field is missing");
	if (field == 'x')
		return take_hex(r);
	raw = r->in->token[r->at].raw;
	if (field == 'n'                   ? !take_name(r, raw)
	    : field == 'a' || field == 'A' ? !take_address(r, raw, field == 'A')
	    : field == 't'                 ? !take_time(r, raw)
	    : field == 'g'                 ? !take_tag(r, raw)
	    : field == 's'                 ? !take_bytes(r, raw)
					   : !take_number(r, raw, (unsigned)(field - '0')))
		return false;
	r->at++;
	return true;
}

static bool
take_form(struct reader *r, const char *fields)
{
	for (; *fields != '\0'; fields++)
		if (!take_field(r, *fields))
			return false;
	return r->at == r->in->n ? true : fail(r, "is more than the type has room for");
}

/* RFC 3597 5: \# LENGTH HEX. */
static bool
take_unknown(struct reader *r)
{
	uint32_t len;

	r->at = 1;
	if (r->in->n < 2 || !parse_u32(r->in->token[1].raw, MAX_RDATA, &len))
		return fail(r, "is not the length of the rdata");
	r->at = 2;
	if (!take_hex(r))
		return false;
	return r->b->n == len ? true : fail(r, "the length told is not that of the rdata");
}

/* Whether DATA is one or more character-strings. */
static bool
are_strings(struct str data)
{
	size_t pos = 0;

	while (pos < data.n)
		pos += 1 + (size_t)(uint8_t)data.p[pos];
	return data.n > 0 && pos == data.n;
}

/* The growing table of where the text stands. */
struct places {
	struct arena *a;
	struct rr_pos *pos;
	size_t n, cap;
};

static void
add_place(struct places *p, size_t offset, uint32_t line, uint32_t column)
{
	struct rr_pos *last = p->n > 0 ? &p->pos[p->n - 1] : NULL;

	if (last == NULL || last->offset != offset) {
		(void)arena_grow(p->a, &p->pos, p->n, &p->cap, sizeof(*p->pos));
		last = &p->pos[p->n++];
	}
	*last = (struct rr_pos){ .offset = (uint32_t)offset, .line = line, .column = column };
}

/* One string of a TXT; *TEXT counts the bytes of the joined text. */
static bool
take_string(struct reader *r, struct places *p, size_t *text, bool *cut)
{
	const struct ztoken *t = &r->in->token[r->at];
	uint32_t column = t->column + (t->quoted ? 1 : 0);
	size_t pos = 0, length_at = r->b->n, n = 0;
	uint8_t c;

	buf_addc(r->b, 0);
	add_place(p, *text, t->line, column);
	while (pos < t->raw.n) {
		size_t from = pos;

		if (!zonelex_byte(t->raw, &pos, &c))
			return fail(r, "has a bad escape");
		if (n == MAX_STRING) {
			*cut = true;
			r->b->p[length_at] = (char)MAX_STRING;
			length_at = r->b->n;
			n = 0;
			buf_addc(r->b, 0);
		}
		buf_addc(r->b, (char)c);
		if (r->b->over)
			return fail(r, "is longer than a record may be");
		n++;
		if (pos - from > 1 || (t->escaped && t->raw.p[from] == '\\')) {
			add_place(p, *text, t->line, column + (uint32_t)from);
			add_place(p, *text + 1, t->line, column + (uint32_t)pos);
		}
		(*text)++;
	}
	if (r->b->over)
		return fail(r, "is longer than a record may be");
	r->b->p[length_at] = (char)n;
	return true;
}

static bool
take_text(struct reader *r, struct arena *a, struct rdata *out)
{
	struct places p = { .a = a };
	size_t text = 0;

	if (r->in->n == 0)
		return fail(r, "the text is missing");
	for (; r->at < r->in->n; r->at++)
		if (!take_string(r, &p, &text, &out->long_string))
			return false;
	if (p.n > 0 && p.pos[p.n - 1].offset == text && text > 0)
		p.n--; /* behind the last byte stands nothing */
	out->pos = p.pos;
	out->n_pos = p.n;
	return true;
}

static const struct form *
form_of(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].type == type)
			return &forms[i];
	return NULL;
}

static bool
take_any(struct reader *r, struct arena *a, struct rdata *out)
{
	const struct rdata_in *in = r->in;
	const struct form *form = form_of(in->type);
	bool is_text = in->type == RR_TXT || in->type == RR_SPF;

	if (in->n > 0 && !in->token[0].quoted && str_eq(in->token[0].raw, STR("\\#"))) {
		if (form != NULL && form->has_name)
			return fail(r, "names in RFC 3597 form are not read");
		if (!take_unknown(r))
			return false;
		return !is_text || are_strings((struct str){ r->b->p, r->b->n })
			   ? true
			   : fail(r, "is not made of character-strings");
	}
	if (is_text)
		return take_text(r, a, out);
	if (form != NULL)
		return take_form(r, form->fields);
	r->at = 0;
	return rdata_by_ldns(r->b, in) ? true : fail(r, "is not rdata of this type");
}

bool
rdata_parse(struct arena *a, struct buf *b, const struct rdata_in *in, struct rdata *out)
{
	struct reader r = { .b = b, .in = in };

	*out = (struct rdata){ .reason = NULL };
	buf_reset(b);
	if (take_any(&r, a, out) && b->over)
		r.reason = "is longer than a record may be";
	out->reason = r.reason;
	out->bad = r.at;
	if (r.reason != NULL)
		return false;
	out->data = arena_str(a, (struct str){ b->p, b->n });
	return true;
}

struct str
rdata_text(struct arena *a, struct str data)
{
	size_t pos = 0, n = 0;
	struct str s;
	char *to;

	if (data.n > 0 && (size_t)(uint8_t)data.p[0] + 1 == data.n)
		return str_sub(data, 1, data.n);
	to = arena_alloc(a, data.n + 1);
	while (txt_next(data, &pos, &s)) {
		if (s.n > 0)
			memcpy(to + n, s.p, s.n);
		n += s.n;
	}
	return (struct str){ to, n };
}
