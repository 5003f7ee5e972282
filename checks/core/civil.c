/* SPDX-License-Identifier: ISC */
/*
 * civil.c - days and seconds of the proleptic Gregorian calendar, UTC.
 *
 * Days are counted in eras of 400 years that begin on 1 March, so that the
 * leap day is the last of its year; one era is added to stay positive.
 */
#include "checks/core/civil.h"

#define DAY_S 86400
#define ERA_DAYS 146097
#define EPOCH_DAYS (719468 + ERA_DAYS) /* from 1 March of year -400 to 1970-01-01 */
#define FIRST_S (-62167219200LL)       /* 0000-01-01T00:00:00Z */
#define LAST_S 253402300799LL          /* 9999-12-31T23:59:59Z */

time_t
civil_to_time(const struct civil *c)
{
	long long y = c->year + 400 - (c->month <= 2);
	long long m = (c->month + 9) % 12; /* from March */
	long long of_year = (153 * m + 2) / 5 + c->day - 1;
	long long of_era = y % 400 * 365 + y % 400 / 4 - y % 400 / 100 + of_year;
	long long day = y / 400 * ERA_DAYS + of_era - EPOCH_DAYS;

	return (time_t)(day * DAY_S + c->hour * 3600LL + c->minute * 60LL + c->second);
}

struct civil
civil_of_time(time_t t)
{
	long long s = t < FIRST_S ? FIRST_S : t > LAST_S ? LAST_S : (long long)t;
	long long day = (s - FIRST_S) / DAY_S + FIRST_S / DAY_S + EPOCH_DAYS;
	long long of_era = day % ERA_DAYS;
	long long y = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
	long long of_year = of_era - (365 * y + y / 4 - y / 100);
	long long m = (5 * of_year + 2) / 153; /* from March */
	int rest = (int)((s - FIRST_S) % DAY_S);

	return (struct civil){
		.year = (int)(y + (day / ERA_DAYS - 1) * 400 + (m >= 10)),
		.month = (int)(m < 10 ? m + 3 : m - 9),
		.day = (int)(of_year - (153 * m + 2) / 5 + 1),
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
	};
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Take exactly N digits of *S into *OUT. */
static bool
take_digits(struct str *s, size_t n, int *out)
{
	uint32_t v;

	if (s->n < n || !parse_u32(str_sub(*s, 0, n), 9999, &v))
		return false;
	*out = (int)v;
	*s = str_sub(*s, n, s->n);
	return true;
}

/* Take one byte of the set ANY. */
static bool
take_one(struct str *s, const char *any)
{
	if (s->n == 0 || s->p[0] == '\0' || strchr(any, s->p[0]) == NULL)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

static bool
take_date(struct str *s, struct civil *c)
{
	return take_digits(s, 4, &c->year) && take_one(s, "-") && take_digits(s, 2, &c->month) &&
	       take_one(s, "-") && take_digits(s, 2, &c->day) && c->month >= 1 && c->month <= 12 &&
	       c->day >= 1 && c->day <= days_in_month(c->year, c->month);
}

/* "10:00:00" with a fraction or without. */
static bool
take_clock(struct str *s, struct civil *c)
{
	int digit;

	if (!take_digits(s, 2, &c->hour) || !take_one(s, ":") || !take_digits(s, 2, &c->minute) ||
	    !take_one(s, ":") || !take_digits(s, 2, &c->second))
		return false;
	if (take_one(s, ".")) {
		if (!take_digits(s, 1, &digit))
			return false;
		while (take_digits(s, 1, &digit))
			continue;
	}
	return c->hour <= 23 && c->minute <= 59 && c->second <= 60;
}

/* "Z", or "+01:00": what to subtract to get UTC. */
static bool
take_offset(struct str *s, int *offset_s)
{
	int hour, minute, sign = s->n > 0 && s->p[0] == '-' ? -1 : 1;

	*offset_s = 0;
	if (take_one(s, "Zz"))
		return true;
	if (!take_one(s, "+-") || !take_digits(s, 2, &hour) || !take_one(s, ":") ||
	    !take_digits(s, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*offset_s = sign * (hour * 3600 + minute * 60);
	return true;
}

bool
time_parse(struct str text, time_t *out)
{
	struct civil c = { 0 };
	int offset_s = 0;
	time_t t;

	if (!take_date(&text, &c))
		return false;
	if (text.n > 0 &&
	    (!take_one(&text, "Tt ") || !take_clock(&text, &c) || !take_offset(&text, &offset_s)))
		return false;
	t = civil_to_time(&c) - offset_s;
	if (text.n > 0 || t < FIRST_S || t > LAST_S)
		return false;
	/* A leap second is the last of a UTC day (RFC 3339 5.7). */
	if (c.second == 60 && t % DAY_S != 0)
		return false;
	*out = t;
	return true;
}
