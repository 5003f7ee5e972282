/* SPDX-License-Identifier: ISC */
/*
 * subject.h - what is audited: a domain, addresses, or both, and what is
 * known about its senders.
 */
#ifndef CHECKS_CORE_SUBJECT_H
#define CHECKS_CORE_SUBJECT_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/addr.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

struct dnsbl_list;

enum provenance { FROM_GIVEN, FROM_CONFIG, FROM_LOG, FROM_MESSAGE, FROM_REPORT, FROM_GUESS };

/* A DKIM selector and how we know of it.  All but FROM_GUESS are "in use". */
struct selector {
	struct name domain; /* the d= domain; n = 0 = the subject's */
	struct str name;    /* as in s=, may hold dots */
	enum provenance provenance;
};

/* Everything here lives as long as the subject, and is not written by a check. */
struct subject {
	struct name domain;     /* n = 0 = only addresses are audited */
	const struct addr *ips; /* addresses it sends from */
	size_t n_ips;
	struct name helo; /* n = 0 = not given */
	bool mail_from_given, mail_from_null;
	struct str mail_from_local; /* empty = "postmaster" */
	struct name mail_from;      /* n = 0 = the domain */
	struct name from;           /* the From domain; n = 0 = the domain */
	const struct selector *selectors;
	size_t n_selectors;
	bool bulk;                      /* bulk rules bind */
	bool guess;                     /* probing for selectors is allowed */
	bool parked;                    /* profile parked */
	bool preflight;                 /* profile preflight */
	bool zone_files;                /* zone files were given: their faults are told */
	bool ask_lists;                 /* block lists are on */
	const struct dnsbl_list *lists; /* what to ask; the built-in catalogue or --dnsbl-zones */
	size_t n_lists;
};

#endif
