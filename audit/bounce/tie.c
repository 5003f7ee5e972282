/* SPDX-License-Identifier: ISC */
/*
 * tie.c - lines of opendkim and rspamd: which signature went on which
 * queue id.
 */
#include "audit/bounce/tie.h"
#include "audit/bounce/span.h"

#define MAX_SIGNATURES 16 /* told of one message; signers add one or two */

static enum record_fate
emit(const struct sink *out, struct bounce_event *e)
{
	out->event(out->ctx, e);
	return RECORD_EVENTS;
}

/* "7B05841236: DKIM-Signature field added (s=mail, d=example.com)" */
static enum record_fate
read_opendkim(struct bounce_event *e, struct str s, const struct sink *out)
{
	size_t at = span_find(s, STR(": "));

	e->queue_id = str_sub(s, 0, at);
	s = str_sub(s, at + 2, s.n);
	if (!span_take(&s, STR("DKIM-Signature field added (s=")) &&
	    !span_take(&s, STR("DKIM-Signature header added (s=")))
		return RECORD_IRRELEVANT;
	at = span_find(s, STR(", d="));
	if (at >= s.n)
		return RECORD_NOT_UNDERSTOOD;
	e->dkim_selector = str_sub(s, 0, at);
	s = str_sub(s, at + 4, s.n);
	e->dkim_domain = str_sub(s, 0, str_find(s, 0, ')'));
	return emit(out, e);
}

/* What stands between KEY and '>' in S. */
static struct str
between(struct str s, struct str key)
{
	size_t at = span_find(s, key);

	if (at >= s.n)
		return str_sub(s, 0, 0);
	s = str_sub(s, at + key.n, s.n);
	return str_sub(s, 0, str_find(s, 0, '>'));
}

/*
 * "id: <m@example.com>, qid: <7B05841236>, ip: ..., from: <s@example.com>, (default: F (no
 * action): [...DKIM_SIGNED(0.00){example.com:s=mail;}...".  Symbols of other
 * messages' signatures, R_DKIM_ALLOW and the like, are no signing.
 */
static enum record_fate
read_rspamd(struct bounce_event *e, struct str s, const struct sink *out)
{
	size_t at = span_find(s, STR("DKIM_SIGNED("));
	struct str list;

	e->queue_id = between(s, STR("qid: <"));
	if (e->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	e->sender = between(s, STR(", from: <"));
	if (at >= s.n)
		return RECORD_IRRELEVANT;
	list = str_sub(s, at, s.n);
	list = str_sub(list, str_find(list, 0, '{') + 1, list.n);
	list = str_sub(list, 0, str_find(list, 0, '}'));
	for (size_t n = 0; list.n > 0 && n < MAX_SIGNATURES; n++) {
		struct str one = span_until(&list, ';');

		at = span_find(one, STR(":s="));
		if (at >= one.n)
			continue;
		e->dkim_domain = str_sub(one, 0, at);
		e->dkim_selector = str_sub(one, at + 3, one.n);
		(void)emit(out, e);
	}
	return e->dkim_domain.n > 0 ? RECORD_EVENTS : RECORD_IRRELEVANT;
}

enum record_fate
tie_read(const struct syslog_line *log, const struct sink *out)
{
	struct bounce_event e = {
		.kind = EVENT_SENDER,
		.has_time = true,
		.time = log->time,
		.host = log->host,
		.count = 1,
	};

	if (str_eq(log->tag, STR("opendkim")))
		return read_opendkim(&e, log->msg, out);
	if (log->host.n > 0 && log->host.p[0] == '#') /* "#123(normal)": its own file, no host */
		e.host = str_sub(log->host, 0, 0);
	else if (!str_has_prefix(log->tag, STR("rspamd")))
		return RECORD_IRRELEVANT;
	if (span_has(log->msg, STR("rspamd_task_write_log: ")))
		return read_rspamd(&e, log->msg, out);
	return RECORD_IRRELEVANT;
}

struct enhanced
tie_status(struct str text)
{
	struct enhanced none = { 0 }, e = { 0 };
	uint32_t class, subject, detail;

	if (!span_number(&text, 5, &class) || !span_take(&text, STR(".")) ||
	    !span_number(&text, 999, &subject) || !span_take(&text, STR(".")) ||
	    !span_number(&text, 999, &detail))
		return none;
	e.class = (uint8_t) class;
	e.subject = (uint16_t)subject;
	e.detail = (uint16_t)detail;
	return e;
}
