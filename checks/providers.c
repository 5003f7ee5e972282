/* SPDX-License-Identifier: ISC */
/*
 * providers.c - finds rows of the table of mail services by name.
 *
 * A suffix fits on a whole label only: notgoogle.com is not below google.com.
 */
#include "checks/providers.h"

/* Length of SUFFIX when NAME is it or below it, case and a final dot not counting; else 0. */
static size_t
fits(struct str name, const char *suffix)
{
	struct str s = str_of(suffix);
	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (s.n == 0 || name.n < s.n || !str_ieq(str_sub(name, name.n - s.n, s.n), s))
		return 0;
	return name.n == s.n || name.p[name.n - s.n - 1] == '.' ? s.n : 0;
}

/* The longest of the N suffixes of LIST that NAME fits; 0 = none. */
static size_t
longest(struct str name, const char *const *list, size_t n)
{
	size_t best = 0;
	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		size_t len = fits(name, list[i]);
		best = len > best ? len : best;
	}
	return best;
}

static size_t
include_fits(const struct provider *p, struct str spec)
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
	size_t best = 0;
	for (size_t i = 0; i < n_providers; i++) {
		size_t len = include_fits(&providers[i], spec);
		best = len > best ? len : best;
	}
	while (best > 0 && *from < n_providers) {
		const struct provider *p = &providers[(*from)++];
		if (include_fits(p, spec) == best)
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
	const struct provider *found = NULL;
	size_t best = 0;
	for (size_t i = 0; i < n_providers; i++) {
		size_t len = longest(host, providers[i].mx, MAX_PROVIDER_MX);
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
	for (size_t i = 0; i < n_providers; i++)
		if (longest(domain, providers[i].reports, MAX_PROVIDER_REPORTS) > 0)
			return &providers[i];
	return NULL;
}
