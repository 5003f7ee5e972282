/* SPDX-License-Identifier: ISC */
/*
 * sender_dmarc.c - DKIM and DMARC of one evaluation as text for people: what passes,
 * what of it is aligned, and the walk to the record that applies.
 */
#include "report/sender.h"
#include "report/text.h"

#define COLUMN 15 /* cells: where the value behind a label begins */

const char *
disposition_name(const struct stream *st)
{
	if (strcmp(st->dmarc, "temperror") == 0)
		return "";
	if (strcmp(st->dmarc, "fail") != 0 || st->asks < DMARC_QUARANTINE)
		return "none";
	return dmarc_word_name(st->asks);
}

static void
label(struct ink *k, const char *text)
{
	ink_begin(k, INDENT, COLUMN);
	ink_adds(k, text);
	while (k->col < COLUMN)
		ink_adds(k, " ");
}

static void
result(struct ink *k, const char *text)
{
	ink_paint(k, strcmp(text, "pass") == 0        ? PAINT_PASS
		     : strcmp(text, "temperror") == 0 ? PAINT_UNKNOWN
						      : PAINT_ERROR);
	ink_adds(k, text);
	ink_plain(k);
}

static void
add_name(struct ink *k, const struct name *n)
{
	char text[MAX_NAME_TEXT];
	struct buf b = { .p = text, .room = sizeof(text), .max = sizeof(text) };

	name_print(&b, n);
	ink_add(k, buf_str(&b));
}

/* How a domain stands to From, by the record's mode. */
static const char *
alignment_text(const struct alignment *a, bool aligned)
{
	if (a->failed != NULL && !aligned)
		return ", alignment not known";
	if (aligned)
		return a->strict ? ", aligned (the same domain)" : ", aligned (relaxed)";
	return a->relaxed ? ", not aligned: the record asks for the same domain" : ", not aligned";
}

static void
spf_line(struct ink *k, const struct stream *st)
{
	label(k, "SPF:");
	if (!st->spf_known) {
		ink_adds(k, "not known");
	} else {
		result(k, spf_result_name(st->spf));
		ink_adds(k, " for ");
		add_name(k, &st->path);
		ink_adds(k, alignment_text(&st->spf_alignment, st->spf_aligned));
	}
	ink_end(k);
}

static void
key_line(struct ink *k, const struct stream_key *key)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_add_escaped(&b, key->key.selector);
	label(k, "DKIM:");
	result(k, key->result);
	ink_adds(k, " by ");
	ink_add(k, buf_str(&b));
	ink_adds(k, "._domainkey.");
	add_name(k, &key->key.domain);
	ink_adds(k, alignment_text(&key->alignment, key->aligned));
	ink_end(k);
	buf_free(&b);
}

/* One name of the walk: its record, none, or several. */
static void
step_line(struct ink *k, const struct dmarc_policy *p, const struct dmarc_step *s)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	ink_begin(k, 2 * INDENT, 2 * INDENT);
	add_name(k, &s->owner);
	ink_adds(k, ": ");
	if (s->answer != NULL && s->answer->status == ANSWER_FAILED)
		ink_adds(k, "not determined");
	else if (s->n_records > 1)
		ink_adds(k, "several records, none counts");
	else if (s->rr == NULL)
		ink_adds(k, "no record");
	else
		buf_add_escaped(&b, s->rr->text);
	ink_add(k, buf_str(&b));
	if (s == p->applied)
		ink_adds(
		    k, p->state == DMARC_APPLIES ? "  <-- applies" : "  <-- void: nothing applies");
	ink_end(k);
	buf_free(&b);
}

static void
dmarc_line(struct ink *k, const struct stream *st)
{
	const struct dmarc_policy *p = st->policy;

	label(k, "DMARC:");
	result(k, st->dmarc);
	ink_adds(k, " for From ");
	add_name(k, &st->author);
	if (p->state == DMARC_APPLIES) {
		ink_adds(k, ", policy ");
		ink_adds(k, dmarc_word_name(p->word));
		ink_adds(k, p->applied->record->testing ? " (t=y: one step less)" : "");
	}
	if (strcmp(st->dmarc, "fail") == 0) {
		ink_adds(k, ", receivers are asked for ");
		ink_adds(k, disposition_name(st));
	}
	ink_end(k);
	if (strcmp(st->dmarc, st->dmarc_list) == 0)
		return;
	label(k, "RFC 7489:");
	result(k, st->dmarc_list);
	ink_adds(k, " where the public suffix list says the organizational domain");
	ink_end(k);
}

void
sender_dmarc_text(struct buf *b, const struct sender_result *r)
{
	struct ink k;

	ink_init(&k, b, &r->style);
	ink_end(&k);
	if (r->stream == NULL) {
		ink_adds(&k, "  DMARC: not determined: a bound of the run was passed");
		ink_end(&k);
		return;
	}
	spf_line(&k, r->stream);
	for (size_t i = 0; i < r->stream->n_keys; i++)
		key_line(&k, &r->stream->keys[i]);
	dmarc_line(&k, r->stream);
	for (size_t i = 0; i < r->stream->policy->n_steps; i++)
		step_line(&k, r->stream->policy, &r->stream->policy->steps[i]);
	if (r->stream->policy->above != NULL && !dmarc_suffix_is_open(r->stream->policy)) {
		ink_begin(&k, 2 * INDENT, 2 * INDENT);
		ink_adds(&k, "(the public suffix was taken to have no record)");
		ink_end(&k);
	}
}
