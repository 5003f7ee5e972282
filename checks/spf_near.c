/* SPDX-License-Identifier: ISC */
/*
 * spf_near.c - near misses of the version, and the few that can be cured.
 */
#include "checks/spf_near.h"

#include "checks/spf_fix.h"
#include "checks/spf_record.h"

/* Whether C is one of the bytes of SET. */
static bool
is_among(struct str set, char c)
{
	return str_find(set, 0, c) < set.n;
}

/* What people put in front of a record: blanks, quotes, a byte order mark. */
static size_t
junk_before(struct str s)
{
	size_t i = 0;
	while (i < s.n && !ascii_isalnum(s.p[i]) &&
	       (!ascii_isprint(s.p[i]) || is_among(STR(" \"'\\("), s.p[i])))
		i++;
	return i;
}

enum spf_near
spf_near(struct str text)
{
	/* clang-format off */
	static const struct str starts[] = { { "v=spf", 5 }, { "v =spf", 6 }, { "v= spf", 6 },
		{ "v = spf", 7 }, { "v:spf1", 6 }, { "=spf1", 5 }, { "spf1 ", 5 }, { "spf=1", 5 },
		{ "vspf1", 5 }, { "nv=spf1", 7 } };
	/* clang-format on */
	struct str s = str_sub(text, junk_before(text), text.n);
	if (s.n == 0 || is_spf_record(text))
		return NEAR_NOT;
	if (str_has_iprefix(s, STR("spf2.0/")))
		return NEAR_SENDER_ID;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (ascii_lower(s.p[0]) == starts[i].p[0] && str_has_iprefix(s, starts[i]))
			return NEAR_MISS;
	return NEAR_NOT;
}

/* How long the version is at the start of S that can mean v=spf1 alone; 0 = none. */
static size_t
version_length(struct str s)
{
	static const struct str versions[] = { { "v=spf1", 6 }, { "v=spfv1", 7 }, { "v = spf1", 8 },
		{ "v= spf1", 7 }, { "v =spf1", 7 } };
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (str_has_iprefix(s, versions[i]))
			return versions[i].n;
	return 0;
}

struct str
spf_near_fix(struct arena *a, const struct rr *rr)
{
	struct str s = str_trim(str_sub(rr->text, junk_before(rr->text), rr->text.n));
	while (s.n > 0 && is_among(STR(" \"'\\)"), s.p[s.n - 1]))
		s.n--;
	size_t n = version_length(s);
	if (n == 0 || (n < s.n && ascii_isalnum(s.p[n]) && rr->data.n > 0 &&
			  (unsigned char)rr->data.p[0] != n))
		return STR("");
	struct str rest = str_sub(s, n, s.n);
	size_t skip = 0;
	while (skip < rest.n && is_among(STR(" \t;:,."), rest.p[skip]))
		skip++;
	rest = str_sub(rest, skip, rest.n);
	struct str version = STR("v=spf1 ");
	char *p = arena_alloc(a, version.n + rest.n + 1);
	memcpy(p, version.p, version.n);
	if (rest.n > 0)
		memcpy(p + version.n, rest.p, rest.n);
	struct str out = { p, rest.n > 0 ? version.n + rest.n : version.n - 1 };
	struct spf_record r;
	spf_record_parse(a, out, &r);
	/* A record without an end says nothing: that cannot be what was meant. */
	bool ends = r.all != SPF_NO_TERM || r.redirect != SPF_NO_TERM;
	return ends && is_spf_sound(a, out) ? out : STR("");
}
