/* SPDX-License-Identifier: ISC */
/*
 * text_streams.c - what becomes of the mail of each sender, and whether the large
 * providers would take it: two small tables for people.
 */
#include "report/text.h"
#include "report/words.h"

#define MIN_COLUMN 10     /* cells of the first column, which grows with the names in it */
#define MAX_COLUMN 28     /* a longer name goes on behind it */
#define COLUMN_RESULT 11  /* cells of SPF, DKIM, aligned, DMARC each: "permerror" and two */
#define COLUMN_VERDICT 13 /* "cannot tell" and two */
#define COLUMN_STATE 9    /* "not met" and two */
#define MAX_SHOWN 20      /* streams; the rest is counted */

const char *
readiness_name(enum readiness_verdict v)
{
	static const char *const names[] = { "ready", "not-ready", "cannot-tell" };

	return names[v];
}

/* Blanks up to COLUMN; at least one. */
static void
pad_to(struct ink *k, unsigned column)
{
	do
		ink_adds(k, " ");
	while (k->col < column);
}

static void
painted(struct ink *k, enum paint p, const char *text)
{
	ink_paint(k, p);
	ink_adds(k, text);
	ink_plain(k);
}

static struct str
label_of(const struct stream *st)
{
	return st->name.n > 0 ? st->name : STR("given");
}

/* The colour of a result: what passes, what does not, and what nobody knows. */
static enum paint
result_paint(const char *result)
{
	if (strcmp(result, "pass") == 0 || strcmp(result, "yes") == 0)
		return PAINT_PASS;
	if (strcmp(result, "temperror") == 0 || strcmp(result, "?") == 0)
		return PAINT_UNKNOWN;
	return strcmp(result, "none") == 0 ? PAINT_WARNING : PAINT_ERROR;
}

static unsigned
first_column(const struct streams *s)
{
	size_t n = MIN_COLUMN;

	for (size_t i = 0; i < s->n && i < MAX_SHOWN; i++)
		if (label_of(&s->list[i]).n > n)
			n = label_of(&s->list[i]).n;
	return INDENT + (unsigned)(n < MAX_COLUMN ? n : MAX_COLUMN) + 2;
}

static void
stream_row(struct ink *k, const struct stream *st, unsigned column)
{
	bool unsure = strcmp(st->dmarc, "temperror") == 0 || st->dmarc[0] == '\0';
	const char *cells[] = { st->spf_known ? spf_result_name(st->spf) : "?",
		st->dkim[0] != '\0' ? st->dkim : "?",
		unsure                        ? "?"
		: stream_has_aligned_pass(st) ? "yes"
					      : "no",
		st->dmarc[0] != '\0' ? st->dmarc : "?" };
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_add_escaped(&b, label_of(st));
	ink_begin(k, INDENT, INDENT);
	ink_add(k, buf_str(&b));
	buf_free(&b);
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		pad_to(k, column + (unsigned)i * COLUMN_RESULT);
		painted(k, result_paint(cells[i]), cells[i]);
	}
	if (st->code[0] != '\0') {
		pad_to(k, column + (unsigned)ARRAY_LEN(cells) * COLUMN_RESULT);
		ink_adds(k, st->code);
	}
	ink_end(k);
}

static void
streams_head(struct ink *k, unsigned column)
{
	static const char *const heads[] = { "SPF", "DKIM", "aligned", "DMARC", "refused with" };

	ink_begin(k, INDENT, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, "sender");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		pad_to(k, column + (unsigned)i * COLUMN_RESULT);
		ink_adds(k, heads[i]);
	}
	ink_plain(k);
	ink_end(k);
}

static void
streams_table(struct ink *k, const struct streams *s)
{
	unsigned column = first_column(s);

	streams_head(k, column);
	for (size_t i = 0; i < s->n && i < MAX_SHOWN; i++)
		stream_row(k, &s->list[i], column);
	if (s->n > MAX_SHOWN) {
		ink_begin(k, INDENT, INDENT);
		ink_adds(k, "and ");
		ink_addu(k, s->n - MAX_SHOWN);
		ink_adds(k, " more");
		ink_end(k);
	}
	ink_end(k);
}

static void
verdict_cell(struct ink *k, const struct readiness *r)
{
	static const struct {
		const char *text;
		enum paint paint;
	} cells[] = { [READY] = { "ready", PAINT_PASS },
		[NOT_READY] = { "not ready", PAINT_ERROR },
		[CANNOT_TELL] = { "cannot tell", PAINT_UNKNOWN } };

	painted(k, cells[r->verdict].paint, cells[r->verdict].text);
}

/* What stands between, first things first; a slug may stand for several findings. */
static void
missing_add(struct buf *b, const struct readiness *r)
{
	for (size_t i = 0, n; i < r->n_missing; i += n) {
		enum rule_id id = r->missing[i]->f->id;

		for (n = 1; i + n < r->n_missing && r->missing[i + n]->f->id == id;)
			n++;
		buf_adds(b, i > 0 ? ", " : "");
		buf_adds(b, rule_of(id)->slug);
		if (n > 1) {
			buf_adds(b, " x");
			buf_addu(b, n);
		}
	}
	if (r->n_missing > 0 || r->verdict == READY)
		return;
	for (size_t i = 0; i < r->n_rows; i++)
		if (r->rows[i].binds &&
		    (r->rows[i].state == STATE_NOT_MET || r->rows[i].state == STATE_UNKNOWN)) {
			buf_adds(b, b->n > 0 ? ", " : "");
			buf_adds(b, r->rows[i].reason);
		}
}

static void
provider_row(struct ink *k, const struct readiness *r)
{
	unsigned column = INDENT + MIN_COLUMN + 2;
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	missing_add(&b, r);
	ink_begin(k, INDENT, column + COLUMN_VERDICT);
	ink_adds(k, r->provider);
	pad_to(k, column);
	verdict_cell(k, r);
	if (b.n > 0) {
		pad_to(k, column + COLUMN_VERDICT - 1);
		ink_words(k, buf_str(&b));
	}
	ink_end(k);
	buf_free(&b);
}

/* Each demand of R: whom it binds, whether it is met, what it draws. */
static void
demands_text(struct ink *k, const struct readiness *r, bool all)
{
	static const char *const states[] = { "met", "not met", "unknown", "unseen" };

	for (size_t i = 0; i < r->n_rows; i++) {
		const struct readiness_row *row = &r->rows[i];
		bool bad =
		    row->binds && (row->state == STATE_NOT_MET || row->state == STATE_UNKNOWN);

		if (!bad && !all)
			continue;
		ink_begin(k, 2 * INDENT, 2 * INDENT + MIN_COLUMN + COLUMN_STATE);
		ink_adds(k, r->provider);
		pad_to(k, 2 * INDENT + MIN_COLUMN);
		ink_adds(k, states[row->state]);
		pad_to(k, 2 * INDENT + MIN_COLUMN + COLUMN_STATE - 1);
		ink_words(k, str_of(row->r->text));
		if (!row->binds)
			ink_words(k, STR("(bulk senders only)"));
		if (bad && row->state == STATE_UNKNOWN) {
			ink_adds(k, ":");
			ink_words(k, str_of(row->reason));
		}
		if (row->r->codes[0] != '\0') {
			ink_words(k, STR("["));
			ink_adds(k, row->r->codes);
			ink_adds(k, "]");
		}
		ink_end(k);
	}
}

/* What nobody can see from here of what the provider R demands. */
static void
unseen_of(struct buf *b, const struct readiness *r)
{
	buf_reset(b);
	for (size_t i = 0; i < r->n_rows; i++) {
		if (!r->rows[i].binds || r->rows[i].state != STATE_UNSEEN)
			continue;
		if (b->n == 0) {
			buf_adds(b, "No lookup shows, for ");
			buf_adds(b, r->provider);
			buf_adds(b, ": ");
		} else {
			buf_adds(b, "; ");
		}
		buf_adds(b, r->rows[i].r->text);
	}
}

static void
unseen_text(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < d->n_readiness; i++) {
		unseen_of(&b, &d->readiness[i]);
		if (b.n > 0)
			ink_dim_line(k, buf_str(&b));
	}
	buf_free(&b);
}

/* When the pages were read. */
static void
dates_text(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_adds(&b, "Demands as they were published: ");
	for (size_t i = 0; i < d->n_readiness; i++) {
		buf_adds(&b, i > 0 ? ", " : "");
		buf_adds(&b, d->readiness[i].provider);
		buf_addc(&b, ' ');
		buf_adds(&b, d->readiness[i].as_of);
	}
	buf_adds(&b, d->subject->bulk ? "; those on bulk senders bind"
				      : "; those on bulk senders do not bind (--bulk)");
	ink_dim_line(k, buf_str(&b));
	buf_free(&b);
}

/* That nothing was asked on behalf of anybody: no word of a provider is no good word. */
static void
nobody_text(struct ink *k, const struct domain_result *d)
{
	const struct subject *s = d->subject;
	struct buf b;

	if (!s->preflight || s->parked || !name_is_set(&s->domain) || s->role == ROLE_RETURN_PATH)
		return;
	buf_init(&b, MAX_SENTENCE);
	buf_adds(&b, "Whether providers would take its mail was not judged: no sender of ");
	name_print(&b, &s->domain);
	buf_adds(&b, " is known (--ip, --via, or senders in mailvet.yaml)");
	ink_dim_line(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
}

void
streams_text(struct ink *k, const struct domain_result *d)
{
	const struct streams *s = d->facts != NULL ? d->facts->streams : NULL;
	bool named = false;

	for (size_t i = 0; s != NULL && i < s->n; i++)
		named = named || s->list[i].name.n > 0;
	if (s != NULL && s->n > 0 && (named || d->readiness != NULL))
		streams_table(k, s);
	if (d->readiness == NULL) {
		nobody_text(k, d);
		return;
	}
	ink_begin(k, INDENT, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, "provider");
	pad_to(k, INDENT + MIN_COLUMN + 2);
	ink_adds(k, "verdict");
	pad_to(k, INDENT + MIN_COLUMN + 2 + COLUMN_VERDICT);
	ink_adds(k, "what stands between, first things first");
	ink_plain(k);
	ink_end(k);
	for (size_t i = 0; i < d->n_readiness; i++)
		provider_row(k, &d->readiness[i]);
	ink_end(k);
	for (size_t i = 0; i < d->n_readiness; i++)
		demands_text(k, &d->readiness[i], k->style->verbose);
	unseen_text(k, d);
	dates_text(k, d);
	ink_end(k);
}
