/* SPDX-License-Identifier: ISC */
/*
 * ci.h - the formats for CI systems, editors and monitoring: their entry points
 * (formats.c).
 *
 * Each is a file of its own, named as the format.  What comes out holds nothing raw:
 * a record, a name or a path of a file cannot end a field, begin a command of the CI
 * system, or reach a terminal.
 */
#ifndef REPORT_CI_H
#define REPORT_CI_H
#include "report/report.h"

/* GitHub's workflow commands: annotations, what is new first, within its limits. */
void github_report_domain(struct report *r, const struct domain_result *d);
void github_report_end(struct report *r, const struct run_result *run);

/* Azure Pipelines' logging commands. */
void azure_report_domain(struct report *r, const struct domain_result *d);
void azure_report_end(struct report *r, const struct run_result *run);

/* FILE:LINE:COLUMN: LEVEL: MESSAGE [ID], as compilers write it. */
void gcc_report_domain(struct report *r, const struct domain_result *d);
void gcc_report_end(struct report *r, const struct run_result *run);

/* SARIF 2.1.0. */
void sarif_report_begin(struct report *r, const struct run_result *run);
void sarif_report_domain(struct report *r, const struct domain_result *d);
void sarif_report_end(struct report *r, const struct run_result *run);

/* GitLab's code quality report: an array of JSON objects. */
void gitlab_report_begin(struct report *r, const struct run_result *run);
void gitlab_report_domain(struct report *r, const struct domain_result *d);
void gitlab_report_end(struct report *r, const struct run_result *run);

/* The Diagnostic Format of reviewdog: one JSON object. */
void rdjson_report_begin(struct report *r, const struct run_result *run);
void rdjson_report_domain(struct report *r, const struct domain_result *d);
void rdjson_report_end(struct report *r, const struct run_result *run);

/* JUnit XML as Jenkins reads it. */
void junit_report_begin(struct report *r, const struct run_result *run);
void junit_report_domain(struct report *r, const struct domain_result *d);
void junit_report_end(struct report *r, const struct run_result *run);

/* Checkstyle XML. */
void checkstyle_report_begin(struct report *r, const struct run_result *run);
void checkstyle_report_domain(struct report *r, const struct domain_result *d);
void checkstyle_report_end(struct report *r, const struct run_result *run);

/* Markdown for a comment on a pull request. */
void markdown_report_domain(struct report *r, const struct domain_result *d);
void markdown_report_end(struct report *r, const struct run_result *run);

/* The Test Anything Protocol, version 13. */
void tap_report_begin(struct report *r, const struct run_result *run);
void tap_report_domain(struct report *r, const struct domain_result *d);
void tap_report_end(struct report *r, const struct run_result *run);

/* Prometheus' text format. */
void prometheus_report_domain(struct report *r, const struct domain_result *d);
void prometheus_report_end(struct report *r, const struct run_result *run);

/* What a plugin of Nagios prints, and the status it ends with: 0 to 3. */
void nagios_report_domain(struct report *r, const struct domain_result *d);
void nagios_report_end(struct report *r, const struct run_result *run);
int nagios_status(const struct run_result *run);

#endif
