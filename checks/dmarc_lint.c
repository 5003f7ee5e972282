/* SPDX-License-Identifier: ISC */
/*
 * dmarc_lint.c - what is wrong with how a DMARC record is written (RFC 9989
 * sections 4.7 and 4.8).
 *
 * Every rule here can be told from the text alone.  One cause gives one fault:
 * a value that is wrong because a semicolon is missing is told as that.
 */
#include "checks/dmarc_record.h"

#include <string.h>

#include "checks/uri.h"

struct lint {
	struct arena *arena;
	const struct dmarc_record *r;
	struct dmarc_faults *fs;
	bool seen[DMARC_TAGS];
	bool seen_empty;
};

static struct dmarc_fault *
add(struct lint *l, enum rule_id rule, struct str what)
{
	struct dmarc_faults *fs = l->fs;
	struct dmarc_fault *f = arena_grow(l->arena, &fs->list, fs->n, &fs->cap, sizeof(*fs->list));

	fs->n++;
	f->rule = rule;
	f->what = what;
	return f;
}

static void
add_tag(struct lint *l, enum rule_id rule, struct str what, struct str tag)
{
	add(l, rule, what)->tag = tag;
}

/* Whether A becomes B by one change: a byte added, dropped, replaced or two swapped. */
static bool
is_one_edit(struct str a, struct str b)
{
	size_t head = 0, tail = 0;

	while (head < a.n && head < b.n && ascii_lower(a.p[head]) == b.p[head])
		head++;
	while (tail < a.n - head && tail < b.n - head &&
	       ascii_lower(a.p[a.n - 1 - tail]) == b.p[b.n - 1 - tail])
		tail++;
	size_t da = a.n - head - tail, db = b.n - head - tail;
	if (da <= 1 && db <= 1)
		return true;
	return da == 2 && db == 2 && ascii_lower(a.p[head]) == b.p[head + 1] &&
	       ascii_lower(a.p[head + 1]) == b.p[head];
}

/*
 * The tag that NAME was meant to be.  Short names are a letter away from
 * everything, so for those only another case or two letters swapped count.
 */
static enum dmarc_tag
meant_tag(struct str name)
{
	for (int t = 0; t < DMARC_TAGS; t++) {
		struct str known = str_of(dmarc_tag_name((enum dmarc_tag)t));

		if (str_ieq(name, known))
			return (enum dmarc_tag)t;
		if (known.n >= 3 ? is_one_edit(name, known)
				 : known.n == 2 && name.n == 2 && name.p[0] == known.p[1] &&
				       name.p[1] == known.p[0])
			return (enum dmarc_tag)t;
	}
	return DMARC_TAGS;
}

/* Whether TEXT begins with a quotation mark: ASCII, or one that a word processor made. */
static bool
is_quote(struct str text)
{
	if (text.n == 0 || (uint8_t)text.p[0] < 0x80)
		return text.n > 0 && (text.p[0] == '"' || text.p[0] == '\'');
	return str_has_prefix(text, STR("\xe2\x80\x9c")) ||
	       str_has_prefix(text, STR("\xe2\x80\x9d")) ||
	       str_has_prefix(text, STR("\xe2\x80\x98")) ||
	       str_has_prefix(text, STR("\xe2\x80\x99"));
}

/*
 * Where a second tag begins inside VALUE: a known name behind a blank or a
 * comma, with '=' behind it.  VALUE.n when none does.
 */
static size_t
find_swallowed(struct str value)
{
	for (size_t i = 1; i < value.n; i++) {
		char before = value.p[i - 1];
		size_t end = i;

		if (!ascii_isblank(before) && before != ',')
			continue;
		while (end < value.n && ascii_isalpha(value.p[end]))
			end++;
		struct str name = str_sub(value, i, end - i);
		while (end < value.n && ascii_isblank(value.p[end]))
			end++;
		if (end < value.n && value.p[end] == '=' && dmarc_tag_find(name) != DMARC_TAGS)
			return i;
	}
	return value.n;
}

/* Tags that only reports, or nobody any more, depend on: never above a warning. */
static bool
is_lesser(enum dmarc_tag id)
{
	return id == DMARC_TAG_FO || id == DMARC_TAG_RUA || id == DMARC_TAG_RUF ||
	       id >= DMARC_TAG_PCT;
}

/* RULE for a tag that decides over mail, a common warning for the others. */
static struct dmarc_fault *
add_written(struct lint *l, enum rule_id rule, struct str what, struct str name)
{
	struct dmarc_fault *f =
	    add(l, is_lesser(dmarc_tag_find(name)) ? RULE_DMARC_REPORT_TAG : rule, what);

	f->tag = name;
	return f;
}

/* The tag that begins at AT of its value was swallowed by the tag T. */
static void
add_swallowed(struct lint *l, const struct tag *t, size_t at)
{
	struct str rest = str_sub(t->value, at, t->value.n);
	size_t end = 0, gap = at;

	while (end < rest.n && ascii_isalpha(rest.p[end]))
		end++;
	while (gap > 0 && (ascii_isblank(t->value.p[gap - 1]) || t->value.p[gap - 1] == ','))
		gap--;
	struct str name = str_sub(rest, 0, end);
	bool lesser = is_lesser(dmarc_tag_find(name)) && is_lesser(dmarc_tag_find(t->name));
	struct dmarc_fault *f =
	    add(l, lesser ? RULE_DMARC_REPORT_SEMICOLON : RULE_DMARC_NO_SEMICOLON, rest);
	f->tag = name;
	f->meant = t->name;
	f->cut = str_sub(t->value, gap, at - gap);
	f->instead = "; ";
}

/* Faults of writing that explain whatever else is wrong with the value of T. */
static bool
lint_writing(struct lint *l, const struct tag *t)
{
	size_t at = find_swallowed(t->value);

	if (at < t->value.n) {
		add_swallowed(l, t, at);
		return true;
	}
	if (is_quote(t->value)) {
		add_written(l, RULE_DMARC_QUOTES, t->value, t->name);
		return true;
	}
	if (t->value.n > 0 && t->value.p[t->value.n - 1] == '\\') {
		struct str last = str_sub(t->value, t->value.n - 1, 1);
		struct dmarc_fault *f = add_written(l, RULE_DMARC_BACKSLASH, last, t->name);
		f->cut = last;
		f->instead = "";
		return true;
	}
	if (t->fault == TAG_BAD_VALUE) {
		add_written(l, RULE_DMARC_BAD_BYTE, t->all, t->name);
		return true;
	}
	return false;
}

static void
lint_policy(struct lint *l, const struct tag *t, enum dmarc_tag id, enum dmarc_word word)
{
	enum rule_id rule;

	if (word != DMARC_BAD)
		return;
	/* 4.10.1: the whole record falls back, or falls */
	if (l->r->is_void)
		rule = RULE_DMARC_BAD_POLICY_VOID;
	else
		rule = id == DMARC_TAG_P ? RULE_DMARC_BAD_POLICY : RULE_DMARC_BAD_SUBPOLICY;
	add_tag(l, rule, t->all, t->name);
}

/* VALUES: the letters that the value, one letter, may be. */
static void
lint_letter(struct lint *l, const struct tag *t, const char *values)
{
	if (t->value.n != 1 || t->value.p[0] == '\0' ||
	    strchr(values, ascii_lower(t->value.p[0])) == NULL)
		add_tag(l, RULE_DMARC_BAD_VALUE, t->all, t->name);
}

/* 4.7 fo: 0, 1, d and s, with colons between; 0 says the opposite of 1. */
static void
lint_fo(struct lint *l, const struct tag *t)
{
	struct str part;
	size_t pos = 0;
	bool zero = false, one = false, bad = false;

	while (list_next(t->value, ':', &pos, &part)) {
		zero = zero || str_eq(part, STR("0"));
		one = one || str_eq(part, STR("1"));
		if (part.n != 1 || part.p[0] == '\0' ||
		    strchr("01ds", ascii_lower(part.p[0])) == NULL)
			bad = true;
	}
	if (bad || t->value.n == 0)
		add_tag(l, RULE_DMARC_FO_VALUE, t->all, t->name);
	else if (zero && one)
		add_tag(l, RULE_DMARC_FO_BOTH, t->all, t->name);
	if (l->r->tags[DMARC_TAG_RUF].all.n == 0)
		add(l, RULE_DMARC_FO_IGNORED, t->all);
}

static void
lint_uri(struct lint *l, const struct report_uri *u, const struct tag *t)
{
	/* clang-format off */
	static const enum rule_id rules[] = {
		[URI_EMPTY] = RULE_DMARC_URI_EMPTY,
		[URI_NO_SCHEME] = RULE_DMARC_URI_NO_SCHEME,
		[URI_BLANK] = RULE_DMARC_URI_BLANK,
		[URI_BAD_BYTE] = RULE_DMARC_URI_BYTE,
		[URI_BAD_PERCENT] = RULE_DMARC_URI_PERCENT,
		[URI_NO_ADDRESS] = RULE_DMARC_URI_NO_ADDRESS,
		[URI_BAD_DOMAIN] = RULE_DMARC_URI_DOMAIN,
	};
	/* clang-format on */

	struct dmarc_fault *f;

	if (u->fault != URI_OK) {
		f = add(l, rules[u->fault], u->bad.n > 0 ? u->bad : t->all);
		f->tag = t->name;
		f->part = u->all;
		if (u->fault == URI_NO_SCHEME && str_find(u->all, 0, '@') < u->all.n) {
			f->cut = str_sub(u->all, 0, 0);
			f->instead = "mailto:";
		}
		return;
	}
	if (!u->is_mailto) {
		f = add(l, RULE_DMARC_URI_OTHER_SCHEME, u->all);
		f->tag = t->name;
		f->part = u->all;
	}
	if (u->size.n > 0) {
		f = add(l, RULE_DMARC_URI_SIZE, u->size);
		f->tag = t->name;
		f->part = u->all;
	}
}

static void
lint_uris(struct lint *l, const struct tag *t)
{
	struct report_uri u;
	size_t pos = 0, n = 0;

	while (n < MAX_DMARC_URIS && uri_next(t->value, &pos, &u)) {
		lint_uri(l, &u, t);
		n++;
	}
	/* RFC 7489 6.2: receivers may stop after two */
	if (n > 2)
		add_tag(l, RULE_DMARC_MANY_URIS, t->all, t->name);
}

static void
lint_known(struct lint *l, const struct tag *t, enum dmarc_tag id)
{
	if (lint_writing(l, t))
		return;
	switch (id) {
	case DMARC_TAG_P:
		lint_policy(l, t, id, l->r->p);
		break;
	case DMARC_TAG_SP:
		lint_policy(l, t, id, l->r->sp);
		break;
	case DMARC_TAG_NP:
		lint_policy(l, t, id, l->r->np);
		break;
	case DMARC_TAG_ADKIM:
	case DMARC_TAG_ASPF:
		lint_letter(l, t, "rs");
		break;
	case DMARC_TAG_T:
		lint_letter(l, t, "yn");
		break;
	case DMARC_TAG_PSD:
		lint_letter(l, t, "ynu");
		break;
	case DMARC_TAG_FO:
		lint_fo(l, t);
		break;
	case DMARC_TAG_RUA:
	case DMARC_TAG_RUF:
		lint_uris(l, t);
		break;
	default: /* v was judged before; the historic ones are told together */
		break;
	}
}

static void
lint_unknown(struct lint *l, const struct tag *t)
{
	enum dmarc_tag meant = meant_tag(t->name);

	if (meant == DMARC_TAGS) {
		add_tag(l, RULE_DMARC_UNKNOWN_TAG, t->all, t->name);
		return;
	}
	struct dmarc_fault *f = add(l, RULE_DMARC_TYPO, t->all);
	f->tag = t->name;
	f->meant = str_of(dmarc_tag_name(meant));
	if (l->r->tags[meant].all.n == 0) {
		f->cut = t->name;
		f->instead = dmarc_tag_name(meant);
	}
}

/* A part without '=': "p:none", a lone word, or what quotes left behind. */
static void
lint_no_equals(struct lint *l, const struct tag *t)
{
	size_t colon = str_find(t->all, 0, ':');
	struct str name = str_trim(str_sub(t->all, 0, colon));

	struct dmarc_fault *f;

	if (colon < t->all.n && dmarc_tag_find(name) != DMARC_TAGS) {
		f = add_written(l, RULE_DMARC_COLON, t->all, name);
		f->cut = str_sub(t->all, colon, 1);
		f->instead = "=";
		return;
	}
	bool stray = is_quote(t->all) || str_eq(t->all, STR("\\"));
	f = add(l, stray ? RULE_DMARC_STRAY : RULE_DMARC_NO_EQUALS, t->all);
	f->part = t->all;
}

static void
lint_tag(struct lint *l, const struct tag *t)
{
	enum dmarc_tag id;

	switch (t->fault) {
	case TAG_EMPTY:
		if (!l->seen_empty)
			add(l, RULE_DMARC_EMPTY_PART, t->all);
		l->seen_empty = true;
		return;
	case TAG_NO_EQUALS:
		lint_no_equals(l, t);
		return;
	case TAG_BAD_NAME:
		add(l, RULE_DMARC_BAD_NAME, t->all)->part = t->all;
		return;
	case TAG_OK:
	case TAG_BAD_VALUE:
		break;
	}
	id = dmarc_tag_find(t->name);
	if (id == DMARC_TAGS) {
		lint_unknown(l, t);
	} else if (l->seen[id]) {
		/* RFC 6376 3.2: a name that occurs twice makes the whole list invalid */
		add_tag(l, RULE_DMARC_DUPLICATE, t->all, t->name);
	} else {
		l->seen[id] = true;
		lint_known(l, t, id);
	}
}

/* pct, rf and ri in one fault: they have one cause, an old template. */
static void
lint_historic(struct lint *l)
{
	static const char *const lists[] = { "", "pct", "rf", "pct, rf", "ri", "pct, ri", "rf, ri",
		"pct, rf, ri" };
	struct str first = { NULL, 0 };
	size_t which = 0;

	for (int t = DMARC_TAG_PCT; t <= DMARC_TAG_RI; t++) {
		const struct tag *tag = &l->r->tags[t];

		if (tag->all.n == 0)
			continue;
		if (which == 0)
			first = tag->all;
		which |= (size_t)1 << (t - DMARC_TAG_PCT);
	}
	if (which != 0)
		add_tag(l, RULE_DMARC_HISTORIC, first, str_of(lists[which]));
}

/* RFC 7489 6.3: p had to follow v; old receivers may insist. */
static bool
is_policy_second(const struct dmarc_record *r)
{
	struct tag t;
	size_t pos = 0;

	(void)tag_next(r->text, &pos, &t);
	while (tag_next(r->text, &pos, &t) && t.fault == TAG_EMPTY)
		;
	return t.all.p == r->tags[DMARC_TAG_P].all.p;
}

/* Whether "p:reject" was told: then p is there, and not missing. */
static bool
is_policy_told(const struct lint *l)
{
	for (size_t i = 0; i < l->fs->n; i++)
		if (l->fs->list[i].rule == RULE_DMARC_COLON && str_eq(l->fs->list[i].tag, STR("p")))
			return true;
	return false;
}

/* What is told by the record as a whole: no p, p too late, old tags. */
static void
lint_whole(struct lint *l)
{
	const struct dmarc_record *r = l->r;
	const struct tag *p = &r->tags[DMARC_TAG_P];
	const struct tag *ruf = &r->tags[DMARC_TAG_RUF];
	bool told = r->is_void && (r->sp == DMARC_BAD || r->np == DMARC_BAD);

	told = told || is_policy_told(l);
	if (r->p == DMARC_ABSENT && !told)
		add(l, r->is_void ? RULE_DMARC_VOID : RULE_DMARC_NO_POLICY, str_sub(r->text, 0, 0));
	else if (r->p != DMARC_ABSENT && !is_policy_second(r))
		add(l, RULE_DMARC_LATE_POLICY, p->all);
	if (ruf->all.n > 0)
		add(l, RULE_DMARC_RUF, ruf->all);
	lint_historic(l);
}

void
dmarc_lint(struct arena *a, const struct dmarc_record *r, struct dmarc_faults *fs)
{
	struct lint l = { .arena = a, .r = r, .fs = fs };
	struct tag t;
	size_t pos = 0;

	if (r->text.n > 0 && ascii_isblank(r->text.p[0]))
		add(&l, RULE_DMARC_LEADING_BLANK, str_sub(r->text, 0, 1));
	while (tag_next(r->text, &pos, &t))
		lint_tag(&l, &t);
	/* tag_next() ends after MAX_TAGS */
	if (str_trim(str_sub(r->text, pos, r->text.n)).n > 0)
		add(&l, RULE_DMARC_TOO_MANY_TAGS, str_sub(r->text, 0, 0));
	lint_whole(&l);
}
