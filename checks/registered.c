/* SPDX-License-Identifier: ISC */
/*
 * registered.c - registrable domains: whose a name is, and whether it exists.
 */
#include "checks/registered.h"

bool
registered_missing(
    struct audit *au, const struct name *name, struct name *out, const struct answer **evidence)
{
	const struct answer *suffix = ask_suffix(au->q, name), *ns;

	out->n = 0;
	if (is_pending(suffix))
		return false;
	if (suffix->status != ANSWER_FOUND || suffix->suffix->registrable.n == 0)
		return true;
	ns = ask_dns(au->q, &suffix->suffix->registrable, RR_NS);
	if (is_pending(ns))
		return false;
	if (ns->status == ANSWER_NXDOMAIN && ns->n_chain == 0) {
		*out = suffix->suffix->registrable;
		*evidence = ns;
	}
	return true;
}

const struct name *
registered_home(struct audit *au, const struct name *domain)
{
	const struct answer *home = ask_suffix(au->q, domain);

	if (is_pending(home))
		return NULL;
	if (home->status == ANSWER_FOUND && home->suffix->registrable.n > 0)
		return &home->suffix->registrable;
	return domain;
}

bool
registered_with(struct audit *au, const struct name *name, const struct name *domain, bool *pending)
{
	const struct name *home = registered_home(au, domain);

	if (home == NULL)
		*pending = true;
	return home != NULL && name_is_below(name, home);
}
