/* SPDX-License-Identifier: ISC */
/*
 * str.h - string views and ASCII helpers.
 *
 * A struct str is a view: not NUL-terminated, any byte, owned by somebody
 * else.  Protocol text is ASCII, so nothing here knows a locale.
 */
#ifndef CHECKS_CORE_STR_H
#define CHECKS_CORE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct str {
	const char *p;
	size_t n;
};

/* A view of a string literal. */
#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })

/* A view of the NUL-terminated string C; the empty view for NULL. */
static inline struct str
str_of(const char *c)
{
	return c == NULL ? STR("") : (struct str){ c, strlen(c) };
}

/* The part of S from byte FROM, at most LEN bytes; cut to what S holds. */
static inline struct str
str_sub(struct str s, size_t from, size_t len)
{
	if (s.p == NULL)
		return s;
	if (from > s.n)
		from = s.n;
	if (len > s.n - from)
		len = s.n - from;
	return (struct str){ s.p + from, len };
}

/* S without blanks (space, tab, CR, LF) at either end. */
static inline struct str
str_trim(struct str s)
{
	const uint64_t blank = UINT64_C(1) << ' ' | 1u << '\t' | 1u << '\r' | 1u << '\n';

	while (s.n > 0 && (uint8_t)s.p[s.n - 1] <= ' ' && (blank >> s.p[s.n - 1] & 1) != 0)
		s.n--;
	while (s.n > 0 && (uint8_t)s.p[0] <= ' ' && (blank >> s.p[0] & 1) != 0) {
		s.p++;
		s.n--;
	}
	return s;
}

/* Whether A and B hold the same bytes / the same but for ASCII case. */
static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n &&
	       (a.n == 0 || (a.p != NULL && b.p != NULL && memcmp(a.p, b.p, a.n) == 0));
}
bool str_ieq(struct str a, struct str b);

/* Whether S begins with PREFIX, bytes as they are / but for ASCII case. */
static inline bool
str_has_prefix(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}
bool str_has_iprefix(struct str s, struct str prefix);

/* Whether S ends with SUFFIX, letters of either case. */
bool str_has_isuffix(struct str s, struct str suffix);

/* Total order by unsigned bytes, a prefix before what it begins; < 0, 0, > 0. */
int str_cmp(struct str a, struct str b);

/* Offset of the first byte C in S from FROM on; S.n when there is none. */
size_t str_find(struct str s, size_t from, char c);

/* The byte C in lower case if it is an ASCII capital. */
static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The same of eight bytes at once. */
static inline uint64_t
ascii_lower_eight(uint64_t c)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80, low = c & ~high;

	/* the high bit of each byte that is a letter: from 'A' on, and not behind 'Z' */
	return c | ((low + each * (0x80 - 'A')) & ~(low + each * (0x7f - 'Z')) & ~c & high) >> 2;
}

/* ASCII classes; false for every byte over 0x7f.  Here, because parsers ask of every byte. */
static inline bool
ascii_isdigit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_isalpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
ascii_isalnum(char c)
{
	return ascii_isalpha(c) || ascii_isdigit(c);
}

/* Space or tab. */
static inline bool
ascii_isblank(char c)
{
	return c == ' ' || c == '\t';
}

/* 0x20 to 0x7e. */
static inline bool
ascii_isprint(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

/*
 * Read the whole of S as a decimal number of at most MAX into *OUT.  False,
 * and *OUT untouched, when S is empty, has another byte, or exceeds MAX.
 * Leading zeros are taken; a caller whose grammar forbids them looks itself.
 */
bool parse_u32(struct str s, uint32_t max, uint32_t *out);

#endif
