/* SPDX-License-Identifier: ISC */
/*
 * text_message.c - what a receiver makes of a sample message, for people: who
 * signed it and whether that holds, SPF and DMARC, and the field a receiver
 * would write of all that.
 */
#include "report/text.h"

#define HANG 14            /* below the first word after "  Message-ID: " */
#define RESULT_CELLS 10    /* the longest result is "permerror" */
#define MAX_SHOWN 200      /* octets of a field of the message */
#define MAX_SEALS 5        /* that are named */
#define MAX_LINE_TEXT 4000 /* of the line about one signature */

static void
label(struct ink *k, const char *text)
{
	ink_begin(k, INDENT, HANG);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, text);
	ink_plain(k);
	while (k->col < HANG)
		ink_adds(k, " ");
	k->fresh = true;
}

/* A line "LABEL WORDS" of what stands in the message; nothing for none. */
static void
field_line(struct ink *k, const char *name, struct str value)
{
	struct buf b;

	if (value.n == 0)
		return;
	buf_init(&b, 4 * MAX_SHOWN + 8);
	buf_add_escaped(&b, str_sub(value, 0, MAX_SHOWN));
	label(k, name);
	ink_words(k, buf_str(&b));
	if (value.n > MAX_SHOWN)
		buf_adds(k->out, elision(k->style));
	ink_end(k);
	buf_free(&b);
}

/* How good a result of RFC 8601 2.7 is. */
static enum paint
result_paint(const char *result)
{
	if (strcmp(result, "pass") == 0)
		return PAINT_PASS;
	if (strcmp(result, "none") == 0)
		return PAINT_NOTE;
	return strcmp(result, "temperror") == 0 ? PAINT_UNKNOWN : PAINT_ERROR;
}

/* "pass      WORDS" behind the label. */
static void
result_line(struct ink *k, const char *name, const char *result, struct str words)
{
	label(k, name);
	k->hang = HANG + RESULT_CELLS;
	ink_paint(k, result_paint(result));
	ink_adds(k, result);
	ink_plain(k);
	while (words.n > 0 && k->col < HANG + RESULT_CELLS)
		ink_adds(k, " ");
	k->fresh = true;
	ink_words(k, words);
	ink_end(k);
}

static void
part_add(struct buf *b, const char *before, struct str value)
{
	if (value.n == 0)
		return;
	buf_adds(b, before);
	buf_add_escaped(b, str_sub(value, 0, MAX_SHOWN));
}

static void
signature_line(
    struct ink *k, const char *name, const struct message_facts *m, const struct signature_fact *s)
{
	struct buf b;

	buf_init(&b, MAX_LINE_TEXT);
	if (s->domain.n > 0) {
		buf_adds(&b, "d=");
		name_print(&b, &s->domain);
	}
	part_add(&b, " s=", s->selector);
	part_add(&b, " a=", s->algorithm);
	if (s->bits > 0) {
		buf_addc(&b, ' ');
		buf_addu(&b, s->bits);
		buf_adds(&b, " bits");
	}
	if (s->aligned_relaxed)
		buf_adds(&b, s->aligned_strict ? ", aligned" : ", aligned (relaxed)");
	else if (m->from_domain.n > 0 && s->domain.n > 0)
		buf_adds(&b, ", not aligned");
	part_add(&b, b.n > 0 ? ": " : "", s->why);
	result_line(k, name, s->result, buf_str(&b));
	buf_free(&b);
}

static void
signatures_text(struct ink *k, const struct message_facts *m)
{
	struct buf b;

	for (size_t i = 0; i < m->n_signatures; i++)
		signature_line(k, i == 0 ? "DKIM" : "", m, &m->signatures[i]);
	if (m->n_signatures == 0)
		result_line(k, "DKIM", m->cut ? "unknown" : "none",
		    m->cut ? STR("no signature in the part of the header that was read")
			   : STR("no signature"));
	if (m->n_more == 0)
		return;
	buf_init(&b, MAX_LINE_TEXT);
	buf_adds(&b, "and ");
	buf_addu(&b, m->n_more);
	buf_adds(&b, " more signatures that nobody looked at");
	label(k, "");
	ink_words(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
}

/* What lacks for SPF, in words. */
static struct str
wants_text(const char *wants)
{
	if (strcmp(wants, "mail-from") == 0)
		return STR("not evaluated: MAIL FROM is not known (--mail-from)");
	if (strcmp(wants, "helo") == 0)
		return STR("not evaluated: MAIL FROM is null, and HELO is not known (--helo)");
	return STR("not evaluated: who sent it is not known (--ip, --trust-received)");
}

static void
spf_text(struct ink *k, const struct message_facts *m)
{
	struct buf b;

	if (m->spf[0] == '\0') {
		label(k, "SPF");
		ink_words(k, wants_text(m->spf_wants));
		ink_end(k);
		return;
	}
	buf_init(&b, MAX_LINE_TEXT);
	buf_adds(&b, m->spf_identity);
	part_add(&b, " ", m->spf_domain);
	part_add(&b, " from ", m->ip);
	buf_adds(&b, m->from_received ? " (by its Received field)" : "");
	if (m->from_domain.n > 0)
		buf_adds(&b, m->spf_aligned ? ", aligned" : ", not aligned");
	result_line(k, "SPF", m->spf, buf_str(&b));
	buf_free(&b);
}

static void
dmarc_text(struct ink *k, const struct message_facts *m)
{
	struct buf b;

	if (m->dmarc[0] == '\0') {
		if (m->spf[0] == '\0' && m->from_domain.n > 0) {
			label(k, "DMARC");
			ink_words(
			    k, STR("not evaluated: no aligned signature passes; it hangs on SPF"));
			ink_end(k);
		}
		return;
	}
	buf_init(&b, MAX_LINE_TEXT);
	if (m->from_domain.n > 0)
		name_print(&b, &m->from_domain);
	if (m->policy[0] != '\0') {
		buf_adds(&b, ", policy ");
		buf_adds(&b, m->policy);
	}
	result_line(k, "DMARC", m->dmarc, buf_str(&b));
	buf_free(&b);
}

/* Who sealed the message on its way; the newest MAX_SEALS of them. */
static void
arc_text(struct ink *k, const struct message_facts *m)
{
	struct buf b;

	if (m->n_arc == 0)
		return;
	buf_init(&b, MAX_LINE_TEXT);
	buf_adds(&b, m->n_arc == 1 ? "sealed by" : "sealed, the last first, by");
	for (size_t i = m->n_arc; i > 0 && m->n_arc - i < MAX_SEALS; i--) {
		part_add(&b, i < m->n_arc ? ", " : " ", m->arc[i - 1].domain);
		part_add(&b, " (cv=", m->arc[i - 1].chain);
		buf_adds(&b, m->arc[i - 1].chain.n > 0 ? ")" : "");
	}
	buf_adds(&b, m->n_arc > MAX_SEALS ? " and others" : "");
	buf_adds(&b, "; the seals were not verified");
	label(k, "ARC");
	ink_words(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
}

/* LINE, which is ASCII but for what should not be there: nothing of it is escaped, it is pasted. */
static void
line_add(struct buf *b, struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		buf_addc(b, ascii_isprint(line.p[i]) ? line.p[i] : '?');
}

/* FIELD as it is folded, to be pasted. */
static void
field_text(struct ink *k, struct str field)
{
	size_t at = 0;

	if (field.n == 0)
		return;
	ink_begin(k, INDENT, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, "a receiver would write:");
	ink_plain(k);
	ink_end(k);
	while (at < field.n) {
		size_t end = str_find(field, at, '\n'), from = at;
		struct str line;

		while (from < end && ascii_isblank(field.p[from]))
			from++;
		line = str_sub(field, from, end - from);
		ink_begin(k, from > at ? 4 * INDENT : 2 * INDENT, 4 * INDENT);
		line_add(k->out, str_trim(line));
		ink_end(k);
		at = end + 1;
	}
}

void
message_label(struct buf *b, const struct subject *s)
{
	if (str_eq(s->message_file, STR("-")))
		buf_adds(b, "standard input");
	else
		buf_add_escaped(b, s->message_file);
	if (s->message_number > 1) {
		buf_adds(b, ", message ");
		buf_addu(b, s->message_number);
	}
}

void
message_text(struct ink *k, const struct domain_result *d)
{
	const struct subject *s = d->subject;
	const struct message_facts *m = d->facts != NULL ? d->facts->message : NULL;
	struct buf b;

	ink_end(k);
	buf_init(&b, (size_t)32 << 10);
	message_label(&b, s);
	if (s->message_unescaped)
		buf_adds(&b, " (a '>' before \"From \" taken away: so the body hash wants it)");
	label(k, "File");
	ink_words(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
	if (m == NULL)
		return;
	field_line(k, "From", m->from);
	field_line(k, "Subject", m->subject);
	field_line(k, "Message-ID", m->message_id);
	signatures_text(k, m);
	spf_text(k, m);
	dmarc_text(k, m);
	arc_text(k, m);
	field_text(k, m->authentication_results);
}
