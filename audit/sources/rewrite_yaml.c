/* SPDX-License-Identifier: ISC */
/*
 * rewrite_yaml.c - values of octoDNS, as their file writes them: the same quotes, the
 * same blocks, semicolons with or without a backslash.
 */
#include "audit/sources/octodns.h"
#include "audit/sources/rewrite.h"
#include "audit/sources/zonelex.h"

#define MAX_STRING 255  /* RFC 1035 3.3 */
#define MAX_WORD 400000 /* as rewrite.c's bound of all */

/* How the old text is written, below the quotes of YAML. */
struct habit {
	bool escaped; /* semicolons have a backslash */
	bool quoted;  /* quotes of DNS around all */
};

static bool
has(struct str s, const char *what)
{
	struct str w = str_of(what);

	for (size_t i = 0; i + w.n <= s.n; i++)
		if (memcmp(s.p + i, w.p, w.n) == 0)
			return true;
	return false;
}

static struct habit
habit_of(struct str file, struct str old)
{
	struct habit h = { .escaped = has(old, "\\;") };

	if (str_find(old, 0, ';') == old.n)
		h.escaped = has(file, "\\;");
	h.quoted = old.n >= 2 && old.p[0] == '"' && old.p[old.n - 1] == '"';
	return h;
}

/* TEXT as a value of octoDNS. */
static void
add_text(struct buf *b, struct str text, struct habit h)
{
	if (h.quoted)
		buf_addc(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (h.quoted && i > 0 && i % MAX_STRING == 0)
			buf_adds(b, "\" \"");
		if (c == '\\' || c == '"' || (c == ';' && h.escaped))
			buf_addc(b, '\\');
		if (c != '\\')
			buf_add_escaped(b, (struct str){ &c, 1 });
		else
			buf_addc(b, c);
	}
	if (h.quoted)
		buf_addc(b, '"');
}

/* Whether S can stand without quotes: conservative, for what octoDNS's reader may make of it. */
static bool
is_plain(struct str s, bool was_plain)
{
	static const char *const words[] = { "true", "false", "yes", "no", "on", "off", "null", "y",
		"n" };

	if (s.n == 0 || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == ':')
		return false;
	if (!ascii_isalpha(s.p[0]) && !(was_plain && ascii_isdigit(s.p[0])))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_ieq(s, str_of(words[i])))
			return false;
	return !has(s, ": ") && !has(s, " #");
}

static bool
is_in_flow(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr(",[]{}", s.p[i], 5) != NULL)
			return true;
	return false;
}

static void
add_double(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, '"');
}

static void
add_single(struct buf *b, struct str s)
{
	buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_addc(b, '\'');
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, '\'');
}

/* The block of text OLD with S as its one line. */
static void
add_block(struct buf *b, struct str old, struct str s)
{
	size_t head = str_find(old, 0, '\n'), line = head + 1, end;

	while (line < old.n) { /* the first line with a text has the indentation */
		end = str_find(old, line, '\n');
		if (str_trim(str_sub(old, line, end - line)).n > 0)
			break;
		line = end + 1;
	}
	buf_add(b, str_sub(old, 0, head + 1));
	for (; line < old.n && old.p[line] == ' '; line++)
		buf_addc(b, ' ');
	buf_add(b, s);
}

/* The word N of D, in the way it is written, with the text S. */
static void
add_word(struct buf *b, const struct doc *d, const struct doc_node *n, struct str s)
{
	struct str old = str_sub(d->bytes, n->from, doc_end(d, n) - n->from);
	bool plain = n->style == DOC_PLAIN && is_plain(s, true) && !is_in_flow(s);

	if ((n->style == DOC_LITERAL || n->style == DOC_FOLDED) && s.n > 0 && s.p[0] != ' ' &&
	    s.p[s.n - 1] != ' ')
		add_block(b, old, s);
	else if (n->style == DOC_DOUBLE)
		add_double(b, s);
	else if (plain)
		buf_add(b, s);
	else
		add_single(b, s);
}

/* The index of the first word of D at or behind AT. */
static size_t
word_at(const struct doc *d, size_t at)
{
	size_t low = 0, high = d->n_words;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->words[mid]->from < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A value that is a mapping: the words from I on, a value first, its key before it. */
static bool
add_fields(const struct rewriting *r, const struct doc *d, size_t i, struct buf *b)
{
	struct buf line;
	struct zonelex lx;
	struct zone_entry e;
	size_t field, at = r->from;
	bool ok;

	buf_init(&line, MAX_WORD);
	rr_print(&line, r->new);
	zonelex_init(&lx, buf_str(&line));
	ok = i > 0 && zonelex_next(&lx, &e) && !str_eq(e.token[0].raw, STR("\\#"));
	for (; ok && i < d->n_words && d->words[i]->from < r->to; i += 2) {
		const struct doc_node *key = d->words[i - 1], *word = d->words[i];

		if (!octodns_field(r->new->type, key->text, &field) || field >= e.n) {
			ok = false;
			break;
		}
		buf_add(b, str_sub(d->bytes, at, word->from - at));
		add_word(b, d, word, e.token[field].raw);
		at = doc_end(d, word);
	}
	zonelex_free(&lx);
	buf_free(&line);
	return ok && at == r->to;
}

bool
rewrite_octodns(const struct rewriting *r, struct buf *b)
{
	bool text = r->new->type == RR_TXT || r->new->type == RR_SPF;
	struct arena_mark m = arena_mark(r->a);
	struct doc d;
	struct buf value;
	size_t i, field;
	bool ok;

	doc_yaml(r->a, r->file, &d);
	i = word_at(&d, r->from);
	ok = !d.has_alias && i < d.n_words && d.words[i]->from == r->from;
	buf_init(&value, MAX_WORD);
	if (ok && text)
		add_text(&value, r->new->text, habit_of(r->file, d.words[i]->text));
	else if (ok)
		rr_print(&value, r->new);
	if (ok && !text && i > 0 && octodns_field(r->new->type, d.words[i - 1]->text, &field))
		ok = add_fields(r, &d, i, b);
	else if (ok && doc_end(&d, d.words[i]) == r->to)
		add_word(b, &d, d.words[i], buf_str(&value));
	else
		ok = false;
	ok = ok && !value.over;
	buf_free(&value);
	arena_rewind(r->a, &m);
	return ok;
}
