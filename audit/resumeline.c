/* SPDX-License-Identifier: ISC */
/*
 * resumeline.c - one line of an earlier output, byte by byte.
 *
 * It looks for the few members that matter and for the end of the object; a
 * line cut anywhere, or two glued together, is not whole.  It is no judge of
 * JSON otherwise.
 */
#include "audit/resume.h"

void
resume_line_begin(struct resume_line *l)
{
	l->depth = l->hex = 0;
	l->bad = l->in_string = l->escaped = l->ended = l->want_key = l->in_findings = false;
	l->has_domain = l->has_addresses = l->has_run = false;
	l->n_kept = l->n_domain = 0;
	l->kept_over = false;
	l->key[0] = l->id[0] = '\0';
	l->verdict = l->level = -1;
	l->counts = (struct resume_counts){ .domains = 0 };
}

static void
keep(struct resume_line *l, char c)
{
	if (l->n_kept < sizeof(l->kept))
		l->kept[l->n_kept++] = c;
	else
		l->kept_over = true;
}

/* The string kept, with a NUL behind it, into OUT of ROOM bytes; "" when it is longer. */
static void
copy_kept(const struct resume_line *l, char *out, size_t room)
{
	size_t n = l->kept_over || l->n_kept >= room ? 0 : l->n_kept;

	memcpy(out, l->kept, n);
	out[n] = '\0';
}

static int
level_of(const struct resume_line *l)
{
	struct str s = { l->kept, l->kept_over ? 0 : l->n_kept };

	for (int i = 0; i < N_LEVELS; i++)
		if (str_eq(s, str_of(level_name((enum rule_level)i))))
			return i;
	return -1;
}

static void
take_key(struct resume_line *l)
{
	copy_kept(l, l->key, sizeof(l->key));
	if (l->depth != 1)
		return;
	l->in_findings = strcmp(l->key, "findings") == 0;
	l->has_run = l->has_run || strcmp(l->key, "run") == 0;
	l->has_addresses = l->has_addresses || strcmp(l->key, "addresses") == 0;
}

static void
take_value(struct resume_line *l)
{
	if (l->depth == 1 && strcmp(l->key, "domain") == 0) {
		l->bad = l->bad || l->kept_over || l->has_domain;
		l->has_domain = true;
		l->n_domain = l->n_kept;
		memcpy(l->domain, l->kept, l->n_kept);
	} else if (l->depth == 1 && strcmp(l->key, "verdict") == 0) {
		l->verdict = level_of(l);
	} else if (l->depth == 3 && l->in_findings && strcmp(l->key, "level") == 0) {
		l->level = level_of(l);
	} else if (l->depth == 3 && l->in_findings && strcmp(l->key, "id") == 0) {
		copy_kept(l, l->id, sizeof(l->id));
	}
}

static void
end_string(struct resume_line *l)
{
	l->in_string = false;
	if (l->want_key)
		take_key(l);
	else
		take_value(l);
}

/* A digit of \uXXXX. */
static void
add_hex(struct resume_line *l, char c)
{
	char low = ascii_lower(c);

	if (ascii_isdigit(c))
		l->code = l->code * 16 + (uint32_t)(c - '0');
	else if (low >= 'a' && low <= 'f')
		l->code = l->code * 16 + (uint32_t)(low - 'a' + 10);
	else
		l->bad = true;
	if (--l->hex > 0)
		return;
	if (l->code < 0x80)
		keep(l, (char)l->code);
	else
		l->kept_over = true; /* nothing that matters here holds such */
}

static void
add_escaped(struct resume_line *l, char c)
{
	l->escaped = false;
	if (c == 'u') {
		l->hex = 4;
		l->code = 0;
	} else if (c == '"' || c == '\\' || c == '/') {
		keep(l, c);
	} else if (str_find(STR("bfnrt"), 0, c) < 5) {
		keep(l, ' ');
	} else {
		l->bad = true;
	}
}

static void
add_to_string(struct resume_line *l, char c)
{
	if (l->hex > 0)
		add_hex(l, c);
	else if (l->escaped)
		add_escaped(l, c);
	else if (c == '\\')
		l->escaped = true;
	else if (c == '"')
		end_string(l);
	else if ((unsigned char)c < 0x20)
		l->bad = true;
	else
		keep(l, c);
}

static void
end_finding(struct resume_line *l)
{
	enum rule_id id;

	if (l->level < 0)
		return;
	l->counts.findings[l->level]++;
	if (l->level == LEVEL_UNKNOWN && rule_find(str_of(l->id), &id) && rule_of(id)->needed)
		l->counts.needed_unknown = true;
	l->level = -1;
	l->id[0] = '\0';
}

static void
open_bracket(struct resume_line *l, char c)
{
	if (l->depth == MAX_JSON_DEPTH || (l->depth == 0 && c != '{')) {
		l->bad = true;
		return;
	}
	l->open[l->depth++] = c;
	l->want_key = c == '{';
}

static void
close_bracket(struct resume_line *l, char c)
{
	if (l->depth == 0 || l->open[l->depth - 1] != (c == '}' ? '{' : '[')) {
		l->bad = true;
		return;
	}
	if (l->depth == 3 && l->in_findings && c == '}')
		end_finding(l);
	l->depth--;
	l->want_key = false;
	l->ended = l->depth == 0;
}

static void
add_outside(struct resume_line *l, char c)
{
	if (c == ' ' || c == '\t' || c == '\r')
		return;
	if (l->ended || (l->depth == 0 && c != '{') || !ascii_isprint(c)) {
		l->bad = true;
	} else if (c == '{' || c == '[') {
		open_bracket(l, c);
	} else if (c == '}' || c == ']') {
		close_bracket(l, c);
	} else if (c == '"') {
		l->in_string = true;
		l->n_kept = 0;
		l->kept_over = false;
	} else if (c == ',') {
		l->want_key = l->open[l->depth - 1] == '{';
	} else if (c == ':') {
		l->want_key = false;
	}
}

void
resume_line_add(struct resume_line *l, struct str s)
{
	for (size_t i = 0; i < s.n && !l->bad; i++)
		if (l->in_string)
			add_to_string(l, s.p[i]);
		else
			add_outside(l, s.p[i]);
}

enum resume_kind
resume_line_end(struct resume_line *l)
{
	if (l->bad || !l->ended)
		return RESUME_BAD;
	if (l->verdict >= 0 && (l->has_domain || l->has_addresses)) {
		l->counts.domains = 1;
		l->counts.verdicts[l->verdict] = 1;
		return RESUME_DOMAIN;
	}
	return l->has_run ? RESUME_RUN : RESUME_OTHER;
}
