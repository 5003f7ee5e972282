/* SPDX-License-Identifier: ISC */
/*
 * returned.c - what the header of a message that came back tells of its
 * sender.  Its subject and body are nobody's business here.
 */
#include "audit/bounce/dsn.h"
#include "checks/core/taglist.h"

static void
signature(struct arena *a, struct str value, struct returned *out)
{
	struct tag t;
	struct str one = field_unfold(a, value);

	if (out->dkim_domain.n > 0)
		return;
	if (tag_find(one, STR("d"), &t))
		out->dkim_domain = t.value;
	if (tag_find(one, STR("s"), &t))
		out->dkim_selector = t.value;
}

/* "<>" stands for the null reverse-path (RFC 5321 4.5.5), not for a missing one. */
static struct str
path(struct arena *a, struct str value)
{
	struct str one = field_unfold(a, value), found = address_in(one);

	return found.n == 0 && str_has_prefix(one, STR("<>")) ? STR("<>") : found;
}

static void
one_field(struct arena *a, const struct field *f, struct returned *out)
{
	struct str found;

	if (str_ieq(f->name, STR("Return-Path")) || str_ieq(f->name, STR("X-Envelope-From")) ||
	    str_ieq(f->name, STR("X-MailFrom"))) {
		if (out->sender.n == 0)
			out->sender = path(a, f->value);
	} else if (str_ieq(f->name, STR("From"))) {
		if (out->from.n == 0)
			out->from = address_in(field_unfold(a, f->value));
	} else if (str_ieq(f->name, STR("Message-ID"))) {
		if (out->message_id.n == 0)
			out->message_id = field_unfold(a, f->value);
	} else if (str_ieq(f->name, STR("DKIM-Signature"))) {
		signature(a, f->value, out);
	} else if (str_ieq(f->name, STR("To")) || str_ieq(f->name, STR("Cc")) ||
		   str_ieq(f->name, STR("Bcc")) ||
		   str_ieq(f->name, STR("X-HmXmrOriginalRecipient"))) {
		address_list_scan(a, &out->to, field_unfold(a, f->value));
	} else if (str_ieq(f->name, STR("Received"))) {
		found = field_unfold(a, f->value);
		if (out->received.n == 0)
			out->received = found;
	}
}

void
returned_parse(struct arena *a, struct str text, struct returned *out)
{
	struct field f;
	size_t pos = 0;

	*out = (struct returned){ 0 };
	while (pos < text.n && text.p[pos] <= ' ' && text.p[pos] >= 0)
		pos++;
	while (field_next(text, &pos, &f))
		one_field(a, &f, out);
}

void
returned_into(const struct returned *r, struct bounce_event *e)
{
	if (e->sender.n == 0)
		e->sender = r->sender;
	if (e->from.n == 0)
		e->from = r->from;
	if (e->message_id.n == 0)
		e->message_id = r->message_id;
	if (e->dkim_domain.n == 0)
		e->dkim_domain = r->dkim_domain;
	if (e->dkim_selector.n == 0 && str_ieq(e->dkim_domain, r->dkim_domain))
		e->dkim_selector = r->dkim_selector;
}

const struct mime_part *
mime_part_of(const struct mime_message *m, struct str type)
{
	const struct mime_part *best = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->parts[i].type, type) &&
		    (best == NULL || m->parts[i].level < best->level))
			best = &m->parts[i];
	return best;
}

struct str
mime_returned(const struct mime_message *m, unsigned level)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->parts[i].level == level && m->parts[i].body.n > 0 &&
		    (str_eq(m->parts[i].type, STR("message/rfc822")) ||
			str_eq(m->parts[i].type, STR("text/rfc822-headers")) ||
			str_eq(m->parts[i].type, STR("text/rfc822")) ||
			str_eq(m->parts[i].type, STR("message/global")) ||
			str_eq(m->parts[i].type, STR("message/global-headers"))))
			return m->parts[i].body;
	return (struct str){ 0 };
}
