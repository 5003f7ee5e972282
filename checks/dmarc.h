/* SPDX-License-Identifier: ISC */
/*
 * dmarc.h - DMARC of the subject's From domain (RFC 9989, RFC 9990).
 *
 * Judges the record that applies, where it stands, what it asks for and
 * whether its reports arrive.  Whether the mail of a given sender passes is
 * judged only where receivers disagree.
 */
#ifndef CHECKS_DMARC_H
#define CHECKS_DMARC_H
#include "checks/check.h"
#include "checks/dmarc_policy.h"

/* Judge the DMARC of the subject's From domain. */
void check_dmarc(struct audit *au);

/* What is known of the report addresses of a record. */
enum dmarc_reports {
	REPORTS_PENDING, /* call again when answers are in */
	REPORTS_NONE,    /* no rua, or none that reports can reach */
	REPORTS_WORK     /* one address at least that nothing speaks against */
};

/*
 * Judge whether the reports that STEP's record asks for reach anybody: the
 * authorisation of external hosts (RFC 9990 section 4) and the mail of each.
 */
enum dmarc_reports dmarc_judge_reports(struct audit *au, const struct dmarc_step *step);

/*
 * dmarc_mail.c: judge P, under which a record applies to AUTHOR, against the mail there is;
 * HAS_MAIL: the domain is one that sends or takes mail.
 */
void dmarc_judge_mail(
    struct audit *au, const struct name *author, const struct dmarc_policy *p, bool has_mail);

/* dmarc_facts.c: what P, which is not pending, says, for the reports; owned by A. */
struct dmarc_facts *dmarc_facts_of(struct arena *a, const struct dmarc_policy *p);

#endif
