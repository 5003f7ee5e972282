/* SPDX-License-Identifier: ISC */
/*
 * spf_first.h - the SPF record of a domain that has none, where its owner told all that
 * sends for it.
 *
 * It names what the configuration names and nothing else: no address that is known from
 * a log or the command line, none of an exchanger, no service that does not need it.  Where
 * the list may not be whole there is no record.
 */
#ifndef CHECKS_SPF_FIRST_H
#define CHECKS_SPF_FIRST_H
#include "checks/check.h"

/*
 * The record for the domain of AU's subject, owned by its arena; it ends in ~all, so
 * that one who was forgotten is not refused for it.  Empty = it cannot be told.
 */
struct str spf_first_record(struct audit *au);

#endif
