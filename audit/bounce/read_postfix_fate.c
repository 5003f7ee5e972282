/* SPDX-License-Identifier: ISC */
/*
 * read_postfix_fate.c - lines of Postfix' delivery programs: what became of a
 * recipient, and what one server of several said.
 *
 * The text in parentheses ends with the line: what stands in it is the other
 * side's, parentheses and all.  The address of ours is not in these lines.
 */
#include "audit/bounce/read_postfix.h"
#include "audit/bounce/span.h"
#include "audit/bounce/tie.h"

/* clang-format off */
static const struct {
	struct str word;
	enum event_kind kind;
	bool probe; /* of address verification: nothing was sent */
} statuses[] = {
	{ STR("sent"), EVENT_DELIVERED, false },
	{ STR("deferred"), EVENT_DEFERRED, false },
	{ STR("bounced"), EVENT_BOUNCED, false },
	{ STR("SOFTBOUNCE"), EVENT_DEFERRED, false },
	{ STR("deliverable"), EVENT_DELIVERED, true },
	{ STR("undeliverable"), EVENT_BOUNCED, true },
	{ STR("undeliverable-but-not-cached"), EVENT_BOUNCED, true },
};

/* Which command a reply was for, in the words of smtp_proto.c. */
static const struct {
	struct str words;
	enum phase phase;
} commands[] = {
	{ STR("end of DATA"), PHASE_END_OF_DATA },
	{ STR("RCPT TO"), PHASE_RCPT },
	{ STR("MAIL FROM"), PHASE_MAIL },
	{ STR("DATA"), PHASE_DATA },
	{ STR("EHLO"), PHASE_HELO },
	{ STR("HELO"), PHASE_HELO },
	{ STR("LHLO"), PHASE_HELO },
	{ STR("STARTTLS"), PHASE_STARTTLS },
	{ STR("AUTH"), PHASE_AUTH },
};

/* What stands before the name of a server in a text of ours, and after it. */
static const struct {
	struct str before, after;
	enum phase phase; /* PHASE_UNKNOWN: the text goes on with what the server said */
} tellers[] = {
	{ STR("host "), STR(" said: "), PHASE_UNKNOWN },
	{ STR("host "), STR(" refused to talk to me: "), PHASE_CONNECT },
	{ STR("connect to "), STR(": "), PHASE_LOCAL },
	{ STR("lost connection with "), STR(" while "), PHASE_LOCAL },
	{ STR("conversation with "), STR(" timed out"), PHASE_LOCAL },
	{ STR("TLS is required, but was not offered by host "), STR(""), PHASE_LOCAL },
};

/* Causes of ours: no server was asked, and the recipient is on this machine. */
static const struct str unknown_here[] = {
	STR("User unknown in virtual alias table"),
	STR("User unknown in virtual mailbox table"),
	STR("User unknown in local recipient table"),
	STR("User unknown in relay recipient table"),
	STR("unknown user: \""),
};
/* clang-format on */

#define SUSPENDED STR("delivery temporarily suspended: ")

/* "(in reply to MAIL FROM command)" at the end of TEXT. */
static enum phase
phase_of(struct str text)
{
	size_t at = span_rfind(text, STR("(in reply to "));

	if (at >= text.n)
		return PHASE_UNKNOWN;
	text = str_sub(text, at + STR("(in reply to ").n, text.n);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (str_has_prefix(text, commands[i].words))
			return commands[i].phase;
	return PHASE_UNKNOWN;
}

/* The server that TEXT names, and where in the dialogue it was; PHASE_LOCAL when none spoke. */
static enum phase
told_by(struct str text, struct str *host, struct str *ip)
{
	for (size_t i = 0; i < ARRAY_LEN(tellers); i++) {
		struct str s = text, named, h = { 0 }, a = { 0 };
		size_t bracket;

		if (!span_take(&s, tellers[i].before))
			continue;
		named = str_sub(s, 0, str_find(s, 0, ' '));
		bracket = str_find(named, 0, ']');
		s = str_sub(s, bracket < named.n ? bracket + 1 : named.n, s.n);
		if (s.n > 0 && s.p[0] == ':' && tellers[i].phase == PHASE_LOCAL && s.n > 1 &&
		    ascii_isdigit(s.p[1]))
			s = str_sub(s, str_find(s, 1, ':'), s.n); /* the port */
		if (!str_has_prefix(s, tellers[i].after))
			continue;
		postfix_peer(named, &h, &a);
		if (host->n == 0) {
			*host = h;
			*ip = a;
		}
		return tellers[i].phase == PHASE_UNKNOWN ? phase_of(text) : tellers[i].phase;
	}
	return PHASE_LOCAL;
}

/* "bounced (TEXT)": a syslog that cuts lines may have taken the end. */
static bool
read_status(struct str s, struct bounce_event *e, bool *probe)
{
	struct str word = span_until(&s, ' ');

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (!str_eq(word, statuses[i].word))
			continue;
		e->kind = statuses[i].kind;
		*probe = statuses[i].probe;
		(void)span_take(&s, STR("("));
		if (s.n > 0 && s.p[s.n - 1] == ')')
			s.n--;
		e->reply = s;
		return true;
	}
	return false;
}

/* KEY=VALUE of a delivery; false at status=, which is the last. */
static bool
read_field(struct str *s, struct bounce_event *e, struct str *relay)
{
	switch (s->n > 0 ? s->p[0] : '\0') {
	case 's':
		if (span_take(s, STR("status=")))
			return false;
		break;
	case 'o':
		if (span_take(s, STR("orig_to="))) {
			e->original = span_address(s, STR(", "));
			return true;
		}
		break;
	case 'r':
		if (span_take(s, STR("relay=")))
			*relay = span_address(s, STR(", "));
		else
			(void)span_address(s, STR(", "));
		return true;
	case 'd': /* and delay, delays */
		if (span_take(s, STR("dsn=")))
			e->local = tie_status(*s);
		break;
	default: /* conn_use, tls */
		break;
	}
	(void)span_address(s, STR(", "));
	return true;
}

static bool
is_unknown_here(struct str text)
{
	for (size_t i = 0; i < ARRAY_LEN(unknown_here); i++)
		if (str_has_prefix(text, unknown_here[i]))
			return true;
	return false;
}

/* Whether IP is this machine's own, or a socket's path. */
static bool
is_here(struct str host, struct str ip)
{
	return str_has_prefix(ip, STR("127.")) || str_eq(ip, STR("::1")) ||
	       str_has_prefix(ip, STR("private/")) || str_has_prefix(ip, STR("/")) ||
	       str_eq(host, STR("localhost")) || str_eq(host, STR("local")) ||
	       str_eq(host, STR("virtual"));
}

static bool
goes_out(const struct postfix_tag *tag, const struct bounce_event *e, bool probe)
{
	if (!tag->smtp && !tag->tells)
		return false;
	if (probe || is_here(e->relay_host, e->relay_ip))
		return false;
	if (e->kind == EVENT_DELIVERED) /* amavisd and others answer 250, and drop it */
		return tag->smtp && !span_has(e->reply, STR("discarded"));
	return tag->smtp || !is_unknown_here(e->reply);
}

enum record_fate
postfix_fate(const struct postfix_line *l)
{
	struct bounce_event e;
	struct str s = l->rest, relay = { 0 };
	bool probe = false;

	postfix_event(l, EVENT_DEFERRED, &e);
	span_drop(&s, 3);
	e.recipient = span_address(&s, STR(", "));
	while (s.n > 0 && read_field(&s, &e, &relay))
		continue;
	if (s.n == 0 || e.recipient.n == 0 || !read_status(s, &e, &probe))
		return RECORD_NOT_UNDERSTOOD; /* cut, or of another kind */
	if (relay.n > 0)
		postfix_peer(relay, &e.relay_host, &e.relay_ip);
	if (e.kind != EVENT_DELIVERED) {
		struct str told = e.reply;

		e.repeats = span_take(&told, SUSPENDED);
		e.phase = told_by(told, &e.relay_host, &e.relay_ip);
	}
	e.direction = goes_out(l->tag, &e, probe) ? DIRECTION_OUT : DIRECTION_INTERNAL;
	if (e.direction != DIRECTION_OUT)
		e.ip_from = KNOWN_NOT;
	l->out->event(l->out->ctx, &e);
	return RECORD_EVENTS;
}

enum record_fate
postfix_attempt(const struct postfix_line *l)
{
	struct bounce_event e;

	postfix_event(l, EVENT_ATTEMPT, &e);
	e.phase = told_by(l->rest, &e.relay_host, &e.relay_ip);
	if (e.relay_host.n == 0 && e.relay_ip.n == 0)
		return RECORD_IRRELEVANT; /* "enabling PIX workarounds", TLS */
	e.reply = l->rest;
	if (is_here(e.relay_host, e.relay_ip) || !l->tag->smtp) {
		e.direction = DIRECTION_INTERNAL;
		e.ip_from = KNOWN_NOT;
	}
	l->out->event(l->out->ctx, &e);
	return RECORD_EVENTS;
}
