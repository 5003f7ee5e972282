/* SPDX-License-Identifier: ISC */
/*
 * formats.c - the table of formats.  A new format is a file and a row.
 */
#include "report/ci.h"
#include "report/json_report.h"
#include "report/report.h"
#include "report/text.h"

/* clang-format off */
const struct report_format report_formats[] = {
	{ .name = "text", .about = "for people: verdict, findings worst first, what to change", .lines = true,
	  .begin = NULL, .domain = text_report_domain, .end = text_report_end },
	{ .name = "json", .about = "one object, see schema.json",
	  .begin = json_report_begin, .domain = json_report_domain, .end = json_report_end },
	{ .name = "jsonl", .about = "one object a line: domains as they are done, the run last",
	  .begin = NULL, .domain = jsonl_report_domain, .end = jsonl_report_end },
	{ .name = "github", .about = "annotations of a GitHub workflow", .ci = true,
	  .begin = NULL, .domain = github_report_domain, .end = github_report_end },
	{ .name = "sarif", .about = "SARIF 2.1.0", .ci = true,
	  .begin = sarif_report_begin, .domain = sarif_report_domain, .end = sarif_report_end },
	{ .name = "junit", .about = "JUnit XML: a suite a domain", .ci = true,
	  .begin = junit_report_begin, .domain = junit_report_domain, .end = junit_report_end },
	{ .name = "markdown", .about = "a comment on a pull request", .ci = true, .lines = true,
	  .begin = NULL, .domain = markdown_report_domain, .end = markdown_report_end },
	{ .name = "gitlab", .about = "GitLab's code quality report", .ci = true,
	  .begin = gitlab_report_begin, .domain = gitlab_report_domain, .end = gitlab_report_end },
	{ .name = "rdjson", .about = "reviewdog's diagnostics, with suggestions", .ci = true,
	  .begin = rdjson_report_begin, .domain = rdjson_report_domain, .end = rdjson_report_end },
	{ .name = "checkstyle", .about = "Checkstyle XML", .ci = true,
	  .begin = checkstyle_report_begin, .domain = checkstyle_report_domain, .end = checkstyle_report_end },
	{ .name = "azure", .about = "logging commands of Azure Pipelines", .ci = true,
	  .begin = NULL, .domain = azure_report_domain, .end = azure_report_end },
	{ .name = "tap", .about = "Test Anything Protocol", .ci = true, .lines = true,
	  .begin = tap_report_begin, .domain = tap_report_domain, .end = tap_report_end },
	{ .name = "gcc", .about = "a finding a line, as compilers write it", .ci = true, .lines = true,
	  .begin = NULL, .domain = gcc_report_domain, .end = gcc_report_end },
	{ .name = "prometheus", .about = "gauges for a textfile collector", .ci = true,
	  .begin = NULL, .domain = prometheus_report_domain, .end = prometheus_report_end },
	{ .name = "nagios", .about = "a monitoring plugin's line and status", .ci = true, .lines = true,
	  .begin = NULL, .domain = nagios_report_domain, .end = nagios_report_end, .status = nagios_status },
};
/* clang-format on */
const size_t n_report_formats = ARRAY_LEN(report_formats);

const struct report_format *
report_format_find(struct str name)
{
	for (size_t i = 0; i < n_report_formats; i++)
		if (str_ieq(name, str_of(report_formats[i].name)))
			return &report_formats[i];
	return NULL;
}
