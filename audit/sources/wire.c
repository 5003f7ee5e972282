/* SPDX-License-Identifier: ISC */
/*
 * wire.c - DNS messages as bytes.
 *
 * Hand-written because it runs for every question of a fleet; it knows only
 * what an audit needs and refuses what it cannot bound.
 */
#include "audit/sources/wire.h"

#include "checks/core/rr.h"

#define FLAG_QR 0x8000
#define FLAG_OPCODE 0x7800
#define FLAG_AA 0x0400
#define FLAG_TC 0x0200
#define FLAG_RD 0x0100
#define FLAG_RA 0x0080
#define FLAG_AD 0x0020

#define POINTER 0xc0      /* RFC 1035 4.1.4: the first octet of a pointer has both bits */
#define OPTION_EDE 15     /* RFC 8914 2 */
#define SOA_TIMES 20      /* bytes behind the names of a SOA record */
#define MAX_RDATA_NAMES 2 /* names in one rdata of a type in the table below */

/*
 * Where names stand in rdata: BEFORE bytes, STRINGS character-strings, NAMES
 * names, AFTER bytes, and nothing else.
 */
struct layout {
	uint16_t type;
	uint8_t before, strings, names, after;
};

/* clang-format off */
static const struct layout layouts[] = {
	{ .type = RR_A,     .before = 4 },
	{ .type = RR_NS,    .names = 1 },
	{ .type = 3,        .names = 1 },			/* MD */
	{ .type = 4,        .names = 1 },			/* MF */
	{ .type = RR_CNAME, .names = 1 },
	{ .type = RR_SOA,   .names = 2, .after = SOA_TIMES },
	{ .type = 7,        .names = 1 },			/* MB */
	{ .type = 8,        .names = 1 },			/* MG */
	{ .type = 9,        .names = 1 },			/* MR */
	{ .type = RR_PTR,   .names = 1 },
	{ .type = 14,       .names = 2 },			/* MINFO */
	{ .type = RR_MX,    .before = 2, .names = 1 },
	{ .type = 17,       .names = 2 },			/* RP */
	{ .type = 18,       .before = 2, .names = 1 },		/* AFSDB */
	{ .type = 21,       .before = 2, .names = 1 },		/* RT */
	{ .type = 26,       .before = 2, .names = 2 },		/* PX */
	{ .type = RR_AAAA,  .before = 16 },
	{ .type = RR_SRV,   .before = 6, .names = 1 },
	{ .type = 35,       .before = 4, .strings = 3, .names = 1 },	/* NAPTR */
	{ .type = 36,       .before = 2, .names = 1 },		/* KX */
	{ .type = RR_DNAME, .names = 1 },
};
/* clang-format on */

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static size_t
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return 2;
}

bool
wire_name_ok(const struct name *name)
{
	size_t pos = 0;

	if (name->n == 0)
		return false;
	while (pos < name->n && name->w[pos] != 0) {
		if (name->w[pos] > MAX_LABEL)
			return false;
		pos += 1 + (size_t)name->w[pos];
	}
	return pos + 1 == name->n;
}

#define EACH(c) (UINT64_C(0x0101010101010101) * (c))
#define BIT_OF_EACH UINT64_C(0x8040201008040201) /* bit I in byte I */

/*
 * The name of Q as it is sent, eight bytes at a time where the name has room for
 * them.  Length octets are below 'a' and pass through.
 */
static void
cased_name(const struct wire_query *q, uint8_t out[MAX_NAME_WIRE])
{
	size_t i = 0;

	for (; i < q->name->n && i + 8 <= MAX_NAME_WIRE; i += 8) {
		uint64_t c, bits = (q->case_bits >> i % 64 & 0xff) * EACH(1) & BIT_OF_EACH;
		uint64_t letter;

		memcpy(&c, q->name->w + i, 8);
		letter = ~c & ((c & EACH(0x7f)) + EACH(0x80 - 'a')) &
			 ~((c & EACH(0x7f)) + EACH(0x7f - 'z')) & (bits + EACH(0x7f));
		c ^= (letter & EACH(0x80)) >> 2;
		memcpy(out + i, &c, 8);
	}
	for (; i < q->name->n; i++) {
		uint8_t c = q->name->w[i];
		unsigned letter = c >= 'a' && c <= 'z';

		/* without a branch, which would be guessed wrong half the time */
		out[i] = (uint8_t)(c ^ (letter & (unsigned)(q->case_bits >> i % 64)) << 5);
	}
}

size_t
wire_query_build(const struct wire_query *q, uint8_t out[MAX_WIRE_QUERY])
{
	size_t n = 0;

	n += put16(out + n, q->id);
	n += put16(out + n, (q->direct ? 0u : FLAG_RD) | FLAG_AD);
	n += put16(out + n, 1);
	n += put16(out + n, 0);
	n += put16(out + n, 0);
	n += put16(out + n, q->edns ? 1 : 0);
	cased_name(q, out + n);
	n += q->name->n;
	n += put16(out + n, q->type);
	n += put16(out + n, WIRE_CLASS_IN);
	if (q->edns) {
		out[n++] = 0;
		n += put16(out + n, WIRE_TYPE_OPT);
		n += put16(out + n, WIRE_EDNS_SIZE);
		n += put16(out + n, 0); /* RCODE, version 0 */
		n += put16(out + n, 0); /* flags: DO off, no signatures are wanted */
		n += put16(out + n, 0);
	}
	return n;
}

bool
wire_header_read(const uint8_t *msg, size_t len, struct wire_header *out)
{
	if (len < WIRE_HEADER)
		return false;
	out->id = get16(msg);
	out->flags = get16(msg + 2);
	for (size_t i = 0; i < ARRAY_LEN(out->count); i++)
		out->count[i] = get16(msg + 4 + 2 * i);
	out->rcode = out->flags & 0x0f;
	out->qr = (out->flags & FLAG_QR) != 0;
	out->aa = (out->flags & FLAG_AA) != 0;
	out->tc = (out->flags & FLAG_TC) != 0;
	out->ra = (out->flags & FLAG_RA) != 0;
	out->ad = (out->flags & FLAG_AD) != 0;
	return true;
}

/* Whether NAME, in whatever case, stands in full at byte AT of MSG. */
static bool
has_name_at(const uint8_t *msg, size_t len, size_t at, const struct name *name)
{
	size_t i = 0;

	if (at > len || len - at < name->n)
		return false;
	for (; i + 8 <= name->n; i += 8) {
		uint64_t c, want;

		memcpy(&c, msg + at + i, 8);
		memcpy(&want, name->w + i, 8);
		if (ascii_lower_eight(c) != want)
			return false;
	}
	for (; i < name->n; i++)
		if ((uint8_t)ascii_lower((char)msg[at + i]) != name->w[i])
			return false;
	return true;
}

/* Whether the question at MSG is that of Q, as sent or but for case. */
static enum wire_match
match_question(const struct wire_query *q, const uint8_t *msg, size_t len)
{
	uint8_t sent[MAX_NAME_WIRE];
	size_t n = q->name->n;
	const uint8_t *p = msg + WIRE_HEADER;

	if (len < WIRE_HEADER + n + 4 || get16(p + n) != q->type ||
	    get16(p + n + 2) != WIRE_CLASS_IN)
		return WIRE_NOT_OURS;
	cased_name(q, sent);
	if (memcmp(p, sent, n) == 0)
		return WIRE_OURS;
	return has_name_at(msg, len, WIRE_HEADER, q->name) ? WIRE_CASE : WIRE_NOT_OURS;
}

enum wire_match
wire_match(const struct wire_query *q, const uint8_t *msg, size_t len)
{
	struct wire_header h;

	if (!wire_header_read(msg, len, &h) || h.id != q->id || !h.qr ||
	    (h.flags & FLAG_OPCODE) != 0)
		return WIRE_NOT_OURS;
	if (h.count[0] == 1)
		return match_question(q, msg, len);
	if (h.count[0] != 0)
		return WIRE_NOT_OURS;
	switch (h.rcode) {
	case RCODE_FORMERR:
	case RCODE_SERVFAIL:
	case RCODE_NOTIMP:
	case RCODE_REFUSED:
		return WIRE_OURS;
	default:
		return WIRE_NOT_OURS;
	}
}

/* Read the name in the question, which W is at: most likely EXPECTED as it stands. */
static bool
read_asked(struct wire_walk *w, const struct name *expected)
{
	if (expected == NULL || !has_name_at(w->msg, w->len, w->pos, expected))
		return name_from_wire(w->msg, w->len, &w->pos, &w->asked);
	name_copy(&w->asked, expected);
	w->pos += expected->n;
	return true;
}

bool
wire_walk_init(struct wire_walk *w, const uint8_t *msg, size_t len, const struct name *expected)
{
	struct wire_header h;

	w->msg = msg;
	w->len = len;
	w->pos = WIRE_HEADER;
	w->asked.n = 0;
	if (!wire_header_read(msg, len, &h) || h.count[0] > 1)
		return false;
	if (h.count[0] == 1) {
		if (!read_asked(w, expected) || len - w->pos < 4)
			return false;
		w->pos += 4;
	}
	for (size_t i = 0; i < WIRE_SECTIONS; i++)
		w->left[i] = h.count[i + 1];
	return true;
}

/* Move *POS over the name there; whether its pointers lead anywhere is not looked at. */
static bool
skip_name(const uint8_t *msg, size_t len, size_t *pos)
{
	size_t at = *pos;

	while (at < len && msg[at] != 0 && msg[at] <= MAX_LABEL)
		at += 1 + (size_t)msg[at];
	if (at >= len || (msg[at] > MAX_LABEL && msg[at] < POINTER))
		return false;
	at += msg[at] == 0 ? 1 : 2;
	if (at > len)
		return false;
	*pos = at;
	return true;
}

/* Nearly always the owner is a pointer to the name in the question. */
static bool
is_of_asked(const struct wire_walk *w, const struct wire_rr *rr)
{
	return w->asked.n > 0 && get16(w->msg + rr->owner_at) == (POINTER << 8 | WIRE_HEADER);
}

bool
wire_owner(const struct wire_walk *w, const struct wire_rr *rr, struct name *out)
{
	size_t pos = rr->owner_at;

	if (!is_of_asked(w, rr))
		return name_from_wire(w->msg, w->len, &pos, out);
	name_copy(out, &w->asked);
	return true;
}

bool
wire_owner_is(const struct wire_walk *w, const struct wire_rr *rr, const struct name *name)
{
	struct name owner;

	if (is_of_asked(w, rr))
		return name_eq(&w->asked, name);
	return wire_owner(w, rr, &owner) && name_eq(&owner, name);
}

enum wire_step
wire_next(struct wire_walk *w, struct wire_rr *out)
{
	unsigned section = WIRE_ANSWER;
	const uint8_t *p;

	while (section < WIRE_SECTIONS && w->left[section] == 0)
		section++;
	if (section == WIRE_SECTIONS)
		return WIRE_END;
	w->left[section]--;
	out->section = (enum wire_section)section;
	out->owner_at = w->pos;
	if (!skip_name(w->msg, w->len, &w->pos) || w->len - w->pos < 10)
		return WIRE_BROKEN;
	p = w->msg + w->pos;
	out->type = get16(p);
	out->class = get16(p + 2);
	out->ttl_s = get32(p + 4);
	out->n = get16(p + 8);
	out->at = w->pos + 10;
	if (out->ttl_s > INT32_MAX && out->type != WIRE_TYPE_OPT)
		out->ttl_s = 0; /* RFC 2181 8 */
	if (w->len - out->at < out->n)
		return WIRE_BROKEN;
	w->pos = out->at + out->n;
	return WIRE_RR;
}

/* Move *POS over N character-strings of the LEN bytes at P. */
static bool
skip_strings(const uint8_t *p, size_t len, unsigned n, size_t *pos)
{
	for (; n > 0; n--) {
		if (*pos >= len || len - *pos < 1 + (size_t)p[*pos])
			return false;
		*pos += 1 + (size_t)p[*pos];
	}
	return true;
}

/* RFC 1035 3.3.14: one or more character-strings, which fill the rdata. */
static bool
is_txt(const uint8_t *p, size_t len)
{
	size_t pos = 0;

	do {
		if (!skip_strings(p, len, 1, &pos))
			return false;
	} while (pos < len);
	return true;
}

/*
 * Copy rdata of layout L with its names in full.  Names are read from the
 * message cut at the end of the rdata, so none reaches beyond it.
 */
static bool
expand(const struct wire_walk *w, const struct wire_rr *rr, const struct layout *l, struct arena *a,
    struct str *out)
{
	size_t end = rr->at + rr->n, pos = rr->at + l->before;
	char *p = arena_alloc(a, (size_t)rr->n + MAX_RDATA_NAMES * MAX_NAME_WIRE);
	size_t n;
	struct name name;

	if (pos > end || !skip_strings(w->msg, end, l->strings, &pos))
		return false;
	n = pos - rr->at;
	memcpy(p, w->msg + rr->at, n);
	for (unsigned i = 0; i < l->names; i++) {
		if (!name_from_wire(w->msg, end, &pos, &name))
			return false;
		memcpy(p + n, name.w, name.n);
		n += name.n;
	}
	if (end - pos != l->after)
		return false;
	memcpy(p + n, w->msg + pos, l->after);
	*out = (struct str){ p, n + l->after };
	return true;
}

bool
wire_rdata(const struct wire_walk *w, const struct wire_rr *rr, struct arena *a, struct str *out)
{
	*out = (struct str){ (const char *)w->msg + rr->at, rr->n };
	if (rr->type == RR_TXT || rr->type == RR_SPF)
		return is_txt(w->msg + rr->at, rr->n);
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		if (layouts[i].type == rr->type)
			return expand(w, rr, &layouts[i], a, out);
	return true;
}

bool
wire_soa_minimum(const struct wire_walk *w, const struct wire_rr *rr, uint32_t *out)
{
	size_t end = rr->at + rr->n, pos = rr->at;

	for (unsigned names = 0; names < 2; names++) /* MNAME, RNAME */
		if (!skip_name(w->msg, end, &pos))
			return false;
	if (end - pos != SOA_TIMES)
		return false;
	*out = get32(w->msg + end - 4);
	return true;
}

bool
wire_opt_read(const struct wire_walk *w, const struct wire_rr *rr, struct wire_opt *out)
{
	const uint8_t *p = w->msg + rr->at;
	size_t left = rr->n;

	*out = (struct wire_opt){ .present = true };
	out->rcode_high = (uint8_t)(rr->ttl_s >> 24);
	out->version = (uint8_t)(rr->ttl_s >> 16);
	while (left > 0) {
		size_t n;

		if (left < 4 || left - 4 < get16(p + 2))
			return false;
		n = get16(p + 2);
		if (get16(p) == OPTION_EDE && n >= 2 && get16(p + 4) < 64)
			out->errors |= UINT64_C(1) << get16(p + 4);
		p += 4 + n;
		left -= 4 + n;
	}
	return true;
}
