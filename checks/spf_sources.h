/* SPDX-License-Identifier: ISC */
/*
 * spf_sources.h - all that a record lists, with those included, and whose it is.
 */
#ifndef CHECKS_SPF_SOURCES_H
#define CHECKS_SPF_SOURCES_H
#include "checks/check.h"
#include "checks/spf_networks.h"

/* What the root of a tree lists. */
struct spf_listing {
	struct spf_networks all;               /* minimized */
	const struct spf_fact_source *sources; /* the domain's own terms first */
	size_t n_sources;
	bool apart; /* certainly no address is listed by two terms of the root's record */
};

/* What the record at the root of T lists, in which nothing is pending, into *OUT. */
void spf_list(struct audit *au, const struct spf_tree *t, struct spf_listing *out);

#endif
