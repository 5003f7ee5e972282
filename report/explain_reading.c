/* SPDX-License-Identifier: ISC */
/*
 * explain_reading.c - one reply explained, for people.
 */
#include "report/explain.h"
#include "report/text.h"
#include "report/words.h"

/* "LABEL  WORDS", the words in a column of their own. */
static void
row(struct ink *k, const char *label, struct str words)
{
	struct buf b;

	if (words.n == 0)
		return;
	buf_init(&b, MAX_SENTENCE);
	buf_add_escaped(&b, words);
	ink_begin(k, 0, 12);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, label);
	ink_plain(k);
	while (k->col < 11)
		ink_adds(k, " ");
	ink_words(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
}

static void
part(struct buf *b, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	buf_adds(b, b->n > 0 ? ", " : "");
	buf_adds(b, label);
	buf_add(b, s);
}

static void
names_row(struct ink *k, const struct bounce_reading *r)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	part(&b, "your address ", r->named_ip);
	part(&b, r->identity[0] != '\0' ? "" : "the domain ", r->named_domain);
	if (r->named_domain.n > 0 && r->identity[0] != '\0') {
		buf_adds(&b, " (");
		buf_adds(&b, r->identity);
		buf_addc(&b, ')');
	}
	part(&b, "the list ", r->list_zone);
	part(&b, "listed there: ", r->list_key);
	part(&b, "the receiver's own id ", r->provider_id);
	part(&b, "SPF ", r->spf);
	part(&b, "DKIM ", r->dkim);
	part(&b, "DMARC ", r->dmarc);
	row(k, "names", buf_str(&b));
	buf_free(&b);
}

static void
codes_row(struct ink *k, const struct bounce_reading *r)
{
	struct buf b;

	buf_init(&b, 256);
	if (r->reply_code != 0)
		buf_addu(&b, r->reply_code);
	buf_adds(&b, r->reply_code != 0 && r->enhanced_code.n > 0 ? " " : "");
	buf_add(&b, r->enhanced_code);
	if (b.n > 0)
		buf_adds(&b, r->permanent ? ", for good" : ", for now: it is tried again");
	row(k, "code", buf_str(&b));
	buf_free(&b);
}

static void
why_row(struct ink *k, const struct bounce_reading *r)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_add(&b, r->mechanism.n > 0 ? r->mechanism : STR("no refusal"));
	if (r->confidence[0] != '\0') {
		buf_adds(&b, " (confidence: ");
		buf_adds(&b, r->confidence);
		buf_addc(&b, ')');
	}
	row(k, "why", buf_str(&b));
	buf_free(&b);
	row(k, "", str_of(r->meaning));
}

void
explain_reading_text(
    struct buf *b, const struct report_style *style, const struct bounce_reading *r)
{
	struct ink k;

	ink_init(&k, b, style);
	row(&k, "reply", r->text);
	codes_row(&k, r);
	row(&k, "receiver", r->provider);
	why_row(&k, r);
	names_row(&k, r);
	row(&k, "who acts", str_of(r->who));
	for (size_t i = 0; i < r->n_next; i++)
		row(&k, i == 0 ? "look at" : "", r->next[i]);
	row(&k, "page", str_of(r->page));
}
