/* SPDX-License-Identifier: ISC */
/*
 * stamp.c - the time at the start of a log line.
 */
#include "audit/bounce/stamp.h"
#include <string.h>
#include "audit/bounce/span.h"
#include "checks/core/civil.h"

#define HALF_A_YEAR 6 /* months: a jump as far is one over new year, not a line out of order */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Two digits at S, which the caller knows to be there, at most MAX; -1 otherwise. */
static int
two(const char *s, int max)
{
	int v;

	if (!ascii_isdigit(s[0]) || !ascii_isdigit(s[1]))
		return -1;
	v = (s[0] - '0') * 10 + (s[1] - '0');
	return v <= max ? v : -1;
}

/* "16:09:43" at the start of S. */
static bool
take_hms(struct str *s, struct civil *c)
{
	if (s->n < 8 || s->p[2] != ':' || s->p[5] != ':')
		return false;
	c->hour = two(s->p, 23);
	c->minute = two(s->p + 3, 59);
	c->second = two(s->p + 6, 60);
	if (c->hour < 0 || c->minute < 0 || c->second < 0)
		return false;
	span_drop(s, 8);
	return s->n == 0 || !ascii_isdigit(s->p[0]);
}

static bool
take_month(struct str *s, int *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (s->n < 4 || s->p[3] != ' ')
		return false;
	for (int m = 0; m < 12; m++) {
		if (memcmp(s->p, names + (ptrdiff_t)m * 3, 3) == 0) {
			*month = m + 1;
			span_drop(s, 4);
			return true;
		}
	}
	return false;
}

/* "Jan 13 16:09:43"; days under 10 stand behind two blanks, or one. */
static bool
take_classic(struct str *s, struct civil *c)
{
	uint32_t day;

	if (!take_month(s, &c->month))
		return false;
	if (s->n > 0 && s->p[0] == ' ')
		span_drop(s, 1);
	if (!span_number(s, 31, &day) || day == 0 || s->n == 0 || s->p[0] != ' ')
		return false;
	span_drop(s, 1);
	c->day = (int)day;
	return take_hms(s, c);
}

/* "2025-11-27T16:26:20", T or a blank. */
static bool
take_iso(struct str *s, struct civil *c)
{
	const char *p = s->p;
	int century, of_it;

	if (s->n < 19 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' '))
		return false;
	century = two(p, 99);
	of_it = two(p + 2, 99);
	c->month = two(p + 5, 12);
	c->day = two(p + 8, 31);
	if (century < 0 || of_it < 0 || c->month < 1 || c->day < 1)
		return false;
	c->year = century * 100 + of_it;
	span_drop(s, 11);
	return take_hms(s, c);
}

/* "2013 Jun 10 07:59:58" */
static bool
take_year_first(struct str *s, struct civil *c)
{
	int century, of_it;

	if (s->n < 5 || s->p[4] != ' ')
		return false;
	century = two(s->p, 99);
	of_it = two(s->p + 2, 99);
	if (century < 0 || of_it < 0)
		return false;
	c->year = century * 100 + of_it;
	span_drop(s, 5);
	return take_classic(s, c);
}

/*
 * The year of a stamp in MONTH.  The first one is the latest that is not behind
 * the clock's moment; later ones lie near the newest.
 */
static int
year_of(struct reader_clock *clock, int month)
{
	int ahead = month - clock->month_last, year = clock->year;

	clock->year_guessed = true;
	if (!clock->begun) {
		clock->begun = true;
		clock->year -= ahead > 0;
		clock->month_last = month;
		return clock->year;
	}
	if (ahead <= -HALF_A_YEAR) { /* Dec, then Jan */
		clock->year = ++year;
		clock->month_last = month;
	} else if (ahead >= HALF_A_YEAR) { /* a straggler of the old year */
		year--;
	} else if (ahead > 0) {
		clock->month_last = month;
	}
	return year;
}

/* Year and all of *C from the front of S; the bytes that took, or 0. */
static size_t
take_core(struct str line, struct reader_clock *clock, struct civil *c)
{
	struct str s = line;
	bool classic = s.n > 0 && ascii_isalpha(s.p[0]);

	if (classic ? !take_classic(&s, c)
		    : s.n < 5 || (s.p[4] == ' ' ? !take_year_first(&s, c) : !take_iso(&s, c)))
		return 0;
	if (classic)
		c->year = year_of(clock, c->month);
	/* The 29th of February: the year that was guessed had none. */
	while (classic && c->month == 2 && c->day == 29 && !is_leap(c->year))
		clock->year = --c->year;
	return line.n - s.n;
}

/* "Z", "+03:00", "+0300" at the start of S, a blank before it perhaps; east of UTC. */
static bool
take_zone(struct str *s, long *zone_s)
{
	struct str t = *s;
	int hour, minute, sign;

	if (span_take(s, STR("Z"))) {
		*zone_s = 0;
		return true;
	}
	(void)span_take(&t, STR(" "));
	if (t.n < 5 || (t.p[0] != '+' && t.p[0] != '-'))
		return false;
	sign = t.p[0] == '-' ? -1 : 1;
	hour = two(t.p + 1, 23);
	span_drop(&t, 3);
	(void)span_take(&t, STR(":"));
	minute = t.n < 2 ? -1 : two(t.p, 59);
	if (hour < 0 || minute < 0 || (t.n > 2 && ascii_isalnum(t.p[2])))
		return false;
	span_drop(&t, 2);
	*s = t;
	*zone_s = sign * (hour * 3600L + minute * 60L);
	return true;
}

/* The bytes of the stamp without fraction and zone; remembered in K. */
static size_t
core_cached(struct stamp_cache *k, struct str line, struct reader_clock *clock)
{
	struct civil c = { 0 };
	size_t n;

	if (k->n != 0 && line.n > k->n && memcmp(line.p, k->key, k->n) == 0 &&
	    !ascii_isdigit(line.p[k->n]))
		return k->n;
	n = take_core(line, clock, &c);
	if (n == 0 || n > sizeof(k->key))
		return 0;
	memcpy(k->key, line.p, n);
	k->n = n;
	k->local = civil_to_time(&c);
	return n;
}

size_t
stamp_read(struct stamp_cache *k, struct str line, struct reader_clock *clock, time_t *out)
{
	size_t n = core_cached(k, line, clock), digits = 1;
	struct str s = str_sub(line, n, line.n);
	long zone_s = clock->zone_s;

	if (n == 0)
		return 0;
	if (s.n > 1 && (s.p[0] == '.' || s.p[0] == ',') && ascii_isdigit(s.p[1])) {
		while (digits < s.n && ascii_isdigit(s.p[digits]))
			digits++;
		span_drop(&s, digits);
	}
	if (!take_zone(&s, &zone_s))
		clock->zone_guessed = true;
	*out = k->local - zone_s;
	return line.n - s.n;
}
