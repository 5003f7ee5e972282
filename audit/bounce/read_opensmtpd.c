/* SPDX-License-Identifier: ISC */
/*
 * read_opensmtpd.c - logs of OpenSMTPD: "SESSION mta delivery evpid=... ...
 * result="TempFail" stat="421 ..."", and the older "SESSION mta
 * event=delivery ...".
 *
 * Sender, recipient and our own address stand in each such line.
 */
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "audit/bounce/syslog.h"
#include "audit/bounce/tie.h"

#define MESSAGE_ID_DIGITS 8 /* of an envelope id: the message's, which its envelopes share */

struct opensmtpd_state {
	struct stamp_cache stamp;
};

struct opensmtpd_fields {
	struct str evpid, from, to, rcpt, source, relay, result, stat, address, host, command,
	    msgid;
};

/* clang-format off */
static const struct {
	struct str word;
	enum event_kind kind;
} results[] = {
	{ STR("Ok"), EVENT_DELIVERED },
	{ STR("TempFail"), EVENT_DEFERRED },
	{ STR("PermFail"), EVENT_BOUNCED },
	{ STR("Loop"), EVENT_BOUNCED },
};
/* clang-format on */

static void
set_field(struct opensmtpd_fields *f, struct str key, struct str value)
{
	const struct {
		struct str key;
		struct str *out;
	} known[] = {
		{ STR("evpid"), &f->evpid },
		{ STR("from"), &f->from },
		{ STR("to"), &f->to },
		{ STR("rcpt"), &f->rcpt },
		{ STR("source"), &f->source },
		{ STR("relay"), &f->relay },
		{ STR("result"), &f->result },
		{ STR("stat"), &f->stat },
		{ STR("address"), &f->address },
		{ STR("host"), &f->host },
		{ STR("command"), &f->command },
		{ STR("msgid"), &f->msgid },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(key, known[i].key))
			*known[i].out = value;
}

/* A value: "...", <...>, or a word. */
static struct str
take_value(struct str *s)
{
	struct str got;

	if (s->n > 0 && s->p != NULL && s->p[0] == '"') {
		bool last = str_find(*s, 1, '"') >= s->n;

		span_drop(s, 1);
		/* A reply may hold quotes: its end is the one before the next key or the end. */
		got = str_sub(*s, 0, last ? s->n : span_find(*s, STR("\" ")));
		if (got.n == s->n && got.n > 0 && got.p[got.n - 1] == '"')
			got.n--;
		span_drop(s, got.n);
		(void)span_take(s, STR("\""));
		span_blanks(s);
		return got;
	}
	if (s->n > 0 && s->p != NULL && s->p[0] == '<')
		return span_address(s, STR(" "));
	return span_until(s, ' ');
}

static void
read_fields(struct str s, struct opensmtpd_fields *f)
{
	while (s.n > 0) {
		struct str key;
		size_t eq = str_find(s, 0, '='), blank = str_find(s, 0, ' ');

		if (blank < eq) { /* a word: "mta", "delivery" */
			span_drop(&s, blank + 1);
			continue;
		}
		if (eq >= s.n)
			return;
		key = str_sub(s, 0, eq);
		span_drop(&s, eq + 1);
		if (str_eq(key, STR("stat"))) { /* the last, and the other side's */
			f->stat = s;
			if (span_take(&f->stat, STR("\"")) && f->stat.n > 0 &&
			    f->stat.p[f->stat.n - 1] == '"')
				f->stat.n--;
			return;
		}
		set_field(f, key, take_value(&s));
	}
}

/* "192.0.2.1 (mx.example.com)" */
static void
set_relay(struct str relay, struct bounce_event *e)
{
	struct str host;

	e->relay_ip = span_until(&relay, ' ');
	if (e->relay_ip.n > 1 && e->relay_ip.p[0] == '[') /* IPv6 in brackets */
		e->relay_ip = str_sub(e->relay_ip, 1, e->relay_ip.n - 2);
	if (span_take(&relay, STR("("))) {
		host = span_until(&relay, ')');
		e->relay_host = host;
	}
}

static struct bounce_event
new_event(const struct syslog_line *log, enum event_kind kind)
{
	return (struct bounce_event){
		.kind = kind,
		.has_time = true,
		.time = log->time,
		.host = log->host,
		.count = log->count,
	};
}

static enum record_fate
read_delivery(const struct syslog_line *log, const struct opensmtpd_fields *f, bool local,
    const struct sink *out)
{
	struct bounce_event e = new_event(log, EVENT_DELIVERED);
	size_t i = 0;

	while (i < ARRAY_LEN(results) && !str_eq(results[i].word, f->result))
		i++;
	if (i == ARRAY_LEN(results) || f->to.n == 0)
		return RECORD_NOT_UNDERSTOOD;
	e.kind = results[i].kind;
	e.why = f->result;
	e.queue_id = str_sub(f->evpid, 0, MESSAGE_ID_DIGITS);
	e.sender = f->from;
	e.recipient = f->to;
	if (f->rcpt.n > 0 && !str_eq(f->rcpt, STR("-")) && !str_eq(f->rcpt, f->to))
		e.original = f->rcpt;
	set_relay(f->relay, &e);
	e.reply = f->stat;
	if (e.kind != EVENT_DELIVERED && (e.reply.n == 0 || !ascii_isdigit(e.reply.p[0])))
		e.phase = PHASE_LOCAL;
	if (local || str_has_prefix(e.relay_ip, STR("127.")) || str_eq(e.relay_ip, STR("::1")))
		e.direction = DIRECTION_INTERNAL;
	else if (addr_parse(f->source, &e.sender_ip) == ADDR_OK)
		e.ip_from = KNOWN_LOG;
	out->event(out->ctx, &e);
	return RECORD_EVENTS;
}

/* "smtp failed-command address=... host=... command="RCPT TO:<...>" result="550 ..."" */
static enum record_fate
read_refusal(
    const struct syslog_line *log, const struct opensmtpd_fields *f, const struct sink *out)
{
	struct bounce_event e = new_event(log, EVENT_REFUSED_BY_US);
	struct str command = f->command;

	e.direction = DIRECTION_IN;
	e.relay_ip = f->address;
	e.relay_host = f->host;
	e.reply = f->result;
	if (span_take(&command, STR("RCPT TO:"))) {
		e.phase = PHASE_RCPT;
		e.recipient = span_address(&command, STR(" "));
	} else if (span_take(&command, STR("MAIL FROM:"))) {
		e.phase = PHASE_MAIL;
		e.sender = span_address(&command, STR(" "));
	}
	out->event(out->ctx, &e);
	return RECORD_EVENTS;
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct opensmtpd_state *st = state;
	struct opensmtpd_fields f = { 0 };
	struct syslog_line log;
	struct str s;
	bool mta, mda;

	(void)a;
	if (str_trim(record).n == 0)
		return RECORD_IRRELEVANT;
	if (!syslog_read(&st->stamp, record, clock, &log))
		return RECORD_NOT_UNDERSTOOD;
	if (!str_eq(log.tag, STR("smtpd")))
		return tie_read(&log, out);
	s = log.msg;
	(void)span_until(&s, ' '); /* the session */
	mta = span_take(&s, STR("mta delivery ")) || span_take(&s, STR("mta event=delivery "));
	mda = !mta &&
	      (span_take(&s, STR("mda delivery ")) || span_take(&s, STR("mda event=delivery ")));
	if (!mta && !mda && !span_take(&s, STR("smtp failed-command ")) &&
	    !span_take(&s, STR("smtp event=failed-command ")))
		return RECORD_IRRELEVANT;
	read_fields(s, &f);
	return mta || mda ? read_delivery(&log, &f, mda, out) : read_refusal(&log, &f, out);
}

static unsigned
claims(struct str record)
{
	struct stamp_cache stamp = { .n = 0 };
	struct reader_clock clock = { .year = 1970, .month_last = 1 };
	struct syslog_line log;

	record = str_sub(record, 0, str_find(record, 0, '\n'));
	if (!syslog_read(&stamp, record, &clock, &log) || !str_eq(log.tag, STR("smtpd")))
		return 0;
	return span_has(log.msg, STR(" evpid=")) || span_has(log.msg, STR(" smtp ")) ? 90 : 50;
}

const struct reader reader_opensmtpd = {
	.name = "opensmtpd",
	.about = "OpenSMTPD log",
	.unit = READS_LINES,
	.from_documentation = true,
	.claims = claims,
	.read = read_line,
	.state_size = sizeof(struct opensmtpd_state),
};
