/* SPDX-License-Identifier: ISC */
/*
 * services_text.c - the sending services that --via takes, as a table for people.
 */
#include "checks/providers.h"
#include "report/rules_text.h"

#define COLUMN_NAME 20 /* cells from the left edge */
#define COLUMN_INCLUDE 50

static void
pad(struct buf *b, size_t line, size_t column)
{
	do
		buf_addc(b, ' ');
	while (b->n - line < column);
}

static const char *
need_text(const struct provider *p)
{
	switch (p->need) {
	case NEED_YES:
		return "include needed";
	case NEED_SUB:
		return "include in the return path's record";
	case NEED_SOMETIMES:
		return "include sometimes";
	case NEED_NO:
		return "no include needed";
	default:
		return "";
	}
}

void
services_text(struct buf *b)
{
	for (size_t i = 0; i < n_providers; i++) {
		const struct provider *p = &providers[i];
		size_t line = b->n;

		if (p->kind == PROVIDER_REPORTS)
			continue;
		buf_adds(b, p->id);
		pad(b, line, COLUMN_NAME);
		buf_adds(b, p->name);
		if (need_text(p)[0] != '\0') {
			pad(b, line, COLUMN_INCLUDE);
			buf_adds(b, need_text(p));
		}
		buf_addc(b, '\n');
	}
}
