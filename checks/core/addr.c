/* SPDX-License-Identifier: ISC */
/*
 * addr.c - IP addresses and prefixes.
 */
#include "checks/core/addr.h"

static size_t
octets(const struct addr *a)
{
	return a->v6 ? 16 : 4;
}

/* Take the decimal octet at *POS of TEXT; *POS moves behind its digits. */
static enum addr_error
take_octet(struct str text, size_t *pos, uint8_t *out)
{
	size_t from = *pos;
	unsigned v = 0;

	for (; *pos < text.n && ascii_isdigit(text.p[*pos]); ++*pos)
		if (v <= 255)
			v = v * 10 + (unsigned)(text.p[*pos] - '0');
	if (*pos == from)
		return ADDR_SYNTAX;
	*out = (uint8_t)v;
	if (*pos - from > 1 && text.p[from] == '0')
		return ADDR_LEADING_ZERO;
	return v > 255 ? ADDR_RANGE : ADDR_OK;
}

/* The four octets of TEXT into OUT; a fault of form beats one of value. */
static enum addr_error
parse_quad(struct str text, uint8_t out[4])
{
	enum addr_error worst = ADDR_OK;
	size_t pos = 0;

	for (size_t i = 0; i < 4; i++) {
		enum addr_error e;

		if (i > 0 && (pos >= text.n || text.p[pos++] != '.'))
			return ADDR_SYNTAX;
		e = take_octet(text, &pos, &out[i]);
		if (e == ADDR_SYNTAX)
			return e;
		worst = worst == ADDR_OK ? e : worst;
	}
	return pos == text.n ? worst : ADDR_SYNTAX;
}

enum addr_error
addr_parse4(struct str text, struct addr *out)
{
	struct addr a = { .v6 = false };
	enum addr_error e = parse_quad(text, a.b);

	if (e == ADDR_OK)
		*out = a;
	return e;
}

static int
hex_digit(char c)
{
	c = ascii_lower(c);
	if (ascii_isdigit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to four hexadecimal digits, all of TEXT. */
static bool
parse_group(struct str text, uint8_t out[2])
{
	unsigned v = 0;

	if (text.n == 0 || text.n > 4)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int d = hex_digit(text.p[i]);

		if (d < 0)
			return false;
		v = v << 4 | (unsigned)d;
	}
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)(v & 0xff);
	return true;
}

/*
 * The groups of TEXT, separated by ':', into OUT, which has room for ROOM
 * octets; *N octets were written.  The last may be a dotted quad.
 */
static enum addr_error
parse_groups(struct str text, uint8_t *out, size_t room, size_t *n)
{
	*n = 0;
	for (size_t pos = 0; pos <= text.n;) {
		size_t end = str_find(text, pos, ':');
		struct str group = str_sub(text, pos, end - pos);

		if (end == text.n && str_find(group, 0, '.') < group.n) {
			if (room - *n < 4)
				return ADDR_SYNTAX;
			*n += 4;
			return parse_quad(group, out + *n - 4);
		}
		if (room - *n < 2 || !parse_group(group, out + *n))
			return ADDR_SYNTAX;
		*n += 2;
		pos = end + 1;
	}
	return ADDR_OK;
}

/* Offset of the "::" of TEXT; TEXT.n when there is none. */
static size_t
find_gap(struct str text)
{
	for (size_t i = 0; i + 1 < text.n; i++)
		if (text.p[i] == ':' && text.p[i + 1] == ':')
			return i;
	return text.n;
}

enum addr_error
addr_parse6(struct str text, struct addr *out)
{
	struct addr a = { .v6 = true };
	size_t gap = find_gap(text), head = 0, tail = 0;
	struct str left = str_sub(text, 0, gap), right = str_sub(text, gap + 2, text.n);
	/* "::" stands for one group at least. */
	size_t room = gap == text.n ? 16 : 14;
	uint8_t end[16];
	enum addr_error e = ADDR_OK;

	if (gap == text.n || left.n > 0)
		e = parse_groups(left, a.b, room, &head);
	if (e == ADDR_OK && right.n > 0)
		e = parse_groups(right, end, room - head, &tail);
	if (e != ADDR_OK)
		return e;
	/* A dotted quad is the end of an address, never what stands before "::". */
	if (gap == text.n ? head != 16 : str_find(left, 0, '.') < left.n)
		return ADDR_SYNTAX;
	if (tail > 0)
		memcpy(a.b + 16 - tail, end, tail);
	*out = a;
	return ADDR_OK;
}

enum addr_error
addr_parse(struct str text, struct addr *out)
{
	return str_find(text, 0, ':') < text.n ? addr_parse6(text, out) : addr_parse4(text, out);
}

static void
print_quad(struct buf *b, const uint8_t *q)
{
	char text[16], *p = text; /* 255.255.255.255 and a dot */

	for (size_t i = 0; i < 4; i++) {
		unsigned v = q[i];

		if (v >= 10) {
			if (v >= 100) {
				*p++ = (char)('0' + v / 100);
				v %= 100;
			}
			*p++ = (char)('0' + v / 10);
			v %= 10;
		}
		*p++ = (char)('0' + v);
		*p++ = '.';
	}
	buf_add(b, (struct str){ text, (size_t)(p - text) - 1 });
}

static unsigned
group_of(const struct addr *a, size_t i)
{
	return (unsigned)a->b[2 * i] << 8 | a->b[2 * i + 1];
}

/* The longest run of two or more zero groups, the first of equals; *LEN 0 if none. */
static size_t
zero_run(const struct addr *a, size_t *len)
{
	size_t best = 0, n = 0;

	*len = 0;
	for (size_t i = 0; i < 8; i++) {
		n = group_of(a, i) == 0 ? n + 1 : 0;
		if (n >= 2 && n > *len) {
			*len = n;
			best = i + 1 - n;
		}
	}
	return best;
}

static void
print_group(struct buf *b, unsigned v)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift > 0 && v >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		buf_addc(b, digits[v >> shift & 15]);
}

static const struct prefix mapped = { .addr = { .v6 = true, .b = { [10] = 0xff, [11] = 0xff } },
	.bits = 96 };

void
addr_print(struct buf *b, const struct addr *a)
{
	size_t len, run;

	if (!a->v6) {
		print_quad(b, a->b);
		return;
	}
	if (prefix_has(&mapped, a)) { /* RFC 5952 5 */
		buf_adds(b, "::ffff:");
		print_quad(b, a->b + 12);
		return;
	}
	run = zero_run(a, &len);
	for (size_t i = 0; i < 8;) {
		if (len > 0 && i == run) {
			buf_adds(b, "::");
			i += len;
			continue;
		}
		if (i > 0 && (len == 0 || i != run + len))
			buf_addc(b, ':');
		print_group(b, group_of(a, i++));
	}
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return addr_cmp(a, b) == 0;
}

int
addr_cmp(const struct addr *a, const struct addr *b)
{
	if (a->v6 != b->v6)
		return a->v6 ? 1 : -1;
	return memcmp(a->b, b->b, octets(a));
}

struct addr
addr_unmap(const struct addr *a)
{
	struct addr out = { .v6 = false };

	if (!prefix_has(&mapped, a))
		return *a;
	memcpy(out.b, a->b + 12, 4);
	return out;
}

bool
addr_is_among(const struct addr *list, size_t n, const struct addr *ip)
{
	struct addr wanted = addr_unmap(ip);

	for (size_t i = 0; i < n; i++) {
		struct addr a = addr_unmap(&list[i]);

		if (addr_eq(&a, &wanted))
			return true;
	}
	return false;
}

struct space {
	struct prefix p;
	enum addr_space space;
};

/* First match wins; the registries of RFC 6890 as IANA keeps them. */
/* clang-format off */
static const struct space spaces4[] = {
	{ { { false, { 0 } }, 32 }, ADDR_UNSPECIFIED },
	{ { { false, { 0 } }, 8 }, ADDR_RESERVED },		/* "this network" */
	{ { { false, { 10 } }, 8 }, ADDR_PRIVATE },
	{ { { false, { 100, 64 } }, 10 }, ADDR_SHARED },	/* RFC 6598 */
	{ { { false, { 127 } }, 8 }, ADDR_LOOPBACK },
	{ { { false, { 169, 254 } }, 16 }, ADDR_LINK_LOCAL },
	{ { { false, { 172, 16 } }, 12 }, ADDR_PRIVATE },
	{ { { false, { 192, 0, 0 } }, 24 }, ADDR_RESERVED },	/* protocol assignments */
	{ { { false, { 192, 0, 2 } }, 24 }, ADDR_DOCUMENTATION },
	{ { { false, { 192, 88, 99 } }, 24 }, ADDR_RESERVED },	/* 6to4 relays, RFC 7526 */
	{ { { false, { 192, 168 } }, 16 }, ADDR_PRIVATE },
	{ { { false, { 198, 18 } }, 15 }, ADDR_RESERVED },	/* benchmarking */
	{ { { false, { 198, 51, 100 } }, 24 }, ADDR_DOCUMENTATION },
	{ { { false, { 203, 0, 113 } }, 24 }, ADDR_DOCUMENTATION },
	{ { { false, { 224 } }, 4 }, ADDR_MULTICAST },
	{ { { false, { 240 } }, 4 }, ADDR_RESERVED },
};
static const struct space spaces6[] = {
	{ { { true, { 0 } }, 128 }, ADDR_UNSPECIFIED },
	{ { { true, { [15] = 1 } }, 128 }, ADDR_LOOPBACK },
	{ { { true, { 0, 0x64, 0xff, 0x9b } }, 96 }, ADDR_PUBLIC },	/* NAT64, RFC 6052 */
	{ { { true, { 0, 0x64, 0xff, 0x9b, 0, 1 } }, 48 }, ADDR_PRIVATE },	/* RFC 8215 */
	{ { { true, { 0x20, 0x01, 0x0d, 0xb8 } }, 32 }, ADDR_DOCUMENTATION },
	{ { { true, { 0x20, 0x01 } }, 23 }, ADDR_RESERVED },	/* protocol assignments, Teredo */
	{ { { true, { 0x3f, 0xff } }, 20 }, ADDR_DOCUMENTATION },	/* RFC 9637 */
	{ { { true, { 0x20 } }, 3 }, ADDR_PUBLIC },		/* RFC 4291 2.4: global unicast */
	{ { { true, { 0xfc } }, 7 }, ADDR_PRIVATE },		/* RFC 4193 */
	{ { { true, { 0xfe, 0x80 } }, 10 }, ADDR_LINK_LOCAL },
	{ { { true, { 0xfe, 0xc0 } }, 10 }, ADDR_PRIVATE },	/* site-local, RFC 3879 */
	{ { { true, { 0xff } }, 8 }, ADDR_MULTICAST },
	{ { { true, { 0 } }, 0 }, ADDR_RESERVED },		/* mapped, discard, not assigned */
};
/* clang-format on */

enum addr_space
addr_space(const struct addr *a)
{
	const struct space *rows = a->v6 ? spaces6 : spaces4;
	size_t n = a->v6 ? ARRAY_LEN(spaces6) : ARRAY_LEN(spaces4);

	for (size_t i = 0; i < n; i++)
		if (prefix_has(&rows[i].p, a))
			return rows[i].space;
	return ADDR_PUBLIC;
}

bool
addr_is_of_host(const struct addr *a)
{
	enum addr_space space = addr_space(a);

	if (space == ADDR_UNSPECIFIED || space == ADDR_MULTICAST)
		return false;
	return a->v6 || (a->b[0] != 0 && a->b[0] < 240);
}

bool
addr_is_seen_from_outside(const struct addr *a)
{
	enum addr_space space = addr_space(a);

	return space != ADDR_PRIVATE && space != ADDR_LOOPBACK && space != ADDR_LINK_LOCAL &&
	       space != ADDR_SHARED && addr_is_of_host(a);
}

const char *
addr_space_name(enum addr_space s)
{
	static const char *const names[] = {
		[ADDR_PUBLIC] = "public",
		[ADDR_PRIVATE] = "private",
		[ADDR_LOOPBACK] = "loopback",
		[ADDR_UNSPECIFIED] = "unspecified",
		[ADDR_LINK_LOCAL] = "link-local",
		[ADDR_MULTICAST] = "multicast",
		[ADDR_DOCUMENTATION] = "documentation",
		[ADDR_SHARED] = "shared",
		[ADDR_RESERVED] = "reserved",
	};

	return names[s];
}

bool
prefix_has(const struct prefix *p, const struct addr *a)
{
	size_t whole = p->bits / 8U;
	unsigned rest = p->bits % 8U;

	if (p->addr.v6 != a->v6 || p->bits > octets(a) * 8 || memcmp(p->addr.b, a->b, whole) != 0)
		return false;
	return rest == 0 || (p->addr.b[whole] ^ a->b[whole]) >> (8 - rest) == 0;
}

bool
prefix_has_host_bits(const struct prefix *p)
{
	for (size_t i = p->bits; i < octets(&p->addr) * 8; i++)
		if ((p->addr.b[i / 8] >> (7 - i % 8) & 1) != 0)
			return true;
	return false;
}

void
prefix_print(struct buf *b, const struct prefix *p)
{
	addr_print(b, &p->addr);
	buf_addc(b, '/');
	buf_addu(b, p->bits);
}

/* Put the labels of octet V at W, the last digit first for nibbles; their length. */
static size_t
put_octet(uint8_t *w, uint8_t v, bool nibbles)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t len = v < 10 ? 1 : v < 100 ? 2 : 3;

	if (nibbles) {
		w[0] = w[2] = 1;
		w[1] = (uint8_t)digits[v & 15];
		w[3] = (uint8_t)digits[v >> 4];
		return 4;
	}
	w[0] = len;
	for (size_t at = len; at > 0; at--, v /= 10)
		w[at] = (uint8_t)digits[v % 10];
	return len + 1U;
}

bool
addr_reverse(const struct addr *a, const struct name *zone, struct name *out)
{
	struct name name = { 0 };
	size_t n = 0;

	for (size_t i = octets(a); i-- > 0;)
		n += put_octet(name.w + n, a->b[i], a->v6);
	if (zone->n == 0 || n + zone->n > MAX_NAME_WIRE) {
		out->n = 0;
		return false;
	}
	memcpy(name.w + n, zone->w, zone->n);
	name.n = (uint8_t)(n + zone->n);
	*out = name;
	return true;
}

struct name
addr_ptr_name(const struct addr *a)
{
	struct name zone, out;

	name_parse(a->v6 ? STR("ip6.arpa") : STR("in-addr.arpa"), &zone);
	addr_reverse(a, &zone, &out);
	return out;
}
