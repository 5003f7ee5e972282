/* SPDX-License-Identifier: ISC */
/*
 * maildate.c - dates of messages, word by word.
 */
#include "checks/maildate.h"
#include "checks/core/civil.h"

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char days[] = "montuewedthufrisatsun";

/* The next word of *S; blanks and commas part words.  Empty at the end. */
static struct str
take_word(struct str *s)
{
	size_t from = 0, to;

	while (from < s->n && (ascii_isblank(s->p[from]) || s->p[from] == ',' ||
				  s->p[from] == '\r' || s->p[from] == '\n'))
		from++;
	for (to = from; to < s->n && !ascii_isblank(s->p[to]) && s->p[to] != ',' &&
			s->p[to] != '\r' && s->p[to] != '\n';)
		to++;
	struct str w = str_sub(*s, from, to - from);
	*s = str_sub(*s, to, s->n);
	return w;
}

/* Which of the words of three letters in LIST W is, from 1; 0 = none. */
static int
word_of(const char *list, struct str w)
{
	struct str l = str_of(list);

	for (size_t i = 0; i < l.n && w.n == 3; i += 3)
		if (str_ieq(w, str_sub(l, i, 3)))
			return (int)(i / 3) + 1;
	return 0;
}

static bool
read_int(struct str s, size_t most, uint32_t max, int *out)
{
	uint32_t n;

	if (s.n == 0 || s.n > most || !parse_u32(s, max, &n))
		return false;
	*out = (int)n;
	return true;
}

/* RFC 5322 4.3: years of two and three digits. */
static bool
read_year(struct str w, int *year)
{
	if (w.n < 2 || !read_int(w, 4, 9999, year))
		return false;
	if (w.n == 2)
		*year += *year < 50 ? 2000 : 1900;
	else if (w.n == 3)
		*year += 1900;
	return true;
}

/* "12:00", "12:00:30". */
static bool
read_clock(struct str w, struct civil *c)
{
	size_t one = str_find(w, 0, ':'), two = str_find(w, one + 1, ':');

	if (!read_int(str_sub(w, 0, one), 2, 23, &c->hour) ||
	    !read_int(str_sub(w, one + 1, two - one - 1), 2, 59, &c->minute))
		return false;
	return two == w.n || read_int(str_sub(w, two + 1, w.n), 2, 60, &c->second);
}

/* "+0100", "GMT"; what to subtract to get UTC, in seconds. */
static bool
read_zone(struct str w, int *offset_s)
{
	static const struct {
		struct str name;
		int hours;
	} zones[] = { { { "EST", 3 }, -5 }, { { "EDT", 3 }, -4 }, { { "CST", 3 }, -6 },
		{ { "CDT", 3 }, -5 }, { { "MST", 3 }, -7 }, { { "MDT", 3 }, -6 },
		{ { "PST", 3 }, -8 }, { { "PDT", 3 }, -7 }, { { "GMT", 3 }, 0 }, { { "UT", 2 }, 0 },
		{ { "UTC", 3 }, 0 }, { { "Z", 1 }, 0 } };
	int hour, minute;

	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		if (str_ieq(w, zones[i].name)) {
			*offset_s = zones[i].hours * 3600;
			return true;
		}
	if (w.n != 5 || (w.p[0] != '+' && w.p[0] != '-') ||
	    !read_int(str_sub(w, 1, 2), 2, 99, &hour) ||
	    !read_int(str_sub(w, 3, 2), 2, 59, &minute))
		return false;
	*offset_s = (w.p[0] == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
	return true;
}

/* Whether C names a day that there is: it comes back from the count of seconds. */
static bool
is_day(const struct civil *c)
{
	struct civil back = civil_of_time(civil_to_time(c));

	return c->day >= 1 && (c->second == 60 || (back.day == c->day && back.month == c->month));
}

bool
maildate_parse(struct str text, time_t *out)
{
	struct civil c = { 0 };
	struct str w = take_word(&text);
	int offset_s;

	if (word_of(days, w) != 0)
		w = take_word(&text);
	if (!read_int(w, 2, 31, &c.day) || (c.month = word_of(months, take_word(&text))) == 0 ||
	    !read_year(take_word(&text), &c.year) || !read_clock(take_word(&text), &c) ||
	    !read_zone(take_word(&text), &offset_s) || !is_day(&c))
		return false;
	w = take_word(&text);
	if (w.n > 0 && w.p[0] != '(')
		return false;
	*out = civil_to_time(&c) - offset_s;
	return true;
}
