/* SPDX-License-Identifier: ISC */
/*
 * arf.c - feedback reports to events: complaints (RFC 5965), failures of
 * authentication (RFC 6591), wishes to get no more.
 *
 * Recipients are often removed from reports; then the event has none, and
 * sender, signature and address still say which stream it was.
 */
#include "audit/bounce/arf.h"
#include "audit/bounce/dsn.h"

/* Feedback-Type values (RFC 5965 3.1 and 7.3, RFC 6430, RFC 6591). */
static const struct {
	struct str word;
	enum event_kind kind;
} types[] = {
	{ STR("abuse"), EVENT_COMPLAINT },
	{ STR("fraud"), EVENT_COMPLAINT },
	{ STR("virus"), EVENT_COMPLAINT },
	{ STR("other"), EVENT_COMPLAINT },
	{ STR("opt-out"), EVENT_OPT_OUT },
	{ STR("opt-out-list"), EVENT_OPT_OUT },
	{ STR("auth-failure"), EVENT_AUTH_REPORT },
};

/* The part with the fields; NULL when there is none. */
static const struct mime_part *
fields_of(const struct mime_message *m)
{
	return mime_part_of(m, STR("message/feedback-report"));
}

/* Hotmail's junk mail reports: the message alone, with a field for the recipient in it. */
static bool
is_junk_report(const struct mime_message *m)
{
	return str_has_iprefix(
	    field_find(m->header, STR("Subject")), STR("complaint about message from"));
}

static bool
is_unsubscribe(const struct mime_message *m)
{
	return field_find(m->header, STR("X-Apple-Unsubscribe")).n > 0;
}

bool
is_feedback(const struct mime_message *m)
{
	return fields_of(m) != NULL || is_junk_report(m) || is_unsubscribe(m);
}

static struct str
joined(struct arena *a, struct str x, char between, struct str y)
{
	char *p = arena_alloc(a, x.n + y.n + 2);

	if (y.n == 0)
		return x;
	memcpy(p, x.p, x.n);
	p[x.n] = between;
	memcpy(p + x.n + 1, y.p, y.n);
	return (struct str){ p, x.n + 1 + y.n };
}

static void
source_ip(struct arena *a, struct str fields, struct bounce_event *e)
{
	struct str v = field_unfold(a, field_find(fields, STR("Source-IP"))), w = v;
	size_t n = 0;

	if (str_has_iprefix(w, STR("IPv6:"))) /* as address literals are written (RFC 5321 4.1.3) */
		w = str_sub(w, 5, w.n);
	while (n < w.n && w.p[n] > ' ')
		n++;
	if (addr_parse(str_sub(w, 0, n), &e->sender_ip) == ADDR_OK)
		e->ip_from = KNOWN_TEXT;
}

/* What the fields tell of the message that was reported. */
static void
fields_into(struct arena *a, struct str fields, struct bounce_event *e)
{
	struct str from = field_unfold(a, field_find(fields, STR("Original-Mail-From"))), ip;
	struct str date = field_unfold(a, field_find(fields, STR("Arrival-Date")));

	if (date.n == 0)
		date = field_unfold(a, field_find(fields, STR("Received-Date")));
	if (date_parse(date, &e->time))
		e->has_time = true;
	e->sender = str_has_prefix(from, STR("<>")) ? STR("<>") : address_in(from);
	e->dkim_domain = field_unfold(a, field_find(fields, STR("DKIM-Domain")));
	e->dkim_selector = field_unfold(a, field_find(fields, STR("DKIM-Selector")));
	dsn_mta(field_unfold(a, field_find(fields, STR("Reporting-MTA"))), &e->relay_host, &ip);
	e->queue_id = field_unfold(a, field_find(fields, STR("Original-Envelope-Id")));
	e->reply = field_unfold(a, field_find(fields, STR("Authentication-Results")));
	source_ip(a, fields, e);
}

/* Each recipient that FIELDS name. */
static void
recipients(struct arena *a, struct str fields, struct address_list *out)
{
	static const struct str names[] = { STR("Original-Rcpt-To"), STR("Removal-Recipient"),
		STR("Redacted-Address"), STR("Original-Recipient") };
	struct field f;

	for (size_t i = 0; i < ARRAY_LEN(names) && out->n == 0; i++)
		for (size_t pos = 0; field_next(fields, &pos, &f);)
			if (str_ieq(f.name, names[i]))
				address_list_scan(a, out, field_unfold(a, f.value));
}

static void
emit(struct bounce_event *e, const struct address_list *to, const struct sink *out)
{
	if (to->n == 0)
		out->event(out->ctx, e);
	for (size_t i = 0; i < to->n; i++) {
		e->recipient = to->items[i];
		out->event(out->ctx, e);
	}
}

/* The kind of the report into *OUT; false for one that is good news. */
static bool
kind_of(struct str type, enum event_kind *out)
{
	*out = EVENT_COMPLAINT; /* RFC 5965 7.3: an unknown type counts as "other" */
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_ieq(type, types[i].word))
			*out = types[i].kind;
	return !str_ieq(type, STR("not-spam"));
}

enum record_fate
feedback_events(struct arena *a, const struct mime_message *m, const struct sink *out)
{
	const struct mime_part *part = fields_of(m);
	struct bounce_event e = { .count = 1, .direction = DIRECTION_OUT };
	struct address_list to = { 0 };
	struct returned back;
	struct str type = STR("abuse"), fields = { 0 };

	e.has_time = date_parse(field_unfold(a, field_find(m->header, STR("Date"))), &e.time);
	e.provider_id = field_unfold(a, field_find(m->header, STR("Message-ID")));
	if (part != NULL) {
		fields = part->body;
		type = field_unfold(a, field_find(fields, STR("Feedback-Type")));
		fields_into(a, fields, &e);
	} else if (is_unsubscribe(m)) {
		type = STR("opt-out");
		address_list_scan(a, &to, field_unfold(a, field_find(m->header, STR("From"))));
	}
	if (!kind_of(type, &e.kind))
		return RECORD_IRRELEVANT;
	e.why = joined(a, type, '/', field_unfold(a, field_find(fields, STR("Auth-Failure"))));
	returned_parse(a, mime_returned(m, part == NULL ? 0 : part->level), &back);
	returned_into(&back, &e);
	recipients(a, fields, &to);
	if (to.n == 0 && back.to.n == 1)
		to = back.to;
	emit(&e, &to, out);
	return RECORD_EVENTS;
}
