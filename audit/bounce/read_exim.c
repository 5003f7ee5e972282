/* SPDX-License-Identifier: ISC */
/*
 * read_exim.c - Exim's main log (its specification, chapter "Log files").
 *
 * A subject (T="...") may hold any flag, and addresses almost any byte: lines
 * are read left to right and never searched.  A deferral that only says that
 * the time of a retry has not come repeats an old failure.
 */
#include "audit/bounce/read_exim.h"
#include <assert.h>
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "audit/bounce/syslog.h"

/* macros.h of Exim: not tried now, for the reasons between these. */
#define DEFER_NOT_TRIED_LAST (-57)
#define DEFER_NOT_TRIED_FIRST (-52)

struct exim_state {
	struct stamp_cache stamp, own; /* of syslog before it, of the line itself */
};

struct exim_line {
	struct str id, rest;
	time_t time;
	struct str host;
	const struct sink *out;
};

/* clang-format off */
static const struct {
	struct str flag;
	enum event_kind kind;
} flags[] = {
	{ STR("=> "), EVENT_DELIVERED },
	{ STR("-> "), EVENT_DELIVERED },
	{ STR(">> "), EVENT_DELIVERED },	/* cut-through */
	{ STR("** "), EVENT_BOUNCED },
	{ STR("== "), EVENT_DEFERRED },
};
/* clang-format on */

/* How lines without a flag begin that may be of use ... */
static const struct str starts[] = { STR("H="), STR("SMTP error"), STR("F=<"), STR("U="),
	STR("rejected "), STR("temporarily rejected ") };

/* ... and what Exim itself says of a server that it could not talk to. */
static const struct str troubles[] = { STR("Connection "), STR("Network "), STR("No route "),
	STR("Remote host closed"), STR("SMTP timeout"), STR("TLS error"), STR("TLS session") };

static bool
begins(struct str s, const struct str *any, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(s, any[i]))
			return true;
	return false;
}

static bool
is_part(struct str s, size_t n)
{
	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ascii_isalnum(s.p[i]))
			return false;
	return true;
}

/* "1gLZgZ-0001a5-ME", from 4.97 on "1w6jso-0000000G1zB-1Jus", and a blank. */
static struct str
take_id(struct str *s)
{
	static const size_t forms[][2] = { { 6, 2 }, { 11, 4 } };
	struct str none = { s->p, 0 };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t middle = forms[i][0], n = 6 + 1 + middle + 1 + forms[i][1];
		struct str id = str_sub(*s, 0, n);

		if (s->n <= n || s->p[n] != ' ' || id.p[6] != '-' || id.p[7 + middle] != '-' ||
		    !is_part(id, 6) || !is_part(str_sub(id, 7, id.n), middle) ||
		    !is_part(str_sub(id, 8 + middle, id.n), forms[i][1]))
			continue;
		span_drop(s, n + 1);
		return id;
	}
	return none;
}

static struct bounce_event
new_event(const struct exim_line *l, enum event_kind kind)
{
	return (struct bounce_event){
		.kind = kind,
		.has_time = true,
		.time = l->time,
		.host = l->host,
		.queue_id = l->id,
		.count = 1,
	};
}

static enum record_fate
emit(const struct exim_line *l, struct bounce_event *e)
{
	l->out->event(l->out->ctx, e);
	return RECORD_EVENTS;
}

static void
set_peer(struct bounce_event *e, const struct exim_fields *f)
{
	e->relay_host = f->host;
	e->relay_ip = f->ip;
	e->sender = f->sender;
	if (f->local_ip.n > 0 && addr_parse(f->local_ip, &e->sender_ip) == ADDR_OK)
		e->ip_from = KNOWN_LOG;
}

/* "<= s@example.com H=... P=esmtps S=900 id=m@example.com T=\"...\"" */
static enum record_fate
read_arrival(const struct exim_line *l, struct str s)
{
	struct bounce_event e = new_event(l, EVENT_SENDER);
	struct exim_fields f = { 0 };

	e.sender = span_word(&s);
	if (e.sender.n == 0)
		return RECORD_NOT_UNDERSTOOD;
	exim_fields(&s, &f);
	e.message_id = f.message_id;
	return emit(l, &e);
}

/* Old lines name the server in the text: "...: host mx.example.com [192.0.2.1]: 421 ..." */
static void
host_in_text(struct str text, struct bounce_event *e)
{
	size_t at = span_find(text, STR(": host "));

	if (e->relay_host.n > 0 || e->relay_ip.n > 0 || at >= text.n)
		return;
	text = str_sub(text, at + STR(": host ").n, text.n);
	e->relay_host = span_word(&text);
	if (text.n > 0 && text.p[0] == '[') {
		span_drop(&text, 1);
		e->relay_ip = span_until(&text, ']');
	}
}

static bool
stays_here(const struct bounce_event *e, const struct exim_fields *f)
{
	if (str_has_prefix(f->ip, STR("127.")) || str_eq(f->ip, STR("::1")) ||
	    str_eq(f->host, STR("localhost")))
		return true;
	if (f->host.n > 0 || f->ip.n > 0)
		return false;
	/* Nothing was connected to: a mailbox, a command, a socket; or it came to no attempt. */
	return e->kind == EVENT_DELIVERED ||
	       (f->transport.n > 0 && !span_has(f->transport, STR("smtp")));
}

/* What a text without a server's words means. */
static void
own_words(struct bounce_event *e, const struct exim_fields *f)
{
	if (f->deferred && f->defer <= DEFER_NOT_TRIED_FIRST && f->defer >= DEFER_NOT_TRIED_LAST)
		e->repeats = true;
	if (e->kind != EVENT_BOUNCED)
		return;
	if (str_has_prefix(e->reply, STR("retry timeout exceeded"))) {
		e->kind = EVENT_EXPIRED;
	} else if (str_has_prefix(e->reply, STR("retry time not reached"))) {
		e->kind = EVENT_EXPIRED; /* "for any host after a long failure period" */
		e->repeats = true;
	} else if (e->phase == PHASE_LOCAL) {
		e->local = (struct enhanced){ 5, 0, 0 }; /* what its own DSN says of it */
	}
}

static enum record_fate
read_delivery(const struct exim_line *l, struct str s, enum event_kind kind)
{
	struct bounce_event e = new_event(l, kind);
	struct exim_fields f = { 0 };
	bool named;

	exim_addresses(&s, &e.recipient, &e.original);
	if (e.recipient.n == 0)
		return RECORD_NOT_UNDERSTOOD;
	exim_fields(&s, &f);
	set_peer(&e, &f);
	if (kind == EVENT_DELIVERED) {
		e.reply = f.reply;
	} else {
		e.reply = s;
		e.phase = exim_phase(s, &named);
		host_in_text(s, &e);
		own_words(&e, &f);
	}
	if (stays_here(&e, &f)) {
		e.direction = DIRECTION_INTERNAL;
		e.ip_from = KNOWN_NOT;
	}
	return emit(l, &e);
}

/* What stands behind "rejected ": "RCPT <r@example.net>: text", "after DATA: text". */
static enum record_fate
read_refusal(const struct exim_line *l, struct str s, const struct exim_fields *f)
{
	struct bounce_event e = new_event(l, EVENT_REFUSED_BY_US);
	size_t at;

	e.direction = DIRECTION_IN;
	set_peer(&e, f);
	e.ip_from = KNOWN_NOT;
	if (span_take(&s, STR("RCPT "))) {
		e.phase = PHASE_RCPT;
		e.recipient = span_address(&s, STR(": "));
	} else {
		e.phase = str_has_prefix(s, STR("MAIL"))         ? PHASE_MAIL
			  : str_has_prefix(s, STR("EHLO"))       ? PHASE_HELO
			  : str_has_prefix(s, STR("connection")) ? PHASE_CONNECT
								 : PHASE_END_OF_DATA;
		at = span_find(s, STR(": "));
		s = str_sub(s, at < s.n ? at + 2 : 0, s.n);
	}
	e.reply = s;
	return emit(l, &e);
}

/* A line without a flag: refusals, and errors of one server of several. */
static enum record_fate
read_other(const struct exim_line *l)
{
	struct bounce_event e = new_event(l, EVENT_ATTEMPT);
	struct exim_fields f = { 0 };
	struct str s = l->rest;
	bool named;

	if (!begins(s, starts, ARRAY_LEN(starts)))
		return RECORD_IRRELEVANT;
	exim_fields(&s, &f);
	(void)span_take(&s, STR("temporarily "));
	if (span_take(&s, STR("rejected ")))
		return read_refusal(l, s, &f);
	e.phase = exim_phase(s, &named);
	if (l->id.n == 0 || (!named && !begins(s, troubles, ARRAY_LEN(troubles))))
		return RECORD_IRRELEVANT;
	set_peer(&e, &f);
	host_in_text(s, &e);
	e.reply = s;
	if (stays_here(&e, &f))
		e.direction = DIRECTION_INTERNAL;
	return emit(l, &e);
}

/* "<= s@example.com ...", "== u@example.net ...", "Completed" ... of a message. */
static enum record_fate
read_flag(const struct exim_line *l)
{
	struct str s = l->rest;
	struct bounce_event e;

	if (span_take(&s, STR("<= ")))
		return read_arrival(l, s);
	if (str_has_prefix(s, STR("Completed"))) {
		e = new_event(l, EVENT_GONE);
		return emit(l, &e);
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (span_take(&s, flags[i].flag))
			return read_delivery(l, s, flags[i].kind);
	return read_other(l); /* "*> " too: -N, nothing was sent */
}

/* Exim that logs to syslog: its line stands behind a header, with its own stamp or without. */
static bool
past_syslog(struct exim_state *st, struct str *s, struct reader_clock *clock, struct exim_line *l)
{
	struct syslog_line log;

	if (s->n == 0 || (!ascii_isalpha(s->p[0]) && s->p[0] != '<'))
		return false;
	if (!syslog_read(&st->stamp, *s, clock, &log) || !str_has_prefix(log.tag, STR("exim")))
		return false;
	l->time = log.time;
	l->host = log.host;
	*s = log.msg;
	return true;
}

/* Stamp, "[PID]", id; false when RECORD is no line of Exim. */
static bool
take_start(
    struct exim_state *st, struct str record, struct reader_clock *clock, struct exim_line *l)
{
	bool behind = past_syslog(st, &record, clock, l);
	size_t n = stamp_read(&st->own, record, clock, &l->time);

	assert(n <= record.n);
	if (n == 0 && !behind)
		return false;
	span_drop(&record, n);
	span_blanks(&record);
	if (record.n > 2 && record.p[0] == '[' && ascii_isdigit(record.p[1])) {
		(void)span_until(&record, ']');
		span_blanks(&record);
	}
	l->id = take_id(&record);
	l->rest = record;
	return true;
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct exim_line l = { .out = out };

	(void)a;
	if (str_trim(record).n == 0)
		return RECORD_IRRELEVANT;
	if (!take_start(state, record, clock, &l))
		return RECORD_NOT_UNDERSTOOD;
	return l.id.n > 0 ? read_flag(&l) : read_other(&l);
}

static unsigned
claims(struct str record)
{
	struct exim_state st = { .own = { .n = 0 } };
	struct reader_clock clock = { .year = 1970, .month_last = 1 };
	struct exim_line l = { .out = NULL };

	record = str_sub(record, 0, str_find(record, 0, '\n'));
	if (!take_start(&st, record, &clock, &l))
		return 0;
	if (l.id.n > 0)
		return 95;
	return l.host.n > 0 || span_has(l.rest, STR(" rejected ")) ||
		       span_has(l.rest, STR("queue run"))
		   ? 60
		   : 0;
}

const struct reader reader_exim = {
	.name = "exim",
	.about = "Exim main log",
	.unit = READS_LINES,
	.claims = claims,
	.read = read_line,
	.state_size = sizeof(struct exim_state),
};
