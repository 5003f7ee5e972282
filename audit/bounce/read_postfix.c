/* SPDX-License-Identifier: ISC */
/*
 * read_postfix.c - logs of Postfix: which lines matter.
 *
 * Most do not (connections, TLS, queue runs), so a line is turned away by the
 * program that wrote it, or by its first word, before more of it is looked at.
 */
#include "audit/bounce/read_postfix.h"
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "audit/bounce/tie.h"

struct postfix_state {
	struct stamp_cache stamp;
	struct postfix_tags tags;
};

static enum record_fate
emit(const struct postfix_line *l, struct bounce_event *e)
{
	l->out->event(l->out->ctx, e);
	return RECORD_EVENTS;
}

/* "from=<s@example.com>, size=351, nrcpt=1 (queue active)", "..., status=expired, ..." */
static enum record_fate
read_from(const struct postfix_line *l, struct str rest)
{
	struct bounce_event e;

	postfix_event(l, EVENT_SENDER, &e);
	e.sender = span_address(&rest, STR(", "));
	if (span_take(&rest, STR("status="))) {
		(void)span_take(&rest, STR("force-"));
		if (!span_take(&rest, STR("expired")))
			return RECORD_NOT_UNDERSTOOD;
		e.kind = EVENT_EXPIRED;
		e.phase = PHASE_LOCAL;
	}
	return emit(l, &e);
}

static enum record_fate
read_queue(const struct postfix_line *l)
{
	struct str rest = l->rest;

	if (l->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	if (span_take(&rest, STR("from=")))
		return read_from(l, rest);
	if (str_eq(rest, STR("removed"))) {
		struct bounce_event e;

		postfix_event(l, EVENT_GONE, &e);
		return emit(l, &e);
	}
	if (rest.n > 3 && memcmp(rest.p, "to=", 3) == 0)
		return postfix_fate(l);
	return RECORD_IRRELEVANT;
}

static enum record_fate
read_cleanup(const struct postfix_line *l)
{
	struct str rest = l->rest;
	struct bounce_event e;

	if (l->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	if (!span_take(&rest, STR("message-id=")))
		return postfix_refusal(l);
	if (str_eq(rest, STR("<>")) || rest.n == 0)
		return RECORD_IRRELEVANT;
	postfix_event(l, EVENT_SENDER, &e);
	e.message_id = rest;
	return emit(l, &e);
}

static enum record_fate
read_fates(const struct postfix_line *l)
{
	if (l->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	if (l->rest.n > 3 && memcmp(l->rest.p, "to=", 3) == 0)
		return postfix_fate(l);
	return postfix_attempt(l);
}

static enum record_fate
read_refusals(const struct postfix_line *l)
{
	struct str rest = l->rest;

	/* smtpd_proxy_filter: this form may stand without a queue id. */
	if (l->queue_id.n == 0 && !span_take(&rest, STR("proxy-reject: ")))
		return RECORD_IRRELEVANT;
	return postfix_refusal(l);
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct postfix_state *s = state;
	struct postfix_line l;

	(void)a;
	if (!syslog_read(&s->stamp, record, clock, &l.log))
		return str_trim(record).n == 0 ? RECORD_IRRELEVANT : RECORD_NOT_UNDERSTOOD;
	l.tag = postfix_tag_find(&s->tags, l.log.tag);
	if (l.tag == NULL || l.tag->writes == WRITES_OTHERS)
		return tie_read(&l.log, out);
	if (l.tag->writes == WRITES_NOTHING)
		return RECORD_IRRELEVANT;
	l.out = out;
	l.rest = l.log.msg;
	l.queue_id = postfix_take_queue_id(&l.rest);
	switch (l.tag->writes) {
	case WRITES_FATES:
		return read_fates(&l);
	case WRITES_QUEUE:
		return read_queue(&l);
	case WRITES_CLEANUP:
		return read_cleanup(&l);
	default:
		return read_refusals(&l);
	}
}

static unsigned
claims(struct str record)
{
	struct stamp_cache stamp = { .n = 0 };
	struct reader_clock clock = { .year = 1970, .month_last = 1 };
	struct syslog_line log;
	struct postfix_tag tag;

	record = str_sub(record, 0, str_find(record, 0, '\n'));
	if (!syslog_read(&stamp, record, &clock, &log))
		return 0;
	postfix_tag_parse(str_sub(log.tag, 0, MAX_TAG), &tag);
	if (tag.writes != WRITES_OTHERS)
		return str_has_prefix(log.tag, STR("postfix")) ? 95 : 80;
	if (str_eq(log.tag, STR("opendkim")) || span_has(log.msg, STR("rspamd_task_write_log")))
		return 40;
	return 5; /* any line of syslog: a mail log may begin with others */
}

const struct reader reader_postfix = {
	.name = "postfix",
	.about = "Postfix log, with lines of opendkim and rspamd",
	.unit = READS_LINES,
	.claims = claims,
	.read = read_line,
	.state_size = sizeof(struct postfix_state),
};
