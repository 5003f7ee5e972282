/* SPDX-License-Identifier: ISC */
/*
 * zonelex.c - zone file text into entries of tokens: one pass over the bytes,
 * and a second one over the rest of the file once a parenthesis turns out
 * never to be closed.
 */
#include "audit/sources/zonelex.h"
#include <stdlib.h>
#include "checks/core/arena.h"
#include "checks/core/rr.h"

#define OWNER_WORDS 4 /* owner, TTL, class, type: where a line shows that it is an entry */

void
zonelex_init(struct zonelex *lx, struct str text)
{
	*lx = (struct zonelex){ .text = text, .line = 1 };
	if (str_has_prefix(text, STR("\xef\xbb\xbf")))
		lx->pos = lx->line_start = 3;
}

void
zonelex_free(struct zonelex *lx)
{
	free(lx->token);
	*lx = (struct zonelex){ .line = 0 };
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
ends_word(char c)
{
	return is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')';
}

static uint32_t
column_of(const struct zonelex *lx, size_t pos)
{
	return (uint32_t)(pos - lx->line_start + 1);
}

/* The first fault of an entry is the one told. */
static void
set_fault(struct zone_entry *e, enum zonelex_fault fault, uint32_t line, uint32_t column)
{
	if (e->fault != ZONELEX_OK)
		return;
	e->fault = fault;
	e->fault_line = line;
	e->fault_column = column;
}

/* Offset behind the quoted string that begins at POS; *CLOSED = it has its end quote. */
static size_t
skip_quoted(struct str s, size_t pos, bool *escaped, bool *closed)
{
	*closed = false;
	for (pos++; pos < s.n && s.p[pos] != '\n'; pos++) {
		if (s.p[pos] == '"') {
			*closed = true;
			return pos + 1;
		}
		if (s.p[pos] == '\\') {
			*escaped = true;
			if (pos + 1 < s.n && s.p[pos + 1] != '\n')
				pos++;
		}
	}
	return pos;
}

/* Offset behind the word at POS.  A quote behind '=' belongs to it (RFC 9460 2.1: alpn="h2"). */
static size_t
skip_word(struct str s, size_t pos, bool *escaped, bool *closed)
{
	size_t start = pos;

	while (pos < s.n && !ends_word(s.p[pos])) {
		if (s.p[pos] == '"') {
			if (pos == start || s.p[pos - 1] != '=')
				return pos;
			pos = skip_quoted(s, pos, escaped, closed);
			continue;
		}
		if (s.p[pos] == '\\') {
			*escaped = true;
			if (pos + 1 < s.n && s.p[pos + 1] != '\n')
				pos++;
		}
		pos++;
	}
	return pos;
}

/* Room for one more token; NULL beyond MAX_ZONE_TOKENS. */
static struct ztoken *
new_token(struct zonelex *lx, size_t n)
{
	if (n >= MAX_ZONE_TOKENS)
		return NULL;
	if (n == lx->cap) {
		lx->cap = lx->cap == 0 ? 64 : 2 * lx->cap;
		lx->token = xrealloc(lx->token, lx->cap * sizeof(*lx->token));
	}
	return &lx->token[n];
}

static void
take_token(struct zonelex *lx, struct zone_entry *e)
{
	struct str s = lx->text;
	bool quoted = s.p[lx->pos] == '"', escaped = false, closed = true;
	size_t from = lx->pos + (quoted ? 1 : 0), to;
	struct ztoken *t = new_token(lx, e->n);

	to = quoted ? skip_quoted(s, lx->pos, &escaped, &closed)
		    : skip_word(s, lx->pos, &escaped, &closed);
	if (!closed)
		set_fault(e, ZONELEX_QUOTE, lx->line, column_of(lx, lx->pos));
	if (t == NULL) {
		set_fault(e, ZONELEX_MANY, lx->line, column_of(lx, lx->pos));
	} else {
		struct str raw = str_sub(s, from, to - from - (quoted && closed ? 1 : 0));

		if (!closed && raw.n > 0 && raw.p[raw.n - 1] == '\r')
			raw.n--;
		*t = (struct ztoken){ .raw = raw,
			.line = lx->line,
			.quoted = quoted,
			.column = column_of(lx, lx->pos),
			.end_column = column_of(lx, to),
			.escaped = escaped,
			.before_comment = to < s.n && s.p[to] == ';' };
		e->n++;
	}
	lx->pos = to;
}

static void
skip_line(struct zonelex *lx)
{
	const char *end = memchr(lx->text.p + lx->pos, '\n', lx->text.n - lx->pos);
	size_t from = lx->pos + 1;

	lx->pos = end == NULL ? lx->text.n : (size_t)(end - lx->text.p);
	if (lx->comment != NULL)
		lx->comment(lx->comment_arg, str_sub(lx->text, from, lx->pos - from), lx->line,
		    str_trim(str_sub(lx->text, lx->line_start, from - 1 - lx->line_start)).n == 0);
}

static void
next_line(struct zonelex *lx)
{
	lx->pos++;
	lx->line++;
	lx->line_start = lx->pos;
}

/*
 * Whether the line at POS looks like an entry of its own: a directive, or a
 * class or type among its first words.  Only asked once a parenthesis is known
 * to be open for ever.
 */
static bool
looks_like_entry(const struct zonelex *lx)
{
	struct str s = lx->text;
	size_t pos = lx->pos;
	bool blank = pos < s.n && is_blank(s.p[pos]), unused = false;

	if (pos < s.n && s.p[pos] == '$')
		return true;
	for (unsigned i = blank ? 1 : 0; i < OWNER_WORDS; i++) {
		size_t from;
		struct str word;

		while (pos < s.n && is_blank(s.p[pos]))
			pos++;
		from = pos;
		pos = skip_word(s, pos, &unused, &unused);
		if (pos == from)
			return false;
		word = str_sub(s, from, pos - from);
		if (i > 0 && (str_ieq(word, STR("IN")) || type_parse(word) != 0))
			return true;
	}
	return false;
}

/* Take one entry.  False when a parenthesis was still open at its end. */
static bool
scan_entry(struct zonelex *lx, struct zone_entry *e)
{
	unsigned depth = 0;
	uint32_t open_line = 0, open_column = 0;

	while (lx->pos < lx->text.n) {
		char c = lx->text.p[lx->pos];

		if (c == '\n') {
			if (depth == 0)
				return true;
			next_line(lx);
			if (lx->recover && looks_like_entry(lx))
				break;
		} else if (is_blank(c)) {
			lx->pos++;
		} else if (c == ';') {
			skip_line(lx);
		} else if (c == '(') {
			if (depth++ == 0) {
				open_line = lx->line;
				open_column = column_of(lx, lx->pos);
			}
			lx->pos++;
		} else if (c == ')') {
			if (depth == 0)
				set_fault(e, ZONELEX_CLOSE, lx->line, column_of(lx, lx->pos));
			else
				depth--;
			lx->pos++;
		} else {
			take_token(lx, e);
		}
	}
	if (depth > 0)
		set_fault(e, ZONELEX_OPEN, open_line, open_column);
	return depth == 0;
}

bool
zonelex_next(struct zonelex *lx, struct zone_entry *out)
{
	while (lx->pos < lx->text.n) {
		struct zonelex before = *lx;
		size_t end;

		*out =
		    (struct zone_entry){ .blank = is_blank(lx->text.p[lx->pos]), .line = lx->line };
		if (!scan_entry(lx, out) && !lx->recover) {
			lx->pos = before.pos;
			lx->line = before.line;
			lx->line_start = before.line_start;
			lx->recover = true;
			continue;
		}
		end = lx->pos;
		if (end > before.pos && end == lx->line_start)
			end--; /* stopped at the beginning of the next entry */
		out->text = str_sub(lx->text, before.pos, end - before.pos);
		out->token = lx->token;
		if (lx->pos < lx->text.n && lx->text.p[lx->pos] == '\n' && end == lx->pos)
			next_line(lx);
		if (out->n > 0 || out->fault != ZONELEX_OK)
			return true;
	}
	return false;
}

bool
zonelex_byte(struct str raw, size_t *pos, uint8_t *out)
{
	uint32_t v;

	if (*pos >= raw.n)
		return false;
	if (raw.p[*pos] != '\\') {
		*out = (uint8_t)raw.p[(*pos)++];
		return true;
	}
	if (*pos + 1 >= raw.n)
		return false;
	if (!ascii_isdigit(raw.p[*pos + 1])) {
		*out = (uint8_t)raw.p[*pos + 1];
		*pos += 2;
		return true;
	}
	if (raw.n - *pos < 4 || !parse_u32(str_sub(raw, *pos + 1, 3), UINT8_MAX, &v))
		return false;
	*out = (uint8_t)v;
	*pos += 4;
	return true;
}

const char *
zonelex_reason(enum zonelex_fault fault)
{
	switch (fault) {
	case ZONELEX_QUOTE:
		return "a quote is not closed on its line";
	case ZONELEX_OPEN:
		return "a parenthesis is never closed";
	case ZONELEX_CLOSE:
		return "a parenthesis is closed that was not opened";
	case ZONELEX_MANY:
		return "more words than a record can hold";
	case ZONELEX_OK:
		break;
	}
	return NULL;
}
