/* SPDX-License-Identifier: ISC */
/*
 * report.c - a report under way, whatever its format: what it keeps from one result to
 * the next.
 */
#include "report/report.h"

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

void
report_load(const struct report *r, void *state, size_t n)
{
	memset(state, 0, n);
	if (r->held.n >= n)
		memcpy(state, r->held.p, n);
}

void
report_save(struct report *r, const void *state, size_t n)
{
	if (r->held.n >= n)
		memcpy(r->held.p, state, n);
	else
		buf_add(&r->held, (struct str){ state, n });
}
