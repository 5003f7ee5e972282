/* SPDX-License-Identifier: ISC */
/*
 * utf8.h - bytes that are no UTF-8 made harmless (RFC 3629).
 *
 * It does not guess which encoding was meant.
 */
#ifndef AUDIT_AGGREGATE_UTF8_H
#define AUDIT_AGGREGATE_UTF8_H
#include <stdbool.h>
#include "checks/core/str.h"

/*
 * Copy S to OUT[S.n], with '?' for every byte that is part of no UTF-8 sequence and for
 * every control byte that XML forbids (XML 1.0 2.2).
 * False = there were bytes of the former kind.
 */
bool utf8_mend(struct str s, char *out);

#endif
