/* SPDX-License-Identifier: ISC */
/*
 * fleet.h - several runs as one report: `mailvet report`.
 *
 * The JSON is that of a check with the member `fleet` beside, so that a merged
 * report can be merged again.  Nothing is judged here.
 */
#ifndef REPORT_FLEET_H
#define REPORT_FLEET_H
#include "report/json.h"
#include "report/model.h"

/* The member fleet of the object that is open. */
void fleet_json(struct json *j, const struct fleet *f);

/*
 * A domain for people, on one line or WHOLE: with its findings, of which notes
 * are a number unless STYLE wants them.
 */
void told_domain_text(
    struct buf *out, const struct report_style *style, const struct told_domain *d, bool whole);

/*
 * What stands below the domains, to the empty OUT: what the fleet has in
 * common, and the totals.
 */
void fleet_text(struct buf *out, const struct report_style *style, const struct run_result *run,
    const struct fleet *f);

#endif
