/* SPDX-License-Identifier: ISC */
/*
 * text_record.c - a record and the part of it that is meant, as a compiler
 * shows a line of source.
 *
 * Only a window of a long record is shown: what is marked, with as much around
 * it as fits, cut between terms where that is possible.
 */
#include "report/text.h"
#include "report/words.h"

#define GUTTER "   | "
#define GUTTER_WIDTH 5

struct window {
	size_t from, to; /* bytes of the text */
};

/* Cells that byte C takes; a TXT doubles its backslash, rdata has escapes of its own. */
static unsigned
cells_of(const struct place *p, size_t at)
{
	char c = p->text.p[at];

	if (!ascii_isprint(c))
		return 4;
	return c == '\\' && (p->type == RR_TXT || p->type == RR_SPF) ? 2 : 1;
}

static unsigned
cells(const struct place *p, size_t from, size_t to)
{
	unsigned n = 0;

	for (size_t i = from; i < to; i++)
		n += cells_of(p, i);
	return n;
}

/* Move W's end to the right, and then its start to the left, as ROOM allows. */
static void
grow_right(const struct place *p, struct window *w, size_t limit, unsigned *room)
{
	while (w->to < limit && cells_of(p, w->to) <= *room)
		*room -= cells_of(p, w->to++);
}

static void
grow_left(const struct place *p, struct window *w, unsigned *room)
{
	while (w->from > 0 && cells_of(p, w->from - 1) <= *room)
		*room -= cells_of(p, --w->from);
}

/* Cut W between terms, as long as the marked part stays whole; returns the room won. */
static unsigned
snap_left(const struct place *p, struct window *w, struct window mark)
{
	size_t from = w->from, blank = str_find(p->text, from, ' ');

	if (from == 0 || blank >= mark.from)
		return 0;
	w->from = blank + 1;
	return cells(p, from, w->from);
}

static void
snap_right(const struct place *p, struct window *w, struct window mark)
{
	size_t to = w->to;

	if (to == p->text.n)
		return;
	while (to > mark.to && p->text.p[to] != ' ')
		to--;
	if (to > mark.to)
		w->to = to;
}

static struct window
window_of(const struct place *p, struct window mark, unsigned room, unsigned cut)
{
	struct window w = { mark.from, mark.from };
	unsigned left, right;

	/* 64 KiB of \DDD is the most there can be; no sum overflows */
	if (cells(p, 0, p->text.n) <= room)
		return (struct window){ 0, p->text.n };
	room -= 2 * (cut + 1);
	grow_right(p, &w, mark.to, &room);
	right = cells(p, w.to, p->text.n);
	left = right < room - room / 3 ? room - right : room / 3;
	room -= left;
	grow_left(p, &w, &left);
	room += left + snap_left(p, &w, mark);
	grow_right(p, &w, p->text.n, &room);
	snap_right(p, &w, mark);
	return w;
}

/* Whether the cut before byte AT fell between two terms. */
static bool
at_blank(const struct place *p, size_t at)
{
	return p->text.p[at - 1] == ' ';
}

static void
show(struct ink *k, const struct place *p, struct window w)
{
	struct str part = str_sub(p->text, w.from, w.to - w.from);

	ink_adds(k, GUTTER);
	if (w.from > 0) {
		buf_adds(k->out, elision(k->style));
		if (at_blank(p, w.from))
			buf_addc(k->out, ' ');
	}
	if (p->type == RR_TXT || p->type == RR_SPF)
		buf_add_escaped(k->out, part);
	else
		printed_add(k->out, part);
	if (w.to < p->text.n) {
		if (p->text.p[w.to] == ' ')
			buf_addc(k->out, ' ');
		buf_adds(k->out, elision(k->style));
	}
	ink_end(k);
}

static void
marks(struct ink *k, const struct place *p, struct window w, struct window mark, enum paint paint)
{
	unsigned skip = cells(p, w.from, mark.from);
	unsigned n;

	if (w.from > 0)
		skip += elision_width(k->style) + (at_blank(p, w.from) ? 1 : 0);
	n = cells(p, mark.from, mark.to < w.to ? mark.to : w.to);
	ink_adds(k, GUTTER);
	for (unsigned i = 0; i < skip; i++)
		buf_addc(k->out, ' ');
	ink_paint(k, paint);
	do /* a place between bytes is one mark */
		buf_addc(k->out, '^');
	while (n > 0 && --n > 0);
	ink_plain(k);
	ink_end(k);
}

void
record_text(struct ink *k, const struct place *p, enum rule_level l)
{
	struct window mark = { 0, 0 }, w;

	if (p->text.n == 0)
		return;
	if (place_is_part(p)) {
		mark.from = p->offset < p->text.n ? p->offset : p->text.n;
		mark.to = p->length < p->text.n - mark.from ? mark.from + p->length : p->text.n;
	}
	w = window_of(p, mark, k->width - GUTTER_WIDTH, elision_width(k->style));
	ink_begin(k, 0, 0);
	show(k, p, w);
	if (place_is_part(p))
		marks(k, p, w, mark, level_paint(l));
}
