/* SPDX-License-Identifier: ISC */
/*
 * github.c - the format github: workflow commands that GitHub shows beside the lines
 * of a pull request.
 *
 * GitHub shows 10 annotations of a level for a step, and 50 for a job; what comes
 * after is lost without a word.  So they are held until the end, at most 10 of each
 * level are written, 30 in all, what is new first, and the last says how many there
 * are besides.
 */
#include "report/ci.h"
#include "report/located.h"

#define MAX_A_LEVEL 10 /* that GitHub shows for a step */

enum level { SHOW_ERROR, SHOW_WARNING, SHOW_NOTICE, N_SHOWN };
enum { FRESH, KEPT, N_AGES };

/* How many there are, shown or not: what r->held begins with. */
struct tally {
	size_t n[N_SHOWN][N_AGES];
};

/* What stands in r->held before the bytes of each annotation. */
struct entry {
	enum level level;
	unsigned age;
	size_t n; /* bytes that follow */
};

static const char *const commands[N_SHOWN] = { "::error", "::warning", "::notice" };
static const char *const plurals[N_SHOWN] = { "errors", "warnings", "notices" };

/* Append S, printable but for line ends; PROPERTY: also what ends a property. */
static void
escaped_add(struct buf *b, struct str s, bool property)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%')
			buf_adds(b, "%25");
		else if (s.p[i] == '\r')
			buf_adds(b, "%0D");
		else if (s.p[i] == '\n')
			buf_adds(b, "%0A");
		else if (s.p[i] == ':' && property)
			buf_adds(b, "%3A");
		else if (s.p[i] == ',' && property)
			buf_adds(b, "%2C");
		else
			buf_addc(b, s.p[i]);
	}
}

static void
number(struct buf *b, const char *key, uint32_t n)
{
	if (n == 0)
		return;
	buf_adds(b, key);
	buf_addu(b, n);
}

/* " file=zones/example.com,line=3,col=5,endColumn=9," of what is in a file. */
static void
place_add(struct buf *b, const struct located *at, struct buf *tmp)
{
	if (!at->is_file)
		return;
	path_add(tmp, at->file);
	buf_adds(b, "file=");
	escaped_add(b, buf_str(tmp), true);
	buf_reset(tmp);
	number(b, ",line=", at->line);
	number(b, ",endLine=", at->end_line);
	if (at->column > 0 && (at->end_line == 0 || at->end_line == at->line)) {
		number(b, ",col=", at->column);
		/* the last column that is meant, not the one behind it */
		number(b, ",endColumn=", at->end_column > at->column ? at->end_column - 1 : 0);
	}
	buf_addc(b, ',');
}

static void
annotation_add(struct buf *b, const struct domain_result *d, const struct judged *g,
    const struct report_style *style)
{
	const struct rule *rule = rule_of(g->f->id);
	const char *change = change_word(g);
	struct located at;
	struct buf tmp;

	locate(d, g, &at);
	buf_init(&tmp, MAX_TOLD);
	place_add(b, &at, &tmp);
	if (change[0] != '\0') {
		buf_adds(&tmp, change);
		buf_adds(&tmp, ": ");
	}
	buf_adds(&tmp, rule->title);
	buf_adds(&tmp, " [");
	buf_adds(&tmp, rule->slug);
	buf_addc(&tmp, ']');
	buf_adds(b, "title=");
	escaped_add(b, buf_str(&tmp), true);
	buf_adds(b, "::");
	buf_reset(&tmp);
	subject_add(&tmp, d, &at);
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(&tmp, "not determined: ");
	all_told_add(&tmp, g, style);
	escaped_add(b, buf_str(&tmp), false);
	buf_free(&tmp);
}

/* The entry at *AT of HELD into *OUT and its bytes into *TEXT; false behind the last. */
static bool
next_entry(struct str held, size_t *at, struct entry *out, struct str *text)
{
	if (*at >= held.n)
		return false;
	memcpy(out, held.p + *at, sizeof(*out));
	*text = str_sub(held, *at + sizeof(*out), out->n);
	*at += sizeof(*out) + out->n;
	return true;
}

/* Whether TEXT is held already: a record that several domains include is told once. */
static bool
is_held(struct str held, enum level level, struct str text)
{
	struct entry e;
	struct str other;

	for (size_t at = sizeof(struct tally); next_entry(held, &at, &e, &other);)
		if (e.level == level && str_eq(text, other))
			return true;
	return false;
}

static void
hold(struct report *r, struct entry e, struct str text)
{
	char bytes[sizeof(e)];
	struct tally t = { .n = { { 0 } } };
	char all[sizeof(t)];

	if (r->held.n > 0)
		memcpy(&t, r->held.p, sizeof(t));
	else
		buf_add(&r->held, (struct str){ (const char *)&t, sizeof(t) });
	if (r->held.over || is_held(buf_str(&r->held), e.level, text))
		return;
	if (t.n[e.level][e.age]++ < MAX_A_LEVEL) {
		e.n = text.n;
		memcpy(bytes, &e, sizeof(e));
		buf_add(&r->held, (struct str){ bytes, sizeof(bytes) });
		buf_add(&r->held, text);
	}
	memcpy(all, &t, sizeof(t));
	memcpy(r->held.p, all, sizeof(all));
}

static void
one(struct report *r, const struct domain_result *d, const struct judged *g)
{
	enum weight w = weight_of(g);
	struct entry e = { .age = w == WEIGHT_KEPT ? KEPT : FRESH };
	struct buf text;

	if (w == WEIGHT_NONE || g->waiver != NULL)
		return;
	if (w == WEIGHT_KEPT && g->level == LEVEL_UNKNOWN)
		return; /* no news of the change, and ten of them would hide what is */
	if ((w == WEIGHT_NOTE || g->level == LEVEL_NOTE) && !r->style.notes)
		return;
	e.level = w == WEIGHT_ERROR ? SHOW_ERROR : w == WEIGHT_WARNING ? SHOW_WARNING : SHOW_NOTICE;
	buf_init(&text, 4 * MAX_TOLD);
	annotation_add(&text, d, g, &r->style);
	hold(r, e, buf_str(&text));
	buf_free(&text);
}

void
github_report_domain(struct report *r, const struct domain_result *d)
{
	for (size_t i = 0; i < d->n_findings; i++)
		one(r, d, &d->findings[i]);
}

/* Write those of LEVEL and AGE that are held, as long as *ROOM lasts. */
static void
write_held(struct report *r, enum level level, unsigned age, size_t *room)
{
	struct str held = buf_str(&r->held), text;
	struct entry e;

	for (size_t at = sizeof(struct tally); *room > 0 && next_entry(held, &at, &e, &text);) {
		if (e.level != level || e.age != age)
			continue;
		buf_adds(r->out, commands[level]);
		buf_addc(r->out, ' ');
		buf_add(r->out, text);
		buf_addc(r->out, '\n');
		(*room)--;
	}
}

static void
write_level(struct report *r, enum level level, const struct tally *t)
{
	size_t all = t->n[level][FRESH] + t->n[level][KEPT];
	size_t shown = all > MAX_A_LEVEL ? MAX_A_LEVEL - 1 : all, room = shown;

	write_held(r, level, FRESH, &room);
	write_held(r, level, KEPT, &room);
	if (all == shown)
		return;
	buf_adds(r->out, commands[level]);
	buf_adds(r->out, " title=mailvet::and ");
	buf_addu(r->out, all - shown);
	buf_adds(r->out, " more ");
	buf_adds(r->out, plurals[level]);
	buf_adds(r->out, ": GitHub shows 10 annotations of a level; other reports have all\n");
}

void
github_report_end(struct report *r, const struct run_result *run)
{
	struct tally t = { .n = { { 0 } } };

	for (size_t i = 0; i < run->n_findings; i++)
		one(r, NULL, &run->findings[i]);
	if (r->held.n > 0)
		memcpy(&t, r->held.p, sizeof(t));
	for (size_t l = 0; l < N_SHOWN; l++)
		write_level(r, (enum level)l, &t);
}
