/* SPDX-License-Identifier: ISC */
/*
 * providers.h - mail services, by what they have their customers publish.
 *
 * One row a service: the include it asks for and whether a customer needs it,
 * the shape of its DKIM keys, its return path, its exchangers.  Facts that
 * change with each answer, such as what an include costs or holds, stand
 * nowhere here: they are asked.
 */
#ifndef CHECKS_PROVIDERS_H
#define CHECKS_PROVIDERS_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/str.h"

#define MAX_PROVIDER_INCLUDES 10 /* the longest row has 8 */
#define MAX_PROVIDER_SELECTORS 6
#define MAX_PROVIDER_MX 4
#define MAX_PROVIDER_REPORTS 4

enum provider_kind {
	PROVIDER_MAILBOX,       /* people read and write their mail there */
	PROVIDER_FORWARDING,    /* takes mail in and passes it on */
	PROVIDER_TRANSACTIONAL, /* sends what programs write */
	PROVIDER_MARKETING,     /* sends campaigns */
	PROVIDER_APPLICATION,   /* help desk, CRM and others that send among other things */
	PROVIDER_GATEWAY,       /* stands before or behind the customer's own servers */
	PROVIDER_SPF_HOST,      /* answers SPF in the customer's stead */
	PROVIDER_REPORTS        /* receives DMARC and TLS-RPT reports; sends nothing */
};

/* Whose name MAIL FROM bears unless the customer changes it: what SPF alignment hangs on. */
enum provider_sender {
	SENDER_UNKNOWN,
	SENDER_CUSTOMER,     /* the customer's own domain */
	SENDER_CUSTOMER_SUB, /* a name below it that is set up for this */
	SENDER_SERVICE       /* a domain of the service: never aligned */
};

/*
 * Whether the customer's record needs the include (RFC 7208 2.4: what is
 * looked at is the domain of MAIL FROM, and no other).
 */
enum provider_need {
	NEED_UNKNOWN,
	NEED_YES,       /* MAIL FROM is the domain itself: without the include SPF fails */
	NEED_SUB,       /* only in the record of the return-path name, not in that of the domain */
	NEED_SOMETIMES, /* as `needed` tells */
	NEED_NO         /* the service's own MAIL FROM, or a CNAME that brings its own record */
};

/* How the customer publishes the keys (RFC 6376 3.6.2.1); bits. */
enum {
	KEYS_TXT = 1,   /* the key itself */
	KEYS_CNAME = 2, /* an alias: the service rotates */
	KEYS_NS = 4     /* the zone below is handed over */
};

/* Whether MAIL FROM can be made a name of the customer's. */
enum provider_return {
	RETURN_UNKNOWN,
	RETURN_OWN,    /* it is one already */
	RETURN_ALWAYS, /* a name below the customer's domain is part of the set-up */
	RETURN_CHOICE, /* can be asked for */
	RETURN_NEVER
};

struct provider {
	const char *id;   /* for --via: lower case letters, digits, '-' */
	const char *name; /* for people */
	enum provider_kind kind;

	/*
	 * Targets of include: or redirect=, lower case; a name below one is the
	 * service's too (a region, a customer's number, a macro before it).  The
	 * first is the one to publish, unless `made` is set.
	 */
	const char *includes[MAX_PROVIDER_INCLUDES];
	bool made; /* the include to publish is made for each customer and cannot be told */
	enum provider_need need;
	const char *needed; /* when, in a few words; NULL = `need` says all */

	enum provider_sender sender;
	unsigned keys;                                 /* KEYS_TXT ...; 0 = not known */
	const char *selectors[MAX_PROVIDER_SELECTORS]; /* '*' = made for the customer */

	enum provider_return returns;
	const char *return_label; /* of the name below the customer's; '*' as above; NULL = free */
	const char
	    *return_target;    /* its CNAME leads here or below; NULL = no CNAME, or not known */
	const char *return_mx; /* its MX leads here or below; NULL = no MX, or not known */

	const char *mx[MAX_PROVIDER_MX]; /* exchangers of its customers are these names or below */
	const char *reports[MAX_PROVIDER_REPORTS]; /* domains that rua= leads to */

	const char *source;  /* where the row was read */
	const char *checked; /* when: a year, a month or a day; NULL = not known */
	bool verified;       /* false: in part from memory, good for a name, not for a remedy */
};

extern const struct provider providers[];
extern const size_t n_providers;

/* The row with the id ID, case not counting; NULL when there is none. */
const struct provider *provider_find(struct str id);

/*
 * The next service whose include is the domain-spec SPEC, text as in a record,
 * macros and a final dot included; the longest target that fits wins, and
 * several services may share it.  Start with *FROM = 0; NULL at the end.
 */
const struct provider *provider_next(struct str spec, size_t *from);

/* The first of them: whose include SPEC is; NULL when it is nobody's we know. */
const struct provider *provider_of_include(struct str spec);

/* Whose exchanger HOST is (text); the longest suffix wins; NULL = nobody's we know. */
const struct provider *provider_of_mx(struct str host);

/* Who receives reports at DOMAIN (text); NULL = nobody we know. */
const struct provider *provider_of_reports(struct str domain);

#endif
