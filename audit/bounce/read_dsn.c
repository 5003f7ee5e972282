/* SPDX-License-Identifier: ISC */
/*
 * read_dsn.c - bounce messages to events: RFC 3464 reports and those that no
 * standard knows.
 *
 * The machine-readable part decides where there is one; else the text, by
 * shape; else the headers that came back.  Absence notices, read receipts and
 * ordinary mail are irrelevant.  What a reply means is not judged here.
 */
#include "audit/bounce/arf.h"
#include "audit/bounce/dsn.h"
#include "audit/bounce/prose.h"
#include "audit/bounce/readers.h"

#define MIN_DIAGNOSTIC 12 /* bytes: "smtp; 550 no" */

struct report {
	struct arena *a;
	struct mime_message mime;
	struct prose prose;
	struct dsn dsn;
	struct returned back;
	struct address_list failed; /* X-Failed-Recipients */
	unsigned level;             /* messages around the report */
	bool evident;               /* it is a bounce by its form or sender */
	bool text_split;            /* the returned message stood in the text */
	bool delay_told;            /* the text says that it has not been given up */
};

static const struct str daemons[] = {
	STR("mailer-daemon"),
	STR("mailer_daemon"),
	STR("postmaster"),
	STR("mail delivery"),
	STR("mail-daemon"),
	STR("maildaemon"),
	STR("mdaemon"),
	STR("mailadmin"),
	STR("mail admin"),
	STR("mail system"),
	STR("system administrator"),
	STR("microsoft outlook"),
	STR("bounce"),
	STR("administrator"),
	STR("delivery subsystem"),
};

static const struct str subjects[] = {
	STR("undeliver"),
	STR("delivery status"),
	STR("delivery fail"),
	STR("delivery notif"),
	STR("delivery report"),
	STR("delivery problem"),
	STR("delivery error"),
	STR("delivery delay"),
	STR("failure notice"),
	STR("mail failure"),
	STR("message failure"),
	STR("returned mail"),
	STR("returned to sender"),
	STR("returning message"),
	STR("could not be delivered"),
	STR("could not deliver"),
	STR("not be delivered"),
	STR("unable to deliver"),
	STR("nondeliver"),
	STR("non-deliver"),
	STR("non deliver"),
	STR("mail error"),
	STR("mail system error"),
	STR("undelivered"),
	STR("not delivered"),
	STR("delayed"),
};

static const struct str absences[] = {
	STR("auto:"),
	STR("automatic reply"),
	STR("auto-reply"),
	STR("autoreply"),
	STR("auto response"),
	STR("out of office"),
	STR("out of the office"),
	STR("away from"),
	STR("on vacation"),
};

/* Words of a report that the message has not been given up yet. */
static const struct str delays[] = {
	STR("will be retried"),
	STR("warning message only"),
	STR("has been delayed"),
	STR("is delayed for"),
	STR("is delayed to"),
	STR("delivery is delayed"),
	STR("not yet been delivered"),
	STR("will keep trying"),
	STR("will continue to"),
	STR("still being retried"),
	STR("no action is required on your part"),
	STR("temporarily deferred"),
	STR("will retry"),
	STR("do not need to resend"),
};

/* Words of a report that age was the reason. */
static const struct str ages[] = {
	STR("retry timeout exceeded"),
	STR("retry time not reached for any host after a long failure period"),
	STR("message expired"),
	STR("delivery time expired"),
	STR("in the queue too long"),
	STR("in queue too long"),
	STR("could not be delivered for"),
	STR("has been in the queue"),
	STR("message is too old"),
	STR("message timed out"),
	STR("delivery expired"),
	STR("final retry"),
	STR("could not deliver for"),
};

static bool
has_any(struct str text, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ifind(text, 0, words[i]) < text.n)
			return true;
	return false;
}

#define HAS_ANY(text, words) has_any((text), (words), ARRAY_LEN(words))

/* By the header alone. */
static bool
is_bounce_header(struct str header)
{
	struct str path = field_find(header, STR("Return-Path"));

	return HAS_ANY(field_find(header, STR("From")), daemons) ||
	       HAS_ANY(field_find(header, STR("Subject")), subjects) || str_eq(path, STR("<>")) ||
	       field_find(header, STR("X-Failed-Recipients")).n > 0 ||
	       str_ifind(field_find(header, STR("Content-Type")), 0, STR("delivery-status")) <
		   field_find(header, STR("Content-Type")).n;
}

/* RFC 3834: an answer made by a program for a person who is away; a bounce says so too, at times.
 */
static bool
is_absence(const struct report *r)
{
	struct str header = r->mime.header;
	struct str subject = field_find(header, STR("Subject"));
	struct str submitted = field_find(header, STR("Auto-Submitted"));

	if (r->dsn.n > 0 || r->failed.n > 0)
		return false;
	if (HAS_ANY(subject, absences))
		return true;
	if (HAS_ANY(field_find(header, STR("From")), daemons) || HAS_ANY(subject, subjects))
		return false;
	return str_has_iprefix(submitted, STR("auto-replied")) ||
	       field_find(header, STR("X-Autoreply")).n > 0 ||
	       field_find(header, STR("X-Autorespond")).n > 0 ||
	       str_has_iprefix(field_find(header, STR("Precedence")), STR("auto"));
}

/* The text for people at the report's level, before its machine-readable part. */
static struct str
text_of(const struct report *r, bool html)
{
	for (size_t i = 0; i < r->mime.n; i++) {
		const struct mime_part *p = &r->mime.parts[i];

		if (p->level != r->level)
			continue;
		if (str_has_prefix(p->type, STR("message/")) ||
		    str_has_prefix(p->type, STR("text/rfc822")))
			break;
		if (str_has_prefix(p->type, STR("text/")) && p->html == html &&
		    str_trim(p->body).n > 0)
			return p->body;
	}
	return (struct str){ 0 };
}

/* Read all that R's message holds. */
static void
gather(struct report *r)
{
	const struct mime_part *status = mime_part_of(&r->mime, STR("message/delivery-status"));
	struct str failed = field_find(r->mime.header, STR("X-Failed-Recipients")), back, text;

	if (status == NULL)
		status = mime_part_of(&r->mime, STR("message/global-delivery-status"));
	r->evident = status != NULL || is_bounce_header(r->mime.header);
	if (status != NULL) {
		r->level = status->level;
		for (size_t i = 0; i < r->mime.n; i++)
			if (r->mime.parts[i].level == status->level &&
			    str_eq(r->mime.parts[i].type, status->type))
				dsn_parse(r->a, r->mime.parts[i].body, &r->dsn);
	}
	text = text_of(r, false);
	prose_split(text.n > 0 ? text : text_of(r, true), &r->prose);
	r->delay_told = HAS_ANY(str_sub(r->prose.text, 0, MAX_PROSE), delays);
	if (r->dsn.n == 0) /* the same fields inside the text */
		dsn_parse(r->a, str_sub(r->prose.text, 0, MAX_PROSE), &r->dsn);
	back = mime_returned(&r->mime, r->level);
	r->text_split = back.n == 0;
	returned_parse(r->a, r->text_split ? r->prose.returned : back, &r->back);
	address_list_scan(r->a, &r->failed, field_unfold(r->a, failed));
}

/* The address that E's server saw us at, when a stranger's report shows its own Received line. */
static void
sender_ip(const struct report *r, struct bounce_event *e)
{
	struct str line = r->back.received, by;
	size_t at = str_ifind(line, 0, STR(" by ")), open;

	if (at == line.n || e->ip_from != KNOWN_NOT || e->host.n == 0 || e->relay_host.n > 0 ||
	    e->relay_ip.n > 0)
		return;
	by = str_sub(line, at + 4, e->host.n);
	if (!str_ieq(by, e->host))
		return;
	for (open = str_find(line, 0, '['); open < at; open = str_find(line, open + 1, '[')) {
		struct str ip = str_sub(line, open + 1, str_find(line, open, ']') - open - 1);

		if (str_has_iprefix(ip, STR("IPv6:")))
			ip = str_sub(ip, 5, ip.n);
		if (addr_parse(ip, &e->sender_ip) == ADDR_OK &&
		    addr_space(&e->sender_ip) != ADDR_PRIVATE &&
		    addr_space(&e->sender_ip) != ADDR_LOOPBACK) {
			e->ip_from = KNOWN_TEXT;
			return;
		}
	}
}

/* Fill what all events of R have in common. */
static void
common(const struct report *r, struct bounce_event *e)
{
	struct str header = r->mime.header, to;

	*e = (struct bounce_event){ .count = 1, .direction = DIRECTION_OUT };
	e->host = r->dsn.reporting_mta;
	e->queue_id = r->dsn.queue_id;
	e->sender = r->dsn.sender;
	returned_into(&r->back, e);
	e->has_time = date_parse(field_unfold(r->a, field_find(header, STR("Date"))), &e->time);
	e->provider_id = field_unfold(r->a, field_find(header, STR("Message-ID")));
	/* A bounce goes to the envelope sender of what it returns (RFC 5321 6.1). */
	to = address_in(field_unfold(r->a, field_find(header, STR("To"))));
	if (e->sender.n == 0 && !str_has_iprefix(to, STR("postmaster@")))
		e->sender = to;
}

static enum event_kind
kind_of(const struct report *r, enum dsn_action action, struct enhanced status, struct str reply)
{
	if (action == ACTION_DELIVERED)
		return EVENT_DELIVERED;
	if (action == ACTION_DELAYED || (action != ACTION_FAILED && r->delay_told))
		return EVENT_DEFERRED;
	/* RFC 3463 3.5: X.4.7, delivery time expired. */
	if ((status.subject == 4 && status.detail == 7 && status.class != 0) ||
	    HAS_ANY(reply, ages))
		return EVENT_EXPIRED;
	return EVENT_BOUNCED;
}

/*
 * Reports are easily forged, and what they name would be written to no more: the
 * message that came back was not addressed to it.  A list's name in To proves nothing,
 * but nor does it name the subscriber.
 */
static enum doubt
doubt_of(const struct report *r, struct str final, struct str original)
{
	if (r->back.to.n == 0 || address_list_has(&r->back.to, final) ||
	    (original.n > 0 && address_list_has(&r->back.to, original)) ||
	    address_list_has(&r->failed, final))
		return DOUBT_NONE;
	return DOUBT_NOT_NAMED;
}

static void
machine_event(const struct report *r, const struct dsn_recipient *d, const struct sink *out)
{
	struct bounce_event e;

	common(r, &e);
	e.recipient = d->final;
	if (!str_ieq(d->original, d->final))
		e.original = d->original;
	e.doubt = doubt_of(r, d->final, d->original);
	e.relay_host = d->remote_host;
	e.relay_ip = d->remote_ip;
	if (addr_parse(d->local_ip, &e.sender_ip) == ADDR_OK)
		e.ip_from = KNOWN_LOG;
	e.local = d->status;
	(void)(d->last_attempt.n > 0 && date_parse(d->last_attempt, &e.time) &&
	       (e.has_time = true));
	e.reply = prose_whole_reply(r->a, &r->prose, d->diagnostic);
	/* Some writers leave the cause to the text (RFC 3464 2.3.6), or say "x-unix; 77". */
	if (e.reply.n < MIN_DIAGNOSTIC || (!prose_has_code(e.reply) && !d->has_status))
		e.reply = prose_reply(r->a, &r->prose, d->final);
	if (e.reply.n == 0)
		e.reply = d->diagnostic;
	e.kind = kind_of(r, d->action, d->status, e.reply);
	sender_ip(r, &e);
	out->event(out->ctx, &e);
}

static void
text_event(const struct report *r, struct str recipient, const struct sink *out)
{
	struct bounce_event e;

	common(r, &e);
	e.recipient = recipient;
	e.doubt = doubt_of(r, recipient, STR(""));
	e.reply = prose_reply(r->a, &r->prose, recipient);
	e.kind = kind_of(r, ACTION_NONE, e.local, e.reply);
	out->event(out->ctx, &e);
}

/* The recipients that R's text, or else what came back, shows. */
static void
text_recipients(const struct report *r, struct address_list *out)
{
	struct address_list not_of = { 0 };
	struct str header = r->mime.header;
	enum shown how;

	address_list_scan(r->a, &not_of, field_find(header, STR("From")));
	address_list_scan(r->a, &not_of, field_find(header, STR("To")));
	address_list_add(r->a, &not_of, r->back.from);
	address_list_add(r->a, &not_of, r->back.sender);
	how = prose_recipients(r->a, &r->prose, &not_of, &r->back.to, out);
	if (!r->evident && (how < SHOWN_IN_REPLY || !prose_has_code(r->prose.text)))
		out->n = 0; /* ordinary mail with an address in it */
	if (out->n == 0 && r->evident)
		for (size_t i = 0; i < r->back.to.n; i++)
			address_list_add(r->a, out, r->back.to.items[i]);
}

/* A report that was passed on as text: what came back is the report. */
static void
unwrap(struct report *r)
{
	struct report inner = { .a = r->a };

	if (!mime_read(r->a, r->prose.returned, &inner.mime))
		return;
	gather(&inner);
	if (inner.dsn.n > 0)
		*r = inner;
}

/* TEXT without the "!", line end and blank that some relays put into lines of 1,000 bytes. */
static struct str
unsplit(struct arena *a, struct str text)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t end = i + 1;

		if (text.p[i] == '!' && end < text.n && text.p[end] == '\r')
			end++;
		if (text.p[i] == '!' && end + 1 < text.n && text.p[end] == '\n' &&
		    text.p[end + 1] == ' ')
			i = end + 1;
		else
			p[n++] = text.p[i];
	}
	return (struct str){ p, n };
}

static enum record_fate
read_dsn(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct report r = { .a = a };
	struct address_list found = { 0 };

	(void)state;
	if (!mime_read(a, record, &r.mime))
		return RECORD_NOT_UNDERSTOOD;
	if (is_feedback(&r.mime))
		return feedback_events(a, &r.mime, out);
	gather(&r);
	if (r.dsn.n == 0 && is_bounce_header(r.prose.returned))
		unwrap(&r);
	if (r.dsn.cut || r.mime.cut || r.failed.cut)
		sink_left(out);
	for (size_t i = 0; i < r.dsn.n; i++)
		machine_event(&r, &r.dsn.items[i], out);
	if (r.dsn.n > 0)
		return RECORD_EVENTS;
	if (is_absence(&r) ||
	    mime_part_of(&r.mime, STR("message/disposition-notification")) != NULL)
		return RECORD_IRRELEVANT;
	/* Amazon SNS delivers its notifications by mail too. */
	if (str_has_prefix(str_trim(r.prose.text), STR("{")))
		return reader_webhook.read(NULL, a, unsplit(a, r.prose.text), clock, out);
	if (r.failed.n > 0)
		found = r.failed;
	else
		text_recipients(&r, &found);
	if (found.cut)
		sink_left(out);
	for (size_t i = 0; i < found.n; i++)
		text_event(&r, found.items[i], out);
	if (found.n > 0)
		return RECORD_EVENTS;
	return r.evident ? RECORD_NOT_UNDERSTOOD : RECORD_IRRELEVANT;
}

/* Whether the header of RECORD has a field that mail has and, say, YAML has not. */
static bool
has_field_of_mail(struct str record)
{
	static const char *const names[] = { "return-path", "received", "date", "from", "to",
		"subject", "message-id", "delivered-to", "mime-version", "content-type",
		"x-failed-recipients", "auto-submitted" };
	struct str line;
	size_t pos = 0;

	while (line_next(record, &pos, &line) && line.n > 0)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (str_ieq(str_sub(line, 0, field_name_length(line)), str_of(names[i])))
				return true;
	return false;
}

/*
 * A message at all: two header fields at its start, or an mbox's "From " line and one,
 * and among them one of mail.
 */
static unsigned
claims_dsn(struct str record)
{
	struct str line = { 0 }, head = str_sub(record, 0, (size_t)64 << 10);
	size_t pos = 0, fields = 0;

	while (fields < 2 && line_next(head, &pos, &line))
		if (field_name_length(line) > 0)
			fields++;
		else if (str_has_prefix(line, STR("From ")) && fields == 0)
			continue;
		else if (line.n == 0 || !ascii_isblank(line.p[0]))
			return 0;
	if (fields < 2 || !has_field_of_mail(head))
		return 0;
	return is_bounce_header(head) ? 80 : 60;
}

const struct reader reader_dsn = {
	.name = "dsn",
	.about = "bounce messages (RFC 3464, and those before and beside it)",
	.unit = READS_MESSAGES,
	.claims = claims_dsn,
	.read = read_dsn,
};
