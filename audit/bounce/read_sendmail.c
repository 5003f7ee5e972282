/* SPDX-License-Identifier: ISC */
/*
 * read_sendmail.c - logs of Sendmail (its Installation and Operation Guide,
 * 2.1.1).
 *
 * The server's words are mostly reduced to "stat=Service unavailable": then
 * only the status and that word are told, and no more is made up.
 */
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "audit/bounce/syslog.h"
#include "audit/bounce/tie.h"

#define MAX_LINE_RECIPIENTS 1000 /* of to=; sendmail folds a line at some 4,000 bytes */

struct sendmail_state {
	struct stamp_cache stamp;
};

struct sendmail_line {
	struct syslog_line log;
	struct str id, rest;
	const struct sink *out;
};

/* What of KEY=VALUE, KEY=VALUE is of use. */
struct sendmail_fields {
	struct str to, from, mailer, relay, dsn, reply, stat, msgid, arg1, reject;
};

static struct bounce_event
new_event(const struct sendmail_line *l, enum event_kind kind)
{
	return (struct bounce_event){
		.kind = kind,
		.has_time = true,
		.time = l->log.time,
		.host = l->log.host,
		.queue_id = l->id,
		.count = l->log.count,
	};
}

static enum record_fate
emit(const struct sendmail_line *l, struct bounce_event *e)
{
	l->out->event(l->out->ctx, e);
	return RECORD_EVENTS;
}

/* Where the value at the start of S ends: at ", " before the next KEY=, or with S. */
static size_t
value_end(struct str s)
{
	for (size_t i = 0; s.p != NULL && i + 2 < s.n; i++) {
		size_t k = i + 2;

		if (s.p[i] != ',' || s.p[i + 1] != ' ')
			continue;
		while (k < s.n && ascii_isalnum(s.p[k]))
			k++;
		if (k > i + 2 && k < s.n && s.p[k] == '=')
			return i;
	}
	return s.n;
}

static void
set_field(struct sendmail_fields *f, struct str key, struct str value)
{
	const struct {
		struct str key;
		struct str *out;
	} known[] = {
		{ STR("to"), &f->to },
		{ STR("from"), &f->from },
		{ STR("mailer"), &f->mailer },
		{ STR("relay"), &f->relay },
		{ STR("dsn"), &f->dsn },
		{ STR("reply"), &f->reply },
		{ STR("stat"), &f->stat },
		{ STR("msgid"), &f->msgid },
		{ STR("arg1"), &f->arg1 },
		{ STR("reject"), &f->reject },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(key, known[i].key))
			*known[i].out = value;
}

/* "reject" of "Milter: data, reject" */
static struct str
key_of(struct str s)
{
	size_t blank = span_rfind(s, STR(" "));

	return blank < s.n ? str_sub(s, blank + 1, s.n) : s;
}

/*
 * KEY=VALUE, KEY=VALUE; stat= and reject= hold what others said, to the end of the
 * line, and reply= (newer ones have it) what the server said, to stat=.
 */
static void
read_fields(struct str s, struct sendmail_fields *f)
{
	while (s.n > 0) {
		size_t eq = str_find(s, 0, '=');
		struct str key = key_of(str_sub(s, 0, eq)), value;
		bool last = str_eq(key, STR("stat")) || str_eq(key, STR("reject"));

		if (eq >= s.n)
			return;
		span_drop(&s, eq + 1);
		value = last ? s : str_sub(s, 0, value_end(s));
		if (str_eq(key, STR("reply")))
			value = str_sub(s, 0, span_find(s, STR(", stat=")));
		set_field(f, key, value);
		span_drop(&s, value.n);
		if (s.n > 0)
			span_drop(&s, 2);
	}
}

/* "mx.example.com. [192.0.2.1] (may be forged)", "[IPv6:2001:db8::1]" */
static void
set_relay(struct str relay, struct bounce_event *e)
{
	size_t open = str_find(relay, 0, '[');
	struct str host = str_trim(str_sub(relay, 0, open));
	struct str ip = str_sub(relay, open + 1, relay.n);

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	e->relay_host = host;
	ip = str_sub(ip, 0, str_find(ip, 0, ']'));
	(void)span_take(&ip, STR("IPv6:"));
	e->relay_ip = ip;
}

/* "<s@example.com>" without its brackets; "<>" stays. */
static struct str
bare(struct str s)
{
	if (s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return str_sub(s, 1, s.n - 2);
	return s;
}

static bool
set_kind(const struct sendmail_fields *f, struct bounce_event *e)
{
	char class = f->dsn.n > 1 && f->dsn.p[1] == '.' ? f->dsn.p[0] : '\0';

	if (class == '2' || (class == '\0' && str_has_prefix(f->stat, STR("Sent"))))
		e->kind = EVENT_DELIVERED;
	else if (class == '4' || (class == '\0' && str_has_prefix(f->stat, STR("Deferred"))))
		e->kind = EVENT_DEFERRED;
	else if (class == '5')
		e->kind = EVENT_BOUNCED;
	else
		return false; /* "queued": nothing was tried */
	return true;
}

/* "Sent (TEXT)", "Deferred: TEXT", "User unknown": the text of others, and our word before it. */
static void
set_reply(const struct sendmail_fields *f, struct bounce_event *e)
{
	struct str stat = f->stat;
	struct str s = stat;

	if (span_take(&s, STR("Sent (")) && s.n > 0 && s.p[s.n - 1] == ')')
		s.n--;
	else if (!span_take(&s, STR("Deferred: ")))
		s = stat;
	e->reply = s;
	if (s.p > stat.p)
		e->why = str_sub(stat, 0, str_sub(stat, 0, 1).p[0] == 'S' ? 4 : 8);
	if (f->reply.n > 0 && ascii_isdigit(f->reply.p[0]))
		e->reply = s = f->reply;
	/* "Deferred: Connection refused by ...": no digit of a reply code in front. */
	if (e->kind == EVENT_DEFERRED && (s.n == 0 || !ascii_isdigit(s.p[0])))
		e->phase = PHASE_LOCAL;
}

static enum record_fate
read_fates(const struct sendmail_line *l, const struct sendmail_fields *f)
{
	struct bounce_event e = new_event(l, EVENT_DEFERRED);
	struct str list = f->to;

	if (f->stat.n == 0)
		return RECORD_NOT_UNDERSTOOD; /* cut */
	if (!set_kind(f, &e))
		return RECORD_IRRELEVANT;
	set_relay(f->relay, &e);
	e.local = tie_status(f->dsn);
	set_reply(f, &e);
	if (str_eq(f->mailer, STR("local")) || str_eq(f->mailer, STR("prog")) ||
	    str_eq(f->mailer, STR("*file*")) || str_has_prefix(e.relay_ip, STR("127.")) ||
	    str_eq(e.relay_ip, STR("::1")) || str_eq(e.relay_host, STR("localhost")))
		e.direction = DIRECTION_INTERNAL;
	for (size_t n = 0; list.n > 0 && n < MAX_LINE_RECIPIENTS; n++) {
		e.recipient = bare(span_address(&list, STR(",")));
		(void)emit(l, &e);
	}
	return RECORD_EVENTS;
}

static enum record_fate
read_refusal(const struct sendmail_line *l, const struct sendmail_fields *f)
{
	struct bounce_event e = new_event(l, EVENT_REFUSED_BY_US);
	struct str rest = l->rest;

	e.direction = DIRECTION_IN;
	e.reply = f->reject;
	set_relay(f->relay, &e);
	if (span_take(&rest, STR("ruleset=check_rcpt"))) {
		e.phase = PHASE_RCPT;
		e.recipient = bare(f->arg1);
	} else if (span_take(&rest, STR("ruleset=check_mail"))) {
		e.phase = PHASE_MAIL;
		e.sender = bare(f->arg1);
	} else if (span_take(&rest, STR("ruleset=check_relay"))) {
		e.phase = PHASE_CONNECT;
	} else if (span_take(&rest, STR("Milter: data")) || span_take(&rest, STR("Milter: eom"))) {
		e.phase = PHASE_END_OF_DATA;
	}
	return emit(l, &e);
}

/* "l8E3xVpO007423: " */
static bool
take_id(struct sendmail_line *l)
{
	size_t at = str_find(l->rest, 0, ':');

	if (at < 8 || at > 32 || at + 1 >= l->rest.n || l->rest.p[at + 1] != ' ')
		return false;
	for (size_t i = 0; i < at; i++)
		if (!ascii_isalnum(l->rest.p[i]))
			return false;
	l->id = str_sub(l->rest, 0, at);
	span_drop(&l->rest, at + 2);
	return true;
}

static enum record_fate
read_message(const struct sendmail_line *l)
{
	struct sendmail_fields f = { 0 };
	struct bounce_event e;

	if (span_has(l->rest, STR("return to sender: Cannot send message"))) {
		e = new_event(l, EVENT_EXPIRED);
		e.reply = l->rest;
		e.phase = PHASE_LOCAL;
		return emit(l, &e);
	}
	read_fields(l->rest, &f);
	if (f.reject.n > 0)
		return read_refusal(l, &f);
	if (str_has_prefix(l->rest, STR("to=")))
		return read_fates(l, &f);
	if (!str_has_prefix(l->rest, STR("from=")))
		return RECORD_IRRELEVANT;
	e = new_event(l, EVENT_SENDER);
	e.sender = bare(f.from);
	e.message_id = f.msgid;
	return emit(l, &e);
}

static bool
is_sendmail(struct str tag)
{
	return str_has_prefix(tag, STR("sendmail")) || str_has_prefix(tag, STR("sm-")) ||
	       str_eq(tag, STR("send-mail"));
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct sendmail_state *st = state;
	struct sendmail_line l = { .out = out };

	(void)a;
	if (str_trim(record).n == 0)
		return RECORD_IRRELEVANT;
	if (!syslog_read(&st->stamp, record, clock, &l.log))
		return RECORD_NOT_UNDERSTOOD;
	l.rest = l.log.msg;
	if (!is_sendmail(l.log.tag))
		return tie_read(&l.log, out);
	return take_id(&l) ? read_message(&l) : RECORD_IRRELEVANT;
}

static unsigned
claims(struct str record)
{
	struct stamp_cache stamp = { .n = 0 };
	struct reader_clock clock = { .year = 1970, .month_last = 1 };
	struct sendmail_line l = { .out = NULL };

	record = str_sub(record, 0, str_find(record, 0, '\n'));
	if (!syslog_read(&stamp, record, &clock, &l.log) || !is_sendmail(l.log.tag))
		return 0;
	l.rest = l.log.msg;
	return take_id(&l) ? 95 : 60;
}

const struct reader reader_sendmail = {
	.name = "sendmail",
	.about = "Sendmail log",
	.unit = READS_LINES,
	.claims = claims,
	.read = read_line,
	.state_size = sizeof(struct sendmail_state),
};
