/* SPDX-License-Identifier: ISC */
/*
 * name.c - domain names in wire form.
 */
#include "checks/core/name.h"

#define LABEL_TYPE 0xc0 /* RFC 1035 4.1.4: 00 a label, 11 a pointer, the rest nothing */

/*
 * No name needs more pointers than one before each label and one before the root.  A
 * message of 64 KiB has room for 8,000 in a row, and for 4,000 owners that begin there.
 */
#define MAX_POINTERS (MAX_LABELS + 1)

static const struct name root = { .n = 1 };

/* The bytes that nearly all names are made of, in lower case; 0 = another. */
/* clang-format off */
static const uint8_t plain[256] = {
	['-'] = '-', ['_'] = '_',
	['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
	['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g',
	['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
	['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
	['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
	['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g',
	['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n',
	['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u',
	['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};
/* clang-format on */

/*
 * A name being built.  W[LABEL] is the place of the length octet of the label
 * begun; it is 0 until that label ends, and so is a root label as it stands.
 */
struct draft {
	struct name name;
	size_t n, label;
};

static void
draft_begin(struct draft *d)
{
	d->name.n = 0;
	d->name.w[0] = 0;
	d->label = 0;
	d->n = 1;
}

static enum name_error
draft_byte(struct draft *d, char c)
{
	if (d->n - d->label > MAX_LABEL)
		return NAME_LABEL_LONG;
	if (d->n >= MAX_NAME_WIRE - 1) /* one octet is for the root */
		return NAME_LONG;
	d->name.w[d->n++] = (uint8_t)ascii_lower(c);
	return NAME_OK;
}

static enum name_error
draft_dot(struct draft *d)
{
	if (d->n - d->label == 1)
		return NAME_EMPTY_LABEL;
	d->name.w[d->label] = (uint8_t)(d->n - d->label - 1);
	d->label = d->n;
	d->name.w[d->n++] = 0;
	return NAME_OK;
}

/* End the name: absolute as it stands after a dot, else below ORIGIN. */
static enum name_error
draft_end(struct draft *d, const struct name *origin, struct name *out)
{
	if (d->n - d->label > 1) {
		d->name.w[d->label] = (uint8_t)(d->n - d->label - 1);
		if (origin->n == 0)
			return NAME_EMPTY;
		if (d->n + origin->n > MAX_NAME_WIRE)
			return NAME_LONG;
		memcpy(d->name.w + d->n, origin->w, origin->n);
		d->n += origin->n;
	}
	memcpy(out->w, d->name.w, d->n);
	out->n = (uint8_t)d->n;
	return NAME_OK;
}

/* The byte that the escape at *I of TEXT stands for; *I moves to its last byte. */
static enum name_error
unescape(struct str text, size_t *i, char *c)
{
	uint32_t v;

	if (*i + 1 >= text.n)
		return NAME_ESCAPE;
	if (!ascii_isdigit(text.p[*i + 1])) {
		*c = text.p[++*i];
		return NAME_OK;
	}
	if (text.n - *i < 4 || !parse_u32(str_sub(text, *i + 1, 3), 255, &v))
		return NAME_ESCAPE;
	*i += 3;
	*c = (char)(unsigned char)v;
	return NAME_OK;
}

/* Take the letters, digits, '-' and '_' of TEXT from AT on that there is room for; their number. */
static size_t
draft_plain(struct draft *d, struct str text, size_t at)
{
	size_t room = MAX_LABEL + 1 - (d->n - d->label), n = 0;
	size_t left = d->n < MAX_NAME_WIRE - 1 ? MAX_NAME_WIRE - 1 - d->n : 0;

	if (room > left)
		room = left;
	if (room > text.n - at)
		room = text.n - at;
	for (; n < room; n++) {
		uint8_t c = plain[(uint8_t)text.p[at + n]];

		if (c == 0)
			break;
		d->name.w[d->n + n] = c;
	}
	d->n += n;
	return n;
}

/* Read all of TEXT, with escapes or without, into D. */
static enum name_error
draft_text(struct draft *d, struct str text, bool escapes)
{
	enum name_error e = NAME_OK;

	draft_begin(d);
	for (size_t i = 0; i < text.n && e == NAME_OK; i++) {
		char c;

		i += draft_plain(d, text, i);
		if (i == text.n)
			break;
		c = text.p[i];
		if (c == '.') {
			e = draft_dot(d);
			continue;
		}
		if (c == '\\' && escapes)
			e = unescape(text, &i, &c);
		if (e == NAME_OK)
			e = draft_byte(d, c);
	}
	return e;
}

static enum name_error
parse(struct str text, bool escapes, const struct name *origin, struct name *out)
{
	struct draft d;
	enum name_error e;

	if (text.n == 0) {
		out->n = 0;
		return NAME_EMPTY;
	}
	if (str_eq(text, STR("."))) {
		*out = root;
		return NAME_OK;
	}
	e = draft_text(&d, text, escapes);
	if (e == NAME_OK)
		e = draft_end(&d, origin, out);
	if (e != NAME_OK)
		out->n = 0;
	return e;
}

enum name_error
name_parse(struct str text, struct name *out)
{
	return parse(text, true, &root, out);
}

enum name_error
name_parse_at(struct str text, const struct name *origin, struct name *out)
{
	return parse(text, true, origin, out);
}

enum name_error
name_parse_raw(struct str text, struct name *out)
{
	return parse(text, false, &root, out);
}

enum name_error
name_prefix(struct str labels, const struct name *base, struct name *out)
{
	struct draft d;
	enum name_error e = labels.n == 0 ? NAME_EMPTY : draft_text(&d, labels, true);

	if (e == NAME_OK && d.n - d.label == 1)
		e = NAME_EMPTY_LABEL; /* it ended in a dot */
	if (e == NAME_OK)
		e = draft_end(&d, base, out);
	if (e != NAME_OK)
		out->n = 0;
	return e;
}

/*
 * Step over the pointer at *AT; it must lead before FROM, where this run of
 * labels began, so that each leads further back and there is an end.
 */
static bool
follow(const uint8_t *msg, size_t len, size_t *at, size_t *from)
{
	size_t to;

	if (len - *at < 2)
		return false;
	to = (size_t)(msg[*at] & ~LABEL_TYPE) << 8 | msg[*at + 1];
	if (to >= *from)
		return false;
	*at = *from = to;
	return true;
}

/* The N bytes at FROM to TO, in lower case; eight at a time. */
static void
copy_lower(uint8_t *to, const uint8_t *from, size_t n)
{
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		uint64_t c;

		memcpy(&c, from + i, 8);
		c = ascii_lower_eight(c);
		memcpy(to + i, &c, 8);
	}
	for (; i < n; i++)
		to[i] = (uint8_t)ascii_lower((char)from[i]);
}

/*
 * Where the labels that begin at AT end: at the root's or a pointer's first octet.  LEN
 * when they leave the message, or are longer than a name may be.
 */
static size_t
end_of_labels(const uint8_t *msg, size_t len, size_t at)
{
	size_t most = len - at > MAX_NAME_WIRE ? at + MAX_NAME_WIRE : len;

	while (at < most && msg[at] != 0 && msg[at] <= MAX_LABEL)
		at += 1 + (size_t)msg[at];
	return at < most ? at : len;
}

static bool
from_wire(const uint8_t *msg, size_t len, size_t *pos, struct name *out)
{
	size_t at = *pos, from = at, end = 0, n = 0;

	for (size_t pointers = 0;; pointers++) {
		size_t stop = at < len ? end_of_labels(msg, len, at) : len;

		if (stop >= len || n + (stop - at) >= MAX_NAME_WIRE)
			return false;
		copy_lower(out->w + n, msg + at, stop - at); /* a length is below 'A' */
		n += stop - at;
		at = stop;
		if (msg[at] == 0)
			break;
		end = end == 0 ? at + 2 : end;
		if (msg[at] < LABEL_TYPE || pointers == MAX_POINTERS ||
		    !follow(msg, len, &at, &from))
			return false;
	}
	out->w[n++] = 0;
	out->n = (uint8_t)n;
	*pos = end == 0 ? at + 1 : end;
	return true;
}

bool
name_from_wire(const uint8_t *msg, size_t len, size_t *pos, struct name *out)
{
	if (from_wire(msg, len, pos, out))
		return true;
	out->n = 0;
	return false;
}

/* Whether C is a byte that RFC 1035 5.1 gives a meaning in a file. */
static bool
is_special(uint8_t c)
{
	return c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' ||
	       c == '$';
}

/* How many of the N bytes at P stand in a text as they are. */
static size_t
plain_run(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && (plain[p[i]] != 0 || (p[i] > ' ' && p[i] <= '~' && !is_special(p[i]))))
		i++;
	return i;
}

/* Append the byte C of a label as RFC 1035 5.1 writes it. */
static void
print_byte(struct buf *b, uint8_t c)
{
	const char seq[4] = { '\\', (char)('0' + c / 100), (char)('0' + c / 10 % 10),
		(char)('0' + c % 10) };

	if (c <= ' ' || c > '~') {
		buf_add(b, (struct str){ seq, sizeof(seq) });
		return;
	}
	if (is_special(c))
		buf_addc(b, '\\');
	buf_addc(b, (char)c);
}

/* The labels of NAME to P, a dot behind each; false when a byte must be escaped. */
static bool
print_plain(char *p, const struct name *name)
{
	for (size_t at = 0; at < name->n && name->w[at] != 0;) {
		size_t n = name->w[at++];

		if (plain_run(name->w + at, n) < n)
			return false;
		memcpy(p, name->w + at, n);
		p[n] = '.';
		p += n + 1;
		at += n;
	}
	return true;
}

void
name_print(struct buf *b, const struct name *name)
{
	if (name->n > 1 && !b->over && b->room - b->n >= name->n &&
	    print_plain(b->p + b->n, name)) {
		b->n += name->n - 2U; /* nearly always; without the last dot */
		return;
	}
	if (name->n == 1)
		buf_addc(b, '.');
	for (size_t at = 0; at < name->n && name->w[at] != 0; at += name->w[at] + 1U) {
		if (at > 0)
			buf_addc(b, '.');
		for (size_t i = 0; i < name->w[at]; i++) {
			const uint8_t *p = name->w + at + 1 + i;
			size_t n = plain_run(p, name->w[at] - i);

			buf_add(b, (struct str){ (const char *)p, n });
			i += n;
			if (i < name->w[at])
				print_byte(b, p[n]);
		}
	}
}

struct str
name_text(struct arena *a, const struct name *name)
{
	char text[MAX_NAME_TEXT];
	/* All the room it may have is there, so it takes none from the heap. */
	struct buf b = { .p = text, .room = sizeof(text), .max = sizeof(text) };

	name_print(&b, name);
	return arena_str(a, buf_str(&b));
}

/* The offsets of the labels of NAME into AT; their number. */
static size_t
label_offsets(const struct name *name, uint8_t at[MAX_LABELS])
{
	size_t n = 0;

	for (size_t i = 0; i < name->n && name->w[i] != 0; i += name->w[i] + 1U)
		at[n++] = (uint8_t)i;
	return n;
}

/* The label whose length octet stands at offset AT. */
static struct str
label_at(const struct name *name, size_t at)
{
	return (struct str){ (const char *)name->w + at + 1, name->w[at] };
}

int
name_cmp(const struct name *a, const struct name *b)
{
	uint8_t at_a[MAX_LABELS], at_b[MAX_LABELS];
	size_t n = label_offsets(a, at_a), m = label_offsets(b, at_b);

	while (n > 0 && m > 0) {
		int d = str_cmp(label_at(a, at_a[--n]), label_at(b, at_b[--m]));

		if (d != 0)
			return d;
	}
	if (n != m)
		return n > m ? 1 : -1;
	return (a->n > b->n) - (a->n < b->n); /* no name, the root */
}

size_t
name_labels(const struct name *name)
{
	uint8_t at[MAX_LABELS];

	return label_offsets(name, at);
}

bool
name_is_below(const struct name *name, const struct name *zone)
{
	size_t at = 0;

	if (zone->n == 0 || name->n < zone->n)
		return false;
	while (name->n - at > zone->n)
		at += name->w[at] + 1U;
	return name->n - at == zone->n && memcmp(name->w + at, zone->w, zone->n) == 0;
}

struct name
name_parent(const struct name *name, size_t drop)
{
	struct name out = { 0 };
	size_t at = 0;

	for (; drop > 0 && at < name->n && name->w[at] != 0; drop--)
		at += name->w[at] + 1U;
	out.n = (uint8_t)(name->n - at);
	memcpy(out.w, name->w + at, out.n);
	return out;
}

struct str
name_label(const struct name *name, size_t i)
{
	uint8_t at[MAX_LABELS];

	return i < label_offsets(name, at) ? label_at(name, at[i]) : STR("");
}

bool
name_is_set(const struct name *name)
{
	return name->n > 1;
}

static bool
is_host_label(struct str s, bool underscore)
{
	if (s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '-' && !(underscore && s.p[i] == '_'))
			return false;
	return true;
}

bool
name_is_hostname(const struct name *name, bool underscore)
{
	if (!name_is_set(name))
		return false;
	for (size_t at = 0; name->w[at] != 0; at += name->w[at] + 1U)
		if (!is_host_label(label_at(name, at), underscore))
			return false;
	return true;
}
