/* SPDX-License-Identifier: ISC */
/*
 * baseline.c - the file of accepted findings, read and written.
 */
#include "audit/gate/baseline.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/error.h"
#include "audit/gate/compare.h"
#include "checks/core/arena.h"
#include "checks/core/civil.h"

#define DAY_S 86400
#define FINGERPRINT_DIGITS 16
#define WORDS 4 /* before the reason */
#define FIGURE "figure="

static const char head[] =
    "# Findings that mailvet gate accepts: fingerprint, rule, domain, last day (or -), reason.\n";

void
baseline_init(struct baseline *b)
{
	*b = (struct baseline){ .path = NULL };
	arena_init(&b->arena, 0);
}

void
baseline_free(struct baseline *b)
{
	arena_free(&b->arena);
}

/* The next word of *S, which is cut off it. */
static struct str
word(struct str *s)
{
	struct str w = str_trim(*s);
	size_t end = 0;

	while (end < w.n && !ascii_isblank(w.p[end]))
		end++;
	*s = str_sub(w, end, w.n);
	return str_sub(w, 0, end);
}

static bool
read_fingerprint(struct str w, struct waiver *out)
{
	if (w.n != FINGERPRINT_DIGITS)
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!ascii_isdigit(w.p[i]) && !(w.p[i] >= 'a' && w.p[i] <= 'f'))
			return false;
	memcpy(out->fingerprint, w.p, w.n);
	return true;
}

/* The figure at the start of *REST, which it is cut off; false when it is no number. */
static bool
read_figure(struct str *rest, struct baseline_line *l)
{
	struct str after = *rest, w = word(&after);

	l->has_figure = str_has_prefix(w, STR(FIGURE));
	if (!l->has_figure)
		return true;
	*rest = after;
	return parse_u32(str_sub(w, sizeof(FIGURE) - 1, w.n), UINT32_MAX, &l->figure);
}

/* One line; NULL, or what is wrong with it. */
static const char *
read_line(struct str line, struct baseline_line *l)
{
	struct waiver *out = &l->waiver;
	struct str w[WORDS];
	enum rule_id id;

	for (size_t i = 0; i < WORDS; i++)
		w[i] = word(&line);
	*l = (struct baseline_line){ .waiver = { .origin = WAIVED_BY_BASELINE, .rule = w[1] } };
	if (!read_fingerprint(w[0], out))
		return "begins with no fingerprint: 16 digits of 0-9a-f";
	if (!rule_find(w[1], &id))
		return "names a rule there is not (see mailvet rules)";
	if (name_parse(w[2], &out->domain) != NAME_OK || name_labels(&out->domain) == 0)
		return "names no domain";
	if (!str_eq(w[3], STR("-"))) {
		if (w[3].n != sizeof("2026-11-21") - 1 || !time_parse(w[3], &out->until))
			return "a day like 2026-11-21 is wanted, or -";
		out->until += DAY_S - 1;
	}
	if (!read_figure(&line, l))
		return "a number is wanted behind " FIGURE;
	out->reason = str_trim(line);
	return out->reason.n > 0 ? NULL : "gives no reason";
}

static int
cmp_key(const struct name *da, const char *fa, const struct name *db, const char *fb)
{
	int c = name_cmp(da, db);

	return c != 0 ? c : strcmp(fa, fb);
}

static int
cmp_lines(const void *va, const void *vb)
{
	const struct baseline_line *a = va, *b = vb;
	int c = cmp_key(
	    &a->waiver.domain, a->waiver.fingerprint, &b->waiver.domain, b->waiver.fingerprint);

	return c != 0 ? c : a->line < b->line ? -1 : a->line > b->line;
}

int
baseline_parse(struct baseline *b, struct str text, struct baseline_error *error)
{
	uint32_t n = 0;

	text = arena_str(&b->arena, text);
	for (size_t pos = 0, end; pos < text.n; pos = end + 1) {
		struct baseline_line *l, read;
		struct str s;

		end = str_find(text, pos, '\n');
		s = str_trim(str_sub(text, pos, end - pos));
		n++;
		if (s.n > 0 && s.p[s.n - 1] == '\r')
			s.n--;
		if (s.n == 0 || s.p[0] == '#')
			continue;
		error->line = n;
		error->why =
		    b->n == MAX_BASELINE_LINES ? "one line more than is read" : read_line(s, &read);
		if (error->why != NULL)
			return AUDIT_EFORMAT;
		l = arena_grow(&b->arena, &b->lines, b->n, &b->cap, sizeof(*b->lines));
		b->n++;
		*l = read;
		l->line = n;
	}
	if (b->n > 1)
		qsort(b->lines, b->n, sizeof(*b->lines), cmp_lines);
	return AUDIT_OK;
}

int
baseline_read(struct baseline *b, const char *path)
{
	struct baseline_error error = { .line = 0 };
	FILE *f = fopen(path, "r");
	int rc = AUDIT_EREAD;
	size_t n;
	char *p;

	if (f == NULL) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	p = xmalloc(MAX_BASELINE_BYTES + 1);
	n = fread(p, 1, MAX_BASELINE_BYTES + 1, f);
	if (ferror(f) != 0)
		audit_warn("%s: cannot be read", path);
	else if (n > MAX_BASELINE_BYTES)
		audit_warn("%s: larger than a baseline may be", path);
	else if ((rc = baseline_parse(b, (struct str){ p, n }, &error)) != AUDIT_OK)
		audit_warn("%s:%lu: %s", path, (unsigned long)error.line, error.why);
	(void)fclose(f);
	free(p);
	b->path = path;
	return rc;
}

struct baseline_line *
baseline_find(const struct baseline *b, const struct name *domain, const struct judged *g)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct waiver *w = &b->lines[mid].waiver;

		if (cmp_key(&w->domain, w->fingerprint, domain, g->fingerprint) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < b->n; low++) {
		struct baseline_line *l = &b->lines[low];

		if (cmp_key(&l->waiver.domain, l->waiver.fingerprint, domain, g->fingerprint) != 0)
			break;
		if (rule_is_called(rule_of(g->f->id), l->waiver.rule))
			return l;
	}
	return NULL;
}

bool
baseline_is_over(const struct baseline_line *l, const struct judged *g)
{
	int64_t figure;

	return l->has_figure && compare_figure(g, &figure) && figure > (int64_t)l->figure;
}

void
baseline_add(struct buf *out, const struct name *domain, const struct judged *g,
    const struct waiver *old, struct str reason)
{
	int64_t figure;

	buf_adds(out, g->fingerprint);
	buf_addc(out, ' ');
	buf_adds(out, rule_of(g->f->id)->slug);
	buf_addc(out, ' ');
	name_print(out, domain);
	buf_addc(out, ' ');
	if (old != NULL && old->until != 0)
		date_add(out, old->until);
	else
		buf_addc(out, '-');
	if (compare_figure(g, &figure) && figure >= 0) {
		buf_adds(out, " " FIGURE);
		buf_addu(out, (size_t)figure);
	}
	buf_addc(out, ' ');
	buf_add(out, old != NULL ? old->reason : reason);
	buf_addc(out, '\n');
}

/* By the words behind the fingerprint, which says nothing to anybody. */
static int
cmp_text(const void *va, const void *vb)
{
	const struct str *a = va, *b = vb;
	size_t cut = FINGERPRINT_DIGITS + 1;
	int c = str_cmp(str_sub(*a, cut, a->n), str_sub(*b, cut, b->n));

	return c != 0 ? c : str_cmp(*a, *b);
}

int
baseline_write(const char *path, struct str text)
{
	struct arena a;
	struct str *lines = NULL;
	size_t n = 0, cap = 0;
	FILE *f = fopen(path, "w");
	bool bad;

	if (f == NULL) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EWRITE;
	}
	arena_init(&a, 0);
	for (size_t pos = 0, end; pos < text.n; pos = end + 1, n++) {
		end = str_find(text, pos, '\n');
		(void)arena_grow(&a, &lines, n, &cap, sizeof(*lines));
		lines[n] = str_sub(text, pos, end - pos);
	}
	if (n > 1)
		qsort(lines, n, sizeof(*lines), cmp_text);
	bad = fwrite(head, 1, sizeof(head) - 1, f) != sizeof(head) - 1;
	for (size_t i = 0; i < n && !bad; i++)
		bad = (i == 0 || !str_eq(lines[i], lines[i - 1])) &&
		      (fwrite(lines[i].p, 1, lines[i].n, f) != lines[i].n || fputc('\n', f) == EOF);
	arena_free(&a);
	if (fclose(f) != 0 || bad)
		return audit_write_failed(path);
	return AUDIT_OK;
}
