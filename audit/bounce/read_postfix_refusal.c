/* SPDX-License-Identifier: ISC */
/*
 * read_postfix_refusal.c - what our own server refused: smtpd, postscreen,
 * cleanup, and milters behind them.
 *
 * They never count as bounces; they are told apart so that nobody takes them
 * for one.
 */
#include "audit/bounce/read_postfix.h"
#include "audit/bounce/span.h"

/* clang-format off */
static const struct {
	struct str words;
	enum phase phase;
} stages[] = {
	{ STR("RCPT"), PHASE_RCPT },
	{ STR("CONNECT"), PHASE_CONNECT },
	{ STR("MAIL"), PHASE_MAIL },
	{ STR("END-OF-MESSAGE"), PHASE_END_OF_DATA },
	{ STR("EHLO"), PHASE_HELO },
	{ STR("HELO"), PHASE_HELO },
	{ STR("DATA"), PHASE_DATA },
	{ STR("STARTTLS"), PHASE_STARTTLS },
	{ STR("AUTH"), PHASE_AUTH },
};
/* clang-format on */

/* Where "; from=<a> to=<b> proto=ESMTP helo=<c>" begins: at the last of its kind. */
static size_t
envelope_at(struct str s)
{
	static const struct str starts[] = { STR("; from=<"), STR("; to=<"), STR("; proto=") };
	size_t at = s.n;

	for (size_t i = 0; i < ARRAY_LEN(starts) && at >= s.n; i++)
		at = span_rfind(s, starts[i]);
	return at;
}

/* The address behind KEY ("to=<") in S; blank or comma ends it. */
static struct str
address_at(struct str s, struct str key)
{
	size_t at = span_find(s, key), end;

	if (at >= s.n)
		return (struct str){ 0 };
	s = str_sub(s, at + key.n, s.n);
	for (end = 0; end < s.n; end++)
		if (s.p[end] == '>' &&
		    (end + 1 == s.n || s.p[end + 1] == ' ' || s.p[end + 1] == ','))
			break;
	return end == 0 && s.n > 0 ? STR("<>") : str_sub(s, 0, end);
}

/*
 * cleanup's header_checks say it the other way round: "reject: header Subject: X
 * from H[ip]; from=<> to=<> proto=ESMTP helo=<h>: 5.7.1 text".
 */
static struct str
text_behind(struct str envelope)
{
	size_t at = span_rfind(envelope, STR(">: "));

	return at < envelope.n ? str_sub(envelope, at + 3, envelope.n) : (struct str){ 0 };
}

/* "RCPT from mx.example.net[192.0.2.1]: TEXT"; postscreen writes "[192.0.2.1]:25: TEXT". */
static struct str
read_stage(struct str s, struct bounce_event *e)
{
	struct str stage = s, peer;

	for (size_t i = 0; i < ARRAY_LEN(stages); i++)
		if (span_take(&stage, stages[i].words)) {
			e->phase = stages[i].phase;
			break;
		}
	if (span_find(s, STR(" from ")) < s.n) {
		span_drop(&s, span_find(s, STR(" from ")) + STR(" from ").n);
		peer = str_sub(s, 0, span_find(s, STR("]")) + 1);
		postfix_peer(peer, &e->relay_host, &e->relay_ip);
		span_drop(&s, peer.n);
		if (s.n > 1 && s.p[0] == ':' && ascii_isdigit(s.p[1]))
			span_drop(&s, str_find(s, 1, ':'));
	} else { /* "END-OF-MESSAGE: " of a proxy filter */
		(void)span_until(&s, ':');
	}
	(void)span_take(&s, STR(":"));
	return str_trim(s);
}

enum record_fate
postfix_refusal(const struct postfix_line *l)
{
	static const struct str words[] = { STR("reject: "), STR("milter-reject: "),
		STR("proxy-reject: ") };
	struct bounce_event e;
	struct str s = l->rest, envelope;
	size_t i = 0, at;

	while (i < ARRAY_LEN(words) && !span_take(&s, words[i]))
		i++;
	if (i == ARRAY_LEN(words)) /* client=, reject_warning:, hold:, filter: ... */
		return RECORD_IRRELEVANT;
	postfix_event(l, EVENT_REFUSED_BY_US, &e);
	e.direction = DIRECTION_IN;
	e.ip_from = KNOWN_NOT;
	if (str_eq(e.queue_id, STR("NOQUEUE")))
		e.queue_id = str_sub(e.queue_id, 0, 0);
	at = envelope_at(s);
	envelope = str_sub(s, at, s.n);
	s = str_sub(s, 0, at);
	e.sender = address_at(envelope, STR("from=<"));
	e.recipient = address_at(envelope, STR(" to=<"));
	e.reply = read_stage(s, &e);
	if (e.phase == PHASE_UNKNOWN &&
	    (str_has_prefix(s, STR("header ")) || str_has_prefix(s, STR("body ")))) {
		e.phase = PHASE_END_OF_DATA;
		e.reply = text_behind(envelope);
	}
	l->out->event(l->out->ctx, &e);
	return RECORD_EVENTS;
}
