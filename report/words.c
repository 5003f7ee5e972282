/* SPDX-License-Identifier: ISC */
/*
 * words.c - wording that the formats share.
 */
#include "report/words.h"
#include <assert.h>
#include <stdint.h>
#include "report/report.h"

/* Line and column of byte AT of RR's text, by the last run that begins at or before it. */
static bool
byte_at(const struct rr *rr, size_t at, uint32_t *line, uint32_t *column)
{
	const struct rr_pos *run = NULL;

	for (size_t i = 0; i < rr->n_pos && rr->pos[i].offset <= at; i++)
		run = &rr->pos[i];
	if (run == NULL)
		return false;
	*line = run->line;
	*column = run->column + (uint32_t)(at - run->offset);
	return true;
}

bool
place_is_part(const struct place *p)
{
	return p->length > 0 || p->offset > 0;
}

size_t
place_length(const struct place *p)
{
	return place_is_part(p) ? p->length : p->text.n;
}

bool
span_of(const struct place *p, struct span *out)
{
	const struct rr *rr = p->rr;
	size_t last;

	if (rr == NULL || rr->file.n == 0 || rr->line == 0)
		return false;
	*out = (struct span){ rr->file, rr->line, rr->column, rr->end_line, rr->end_column };
	if (!place_is_part(p) || !byte_at(rr, p->offset, &out->line, &out->column))
		return true;
	/* the end is told behind the last byte, not before the next: a string may end between */
	last = p->length > 0 ? p->offset + p->length - 1 : p->offset;
	if (byte_at(rr, last, &out->end_line, &out->end_column) && p->length > 0)
		out->end_column++;
	return true;
}

void
printed_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t from = i;

		while (i < s.n && ascii_isprint(s.p[i]))
			i++;
		buf_add(b, str_sub(s, from, i - from));
		buf_add_escaped(b, str_sub(s, i, 1));
	}
}

void
absolute_add(struct buf *b, const struct name *name)
{
	name_print(b, name);
	if (name_labels(name) > 0)
		buf_addc(b, '.');
}

void
record_add(struct buf *b, const struct change *c, struct str rdata, uint32_t ttl_s)
{
	absolute_add(b, &c->name);
	if (ttl_s > 0) {
		buf_addc(b, ' ');
		buf_addu(b, ttl_s);
	}
	buf_adds(b, " IN ");
	type_print(b, c->type);
	buf_addc(b, ' ');
	printed_add(b, rdata);
}

void
question_add(struct buf *b, const struct question *q)
{
	/* clang-format off */
	static const char *const before[ASK_KINDS] = {
		[ASK_NAMES] = "names below ", [ASK_SUFFIX] = "public suffix of ",
		[ASK_ZONE] = "zone file of ", [ASK_NOW] = "time",
		[ASK_RECEIVER] = "verdict of libspf2 on ",
		[ASK_VERIFY] = "signatures of the message",
	};
	/* clang-format on */

	assert(q->kind < ASK_KINDS);
	if (q->kind == ASK_KEY) {
		buf_adds(b, "key of ");
		buf_addu(b, q->data.n);
		buf_adds(b, " bytes");
		return;
	}
	buf_add(b, str_of(before[q->kind]));
	if (q->name.n > 0)
		name_print(b, &q->name);
	if (q->kind == ASK_DNS) {
		buf_addc(b, ' ');
		type_print(b, q->type);
	}
}

void
from_add(struct buf *b, const struct answer *a)
{
	buf_add_escaped(b, a->from.source);
	if (a->from.source.n > 0 && a->from.where.n > 0)
		buf_addc(b, ' ');
	buf_add_escaped(b, a->from.where);
}

void
why_add(struct buf *b, const struct answer *a)
{
	switch (a->cause) {
	case CAUSE_NOT_PROVIDED:
		buf_adds(b, "not in the zone files given (--offline)");
		return;
	case CAUSE_NOT_RECORDED:
		buf_adds(b, "not in the recording (--replay)");
		return;
	case CAUSE_NOT_LISTABLE:
		buf_adds(b, "live DNS does not list names");
		return;
	case CAUSE_BAD_NAME:
		buf_adds(b, "the name cannot be asked");
		return;
	case CAUSE_LIMIT:
		buf_adds(b, "mailvet's own limit for a domain");
		return;
	default:
		break;
	}
	buf_adds(b, a->cause == CAUSE_NONE ? status_name(a->status) : cause_name(a->cause));
	if (a->from.where.n > 0) {
		buf_adds(b, " at ");
		buf_add_escaped(b, a->from.where);
	}
}

/* Whether all the answers that F lacks failed of CAUSE, and there is one. */
static bool
lacks(const struct finding *f, enum answer_cause cause)
{
	bool some = false;

	for (size_t i = 0; i < f->n_evidence; i++) {
		if (f->evidence[i]->status != ANSWER_FAILED)
			continue;
		if (f->evidence[i]->cause != cause)
			return false;
		some = true;
	}
	return some && rule_of(f->id)->again;
}

const char *
finding_remedy(const struct finding *f)
{
	if (lacks(f, CAUSE_NOT_PROVIDED))
		return "Give the zone that holds what is missing with --zone, or leave out "
		       "--offline.";
	if (lacks(f, CAUSE_NOT_RECORDED))
		return "Ask live, without --replay, or make a recording that holds what is "
		       "missing.";
	if (lacks(f, CAUSE_CHAIN))
		return "Correct the CNAME records: they lead in a circle, or over too many links.";
	return rule_of(f->id)->remedy;
}

enum rule_who
finding_who(const struct finding *f)
{
	if (lacks(f, CAUSE_NOT_PROVIDED) || lacks(f, CAUSE_NOT_RECORDED))
		return WHO_YOU;
	return f->remedy.who != WHO_UNSET ? f->remedy.who : rule_of(f->id)->who;
}

/* RFC 5322 3.2.3, without what ends a local part in a record or URI, and escapes. */
static bool
is_local_byte(char c)
{
	return ascii_isalnum(c) || (c != '\0' && strchr(".+-_'*^~#$&/\\", c) != NULL);
}

/* A host name of which something is a letter: "192.0.2.53@5353" is a server. */
static bool
has_domain(const struct buf *b, size_t at)
{
	bool letter = false;

	for (; at < b->n; at++) {
		if (ascii_isalpha(b->p[at]))
			letter = true;
		else if (!ascii_isdigit(b->p[at]) && b->p[at] != '.' && b->p[at] != '-')
			break;
	}
	return letter;
}

void
redact(struct buf *b, size_t from)
{
	for (size_t at = from; at < b->n; at++) {
		if (b->p[at] != '@' || !has_domain(b, at + 1))
			continue;
		for (size_t i = at; i > from && is_local_byte(b->p[i - 1]); i--)
			b->p[i - 1] = 'x';
	}
}

void
check_name_add(struct buf *b, const char *name)
{
	static const struct {
		const char *name, *text;
	} words[] = { { "streams", "senders" }, { "via", "services" } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].name, name) == 0) {
			buf_adds(b, words[i].text);
			return;
		}
	for (; *name != '\0'; name++) {
		char c = *name;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buf_addc(b, c == '_' ? '-' : c);
	}
}

const char *
action_name(enum change_action a)
{
	static const char *const names[] = { "add", "remove", "replace" };

	return names[a];
}

const char *
change_state_name(enum change_state c)
{
	static const char *const names[N_CHANGE_STATES] = { "", "new", "worse", "kept",
		"suppressed" };

	return names[c];
}
