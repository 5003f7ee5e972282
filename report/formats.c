/* SPDX-License-Identifier: ISC */
/*
 * formats.c - the table of formats.  A new format is a file and a row.
 */
#include "report/json_report.h"
#include "report/report.h"
#include "report/text.h"

/* clang-format off */
const struct report_format report_formats[] = {
	{ .name = "text", .about = "for people: verdict, findings worst first, what to change",
	  .begin = NULL, .domain = text_report_domain, .end = text_report_end },
	{ .name = "json", .about = "one object, see schema.json",
	  .begin = json_report_begin, .domain = json_report_domain, .end = json_report_end },
	{ .name = "jsonl", .about = "one object a line: domains as they are done, the run last",
	  .begin = NULL, .domain = jsonl_report_domain, .end = jsonl_report_end },
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

void
report_init(struct report *r, const struct report_format *format, const struct report_style *style,
    struct buf *out)
{
	*r = (struct report){ .format = format, .style = *style, .out = out };
	buf_init(&r->held, MAX_REPORT_BYTES);
}

void
report_free(struct report *r)
{
	buf_free(&r->held);
}
