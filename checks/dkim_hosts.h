/* SPDX-License-Identifier: ISC */
/*
 * dkim_hosts.h - whose a delegated selector is, by the name its CNAME leads to.
 *
 * Names of services only; that a name belongs to a service says nothing about
 * whether a key is there.
 */
#ifndef CHECKS_DKIM_HOSTS_H
#define CHECKS_DKIM_HOSTS_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/name.h"

struct dkim_host {
	const char *zone;     /* targets lie below it; lower case */
	const char *provider; /* as its customers know it */
	const char *checked;  /* the month it was last seen in public zones */
};

extern const struct dkim_host dkim_hosts[];
extern const size_t n_dkim_hosts;

/* The service that TARGET belongs to; NULL when it is none that is known.  Static. */
const char *dkim_provider(const struct name *target);

/* Whether TARGET is one of the two names that Microsoft 365 gives to each domain. */
bool dkim_is_microsoft(const struct name *target);

#endif
