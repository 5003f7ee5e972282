/* SPDX-License-Identifier: ISC */
/*
 * rr.c - rdata: checked, read and printed.
 */
#include "checks/core/rr.h"

#define MAX_TXT_STRING 255 /* RFC 1035 3.3: one octet of length */

/* clang-format off */
static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ RR_A, "A" },		 { RR_NS, "NS" },	  { RR_CNAME, "CNAME" },
	{ RR_SOA, "SOA" },	 { RR_PTR, "PTR" },	  { RR_MX, "MX" },
	{ RR_TXT, "TXT" },	 { RR_AAAA, "AAAA" },	  { RR_SRV, "SRV" },
	{ RR_DNAME, "DNAME" },	 { RR_DS, "DS" },	  { RR_RRSIG, "RRSIG" },
	{ RR_NSEC, "NSEC" },	 { RR_DNSKEY, "DNSKEY" }, { RR_NSEC3, "NSEC3" },
	{ RR_TLSA, "TLSA" },	 { RR_SPF, "SPF" },	  { RR_CAA, "CAA" },
};
/* clang-format on */

static uint16_t
read_u16(struct str s, size_t at)
{
	return (uint16_t)((uint8_t)s.p[at] << 8 | (uint8_t)s.p[at + 1]);
}

/* Take the uncompressed name at *POS of DATA. */
static bool
plain_name(struct str data, size_t *pos, struct name *out)
{
	size_t start = *pos;

	if (!name_from_wire((const uint8_t *)data.p, data.n, pos, out))
		return false;
	return *pos - start == out->n; /* a pointer takes fewer bytes than the name */
}

/* Whether DATA from FROM on is COUNT names and then REST bytes. */
static bool
is_names(struct str data, size_t from, size_t count, size_t rest)
{
	struct name n;
	size_t pos = from;

	if (data.n < from)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!plain_name(data, &pos, &n))
			return false;
	return data.n - pos == rest;
}

bool
txt_next(struct str data, size_t *pos, struct str *out)
{
	size_t n;

	if (*pos >= data.n)
		return false;
	n = (uint8_t)data.p[*pos];
	if (n > data.n - *pos - 1)
		n = data.n - *pos - 1;
	*out = str_sub(data, *pos + 1, n);
	*pos += n + 1;
	return true;
}

static bool
is_strings(struct str data)
{
	size_t pos = 0;

	while (pos < data.n)
		pos += (size_t)(uint8_t)data.p[pos] + 1;
	return data.n > 0 && pos == data.n;
}

bool
rr_data_ok(uint16_t type, struct str data)
{
	if (data.n > UINT16_MAX)
		return false;
	switch (type) {
	case RR_A:
		return data.n == 4;
	case RR_AAAA:
		return data.n == 16;
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
	case RR_DNAME:
		return is_names(data, 0, 1, 0);
	case RR_MX:
		return is_names(data, 2, 1, 0);
	case RR_SRV:
		return is_names(data, 6, 1, 0);
	case RR_SOA:
		return is_names(data, 0, 2, 20);
	case RR_TXT:
	case RR_SPF:
		return is_strings(data);
	default:
		return true;
	}
}

bool
rr_addr(const struct rr *rr, struct addr *out)
{
	if (rr->type != RR_A && rr->type != RR_AAAA)
		return false;
	*out = (struct addr){ .v6 = rr->type == RR_AAAA };
	memcpy(out->b, rr->data.p, out->v6 ? 16 : 4);
	return true;
}

bool
rr_target(const struct rr *rr, struct name *out)
{
	size_t pos = rr->type == RR_MX ? 2 : 0;

	switch (rr->type) {
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
	case RR_DNAME:
	case RR_MX:
		return plain_name(rr->data, &pos, out);
	default:
		return false;
	}
}

uint16_t
rr_preference(const struct rr *rr)
{
	return rr->type == RR_MX ? read_u16(rr->data, 0) : 0;
}

static void
print_string(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];

		if (c == '"' || c == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, (char)c);
		} else if (c < 0x20 || c > 0x7e) {
			buf_addc(b, '\\');
			buf_addc(b, (char)('0' + c / 100));
			buf_addc(b, (char)('0' + c / 10 % 10));
			buf_addc(b, (char)('0' + c % 10));
		} else {
			buf_addc(b, (char)c);
		}
	}
	buf_addc(b, '"');
}

void
txt_print(struct buf *b, struct str text)
{
	size_t at = 0;

	do {
		if (at > 0)
			buf_addc(b, ' ');
		print_string(b, str_sub(text, at, MAX_TXT_STRING));
		at += MAX_TXT_STRING;
	} while (at < text.n);
}

static void
print_strings(struct buf *b, struct str data)
{
	struct str s;
	size_t pos = 0;

	while (txt_next(data, &pos, &s)) {
		if (s.p != data.p + 1)
			buf_addc(b, ' ');
		print_string(b, s);
	}
}

/* An absolute name, with its final dot, as a zone file takes it. */
static void
print_name(struct buf *b, const struct name *n)
{
	name_print(b, n);
	if (name_labels(n) > 0)
		buf_addc(b, '.');
}

static void
print_names(struct buf *b, struct str data, size_t from, size_t count)
{
	struct name n;
	size_t pos = from;

	for (size_t i = 0; i < count && plain_name(data, &pos, &n); i++) {
		if (i > 0)
			buf_addc(b, ' ');
		print_name(b, &n);
	}
}

static void
print_soa(struct buf *b, struct str data)
{
	print_names(b, data, 0, 2);
	for (size_t at = data.n - 20; at < data.n; at += 4) {
		buf_addc(b, ' ');
		buf_addu(b, (uint64_t)read_u16(data, at) << 16 | read_u16(data, at + 2));
	}
}

/* RFC 3597 section 5. */
static void
print_unknown(struct buf *b, struct str data)
{
	static const char hex[] = "0123456789abcdef";

	buf_adds(b, "\\# ");
	buf_addu(b, data.n);
	for (size_t i = 0; i < data.n; i++) {
		if (i == 0)
			buf_addc(b, ' ');
		buf_addc(b, hex[(uint8_t)data.p[i] >> 4]);
		buf_addc(b, hex[(uint8_t)data.p[i] & 15]);
	}
}

void
rr_print(struct buf *b, const struct rr *rr)
{
	struct addr a;

	switch (rr->type) {
	case RR_A:
	case RR_AAAA:
		if (rr_addr(rr, &a))
			addr_print(b, &a);
		break;
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
	case RR_DNAME:
		print_names(b, rr->data, 0, 1);
		break;
	case RR_MX:
		buf_addu(b, rr_preference(rr));
		buf_addc(b, ' ');
		print_names(b, rr->data, 2, 1);
		break;
	case RR_SRV: /* RFC 2782: priority, weight, port, target */
		for (size_t at = 0; at < 6; at += 2) {
			buf_addu(b, read_u16(rr->data, at));
			buf_addc(b, ' ');
		}
		print_names(b, rr->data, 6, 1);
		break;
	case RR_SOA:
		print_soa(b, rr->data);
		break;
	case RR_TXT:
	case RR_SPF:
		print_strings(b, rr->data);
		break;
	default:
		print_unknown(b, rr->data);
	}
}

void
type_print(struct buf *b, uint16_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type) {
			buf_adds(b, types[i].name);
			return;
		}
	buf_adds(b, "TYPE");
	buf_addu(b, type);
}

uint16_t
type_parse(struct str text)
{
	uint32_t n;

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_ieq(text, str_of(types[i].name)))
			return types[i].type;
	if (str_has_iprefix(text, STR("TYPE")) &&
	    parse_u32(str_sub(text, 4, text.n), UINT16_MAX, &n))
		return (uint16_t)n;
	return 0;
}
