/* SPDX-License-Identifier: ISC */
/*
 * date.c - dates as reports and returned messages write them (RFC 5322 3.3 and 4.3).
 *
 * Takes what it can, for a time that is a little wrong is better than none; whether a
 * date is right is judged by checks/maildate.c.  Knows no clock and no locale: zones by
 * name are the few of RFC 5322 4.3; any other name counts as UTC, as the RFC says.
 */
#include "audit/bounce/fields.h"
#include "checks/core/civil.h"
#include "checks/core/taglist.h"

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static const struct zone {
	struct str name;
	int hours;
} zones[] = {
	{ STR("EST"), -5 },
	{ STR("EDT"), -4 },
	{ STR("CST"), -6 },
	{ STR("CDT"), -5 },
	{ STR("MST"), -7 },
	{ STR("MDT"), -6 },
	{ STR("PST"), -8 },
	{ STR("PDT"), -7 },
};

/* The next word of TEXT between blanks and commas; false at the end or at a comment. */
static bool
word_next(struct str text, size_t *pos, struct str *out)
{
	size_t from;

	while (*pos < text.n && (text.p[*pos] <= ' ' || text.p[*pos] == ','))
		++*pos;
	from = *pos;
	while (*pos < text.n && text.p[*pos] > ' ' && text.p[*pos] != ',')
		++*pos;
	*out = str_sub(text, from, *pos - from);
	return out->n > 0 && out->p[0] != '(';
}

static bool
month_read(struct str w, int *out)
{
	for (int i = 0; w.n >= 3 && i < 12; i++)
		if (str_has_iprefix(w, (struct str){ months + i * 3, 3 })) {
			*out = i + 1;
			return true;
		}
	return false;
}

/* "23:34", "23:34:45" */
static bool
clock_read(struct str w, struct civil *c)
{
	uint32_t v[3] = { 0, 0, 0 };
	struct str part;
	size_t n = 0;

	for (size_t pos = 0; list_next(w, ':', &pos, &part); n++)
		if (n == 3 || !parse_u32(part, n == 0 ? 23 : 60, &v[n]))
			return false;
	if (n < 2)
		return false;
	c->hour = (int)v[0];
	c->minute = v[1] > 59 ? 59 : (int)v[1];
	c->second = v[2] > 59 ? 59 : (int)v[2];
	return true;
}

/* Seconds east of UTC that W stands for. */
static long
zone_read(struct str w)
{
	uint32_t v;

	if (w.n == 5 && (w.p[0] == '+' || w.p[0] == '-') && parse_u32(str_sub(w, 1, 4), 9959, &v)) {
		long s = (long)(v / 100) * 3600 + (long)(v % 100) * 60;

		return w.p[0] == '-' ? -s : s;
	}
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		if (str_ieq(w, zones[i].name))
			return zones[i].hours * 3600L;
	return 0;
}

/* RFC 5322 4.3: two digits below 50 are of this century, other short years of the last. */
static bool
year_read(struct str w, int *out)
{
	uint32_t v;

	if (!parse_u32(w, 9999, &v))
		return false;
	*out = (int)(v < 50 ? v + 2000 : v < 1000 ? v + 1900 : v);
	return true;
}

bool
date_parse(struct str text, time_t *out)
{
	struct civil c = { 0 };
	struct str w = { 0 };
	uint32_t day;
	size_t pos = 0;

	if (!word_next(text, &pos, &w))
		return false;
	if (ascii_isalpha(w.p[0]) && !word_next(text, &pos, &w))
		return false;
	if (!parse_u32(w, 31, &day) || day == 0 || !word_next(text, &pos, &w) ||
	    !month_read(w, &c.month) || !word_next(text, &pos, &w) || !year_read(w, &c.year) ||
	    !word_next(text, &pos, &w) || !clock_read(w, &c))
		return false;
	c.day = (int)day;
	*out = civil_to_time(&c) - (word_next(text, &pos, &w) ? zone_read(w) : 0);
	return true;
}
