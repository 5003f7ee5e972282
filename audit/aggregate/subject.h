/* SPDX-License-Identifier: ISC */
/*
 * subject.h - what aggregate reports say of a domain, put to use in its audit: the
 * selectors that its mail verified with are in use, and what was seen to fail is there
 * for checks to read.
 */
#ifndef AUDIT_AGGREGATE_SUBJECT_H
#define AUDIT_AGGREGATE_SUBJECT_H
#include "audit/aggregate/evidence.h"

#define MAX_KEY_IDLE ((time_t)7 * 24 * 3600) /* seconds without use, and it is in use no more */

/*
 * Read the reports at the N PATHS (see aggregate_read()) into E and sort it.  AUDIT_EREAD
 * when not one of them could be read.  What else was refused or could not be read was
 * told, and is counted in *REFUSED: whoever asked is not to end as if all had been seen.
 */
int evidence_read(struct evidence *e, const char *const *paths, size_t n, size_t *refused)
    __attribute__((warn_unused_result));

/* Add what E says of the domain of *S to it; *S then refers to E and to memory of A. */
void evidence_subject(const struct evidence *e, struct subject *s, struct arena *a);

#endif
