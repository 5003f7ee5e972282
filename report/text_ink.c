/* SPDX-License-Identifier: ISC */
/*
 * text_ink.c - lines, words and colours.
 */
#include "report/text.h"

void
ink_init(struct ink *k, struct buf *out, const struct report_style *style)
{
	unsigned width = style->width == 0 ? 80 : style->width;

	*k = (struct ink){ .out = out, .style = style, .fresh = true };
	k->width = width < MIN_WIDTH ? MIN_WIDTH : width;
}

static void
blanks(struct ink *k, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_addc(k->out, ' ');
	k->col += n;
}

void
ink_begin(struct ink *k, unsigned indent, unsigned hang)
{
	k->col = 0;
	k->hang = hang;
	k->fresh = true;
	blanks(k, indent);
}

void
ink_add(struct ink *k, struct str s)
{
	buf_add(k->out, s);
	k->col += (unsigned)s.n;
	if (s.n > 0)
		k->fresh = false;
}

void
ink_adds(struct ink *k, const char *t)
{
	ink_add(k, str_of(t));
}

void
ink_addu(struct ink *k, uint64_t n)
{
	size_t before = k->out->n;

	buf_addu(k->out, n);
	k->col += (unsigned)(k->out->n - before);
	k->fresh = false;
}

static void
add_word(struct ink *k, struct str word)
{
	unsigned width = k->width < MAX_PARAGRAPH ? k->width : MAX_PARAGRAPH;

	if (!k->fresh && k->col + 1 + word.n > width) {
		buf_addc(k->out, '\n');
		k->col = 0;
		blanks(k, k->hang);
		k->fresh = true;
	}
	if (!k->fresh)
		blanks(k, 1);
	ink_add(k, word);
}

void
ink_words(struct ink *k, struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t end = str_find(s, at, ' ');

		if (end > at)
			add_word(k, str_sub(s, at, end - at));
		at = end + 1;
	}
}

void
ink_end(struct ink *k)
{
	buf_addc(k->out, '\n');
	k->col = 0;
	k->fresh = true;
}

void
ink_paint(struct ink *k, enum paint p)
{
	static const char *const codes[PAINT_COUNT] = {
		[PAINT_ERROR] = "\033[1;31m",
		[PAINT_WARNING] = "\033[1;33m",
		[PAINT_UNKNOWN] = "\033[1;35m",
		[PAINT_NOTE] = "\033[36m",
		[PAINT_PASS] = "\033[32m",
		[PAINT_DIM] = "\033[2m",
		[PAINT_STRONG] = "\033[1m",
	};

	if (k->style->color)
		buf_adds(k->out, codes[p]);
}

void
ink_plain(struct ink *k)
{
	if (k->style->color)
		buf_adds(k->out, "\033[0m");
}

void
ink_dim_line(struct ink *k, struct str words)
{
	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_words(k, words);
	ink_plain(k);
	ink_end(k);
}

enum paint
level_paint(enum rule_level l)
{
	static const enum paint paints[N_LEVELS] = {
		[LEVEL_PASS] = PAINT_PASS,
		[LEVEL_NOTE] = PAINT_NOTE,
		[LEVEL_WARNING] = PAINT_WARNING,
		[LEVEL_UNKNOWN] = PAINT_UNKNOWN,
		[LEVEL_ERROR] = PAINT_ERROR,
	};

	return paints[l];
}

const char *
elision(const struct report_style *style)
{
	return style->ascii ? "..." : "\xe2\x80\xa6";
}

unsigned
elision_width(const struct report_style *style)
{
	return style->ascii ? 3 : 1;
}

void
ink_title(struct ink *k, const char *text)
{
	size_t n = k->out->n;

	if (n > 0 && (n < 2 || k->out->p[n - 2] != '\n' || k->out->p[n - 1] != '\n'))
		ink_end(k);
	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_STRONG);
	ink_words(k, str_of(text));
	ink_plain(k);
	ink_end(k);
}

void
ink_label(struct ink *k, struct str label)
{
	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_STRONG);
	buf_add_escaped(k->out, label);
	buf_addc(k->out, ':');
	ink_plain(k);
	k->col += (unsigned)label.n + 1;
	k->fresh = false;
}

void
count_add(struct buf *b, size_t n, const char *noun)
{
	buf_addu(b, n);
	buf_addc(b, ' ');
	buf_adds(b, noun);
	if (n != 1)
		buf_addc(b, 's');
}
