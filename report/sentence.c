/* SPDX-License-Identifier: ISC */
/*
 * sentence.c - the catalogue's templates, filled in.
 */
#include "report/report.h"
#include <assert.h>
#include "checks/core/civil.h"
#include "report/words.h"

static void
add_outside(struct buf *b, struct str s)
{
	buf_add_escaped(b, str_sub(s, 0, MAX_PART_SHOWN));
	if (s.n > MAX_PART_SHOWN)
		buf_adds(b, "...");
}

static void
add_number(struct buf *b, int64_t n)
{
	if (n < 0)
		buf_addc(b, '-');
	buf_addu(b, n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n);
}

/* The finding's own values; false when NAME is none of them. */
static bool
add_built_in(struct buf *b, struct str name, const struct finding *f)
{
	if (str_eq(name, STR("subject")))
		printed_add(b, f->subject);
	else if (str_eq(name, STR("owner")) && f->place.name.n > 0)
		name_print(b, &f->place.name);
	else if (str_eq(name, STR("type")) && f->place.type != 0)
		type_print(b, f->place.type);
	else if (str_eq(name, STR("what")))
		add_outside(b, str_sub(f->place.text, f->place.offset, place_length(&f->place)));
	else
		return false;
	return true;
}

/* An argument goes before a value of the finding that has the same name. */
static void
add_value(struct buf *b, struct str name, const struct finding *f)
{
	for (size_t i = 0; i < f->n_args; i++) {
		const struct arg *a = &f->args[i];

		if (!str_eq(name, str_of(a->name)))
			continue;
		if (a->kind == ARG_NUMBER)
			add_number(b, a->number);
		else if (a->kind == ARG_NAME)
			printed_add(b, a->text);
		else if (a->kind == ARG_WORDS)
			buf_add_escaped(b, a->text);
		else
			add_outside(b, a->text);
		return;
	}
	if (!add_built_in(b, name, f))
		assert(false && "a template names an argument that the finding lacks");
}

void
sentence_add(struct buf *b, const char *template, const struct finding *f)
{
	struct str t = str_of(template);
	size_t at = 0;

	while (at < t.n) {
		size_t open = str_find(t, at, '{'), close;

		buf_add(b, str_sub(t, at, open - at));
		if (open == t.n)
			break;
		close = str_find(t, open, '}');
		assert(close < t.n);
		if (open > 0 && t.p[open - 1] == '%') /* an SPF macro, meant literally */
			buf_add(b, str_sub(t, open, close + 1 - open));
		else
			add_value(b, str_sub(t, open + 1, close - open - 1), f);
		at = close + 1;
	}
}

/* Append N, which is not negative, with zeros before it up to the digits of FIRST, a power of ten.
 */
static void
add_padded(struct buf *b, int n, int first)
{
	for (; first > 1 && n < first; first /= 10)
		buf_addc(b, '0');
	buf_addu(b, (uint64_t)n);
}

static void
add_date(struct buf *b, const struct civil *c)
{
	add_padded(b, c->year, 1000);
	buf_addc(b, '-');
	add_padded(b, c->month, 10);
	buf_addc(b, '-');
	add_padded(b, c->day, 10);
}

void
time_add(struct buf *b, time_t t)
{
	struct civil c = civil_of_time(t);

	add_date(b, &c);
	buf_addc(b, 'T');
	add_padded(b, c.hour, 10);
	buf_addc(b, ':');
	add_padded(b, c.minute, 10);
	buf_addc(b, ':');
	add_padded(b, c.second, 10);
	buf_addc(b, 'Z');
}

void
date_add(struct buf *b, time_t t)
{
	struct civil c = civil_of_time(t);

	add_date(b, &c);
}
