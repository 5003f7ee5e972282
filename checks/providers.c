/* SPDX-License-Identifier: ISC */
/*
 * providers.c - finds rows of the table of mail services by name.
 *
 * A suffix fits on a whole label only: notgoogle.com is not below google.com.
 */
#include "checks/providers.h"

/* A name to be looked up, without its final dot. */
struct wanted {
	struct str name;
	uint64_t starts; /* start_of() each of its labels */
};

/* A bit for the bytes A and B, with which a name begins, whatever their case. */
static inline uint64_t
start_of(char a, char b)
{
	return UINT64_C(1) << ((a & 31) * 5 + (b & 31)) % 64;
}

static struct wanted
want(struct str name)
{
	struct wanted w = { .name = name };
	if (name.n > 0 && name.p[name.n - 1] == '.')
		w.name.n--;
	for (size_t at = 0; at < w.name.n; at = str_find(w.name, at, '.') + 1)
		w.starts |=
		    start_of(w.name.p[at], (char)(at + 1 < w.name.n ? w.name.p[at + 1] : '\0'));
	return w;
}

/* Length of SUFFIX when W's name is it or below it, case not counting; else 0. */
static size_t
fits(const struct wanted *w, const char *suffix)
{
	struct str name = w->name, s = str_of(suffix);
	if (s.n == 0 || name.n < s.n || !str_ieq(str_sub(name, name.n - s.n, s.n), s))
		return 0;
	return name.n == s.n || name.p[name.n - s.n - 1] == '.' ? s.n : 0;
}

/* The longest of the N suffixes of LIST that W's name fits; 0 = none. */
static inline size_t
longest(const struct wanted *w, const char *const *list, size_t n)
{
	size_t best = 0;
	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		/* nearly all begin otherwise than any label of the name */
		if ((w->starts & start_of(list[i][0], list[i][1])) == 0)
			continue;
		size_t len = fits(w, list[i]);
		best = len > best ? len : best;
	}
	return best;
}

static size_t
include_fits(const struct provider *p, const struct wanted *spec)
{
	return longest(spec, p->includes, MAX_PROVIDER_INCLUDES);
}

const struct provider *
provider_find(struct str id)
{
	for (size_t i = 0; i < n_providers; i++)
		if (str_ieq(str_of(providers[i].id), id))
			return &providers[i];
	return NULL;
}

const struct provider *
provider_next(struct str spec, size_t *from)
{
	const struct wanted w = want(spec);
	size_t best = 0;
	for (size_t i = 0; i < n_providers; i++) {
		size_t len = include_fits(&providers[i], &w);
		best = len > best ? len : best;
	}
	while (best > 0 && *from < n_providers) {
		const struct provider *p = &providers[(*from)++];
		if (include_fits(p, &w) == best)
			return p;
	}
	return NULL;
}

const struct provider *
provider_of_include(struct str spec)
{
	size_t from = 0;
	return provider_next(spec, &from);
}

const struct provider *
provider_of_mx(struct str host)
{
	const struct wanted w = want(host);
	const struct provider *found = NULL;
	size_t best = 0;
	for (size_t i = 0; i < n_providers; i++) {
		size_t len = longest(&w, providers[i].mx, MAX_PROVIDER_MX);
		if (len <= best)
			continue;
		best = len;
		found = &providers[i];
	}
	return found;
}

const struct provider *
provider_of_reports(struct str domain)
{
	const struct wanted w = want(domain);
	for (size_t i = 0; i < n_providers; i++)
		if (longest(&w, providers[i].reports, MAX_PROVIDER_REPORTS) > 0)
			return &providers[i];
	return NULL;
}
