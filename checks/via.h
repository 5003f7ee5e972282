/* SPDX-License-Identifier: ISC */
/*
 * via.h - what a sending service asks its customers to publish, and what of that
 * stands there (checks/providers.h).
 *
 * Most who warm a domain have no address of their own: what receivers will see is
 * foretold by the include, the return path and the keys that the service asks for.
 */
#ifndef CHECKS_VIA_H
#define CHECKS_VIA_H
#include <stdbool.h>
#include "checks/check.h"
#include "checks/providers.h"
#include "checks/spf_record.h"
#include "checks/spf_tree.h"

/* What SPF will say of a service's servers. */
struct via_spf {
	bool pending; /* nothing else may be read */
	bool known;   /* false: MAIL FROM is the service's own, or nobody can say whose */
	enum spf_result result;
	struct name path;            /* whose record is asked; n = 0 = a name of the service */
	const struct spf_tree *tree; /* of PATH; NULL = none was asked */
	const struct answer *failed; /* why the result is temperror; NULL = it is not */
	bool has_include;            /* the service's include is in that record or below */
	bool needs_include;
};

/* The row of the service that X leaves through; NULL when none is said, or known. */
const struct provider *via_row(const struct sender *x);

/* What SPF says of mail of X that leaves through ROW with the From domain AUTHOR. */
void via_predict(struct audit *au, const struct sender *x, const struct provider *row,
    const struct name *author, struct via_spf *out);

/* Whether the selector TEXT of a row is the same for all customers. */
bool via_is_fixed(const char *text);

/* Whether ROW has selectors that are the same for all customers. */
bool via_has_fixed_keys(const struct provider *row);

/*
 * Whether all keys that ROW signs with are at such selectors: it has its customers
 * publish aliases, so that they cannot choose the name.
 */
bool via_signs_by_fixed_keys(const struct provider *row);

/*
 * The name below AUTHOR that ROW has its customers use as return path; false when it
 * has no fixed one.
 */
bool via_return_name(const struct provider *row, const struct name *author, struct name *out);

/* The check: see checks/check.h. */
void check_via(struct audit *au);

#endif
